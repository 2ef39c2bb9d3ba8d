"""Word files made to crash, hang or mislead: each comes out as text, or as an error that names its cause, in a bounded time."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest

from jianghua.corpus.formats.limits import Limits
from tests.corpus.documents import docx, numbered, numbering, paragraph, relations, zipped
from tests.corpus.hostile import DECLARATION, LAUGHS, READS, SLOW, changed, check

pytestmark = pytest.mark.usefixtures("bounded")


def with_document(xml: str | bytes, **members: str) -> bytes:
    return zipped(
        {"_rels/.rels": relations({"officeDocument": "word/document.xml"}), "word/document.xml": xml, **members}
    )


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
        lambda: with_document(DECLARATION.format(LAUGHS) + "<w:document>&j;</w:document>"),
        "XML entities",
    ),
    "external_entity": (
        lambda: with_document(
            DECLARATION.format('<!ENTITY x SYSTEM "file:///etc/passwd">') + "<w:document><p><t>&x;</t></p></w:document>"
        ),
        "XML entities",
    ),
    "external_dtd": (
        lambda: with_document('<!DOCTYPE w SYSTEM "http://127.0.0.1:9/x.dtd"><w><p><t>字</t></p></w>'),
        "XML entities",
    ),
    "parameter_entity": (
        lambda: with_document(DECLARATION.format('<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;') + "<w/>"),
        "XML entities",
    ),
    "quadratic_blowup": (
        lambda: with_document(
            DECLARATION.format(f'<!ENTITY x "{"字" * 50_000}">') + f"<w><p><t>{'&x;' * 50_000}</t></p></w>"
        ),
        "XML entities",
    ),
    "entities_in_attributes": (
        lambda: with_document(DECLARATION.format(LAUGHS) + '<w:document xmlns:w="x" a="&j;"/>'),
        "XML entities",
    ),
    "entities_in_utf_16": (
        lambda: with_document(("\ufeff" + DECLARATION.format(LAUGHS) + "<w>&j;</w>").encode("utf-16-le")),
        "XML entities",
    ),
    "entities_in_numbering": (
        lambda: zipped(
            {
                "word/document.xml": "<w/>",
                "word/_rels/document.xml.rels": relations({"numbering": "n.xml"}),
                "word/n.xml": DECLARATION.format(LAUGHS) + "<w>&j;</w>",
            }
        ),
        "XML entities",
    ),
    "entities_in_relations": (
        lambda: zipped({"word/document.xml": "<w/>", "_rels/.rels": DECLARATION.format(LAUGHS) + "<w>&j;</w>"}),
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
    "nested_fields_that_do_not_end": (
        lambda: docx(
            "<w:p>" + '<w:r><w:fldChar w:fldCharType="begin"/></w:r>' * 20_000 + "<w:r><w:t>字</w:t></w:r></w:p>"
        ),
        READS,
    ),
    "nested_fields_in_codes": (
        lambda: docx(
            "<w:p>"
            + '<w:r><w:fldChar w:fldCharType="begin"/><w:t>码</w:t></w:r>' * 20_000
            + '<w:r><w:fldChar w:fldCharType="end"/></w:r>' * 20_000
            + "<w:r><w:t>字</w:t></w:r></w:p>"
        ),
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
