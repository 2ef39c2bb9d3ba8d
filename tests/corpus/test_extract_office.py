"""Documents of other office programs: by LibreOffice where there is one, else refused with the remedy."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jianghua.corpus.extract import extract_bytes
from jianghua.corpus.formats import office
from jianghua.corpus.formats.limits import Limits
from jianghua.corpus.formats.table import find_format
from jianghua.errors import UnreadableError
from tests.corpus.documents import docx, numbered, numbering, paragraph, zipped
from tests.corpus.test_extract_word import CHINESE

needs_office = pytest.mark.skipif(
    office.find_office() is None, reason="LibreOffice (soffice) is not installed: .doc, .rtf, .odt are not converted"
)
needs_posix = pytest.mark.skipif(os.name == "nt", reason="the stand-in for LibreOffice is a shell script")

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le")
TITLE = "在青石县水利工作会议上的讲话"


def rtf(*paragraphs: str, head: str = "") -> bytes:
    def written(text: str) -> str:
        return "".join(sign if sign < "\x80" else f"\\u{ord(sign)}?" for sign in text)

    body = "".join(f"{{\\pard {properties}{written(text)}\\par}}" for properties, _, text in map(_split, paragraphs))
    return f"{{\\rtf1\\ansi\\ansicpg936\\deff0{head}{body}}}".encode("ascii")


def _split(text: str) -> tuple[str, str, str]:
    properties, mark, rest = text.partition("|")
    return (properties, mark, rest) if mark else ("", "", text)


def odt(body: str) -> bytes:
    spaces = "".join(
        f' xmlns:{name}="{space}"'
        for name, space in {
            "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
            "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
            "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
            "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
            "xlink": "http://www.w3.org/1999/xlink",
        }.items()
    )
    kind = "application/vnd.oasis.opendocument.text"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces} office:version="1.2">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    return zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


# with a stand-in for LibreOffice


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shell script in LibreOffice's place; tests write what it does."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setattr(office, "_remembered", type(office._remembered)())
    return folder / "soffice"


def does(program: Path, script: str) -> None:
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_without_libreoffice_the_reason_names_the_format_and_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "find_office", lambda: None)
    for name, data, what in [
        ("a.wps", OLE, "an old Office document"),
        ("a.docx", rtf(TITLE), "an RTF document"),
        ("a.odt", odt(""), "an OpenDocument text"),
    ]:
        with pytest.raises(
            UnreadableError, match=rf"^{name}: {what}.* install it \(soffice\), or .* save it as \.docx"
        ):
            extract_bytes(data, name)


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (OLE, "a.docx", "doc"),
        (b"\xef\xbb\xbf" + rtf(TITLE), "a.doc", "rtf"),
        (odt(""), "a.docx", "odt"),
        (docx(""), "a.doc", "docx"),
        (b'<?xml version="1.0"?><uof:UOF xmlns:uof="u"/>', "a.wps", "uof"),
        (b"<html><body><p>x</p></body></html>", "a.docx", "html"),
    ],
)
def test_a_document_is_told_by_its_contents(data: bytes, name: str, expected: str) -> None:
    assert find_format(data, name).name == expected


@pytest.mark.parametrize(
    ("stream", "what"), [("Workbook", "a workbook"), ("PowerPoint Document", "a presentation"), ("", "without a Word")]
)
def test_an_old_office_file_that_is_no_document_is_not_given_to_libreoffice(stream: str, what: str) -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + stream.encode("utf-16-le")
    with pytest.raises(UnreadableError, match=f"an old Office document .{what}"):
        extract_bytes(data, "a.doc")


@needs_posix
def test_a_document_is_converted_once_and_its_folder_is_gone(program: Path, tmp_path: Path) -> None:
    (tmp_path / "made.docx").write_bytes(docx(paragraph(TITLE)))
    does(
        program,
        f'echo "$PWD" >> {tmp_path}/folders\nwhile [ "$1" != --outdir ]; do shift; done\n'
        f'mkdir "$2"\ncp {tmp_path}/made.docx "$2/talk.docx"',
    )
    for _ in range(2):
        decoded = extract_bytes(OLE, "a.doc")
        assert (decoded.text, decoded.encoding, decoded.is_plain) == (f"{TITLE}\n", "doc", False)
        assert decoded.marks[0].ends is True
    (folder,) = (tmp_path / "folders").read_text().split()
    assert not Path(folder).exists()


@needs_posix
def test_a_conversion_that_hangs_is_ended_with_all_that_it_started(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "_START", 0.5)
    does(program, f"sleep 60 &\necho $! > {tmp_path}/child\nwait")
    began = time.perf_counter()
    with pytest.raises(
        UnreadableError, match=r"a\.doc: LibreOffice cannot read it .* longer than 1 seconds; open it in"
    ):
        extract_bytes(OLE, "a.doc", Limits(seconds=0.5))
    assert time.perf_counter() - began < 10
    child = Path("/proc") / (tmp_path / "child").read_text().strip()
    while (
        _is_running(child) and time.perf_counter() - began < 10
    ):  # a busy system takes a moment to end what was killed
        time.sleep(0.05)
    assert not _is_running(child)


def _is_running(process: Path) -> bool:
    try:
        return ") Z" not in (process / "stat").read_text()
    except OSError:
        return False


@needs_posix
def test_libreoffice_may_not_take_all_memory_or_fill_the_disk(program: Path, tmp_path: Path) -> None:
    does(program, f"(ulimit -v; ulimit -f; ulimit -c; ulimit -t) > {tmp_path}/limits")
    with pytest.raises(UnreadableError, match="LibreOffice cannot read it"):
        extract_bytes(OLE, "a.doc", Limits(memory=512 * 1024 * 1024, unpacked=1024 * 1024, seconds=9))
    memory, file, core, seconds = map(int, (tmp_path / "limits").read_text().split())
    assert (memory, core, seconds) == (512 * 1024, 0, 10)
    assert file in (1024, 2048), "in blocks of 1024 or 512 bytes"


@needs_posix
def test_what_libreoffice_cannot_read_is_refused_with_the_remedy(program: Path) -> None:
    does(program, "exit 0")
    with pytest.raises(
        UnreadableError, match=r"^a\.doc: LibreOffice cannot read it as an old Office .* save it as \.docx"
    ):
        extract_bytes(OLE, "a.doc")


def test_a_packed_document_that_is_a_bomb_is_not_given_to_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "find_office", lambda: sys.executable)
    with pytest.raises(UnreadableError, match="zip bomb"):
        extract_bytes(odt("<text:p>x</text:p>"), "a.odt", Limits(unpacked=100))


# with LibreOffice


@needs_office
def test_an_rtf_document_keeps_its_chinese_numbers() -> None:
    level = "\\listlevel\\levelnfc39\\levelstartat1\\levelfollow2{{\\leveltext\\'{0}{1};}}{{\\levelnumbers\\'{2};}}"
    first = level.format("02", "\\'00\\u12289 ?", "01")
    second = level.format("03", "\\u65288 ?\\'01\\u65289 ?", "02")
    head = (
        f"{{\\*\\listtable{{\\list{{{first}}}{{{second}}}\\listid7}}}}"
        "{\\*\\listoverridetable{\\listoverride\\listid7\\listoverridecount0\\ls1}}"
    )
    data = rtf(TITLE, "\\ls1\\ilvl0 |修渠", "\\ls1\\ilvl1 |资金", "\\ls1\\ilvl1 |劳力", "\\ls1\\ilvl0 |护林", head=head)
    decoded = extract_bytes(data, "a.rtf")
    assert decoded.text.splitlines() == [TITLE, "一、修渠", "（一）资金", "（二）劳力", "二、护林"]
    assert decoded.encoding == "rtf"


@needs_office
def test_no_file_that_a_document_links_to_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    body = (
        '<text:p>修渠百里。</text:p><text:section text:name="a">'
        f'<text:section-source xlink:href="{secret.as_uri()}" text:filter-name="Text"/><text:p>旧文</text:p></text:section>'
    )
    assert extract_bytes(odt(body), "a.odt").text == "修渠百里。\n旧文\n"


@needs_office
@pytest.mark.slow
@pytest.mark.parametrize(("kind", "writer"), [("doc", "MS Word 97"), ("odt", "writer8")])
def test_numbers_headings_and_rows_survive_the_way_through_libreoffice(kind: str, writer: str, tmp_path: Path) -> None:
    styles = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="t"><w:name w:val="Title"/><w:basedOn w:val="a"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:basedOn w:val="a"/>'
        '<w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
    )
    cells = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in ("乡镇", "长度"))
    body = (
        paragraph(TITLE, '<w:pStyle w:val="t"/>')
        + numbered("修渠")
        + numbered("资金", 1)
        + numbered("劳力", 1)
        + numbered("县里", 2)
        + numbered("村里", 3)
        + numbered("护林")
        + paragraph("为什么要护林？", '<w:pStyle w:val="1"/>')
        + f"<w:tbl><w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid><w:tr>{cells}</w:tr></w:tbl>"
        + paragraph("散会。")
    )
    (tmp_path / "talk.docx").write_bytes(docx(body, numbering=numbering(CHINESE), styles=styles))
    subprocess.run(
        [
            *(str(office.find_office()), f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"),
            *("--convert-to", f"{kind}:{writer}", "--outdir", str(tmp_path), str(tmp_path / "talk.docx")),
        ],
        check=True,
        capture_output=True,
    )
    decoded = extract_bytes((tmp_path / f"talk.{kind}").read_bytes(), f"talk.{kind}")
    assert [(mark.role, line) for mark, line in zip(decoded.marks, decoded.text.splitlines(), strict=True)] == [
        ("title", TITLE), ("", "一、修渠"), ("", "（一）资金"), ("", "（二）劳力"), ("", "1. 县里"), ("", "① 村里"),
        ("", "二、护林"), ("heading", "为什么要护林？"), ("row", "乡镇\t长度"), ("", "散会。"),
    ]  # fmt: skip
