"""Word documents → records: kinds and outlines where styles, tables and breaks say one thing and the text another."""

import pytest

from jianghua.corpus import Paragraph, parse
from jianghua.corpus.extract import extract_bytes
from jianghua.errors import UnreadableError
from tests.corpus.documents import W, docx, paragraph, zipped
from tests.corpus.test_word_roles import BODY, STYLES, styled

GAPS = paragraph("也要看到，渠系老化、管护不力的问题还没有从根本上解决，抗旱的底气还不足。")
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PAGE = (
    "<html><head><meta charset='utf-8'></head><body><p>在青石县水利会议上的讲话</p><p>同志们：</p><p>一、修渠</p>"
    "<p>去年粮食增产一成，农民收入有了新的提高。</p></body></html>"
)
ARCHIVE = (
    'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n--b\r\n'
    f'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{PAGE}\r\n--b--\r\n'
)


def records(body: str) -> list[Paragraph]:
    decoded = extract_bytes(docx(body, styles=STYLES), "talk.docx")
    return parse(decoded.text, "talk.docx", decoded.marks)


def kinds(body: str) -> list[tuple[str, str]]:
    return [(p.kind, p.text) for p in records(body)]


def table(*rows: tuple[str, ...]) -> str:
    cells = ["".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows]
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def broken(first: str, second: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{first}</w:t><w:br/><w:t>{second}</w:t></w:r></w:p>"


# outlines


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (paragraph("（一）修渠。各乡镇要抓紧开工，保证明春通水。"), styled("（二）护林", "2") + GAPS),
        (styled("（一）修渠", "2") + BODY, paragraph("（二）护林。各乡镇要守住山头，不让一处起火。")),
        (styled("（一）修渠", "2") + BODY, paragraph("（二）护林") + GAPS),
        (paragraph("（一）修渠") + BODY, styled("（二）护林", "2") + GAPS),
    ],
)
def test_headings_that_are_counted_together_stand_side_by_side_though_one_has_no_style(first: str, second: str) -> None:
    found = [p.outline for p in records(paragraph("一、任务") + first + second + paragraph("二、要求") + BODY)]
    assert found[-3] == ("一、任务", "（二）护林")
    assert found[-1] == ("二、要求",)


def test_items_below_a_heading_of_their_form_are_no_siblings_of_it() -> None:
    items = paragraph("1.修渠。各乡镇要抓紧开工，保证明春通水。") + paragraph(
        "2.护林。各乡镇要守住山头，不让一处起火。"
    )
    found = records(styled("1.重点工作", "1") + items + styled("2.组织领导", "1") + GAPS)
    assert [p.outline for p in found if p.kind == "paragraph"] == [
        ("1.重点工作", "1.修渠"),
        ("1.重点工作", "2.护林"),
        ("2.组织领导",),
    ]


# titles


@pytest.mark.parametrize("properties", ['<w:pStyle w:val="t"/>', '<w:jc w:val="center"/>'])
def test_a_title_that_a_soft_break_parts_is_one(properties: str) -> None:
    found = kinds(broken("在青石县水利工作", "会议上的讲话", properties) + paragraph("同志们：") + BODY)
    assert found[:2] == [("title", "在青石县水利工作会议上的讲话"), ("meta", "同志们：")]


def test_a_date_behind_a_soft_break_is_not_part_of_the_title() -> None:
    found = kinds(broken("在青石县水利会议上的讲话", "（2031年3月5日）", '<w:pStyle w:val="t"/>') + BODY)
    assert found[:2] == [("title", "在青石县水利会议上的讲话"), ("meta", "（2031年3月5日）")]


# tables


def test_phrases_in_a_table_are_no_outline() -> None:
    for rows in ([("渠道长度",)], [("清河大渠",), ("东山水库",)]):
        found = records(paragraph("一、成绩") + BODY + table(*rows) + paragraph("二、任务") + GAPS)
        assert [(p.kind, p.outline) for p in found[2:-2]] == [("paragraph", ("一、成绩",))] * len(rows)


def test_a_heading_in_a_frame_made_by_a_table_is_a_heading() -> None:
    found = kinds(table(("一、成绩",)) + BODY + table(("二、任务",)) + GAPS)
    assert [text for kind, text in found if kind == "heading"] == ["一、成绩", "二、任务"]


def test_rows_of_a_table_that_ends_in_whole_numbers_are_no_list_of_contents() -> None:
    found = kinds(paragraph("一、成绩") + BODY + table(("项目", "个数"), ("水库", "32"), ("机井", "86")) + GAPS)
    assert [kind for kind, _ in found[2:5]] == ["paragraph"] * 3


def test_number_and_signer_side_by_side_are_letterhead_and_so_is_the_imprint() -> None:
    head = table(("青石县人民政府文件",)) + table(("青政发〔2031〕3号", "签发人：周大山"))
    speech = paragraph("在青石县水利会议上的讲话") + paragraph("同志们：") + BODY
    found = kinds(head + speech + table(("青石县人民政府办公室", "2031年3月5日印发")))
    assert [kind for kind, _ in found] == ["meta", "meta", "title", "meta", "paragraph", "meta"]


def test_the_office_below_the_title_of_a_cover_is_no_title() -> None:
    cover = paragraph("在青石县水利会议上的讲话") + paragraph("青石县人民政府办公室") + paragraph("二〇三一年三月")
    assert [kind for kind, _ in kinds(cover + BODY)] == ["title", "meta", "meta", "paragraph"]


# embedded pages


@pytest.mark.parametrize(("page", "name"), [(PAGE, "page.htm"), (ARCHIVE, "page.mht")])
def test_a_page_that_a_program_embedded_in_a_document_is_its_text(page: str, name: str) -> None:
    relation = f'<Relationship Id="c1" Type="{R}/aFChunk" Target="/word/{name}"/>'
    members = {
        "word/document.xml": f'<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body><w:altChunk r:id="c1"/></w:body></w:document>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{R}">{relation}</Relationships>',
        f"word/{name}": page,
    }
    decoded = extract_bytes(zipped(members), "talk.docx")
    found = [(p.kind, p.text) for p in parse(decoded.text, "talk.docx", decoded.marks)]
    assert [kind for kind, _ in found] == ["title", "meta", "heading", "paragraph"]
    with pytest.raises(UnreadableError, match="another format is embedded"):
        extract_bytes(zipped({**members, f"word/{name}": docx(BODY)}), "talk.docx")


# notes and styles


def test_a_note_is_no_part_of_the_last_section_and_keeps_no_closing_from_the_end() -> None:
    section = paragraph("三、要求") + (BODY + GAPS) * 3
    closing = paragraph("同志们，让我们鼓足干劲，为夺取明年的好收成而努力奋斗！")
    reference = '<w:p><w:r><w:t>去年修渠百里</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t>。</w:t></w:r></w:p>'
    body = paragraph("一、成绩") + reference + paragraph("二、任务") + GAPS + section + closing
    decoded = extract_bytes(
        docx(body, footnotes=f'<w:footnote w:id="2">{paragraph("见县水利局公报。")}</w:footnote>'), "talk.docx"
    )
    last, note = parse(decoded.text, "talk.docx", decoded.marks)[-2:]
    assert (last.kind, last.outline) == ("paragraph", ())
    assert (note.kind, note.outline, note.text) == ("meta", (), "[1]见县水利局公报。")


@pytest.mark.parametrize("style", ["1", "t"])
def test_a_style_that_the_whole_speech_stands_in_says_nothing(style: str) -> None:
    long = "去年以来，各乡镇抢抓农时，组织干部下到村组，帮助群众算账，新修渠道百余里，粮食增产一成，农民收入有了新的提高，这是来之不易的。"
    texts = [
        ("title", "在青石县水利会议上的讲话"), ("meta", "同志们："), ("paragraph", long), ("heading", "一、修渠"),
        ("paragraph", "各乡镇要抓紧开工，倒排工期，保证明春按时通水，不误农时。"), ("heading", "二、护林"), ("paragraph", long),
    ]  # fmt: skip
    assert kinds("".join(styled(text, style) for _, text in texts)) == texts
