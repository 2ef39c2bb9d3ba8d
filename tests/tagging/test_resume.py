"""A run that is killed, stopped, refused or starved, and the run after it."""

import contextlib
import csv
import io
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jianghua.cli import main
from jianghua.corpus import extract
from jianghua.corpus.formats.limits import Limits
from jianghua.modelling.store import load_model, save_model
from jianghua.tagging.batch import Options
from jianghua.tagging.jobs import find_jobs
from jianghua.tagging.journal import JOURNAL
from jianghua.tagging.run import Workers, tag_batch
from tests.speeches import COUNTY

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


@pytest.fixture
def other_model(model_folder: Path, tmp_path: Path) -> Path:
    held = load_model(model_folder)
    text = replace(held.tagger.text, intercept=held.tagger.text.intercept + np.array([3, 0, 0, 0, 0, 0], np.float32))
    save_model(
        replace(held.tagger, text=text), tmp_path / "other", "small", {"data_digest": "0", "speeches": {}}, {}, {}
    )
    return tmp_path / "other"


# killed


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
    [(os.killpg, signal.SIGINT), (os.kill, signal.SIGINT), (os.kill, signal.SIGTERM)],
    ids=["Ctrl-C in a terminal", "Ctrl-C to the process alone", "from a scheduler"],
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


# the run after it


def test_only_what_changed_is_done_again(speeches: Path, tmp_path: Path, model_folder: Path) -> None:
    out = tmp_path / "out"
    arguments = command(speeches, out, model_folder, "--quiet")
    assert main(arguments) == 0
    first = finished(out)
    assert len(first) == 4
    (speeches / "county.txt").write_text(COUNTY.replace("8.4", "8.5"), encoding="utf-8")  # as long as before
    assert main(arguments) == 0
    second = finished(out)
    assert {name for name in first if first[name] == second[name]} == {"sub/hospital.txt.jsonl", "sub/hospital.txt.csv"}
    assert "8.5" in (out / "county.txt.jsonl").read_text(encoding="utf-8")
    (out / "county.txt.csv").unlink()
    (out / "sub/hospital.txt.jsonl").write_bytes(b"")
    assert main(arguments) == 0
    fresh = tmp_path / "fresh"
    assert main(command(speeches, fresh, model_folder, "--quiet")) == 0
    assert contents(out) == contents(fresh)


def test_outputs_do_not_outlive_the_text_that_they_were_made_of(
    speeches: Path, tmp_path: Path, model_folder: Path
) -> None:
    out = tmp_path / "out"
    arguments = command(speeches, out, model_folder, "--quiet")
    assert main(arguments) == 0
    (speeches / "county.txt").write_bytes(b"\0\1\2\3" * 500)
    assert main(arguments) == 1
    assert "looks like a binary file" in errors(out)["county.txt"]
    assert [path.name for path in out.rglob("*county*")] == []
    (speeches / "county.txt").write_text(COUNTY, encoding="utf-8")
    assert main(arguments) == 0
    assert (out / "county.txt.jsonl").is_file()


def test_outputs_of_a_file_that_cannot_be_reached_are_kept(
    speeches: Path, tmp_path: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(path: Path, name: str) -> bytes:
        raise PermissionError(13, "Permission denied")

    out = tmp_path / "out"
    arguments = command(speeches, out, model_folder, "--quiet")
    assert main(arguments) == 0
    first = finished(out)
    with monkeypatch.context() as patched:
        patched.setattr("jianghua.tagging.batch.read_regular", read)
        assert main(arguments) == 1
    assert main(arguments) == 0
    assert finished(out) == first


@pytest.mark.parametrize("flags", [["--no-resume"], ["--simplified"], ["--explain"], ["--lang", "zh"], []])
def test_another_option_or_no_resume_does_all_again(
    speeches: Path, tmp_path: Path, model_folder: Path, flags: list[str]
) -> None:
    out = tmp_path / "out"
    html = ["--format", "html", *FORMATS] if "--lang" in flags else []
    assert main([*command(speeches, out, model_folder, "--quiet"), *html]) == 0
    first = finished(out)
    assert main([*command(speeches, out, model_folder, "--quiet"), *html, *flags]) == 0
    second = finished(out)
    assert {name for name in first if first[name] == second[name]} == (set() if flags else set(first))


def test_another_model_does_all_again(speeches: Path, tmp_path: Path, model_folder: Path, other_model: Path) -> None:
    out, fresh = tmp_path / "out", tmp_path / "fresh"
    for folder, model in ((out, model_folder), (out, other_model), (fresh, other_model)):
        assert main(command(speeches, folder, model, "--quiet")) == 0
    assert contents(out) == contents(fresh)
    assert load_model(other_model).version in (out / "county.txt.jsonl").read_text(encoding="utf-8")


def test_a_name_that_is_no_utf_8_is_tagged_and_kept(speeches: Path, tmp_path: Path, model_folder: Path) -> None:
    name = os.fsdecode(b"\xff\xfe.txt")
    try:
        (speeches / name).write_text(COUNTY, encoding="utf-8")
    except (OSError, UnicodeError):
        pytest.skip("this file system has no such names")
    out = tmp_path / "out"
    arguments = command(speeches, out, model_folder, "--quiet")
    assert main(arguments) == 0
    first = finished(out)
    assert len(first) == 6
    assert main(arguments) == 0
    assert finished(out) == first


def good_line(out: Path, **changes: object) -> bytes:
    """The journal's line for county.txt, changed."""
    lines = (json.loads(line) for line in (out / JOURNAL).read_bytes().splitlines())
    (held,) = [line for line in lines if line["relative"] == "county.txt"]
    return json.dumps({**held, **changes}).encode()


HOSTILE: dict[str, Callable[[Path], bytes]] = {
    "cut short": lambda out: good_line(out)[:-20],
    "binary": lambda out: bytes(range(256)) * 40,
    "other JSON": lambda out: b'[]\n3\nnull\n"x"\n{}\n{"source": "x"}\n{"source": 1, "relative": 2, "key": 3}',
    "deep": lambda out: b"[" * 200_000,
    "a long line": lambda out: b'{"source": "' + b"x" * 20_000_000,
    "a long number": lambda out: good_line(out)[:-1] + b', "bytes": ' + b"9" * 5000 + b"}",
    "a huge number": lambda out: good_line(out, bytes=1 << 70),
    "numbers that are none": lambda out: good_line(out, outputs=[["jsonl", "5"]]),
    "not a number": lambda out: good_line(out, characters=float("nan")),
    "counts that are none": lambda out: good_line(out, functions=["x", []]),
    "courses that are none": lambda out: good_line(out, courses=[[["<b>", -1]], 3]),
    "no outputs": lambda out: good_line(out, outputs=[]),
    "an error": lambda out: good_line(out, error="x", kept=True),
    "an unknown field": lambda out: good_line(out, __class__="os.system"),
    "half a character": lambda out: good_line(out, source="\ud800"),
    "an output elsewhere": lambda out: good_line(out, outputs=[["/../../../../etc/passwd", 1], ["/dev/zero", 0]]),
}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_journal_does_no_harm(speeches: Path, tmp_path: Path, model_folder: Path, hostile: str) -> None:
    out = tmp_path / "out"
    arguments = command(speeches, out, model_folder, "--quiet")
    assert main(arguments) == 0
    expected = contents(out)
    (out / "county.txt.jsonl").write_bytes(b"from elsewhere")
    with (out / JOURNAL).open("ab") as journal:
        journal.write(HOSTILE[hostile](out))
    assert main(arguments) == 0
    assert contents(out) == expected


def test_a_journal_that_is_a_link_is_not_written_through(speeches: Path, tmp_path: Path, model_folder: Path) -> None:
    target = tmp_path / "target"
    target.write_text("mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / JOURNAL).symlink_to(target)
    assert main(command(speeches, tmp_path / "out", model_folder, "--quiet", "--no-resume")) == 0
    assert target.read_text() == "mine"


def test_what_a_killed_run_was_writing_is_removed_and_what_is_not_ours_is_kept(
    speeches: Path, tmp_path: Path, model_folder: Path
) -> None:
    out = tmp_path / "out"
    (out / "sub").mkdir(parents=True)
    for name in (
        ".county.txt.jsonl.123-00ff00ff.part",
        "sub/.two\nlines.txt.csv.9-01234567.part",
        ".mine.part",
        "data.1.part",
    ):
        (out / name).write_bytes(b"x")
    assert main(command(speeches, out, model_folder, "--quiet")) == 0
    assert {name for name in contents(out) if name.endswith(".part")} == {".mine.part", "data.1.part"}


def test_a_second_run_into_the_same_folder_refuses(speeches: Path, tmp_path: Path, model_folder: Path) -> None:
    out = tmp_path / "out"
    first = start(command("-", out, model_folder, "--quiet"), stdin=subprocess.PIPE)
    wait_for(lambda: (out / JOURNAL).is_file())  # it holds the lock and waits for its input
    second = start(command(speeches, out, model_folder, "--quiet"))
    said = second.communicate(timeout=60)[1].decode()
    assert second.returncode == 2
    assert f"another jianghua is writing into {out}; wait for it, or choose another folder" in said
    assert first.communicate(COUNTY.encode(), timeout=60)[1] == b""
    assert first.returncode == 0
    assert (out / "stdin.jsonl").is_file()
    assert not (out / "county.txt.jsonl").exists()


# starved


def limit_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))


def test_a_file_whose_output_does_not_fit_is_named_and_the_others_come_out(
    speeches: Path, tmp_path: Path, model_folder: Path
) -> None:
    (speeches / "long.txt").write_text(COUNTY * 40, encoding="utf-8")
    out, fresh = tmp_path / "out", tmp_path / "fresh"
    arguments = command(speeches, out, model_folder, "--quiet")
    limited = start(arguments, preexec_fn=limit_files)
    said = limited.communicate(timeout=60)[1].decode()
    assert limited.returncode == 1
    assert errors(out)["long.txt"].endswith("long.txt: File too large; check the path and its permissions"), said
    assert (out / "sub/hospital.txt.jsonl").is_file()
    assert not [name for name in contents(out) if "long" in name]
    assert main(arguments) == 0, "with room it goes on"
    assert main(command(speeches, fresh, model_folder, "--quiet")) == 0
    assert contents(out) == contents(fresh)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    done = mount and subprocess.run([mount, "-t", "tmpfs", "-o", "size=400k", "tmpfs", folder], capture_output=True)
    if not done or done.returncode:
        pytest.skip("may not mount a small file system")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_full_disk_is_said_and_with_room_the_run_goes_on(
    speeches: Path, tmp_path: Path, small_disk: Path, model_folder: Path, jobs: str
) -> None:
    for number in range(30):
        (speeches / f"{number}.txt").write_text(COUNTY, encoding="utf-8")
    (small_disk / "ballast").write_bytes(bytes(200_000))
    arguments = command(speeches, small_disk / "out", model_folder, "--quiet", "--jobs", jobs)
    full = start(arguments)
    said = full.communicate(timeout=60)[1].decode()
    assert full.returncode == 1
    assert "No space left on device" in said
    assert "Traceback" not in said
    assert not [name for name in contents(small_disk) if name.endswith(".part")]
    (small_disk / "ballast").unlink()
    subprocess.run(["mount", "-o", "remount,size=4m", small_disk], check=True)
    assert main(arguments) == 0
    assert main(command(speeches, tmp_path / "fresh", model_folder, "--quiet")) == 0
    assert contents(small_disk / "out") == contents(tmp_path / "fresh")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(
    speeches: Path, tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir(mode=0o500)
    assert main(command(speeches, out, model_folder, "--quiet")) == 1
    assert f"cannot write below {out}: Permission denied" in capsys.readouterr().err


def test_a_file_where_a_folder_must_be_is_named_and_the_others_come_out(
    speeches: Path, tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "sub").write_bytes(b"")
    assert main(command(speeches, out, model_folder, "--quiet")) == 1
    assert "hospital.txt: " in errors(out)["hospital.txt"]
    assert (out / "county.txt.jsonl").is_file()
    assert main(command(speeches, out / "sub", model_folder, "--quiet")) == 1
    assert f"cannot write below {out / 'sub'}: " in capsys.readouterr().err


def test_a_file_that_vanishes_is_named_and_the_others_come_out(
    speeches: Path, tmp_path: Path, model_folder: Path
) -> None:
    jobs = list(find_jobs([str(speeches)]))
    (speeches / "county.txt").unlink()
    for workers in (Workers(), Workers(2)):
        outcomes = tag_batch(jobs, model_folder, tmp_path / "out", Options(), workers)
        assert [outcome.error is None for outcome in outcomes] == [False, True]
        assert "No such file or directory" in errors(tmp_path / "out")["county.txt"]


def test_a_file_that_changes_while_it_is_read_is_named(
    speeches: Path, tmp_path: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check_slowly(status: os.stat_result, name: str, limits: Limits) -> None:
        check(status, name, limits)
        if name.endswith("county.txt"):
            (speeches / "county.txt").write_text(COUNTY + "谢谢！\n", encoding="utf-8")

    check = extract._check_regular
    monkeypatch.setattr(extract, "_check_regular", check_slowly)
    assert main(command(speeches, tmp_path / "out", model_folder, "--quiet")) == 1
    assert errors(tmp_path / "out")["county.txt"].endswith("the file changed while it was read; try again")
    assert (tmp_path / "out/sub/hospital.txt.jsonl").is_file()
