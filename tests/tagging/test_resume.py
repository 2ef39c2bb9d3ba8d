"""What a run keeps of an earlier one, and what it does again."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from jianghua.cli import main
from jianghua.corpus.folder import JOURNAL
from jianghua.corpus.formats.worker import Worker
from jianghua.model.store import load_model, save_model
from tests.speeches import COUNTY
from tests.tagging.runs import FORMATS, command, contents, errors, finished, start, wait_for


@pytest.fixture
def other_model(model_folder: Path, tmp_path: Path) -> Path:
    held = load_model(model_folder)
    text = replace(held.tagger.text, intercept=held.tagger.text.intercept + np.array([3, 0, 0, 0, 0, 0], np.float32))
    save_model(
        replace(held.tagger, text=text), tmp_path / "other", "small", {"data_digest": "0", "speeches": {}}, {}, {}
    )
    return tmp_path / "other"


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


def test_outputs_of_a_file_whose_parser_was_killed_are_kept(
    speeches: Path, tmp_path: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def started(worker: Worker) -> "subprocess.Popen[bytes]":
        process = start_worker(worker)
        process.kill()
        process.wait()
        return process

    out, start_worker = tmp_path / "out", Worker._started
    (speeches / "page.html").write_text("<p>同志们：今天把大家请来，总结工作。", encoding="utf-8")
    arguments = command(speeches, out, model_folder, "--quiet")
    assert main(arguments) == 0
    (speeches / "page.html").write_text("<p>同志们：今天把大家请来，部署工作。", encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(Worker, "_started", started)
        assert main(arguments) == 1
    assert "the parser of html crashed on it" in errors(out)["page.html"]
    assert "总结工作" in (out / "page.html.jsonl").read_text(encoding="utf-8")
    assert main(arguments) == 0
    assert "部署工作" in (out / "page.html.jsonl").read_text(encoding="utf-8")


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


def test_a_model_whose_manifest_was_edited_does_all_again(speeches: Path, tmp_path: Path, model_folder: Path) -> None:
    out, edited = tmp_path / "out", tmp_path / "edited"
    shutil.copytree(model_folder, edited)
    manifest = json.loads((edited / "manifest.json").read_bytes())
    (edited / "manifest.json").write_text(json.dumps({**manifest, "unit": "paragraph"}))
    assert load_model(edited).version == load_model(model_folder).version
    for folder, model in ((out, model_folder), (out, edited), (tmp_path / "fresh", edited)):
        assert main(command(speeches, folder, model, "--quiet")) == 0
    assert contents(out) == contents(tmp_path / "fresh")


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
    "another format": lambda out: good_line(out, format=3),
    "heads that are none": lambda out: good_line(out, heads=[["=1+1"]]),
    "a head with a place that is none": lambda out: good_line(out, heads=[[*["x", -1, "y"] * 5, *[0] * 10]]),
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
