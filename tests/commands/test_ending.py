"""How verbs end that cannot go on: messages for what the user can mend, tracebacks for what is our fault."""

import errno
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from jianghua.cli import main
from jianghua.commands import review
from jianghua.errors import AccessError, JianghuaError, MissingError, UsageError, access_to
from jianghua.files import write_bytes


def shell(command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of bash in which `jianghua` is this one; PIPESTATUS of the line is the last line of its output."""
    python = shlex.quote(sys.executable)
    line = f'jianghua() {{ {python} -m jianghua "$@"; }}; {command}; echo "${{PIPESTATUS[@]}}"'
    return subprocess.run(["bash", "-c", line], cwd=cwd, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("jianghua --help | true", "0 0"),
        ("jianghua tag --help | head -1", "0 0"),
        ("jianghua tag speeches -o out --quiet --show {model} | true", "0 0"),
        ("jianghua tag speeches -o out --quiet {model} <&-", "0"),
        ("jianghua tag speeches -o out --quiet --show {model} >&-", "0"),
        ("jianghua tag speeches -o out --quiet --show {model} >&- 2>&- <&-", "0"),
        ("jianghua label corpus.raw=speeches corpus.gold=null corpus.corrections=null | true", "0 0"),
    ],
)
def test_closed_pipes_and_closed_standard_streams_end_quietly(
    command: str, status: str, speeches: Path, model_folder: Path
) -> None:
    done = shell(command.format(model=f"--model {model_folder}"), speeches.parent)
    assert (done.stdout.splitlines()[-1], done.stderr) == (status, "")


def test_a_closed_standard_output_is_not_the_next_file_that_is_opened(speeches: Path, model_folder: Path) -> None:
    """The shell closes descriptor 1, and the first file that is opened would get that number."""
    shell(f"jianghua tag speeches -o out --show --model {model_folder} >&-", speeches.parent)
    for path in (speeches.parent / "out").rglob("*"):
        assert not path.is_file() or "┏" not in path.read_text(encoding="utf-8"), path


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_behind_standard_output_is_a_message(tmp_path: Path) -> None:
    done = shell("jianghua --help > /dev/full", tmp_path)
    assert done.stdout == "1\n"
    assert done.stderr.endswith("No space left on device; make room there, or choose another place\n")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UsageError("limit 0 is too small"), "limit 0 is too small"),
        (MissingError("a.csv: no such file"), "a.csv: no such file"),
        (MemoryError(), "not enough memory; close other programs"),
        (OSError(errno.ENOSPC, "No space left on device", "a.csv"), "a.csv: No space left on device; make room there"),
        (OSError(errno.EMFILE, "Too many open files"), "Too many open files; allow more (`ulimit -n`)"),
    ],
)
def test_what_can_be_mended_is_a_message_without_a_traceback(
    error: Exception, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(review, "run", lambda rest: _raise(error))
    assert main(["review"]) == 1
    assert capsys.readouterr().err.startswith(f"jianghua review: {said}")


@pytest.mark.parametrize("error", [ValueError("x"), OSError("x"), KeyError("x"), RecursionError()])
def test_everything_else_says_that_it_is_our_fault(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(review, "run", lambda rest: _raise(error))
    assert main(["review"]) == 1
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert type(error).__name__ in said
    assert said.splitlines()[-1].startswith("jianghua review: this is a fault of jianghua, not yours; please report it")


def test_a_sweep_ends_with_the_message_of_a_mistake_and_not_with_a_traceback(tmp_path: Path) -> None:
    done = shell("jianghua label --multirun corpus.raw=nowhere", tmp_path)
    assert done.stdout.splitlines()[-1] == "1"
    assert "jianghua label: nowhere: no such folder; expected a folder with speeches" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_cannot_be_written_is_the_users_to_mend(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(AccessError, match=r"out/a\.csv: Not a directory; check the path"):
        write_bytes(tmp_path / "out" / "a.csv", b"")


@pytest.mark.parametrize("kind", [ConnectionResetError, BrokenPipeError])
def test_a_lost_connection_is_not_blamed_on_a_path(kind: type[OSError]) -> None:
    with pytest.raises(kind), access_to("out"):
        raise kind(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
    assert not issubclass(kind, JianghuaError)


def test_a_character_that_the_terminal_lacks_is_written_out(speeches: Path, model_folder: Path) -> None:
    flags = f"-o out --quiet --show --model {model_folder}"
    done = shell(f"PYTHONIOENCODING=ascii jianghua tag speeches/county.txt {flags}", speeches.parent)
    assert done.stdout.splitlines()[-1] == "0"
    assert "\\u" in done.stdout


def _raise(error: Exception) -> Sequence[str]:
    raise error
