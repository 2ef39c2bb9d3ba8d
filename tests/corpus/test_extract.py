"""HTML and PDF, and what holds for all formats: nothing that a reader of the document sees is lost, nothing that he does not see is read."""

import subprocess
import sys
from pathlib import Path

import pytest

from jianghua.corpus import decode, parse
from jianghua.corpus.extract import as_saved, extract, extract_bytes
from jianghua.corpus.formats.limits import Limits
from jianghua.errors import UnreadableError
from tests.corpus.documents import docx, paragraph, pdf
from tests.corpus.test_offsets import check_invariants
from tests.speeches import COUNTY


def text_of(data: bytes, name: str = "talk.docx") -> str:
    return extract_bytes(data, name).text


def lines_of(data: bytes, name: str = "talk.docx") -> list[str]:
    return text_of(data, name).splitlines()


# HTML


def test_a_page_gives_what_its_reader_sees() -> None:
    page = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>站名</title><style>p{color:red}</style></head><body>
    <nav>首页 导航</nav><script>if (a<b) document.write("<p>广告</p>")</script><!-- 注释 -->
    <h1>在全县大会上的讲话</h1><p>同志们：</p><p>　　今年以来，<b>全县</b>干部
    &ldquo;认真&rdquo;抓好&#33853;实。<span style="DISPLAY : none">暗字</span><i hidden>暗字</i></p>
    <table><tr><td>粮食<td>10万吨<tr><td><p>一段</p><p>二段</p></table>尾<br>巴<pre>甲
    乙</pre></body></html>"""
    assert lines_of(page.encode(), "talk.html") == [
        "首页 导航", "在全县大会上的讲话", "同志们：", "　　今年以来，全县干部“认真”抓好落实。",
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
        ('<meta charset="big5">', "big5", "html big5"),
        ('<meta charset="gb2312">', "utf-8", "html utf-8"),
        ("", "utf-8-sig", "html utf-8"),
        ("", "utf-16", "html utf-16-le"),
        ('<meta charset="iso-8859-1">', "gb18030", "html gb18030"),
    ],
)
def test_a_page_is_decoded_as_it_declares_unless_that_is_wrong(head: str, encoding: str, found: str) -> None:
    text = "各位同志：今天召開全縣會議，主要是總結工作、部署任務，會後請認真貫徹落實。" * 6
    decoded = extract_bytes(f"<html><head>{head}</head><body><p>{text}</p></body></html>".encode(encoding), "a.html")
    assert (decoded.text, decoded.encoding) == (text + "\n", found)
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
    assert list(zip(decoded.text.splitlines(), [mark.ends for mark in decoded.marks], strict=True)) == [
        ("在全县大会上的讲话", True),
        ("同志们：", True),
        ("今年以来，各级干部认真抓好落实，", False),
        ("工作有进步。", True),
        ("散会。", True),
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
        "import sys, jianghua.corpus.formats.child\n"
        "assert 'numpy' not in sys.modules\n"
        "import jianghua.corpus.extract, jianghua.corpus.folder, jianghua.tagging.batch\n"
        "from jianghua.corpus.extract import extract_bytes\n"
        "extract_bytes('同志们：'.encode())\n"
        "print([name for name in ('lxml', 'pypdfium2', 'xlsxwriter', 'pyarrow', 'subprocess') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"lxml", "pypdfium2", "xlsxwriter", "pyarrow"} & set(eval(done.stdout))
