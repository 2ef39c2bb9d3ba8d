"""`jianghua corpus fetch` as people type it."""

import subprocess
import sys
from pathlib import Path

import pytest

from jianghua.cli import main
from tests.corpus.public.texts import TEXTS, contents, rows, write_manifest


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    return write_manifest(tmp_path / "public.csv", rows("https://raw.example.org"))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    (tmp_path / "copy").mkdir()
    for name, text in TEXTS.items():
        (tmp_path / "copy" / name).write_bytes(text.encode())
    return tmp_path / "copy"


def fetch(manifest: Path, copy: Path, *words: str) -> int:
    out = manifest.parent / "out"
    return main(["corpus", "fetch", "--manifest", str(manifest), "--from", str(copy), "-o", str(out), *words])


def test_exit_status_is_0_when_all_are_there_and_1_when_some_failed(
    manifest: Path, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = manifest.parent / "out"
    (copy / "flood.txt").unlink()
    (copy / "harvest.txt").unlink()
    assert fetch(manifest, copy) == 1
    first, last = capsys.readouterr().err.splitlines()
    assert first.startswith(f"failed: flood.txt, harvest.txt: {copy}: holds neither the text")
    assert last == f"2 texts → {out}; 2 failed, the same command tries them again"
    for name, text in TEXTS.items():
        (copy / name).write_bytes(text.encode())
    assert fetch(manifest, copy) == 0
    assert capsys.readouterr().err == f"4 texts → {out} (2 were there already)\n"
    assert contents(out) == TEXTS


def test_names_and_patterns_choose_texts(manifest: Path, copy: Path) -> None:
    assert fetch(manifest, copy, "school.txt", "*.md", "--quiet") == 0
    assert sorted(contents(manifest.parent / "out")) == ["school.txt", "矿山.md"]


def test_a_name_that_is_not_known_is_wrong_usage_and_answered_by_the_nearest(
    manifest: Path, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fetch(manifest, copy, "shcool.txt") == 2
    assert (
        "no text is called 'shcool.txt'; expected names of the manifest, such as school.txt" in capsys.readouterr().err
    )
    assert contents(manifest.parent / "out") == {}


@pytest.mark.parametrize("words", [["--manifest", "none.csv"], ["--from", "nowhere"], ["--form", "x"]])
def test_what_cannot_begin_is_wrong_usage(
    words: list[str], manifest: Path, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fetch(manifest, copy, *words) == 2
    said = capsys.readouterr().err
    assert "jianghua corpus fetch: " in said or "unrecognized arguments" in said
    assert "Traceback" not in said


def test_nothing_steers_the_terminal(manifest: Path, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [[*row] for row in rows("https://raw.example.org")]
    lines[0][0] = "\x1b[2J.txt"
    assert fetch(write_manifest(manifest, lines), copy) == 2
    assert "\x1b" not in capsys.readouterr().err


def test_without_words_it_says_which_commands_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["corpus"]) == 2
    assert "the following arguments are required: COMMAND" in capsys.readouterr().err


def test_fetching_from_a_copy_needs_no_library_of_the_network(manifest: Path, copy: Path) -> None:
    words = ["corpus", "fetch", "--manifest", str(manifest), "--from", str(copy), "-o", str(manifest.parent / "out")]
    code = (
        f"import sys; from jianghua.cli import main; main({words!r}); "
        "print(sorted({'requests', 'mlflow', 'pandas', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
