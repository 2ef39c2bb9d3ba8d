"""OFD: lines by the places of their glyphs, paragraphs by indents, furniture of the pages apart."""

import io
import zipfile

import pytest

from jianghua.corpus.extract import extract_bytes
from jianghua.corpus.formats.limits import Limits
from tests.corpus.documents import ofd, zipped
from tests.corpus.hostile import DECLARATION, LAUGHS, READS, check

LEFT, INDENT, STEP = 28.0, 39.2, 10.0
FULL = "各乡镇要把冬修水利摆上重要位置早动员早部署早开工"  # 24 characters
LINES = [
    (70.0, "在青石县水利工作会议上的讲话"),
    (LEFT, "同志们："),
    (INDENT, "一、修渠"),
    (INDENT, FULL[2:] ),
    (LEFT, "务求取得实效。"),
    (INDENT, "二、护林"),
    (INDENT, "去年造林三千亩，成活率在九成以上，山上山下"),
    (LEFT, FULL),
]  # fmt: skip


def page(*lines: tuple[float, str], top: float = 30.0) -> list[tuple[float, float, str]]:
    return [(x, top + STEP * at, text) for at, (x, text) in enumerate(lines)]


def read(data: bytes, name: str = "talk.ofd") -> list[tuple[str, bool | None, str]]:
    decoded = extract_bytes(data, name)
    return [(mark.role, mark.ends, line) for mark, line in zip(decoded.marks, decoded.text.splitlines(), strict=True)]


def test_paragraphs_are_told_by_indents_also_over_pages() -> None:
    first = [*page(*LINES), (100.0, 280.0, "- 1 -")]
    second = [*page((LEFT, "都要管好护好。"), (INDENT, "散会。")), (100.0, 280.0, "- 2 -")]
    assert read(ofd([first, second])) == [
        ("", None, "在青石县水利工作会议上的讲话"),
        ("", True, "同志们："),
        ("", True, "　　一、修渠"),
        ("", False, f"　　{FULL[2:]}"),
        ("", True, "务求取得实效。"),
        ("", True, "　　二、护林"),
        ("", False, "　　去年造林三千亩，成活率在九成以上，山上山下"),
        ("", False, FULL),
        ("meta", True, "- 1 -"),
        ("", True, "都要管好护好。"),
        ("", True, "　　散会。"),
        ("meta", True, "- 2 -"),
    ]


def test_glyphs_of_a_line_are_put_together_in_whatever_order_they_are_drawn() -> None:
    lines = page(*LINES)
    pieces = [(x + 5.6 * at, y, sign) for x, y, text in lines for at, sign in enumerate(text)]
    assert read(ofd([pieces[::-1]])) == read(ofd([lines]))


def test_two_columns_are_read_one_after_the_other() -> None:
    left = page(*[(20.0, f"左栏第{at}行文字内容") for at in range(6)])
    right = page(*[(120.0, f"右栏第{at}行文字内容") for at in range(6)])
    assert [line[0] for _, _, line in read(ofd([left + right]))] == ["左"] * 6 + ["右"] * 6


def test_heads_that_come_back_and_watermarks_are_furniture() -> None:
    slanted = '<ofd:TextObject Boundary="50 100 90 90" Size="20" CTM="0.7 -0.7 0.7 0.7 0 0"><ofd:TextCode X="0" Y="20">内部资料</ofd:TextCode></ofd:TextObject>'
    unseen = '<ofd:TextObject Visible="false" Boundary="50 100 90 9" Size="5"><ofd:TextCode X="0" Y="5">暗</ofd:TextCode></ofd:TextObject>'
    pages = [
        [(60.0, 15.0, f"青石县情况通报第{at}期"), *page(*LINES, (LEFT, f"由{who}村管护。"))]
        for at, who in enumerate("东西南")
    ]
    found = read(ofd(pages, more=slanted + unseen))
    assert [line for role, _, line in found if role == "meta"] == [
        text for at in range(3) for text in (f"青石县情况通报第{at}期", "内部资料")
    ]
    assert len([line for role, _, line in found if role != "meta"]) == 3 * (len(LINES) + 1)


def test_a_letterhead_of_a_template_is_read_once_as_furniture() -> None:
    def with_template(name: str, text: str) -> str:
        if name == "Doc_0/Document.xml":
            text = text.replace(
                "<ofd:Pages>", '<ofd:CommonData><ofd:TemplatePage ID="5" BaseLoc="T.xml"/></ofd:CommonData><ofd:Pages>'
            )
        return text.replace("<ofd:Content>", '<ofd:Template TemplateID="5"/><ofd:Content>') if "Page_" in name else text

    with zipfile.ZipFile(io.BytesIO(ofd([page(*LINES), page((LEFT, "散会。"))]))) as archive:
        members = {name: with_template(name, archive.read(name).decode()) for name in archive.namelist()}
    with zipfile.ZipFile(io.BytesIO(ofd([page((80.0, "青石县人民政府文件"))]))) as archive:
        members["Doc_0/T.xml"] = archive.read("Doc_0/Pages/Page_0/Content.xml").decode()
    found = read(zipped(members))
    assert found[0] == ("meta", True, "青石县人民政府文件")
    assert [role for role, _, _ in found].count("meta") == 1


def test_an_ofd_says_its_title_author_and_date() -> None:
    info = (
        "<ofd:Title>冬修动员</ofd:Title><ofd:Author>县府办</ofd:Author><ofd:CreationDate>2031-11-05</ofd:CreationDate>"
    )
    decoded = extract_bytes(ofd([page(*LINES)], info=info), "talk.docx")
    assert decoded.properties == {"title": "冬修动员", "author": "县府办", "date": "2031-11-05"}
    assert (decoded.encoding, decoded.is_plain) == ("ofd", False)


def test_an_ofd_without_text_is_refused_by_its_name() -> None:
    empty = zipped({"OFD.xml": "<ofd:OFD xmlns:ofd='http://www.ofdspec.org/2016'/>", "Doc_0/Document.xml": "<x/>"})
    check(empty, "a.docx", "an OFD document without text")
    check(ofd([[], []]), "a.ofd", "an OFD document without text (2 scanned, empty or missing pages)")
    check(ofd([page((LEFT, "\ue001\ue002\ue003\ue004渠"))]), "a.ofd", "do not say which characters they show (4 of 5")


def broken(old: str, new: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(ofd([page(*LINES)]))) as archive:
        return zipped({name: archive.read(name).decode().replace(old, new) for name in archive.namelist()})


HOSTILE = {
    "entities": (broken("<ofd:Document ", DECLARATION.format(LAUGHS) + "<ofd:Document "), "XML entities"),
    "doctype": (broken("<ofd:Document ", "<!DOCTYPE x><ofd:Document "), "XML entities"),
    "climbs_out": (broken("Pages/Page_0", "../../../../etc"), "without text"),
    "page_in_itself": (broken("Pages/Page_0/Content.xml", "Document.xml"), "without text"),
    "no_numbers": (broken('Boundary="', 'Boundary="x'), READS),
    "endless_steps": (broken('DeltaX="', 'DeltaX="g 999999999 1 '), READS),
    "not_finite": (broken('X="0"', 'X="nan"'), READS),
    "infinite": (broken('Size="5.6"', 'Size="1e999"'), READS),
    "negative_size": (broken('Size="5.6"', 'Size="-5.6"'), READS),
    "two_sizes": (
        broken(
            'Size="5.6"><ofd:TextCode X="0" Y="5.6" DeltaX="g 13', 'Size="9"><ofd:TextCode X="0" Y="9" DeltaX="g 13'
        ),
        READS,
    ),
    "forty_thousand_glyphs_on_one_line": (ofd([[(0.01 * at, 30.0, "字") for at in range(40_000)]]), READS),
    "no_places": (broken("Boundary", "Border"), READS),
    "cut_off": (ofd([page(*LINES)])[:-40], "a damaged"),
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.usefixtures("bounded")
def test_a_hostile_ofd_is_read_or_refused(kind: str) -> None:
    data, expected = HOSTILE[kind]
    check(data, f"{kind}.ofd", expected, Limits(seconds=15.0, ratio=100_000))


def test_an_ofd_over_a_limit_names_it() -> None:
    check(ofd([page(*LINES)] * 3), "a.ofd", "more than 2 pages", Limits(pages=2))
    check(ofd([page(*LINES)]), "a.ofd", "unpacks to", Limits(unpacked=100))
