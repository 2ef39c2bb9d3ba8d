"""HTML → text: what a reader of the page sees, one line a block. Parsed by libxml2 (lxml), without scripts or network."""

import codecs
import re
from collections.abc import Iterator

from lxml import etree

from jianghua.corpus.decode import Decoded, decode
from jianghua.corpus.formats.flow import Flow
from jianghua.corpus.formats.limits import Limits
from jianghua.corpus.formats.numerals import format_number
from jianghua.corpus.markers import find_marker
from jianghua.corpus.script import simplify
from jianghua.errors import UnreadableError

_UNSEEN = re.compile(
    "head|script|style|nav|template|noscript|iframe|object|embed|applet|svg|canvas|audio|video|map|select|datalist|"
    "button|textarea|rt|rp|noframes"
)
_INLINE = re.compile(
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|img|ins|kbd|label|mark|nobr|output|q|ruby|rb|s|samp|"
    "small|span|strike|strong|sub|sup|time|tt|u|var|wbr|input|meta|link|area|html|body|o:p"
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])", re.IGNORECASE)
_NO_MARK = re.compile(r"list-style(?:-type)?\s*:[^;]{0,80}\bnone\b", re.IGNORECASE)
_CJK_MARK = re.compile(r"list-style(?:-type)?\s*:[^;]{0,80}(?:cjk-ideographic|chinese|trad-)", re.IGNORECASE)
_LIST_TYPES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_WHITE = re.compile("[ \t\n\r\f]+")
_WIDE = re.compile("[\u2014-\u2026\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef]")
_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*+=\s*+["']?\s*+([A-Za-z0-9_:.\-]{2,20})""", re.I
)
_CHARSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "cp936": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-x-big5": "big5hkscs",
}
"""Declared names → Python's codecs, each the superset that browsers use (WHATWG Encoding); others are not believed."""


def extract_html(data: bytes, name: str, limits: Limits) -> Decoded:
    """Text that a reader sees.

    Raises:
        UnreadableError: no text, nested too deeply, or in no known encoding.
        MemoryError: the limit of memory is reached.
    """
    page = decode_html(data, name)
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True, recover=True
    )
    source = page.text.replace("\0", "").encode("utf-8", "replace")
    try:
        root = etree.fromstring(source, parser)
    except etree.XMLSyntaxError:
        root = None
    for entry in parser.error_log:  # the parser stops at such errors and gives what it has so far
        if entry.type_name == "ERR_NO_MEMORY":
            raise MemoryError
        if entry.level_name == "FATAL":
            raise UnreadableError(
                f"{name}: HTML nested too deeply ({entry.message.split(',')[0].lower()} levels are accepted); "
                "open it in a browser, copy the text and save it as .txt"
            )
    if root is None:
        raise UnreadableError(f"{name}: the page holds no text; expected the text of a speech")
    flow = _Page(name, limits).read(root)
    return Decoded(flow.text(), f"html {page.encoding}", flow.marks())


def decode_html(data: bytes, name: str) -> Decoded:
    """Characters of a page: by byte order mark, as UTF-8 if it is that, as it declares, or as its statistics say.

    Raises:
        UnreadableError: in no known encoding.

    >>> decode_html('<meta charset="gb2312">镕基'.encode("gb18030"), "page.html").text[-2:]
    '镕基'
    """
    marked = data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    declared = _DECLARED.search(data[:4096])
    if declared is None or marked:
        return decode(data, name)
    try:
        # a page in UTF-8 that declares something else is common; the reverse is not UTF-8 by accident
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    charset = _CHARSETS.get(declared[1].decode("ascii").lower(), "utf-8")
    text = data.decode(charset, "replace")
    if text.count("\ufffd") * 100 <= len(text):
        return Decoded(text, charset)
    return decode(data, name)


class _Page:
    """Walks the tree without recursion and writes lines."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._flow = Flow(name, limits)
        self._pieces: list[str] = []
        self._lists: list[Iterator[str]] = []
        self._preformatted = 0

    def read(self, root: etree._Element) -> Flow:
        walk = etree.iterwalk(root, events=("start", "end"))
        unseen: etree._Element | None = None
        for event, node in walk:
            if event == "end":
                if node is unseen:
                    unseen = None
                else:
                    self._end(node)
                self._add(node.tail)
            elif _is_unseen(node):
                unseen = node
                walk.skip_subtree()
            else:
                self._begin(node)
                self._add(node.text)
        self._break()
        return self._flow

    def _begin(self, node: etree._Element) -> None:
        tag = str(node.tag)
        if not _INLINE.fullmatch(tag):
            self._break()
        if tag == "pre":
            self._preformatted += 1
        elif tag == "ol":
            self._lists.append(_numbers(node))
        elif tag in ("ul", "menu", "dir"):
            self._lists.append(iter(()))
        elif tag == "li" and self._lists:
            number = next(self._lists[-1], "")
            if number and find_marker(simplify(_opening(node))) is None:
                self._pieces.append(number)
        elif tag == "tr":
            self._flow.begin_row()
        elif tag in ("td", "th"):
            self._flow.begin_cell()

    def _end(self, node: etree._Element) -> None:
        tag = str(node.tag)
        if not _INLINE.fullmatch(tag):
            self._break()
        if tag == "pre":
            self._preformatted -= 1
        elif tag in ("ol", "ul", "menu", "dir"):
            self._lists.pop()
        elif tag == "tr":
            self._flow.end_row()
        elif tag in ("td", "th"):
            self._flow.end_cell()

    def _add(self, text: str | None) -> None:
        if not text:
            return
        if not self._preformatted:
            self._pieces.append(text)
            return
        *lines, last = text.split("\n")
        for line in lines:
            self._pieces.append(line)
            self._break()
        self._pieces.append(last)

    def _break(self) -> None:
        if self._pieces:
            text = "".join(self._pieces)
            self._flow.block(text.rstrip() if self._preformatted else _fold(text))
            self._pieces.clear()


def _is_unseen(node: etree._Element) -> bool:
    return (
        _UNSEEN.fullmatch(str(node.tag)) is not None
        or "hidden" in node.attrib
        or ("style" in node.attrib and bool(_HIDDEN.search(node.get("style", ""))))
    )


def _fold(text: str) -> str:
    """Fold white space as a browser does; a line end between two Chinese characters shows as nothing."""

    def space(match: re.Match[str]) -> str:
        around = text[match.start() - 1 : match.start()] + text[match.end() : match.end() + 1]
        return "" if "\n" in match[0] and len(_WIDE.findall(around)) == 2 else " "

    return _WHITE.sub(space, text).strip(" ")


def _opening(node: etree._Element) -> str:
    text = ""
    for piece in node.itertext():
        text = (text + str(piece)).lstrip()
        if len(text) > 20:
            break
    return text[:20]


def _numbers(node: etree._Element) -> Iterator[str]:
    """Numbers that a browser writes before the items of an ordered list."""
    style = node.get("style", "")
    if _NO_MARK.search(style):
        return
    kind = "chineseCounting" if _CJK_MARK.search(style) else _LIST_TYPES.get(node.get("type", ""), "decimal")
    number = _integer(node.get("start")) or 1
    for item in node.iterchildren("li"):
        if _NO_MARK.search(item.get("style", "")):
            yield ""
            continue
        number = _integer(item.get("value")) or number
        yield format_number(number, kind) + ("、" if kind == "chineseCounting" else ". ")
        number += 1


def _integer(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"[0-9]{1,9}", text) else None
