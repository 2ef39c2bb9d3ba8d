"""Word documents: nothing that a reader sees is lost, nothing that he does not see is read."""

import io

import pytest

from jianghua.corpus import parse
from jianghua.corpus.extract import extract_bytes
from tests.corpus.documents import docx, numbered, numbering, paragraph

CHINESE = [
    ("chineseCounting", "%1、"),
    ("chineseCountingThousand", "（%2）"),
    ("decimal", "%3."),
    ("decimalEnclosedCircle", "%4"),
]


def text_of(data: bytes, name: str = "talk.docx") -> str:
    return extract_bytes(data, name).text


def lines_of(data: bytes, name: str = "talk.docx") -> list[str]:
    return text_of(data, name).splitlines()


# Word: numbers


def test_numbers_that_word_generates_are_part_of_the_text() -> None:
    body = (
        numbered("回顾")
        + numbered("抓调研", 1)
        + numbered("抓督查", 1)
        + numbered("要点", 2)
        + numbered("细节", 3)
        + numbered("部署")
        + numbered("强领导", 1)
    )
    assert lines_of(docx(body, numbering=numbering(CHINESE))) == [
        "一、回顾", "（一）抓调研", "（二）抓督查", "1. 要点", "① 细节", "二、部署", "（一）强领导",
    ]  # fmt: skip


def test_headings_with_generated_numbers_make_the_outline() -> None:
    body = (
        paragraph("在全县大会上的讲话") + paragraph("同志们：") + numbered("主要成绩") + paragraph("去年粮食增产一成。")
    )
    found = parse(text_of(docx(body, numbering=numbering(CHINESE))))
    assert [(p.kind, p.outline, p.text) for p in found[2:]] == [
        ("heading", (), "一、主要成绩"),
        ("paragraph", ("一、主要成绩",), "去年粮食增产一成。"),
    ]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("ideographTraditional", ["甲", "乙", "丙"]),
        ("japaneseCounting", ["一", "二", "三"]),
        ("upperLetter", ["A", "B", "C"]),
        ("lowerLetter", ["a", "b", "c"]),
        ("upperRoman", ["I", "II", "III"]),
        ("lowerRoman", ["i", "ii", "iii"]),
        ("chineseLegalSimplified", ["壹", "贰", "叁"]),
        ("decimalFullWidth", ["１", "２", "３"]),
        ("notAKindOfWord", ["1", "2", "3"]),
    ],
)
def test_every_kind_of_number_is_written_as_word_writes_it(kind: str, expected: list[str]) -> None:
    body = "".join(numbered("项") for _ in expected)
    assert lines_of(docx(body, numbering=numbering([(kind, "%1、")]))) == [f"{number}、项" for number in expected]


def test_a_number_of_several_levels_names_all_of_them() -> None:
    levels = [("chineseCounting", "第%1章"), ("decimal", "%1.%2"), ("decimal", "%1.%2.%3")]
    legal = numbering(levels).replace('<w:lvlText w:val="%1.%2"/>', '<w:isLgl/><w:lvlText w:val="%1.%2"/>')
    body = numbered("总则") + numbered("范围", 1) + numbered("附则") + numbered("生效", 1)
    assert lines_of(docx(body, numbering=legal)) == ["第一章 总则", "1.1 范围", "第二章 附则", "2.1 生效"]


def test_a_list_starts_where_it_says_and_starts_over_where_it_says() -> None:
    nums = (
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/></w:num>'
    )
    xml = numbering([("chineseCounting", "%1、")], nums=nums).replace('<w:start w:val="1"/>', '<w:start w:val="5"/>')
    body = numbered("甲") + numbered("乙") + numbered("丙", number=2) + numbered("丁", number=3)
    assert lines_of(docx(body, numbering=xml)) == ["五、甲", "六、乙", "一、丙", "二、丁"]


def test_a_level_that_never_restarts_goes_on_counting() -> None:
    xml = numbering(CHINESE).replace(
        '<w:lvlText w:val="（%2）"/>', '<w:lvlText w:val="（%2）"/><w:lvlRestart w:val="0"/>'
    )
    body = numbered("甲") + numbered("子", 1) + numbered("乙") + numbered("丑", 1)
    assert lines_of(docx(body, numbering=xml)) == ["一、甲", "（一）子", "二、乙", "（二）丑"]


def test_numbers_inherited_from_styles_are_not_lost() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="base"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="h1"><w:basedOn w:val="base"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="h2"><w:basedOn w:val="h1"/></w:style>'
    )
    xml = numbering(CHINESE).replace('<w:lvl w:ilvl="1">', '<w:lvl w:ilvl="1"><w:pStyle w:val="h2"/>')
    off = '<w:pStyle w:val="h1"/><w:numPr><w:numId w:val="0"/></w:numPr>'
    body = (
        paragraph("回顾", '<w:pStyle w:val="h1"/>')
        + paragraph("调研", '<w:pStyle w:val="h2"/>')
        + paragraph("无号", off)
        + paragraph("部署", '<w:pStyle w:val="h1"/>')
    )
    assert lines_of(docx(body, numbering=xml, styles=styles)) == ["一、回顾", "（一）调研", "无号", "二、部署"]


def test_a_deleted_paragraph_takes_no_number() -> None:
    gone = (
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr>'
        '<w:del w:id="2"><w:r><w:delText>删去</w:delText></w:r></w:del></w:p>'
    )
    body = numbered("甲") + gone + numbered("乙")
    assert lines_of(docx(body, numbering=numbering(CHINESE))) == ["一、甲", "二、乙"]


# Word: text


def test_deleted_revisions_are_dropped_and_inserted_ones_kept() -> None:
    body = (
        "<w:p><w:r><w:t>增长</w:t></w:r><w:del><w:r><w:t>一</w:t><w:delText>一</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>两</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom>"
        "<w:moveTo><w:r><w:t>成</w:t></w:r></w:moveTo><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r></w:p>"
    )
    assert lines_of(docx(body)) == ["增长两成"]


def test_tables_come_row_by_row_and_long_cells_line_by_line() -> None:
    def cell(*texts: str) -> str:
        return f"<w:tc><w:tcPr/>{''.join(paragraph(text) for text in texts)}</w:tc>"

    body = (
        paragraph("指标如下：")
        + f"<w:tbl><w:tr>{cell('粮食')}{cell('10万吨')}{cell('')}</w:tr><w:tr>{cell('同志们：', '要抓落实。')}{cell('备注')}</w:tr></w:tbl>"
        + paragraph("散会。")
    )
    assert lines_of(docx(body)) == ["指标如下：", "粮食\t10万吨", "同志们：", "要抓落实。", "备注", "散会。"]


def test_notes_stand_at_the_end_and_say_where_they_belong() -> None:
    body = (
        '<w:p><w:r><w:t>增产一成</w:t></w:r><w:r><w:footnoteReference w:id="7"/></w:r><w:r><w:t>。</w:t></w:r></w:p>'
        '<w:p><w:r><w:t>增收</w:t></w:r><w:r><w:endnoteReference w:id="3"/></w:r></w:p>'
    )
    notes = f'<w:footnote w:id="0" w:type="separator">{paragraph("线")}</w:footnote><w:footnote w:id="7">{paragraph("县统计局数")}</w:footnote>'
    ends = f'<w:endnote w:id="3">{paragraph("见报告")}{paragraph("第二段")}</w:endnote>'
    assert lines_of(docx(body, footnotes=notes, endnotes=ends)) == [
        "增产一成[1]。", "增收[尾注1]", "[1]县统计局数", "[尾注1]见报告", "第二段",
    ]  # fmt: skip


def test_a_text_box_is_read_once_and_at_its_place() -> None:
    box = f"<w:txbxContent>{paragraph('框中的话')}</w:txbxContent>"
    body = (
        "<w:p><w:r><w:t>前</w:t></w:r><w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><w:drawing><wps:wsp><wps:txbx>{box}</wps:txbx></wps:wsp></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        f'<w:r><w:t>后</w:t></w:r></w:p>{paragraph("完")}<w:p><w:r><w:pict><v:textpath string="某县人民政府文件"/></w:pict></w:r></w:p>'
    )
    assert lines_of(docx(body)) == ["前后", "框中的话", "完", "某县人民政府文件"]


def test_headers_fields_codes_and_pinyin_are_left_out() -> None:
    body = (
        "<w:p><w:r><w:instrText> PAGE </w:instrText></w:r><w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink>"
        "<w:r><w:ruby><w:rt><w:r><w:t>xian</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>县</w:t></w:r></w:rubyBase></w:ruby></w:r>"
        "<w:r><w:t>上</w:t><w:br/><w:t>下</w:t><w:tab/><w:t>右</w:t><w:noBreakHyphen/></w:r></w:p>"
    )
    assert lines_of(docx(body, header=paragraph("页眉"))) == ["链接县上", "下\t右-"]


def test_an_indent_of_the_first_line_shows_where_paragraphs_begin() -> None:
    body = (
        paragraph("题目")
        + paragraph("第一段", '<w:ind w:firstLineChars="200"/>')
        + paragraph("第二段", '<w:ind w:firstLine="0"/>')
    )
    assert lines_of(docx(body)) == ["题目", "　　第一段", "第二段"]


def test_a_document_of_another_program_comes_out_whole() -> None:
    import docx as python_docx

    document = python_docx.Document()
    document.add_heading("在全县大会上的讲话", 0)
    document.add_paragraph("加强领导", style="List Number")
    document.add_paragraph("抓好落实", style="List Number")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "粮食", "一成"
    stream = io.BytesIO()
    document.save(stream)
    assert lines_of(stream.getvalue()) == ["在全县大会上的讲话", "1. 加强领导", "2. 抓好落实", "粮食\t一成"]
