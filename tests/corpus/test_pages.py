"""Pages as government sites, browsers and Word really write them: furniture is told apart, text is whole, blocks are borders."""

import base64
import quopri

import pytest

from jianghua.corpus.decode import Decoded
from jianghua.corpus.extract import extract_bytes
from jianghua.errors import UnreadableError

TITLE = "在全县秋收工作会议上的讲话"
FIRST = "今天把大家请来，主要任务是总结夏粮生产，安排秋收工作，请大家认真讨论。"
SECOND = "今年以来，全县夏粮总产达到8.4万吨，比去年增长6%，三个乡镇被评为全市先进。"
THIRD = "各乡镇要在月底前检修完所有收割机，确保机等粮、不让粮等机；要落实包村责任。"
BODY = ["同志们：", FIRST, "一、上半年工作回顾", SECOND, "二、下一步工作要求", THIRD, "谢谢大家！"]


def read(page: str | bytes, name: str = "a.html") -> Decoded:
    return extract_bytes(page.encode() if isinstance(page, str) else page, name)


def roles(page: str | bytes, name: str = "a.html") -> list[tuple[str, str]]:
    decoded = read(page, name)
    return [(mark.role, line) for mark, line in zip(decoded.marks, decoded.text.splitlines(), strict=True)]


def paragraphs(lines: list[str] = BODY, attributes: str = "") -> str:
    return "".join(f"<p{attributes}>{line}</p>\n" for line in lines)


def spoken(page: str | bytes, name: str = "a.html") -> list[str]:
    return [line.strip("\u3000\u2003\xa0 ") for role, line in roles(page, name) if role != "meta"]


MODERN = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{TITLE}_某县人民政府</title>
<meta name="ArticleTitle" content="{TITLE}"><meta name="PubDate" content="2019-08-20 10:00"><meta name="ContentSource" content="县府办">
</head><body><div id="wrap"><div class="header"><div class="logo"><a href="/">某县人民政府</a></div><div class="fr">今天是2019年8月21日 <a href="#">无障碍</a></div></div>
<div class="nav-box"><a href="/a">首页</a><a href="/b">政务公开</a><a href="/c">办事服务</a></div>
<div class="BreadcrumbNav">您的位置：<a href="/">首页</a> &gt; <a href="/x">领导讲话</a></div>
<div class="article oneColumn"><h1>
{TITLE}
</h1><div class="pages-date">2019-08-20 10:00<span class="font index_switchsize">来源：县府办</span><span>浏览：12次</span></div>
<div class="pages_content" id="UCAP-CONTENT"><ucapcontent>{paragraphs(attributes=' style="text-indent: 2em;"')}</ucapcontent></div>
<div class="editor">责任编辑：李某某</div><div class="share-box">分享到：<a>微信</a></div></div>
<div class="related"><div class="hd"><h3>相关稿件</h3></div><ul><li><a href="1.html">某县召开安全生产会议</a></li><li><a href="2.html">县领导调研秋收工作</a></li></ul></div>
<div class="footer"><p>主办单位：某县人民政府办公室</p><p>本网站内容未经许可不得转载。</p><p>某ICP备12345678号</p></div></div></body></html>"""

TABLES = f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>{TITLE}</title></head><body>
<table width="100%"><tr><td><table class="menu"><tr><td><a href="a">首页</a></td><td><a href="b">县情概况</a></td><td><a href="c">领导讲话</a></td></tr></table></td></tr>
<tr><td>当前位置：<a href="/">首页</a>&gt;&gt;<a href="x">领导讲话</a></td></tr>
<tr><td align="center"><font size="5"><b>{TITLE}</b></font></td></tr>
<tr><td>作者：县府办　　发布时间：2019-8-20　　点击：35</td></tr>
<tr><td valign="top">&nbsp;&nbsp;&nbsp;&nbsp;{"<br>&nbsp;&nbsp;&nbsp;&nbsp;".join(BODY)}<br></td></tr>
<tr><td align="right">【<a href="javascript:window.print()">打印本页</a>】【<a href="javascript:window.close()">关闭窗口</a>】</td></tr>
<tr><td>版权所有：某县人民政府办公室　技术支持：某公司</td></tr></table></body></html>"""

WECHAT = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title></title><meta property="og:title" content="{TITLE}"></head><body>
<h1 class="rich_media_title" id="activity-name">
 {TITLE} </h1><div id="meta_content"><span>县委办</span> <em>2019年8月20日</em></div>
<div class="rich_media_content" id="js_content" style="visibility: hidden; opacity: 0;"><section>{"".join(f"<section><p><span>{line}</span></p></section>" for line in BODY)}</section></div></body></html>"""

WORD = f"""<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns="http://www.w3.org/TR/REC-html40"><head>
<meta http-equiv=Content-Type content="text/html; charset=gb2312"><meta name=Generator content="Microsoft Word 11"><title>{TITLE}</title>
<!--[if gte mso 9]><xml><o:DocumentProperties><o:Author>某人</o:Author></o:DocumentProperties></xml><![endif]--><style>p.MsoNormal{{}}</style></head>
<body lang=ZH-CN><div class=Section1><p class=MsoNormal align=center><b><span lang=EN-US>{TITLE}<o:p></o:p></span></b></p>
{"".join(f"<p class=MsoNormal style='text-indent:28.0pt'><span style='font-family:宋体'>{line}<span lang=EN-US><o:p></o:p></span></span></p>" for line in BODY)}
<p class=MsoNormal><span style='display:none;mso-hide:all'>隐藏的字</span></p></div></body></html>"""

PRINTED = f"""<html><body><center>{TITLE}</center><hr><pre>
{chr(10).join("　　" + line for line in BODY)}
</pre><div align=center><a href="javascript:print()">打印</a> | <a href="javascript:close()">关闭</a></div></body></html>"""

BREAKS = f"<html><body><div><b>{TITLE}</b><br/><br/>{'<br/><br/>'.join(BODY)}</div></body></html>"
FONTS = f"<html><body><h1>{TITLE}</h1>{''.join(f'<div><font><span>{line[:5]}</span><x:y>{line[5:9]}</x:y>{line[9:]}</font></div>' for line in BODY)}</body></html>"
WAITING = f"<html><head><title>站</title></head><body><div id=show></div><textarea id=c style='display:none'><p>{TITLE}</p>{paragraphs()}</textarea><script>show(c)</script></body></html>"
UNSCRIPTED = f"<html><body><div id=app>正在加载</div><noscript><h1>{TITLE}</h1>{paragraphs()}</noscript></body></html>"
TEMPLATED = f"<html><body><template><h1>{TITLE}</h1>{paragraphs()}</template></body></html>"
FRAGMENT = f"<div class='TRS_Editor'><p>{TITLE}</p>{paragraphs()}</div>"
WIKI = f"""<html><head><title>{TITLE} - 维基文库</title></head><body><h1 id="firstHeading">{TITLE}</h1><div id="toc"><ul><li><a href="#1">1 回顾</a></li><li><a href="#2">2 要求</a></li></ul></div>
<p>同志们：</p><p>{FIRST}</p><h2><span id=1>一、上半年工作回顾</span><span class="mw-editsection">[<a href="e">编辑</a>]</span></h2><p>{SECOND.replace("夏粮", '<a href="x">夏粮</a>')}</p>
<h2>二、下一步工作要求<span class="mw-editsection">[<a href="e">编辑</a>]</span></h2><p>{THIRD}</p><p>谢谢大家！</p></body></html>"""
PAGES = {
    "modern": MODERN, "tables": TABLES, "wechat": WECHAT, "word": WORD, "printed": PRINTED, "breaks": BREAKS, "fonts": FONTS,
    "waiting": WAITING, "unscripted": UNSCRIPTED, "templated": TEMPLATED, "fragment": FRAGMENT, "wiki": WIKI,
}  # fmt: skip


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_of_any_make_gives_the_speech_and_marks_the_rest(kind: str) -> None:
    found = spoken(PAGES[kind])
    if kind == "wechat":  # who published it, and when, belongs to the head
        found = [line for line in found if "县委办" not in line]
    assert found == [TITLE, *BODY]


@pytest.mark.parametrize("kind", PAGES)
def test_a_block_of_a_page_is_a_border(kind: str) -> None:
    decoded = read(PAGES[kind])
    lines = decoded.text.splitlines()
    assert all(decoded.marks[at].ends for at, line in enumerate(lines) if line.strip() in BODY)


def test_nothing_that_a_reader_sees_is_dropped_from_a_page() -> None:
    meta = [line for role, line in roles(MODERN) if role == "meta"]
    for text in (
        "某县人民政府",
        "首页",
        "来源：县府办",
        "责任编辑：李某某",
        "相关稿件",
        "县领导调研秋收工作",
        "某ICP备12345678号",
    ):
        assert any(text in line for line in meta), text


def test_a_page_tells_its_title_date_and_author() -> None:
    assert read(MODERN).properties == {"author": "县府办", "date": "2019-08-20 10:00", "title": TITLE}
    assert read(WECHAT).properties["title"] == TITLE


def test_headings_of_a_page_are_headings_of_their_level() -> None:
    decoded = read(
        f"<h1>{TITLE}</h1><p>{FIRST}</p><h2>为什么要抓，怎样抓？</h2><p>{SECOND}</p><h3>（一）抓<br>机具</h3><p>{THIRD}</p>"
    )
    marked = {line: decoded.marks[at] for at, line in enumerate(decoded.text.splitlines())}
    assert marked[TITLE][:2] == ("title", 0)
    assert marked["为什么要抓，怎样抓？"] == ("heading", 2, True)
    assert (marked["（一）抓"], marked["机具"]) == (("heading", 3, False), ("heading", 3, True))


def test_the_name_of_the_site_is_not_the_title_though_it_is_the_only_h1() -> None:
    page = f"<title>{TITLE}-某县政府网</title><h1><a href='/'>某县政府网</a></h1><h2>{TITLE}</h2>{paragraphs()}"
    assert roles(page)[:2] == [("meta", "某县政府网"), ("title", TITLE)]


def test_a_title_over_two_lines_is_the_title_in_both() -> None:
    page = f"<h1>抓住农时 确保丰收<br>——{TITLE}</h1>{paragraphs()}"
    assert [role for role, _ in roles(page)[:3]] == ["title", "title", ""]


@pytest.mark.parametrize(
    "line",
    [
        "发布日期：2019-08-20　来源：县府办　作者：李某",
        "【字体：大 中 小】　打印",
        "当前位置：首页 > 政务公开 > 领导讲话",
        "上一篇：县政府召开常务会议",
        "下一条：没有了",
        "扫一扫在手机打开当前页",
        "Copyright © 2019 All Rights Reserved",
        "主办：某县人民政府办公室　承办：某县大数据中心",
        "网站标识码：1234567890　某公网安备 12345678901234号",
        "联系我们 | 网站地图 | 无障碍浏览",
        "地址：某县人民路1号　邮编：100000",
        "您是第 1234567 位访客",
        "（责任编辑：王某）",
        "浏览次数：152",
    ],
)
def test_a_line_that_only_pages_have_is_no_part_of_the_speech(line: str) -> None:
    for page in (f"<h1>{TITLE}</h1><p>{line}</p>{paragraphs()}", f"<h1>{TITLE}</h1>{paragraphs()}<p>{line}</p>"):
        assert ("meta", line) in roles(page)
        assert spoken(page) == [TITLE, *BODY]


@pytest.mark.parametrize(
    "line",
    [
        "来源于群众的意见，我们要认真办，件件有回音。",
        "要加强网站建设，把首页办好，让群众看得到、找得着，浏览次数要上去。",
        "一、编辑：要把好政治关",
        "分享到的经验，要认真总结推广，让更多的村看得到。",
    ],
)
def test_a_sentence_in_the_midst_of_a_page_is_never_furniture(line: str) -> None:
    assert ("", line) in roles(f"<h1>{TITLE}</h1><p>{FIRST}</p><p>{line}</p><p>{THIRD}</p>")


def test_an_article_in_an_element_with_the_name_of_furniture_is_no_furniture() -> None:
    for element in (
        "<div class='footer-top main'>",
        "<header>",
        "<aside class='sidebar'>",
        "<div class='info header'>",
    ):
        page = f"<html><body>{element}<h1>{TITLE}</h1>{paragraphs()}</body></html>"
        assert spoken(page) == [TITLE, *BODY]


def test_a_speech_with_links_in_its_sentences_is_no_list_of_links() -> None:
    line = (
        f"<p>{FIRST}<a href=1>全县</a>和<a href=2>各乡镇</a>要<a href=3>认真总结经验</a>，<a href=4>抓好秋收</a>。</p>"
    )
    assert all(role == "" for role, _ in roles(f"<div>{line * 3}</div>"))


def test_numbers_of_a_list_stand_before_the_paragraphs_in_its_items() -> None:
    page = f"<ol><li><p>机具准备</p><p>{FIRST}</p></li><li>\n<div><p>{SECOND}</p></div></li><li><p></p></li></ol><p>{THIRD}</p>"
    assert read(page).text.splitlines() == ["1. 机具准备", FIRST, f"2. {SECOND}", THIRD]


def test_rows_of_a_table_are_rows_and_tables_for_layout_are_not() -> None:
    page = f"<p>{FIRST}</p><table><tr><td>粮食<td>8万吨</tr><tr><td>{SECOND}</td></tr></table><p>{THIRD}</p>"
    assert roles(page) == [("", FIRST), ("row", "粮食\t8万吨"), ("", SECOND), ("", THIRD)]


def test_a_line_break_is_no_border_but_an_empty_line_and_an_indent_are() -> None:
    decoded = read("<div>今天<br>开会，<br><br>请大家<br>　　讨论。</div>")
    assert decoded.text.splitlines() == ["今天", "开会，", "请大家", "　　讨论。"]
    assert [mark.ends for mark in decoded.marks] == [None, True, True, True]


def test_a_page_of_frames_says_that_its_text_is_elsewhere() -> None:
    with pytest.raises(UnreadableError, match="only frames, whose pages are files of their own"):
        read("<html><frameset cols='20%,*'><frame src=menu.htm><frame src=main.htm></frameset></html>")


SCRIPT = "<script>" + "var a = function(e) { return document.getElementById(e); };\n" * 400 + "</script>"


@pytest.mark.parametrize("script", ["", SCRIPT])
@pytest.mark.parametrize("declared", ["", "utf-8", "gb2312", "big5", "iso-8859-1", "utf-16", "shift_jis"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_wrong_declaration_is_seen_through(declared: str, encoding: str, script: str) -> None:
    meta = f"<meta charset='{declared}'>" if declared else ""
    page = f"<html><head>{script}{meta}</head><body><h1>{TITLE}</h1>{paragraphs()}</body></html>"
    assert spoken(page.encode(encoding)) == [TITLE, *BODY]
    broken = page.encode(encoding).replace("夏粮".encode(encoding), b"\xa0" + "夏粮".encode(encoding))
    assert len(spoken(broken)) == len(BODY) + 1
    assert spoken(broken)[:2] == [TITLE, BODY[0]]


def test_characters_as_entities_are_read_whatever_the_page_declares() -> None:
    text = "".join(f"&#{ord(character)};" for character in FIRST)
    assert spoken(f"<meta charset=windows-1252><p>{text}\xa0</p>".encode("cp1252")) == [FIRST]


def archive(
    page: bytes, charset: str, encoding: str = "quoted-printable", before: str = "", start: str = "MIME-Version: 1.0\n"
) -> bytes:
    packed = quopri.encodestring(page) if encoding == "quoted-printable" else base64.encodebytes(page)
    head = f'{start}Content-Type: multipart/related; type="text/html";\n\tboundary="----=_Part"\n\n{before}'
    part = f'------=_Part\nContent-Type: text/html; charset="{charset}"\nContent-Transfer-Encoding: {encoding}\nContent-Location: http://www.example.gov.cn/a.html\n\n'
    picture = (
        "\n------=_Part\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n------=_Part--\n"
    )
    return head.encode() + part.encode() + packed + picture.encode()


@pytest.mark.parametrize("name", ["a.mht", "a.mhtml", "a.doc", "a.txt"])
@pytest.mark.parametrize(
    "start",
    [
        "MIME-Version: 1.0\n",
        "From: <Saved by Blink>\nSnapshot-Content-Location: http://www.example.gov.cn/\nSubject: =?utf-8?Q?=E8=AE=B2?=\nDate: Tue, 20 Aug 2019 10:00:00 -0000\nMIME-Version: 1.0\n",
        "From: \"Saved by Windows Internet Explorer 10\"\r\nSubject: x\r\nMIME-Version: 1.0\r\n",
        "X-Saved: a\n b\nMIME-Version: 1.0\n",
        "",
    ],
)  # fmt: skip
def test_a_web_archive_of_any_browser_and_name_is_read(start: str, name: str) -> None:
    decoded = read(archive(MODERN.encode(), "utf-8", start=start), name)
    assert (decoded.encoding, decoded.is_plain) == ("mht utf-8", False)
    assert spoken(archive(MODERN.encode(), "utf-8", start=start), name) == [TITLE, *BODY]


@pytest.mark.parametrize(
    ("encoding", "charset"), [("quoted-printable", "gb2312"), ("base64", "gb2312"), ("base64", "utf-8")]
)
def test_a_page_in_a_web_archive_is_unpacked_and_decoded(encoding: str, charset: str) -> None:
    page = FRAGMENT.encode("gb18030" if charset == "gb2312" else charset)
    assert spoken(archive(page, charset, encoding), "a.mht") == [TITLE, *BODY]


def test_a_web_archive_of_frames_is_read_from_the_frame_with_the_text() -> None:
    frames = '------=_Part\nContent-Type: text/html; charset="utf-8"\n\n<frameset><frame src=a></frameset>\n'
    assert spoken(archive(FRAGMENT.encode(), "utf-8", before=frames), "a.mht") == [TITLE, *BODY]


@pytest.mark.parametrize(
    "data",
    [b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: image/png\n\nx\n--b--\n"],
)
def test_a_web_archive_without_a_page_says_so(data: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"a\.mht: a web archive \(\.mht\) without a page that can be read"):
        read(data, "a.mht")


def test_a_speech_that_begins_like_a_letter_is_no_web_archive() -> None:
    assert read(f"From: 某人\n{FIRST}\n", "a.txt").encoding == "utf-8"
