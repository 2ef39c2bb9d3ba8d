"""Markdown: what is markup is no text, offsets count in the file, and what the markup says is known."""

import time

import pytest

from jianghua.corpus.decode import Mark
from jianghua.corpus.extract import extract_bytes
from tests.speeches import COUNTY


def read(text: str, name: str = "a.md") -> list[tuple[str, Mark]]:
    decoded = extract_bytes(text.encode(), name)
    assert (len(decoded.text), decoded.is_plain) == (len(text), True)
    lines = decoded.text.split("\n")
    assert len(decoded.marks) == len(lines) - (not lines[-1])
    seen = [line.replace("\u200b", "").strip() for line in lines]
    return [(line, mark) for line, mark in zip(seen, decoded.marks, strict=False) if line]


def lines(text: str) -> list[str]:
    return [line for line, _ in read(text)]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("要**抓好**落实，*不要*空谈，***一定***抓实。", "要抓好落实，不要空谈，一定抓实。"),
        ("**要抓好落实。**不要空谈。", "要抓好落实。不要空谈。"),
        ("他说**“要抓好落实”**，不空谈。", "他说“要抓好落实”，不空谈。"),
        ("__要抓好__落实，_不要_ 空谈，~~废话~~少说，`代码`也是字，==重点==。", "要抓好落实，不要 空谈，废话少说，代码也是字，重点。"),
        (r"1\. 抓好落实 \(2\) 不要\*空谈\*，a\_b", "1. 抓好落实 (2) 不要*空谈*，a_b"),
        ("见[附件](http://x.cn/a_(1).html \"名\")，[全文][1]，<http://x.cn/>。\n\n[1]: http://x.cn/", "见附件，全文，http://x.cn/。"),
        ("前![图](a.png)后![](b.png \"名\")，[![图](c.png)](http://x.cn)完。", "前后，完。"),
        ("要<b>抓好</b>落实<br>，<span style=\"color:red\">不要</span>空谈<!-- 注 -->。", "要抓好落实，不要空谈。"),
        ("A&amp;B&nbsp;公司，&#33853;实", "A&B\xa0公司，落实"),
        ("> 引用的话。\n>\n> > 再引用。", "引用的话。\n再引用。"),
        ("- 抓机具\n* 抓人手\n+ [x] 抓粮食", "抓机具\n抓人手\n抓粮食"),
        ("1. 抓机具\n2) 抓人手", "1. 抓机具\n2) 抓人手"),
        ("上文。\n\n---\n\n* * *\n\n___\n下文。", "上文。\n下文。"),
        ("上文。\n```python\nx = **2**\n```\n下文。", "上文。\nx = **2**\n下文。"),
        ("上文。\n<!-- 注释\n不是**正文**\n-->\n下文。", "上文。\n下文。"),
        ("[TOC]\n::: {.box}\n正文。\n:::", "正文。"),
    ],
)  # fmt: skip
def test_markup_is_no_text(markup: str, text: str) -> None:
    assert lines(markup) == text.splitlines()


@pytest.mark.parametrize(
    "text",
    [
        "州委常委、副州长***同志讲了话",
        "州委常委**、副州长**等出席",
        "增长5*3，面积2*4=8，<2019年>以来，A&B，C:\\dir，x_y_z",
        "见《2019》[5]号文件，[2019] 5号，（详见 #3 号楼）",
        "今年是2019年。- 第二季度",
        "-5度，+3度，1.5亿元，＃号",
        "#春耕#话题很热",
        "100%~200%，约~300人",
    ],
)
def test_what_only_looks_like_markup_is_text(text: str) -> None:
    assert lines(text) == [text]


def test_headings_are_headings_of_their_level_in_every_way_of_writing_them() -> None:
    found = read(
        "# 在全县会议上的讲话\n正文，今天开会。\n## 一、为什么抓？ ##\n###（二）怎么抓 {#how}\n第三部分\n----\n正文。\n四、不空一行的话，是正文。\n---\n再说。\n"
    )
    assert found == [
        ("在全县会议上的讲话", Mark("title", 0, True)),
        ("正文，今天开会。", Mark("", 0, True)),
        ("一、为什么抓？", Mark("heading", 2, True)),
        ("（二）怎么抓", Mark("heading", 3, True)),
        ("第三部分", Mark("heading", 2, True)),
        ("正文。", Mark("", 0, None)),
        ("四、不空一行的话，是正文。", Mark("", 0, True)),
        ("再说。", Mark("", 0, True)),
    ]


def test_a_line_over_equals_signs_is_the_title() -> None:
    assert read("在全县会议上的讲话\n======\n\n正文。\n")[0] == ("在全县会议上的讲话", Mark("title", 0, True))


def test_sections_in_the_first_level_are_no_titles() -> None:
    assert [mark.role for _, mark in read("# 讲话\n\n# 一、成绩\n话。\n\n# 二、任务\n话。")] == [
        "title",
        "heading",
        "",
        "heading",
        "",
    ]
    assert [mark.role for _, mark in read("# 一、成绩\n话。\n# 二、任务\n话。")] == ["heading", "", "heading", ""]


def test_a_blank_line_is_a_border_and_a_line_end_is_not() -> None:
    found = read("今天\n开会。\n\n请讨论\n- 一件\n- 两件\n\n| 粮 | 油 |\n|---|:-:|\n| 8 | 2 |\n完")
    assert [(line, mark.role, mark.ends) for line, mark in found] == [
        ("今天", "", None), ("开会。", "", True), ("请讨论", "", True), ("一件", "", True), ("两件", "", True),
        ("粮 \t 油", "row", True), ("8 \t 2", "row", True), ("完", "", True),
    ]  # fmt: skip


@pytest.mark.parametrize("fence", ["---", "+++"])
def test_front_matter_tells_title_date_and_author(fence: str) -> None:
    sign = ":" if fence == "---" else " ="
    text = f'{fence}\ntitle{sign} "在全县会议上的讲话"\ndate{sign} 2019-08-20\nauthor{sign} 某人\ntags:\n  - 讲话\n{fence}\n\n同志们：\n'
    decoded = extract_bytes(text.encode(), "a.md")
    assert decoded.properties == {"title": "在全县会议上的讲话", "date": "2019-08-20", "author": "某人"}
    found = read(text)
    assert found[0] == ("在全县会议上的讲话", Mark("title", 0, True))
    assert [mark.role for _, mark in found[1:]] == ["meta"] * 4 + [""]
    with_heading = read(text + "\n# 讲话\n\n正文。")
    assert [mark.role for _, mark in with_heading if mark.role in ("title", "heading")] == ["title"]


def test_a_rule_at_the_beginning_is_no_front_matter() -> None:
    assert lines("---\n\n同志们，今天开会。\n\n---\n再说。") == ["同志们，今天开会。", "再说。"]


def test_line_ends_of_all_kinds_keep_their_places() -> None:
    assert lines("# 题目\r\n\r\n正文。\r下文。\u2028末尾。\r\n") == ["题目", "正文。", "下文。", "末尾。"]


def test_markdown_that_begins_with_an_element_of_html_is_markdown() -> None:
    found = read("<center>在大会上的讲话</center>\n\n同志们：\n\n## 一、抓好落实\n")
    assert [line for line, _ in found] == ["在大会上的讲话", "同志们：", "一、抓好落实"]
    assert found[-1][1].role == "heading"


def test_text_without_markup_is_as_it_was_and_a_text_file_is_no_markdown() -> None:
    assert extract_bytes(COUNTY.encode(), "a.md").text == COUNTY
    assert extract_bytes("# **讲话**\n".encode(), "a.txt").text == "# **讲话**\n"


@pytest.mark.parametrize(
    "piece",
    ["[", "![", "*", "**a", "<", "<!--", "`", "> ", "_", "\\", "&", "[a](", "|", "#", "~~a", "- ", "{", "(" * 9 + "["],
)
def test_markup_made_to_take_long_does_not(piece: str) -> None:
    text = "字。\n" + piece * (60_000 // len(piece)) + "字"
    began = time.monotonic()
    extract_bytes(text.encode(), "a.md")
    assert time.monotonic() - began < 5
