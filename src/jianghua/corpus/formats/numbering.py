"""The numbers that Word writes before paragraphs: 一、 （一） 1. ①, with their starts, restarts and levels."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from jianghua.corpus.formats.numerals import format_number

_DEPTH = 50
"""Styles that may be based on one another; Word allows eleven."""
_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_NO_SPACE_AFTER = re.compile("[、，．。：）】〕》]$")


def local(node: etree._Element) -> str:
    """Name of an element or attribute without its namespace (the strict and the usual form of docx differ in it)."""
    return str(node.tag).rpartition("}")[2]


def child(node: etree._Element | None, *path: str) -> etree._Element | None:
    """First descendant along the names of `path`."""
    for name in path:
        node = next((below for below in node if local(below) == name), None) if node is not None else None
    return node


def value(node: etree._Element | None, name: str = "val") -> str | None:
    """Attribute of that name in any namespace."""
    if node is None:
        return None
    return next((str(text) for key, text in node.attrib.items() if str(key).rpartition("}")[2] == name), None)


def number(text: str | None) -> int | None:
    """Whole number in an attribute; None where it is missing or no sensible number."""
    return int(text) if text is not None and re.fullmatch(r"-?[0-9]{1,9}", text) else None


@dataclass(slots=True)
class Level:
    """One level of a list: how its number is written and where it starts over."""

    kind: str = "decimal"
    text: str = ""
    start: int = 1
    restart: int | None = None
    """Level (from 1) whose paragraphs let this one start over; 0 never, None: every higher level."""
    space: bool = True
    legal: bool = False
    style: str | None = None


@dataclass(slots=True)
class _List:
    """A list instance (`w:num`): its levels and, per level, a start of its own."""

    abstract: str
    levels: dict[int, Level]
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Numbers the paragraphs of a document in their order."""

    def __init__(self, numbering: etree._Element | None, styles: "Styles") -> None:
        self._styles = styles
        self._abstracts: dict[str, dict[int, Level]] = {}
        self._lists: dict[str, _List] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._begun: set[tuple[str, int]] = set()
        links: dict[str, str] = {}
        nums = []
        for node in numbering if numbering is not None else ():
            if local(node) == "abstractNum":
                name = value(node, "abstractNumId") or ""
                self._abstracts[name] = dict(_levels(node))
                link = value(child(node, "numStyleLink"))
                if link:
                    links[name] = link
            elif local(node) == "num":
                nums.append(node)
        abstract_of = {value(num, "numId"): value(child(num, "abstractNumId")) or "" for num in nums}
        for name, link in links.items():
            target = abstract_of.get(self._styles.numbering(link)[0])
            self._abstracts[name] = self._abstracts.get(target or "", {})
        for num in nums:
            self._add(num, abstract_of[value(num, "numId")])

    def _add(self, num: etree._Element, abstract: str) -> None:
        found = _List(abstract, dict(self._abstracts.get(abstract, {})))
        for override in num:
            level = number(value(override, "ilvl"))
            if local(override) != "lvlOverride" or level is None:
                continue
            found.levels.update(_levels(override))
            start = number(value(child(override, "startOverride")))
            if start is not None:
                found.starts[level] = start
        self._lists[value(num, "numId") or ""] = found

    def next(self, properties: etree._Element | None) -> str:
        """Number of the next paragraph, whose `w:pPr` is given; empty where it has none."""
        style = value(child(properties, "pStyle")) or self._styles.default
        own = child(properties, "numPr")
        inherited, inherited_level = self._styles.numbering(style)
        name = value(child(own, "numId")) or inherited
        found = self._lists.get(name or "")
        if found is None:
            return ""
        at = number(value(child(own, "ilvl")))
        if at is None:
            linked = [index for index, level in found.levels.items() if style and level.style == style]
            at = linked[0] if linked else inherited_level or 0
        if not 0 <= at < _LEVELS or at not in found.levels:
            return ""
        counts = self._count(name or "", found, at)
        return _write(found.levels, at, counts)

    def _count(self, name: str, found: _List, at: int) -> list[int]:
        """Count one paragraph at level `at`; lists made from one definition go on counting together."""
        counts = self._counts.setdefault(found.abstract, [None] * _LEVELS)
        for level in range(at + 1):
            if level in found.starts and (name, level) not in self._begun:
                self._begun.add((name, level))
                counts[level] = None
        for level in range(at):
            if counts[level] is None:
                counts[level] = _start(found, level)
        here = counts[at]
        counts[at] = _start(found, at) if here is None else here + 1
        for level in range(at + 1, _LEVELS):
            restart = found.levels[level].restart if level in found.levels else None
            if restart is None or at < restart:
                counts[level] = None
        return [count or 0 for count in counts]


def _start(found: _List, level: int) -> int:
    return found.starts.get(level, found.levels[level].start if level in found.levels else 1)


def _levels(node: etree._Element) -> Iterator[tuple[int, Level]]:
    for below in node:
        index = number(value(below, "ilvl"))
        if local(below) != "lvl" or index is None:
            continue
        start = number(value(child(below, "start")))
        yield (
            index,
            Level(
                kind=value(_format(below)) or "decimal",
                text=(value(child(below, "lvlText")) or "")[:200],
                start=1 if start is None else start,
                restart=number(value(child(below, "lvlRestart"))),
                space=(value(child(below, "suff")) or "tab") != "nothing",
                legal=is_on(child(below, "isLgl")),
                style=value(child(below, "pStyle")),
            ),
        )


def _format(level: etree._Element) -> etree._Element | None:
    """`w:numFmt`, which newer versions of Word wrap together with a fallback where it is one of their own."""
    direct = child(level, "numFmt")
    return direct if direct is not None else child(level, "AlternateContent", "Fallback", "numFmt")


def _write(levels: dict[int, Level], at: int, counts: list[int]) -> str:
    level = levels[at]
    if level.kind == "bullet":
        return "• " if level.text.strip() else ""

    def written(match: re.Match[str]) -> str:
        place = int(match[1]) - 1
        kind = levels[place].kind if place in levels else "decimal"
        return format_number(counts[place], "decimal" if level.legal and kind != "none" else kind)

    text = _PLACE.sub(written, level.text).strip()
    return f"{text} " if text and level.space and not _NO_SPACE_AFTER.search(text) else text


def is_on(node: etree._Element | None) -> bool:
    """Whether a switch such as `w:vanish` is there and not turned off."""
    return node is not None and value(node) not in ("0", "false", "off")


class Styles:
    """What paragraphs inherit from their styles: numbering and the indent of the first line."""

    def __init__(self, styles: etree._Element | None) -> None:
        self._properties: dict[str, etree._Element | None] = {}
        self._based: dict[str, str] = {}
        self.default = ""
        for node in styles if styles is not None else ():
            name = value(node, "styleId")
            if local(node) != "style" or name is None:
                continue
            self._properties[name] = child(node, "pPr")
            self._based[name] = value(child(node, "basedOn")) or ""
            if value(node, "type") == "paragraph" and value(node, "default") in ("1", "true", "on"):
                self.default = name

    def _chain(self, style: str) -> Iterator[etree._Element]:
        for _ in range(_DEPTH):
            properties = self._properties.get(style)
            if properties is not None:
                yield properties
            style = self._based.get(style, "")
            if not style:
                return

    def numbering(self, style: str) -> tuple[str | None, int | None]:
        """List and level that a style gives its paragraphs."""
        name: str | None = None
        level: int | None = None
        for properties in self._chain(style):
            given = child(properties, "numPr")
            name = name or value(child(given, "numId"))
            level = number(value(child(given, "ilvl"))) if level is None else level
        return name, level

    def is_indented(self, properties: etree._Element | None) -> bool:
        """Whether the first line of a paragraph is set in, by itself or by its style."""
        style = value(child(properties, "pStyle")) or self.default
        for given in [*([properties] if properties is not None else []), *self._chain(style)]:
            indent = child(given, "ind")
            amounts = [number(value(indent, name)) for name in ("firstLineChars", "firstLine")]
            if any(amount is not None for amount in amounts):
                return any(amount is not None and amount > 0 for amount in amounts)
        return False
