"""Word documents saved as one XML file, whatever they are called."""

import pytest

from jianghua.corpus.extract import extract_bytes
from tests.corpus.documents import W, docx, numbered, numbering, paragraph
from tests.corpus.hostile import DECLARATION, LAUGHS, check
from tests.corpus.test_extract_word import CHINESE, lines_of

TITLE = "在青石县水利工作会议上的讲话"


def word_2003(body: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><?mso-application progid="Word.Document"?>'
        '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" xmlns:o="office" '
        'xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint" xmlns:aml="http://schemas.microsoft.com/aml/2001/core">'
        "<o:DocumentProperties><o:Title>冬修动员</o:Title><o:Author>县府办</o:Author><o:Created>2031-11-05T08:00:00Z</o:Created>"
        '</o:DocumentProperties><w:styles><w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style>'
        f"</w:styles><w:body><wx:sect>{body}</wx:sect></w:body></w:wordDocument>"
    ).encode()


def flat(body: str, lists: str) -> bytes:
    parts = {"document": f"<w:body>{body}</w:body>", "numbering": lists}
    written = "".join(
        f'<pkg:part pkg:name="/word/{name}.xml"><pkg:xmlData><w:{name} xmlns:w="{W}">{xml}</w:{name}></pkg:xmlData></pkg:part>'
        for name, xml in parts.items()
    )
    return (
        '<?xml version="1.0" standalone="yes"?><?mso-application progid="Word.Document"?>'
        f'<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">{written}</pkg:package>'
    ).encode()


@pytest.mark.parametrize("name", ["talk.xml", "talk.doc"])
def test_a_document_of_word_2003_keeps_numbers_headings_and_what_is_deleted_away(name: str) -> None:
    body = (
        paragraph(TITLE)
        + paragraph("修渠", '<w:listPr><w:ilvl w:val="0"/><w:ilfo w:val="1"/><wx:t wx:val="一、"/></w:listPr>')
        + paragraph("为什么要护林？", '<w:pStyle w:val="1"/>')
        + '<w:p><w:r><w:t>造林</w:t></w:r><aml:annotation w:type="Word.Deletion"><aml:content><w:r><w:delText>百</w:delText>'
        "</w:r></aml:content></aml:annotation>"
        '<aml:annotation w:type="Word.Insertion"><aml:content><w:r><w:t>千</w:t></w:r></aml:content></aml:annotation>'
        '<aml:annotation w:type="Word.Comment"><aml:content><w:p><w:r><w:t>核实</w:t></w:r></w:p></aml:content></aml:annotation>'
        "<w:r><w:t>亩。</w:t></w:r></w:p>"
    )
    decoded = extract_bytes(word_2003(body), name)
    assert decoded.text.splitlines() == [TITLE, "一、修渠", "为什么要护林？", "造林千亩。"]
    assert [mark.role for mark in decoded.marks] == ["", "", "heading", ""]
    assert decoded.properties == {"title": "冬修动员", "author": "县府办", "date": "2031-11-05"}
    assert (decoded.encoding, decoded.is_plain) == ("word-xml", False)


def test_a_flat_document_is_read_as_the_packed_one() -> None:
    body = numbered("修渠") + numbered("资金", 1) + paragraph("散会。")
    lists = numbering(CHINESE)
    assert lines_of(flat(body, lists), "talk.xml") == lines_of(docx(body, numbering=lists)) == [
        "一、修渠", "（一）资金", "散会。",
    ]  # fmt: skip


def test_a_hostile_document_in_one_file_is_refused() -> None:
    data = word_2003("<w:p><w:r><w:t>&j;</w:t></w:r></w:p>")
    check(
        data.replace(b"<?mso", DECLARATION.format(LAUGHS).partition("?>")[2].encode() + b"<?mso"),
        "a.xml",
        "XML entities",
    )
    check(word_2003(paragraph(TITLE))[:-30], "a.xml", "a damaged Word document saved as XML")
    check(word_2003(""), "a.xml", "holds no text")
