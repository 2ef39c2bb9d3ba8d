"""Word: codes are not text, results are; revisions, placeholders, symbol fonts, numbering, odd names of parts."""

import pytest

from jianghua.corpus.extract import extract_bytes
from tests.corpus.documents import docx, numbered, numbering, paragraph, relations, zipped
from tests.corpus.test_extract_word import CHINESE, lines_of
from tests.corpus.test_word_roles import field


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def character(kind: str, more: str = "") -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}">{more}</w:fldChar></w:r>'


def code(text: str) -> str:
    return f"<w:r><w:instrText>{text}</w:instrText></w:r>"


INNER = field(" DOCPROPERTY 级别 ", run("乡级"))


@pytest.mark.parametrize(
    "xml",
    [
        field(" DOCPROPERTY 单位 ", run("全县")),
        character("begin") + code(" IF ") + INNER + code(' = "乡级" "全乡" ') + character("separate") + run("全县") + character("end"),
        character("begin") + code(' IF 1 = 2 "') + run("全乡") + code('" "全县" ') + character("separate") + run("全县") + character("end"),
        '<w:fldSimple w:instr=" DOCPROPERTY 单位 ">' + run("全县") + "</w:fldSimple>",
        '<w:fldSimple w:instr=" HYPERLINK x "><w:hyperlink>' + run("全县") + "</w:hyperlink></w:fldSimple>",
        field(" HYPERLINK x ", code(" 残留 ") + field(" REF y ", run("全县"))),
        character("begin") + code(" XE ") + run("全县"),
        run("全县") + character("end") + character("separate"),
        field(" HYPERLINK x ", "<w:del>" + character("begin") + "</w:del>" + run("全县")),
    ],
    ids=["result", "field_in_code", "text_in_code", "simple", "link", "code_in_result", "no_end", "no_begin", "deleted_begin"],
)  # fmt: skip
def test_the_result_of_a_field_is_text_and_its_code_is_not(xml: str) -> None:
    assert lines_of(docx(f"<w:p>{run('今年以来，')}{xml}{run('修渠百里。')}</w:p>{paragraph('散会。')}")) == [
        "今年以来，全县修渠百里。", "散会。",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([r"eq \o\ac(○,1)"], "①"),
        ([r" EQ \o\ac(", "○", ",21) "], "㉑"),
        ([r"eq \o\ac(○,三)"], "㊂"),
        ([r"EQ \o\ac(12;〇)"], "⑫"),
        ([r"eq \o\ac(□,\s\do 2(3))"], "③"),
        ([r'EQ \* jc2 \* "Font:宋体" \* hps21 \o\ad(\s\up 9(qú),渠)'], "渠"),
        ([r"EQ \f(2,3)"], "2/3"),
        ([r"EQ \o(\s\up 5(国务),\s\do 2(院))"], "国务院"),
        ([r"SYMBOL 254 \f Wingdings \s 10"], "☑"),
        ([" PAGE "], ""),
        ([r"EQ \o\ac(((((○,1"], "○,1"),
    ],
)
def test_fields_that_show_something_by_their_code_alone(codes: list[str], expected: str) -> None:
    xml = character("begin") + "".join(map(code, codes)) + character("end")
    assert lines_of(docx(f"<w:p>{xml}{run('修渠百里')}</w:p>")) == [f"{expected}修渠百里"]
    empty = character("begin") + "".join(map(code, codes)) + character("separate") + run("") + character("end")
    assert lines_of(docx(f"<w:p>{empty}{run('修渠百里')}</w:p>")) == [f"{expected}修渠百里"]


def test_form_fields_show_what_was_chosen() -> None:
    options = '<w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="乡"/><w:listEntry w:val="县"/></w:ddList></w:ffData>'
    box = "<w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData>"
    xml = f"{character('begin', options)}{code(' FORMDROPDOWN ')}{character('end')}{run('级')}"
    assert lines_of(docx(f"<w:p>{xml}</w:p><w:p>{character('begin', box)}{character('end')}{run('已办')}</w:p>")) == [
        "县级", "☑已办",
    ]  # fmt: skip


def test_placeholders_are_no_text_and_choices_are() -> None:
    def control(properties: str, text: str) -> str:
        return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{run(text)}</w:sdtContent></w:sdt>"

    xml = (
        control("<w:showingPlcHdr/>", "单击此处输入文字。")
        + control('<w:showingPlcHdr w:val="0"/>', "全县")
        + control('<w:dropDownList><w:listItem w:displayText="乡" w:value="1"/></w:dropDownList>', "水利")
    )
    assert lines_of(docx(f"<w:p>{xml}{run('工作')}</w:p>")) == ["全县水利工作"]


# revisions


def test_moved_and_deleted_paragraphs_take_no_number() -> None:
    number = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    moved = f"<w:p><w:pPr>{number}<w:rPr><w:moveFrom/></w:rPr></w:pPr><w:moveFrom>{run('护林')}</w:moveFrom></w:p>"
    hidden = f"<w:p><w:pPr>{number}<w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:rPr><w:vanish/></w:rPr><w:t>暗</w:t></w:r></w:p>"
    back = f"<w:p><w:pPr>{number}<w:rPr><w:moveTo/></w:rPr></w:pPr><w:moveTo>{run('护林')}</w:moveTo></w:p>"
    assert lines_of(docx(moved + hidden + numbered("修渠") + back, numbering=numbering(CHINESE))) == [
        "一、修渠",
        "二、护林",
    ]


def test_deleted_rows_and_cells_are_gone_and_others_stay() -> None:
    def cell(text: str, change: str = "") -> str:
        return f"<w:tc><w:tcPr>{change}</w:tcPr>{paragraph(text)}</w:tc>"

    rows = (
        f"<w:tr>{cell('旧列', '<w:cellDel/>')}{cell('乡镇')}{cell('长度', '<w:cellIns/>')}</w:tr>"
        f"<w:tr><w:trPr><w:del/></w:trPr>{cell('旧行')}</w:tr><w:tr><w:trPr><w:ins/></w:trPr>{cell('白水乡')}{cell('十里')}</w:tr>"
    )
    assert lines_of(docx(f"<w:tbl>{rows}</w:tbl>")) == ["乡镇\t长度", "白水乡\t十里"]


def test_a_paragraph_whose_deleted_end_runs_on_and_a_large_first_letter_stay_in_their_sentence() -> None:
    body = (
        f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run('修渠')}</w:p><w:p>{run('百里。')}</w:p>"
        f'<w:p><w:pPr><w:framePr w:dropCap="drop"/></w:pPr>{run("造")}</w:p><w:p>{run("林千亩。")}</w:p>'
    )
    assert lines_of(docx(body)) == ["修渠百里。", "造林千亩。"]


# symbol fonts


@pytest.mark.parametrize(
    ("glyph", "expected"),
    [
        ('<w:sym w:font="Wingdings" w:char="F0A7"/>', ""),
        ('<w:sym w:font="Symbol" w:char="00B7"/>', ""),
        ('<w:sym w:font="Wingdings" w:char="zzzz"/>', ""),
        ('<w:sym w:font="Wingdings" w:char="²"/>', ""),
        ('<w:sym w:font="Wingdings" w:char="F081"/>', "①"),
        ('<w:sym w:char="2460"/>', "①"),
        ("<w:t>\uf06c</w:t>", ""),
        ('<w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr><w:t>\uf0d8</w:t>', ""),
        ('<w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr><w:t>u</w:t>', ""),
        ('<w:rPr><w:rFonts w:ascii="Times New Roman"/></w:rPr><w:t>A</w:t>', "A"),
    ],
)
def test_ornaments_of_symbol_fonts_before_a_paragraph_hide_no_marker(glyph: str, expected: str) -> None:
    assert lines_of(docx(f"<w:p><w:r>{glyph}</w:r>{run('一是修渠。')}</w:p>")) == [f"{expected}一是修渠。"]


# numbering


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([1, 1, 0, 1], ["（一）", "（二）", "一、", "（一）"]),
        ([0, 2, 1, 2], ["一、", "1. ", "（一）", "1. "]),
        ([2, 0, 0, 3], ["1. ", "一、", "二、", "① "]),
    ],
)
def test_a_level_that_is_skipped_counts_nothing(levels: list[int], expected: list[str]) -> None:
    body = "".join(numbered("修渠", level) for level in levels)
    assert lines_of(docx(body, numbering=numbering(CHINESE))) == [f"{number}修渠" for number in expected]


def test_a_number_typed_as_a_bullet_is_no_bullet() -> None:
    assert lines_of(docx(numbered("修渠"), numbering=numbering([("bullet", "一、")]))) == ["一、修渠"]


def test_a_bullet_before_a_marker_says_nothing() -> None:
    body = numbered("一是修渠。") + numbered("修渠百里")
    assert lines_of(docx(body, numbering=numbering([("bullet", "\uf0d8")]))) == ["一是修渠。", "• 修渠百里"]


# packages


def test_parts_are_found_whatever_the_case_and_slashes_of_their_names() -> None:
    names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    document = f"<w:document {names}><w:body>{numbered('修渠')}</w:body></w:document>"
    lists = f"<w:numbering {names}>{numbering(CHINESE)}</w:numbering>"
    upper = {
        "_rels/.rels": relations({"officeDocument": "/word/document.xml"}),
        "Word\\Document.xml": document,
        "Word\\_rels\\Document.xml.rels": relations({"numbering": "NUMBERING.xml"}),
        "Word\\Numbering.xml": lists,
    }
    without_relations = {"word/document.xml": document, "word/numbering.xml": lists}
    in_a_folder = {
        "./讲话/word/document.xml": document,
        "./讲话/word/_rels/document.xml.rels": relations({"numbering": "numbering.xml"}),
        "./讲话/word/numbering.xml": lists,
    }
    for members in (upper, without_relations, in_a_folder):
        assert extract_bytes(zipped(members), "talk.docx").text == "一、修渠\n"


def test_a_table_in_a_text_box_keeps_its_rows() -> None:
    table = f"<w:tbl><w:tr><w:tc>{paragraph('乡镇')}</w:tc><w:tc>{paragraph('长度')}</w:tc></w:tr></w:tbl>"
    box = f"<w:r><w:pict><v:group><v:shape><v:textbox><w:txbxContent>{table}</w:txbxContent></v:textbox></v:shape></v:group></w:pict></w:r>"
    assert lines_of(docx(f"<w:p>{run('附表')}{box}</w:p>")) == ["附表", "乡镇\t长度"]
