"""Runs of `jianghua tag` as processes, and what they leave behind."""

import contextlib
import csv
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jianghua.corpus.folder import JOURNAL

FORMATS = ("jsonl", "csv")


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def errors(out: Path) -> dict[str, str]:
    text = (out / "_errors.csv").read_text(encoding="utf-8-sig")
    return {Path(row["source"]).name: row["reason"] for row in csv.DictReader(io.StringIO(text))}


def command(inputs: Path | str, out: Path, model: Path, *flags: str) -> list[str]:
    return ["tag", str(inputs), "-o", str(out), "--model", str(model), "--format", *FORMATS, *flags]


def start(arguments: list[str], **how: Any) -> subprocess.Popen[bytes]:
    """A process of its own, with its workers in a group of their own."""
    line = [sys.executable, "-m", "jianghua", *arguments]
    return subprocess.Popen(line, start_new_session=True, stderr=subprocess.PIPE, **how)


def group(leader: int) -> list[int]:
    """Processes of a group that still run."""
    alive = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            state, _, of_group = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
            if int(of_group) == leader and state != "Z":
                alive.append(int(entry.name))
    return alive


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not so after {seconds} s"
        time.sleep(0.002)


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="looks for processes in /proc")


def finished(out: Path) -> dict[str, tuple[int, int]]:
    """Outputs that the journal tells of, with inode and time of change."""
    found = {}
    for line in (out / JOURNAL).read_bytes().splitlines() if (out / JOURNAL).is_file() else ():
        with contextlib.suppress(ValueError):
            held = json.loads(line or "{}")
            for end, _ in held.get("outputs", ()):
                name = f"{held['relative']}.{end}"
                status = (out / name).stat()
                found[name] = (status.st_ino, status.st_mtime_ns)
    return found


def inodes(out: Path) -> set[int]:
    """Outputs as they are now; one that is written again has another inode."""
    found = set()
    for path in out.rglob("*.[jc]s*"):
        with contextlib.suppress(FileNotFoundError):
            found.add(path.stat().st_ino)
    return found
