"""The process that parses what strangers send: it may hang or die, its parent goes on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jianghua.corpus.extract import extract_bytes
from jianghua.corpus.formats.limits import LIMITS, Limits
from jianghua.corpus.formats.worker import Worker
from jianghua.errors import UnfinishedError, UnreadableError
from tests.corpus.hostile import READS, check
from tests.corpus.test_hostile_pages import HTML

pytestmark = pytest.mark.usefixtures("bounded")


def test_a_child_that_hangs_is_ended_and_replaced() -> None:
    began = time.perf_counter()
    check(HTML["many_attributes"][0](), "slow.html", "took longer than 0.5 seconds", Limits(seconds=0.5))
    check("<p>散会。".encode(), "next.html", READS)
    assert time.perf_counter() - began < 10


def test_a_child_that_dies_is_replaced() -> None:
    worker = Worker()
    try:
        assert worker.take_text("html", "<p>散会。".encode(), "a.html", LIMITS).text == "散会。\n"
        assert worker._process is not None
        os.kill(worker._process.pid, signal.SIGKILL)
        worker._process.wait()
        assert worker.take_text("html", "<p>散会。".encode(), "a.html", LIMITS).text == "散会。\n"
    finally:
        worker.close()


def test_a_child_that_needs_too_much_memory_says_so() -> None:
    data = "<p>要认真抓好落实".encode() * 300_000
    check(data, "a.html", "of memory", Limits(memory=150 * 1024 * 1024))
    check("<p>散会。".encode(), "next.html", READS)


@pytest.mark.parametrize(
    ("data", "limits"),
    [
        ("<p>要认真抓好落实".encode() * 300_000, Limits(memory=150 * 1024 * 1024)),
        (HTML["many_attributes"][0](), Limits(seconds=0.5)),
    ],
    ids=["memory", "time"],
)
def test_a_file_that_was_not_read_to_its_end_is_not_taken_for_one_without_text(data: bytes, limits: Limits) -> None:
    with pytest.raises(UnfinishedError):
        extract_bytes(data, "a.html", limits)
    with pytest.raises(UnreadableError) as told:
        extract_bytes(b"<p>", "a.html")
    assert not isinstance(told.value, UnfinishedError)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")
def test_the_child_ends_with_its_parent() -> None:
    code = (
        "import os, time\n"
        "from jianghua.corpus.formats import worker\n"
        "from jianghua.corpus.extract import extract_bytes\n"
        "extract_bytes('<p>散会。'.encode(), 'a.html')\n"
        "print(worker._worker._process.pid, flush=True)\n"
        "os._exit(9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    child = Path("/proc") / done.stdout.strip()
    deadline = time.monotonic() + 5
    while (alive := child.exists() and ") Z" not in (child / "stat").read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive, f"process {done.stdout.strip()} outlives its parent"


def test_the_folder_of_an_archive_is_no_place_to_import_from(tmp_path: Path) -> None:
    (tmp_path / "lxml.py").write_text("open('was_run', 'w')")
    code = "from jianghua.corpus.extract import extract_bytes; print(extract_bytes('<p>ok'.encode(), 'a.html').text)"
    done = subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.strip() == "ok", done.stderr
    assert not (tmp_path / "was_run").exists()
