"""Files made to crash, hang or mislead: each comes out as text, or as an error that names its cause, in a bounded time."""

import io
import os
import signal
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest

from jianghua.corpus import UnreadableError, parse
from jianghua.corpus.extract import extract, extract_bytes
from jianghua.corpus.folder import find_files, search
from jianghua.corpus.formats.limits import LIMITS, Limits
from jianghua.corpus.formats.worker import Worker
from jianghua.tagging.batch import Job, Options, Outcome, find_jobs
from jianghua.tagging.run import tag_batch
from tests.corpus.documents import docx, numbered, numbering, paragraph, pdf, relations, zipped
from tests.corpus.test_offsets import check_invariants
from tests.speeches import COUNTY

BOUND = 20.0
"""Seconds for any one case, on a busy machine."""
FAST = Limits(seconds=3.0)
SLOW = Limits(seconds=15.0)
READS = ""
"""Expectation of a case that must come out as text."""


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    """Fail a case that hangs instead of waiting for it."""

    def late(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"took longer than {BOUND:g} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, BOUND)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def outcome(data: bytes, name: str, limits: Limits = SLOW) -> str:
    """Empty where the file comes out as text that keeps the invariants of the record; else the message."""
    try:
        text = extract_bytes(data, name, limits).text
    except UnreadableError as error:
        message = str(error)
    else:
        check_invariants(text)
        return READS
    assert message.startswith(name), "a message begins with the name of the file"
    assert len(message) < 600, "a message is for people, not a copy of the file"
    return message


def check(data: bytes, name: str, expected: str, limits: Limits = SLOW) -> None:
    found = outcome(data, name, limits)
    assert (expected in found and bool(found)) if expected else found == READS, (
        f"expected {expected!r}, found {found!r}"
    )


# Word

_DECLARATION = '<?xml version="1.0"?><!DOCTYPE w:document [{}]>'
_LAUGHS = '<!ENTITY a "哈哈哈哈">' + "".join(
    f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9)
)


def with_document(xml: str | bytes, **members: str) -> bytes:
    return zipped(
        {"_rels/.rels": relations({"officeDocument": "word/document.xml"}), "word/document.xml": xml, **members}
    )


def changed(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new)


def lying_about_its_size() -> bytes:
    data = bytearray(docx(paragraph("同志们：" * 5000)))
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            data[at + place : at + place + 4] = struct.pack("<I", 10)
    return bytes(data)


def with_password() -> bytes:
    data = bytearray(docx(paragraph("同志们：")))
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            data[at + place] |= 1
    return bytes(data)


def packed_by(method: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("word/document.xml", "<w:document xmlns:w='x'/>")
    return stream.getvalue()


def styles_in_a_circle() -> bytes:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="s{at}"><w:basedOn w:val="s{(at + 1) % 900}"/></w:style>'
        for at in range(900)
    )
    return docx("".join(paragraph("一段。", f'<w:pStyle w:val="s{at}"/>') for at in range(900)), styles=styles)


_LINK = '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="s"/></w:abstractNum><w:abstractNum w:abstractNumId="2"><w:numStyleLink w:val="s"/></w:abstractNum>'

WORD: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb": (lambda: with_document(b"<w>" + b" " * 20_000_000 + b"</w>"), "times larger unpacked"),
    "lying_header": (lying_about_its_size, "a damaged Word document"),
    "billion_laughs": (
        lambda: with_document(_DECLARATION.format(_LAUGHS) + "<w:document>&j;</w:document>"),
        "XML entities",
    ),
    "external_entity": (
        lambda: with_document(
            _DECLARATION.format('<!ENTITY x SYSTEM "file:///etc/passwd">')
            + "<w:document><p><t>&x;</t></p></w:document>"
        ),
        "XML entities",
    ),
    "external_dtd": (
        lambda: with_document('<!DOCTYPE w SYSTEM "http://127.0.0.1:9/x.dtd"><w><p><t>字</t></p></w>'),
        "XML entities",
    ),
    "parameter_entity": (
        lambda: with_document(_DECLARATION.format('<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;') + "<w/>"),
        "XML entities",
    ),
    "quadratic_blowup": (
        lambda: with_document(
            _DECLARATION.format(f'<!ENTITY x "{"字" * 50_000}">') + f"<w><p><t>{'&x;' * 50_000}</t></p></w>"
        ),
        "XML entities",
    ),
    "entities_in_attributes": (
        lambda: with_document(_DECLARATION.format(_LAUGHS) + '<w:document xmlns:w="x" a="&j;"/>'),
        "XML entities",
    ),
    "entities_in_utf_16": (
        lambda: with_document(("\ufeff" + _DECLARATION.format(_LAUGHS) + "<w>&j;</w>").encode("utf-16-le")),
        "XML entities",
    ),
    "entities_in_numbering": (
        lambda: zipped(
            {
                "word/document.xml": "<w/>",
                "word/_rels/document.xml.rels": relations({"numbering": "n.xml"}),
                "word/n.xml": _DECLARATION.format(_LAUGHS) + "<w>&j;</w>",
            }
        ),
        "XML entities",
    ),
    "entities_in_relations": (
        lambda: zipped({"word/document.xml": "<w/>", "_rels/.rels": _DECLARATION.format(_LAUGHS) + "<w>&j;</w>"}),
        "XML entities",
    ),
    "xml_in_utf_7": (
        lambda: with_document(b'<?xml version="1.0" encoding="UTF-7"?>+ADw-w/+AD4-'),
        "holds no text",
    ),
    "entities_in_utf_7": (
        lambda: with_document(
            b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE w [+ADwAIQ-ENTITY x SYSTEM "file:///etc/passwd"+AD4]+AD4 +ADw-w+AD4+ACY-x+ADs+ADw-/w+AD4-'
        ),
        "a damaged Word document",
    ),
    "truncated": (lambda: docx(paragraph("同志们：" * 500))[:700], "a damaged Word document"),
    "first_half_missing": (lambda: docx(paragraph("同志们：" * 500))[700:], "not a docx file"),
    "end_missing": (lambda: docx(paragraph("同志们：" * 500))[:-30], "a damaged Word document"),
    "crc_wrong": (
        lambda: changed(
            docx(paragraph("同志们：")),
            struct.pack("<I", zlib.crc32(relations({"officeDocument": "word/document.xml"}).encode())),
            b"\1\2\3\4",
        ),
        "Bad CRC-32",
    ),
    "no_zip": (lambda: b"this is no zip", "not a docx file"),
    "text_by_that_name": (lambda: "同志们：今天开会。".encode(), "not a docx file"),
    "empty_zip": (lambda: zipped({}), "without a Word document"),
    "zip_of_a_docx": (lambda: zipped({"a.docx": docx(paragraph("同志们："))}), "unpack it and name the folder"),
    "members_that_climb_out": (
        lambda: zipped(
            {
                "../../../evil.xml": "x",
                "/etc/evil": "x",
                "..\\evil": "x",
                "word/document.xml": f"<w><body>{paragraph('同志们：').replace('w:', '')}</body></w>",
            }
        ),
        READS,
    ),
    "relation_that_climbs_out": (
        lambda: zipped({"_rels/.rels": relations({"officeDocument": "../../../../etc/passwd"})}),
        "without a Word document",
    ),
    "relation_to_the_network": (
        lambda: zipped(
            {
                "_rels/.rels": relations({"officeDocument": "http://127.0.0.1:9/d"}).replace(
                    "Target=", 'TargetMode="External" Target='
                ),
                "word/document.xml": "<w/>",
            }
        ),
        "holds no text",
    ),
    "encrypted": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        "with a password",
    ),
    "encrypted_zip": (with_password, "with a password"),
    "lzma": (lambda: packed_by(zipfile.ZIP_LZMA), "packed by method 14"),
    "workbook": (
        lambda: zipped({"xl/workbook.xml": "<x/>", "_rels/.rels": relations({"officeDocument": "xl/workbook.xml"})}),
        "a workbook",
    ),
    "presentation": (lambda: zipped({"ppt/presentation.xml": "<x/>"}), "a presentation"),
    "open_document": (lambda: zipped({"content.xml": "<x/>"}), "an OpenDocument text"),
    "nested_tables": (
        lambda: docx("<w:tbl><w:tr><w:tc>" * 30_000 + paragraph("字") + "</w:tc></w:tr></w:tbl>" * 30_000),
        "depth",
    ),
    "nested_boxes": (
        lambda: docx("<w:p><w:r><w:txbxContent>" * 80 + paragraph("字") + "</w:txbxContent></w:r></w:p>" * 80),
        READS,
    ),
    "not_nested_right": (lambda: docx("<w:p><w:tr></w:p></w:tr>"), "a damaged Word document"),
    "rows_without_cells": (lambda: docx("<w:tr><w:p/></w:tr><w:tc>" + paragraph("字") + "</w:tc>"), READS),
    "nothing_but_pictures": (lambda: docx("<w:p><w:r><w:drawing/></w:r></w:p>"), "holds no text"),
    "nul_in_xml": (lambda: with_document("<w>\0</w>"), "a damaged Word document"),
    "bad_utf_8": (lambda: with_document(b"<w><p><t>\xff\xfe</t></p></w>"), "a damaged Word document"),
    "huge_text_node": (lambda: docx(paragraph("字" * 4_000_000)), "times larger unpacked"),
    "embedded_page": (lambda: docx('<w:altChunk w:id="r1"/>'), "embedded"),
    "styles_in_a_circle": (styles_in_a_circle, READS),
    "lists_in_a_circle": (
        lambda: docx(numbered("项", number=9), numbering=numbering([("decimal", "%1")], _LINK)),
        READS,
    ),
    "number_from_a_billion": (
        lambda: docx(
            numbered("项") * 300,
            numbering=numbering([("upperRoman", "%1.")]).replace('w:start w:val="1"', 'w:start w:val="999999999"'),
        ),
        READS,
    ),
    "number_of_5000_digits": (
        lambda: docx(
            numbered("项"),
            numbering=numbering([("decimal", "%1.")]).replace('w:start w:val="1"', f'w:start w:val="{"9" * 5000}"'),
        ),
        READS,
    ),
    "level_minus_one": (
        lambda: docx(numbered("项", -1) + numbered("项", 99), numbering=numbering([("decimal", "%1.")])),
        READS,
    ),
    "giant_number_text": (
        lambda: docx(numbered("项") * 200, numbering=numbering([("decimal", "%1" * 40_000)])),
        READS,
    ),
    "hundred_thousand_paragraphs": (lambda: docx("<w:p/>" * 100_000 + paragraph("字") + "<!-- x -->"), READS),
}


@pytest.mark.parametrize("kind", WORD)
def test_a_hostile_word_document_is_read_or_refused(kind: str) -> None:
    make, expected = WORD[kind]
    limits = Limits(seconds=15.0, ratio=100_000) if kind.startswith(("nested", "hundred")) else SLOW
    check(make(), f"{kind}.docx", expected, limits)


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (Limits(unpacked=1000), "unpacks to"),
        (Limits(members=3), "files are packed in it"),
        (Limits(bytes=500), "the file is too large"),
        (Limits(characters=100), "too much text"),
    ],
)
def test_a_word_document_over_a_limit_names_it(limits: Limits, expected: str) -> None:
    check(docx(paragraph("同志们：" * 100)), "a.docx", expected, limits)


# HTML

HTML: dict[str, tuple[Callable[[], bytes], str]] = {
    "deep": (lambda: b"<div>" * 200_000 + "字".encode() + b"</div>" * 200_000, "nested too deeply"),
    "unclosed_font": (lambda: "<font>字".encode() * 100_000, "nested too deeply"),
    "nested_tables": (lambda: b"<table><tr><td>" * 600 + "字".encode(), READS),
    "stray_cells": (lambda: "<td>甲</tr></table><tr><td>乙<td>丙</td></td></tr></li></ol>".encode(), READS),
    "nul_bytes": (lambda: "<p>同\0志\0们：\0今天开会，布置工作。</p>".encode(), READS),
    "nul_bytes_everywhere": (lambda: "<html><p>同志们：今天开会。</p>".encode("utf-16-le"), READS),
    "huge_attribute": (lambda: b"<p title='" + b"x" * 5_000_000 + "'>字</p>".encode(), READS),
    "many_attributes": (lambda: b"<p " + b" ".join(b"a%d=1" % at for at in range(100_000)) + ">字</p>".encode(), "took longer than 3 seconds"),
    "unclosed_attribute": (lambda: b"<a b='" * 300_000, "holds no text"),
    "unclosed_comment": (lambda: b"<!--" * 500_000, "holds no text"),
    "charset_far_away": (lambda: b"<meta charset=" * 200 + b" " * 3000 + "<p>散会。".encode(), ""),
    "charset_spaces": (lambda: b"<meta charset=" + b" " * 60_000 + "><p>散会。".encode(), READS),
    "style_without_end": (lambda: b"<ol style='" + b"list-style:" * 100_000 + "'><li>散会。".encode(), READS),
    "script_only": (lambda: b"<script>document.write('x')</script>", "holds no text"),
    "frameset": (lambda: b"<frameset><frame src='http://127.0.0.1:9/'></frameset>", "holds no text"),
    "external_things": (lambda: "<base href='http://127.0.0.1:9/'><img src=x><iframe src=y>字</iframe><p>散会。".encode(), READS),
    "entities": (lambda: "<p>&#99999999999;&#xD800;&#0;&bogus;&amp;&#x4E00;字".encode() * 1000, READS),
    "xhtml_laughs": (lambda: (_DECLARATION.format(_LAUGHS) + "<html><p>散会。&j;</p></html>").encode(), READS),
    "utf_7_declared": (lambda: "<meta charset=utf-7><p>+ADw-script+AD4-同志们：散会。".encode(), READS),
    "utf_7": (lambda: b"<meta charset=utf-7><p>+VAxf12jr/xo-</p>", READS),
    "wrong_charset": (lambda: ("<meta charset=big5><p>" + COUNTY).encode("gb18030"), READS),
    "unknown_charset": (lambda: ("<meta charset=x-none><p>" + COUNTY).encode("gb18030"), READS),
    "charset_of_python": (lambda: ("<meta charset=zlib_codec><p>" + COUNTY).encode("gb18030"), READS),
    "mixed_encodings": (lambda: "<p>同志们：</p>".encode() * 50 + "<p>散会。</p>".encode("gb18030") * 50, READS),
    "no_encoding": (lambda: b"<p>" + bytes(range(128, 256)) * 50, "not a text file in a known encoding"),
    "million_lines": (lambda: "字<br>".encode() * 400_000, "too many lines"),
    "one_line": (lambda: b"<p>" + "要认真抓好落实".encode() * 300_000, "line 1 is too long"),
    "plaintext": (lambda: "<plaintext><p>散会。".encode(), READS),
    "list_from_a_billion": (lambda: "<ol start=999999999 type=i><li>甲<li value=-5>乙".encode() * 50, READS),
    "empty": (lambda: b"", "file is empty"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "a picture (PNG)"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HTML)
def test_a_hostile_page_is_read_or_refused(kind: str) -> None:
    make, expected = HTML[kind]
    if kind in ("nul_bytes", "nul_bytes_everywhere", "charset_far_away", "no_encoding", "mixed_encodings", "utf_7"):
        outcome(make(), f"{kind}.html")  # both are right: text that looks wrong, or a refusal
    elif kind == "empty":
        check(make(), f"{kind}.html", "empty" if outcome(make(), f"{kind}.html").count("empty") else "no text")
    else:
        check(make(), f"{kind}.html", expected, FAST if kind == "many_attributes" else SLOW)


# PDF

TEXT = pdf([[(72, 700, "同志们：今天把大家请来，总结工作。")]])


def flate_bomb() -> bytes:
    content = zlib.compress(zlib.compress(b" " * 50_000_000))
    stream = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n" % len(content) + content + b"\nendstream"
    return TEXT[: TEXT.index(b"7 0 obj")] + b"7 0 obj\n" + stream + b"\nendobj\ntrailer << /Root 1 0 R >>"


PDF: dict[str, tuple[Callable[[], bytes], str]] = {
    "garbage": (lambda: b"%PDF-1.7\n" + bytes(range(256)) * 40, "a damaged PDF"),
    "header_only": (lambda: b"%PDF-1.7", "a damaged PDF"),
    "truncated": (lambda: TEXT[: len(TEXT) // 3], "a damaged PDF"),
    "not_a_pdf": (lambda: b"GIF no", "not a pdf file"),
    "pages_in_a_circle": (lambda: changed(TEXT, b"/Kids [6 0 R]", b"/Kids [2 0 R]"), ""),
    "page_is_its_parent": (lambda: changed(TEXT, b"/Type /Page /Parent 2 0 R", b"/Type /Pages /Kids [6 0 R]"), ""),
    "a_billion_pages": (lambda: changed(TEXT, b"/Count 1 ", b"/Count 999999999 "), ""),
    "minus_one_page": (lambda: changed(TEXT, b"/Count 1 ", b"/Count -1 "), ""),
    "encrypted": (
        lambda: pdf([[(72, 700, "同志们：")]], trailer=f"/ID [<00> <00>] /Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <{'11' * 32}> /U <{'22' * 32}> >>"),
        "with a password",
    ),
    "unknown_encryption": (lambda: pdf([[]], trailer="/Encrypt << /Filter /Mine >>"), ""),
    "xref_in_a_circle": (lambda: changed(TEXT, b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % TEXT.rindex(b"xref\n0")), ""),
    "xref_far_away": (lambda: changed(TEXT, b"startxref\n", b"startxref\n99999999"), ""),
    "flate_bomb": (flate_bomb, ""),
    "stream_longer_than_the_file": (lambda: TEXT.replace(b"/Length ", b"/Length 99999"), ""),
    "nested_arrays": (lambda: pdf([[(72, 700, "同志们：" * 4)]], catalog="/X " + "[" * 100_000), ""),
    "nested_dictionaries": (lambda: pdf([[(72, 700, "同志们：" * 4)]], catalog="/X " + "<< /A " * 50_000), ""),
    "script": (lambda: pdf([[(72, 700, "同志们：今天开会。" * 2)]], catalog="/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), READS),
    "launch": (lambda: pdf([[(72, 700, "同志们：今天开会。" * 2)]], catalog="/OpenAction << /S /Launch /F (/bin/true) >>"), READS),
    "page_without_size": (lambda: changed(TEXT, b"/MediaBox [0 0 595 842]", b"/MediaBox [9 9 -9 1e99]"), ""),
    "no_text_layer": (lambda: pdf([[], []]), "no text layer"),
    "unknown_letters": (lambda: pdf([[(72, 700, "\ue001\ue002\ue003" * 20)]]), ""),
    "by_the_name_of_a_text": (lambda: TEXT, READS),
}  # fmt: skip


@pytest.mark.parametrize("kind", PDF)
def test_a_hostile_pdf_is_read_or_refused(kind: str) -> None:
    make, expected = PDF[kind]
    name = "talk.txt" if kind == "by_the_name_of_a_text" else f"{kind}.pdf"
    if expected or kind in ("script", "launch", "by_the_name_of_a_text"):
        check(make(), name, expected)
    else:
        outcome(make(), name)


def test_a_pdf_of_too_many_pages_names_the_limit() -> None:
    check(pdf([[]] * 5), "a.pdf", "5 pages (accepted: up to 3)", Limits(pages=3))


# plain text

TEXTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "the file is empty"),
    "byte_order_mark_only": (lambda: b"\xef\xbb\xbf", "the file is empty"),
    "utf_32": (lambda: "\ufeff同志们：".encode("utf-32-be"), READS),
    "half_a_character": (lambda: "同志们：".encode()[:-1], ""),
    "odd_utf_16": (lambda: "\ufeff同志们：".encode("utf-16-le")[:-1], "cannot be read as such"),
    "lone_surrogates": (
        lambda: b"\xff\xfe" + struct.pack("<4H", 0xD800, 0x4E00, 0xDC00, 0x4E00),
        "cannot be read as such",
    ),
    "two_byte_order_marks": (lambda: "\ufeff\ufeff同志们：散会。".encode(), READS),
    "nuls": (lambda: "要\0".encode() * 5000, "looks like a binary file"),
    "mixed_encodings": (lambda: COUNTY.encode() + COUNTY.encode("gb18030"), ""),
    "every_byte": (lambda: bytes(range(256)) * 1000, ""),
    "one_line": (lambda: "要认真抓好落实，".encode() * 700_000, "line 1 is too long"),
    "million_lines": (lambda: "要\n".encode() * 1_000_000, "too many lines"),
    "million_lines_of_mac": (lambda: "要\r".encode() * 1_000_000, "too many lines"),
    "million_paragraphs_run_together": (lambda: "要　　".encode() * 600_000, "too many lines"),
    "million_numbers": (lambda: "。一、".encode() * 400_000, "too many lines"),
    "million_empty_lines": (lambda: b"\n" * 1_000_000 + "散会。".encode(), READS),
    "comments_like_a_page": (lambda: b"<!---->" * 400 + "散会。".encode(), READS),
    "comments_without_end": (lambda: b"<!--" * 100_000 + "散会。".encode(), READS),
    "web_archive": (lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n", "a web archive"),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_a_hostile_text_is_read_or_refused(kind: str) -> None:
    make, expected = TEXTS[kind]
    if expected or kind in ("utf_32", "two_byte_order_marks", "million_empty_lines", "comments_like_a_page"):
        check(make(), f"{kind}.txt", expected)
    else:
        outcome(make(), f"{kind}.txt")


_LINES = {
    "brackets": "（" * 60, "quotes": "《" * 60, "di": "第" * 60, "digits": "1" * 60, "spaces": "要" + " " * 58 + "要",
    "wide_spaces": "要" + "　" * 58 + "要", "numbers": "一二三四五六七八九十、" * 5, "letters": "a" * 60, "dots": "a." * 30,
    "stars": "★" * 58 + "网网", "arrows": ">" * 57 + "范文网", "addresses": "版权www." * 8, "dashes": "-" * 60,
    "greeting": "各位代表" * 14 + "；：", "greetings": "代表" * 29 + "；：", "comrades": "同志们 " * 14 + "；：",
    "offices": "书记、" * 18 + "要。", "offices_spaced": "书记 " * 18 + "要。", "offices_short": "书记、" * 11 + "要，",
    "advertisement": "本文来自" * 15, "more": "更多" * 28 + "范文", "click": "点击下载" * 15, "page": "上一篇下一篇" * 9, "reporter": "记者 " * 20,
    "date": "2019年" + " " * 50 + "x", "divider": "第一篇" + " " * 56 + "x", "omitted": "（一）" + "（" * 55, "count": "共计" + "1" * 58,
}  # fmt: skip


@pytest.mark.parametrize("kind", _LINES)
def test_parsing_takes_no_longer_than_the_length_of_the_text_allows(kind: str) -> None:
    line = _LINES[kind]
    for text in (line * 1700, f"{line}\n" * 300, "同志们：\n" + f"{line}\n" * 300):
        began = time.perf_counter()
        parse(text)
        assert time.perf_counter() - began < 4, f"{len(text):,} characters"


@pytest.mark.parametrize(
    "line", ["，要\n", "要" * 70 + "\n", "今年以来，要认真抓好落实（\n", "要" * 70 + "\n本站声明\n", "一是\n"]
)
def test_lines_that_never_end_a_sentence_are_not_joined_for_ever(line: str) -> None:
    text = "同志们：\n今年以来，全县上下团结一心。\n" + line * 30_000
    began = time.perf_counter()
    parse(text)
    assert time.perf_counter() - began < 10


# the child process


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


# files and their names


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A folder with one good speech, and a secret outside it."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.txt").write_text(COUNTY, encoding="utf-8")
    (tmp_path / "secret.txt").write_text("同志们：这是文件夹外的秘密。", encoding="utf-8")
    return folder


def link_out(folder: Path) -> None:
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")


def link_out_by_dots(folder: Path) -> None:
    (folder / "link.txt").symlink_to("../secret.txt")


def link_to_a_device(folder: Path) -> None:
    (folder / "link.txt").symlink_to("/dev/zero")


def link_to_a_folder_outside(folder: Path) -> None:
    (folder / "out").symlink_to(folder.parent, target_is_directory=True)


def link_to_itself(folder: Path) -> None:
    (folder / "link.txt").symlink_to("link.txt")


def link_to_nothing(folder: Path) -> None:
    (folder / "link.txt").symlink_to("none.txt")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")


def folder_named_like_a_file(folder: Path) -> None:
    (folder / "folder.txt").mkdir()


def empty(folder: Path) -> None:
    (folder / "empty.txt").touch()


def old_word_file(folder: Path) -> None:
    (folder / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))


def very_long_name(folder: Path) -> None:
    (folder / ("长" * 83 + ".txt")).write_text(COUNTY, encoding="utf-8")


def odd_names(folder: Path) -> None:
    for name in (
        "a\nb.txt",
        "-o.txt",
        "..txt",
        "...txt",
        "a\\..\\..\\b.txt",
        "=1+1.txt",
        "a\tb.txt",
        "a;b|c$(touch x).txt",
        "..x.txt",
    ):
        (folder / name).write_text(COUNTY, encoding="utf-8")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.txt")).write_text(COUNTY, encoding="utf-8")


FILES: dict[Callable[[Path], None], str] = {
    link_out: "leads out of the folder",
    link_out_by_dots: "leads out of the folder",
    link_to_a_device: "leads out of the folder",
    link_to_a_folder_outside: "leads out of the folder",
    link_to_itself: "it leads in a circle",
    link_to_nothing: "its target is missing",
    pipe: "a pipe, not a file",
    folder_named_like_a_file: "",
    empty: "the file is empty",
    old_word_file: "save it as .docx",
    very_long_name: "name too long",
    odd_names: "",
}


def below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.mark.parametrize("make", FILES)
def test_nothing_is_read_outside_the_folder_or_written_outside_out(
    make: Callable[[Path], None], archive: Path, tmp_path: Path, model_folder: Path
) -> None:
    make(archive)
    before = below(tmp_path)
    out = tmp_path / "out"
    outcomes = tag_batch(list(find_jobs([str(archive)])), model_folder, out, Options(("jsonl", "csv")))
    errors = [outcome.error for outcome in outcomes if outcome.error is not None]
    assert [FILES[make] in error for error in errors] == ([True] if FILES[make] else []), errors
    assert {name for name in below(tmp_path) if not name.startswith("out")} == before - {"out"}
    written = b"".join(path.read_bytes() for path in out.rglob("*") if path.is_file())
    assert "秘密".encode() not in written
    assert (out / "good.txt.jsonl").is_file()
    assert not list(out.rglob("*.part"))


@pytest.mark.parametrize(
    ("path", "message"),
    [("/dev/zero", "a device, not a file"), ("/", "a folder, not a file"), ("a\0b.txt", "not the name of a file")],
)
def test_a_path_that_is_no_file_is_refused_before_it_is_read(path: str, message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        extract(Path(path))


def test_a_file_on_the_command_line_that_is_no_file_is_an_outcome(
    archive: Path, tmp_path: Path, model_folder: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    jobs = list(find_jobs([str(tmp_path / "pipe"), "/dev/zero", str(archive / "good.txt")]))
    outcomes = tag_batch(jobs, model_folder, tmp_path / "out", Options())
    assert [bool(outcome.error) for outcome in outcomes] == [True, True, False]


def test_links_inside_the_folder_are_followed_to_files_only(archive: Path) -> None:
    (archive / "sub").mkdir()
    (archive / "sub" / "real.txt").write_text(COUNTY, encoding="utf-8")
    (archive / "again").symlink_to("sub")
    (archive / "sub" / "circle").symlink_to("..")
    (archive / "copy.txt").symlink_to("sub/real.txt")
    assert [found[1:] for found in search(archive)] == [("copy.txt", None), ("good.txt", None), ("sub/real.txt", None)]


def test_hidden_files_and_lock_files_are_passed_over(archive: Path) -> None:
    for name in ("~$good.docx", ".good.txt", ".~lock.good.docx#"):
        (archive / name).write_bytes(b"x")
    (archive / ".git").mkdir()
    (archive / ".git" / "x.txt").write_text("x")
    assert [path.name for path in find_files(archive)] == ["good.txt"]


def test_a_job_that_leaves_out_is_not_found(archive: Path) -> None:
    jobs = list(find_jobs([str(archive / ".." / "in" / "good.txt"), str(archive)]))
    assert all(
        isinstance(job, Outcome) or (isinstance(job, Job) and ".." not in Path(job.relative).parts) for job in jobs
    )
