"""`jianghua tag` on a Dask cluster: a scheduler and workers in processes of their own, on this machine."""

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jianghua.cli import main

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="Dask is not installed: pip install 'jianghua[cluster]'"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not so after {seconds} s"
        time.sleep(0.005)


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


class Cluster:
    """A scheduler; workers are started one by one."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.start("scheduler", "--host", "127.0.0.1", "--port", str(self.port), "--dashboard-address", "127.0.0.1:0")
        wait_for(lambda: answers(self.port))

    def start(self, what: str, *arguments: str) -> subprocess.Popen[bytes]:
        line = [sys.executable, "-m", "dask", what, *arguments]
        with (self.folder / f"{what}-{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(line, stdout=log, stderr=log, cwd=self.folder, start_new_session=True)
        self.processes.append(process)
        return process

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self.start(
            "worker",
            self.address,
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
            "--local-directory",
            str(self.folder),
            "--host",
            "127.0.0.1",
        )

    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in self.folder.glob("*.log"))

    def stop(self) -> None:
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    held = Cluster(folder)
    yield held
    held.stop()


@pytest.fixture
def archive(root: Path, tmp_path: Path) -> Path:
    """Files enough for some seconds of two workers; one of them is empty."""
    folder = tmp_path / "archive"
    folder.mkdir()
    for number, path in enumerate(sorted((root / "data" / "raw").glob("*.txt"))):
        for copy in range(3):
            shutil.copy(path, folder / f"{number}-{copy}-{path.name}")
    (folder / "empty.txt").write_bytes(b"")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def command(archive: Path, out: Path, model: Path, *flags: str) -> list[str]:
    return ["tag", str(archive), "-o", str(out), "--model", str(model), "--format", "jsonl", "csv", "--explain", *flags]


@pytest.mark.slow
def test_a_worker_killed_in_mid_run_costs_nothing(
    cluster: Cluster, archive: Path, model_folder: Path, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    assert main(command(archive, here, model_folder, "--quiet")) == 1  # the empty file
    files = len(list(here.glob("*.jsonl")))
    victim, _ = cluster.start_worker(), cluster.start_worker()
    line = [sys.executable, "-m", "jianghua", *command(archive, there, model_folder)]
    flags = ["--backend", "dask", "--scheduler", cluster.address]
    run = subprocess.Popen([*line, *flags], stderr=subprocess.PIPE)
    try:
        wait_for(lambda: len(list(there.glob("*.jsonl"))) >= 10)
        assert run.poll() is None
        victim.send_signal(signal.SIGKILL)
        written = len(list(there.glob("*.jsonl")))
        assert victim.wait(10) == -signal.SIGKILL
        said = run.communicate(timeout=120)[1].decode()
    finally:
        run.kill()
    assert 10 <= written < files * 0.9, f"killed when {written} of {files} files were done: not in mid-run"
    assert run.returncode == 1, said + cluster.logs()
    assert f"tagged {files} files" in said
    assert "Traceback" not in said
    assert contents(there) == contents(here)


def test_a_scheduler_that_does_not_answer_is_said_at_once(
    archive: Path, model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    for scheduler, reason in (
        (f"127.0.0.1:{port}", "Connection refused"),
        ("127.0.0.1", "expected HOST:PORT"),
        ("127.0.0.1:port", "expected HOST:PORT"),
    ):
        began = time.monotonic()
        flags = ["--quiet", "--backend", "dask", "--scheduler", scheduler]
        assert main(command(archive, tmp_path / "out", model_folder, *flags)) == 2
        said = capsys.readouterr().err
        assert f"no Dask scheduler answers at {scheduler} (" in said
        assert reason in said
        assert "start one: dask scheduler" in said
        assert time.monotonic() - began < 10
    assert not list((tmp_path / "out").glob("*.jsonl"))
    flags = ["--quiet", "--backend", "dask", "--scheduler", ""]
    assert main(command(archive, tmp_path / "out", model_folder, *flags)) == 2
    assert "one of the words given is empty" in capsys.readouterr().err


@pytest.mark.slow
def test_a_cluster_without_workers_is_said(
    cluster: Cluster,
    archive: Path,
    model_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jianghua.tagging.run._SECONDS_TO_CONNECT", 2)
    flags = ["--quiet", "--backend", "dask", "--scheduler", cluster.address]
    assert main(command(archive, tmp_path / "out", model_folder, *flags)) == 2
    said = capsys.readouterr().err
    assert f"the Dask scheduler at {cluster.address} has no workers; start one: dask worker {cluster.address}" in said


@pytest.mark.parametrize("flags", [["--backend", "dask"], ["--scheduler", "127.0.0.1:8786"]])
def test_half_of_what_a_cluster_needs_is_wrong_usage(
    flags: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tag", str(tmp_path), "-o", str(tmp_path / "out"), *flags]) == 2
    assert "--backend dask and --scheduler HOST:PORT go together" in capsys.readouterr().err
