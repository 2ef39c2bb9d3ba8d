"""Paths, bytes and texts, told apart."""

import zipfile
from pathlib import Path

import pytest

from jianghua.errors import MissingError, UnreadableError, UsageError
from jianghua.tagging.inputs import Failure, Input, input_of, inputs_of
from tests.speeches import COUNTY


@pytest.mark.parametrize(
    "text",
    [
        COUNTY,
        "同志们，大家好",
        "亩产500公斤/亩，比去年增长6%。",
        "Comrades\nwelcome",
        "详见 www.example.org。谢谢大家！请看 example.com",
        "同志们！" * 5000,
        "一。\0",
    ],
)
def test_a_text_is_not_taken_for_the_path_of_a_file(text: str) -> None:
    assert input_of(text) == Input("-", None, text.encode())


@pytest.mark.parametrize(
    "path",
    [
        "talk.docx",
        "在全县大会上的讲话，第二稿。.docx",
        "TALK.DOC",
        "2019年/讲话、报告",
        "archive",
        "hello world",
        "",
        "x" * 5000,
        "talk\0.txt",
    ],
)
def test_the_path_of_a_file_that_is_not_there_is_not_tagged_as_a_text(path: str) -> None:
    with pytest.raises(
        MissingError, match=r"no such file or folder; a text without Chinese punctuation is given as bytes"
    ):
        input_of(path)


def test_a_file_is_found_whatever_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("在大会上的讲话。谢谢！", "plain", "讲话，2019.txt"):
        Path(name).write_text(COUNTY, encoding="utf-8")
        assert input_of(name) == Input(name, Path(name))
        assert input_of(name).read().decode() == COUNTY


def test_a_path_object_is_a_file_even_where_its_name_looks_like_a_text() -> None:
    missing = input_of(Path("同志们，大家好。"))
    assert missing.path == Path("同志们，大家好。")
    with pytest.raises(MissingError, match="同志们，大家好。: no such file"):
        missing.read()


def test_half_a_character_and_strange_objects_are_refused() -> None:
    with pytest.raises(UnreadableError, match="half a character at 4"):
        input_of("谢谢大家\ud800！")
    with pytest.raises(UsageError, match="NoneType is not known as a document; give a path, bytes or a text"):
        input_of(None)  # type: ignore[arg-type]


def test_folders_and_archives_stand_for_the_speeches_in_them(speeches: Path, tmp_path: Path) -> None:
    packed = tmp_path / "talks.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("one.txt", COUNTY)
    (speeches / "notes.exe").write_bytes(b"MZ")
    inputs = list(inputs_of([speeches, str(packed), f"{packed}/one.txt", "no.txt", "散会。"]))
    assert [Path(document.name).name for document in inputs] == [
        "county.txt", "hospital.txt", "one.txt", "one.txt", "no.txt", "-",
    ]  # fmt: skip
    assert isinstance(inputs[4], Failure)
    read = [document.read() for document in inputs if isinstance(document, Input)]
    assert read[0] == read[2] == read[3] == COUNTY.encode()


def test_one_path_is_not_read_letter_by_letter(speeches: Path) -> None:
    (document,) = inputs_of(str(speeches / "county.txt"))
    assert Path(document.name).name == "county.txt"
