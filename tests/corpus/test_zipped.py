"""Zip archives are folders of what is in them, whatever their names are written in, and are bounded like all packed files."""

import io
import struct
import zipfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from jianghua.corpus.extract import extract
from jianghua.corpus.folder import Document, read_folders, said_passed, search
from jianghua.corpus.formats.limits import Limits
from jianghua.corpus.zipped import members, read_member
from jianghua.errors import MissingError, UnreadableError
from tests.corpus.documents import docx, paragraph
from tests.speeches import COUNTY, HOSPITAL


def packed(files: Mapping[str, Any], encoding: str = "utf-8", flag: bool = True) -> bytes:
    """An archive whose names are bytes in `encoding`, with or without the flag that says UTF-8."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for at, content in enumerate(files.values()):
            archive.writestr(f"{at:0>9}", content)
    data = stream.getvalue()
    for at, name in enumerate(files):
        raw = name.encode(encoding)
        old = f"{at:0>9}".encode()
        # names stand in local headers and in the directory, their lengths before them
        for signature, size_at, name_at, flags_at in ((b"PK\3\4", 26, 30, 6), (b"PK\1\2", 28, 46, 8)):
            place = next(
                found
                for found in range(len(data))
                if data.startswith(signature, found) and data.startswith(old, found + name_at)
            )
            head = bytearray(data[place : place + name_at])
            struct.pack_into("<H", head, size_at, len(raw))
            if flag:
                struct.pack_into("<H", head, flags_at, 0x800)
            grown = len(raw) - len(old)
            data = data[:place] + bytes(head) + raw + data[place + name_at + len(old) :]
            if signature == b"PK\3\4":  # what follows has moved
                data = moved(data, place, grown)
    return grown_directory(data)


def moved(data: bytes, place: int, grown: int) -> bytes:
    changed = bytearray(data)
    at = data.find(b"PK\1\2")
    while at >= 0:
        offset = struct.unpack_from("<L", changed, at + 42)[0]
        if offset > place:
            struct.pack_into("<L", changed, at + 42, offset + grown)
        at = data.find(b"PK\1\2", at + 4)
    return bytes(changed)


def grown_directory(data: bytes) -> bytes:
    changed = bytearray(data)
    end, begin = data.rfind(b"PK\5\6"), data.find(b"PK\1\2")
    struct.pack_into("<LL", changed, end + 12, end - begin, begin)
    return bytes(changed)


FILES = {
    "讲话/县里.txt": COUNTY,
    "讲话/医院.docx": docx(paragraph("同志们：") + paragraph("今天开会。")),
    "说明.db": "x",
}


@pytest.mark.parametrize(("encoding", "flag"), [("utf-8", True), ("utf-8", False), ("gb18030", False)])
def test_names_are_read_in_the_encoding_they_were_written_in(encoding: str, flag: bool, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(packed(FILES, encoding, flag))
    assert [member.name for member in members(tmp_path / "a.zip", "a.zip")] == sorted(FILES)


def test_names_in_big5_are_read(tmp_path: Path) -> None:
    names = ["縣長在會議上的講話.txt", "總結報告.txt"]
    (tmp_path / "a.zip").write_bytes(packed(dict.fromkeys(names, COUNTY), "big5", False))
    assert {member.name for member in members(tmp_path / "a.zip", "a.zip")} == set(names)


@pytest.mark.parametrize("inside", [True, False])
def test_an_archive_is_a_folder_of_what_is_in_it(inside: bool, tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(packed({**FILES, "__MACOSX/._x.txt": "x", "b\\c.txt": HOSPITAL}))
    passed: Counter[str] = Counter()
    found = search(tmp_path if inside else archive, None, passed)
    begin = "a.zip/" if inside else ""
    assert [file.relative for file in found] == [
        begin + name for name in ("b/c.txt", "讲话/医院.docx", "讲话/县里.txt")
    ]
    assert said_passed(passed) == "1 .db, 1 hidden"
    assert extract(found[2].path).text == COUNTY
    documents = list(read_folders([tmp_path if inside else archive]))
    assert all(isinstance(document, Document) and document.paragraphs for document in documents)


def test_a_name_that_leads_out_of_the_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(packed({"../../out.txt": COUNTY, "C:/x.txt": COUNTY, "good.txt": COUNTY}))
    problems = {file.relative: file.problem for file in search(tmp_path)}
    assert "leads out of the archive" in str(problems["a.zip/../../out.txt"])
    assert "leads out of the archive" in str(problems["a.zip/C:/x.txt"])
    assert problems["a.zip/good.txt"] is None


def test_archives_with_a_password_in_an_archive_damaged_or_bombs_are_named(tmp_path: Path) -> None:
    secret = bytearray(packed({"a.txt": COUNTY}))
    for signature, flags_at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        secret[secret.find(signature) + flags_at] |= 1
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b" " * 3_000_000)
    for name, data, reason in (
        ("secret.zip", bytes(secret), "a password"),
        ("nested.zip", packed({"b.zip": packed({"a.txt": COUNTY})}), "an archive in an archive"),
        ("bomb.zip", bomb.getvalue(), "it may be a zip bomb"),
        ("cut.zip", packed(FILES)[:-80], "damaged"),
    ):
        (tmp_path / name).write_bytes(data)
        (file,) = [found for found in search(tmp_path) if found.relative.startswith(name)]
        if file.problem is None:  # not a zip archive at all: said when it is read
            with pytest.raises(UnreadableError, match=reason):
                extract(file.path, file.relative)
        else:
            assert reason in file.problem


def test_a_member_is_read_within_the_limits(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(packed(FILES))
    for limits, reason in (
        (Limits(members=2), "3 files are packed in it"),
        (Limits(unpacked=100), "it may be a zip bomb"),
    ):
        with pytest.raises(UnreadableError, match=reason):
            read_member(tmp_path / "a.zip" / "讲话/县里.txt", "a.zip/讲话/县里.txt", limits)
    with pytest.raises(UnreadableError, match="no such file in the archive"):
        extract(tmp_path / "a.zip" / "x.txt")


def test_a_word_document_named_zip_is_a_document(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(docx(paragraph("同志们：") + paragraph("今天开会。")))
    assert [file.relative for file in search(tmp_path)] == ["a.zip"]
    assert extract(tmp_path / "a.zip").encoding == "docx"


def test_an_archive_without_speeches_names_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(packed({"a.db": "x", "b.exe": "x"}))
    with pytest.raises(MissingError, match=r"holds no speeches; .*\(not documents: 1 \.db, 1 \.exe\)"):
        search(tmp_path / "a.zip")
