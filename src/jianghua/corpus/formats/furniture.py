"""What of a web page is not the speech: menus, breadcrumbs, share bars, lines with date and source, footers, lists of links.

Readers of pages for machines (trafilatura, readability, jusText) drop what they take for furniture, and with it now and
then a heading or a last paragraph. Here nothing is dropped: lines are told apart and stay in their places. Elements are
judged by what they are called and by how much of their text is links; lines, by what they say and where they stand.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from lxml import etree

from jianghua.corpus.decode import Mark

_TAGS = frozenset(("nav", "footer", "header", "aside", "menu"))
_ROLES = frozenset(("navigation", "banner", "contentinfo", "complementary", "search", "menu", "menubar", "toolbar"))
_NAMES = frozenset(
    re.split(
        " ",
        "nav navbar navigation navi menu menus submenu mainmenu topnav mainnav subnav sidenav breadcrumb breadcrumbs crumb crumbs "
        "breadcrumbnav footer foot bottom copyright share sharebox bdshare bdsharebuttonbox social sidebar aside related relevant "
        "relate xgyd xgxx recommend hot hotnews friendlink friendlinks flink yqlj links pager pagination pagebar prevnext prenext "
        "comment comments login search searchbox toolbar topbar header banner logo qrcode ewm erweima fontsize print dqwz weizhi "
        "position location mbx gotop backtop advert ads xxgk info source pubtime pubdate articleinfo articlemeta meta xilan-info "
        "msotoc msoheader msofooter toc catlinks mw-editsection navbox",
    )
)
"""What elements of furniture are called (class and id), in English and in the short forms of Chinese templates."""
_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_LINKS = 0.5
"""Share of its characters from which on text in links makes a list of links."""
_PROSE_SHARE = 0.2
"""Furniture holds less of the page's sentences than this."""
_HOLDS_ALL = frozenset(("html", "body", "article", "main"))
_LISTED = frozenset(
    ("div", "ul", "ol", "dl", "p", "td", "th", "table", "tr", "tbody", "section", "li", "dd", "dt", "form")
)
_SPEAKS = re.compile(r"[\u3400-\u9fffA-Za-z0-9]")
_STOP = re.compile(r"[。！？；]")
_STOPS = tuple("。！？；：…!?;:")
_CLOSING = "”’」』》）)】〕]\u3000 "

_LABEL = (
    r"(?:(?:发布|发表|更新|发稿|上传|录入|添加|成文|生成|印发|信息)?(?:日期|时间)|(?:信息|文章|稿件|新闻|内容)?来源|作者|责任编辑|责编|编辑|审核|校对|录入|供稿|撰稿|"
    r"(?:浏览|点击|阅读|访问|查看)(?:次数|量|数|率)?|人气|字[体号](?:大小)?|视力保护色|分享(?:到|至)?|索引号|发布机构|发文机关|信息分类|主题分类|文号|发文字号|主题词|有效性|关键词|标签|栏目|分类)"
)
_INFO = re.compile(rf"^[【\[（(〔\s]*{_LABEL}\s*[:：]|[\s\u3000|｜【\[]{_LABEL}\s*[:：]")
_FIELD = re.compile(rf"{_LABEL}\s*[:：]")
_FURNITURE = re.compile(
    r"^(?:您?(?:现在|当前|目前)?的?所?在?(?:的)?位置|当前位置|首页\s*[>»›/|]|网站首页$|首页$|(?:上|下)一[篇条页则个章](?:[:：\s]|$)|"
    r"(?:相关|推荐|延伸|热门|最新|更多|精彩)(?:链接|阅读|文章|新闻|报道|信息|文档|稿件|推荐|内容|文件|解读|专题)[:：]?$|猜你喜欢|扫一扫|扫码|扫描二维码|微信扫|手机扫|用微信|分享(?:到|至)?[:：]?|"
    r"[【\[]?(?:我要)?(?:打印|关闭|返回|收藏|纠错|下载|顶部)(?:本页|本文|窗口|页面|此页|首页|顶部|列表|收藏)?[】\]]?(?:[\s\u3000|]|[【\[]|$)|"
    r"(?:网站地图|联系我们|关于我们|无障碍|适老|隐私|网站声明|法律声明|使用帮助|设为首页|加入收藏|登录|注册|繁体|简体|English|手机版)(?:[\s\u3000|｜]|$)|"
    r"地址[:：]|邮编[:：]|(?:联系)?电话[:：]|主办(?:单位)?[:：]|承办(?:单位)?[:：]|协办(?:单位)?[:：]|技术支持[:：]|运行维护[:：]|您是第.{0,14}位|字[体号][:：]|【?字[体号]|大\s*中\s*小)|"
    r"[\u4e00-\u9fff]ICP[备证]|ICP备|公网安备|网站标识码|版权所有|(?i:copyright|all rights reserved|©)|(?:访问|浏览)量[:：]|建议使用.{0,20}浏览器"
)
_SITE = re.compile(r"本(?:网站|站|网)|版权|转载|侵权|浏览器|客户端下载")
_SEPARATORS = re.compile(r"(?<!\s)\s*+[-_|｜—–~·»>]++\s*+|[-_|｜—–~·»>]++\s*+")


class Counts:
    """Characters of an element: all, in links, in sentences; and its links."""

    __slots__ = ("linked", "links", "prose", "total")

    def __init__(self) -> None:
        self.total = self.linked = self.links = self.prose = 0

    def add(self, other: "Counts") -> None:
        """Count what a child holds."""
        self.total += other.total
        self.linked += other.linked
        self.links += other.links
        self.prose += other.prose

    def read(self, text: str | None, in_link: bool) -> None:
        """Count a piece of text."""
        if text is None or not (length := len(_SPEAKS.findall(text))):
            return
        self.total += length
        if in_link:
            self.linked += length
        elif _STOP.search(text) and not _SITE.search(text):
            self.prose += length


def find_furniture(root: etree._Element, is_unseen: Callable[[etree._Element], bool]) -> set[etree._Element]:
    """Elements whose lines are furniture; the elements below them are not named again. One pass, from the leaves up."""
    stack = [Counts()]
    named: list[tuple[etree._Element, int]] = []
    found: set[etree._Element] = set()
    in_link = 0
    unseen: etree._Element | None = None
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, node in walk:
        if event == "start":
            if is_unseen(node):
                unseen = node
                walk.skip_subtree()
                continue
            if _is_plain(node):
                stack[-1].read(node.text, in_link > 0)
                continue
            stack.append(Counts())
            if _is_link(node):
                in_link += 1
                stack[-1].links += 1
            stack[-1].read(node.text, in_link > 0)
            continue
        if node is unseen:
            unseen = None
        elif not _is_plain(node):
            counts = stack.pop()
            in_link -= _is_link(node)
            if (
                node.tag in _LISTED
                and counts.links >= 2
                and counts.prose < 40
                and counts.linked >= _LINKS * counts.total
            ):
                found.add(node)
            elif node.tag not in _HOLDS_ALL and counts.total and _is_named(node):
                named.append((node, counts.prose))
            stack[-1].add(counts)
        stack[-1].read(node.tail, in_link > 0)
    page = stack[0].prose
    found.update(node for node, prose in named if prose <= _PROSE_SHARE * page)
    return found


def _is_plain(node: etree._Element) -> bool:
    return len(node) == 0 and not node.attrib and node.tag != "a" and node.tag not in _TAGS


def _is_link(node: etree._Element) -> bool:
    return node.tag == "a" and ("href" in node.attrib or not ("name" in node.attrib or "id" in node.attrib))


def _is_named(node: etree._Element) -> bool:
    if node.tag in _TAGS or node.get("role") in _ROLES:
        return True
    names = f"{node.get('class', '')} {node.get('id', '')}"
    if names == " ":
        return False
    words = names.lower().split()
    return any(word in _NAMES for word in words) or any(
        part.lower() in _NAMES for part in _NAME.findall(names) if len(part) > 2
    )


def judged(lines: Sequence[str], marks: Sequence[Mark], titles: Iterable[str]) -> list[Mark]:
    """Marks with the page's title found, and lines that only pages have told apart by what they say and where they stand.

    Args:
        titles: what the page itself is called, in its head.

    >>> lines = ["首页", "在全县会议上的讲话", "来源：县政府办", "今年任务很重，大家都要把工作抓实抓细抓好。", "上一篇：通知"]
    >>> [mark.role for mark in judged(lines, [Mark(ends=True)] * 5, ["在全县会议上的讲话-某县政府网"])]
    ['meta', 'title', 'meta', '', 'meta']
    """
    found = list(marks)
    body = [at for at, line in enumerate(lines) if found[at].role == "" and _is_prose(line)]
    first, last = (body[0], body[-1]) if body else (len(lines), -1)
    title = _title(lines[:first], found, titles)
    more = title
    while 0 <= more < len(lines) - 1 and found[more].role == "heading" and found[more].ends is not True:
        more += 1  # its other lines
    for at, line in enumerate(lines):
        if title <= at <= more and title >= 0:
            found[at] = found[at]._replace(role="title", level=0)
        elif found[at].role == "meta" or first <= at <= last:
            continue
        elif (at < title and not _is_prose(line)) or is_furniture(line):
            found[at] = found[at]._replace(role="meta", level=0)
    for at in range(len(lines) - 1, last, -1):  # a heading of a list of links
        if found[at].role == "heading":
            found[at] = found[at]._replace(role="meta", level=0)
        elif found[at].role != "meta":
            break
    return found


def is_furniture(line: str) -> bool:
    """Whether a line at the edge of a page is a menu, says where the page is from, or what belongs to it.

    >>> [is_furniture(line) for line in ("来源：县政府办　浏览次数：12", "主办：某市政府", "来源于群众的意见，我们要认真办。")]
    [True, True, False]
    """
    line = line.strip()
    if len(line) > 150 or "。" in line:
        return False
    return any(pattern.search(line) for pattern in (_FURNITURE, _INFO)) or len(_FIELD.findall(line)) >= 2


def _is_prose(line: str) -> bool:
    line = line.strip()
    if len(line) < 20 or not ("。" in line or line.rstrip(_CLOSING).endswith(_STOPS)):
        return False
    return not _SITE.search(line) and not (len(line) < 150 and _INFO.search(line) and "。" not in line)


def _title(head: Sequence[str], marks: Sequence[Mark], titles: Iterable[str]) -> int:
    """Place of the title in the lines before the first sentence, or -1."""
    whole = {"".join(title.split()) for title in titles}
    known = whole | {"".join(part.split()) for title in titles for part in _SEPARATORS.split(title)}
    for at, line in enumerate(head):
        name = "".join(line.split())
        named = len(name) >= 6 and (name in known or (len(name) >= 10 and any(t.startswith(name) for t in whole)))
        if named and marks[at].role in ("", "heading"):
            return at
    top = [
        at
        for at, mark in enumerate(marks)
        if mark.role == "heading"
        and mark.level == 1
        and not (at and marks[at - 1][:2] == mark[:2] and not marks[at - 1].ends)
    ]
    return top[0] if len(top) == 1 and top[0] < len(head) else -1
