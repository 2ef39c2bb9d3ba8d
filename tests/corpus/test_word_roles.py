"""What a Word document says of its paragraphs: titles, headings, contents, rows, borders."""

import pytest

from jianghua.corpus.extract import extract_bytes
from tests.corpus.documents import docx, paragraph, zipped

STYLES = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 2"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="mine"><w:name w:val="我的小标题"/><w:basedOn w:val="2"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="off"><w:name w:val="正文一"/><w:basedOn w:val="1"/><w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="b3"><w:name w:val="公文三级标题"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="t"><w:name w:val="Title"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="st"><w:name w:val="Subtitle"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="11"><w:name w:val="toc 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="12"><w:name w:val="目录 2"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="hid"><w:name w:val="批注"/><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="hidden"><w:name w:val="隐藏"/><w:rPr><w:vanish/></w:rPr></w:style>'
)


def styled(text: str, style: str, more: str = "") -> str:
    return paragraph(text, f'<w:pStyle w:val="{style}"/>{more}')


def marks(body: str, styles: str = STYLES) -> list[tuple[str, int, bool | None, str]]:
    decoded = extract_bytes(docx(body, styles=styles), "talk.docx")
    lines = decoded.text.splitlines()
    assert len(lines) == len(decoded.marks), "each line has its mark"
    return [(mark.role, mark.level, mark.ends, line) for mark, line in zip(decoded.marks, lines, strict=True)]


def roles(body: str, styles: str = STYLES) -> list[tuple[str, int, str]]:
    return [(role, level, line) for role, level, _, line in marks(body, styles)]


BODY = paragraph("去年粮食增产一成，农民收入有了新的提高。")


def test_paragraphs_in_heading_styles_are_headings_of_their_level_whatever_their_form() -> None:
    body = (
        BODY
        + styled("为什么要修水渠？", "1")
        + styled("怎样修好水渠，既要算细账，又要算大账", "1")
        + styled("资金从哪里来", "2")
        + styled("劳力从哪里来", "mine")
        + styled("分工", "b3")
        + paragraph("验收", '<w:outlineLvl w:val="3"/>')
        + styled("这一段是正文", "off")
        + styled("这一段也是正文", "1", '<w:outlineLvl w:val="9"/>')
    )
    assert [(role, level) for role, level, _ in roles(body)[1:]] == [
        ("heading", 1), ("heading", 1), ("heading", 2), ("heading", 2), ("heading", 3), ("heading", 4), ("", 0), ("", 0),
    ]  # fmt: skip


def test_a_heading_style_that_the_document_does_not_define_is_known_by_its_identifier() -> None:
    assert roles(BODY + styled("渠道建设", "Heading2"), "")[1] == ("heading", 2, "渠道建设")


@pytest.mark.parametrize(
    "text",
    [
        "各乡镇要把水渠建设摆上重要位置，" * 20 + "一抓到底。",
        "（一）落实责任。各乡镇主要负责同志要亲自抓，分管同志要具体抓。",
        "同志们：",
        "尊敬的各位代表：",
        "（2031年3月5日）",
        "二〇三一年三月五日",
    ],
)
def test_body_text_in_a_heading_style_by_mistake_is_no_heading(text: str) -> None:
    assert roles(BODY + styled("渠道建设", "1") + styled("灌溉制度", "1") + styled(text, "1"))[-1] == ("", 0, text)


def test_a_heading_style_in_which_the_body_is_written_says_nothing() -> None:
    body = "".join(styled("各乡镇要把水渠建设摆上重要位置，" * 5 + "一抓到底。", "1") for _ in range(3))
    found = roles(body + styled("会后要抓紧传达贯彻。", "1") + styled("渠道建设", "2"))
    assert [role for role, _, _ in found] == ["", "", "", "", "heading"]


def test_a_title_style_makes_the_title_and_body_text_in_it_does_not() -> None:
    body = (
        styled("在青石县水利工作会议上的讲话", "t")
        + styled("——在全县冬修动员会上的讲话", "st")
        + styled("周明远", "st")
        + styled("一、修渠", "t")
        + styled("要认真抓好冬修。各乡镇都要行动起来，抓紧抓实。", "t")
    )
    assert [role for role, _, _ in roles(body)] == ["title", "title", "", "", ""]


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        ("在青石县水利工作会议上的讲话", "一、修渠", ["title", "heading"]),
        ("把冬修水利抓紧抓实", "", ["title"]),
        ("一、修渠", "二、护林", ["heading", "heading"]),
        ("为什么要修渠？", "怎样修渠", ["heading", "heading"]),
    ],
)
def test_the_title_of_a_document_that_has_it_in_a_heading_style(first: str, then: str, expected: list[str]) -> None:
    body = styled(first, "1") + BODY + (styled(then, "1") + BODY if then else styled("小节", "2") + BODY)
    assert [role for role, _, _ in roles(body) if role][: len(expected)] == expected


def test_each_speech_of_a_collection_keeps_its_title() -> None:
    body = "".join(
        styled(f"在{place}水利工作会议上的讲话", "1") + styled("修渠", "2") + BODY for place in ("青石县", "白水县")
    )
    assert [role for role, _, _ in roles(body)] == ["title", "heading", ""] * 2


def test_a_heading_over_two_lines_goes_on_and_body_text_below_it_does_not() -> None:
    two = '<w:p><w:pPr><w:pStyle w:val="1"/></w:pPr><w:r><w:t>把冬修水利</w:t><w:br/><w:t>抓紧抓实</w:t></w:r></w:p>'
    run_in = (
        '<w:p><w:pPr><w:pStyle w:val="1"/></w:pPr><w:r><w:t>护好山林</w:t><w:br/>'
        "<w:t>去年造林三千亩，成活率在九成以上。</w:t></w:r></w:p>"
    )
    assert [(role, ends) for role, _, ends, _ in marks(BODY + two + run_in)[1:]] == [
        ("heading", False), ("heading", True), ("heading", True), ("", True),
    ]  # fmt: skip


# contents


def field(code: str, result: str) -> str:
    def character(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    return f"{character('begin')}<w:r><w:instrText>{code}</w:instrText></w:r>{character('separate')}{result}{character('end')}"


BEGIN = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC \\o "1-3" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
ENTRIES = ["一、修渠\t1", "二、护林\t3"]


def in_a_field() -> str:
    first, second = ENTRIES
    number = field(" PAGEREF _T1 ", "<w:r><w:t>3</w:t></w:r>")
    return (
        f"<w:p>{BEGIN}<w:r><w:t>{first}</w:t></w:r></w:p>"
        f"<w:p><w:r><w:t>{second.partition(chr(9))[0]}</w:t><w:tab/></w:r>{number}</w:p><w:p>{END}</w:p>"
    )


def in_a_field_that_never_ends() -> str:
    return "".join(f"<w:p>{BEGIN if at == 0 else ''}<w:r><w:t>{e}</w:t></w:r></w:p>" for at, e in enumerate(ENTRIES))


def in_a_block() -> str:
    gallery = '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    return f"<w:sdt>{gallery}<w:sdtContent>{''.join(paragraph(entry) for entry in ENTRIES)}</w:sdtContent></w:sdt>"


@pytest.mark.parametrize(
    "contents",
    [
        in_a_field(),
        in_a_block(),
        styled(ENTRIES[0], "11") + styled(ENTRIES[1], "12"),
        styled(ENTRIES[0], "TOC1") + styled(ENTRIES[1], "TOC2"),
        in_a_field_that_never_ends(),
    ],
)
def test_a_table_of_contents_is_no_outline(contents: str) -> None:
    long = "要认真抓好冬修水利，做到早动员、早部署、早开工，" * 5 + "务求实效。"
    found = roles(paragraph("目　录") + contents + paragraph(long) + styled("修渠", "1") + styled("护林", "1"))
    assert found[:3] == [("meta", 0, "目　录"), ("meta", 0, ENTRIES[0]), ("meta", 0, ENTRIES[1])]
    assert [role for role, _, _ in found[3:]] == ["", "heading", "heading"]


def test_the_last_field_character_of_the_contents_does_not_take_the_salutation_with_it() -> None:
    body = f"<w:p>{BEGIN}<w:r><w:t>一、修渠 1</w:t></w:r></w:p><w:p>{END}<w:r><w:t>同志们：</w:t></w:r></w:p>"
    assert roles(body) == [("meta", 0, "一、修渠 1"), ("", 0, "同志们：")]


# borders, rows, hidden text, properties


def test_every_paragraph_is_a_border_and_a_soft_break_says_nothing() -> None:
    body = (
        paragraph("获奖单位青石县水利局") + "<w:p><w:r><w:t>一、修渠</w:t><w:br/><w:t>去年修渠百里。</w:t></w:r></w:p>"
    )
    assert [ends for _, _, ends, _ in marks(body)] == [True, None, True]


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("今年以来，全县新修水渠三十二条，完成投", "资四百六十万元。", 1),
        ("二、工作中", "存在的问题", 1),
        ("会议到此结束。", "附件：名单", 2),
        ("在青石县水利会议上的讲话", "同志们：", 2),
        ("", "同志们：", 1),
    ],
)
def test_a_new_page_inside_a_sentence_is_no_border(before: str, after: str, lines: int) -> None:
    body = f'<w:p><w:r><w:t>{before}</w:t><w:br w:type="page"/><w:lastRenderedPageBreak/><w:t>{after}</w:t></w:r></w:p>'
    assert len(marks(body)) == lines


def test_rows_of_a_table_of_values_are_rows_and_a_table_for_the_layout_is_not() -> None:
    def row(*cells: str) -> str:
        return f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"

    values = row(paragraph("单位"), paragraph("水利局") + paragraph("林业局"))
    layout = row(paragraph("水利局编"), paragraph("同志们：") + BODY)
    one = row(paragraph("在青石县水利会议上的讲话") + BODY)
    body = (
        f"<w:tbl>{row(paragraph('乡镇'), paragraph('长度'))}{values}</w:tbl><w:tbl>{layout}</w:tbl><w:tbl>{one}</w:tbl>"
    )
    assert [role for role, _, _ in roles(body)] == ["row", "row", "row", "row", "", "", "", "", ""]


def test_a_section_of_a_table_of_values_is_no_heading_and_a_speech_in_a_form_is_no_row() -> None:
    def row(*cells: str) -> str:
        return f"<w:tr>{''.join(f'<w:tc>{paragraph(cell)}</w:tc>' for cell in cells)}</w:tr>"

    values = row("一、农业") + row("粮食", "十万吨") + row("水果", "三万吨") + row("二、工业", "")
    assert {role for role, _, _ in roles(f"<w:tbl>{values}</w:tbl>")} == {"row"}
    speech = f"<w:tr><w:tc>{paragraph('同志们：')}{paragraph('一、修渠')}{BODY}</w:tc></w:tr>"
    form = row("标题", "冬修动员讲话") + row("拟稿", "水利局") + speech
    assert [role for role, _, _ in roles(f"<w:tbl>{form}</w:tbl>")] == ["row", "row", "", "", ""]
    layout = f"<w:tr><w:tc>{paragraph('一、修渠')}<w:tbl>{values}</w:tbl>{BODY}</w:tc></w:tr>"
    assert [role for role, _, _ in roles(f"<w:tbl>{layout}</w:tbl>")] == ["", "row", "row", "row", "row", ""]


def test_text_that_is_hidden_by_its_style_or_paragraph_is_not_read() -> None:
    vanish = "<w:rPr><w:vanish/></w:rPr>"
    body = (
        styled("内部掌握", "hid")
        + f"<w:p><w:pPr>{vanish}</w:pPr><w:r>{vanish}<w:t>内部掌握</w:t></w:r></w:p>"
        + '<w:p><w:r><w:rPr><w:rStyle w:val="hidden"/></w:rPr><w:t>内部掌握</w:t></w:r><w:r><w:t>修渠百里。</w:t></w:r></w:p>'
        + '<w:p><w:pPr><w:pStyle w:val="hid"/></w:pPr><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>造林千亩。</w:t></w:r></w:p>'
    )
    assert [line for _, _, line in roles(body)] == ["修渠百里。", "造林千亩。"]


def test_a_document_says_its_title_author_and_date() -> None:
    core = (
        '<c:coreProperties xmlns:c="c" xmlns:dc="dc" xmlns:dcterms="dcterms"><dc:title>冬修动员会讲话</dc:title>'
        "<dc:creator>县府办</dc:creator><dcterms:created>2031-11-05T08:00:00Z</dcterms:created></c:coreProperties>"
    )
    document = f'<w:document xmlns:w="w"><w:body>{BODY}</w:body></w:document>'
    read = extract_bytes(zipped({"word/document.xml": document, "docProps/core.xml": core}), "talk.docx")
    assert read.properties == {"title": "冬修动员会讲话", "author": "县府办", "date": "2031-11-05"}
    broken = extract_bytes(zipped({"word/document.xml": document, "docProps/core.xml": core[:80]}), "talk.docx")
    assert broken.properties == {}
    assert broken.text == read.text
