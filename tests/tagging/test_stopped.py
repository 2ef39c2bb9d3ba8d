"""A run that is stopped or killed loses nothing: the next one ends as if it had never been."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jianghua.cli import main
from tests.tagging.runs import command, contents, finished, group, inodes, needs_proc, start, wait_for


@pytest.fixture(scope="module")
def archive(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Speeches enough to be stopped among them."""
    folder = tmp_path_factory.mktemp("archive")
    for number, path in enumerate(sorted((root / "data" / "raw").glob("*.txt"))[:120]):
        (folder / f"{number % 3}").mkdir(exist_ok=True)
        shutil.copy(path, folder / f"{number % 3}" / path.name)
    (folder / "empty.txt").write_bytes(b"")  # an error is an outcome like any other
    return folder


@pytest.fixture(scope="module")
def large_archive(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight times as many: a signal meets it at work on a fast machine, too."""
    folder = tmp_path_factory.mktemp("large-archive")
    for copy in range(8):
        shutil.copytree(archive, folder / str(copy), ignore=shutil.ignore_patterns("empty.txt"))
    shutil.copy(archive / "empty.txt", folder)
    return folder


@pytest.fixture(scope="module")
def uninterrupted(archive: Path, model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("uninterrupted")
    assert main(command(archive, out, model_folder, "--quiet")) == 1
    return contents(out)


@needs_proc
@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_killed_thirty_times_ends_like_one_that_never_was(
    archive: Path, uninterrupted: dict[str, bytes], model_folder: Path, tmp_path: Path, jobs: int
) -> None:
    rng = random.Random(jobs)
    out = tmp_path / "out"
    arguments = command(archive, out, model_folder, "--quiet", "--jobs", str(jobs))
    kills = completed = 0
    while kills < 30 or not completed:
        before, there = finished(out), inodes(out)
        process = start(arguments)
        if kills < 30 and rng.random() < 0.25:  # wherever that is
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(rng.uniform(0.1, 1))
        elif kills < 30:
            goal = rng.randrange(1, 80)
            wait_for(lambda: process.poll() is not None or len(inodes(out) - there) >= goal)  # noqa: B023
        else:
            process.wait(120)
        was_running = process.poll() is None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        said = process.communicate()[1].decode()
        wait_for(lambda: not group(process.pid))  # noqa: B023
        assert before.items() <= finished(out).items(), "what was finished is kept as it is"
        kills += was_running
        if not was_running:
            assert process.returncode == 1, said  # the empty file
            found = contents(out)
            assert sorted(found) == sorted(uninterrupted)
            assert [name for name in found if found[name] != uninterrupted[name]] == []
            completed += 1
            shutil.rmtree(out)


@pytest.mark.slow
def test_two_processes_write_what_one_writes(
    archive: Path, uninterrupted: dict[str, bytes], model_folder: Path, tmp_path: Path
) -> None:
    assert main(command(archive, tmp_path / "out", model_folder, "--quiet", "--jobs", "2")) == 1
    assert contents(tmp_path / "out") == uninterrupted


@needs_proc
@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("send", "number"),
    [
        (os.killpg, signal.SIGINT),
        (os.kill, signal.SIGINT),
        (os.kill, signal.SIGTERM),
        (os.killpg, signal.SIGHUP),
        (os.kill, signal.SIGHUP),
    ],
    ids=["Ctrl-C in a terminal", "Ctrl-C to the process alone", "from a scheduler", "a closed terminal", "a hang-up"],
)
def test_a_stopped_run_says_how_to_go_on_and_leaves_nothing_running(
    large_archive: Path,
    model_folder: Path,
    tmp_path: Path,
    jobs: int,
    send: Callable[[int, int], None],
    number: int,
) -> None:
    out = tmp_path / "out"
    arguments = command(large_archive, out, model_folder, "--jobs", str(jobs))
    process = start(arguments)
    wait_for(lambda: len(finished(out)) >= 10)
    send(process.pid, number)
    said = process.communicate(timeout=30)[1].decode()
    assert process.returncode == 130, said
    assert "of 961 files are done; the same command goes on from there" in said
    assert "Traceback" not in said
    wait_for(lambda: not group(process.pid), 10)
    kept = finished(out)
    assert len(kept) >= 10
    again = start(arguments)
    said = again.communicate(timeout=120)[1].decode()
    assert again.returncode == 1
    assert "files were done already" in said
    assert kept.items() <= finished(out).items()
    assert main(command(large_archive, tmp_path / "fresh", model_folder, "--quiet")) == 1
    assert contents(out) == contents(tmp_path / "fresh")


@needs_proc
@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGQUIT])
def test_nothing_writes_when_the_process_that_holds_the_lock_died_alone(
    large_archive: Path, model_folder: Path, tmp_path: Path, number: int
) -> None:
    out = tmp_path / "out"
    process = start(command(large_archive, out, model_folder, "--quiet", "--jobs", "2"))
    wait_for(lambda: len(finished(out)) >= 10)
    os.kill(process.pid, number)
    process.communicate()
    wait_for(lambda: not group(process.pid), 2)
    left = contents(out)
    time.sleep(0.5)
    assert contents(out) == left
    assert len(left) < 961


@pytest.mark.slow
def test_a_run_that_was_started_to_outlive_its_terminal_does(
    archive: Path, model_folder: Path, tmp_path: Path, uninterrupted: dict[str, bytes]
) -> None:
    out = tmp_path / "out"
    line = command(archive, out, model_folder, "--quiet")
    process = start(line, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))  # as nohup does
    wait_for(lambda: len(finished(out)) >= 1)
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=60)
    assert contents(out) == uninterrupted


@needs_proc
@pytest.mark.slow
def test_a_worker_that_is_killed_is_said_and_the_next_run_goes_on(
    large_archive: Path, model_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    arguments = command(large_archive, out, model_folder, "--quiet", "--jobs", "2")
    process = start(arguments)
    wait_for(lambda: len(list(out.rglob("*.jsonl"))) >= 10)
    for worker in group(process.pid):
        if b"loky.backend.popen_loky_posix" in Path(f"/proc/{worker}/cmdline").read_bytes():
            os.kill(worker, signal.SIGKILL)
            break
    said = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 2, said
    assert "a worker process was killed, perhaps for want of memory; the same command goes on from there" in said
    assert "Traceback" not in said
    wait_for(lambda: not group(process.pid), 10)
    assert main(arguments) == 1
    assert main(command(large_archive, tmp_path / "fresh", model_folder, "--quiet")) == 1
    assert contents(out) == contents(tmp_path / "fresh")
