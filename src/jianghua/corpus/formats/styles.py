"""What the styles of a Word document say of a paragraph: its role, its list, its indent, whether it is shown at all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from jianghua.corpus.formats.elements import child, is_on, local, number, value

_DEPTH = 50
"""Styles that may be based on one another; Word allows eleven."""
BODY_LEVEL = 9
"""`w:outlineLvl` of body text; 0 to 8 are headings."""

_LONGEST_NAME = 80
_TITLE = re.compile(r"title|(?:文章|文档|文件|公文|主|大|总|正)?(?:标题|標題)|题目|題目")
_SUBTITLE = re.compile(r"subtitle|副(?:标题|標題)")
_HEADING = re.compile(
    r"(?:heading|标题|標題)\s*([1-9一二三四五六七八九])|.{0,6}?([一二三四五六七八九1-9])级(?:标题|標題)"
)
_CONTENTS = re.compile(
    r"(?:toc|contents|index|table of (?:contents|figures|authorities)|toa|(?:图表)?目录|目錄|目次|索引)"
    r"\s*(?:heading|标题|標題)?\s*[1-9]?"
)
_NUMERALS = "一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Style:
    """What a style, with the styles that it is based on, gives its paragraphs (or its runs)."""

    role: str = ""
    """title, subtitle, heading, contents, or nothing."""
    level: int = 0
    """1 to 9 for a heading."""
    hidden: bool | None = None
    indented: bool | None = None
    """Whether the first line is set in; None where nothing is said of it."""
    list: str | None = None
    list_level: int | None = None


class Styles:
    """The styles of a document, each looked through once."""

    def __init__(self, styles: etree._Element | None) -> None:
        self._nodes: dict[str, etree._Element] = {}
        self._found: dict[str, Style] = {}
        self.default = ""
        for node in styles if styles is not None else ():
            name = value(node, "styleId")
            if local(node) != "style" or name is None:
                continue
            self._nodes[name] = node
            if value(node, "type") == "paragraph" and value(node, "default") in ("1", "true", "on"):
                self.default = name

    def of(self, name: str | None) -> Style:
        """Style of that identifier; one that is not defined is judged by its identifier (“Heading1”)."""
        name = name or self.default
        style = self._found.get(name)
        if style is None:
            style = self._found[name] = self._resolve(name)
        return style

    def _chain(self, name: str) -> Iterator[etree._Element]:
        for _ in range(_DEPTH):
            node = self._nodes.get(name)
            if node is None:
                return
            yield node
            name = value(child(node, "basedOn")) or ""

    def _resolve(self, name: str) -> Style:
        role: tuple[str, int] | None = None if name in self._nodes else _by_name(name)
        hidden = indented = list_name = list_level = None
        for node in self._chain(name):
            properties = child(node, "pPr")
            if role is None:
                role = _by_name(value(child(node, "name")) or "")
                outline = number(value(child(properties, "outlineLvl")))
                if outline is not None and (role is None or role[0] == "heading"):
                    role = ("heading", outline + 1) if 0 <= outline < BODY_LEVEL else ("", 0)
            if hidden is None:
                vanish = child(node, "rPr", "vanish")
                hidden = None if vanish is None else is_on(vanish)
            if indented is None:
                indented = is_indented(properties)
            own = child(properties, "numPr")
            list_name = list_name or value(child(own, "numId"))
            list_level = number(value(child(own, "ilvl"))) if list_level is None else list_level
        role = role or ("", 0)
        return Style(role[0], role[1], hidden, indented, list_name, list_level)


def is_indented(properties: etree._Element | None) -> bool | None:
    """Whether these properties set the first line in; None where they do not say."""
    indent = child(properties, "ind")
    amounts = [number(value(indent, name)) for name in ("firstLineChars", "firstLine")]
    if all(amount is None for amount in amounts):
        return None
    return any(amount is not None and amount > 0 for amount in amounts)


def _by_name(name: str) -> tuple[str, int] | None:
    """Role and level that the name of a style promises.

    >>> _by_name("heading 2"), _by_name("标题 1"), _by_name("公文二级标题"), _by_name("标题"), _by_name("TOC 1")
    (('heading', 2), ('heading', 1), ('heading', 2), ('title', 0), ('contents', 0))
    >>> _by_name("Normal") is None
    True
    """
    name = name[:_LONGEST_NAME].strip().lower()
    heading = _HEADING.fullmatch(name)
    if heading is not None:
        digit = heading[1] or heading[2]
        return "heading", _NUMERALS.index(digit) + 1 if digit in _NUMERALS else int(digit)
    for pattern, role in ((_TITLE, "title"), (_SUBTITLE, "subtitle"), (_CONTENTS, "contents")):
        if pattern.fullmatch(name):
            return role, 0
    return None
