"""What the processes that we start may run, and when they end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jianghua.errors import UnfinishedError
from jianghua.processes import in_order
from tests.speeches import COUNTY

IMPORTED = ("joblib", "numpy", "orjson", "jieba", "json", "random", "threading", "sitecustomize", "hydra_plugins")
"""What processes of ours import, or might."""


@pytest.fixture
def ran(tmp_path: Path) -> Path:
    """Where code of the archive would leave its mark."""
    return tmp_path / "ran"


@pytest.fixture
def archive(tmp_path: Path, ran: Path) -> Path:
    """Speeches enough for two processes, and modules of a stranger beside them."""
    folder = tmp_path / "archive"
    folder.mkdir()
    for number in range(257):
        (folder / f"{number}.txt").write_text(COUNTY, encoding="utf-8")
    for name in IMPORTED:
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(f"open({str(ran)!r}, 'a').write({name!r})\n")
    (folder / "t2s.json").write_text("{}")  # OpenCC would take it for its own settings
    return folder


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """The command as it is installed: a script elsewhere."""
    script = tmp_path / "bin" / "jianghua"
    script.parent.mkdir()
    script.write_text("from jianghua.cli import main\nif __name__ == '__main__':\n    raise SystemExit(main())\n")
    return [sys.executable, str(script)]


def test_modules_beside_the_speeches_are_not_run_by_workers(
    archive: Path, ran: Path, command: list[str], tmp_path: Path, model_folder: Path
) -> None:
    flags = ["-o", str(tmp_path / "out"), "--model", str(model_folder), "--jobs", "2", "--quiet"]
    done = subprocess.run([*command, "tag", ".", *flags], cwd=archive, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert not ran.exists(), ran.read_text()


def test_the_command_as_a_module_looks_no_further_into_the_working_folder(
    archive: Path, ran: Path, tmp_path: Path, model_folder: Path
) -> None:
    for name in ("json", "random", "threading"):  # Python imports them before it runs a line of ours
        (archive / name / "__init__.py").unlink()
        (archive / name).rmdir()
    command = [sys.executable, "-m", "jianghua", "tag", ".", "-o", str(tmp_path / "out"), "--model", str(model_folder)]
    done = subprocess.run([*command, "--jobs", "2", "--quiet"], cwd=archive, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert not ran.exists(), ran.read_text()


def test_modules_beside_the_speeches_are_not_run_by_workers_of_pipe(
    archive: Path, ran: Path, tmp_path: Path, model_folder: Path
) -> None:
    script = tmp_path / "script.py"  # without a guard: workers must not run it again
    script.write_text(
        f"import jianghua as jh\nprint(sum(1 for _ in jh.load({str(model_folder)!r}).pipe('.', jobs=2)))\n"
    )
    done = subprocess.run([sys.executable, str(script)], cwd=archive, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "257\n", "")
    assert not ran.exists(), ran.read_text()


@pytest.mark.skipif(os.name == "nt", reason="sends a signal that Windows has not")
def test_a_worker_that_is_killed_is_an_error_and_no_endless_wait() -> None:
    with pytest.raises(UnfinishedError, match="a worker process was killed, .* with fewer jobs"):
        list(in_order(2, _die_at, (3,), range(20)))


def _die_at(fatal: int, number: int) -> int:
    if number == fatal:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.skipif(os.name == "nt", reason="sends a signal that Windows has not")
def test_a_worker_ends_with_the_process_that_started_it() -> None:
    worker = (
        "import os, time; from jianghua.processes import end_with_parent; end_with_parent(os.getppid()); time.sleep(60)"
    )
    code = f"import subprocess, sys, time; print(subprocess.Popen([sys.executable, '-c', {worker!r}]).pid, flush=True); time.sleep(60)"
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    number = int(parent.stdout.readline())
    time.sleep(0.5)
    os.kill(number, 0)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert parent.stdout.read() == "", "the worker held this pipe, too: it comes to its end with the last of both"
    parent.stdout.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has other ways to tell of a parent")
def test_a_worker_that_starts_after_its_parent_went_ends_at_once() -> None:
    code = "import os, time; from jianghua.processes import end_with_parent; end_with_parent(1 << 22); time.sleep(60)"
    assert subprocess.run([sys.executable, "-c", code], timeout=20).returncode == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no groups of processes")
@pytest.mark.parametrize("own_group", [False, True])
def test_a_module_of_a_library_ends_with_the_command_that_was_killed(own_group: bool, tmp_path: Path) -> None:
    """The server of `ui`, and the processes that it starts; an experiment of `leaderboard`."""
    child = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"
    (tmp_path / "served.py").write_text(
        f"{child if own_group else 'import time'}\nprint('up', flush=True)\ntime.sleep(60)\n"
    )
    code = (
        "import subprocess, time; from jianghua.processes import module_command; "
        f"subprocess.Popen(module_command('served'), start_new_session={own_group}); time.sleep(60)"
    )
    path = os.pathsep.join([str(tmp_path), *sys.path])
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "up\n"
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    started = time.monotonic()
    assert parent.stdout.read() == "", "all of them held this pipe: it comes to its end with the last"
    assert time.monotonic() - started < 20
    parent.stdout.close()
