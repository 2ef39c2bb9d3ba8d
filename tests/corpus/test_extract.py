"""HTML, Word and PDF: nothing that a reader of the document sees is lost, nothing that he does not see is read."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from jianghua.corpus import UnreadableError, decode, parse
from jianghua.corpus.extract import as_saved, extract, extract_bytes
from jianghua.corpus.formats.limits import Limits
from tests.corpus.documents import docx, numbered, numbering, paragraph, pdf
from tests.corpus.test_offsets import check_invariants
from tests.speeches import COUNTY

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


# HTML


def test_a_page_gives_what_its_reader_sees() -> None:
    page = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>站名</title><style>p{color:red}</style></head><body>
    <nav>首页 导航</nav><script>if (a<b) document.write("<p>广告</p>")</script><!-- 注释 -->
    <h1>在全县大会上的讲话</h1><p>同志们：</p><p>　　今年以来，<b>全县</b>干部
    &ldquo;认真&rdquo;抓好&#33853;实。<span style="DISPLAY : none">暗字</span><i hidden>暗字</i></p>
    <table><tr><td>粮食<td>10万吨<tr><td><p>一段</p><p>二段</p></table>尾<br>巴<pre>甲
    乙</pre></body></html>"""
    assert lines_of(page.encode(), "talk.html") == [
        "在全县大会上的讲话", "同志们：", "　　今年以来，全县干部“认真”抓好落实。",
        "粮食\t10万吨", "一段", "二段", "尾", "巴", "甲", "    乙",
    ]  # fmt: skip


def test_numbers_that_a_browser_generates_are_part_of_the_text() -> None:
    page = (
        "<ol start=3><li>抓调研<li value=9>抓督查<ol type=a><li>细节</ol></ol><ol><li>一、已有号</ol>"
        '<ul><li>无号</ul><ol style="list-style: none"><li>无号</ol><ol style="list-style-type:cjk-ideographic"><li>甲</ol>'
    )
    assert lines_of(page.encode(), "a.htm") == [
        "3. 抓调研", "9. 抓督查", "a. 细节", "一、已有号", "无号", "无号", "一、甲",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("head", "encoding", "found"),
    [
        ('<meta http-equiv="Content-Type" content="text/html; charset=gb2312">', "gb18030", "html gb18030"),
        ("<meta charset=GBK>", "gbk", "html gb18030"),
        ('<meta charset="gb18030">', "gb18030", "html gb18030"),
        ('<meta charset="big5">', "big5", "html big5hkscs"),
        ('<meta charset="gb2312">', "utf-8", "html utf-8"),
        ("", "utf-8-sig", "html utf-8"),
        ("", "utf-16", "html utf-16-le"),
        ('<meta charset="iso-8859-1">', "gb18030", "html gb18030"),
    ],
)
def test_a_page_is_decoded_as_it_declares_unless_that_is_wrong(head: str, encoding: str, found: str) -> None:
    text = "各位同志：今天召開全縣會議，主要是總結工作、部署任務，會後請認真貫徹落實。" * 6
    decoded = extract_bytes(f"<html><head>{head}</head><body><p>{text}</p></body></html>".encode(encoding), "a.html")
    assert decoded == (text + "\n", found)
    assert not decoded.is_plain


def test_a_page_saved_under_the_name_of_a_word_document_is_a_page() -> None:
    assert extract_bytes("<html xmlns:o='x'><p>同志们：<o:p></o:p></p></html>".encode(), "a.doc").text == "同志们：\n"


# PDF


def test_a_pdf_gives_its_lines_and_shows_where_paragraphs_begin() -> None:
    first = [
        (180, 780, "在全县大会上的讲话"),
        (72, 740, "同志们："),
        (100, 720, "今年以来，各级干部认真抓好落实，"),
        (72, 700, "工作有进步。"),
    ]
    data = pdf([first, [(100, 780, "散会。"), (290, 40, "- 2 -")]])
    decoded = extract_bytes(data, "a.pdf")
    assert decoded.text.splitlines()[1:5] == [
        "同志们：",
        "　　今年以来，各级干部认真抓好落实，",
        "工作有进步。",
        "　　散会。",
    ]
    assert [p.text for p in parse(decoded.text) if p.kind == "paragraph"] == [
        "今年以来，各级干部认真抓好落实，工作有进步。",
        "散会。",
    ]


def test_a_scanned_pdf_asks_for_ocr() -> None:
    with pytest.raises(
        UnreadableError, match=r"scan\.pdf: no text layer \(2 scanned or empty pages\); make its text readable with OCR"
    ):
        extract_bytes(pdf([[], []]), "scan.pdf")


# all formats


@pytest.mark.parametrize("name", ["talk.docx", "talk.html", "talk.pdf", "talk.txt"])
def test_a_speech_is_the_same_in_every_format(name: str) -> None:
    lines = COUNTY.splitlines()
    data = {
        "talk.docx": docx("".join(paragraph(line) for line in lines)),
        "talk.html": "".join(f"<p>{line}</p>" for line in lines).encode("gb18030"),
        "talk.pdf": pdf([[(72, 800 - 20 * at, line) for at, line in enumerate(lines)]]),
        "talk.txt": COUNTY.encode("utf-16"),
    }[name]
    decoded = extract_bytes(data, name)
    check_invariants(decoded.text)
    assert [p.text for p in parse(decoded.text)] == [p.text for p in parse(COUNTY)]
    assert decoded.is_plain == (name == "talk.txt")


def test_saved_text_has_the_same_offsets_when_it_is_read_again(tmp_path: Path) -> None:
    body = paragraph("\ufeff&#13;一\r\n二\u2028三") + paragraph("四\U00020000五")
    text = text_of(docx(body))
    (tmp_path / "talk.docx.txt").write_text(text, encoding="utf-8", newline="\n")
    assert extract(tmp_path / "talk.docx.txt").text == text == decode(text.encode()).text
    assert as_saved(as_saved(text)) == text


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        (
            "a.doc",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            r"a\.doc: an old Office document .* save it as \.docx",
        ),
        (
            "a.wps",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            r"a\.wps: an old Office document .* save it as \.docx",
        ),
        ("a.rtf", rb"{\rtf1\ansi talk}", r"a\.rtf: an RTF document, .* save it as \.docx"),
        ("a.jpg", b"\xff\xd8\xff\xe0" + bytes(90), r"a\.jpg: a picture \(JPEG\), .* OCR"),
        ("a.rar", b"Rar!\x1a\x07\x01\x00" + bytes(90), r"a\.rar: a RAR archive, .* unpack it"),
    ],
)
def test_a_format_that_is_not_read_says_what_to_do(name: str, data: bytes, message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        extract_bytes(data, name)


def test_limits_are_named_with_what_was_found() -> None:
    text = "同志们：\n散会。\n".encode()
    for limits, message in [
        (Limits(bytes=10), r"the file is too large \(23 bytes; accepted: up to 10\)"),
        (Limits(characters=5), r"too much text \(9 characters; accepted: up to 5\)"),
        (Limits(line=3), r"line 1 is too long \(4 characters; accepted: up to 3\)"),
        (Limits(lines=1), r"too many lines \(2; accepted: up to 1\)"),
    ]:
        with pytest.raises(UnreadableError, match=rf"^talk\.txt: {message}; .*split it into|put line ends"):
            extract_bytes(text, "talk.txt", limits)


def test_importing_the_corpus_starts_no_child_and_loads_no_parser() -> None:
    code = (
        "import sys, jianghua.corpus.extract, jianghua.corpus.folder, jianghua.tagging.writers\n"
        "from jianghua.corpus.extract import extract_bytes\n"
        "extract_bytes('同志们：'.encode())\n"
        "print([name for name in ('lxml', 'pypdfium2', 'xlsxwriter', 'pyarrow', 'subprocess', 'charset_normalizer') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"lxml", "pypdfium2", "xlsxwriter", "pyarrow"} & set(eval(done.stdout))
