"""HTML → text: what a reader of the page sees, one line a block. Parsed by libxml2 (lxml), without scripts or network."""

import re
from collections.abc import Callable, Iterator

from lxml import etree

from jianghua.corpus.decode import Decoded, Mark, decode
from jianghua.corpus.formats.flow import Flow
from jianghua.corpus.formats.furniture import find_furniture, judged
from jianghua.corpus.formats.limits import Limits
from jianghua.corpus.formats.numerals import format_number
from jianghua.corpus.markers import find_marker
from jianghua.corpus.script import simplify
from jianghua.errors import UnreadableError

_UNSEEN = frozenset(
    re.split(
        " ",
        "head script style template noscript iframe object embed applet svg canvas audio video map select datalist button "
        "textarea rt rp noframes",
    )
)
_BLOCK = frozenset(
    re.split(
        " ",
        "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form "
        "frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol optgroup option p plaintext pre "
        "search section summary table tbody td tfoot th thead tr ul xmp",
    )
)
"""All other elements, known or not, stand in a line, unless they hold one of these."""
_PREFORMATTED = frozenset(("pre", "xmp", "listing", "plaintext"))
_NEVER = _UNSEEN - {"textarea", "template", "noscript"}
_META = ("meta", 0)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_AS_BLOCK = re.compile(r"display\s*:\s*(?:block|flex|grid|table|list-item)", re.IGNORECASE)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?![.\d])", re.IGNORECASE
)
_NO_MARK = re.compile(r"list-style(?:-type)?\s*:[^;]{0,80}\bnone\b", re.IGNORECASE)
_CJK_MARK = re.compile(r"list-style(?:-type)?\s*:[^;]{0,80}(?:cjk-ideographic|chinese|trad-)", re.IGNORECASE)
_LIST_TYPES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_WHITE = re.compile("[ \t\n\r\f]+")
_WIDE = re.compile("[\u2014-\u2026\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef]")
_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*+=\s*+["']?\s*+([A-Za-z0-9_:.\-]{2,20})""", re.I
)
_WIDE_TAG = re.compile(rb"^(?:\xff\xfe|\xfe\xff)|<\0[a-z!/?]\0|\0<\0[a-z!/?]", re.I)
_CHARSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "cp936": "gb18030",
    "gb18030-2022": "gb18030",
    "euc-cn": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-x-big5": "big5hkscs",
}
"""Declared names → Python's codecs, each the superset that browsers use (WHATWG Encoding); others are not believed."""
_WESTERN = ("windows-1252", "iso-8859-1", "us-ascii", "latin1")
_SOFT = "\v"
"""A line break that is no border, in text that is being collected."""
_INDENT = re.compile("[\u3000\u2003]{2}|[\xa0\u2002 ]{4}")
_TITLES = ("articletitle", "og:title", "dc.title", "twitter:title")
_PROPERTIES = {
    "date": ("pubdate", "publishdate", "article:published_time", "dc.date", "firstpublishedtime", "date"),
    "author": ("author", "article:author", "dc.creator", "contentsource"),
}
"""Names of `<meta>` by what they tell; those of the first row are prescribed for Chinese government sites."""
_PROSE = 100
"""Characters in sentences from which on a page is believed to show its text."""


def extract_html(data: bytes, name: str, limits: Limits, declared: str | None = None) -> Decoded:
    """Text that a reader sees, with menus, footers and the like marked as such.

    Args:
        declared: the charset that was sent with the page (of a web archive).

    Raises:
        UnreadableError: no text, nested too deeply, or in no known encoding.
        MemoryError: the limit of memory is reached.
    """
    page = decode_html(data, name, declared)
    root = _parsed(page.text, name)
    if root is None:
        raise UnreadableError(f"{name}: the page holds no text; expected the text of a speech")
    text, marks = _read(root, name, limits, _is_unseen)
    if prose_of(text) < _PROSE and any(_may_hide(node) for node in root.iter()):
        # the article may wait in a hidden element for a script that shows it
        _unpack(root, name)
        hidden = _read(root, name, limits, _is_never_seen)
        if prose_of(hidden[0]) > 2 * prose_of(text):
            text, marks = hidden
    if not text.strip() and next(root.iter("frame", "iframe"), None) is not None:
        raise UnreadableError(
            f"{name}: holds no text, only frames, whose pages are files of their own; name those, or open it in a browser, "
            "copy the text and save it as .txt"
        )
    if len(marks) > limits.lines:  # refused for it later
        return Decoded(text, f"html {page.encoding}")
    properties = _properties(root)
    titles = [title for title in (properties.get("title", ""), _title_of(root)) if title]
    return Decoded(text, f"html {page.encoding}", judged(text.split("\n")[:-1], marks, titles), properties)


def _parsed(text: str, name: str) -> etree._Element | None:
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True, recover=True
    )
    try:
        root = etree.fromstring(text.replace("\0", "").encode("utf-8", "replace"), parser)
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
    return root


def decode_html(data: bytes, name: str, declared: str | None = None) -> Decoded:
    """Characters of a page: by byte order mark, as UTF-8 if it is that, else as it makes sense; what it declares weighs little.

    Raises:
        UnreadableError: in no known encoding.

    >>> decode_html('<meta charset="gb2312">镕基'.encode("gb18030"), "page.html").text[-2:]
    '镕基'
    """
    if b"\0" in data and not _WIDE_TAG.search(data):  # browsers pass over them
        data = data.replace(b"\0", b"")
    named = _DECLARED.search(data)
    charset = (named[1].decode("ascii") if named else declared or "").lower()
    try:
        return decode(data, name, _CHARSETS.get(charset))
    except UnreadableError:
        # Word writes characters as entities and declares a Western encoding for the rest
        if charset in _WESTERN and data.count(b"&#") > 10:
            return Decoded(data.decode("cp1252", "replace"), "windows-1252")
        raise


def _read(
    root: etree._Element, name: str, limits: Limits, is_unseen: Callable[[etree._Element], bool]
) -> tuple[str, list[Mark]]:
    flow = _Page(name, limits, find_furniture(root, is_unseen), is_unseen).read(root)
    return flow.text(), flow.marks()


def prose_of(text: str) -> int:
    """Characters in lines that hold sentences."""
    return sum(len(line) for line in text.split("\n") if "。" in line)


def _unpack(root: etree._Element, name: str) -> None:
    """Turn the text of text areas into the elements that it is the source of."""
    for node in [*root.iter("textarea")]:
        inner = _parsed(f"<body>{node.text or ''}", name)
        node.tag = "div"
        if inner is not None:
            node.text = None
            node.extend([*inner.iter("body")])


def _title_of(root: etree._Element) -> str:
    found = root.find(".//title")
    return _fold("".join(found.itertext())) if found is not None else ""


def _properties(root: etree._Element) -> dict[str, str]:
    """What the head of the page says of it."""
    told: dict[str, str] = {}
    for node in root.iter("meta"):
        key = (node.get("name") or node.get("property") or "").lower()
        content = _fold(node.get("content") or "")
        if key and content:
            told.setdefault(key, content)
    found = {what: [told[key] for key in keys if key in told] for what, keys in _PROPERTIES.items()}
    found["title"] = [told[key] for key in _TITLES if key in told] or [title for title in [_title_of(root)] if title]
    return {what: values[0] for what, values in sorted(found.items()) if values}


class _Page:
    """Walks the tree without recursion and writes lines."""

    def __init__(
        self,
        name: str,
        limits: Limits,
        furniture: set[etree._Element],
        is_unseen: Callable[[etree._Element], bool],
    ) -> None:
        self._flow = Flow(name, limits)
        self._name, self._limits = name, limits
        self._pieces: list[str] = []
        self._lists: list[Iterator[str]] = []
        self._number = ""
        self._preformatted = 0
        self._furniture = furniture
        self._roles: list[tuple[str, int]] = []
        self._is_unseen = is_unseen
        self._blocks: set[etree._Element] = set()

    def read(self, root: etree._Element) -> Flow:
        """Write the lines below `root`."""
        self._blocks = _blocks(root)
        walk = etree.iterwalk(root, events=("start", "end"))
        unseen: etree._Element | None = None
        for event, node in walk:
            if event == "end":
                if node is unseen:
                    unseen = None
                else:
                    self._end(node)
                self._add(node.tail)
            elif self._is_unseen(node):
                unseen = node
                walk.skip_subtree()
            else:
                self._begin(node)
                self._add(node.text)
        self._break()
        return self._flow

    def _begin(self, node: etree._Element) -> None:
        tag = str(node.tag)
        if node in self._blocks:
            self._break()
        if node in self._furniture:
            self._break()
            self._roles.append(_META)
        elif tag in _HEADINGS:
            # a header may hold the page's own title; other headings in furniture are part of it
            self._roles.append(_META if _META in self._roles and tag != "h1" else ("heading", int(tag[1])))
        if tag == "br":
            self._pieces.append(_SOFT)
        elif tag in _PREFORMATTED:
            self._preformatted += 1
        elif tag == "ol":
            self._lists.append(_numbers(node))
        elif tag in ("ul", "menu", "dir"):
            self._lists.append(iter(()))
        elif tag == "li" and self._lists:
            number = next(self._lists[-1], "")
            if number and find_marker(simplify(_opening(node))) is None:
                self._number = number
        elif tag == "tr" and self._keeps_rows():
            self._flow.begin_row()
        elif tag in ("td", "th") and self._keeps_rows():
            self._flow.begin_cell()

    def _end(self, node: etree._Element) -> None:
        tag = str(node.tag)
        if node in self._blocks or node in self._furniture:
            self._break()
        if tag in _PREFORMATTED:
            self._preformatted -= 1
        elif tag in ("ol", "ul", "menu", "dir"):
            self._lists.pop()
        elif tag == "li":
            self._number = ""
        if tag == "tr" and self._keeps_rows():
            self._flow.end_row()
        elif tag in ("td", "th") and self._keeps_rows():
            self._flow.end_cell()
        if node in self._furniture or tag in _HEADINGS:
            self._roles.pop()

    def _keeps_rows(self) -> bool:
        return _META not in self._roles

    def _add(self, text: str | None) -> None:
        if text:
            self._pieces.append(text.replace("\n", _SOFT) if self._preformatted else text.replace(_SOFT, " "))

    def _break(self) -> None:
        """Write what was collected since the last border: a block of one line, or of several between line breaks."""
        if not self._pieces:
            return
        text = "".join(self._pieces)
        self._pieces.clear()
        fold = str.rstrip if self._preformatted else _fold
        if text.count(_SOFT) > self._limits.lines:
            raise UnreadableError(
                f"{self._name}: too many lines ({text.count(_SOFT):,}; accepted: up to {self._limits.lines:,}); "
                "split it into single speeches"
            )
        lines = [fold(line) for line in text.split(_SOFT)]
        for at, line in enumerate(lines):
            if not line.strip():
                continue
            following = lines[at + 1] if at + 1 < len(lines) else ""
            ends = True if not following.strip() or _INDENT.match(following) else None
            role, level = self._roles[-1] if self._roles else ("", 0)
            if role == "heading" and ends is None and not following.lstrip().startswith(("—", "─", "-")):
                ends = False
            mark = Mark(role, level, ends)
            self._flow.block(self._number + line.lstrip() if self._number else line, mark)
            self._number = ""


def _blocks(root: etree._Element) -> set[etree._Element]:
    """Elements that stand in lines of their own: those that do in every page, and unknown ones that hold such."""
    found: set[etree._Element] = set()
    for node in root.iter():
        tag = node.tag
        if not isinstance(tag, str):
            continue
        if tag in _BLOCK or ("style" in node.attrib and _AS_BLOCK.search(node.get("style", ""))):
            parent: etree._Element | None = node
            while parent is not None and parent not in found:
                found.add(parent)
                parent = parent.getparent()
    return found


def _may_hide(node: etree._Element) -> bool:
    return node.tag not in _NEVER and _is_unseen(node) if isinstance(node.tag, str) else False


def _is_never_seen(node: etree._Element) -> bool:
    return node.tag in _NEVER


def _is_unseen(node: etree._Element) -> bool:
    return (
        node.tag in _UNSEEN
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
