"""Folders: every speech is found once, in one order, and what cannot be read is named."""

import os
from collections import Counter
from pathlib import Path

import pytest

from jianghua.corpus.folder import Document, find_files, read_document, read_folders, said_passed, search
from jianghua.errors import UnreadableError
from tests.corpus.documents import docx, paragraph, pdf
from tests.speeches import COUNTY, HOSPITAL


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "b.TXT").write_text(COUNTY, encoding="utf-8")
    (tmp_path / "a.html").write_text(f"<p>{HOSPITAL}</p>", encoding="utf-8")
    (tmp_path / "sub" / "c.docx").write_bytes(docx(paragraph("同志们：") + paragraph("今天开会。")))
    (tmp_path / "sub" / "d.pdf").write_bytes(pdf([[(72, 700, "同志们：今天把大家请来，总结工作。")]]))
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    return tmp_path


def test_every_known_format_is_found_in_the_same_order(folder: Path) -> None:
    names = ["a.html", "b.TXT", "sub/c.docx", "sub/d.pdf"]
    assert [found.relative for found in search(folder)] == names
    assert [path.relative_to(folder).as_posix() for path in find_files(folder)] == names


def test_documents_of_every_format_are_read_for_training_too(folder: Path) -> None:
    documents = [document for document in read_folders([folder]) if isinstance(document, Document)]
    assert [document.encoding for document in documents] == ["html utf-8", "utf-8", "docx", "pdf"]
    assert all(document.paragraphs for document in documents)


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_read(folder: Path) -> None:
    (folder / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    (folder / "out.txt").symlink_to("/etc/passwd")
    found = list(read_folders([folder]))
    failed = {item[0]: str(item[1]) for item in found if isinstance(item, tuple)}
    assert sorted(failed) == ["old.doc", "out.txt"]
    assert "save it as .docx" in failed["old.doc"]
    assert "leads out of the folder, to /etc/passwd" in failed["out.txt"]
    assert sum(isinstance(item, Document) for item in found) == 4


def test_outputs_inside_the_folder_are_not_taken_for_inputs(folder: Path) -> None:
    out = folder / "tagged"
    out.mkdir()
    (out / "c.docx.txt").write_text(COUNTY, encoding="utf-8")
    assert "tagged/c.docx.txt" in [found.relative for found in search(folder)]
    assert "tagged/c.docx.txt" not in [found.relative for found in search(folder, out)]


@pytest.mark.skipif(os.name == "nt", reason="names are characters there")
def test_a_name_in_another_encoding_can_be_written_anywhere(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/" + "讲话.txt".encode("gb18030"))).write_text(COUNTY, encoding="utf-8")
    (found,) = [found for found in search(folder) if "\\x" in found.relative]
    assert found.relative == "\\xbd\\xb2\\xbb\\xb0.txt"
    assert read_document(found.path, found.relative).source.encode()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may search every folder")
def test_a_folder_that_may_not_be_searched_is_named(folder: Path) -> None:
    (folder / "sub").chmod(0)
    try:
        problems = {found.relative: found.problem for found in search(folder) if found.problem}
    finally:
        (folder / "sub").chmod(0o755)
    assert "check its permissions" in str(problems["sub"])


def test_what_is_no_document_is_counted_and_what_may_hold_speeches_is_named(folder: Path) -> None:
    for name in ("a.db", "sub/b.DB", "c.exe", "README", ".DS_Store", "page.shtml", "old.rar"):
        (folder / name).write_bytes(b"Rar!\x1a\x07\x00" if name == "old.rar" else b"x")
    passed: Counter[str] = Counter()
    names = [found.relative for found in search(folder, None, passed)]
    assert {"page.shtml", "old.rar"} <= set(names)
    assert said_passed(passed) == "2 .db, 1 .exe, 1 .png, 1 hidden, 1 without suffix"
    everything = [path for path in folder.rglob("*") if path.is_file()]
    assert len(everything) == len(names) + passed.total()


def test_parts_of_saved_pages_are_no_speeches_and_mirrored_pages_are(folder: Path) -> None:
    (folder / "a_files").mkdir()
    for name in ("a_files/ad.html", "a_files/style.css", "show.jsp?id=12", "index.html@page=2", "b_files.html"):
        (folder / name).write_text(f"<html><p>{HOSPITAL}</p></html>", encoding="utf-8")
    passed: Counter[str] = Counter()
    names = {found.relative for found in search(folder, None, passed)}
    assert names >= {"a.html", "b_files.html", "show.jsp?id=12", "index.html@page=2"}
    assert "a_files/ad.html" not in names
    assert passed["parts of pages"] == 2
    assert read_document(folder / "show.jsp?id=12", "x").encoding == "html utf-8"


def test_a_folder_without_speeches_names_what_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "x.png").touch()
    for folder, message in (
        (tmp_path, "holds no speeches; expected files that end in .txt"),
        (tmp_path / "no", "no such folder"),
    ):
        with pytest.raises(FileNotFoundError, match=message):
            find_files(folder)


def test_two_folders_with_one_name_are_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="has the same name"):
        list(read_folders([folder, folder]))


def test_an_error_names_the_file_as_the_user_does(folder: Path) -> None:
    (folder / "empty.txt").touch()
    with pytest.raises(UnreadableError, match=r"^mine/empty\.txt: the file is empty"):
        read_document(folder / "empty.txt", "mine/empty.txt")
