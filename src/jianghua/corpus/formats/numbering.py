"""The numbers that Word writes before paragraphs: 一、 （一） 1. ①, with their starts, restarts and levels."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from jianghua.corpus.formats.elements import child, is_on, local, number, value
from jianghua.corpus.formats.numerals import format_number
from jianghua.corpus.formats.styles import Styles

BULLET_SIGN = "• "
"""What stands for a bullet of any form."""
_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_NO_SPACE_AFTER = re.compile("[、，．。：）】〕》]$")
_WORDS = re.compile(r"[\u3400-\u9fff].{0,40}[、．.）)：]|[（(][\u3400-\u9fff]")
"""A “bullet” that is a number or word typed by hand: 一、 （一） 附件："""


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

    def __init__(self, numbering: etree._Element | None, styles: Styles) -> None:
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
            target = abstract_of.get(self._styles.of(link).list)
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
        inherited = self._styles.of(style)
        name = value(child(own, "numId")) or inherited.list
        found = self._lists.get(name or "")
        if found is None:
            return ""
        at = number(value(child(own, "ilvl")))
        if at is None:
            linked = [index for index, level in found.levels.items() if style and level.style == style]
            at = linked[0] if linked else inherited.list_level or 0
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
        here = counts[at]
        counts[at] = _start(found, at) if here is None else here + 1
        for level in range(at + 1, _LEVELS):
            restart = found.levels[level].restart if level in found.levels else None
            if restart is None or at < restart:
                counts[level] = None
        # a higher level that has no paragraph yet shows its start in “1.1”, and still begins there when it comes
        return [_start(found, level) if count is None else count for level, count in enumerate(counts)]


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
    if level.kind == "bullet" and not _WORDS.search(level.text):
        return BULLET_SIGN if level.text.strip() else ""

    def written(match: re.Match[str]) -> str:
        place = int(match[1]) - 1
        kind = levels[place].kind if place in levels else "decimal"
        return format_number(counts[place], "decimal" if level.legal and kind != "none" else kind)

    text = _PLACE.sub(written, level.text).strip()
    return f"{text} " if text and level.space and not _NO_SPACE_AFTER.search(text) else text
