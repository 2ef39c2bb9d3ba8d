"""Outline markers at the beginning of a line: their level, their family, and the heading they introduce."""

import re
from typing import NamedTuple

_NUMERAL = "[一二三四五六七八九十百零〇]{1,4}"
_DOT = "[、.．，,:：]"

_MARKERS: list[tuple[str, int, str]] = [
    # family, level, pattern; the first that matches wins
    ("part", 0, rf"第\s*{_NUMERAL}\s*(?:部分|章|编)\s*[、.．，,:：]?"),
    ("han", 1, rf"{_NUMERAL}\s*[、.．]"),
    ("han_bracket", 2, rf"[（(〔\[【]\s*{_NUMERAL}\s*[）)〕\]】]\s*[、.．]?"),
    ("bracket", 4, r"[（(]\s*[\d０-９]{1,2}\s*[）)]\s*[、.．]?"),
    ("arabic", 3, r"[\d０-９]{1,2}\s*(?:、|[.．](?![\d０-９])|[）)])"),
    ("circled", 4, "[①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽]"),
    (
        "ordinal",
        4,
        rf"第\s*(?:{_NUMERAL}|\d{{1,2}})\s*(?:句话|个方面|个问题|个层面|个关键词|个|点|方面|件事|项|条|步|类|种|层意思)?\s*{_DOT}",
    ),
    (
        "is",
        4,
        r"[一二三四五六七八九十]{1,3}\s*(?:是|要|靠|看|抓|在|必须|需|应)(?!些|样|下|般|起|直|定|旦|致|切|道|律|同|面|边|方面|手|心|贯|时)",
    ),
    ("first", 4, r"(?:首先|其次|再次|再者|最后|其一|其二|其三|其四|其五|其六)[，,、：:]"),
    ("dash", 4, r"(?:——|──|―― ?|--)(?=.)"),
]
_MARKER = re.compile("|".join(f"(?P<{family}>{pattern})" for family, _, pattern in _MARKERS))
_FIRST = frozenset("第一二三四五六七八九十百零〇（(〔[【①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽首其再最—─―-")
"""What markers begin with, beside digits."""
_LEVEL = {family: level for family, level, _ in _MARKERS}
_IS_LEADER = re.compile(r"[是要靠看抓在须需应]$")
_CLAUSE_END = re.compile(r"[。！？!?；;：:]|(?<=[\u4e00-\u9fff”’》）)])[ \u3000]+(?=[\u4e00-\u9fff“《（(])")
_LONGEST_HEADING = 46


class Marker(NamedTuple):
    """An outline marker: `family` of its form, `level` from 0 (第一部分) to 4, and where it `end`s in the line."""

    family: str
    level: int
    end: int


def find_marker(line: str) -> Marker | None:
    """Marker at the beginning of a line in simplified characters, or None.

    >>> find_marker("一、提高认识"), find_marker("（二）抓落实"), find_marker("(3)检查")
    (Marker(family='han', level=1, end=2), Marker(family='han_bracket', level=2, end=3), Marker(family='bracket', level=4, end=3))
    >>> find_marker("1.5亿元的投资"), find_marker("一些同志认为"), find_marker("一是思想不够重视。").level
    (None, None, 4)
    """
    first = line[:1]
    match = _MARKER.match(line) if first in _FIRST or first.isdecimal() else None
    if match is None or match.lastgroup is None:
        return None
    return Marker(match.lastgroup, _LEVEL[match.lastgroup], match.end())


def run_in_heading(line: str, marker: Marker) -> str | None:
    """Heading that runs into its paragraph: the marker and the first clause, if that is short enough to be one.

    >>> line = "（一）加强内部协调。办公室内部各个科室要密切配合。"
    >>> run_in_heading(line, find_marker(line))
    '（一）加强内部协调'
    >>> line = "一是强化学习，提高本领，锤炼作风，" + "这样才能适应形势发展的需要，" * 3
    >>> run_in_heading(line, find_marker(line)) is None
    True
    """
    if marker.family in ("dash", "first"):
        return None
    end = _CLAUSE_END.search(line, marker.end)
    if end is None or end.start() - marker.end > _LONGEST_HEADING or end.start() == marker.end:
        return None
    return line[: end.start()].strip()


def stands_alone(line: str, marker: Marker) -> bool:
    """Whether a marked line is a heading by itself rather than the beginning of a paragraph.

    >>> stands_alone("二、抓住重点，务求实效", find_marker("二、抓住重点，务求实效"))
    True
    >>> line = "一要抓学习。组织干部逐条学。"
    >>> stands_alone(line, find_marker(line))
    False
    """
    if marker.family == "dash":
        return False
    body = line[marker.end :].strip()
    body = re.sub(r"[（(][^（）()]{0,6}略[）)][。]?$", "", body)
    if len(body) > 60:
        return False
    if re.search("[。！？!?；;]", body) or (len(body) > 40 and re.search("[：:]", body.rstrip("：:"))):
        return False
    return not body.endswith(("：", ":")) or marker.level <= 3


class HeadingPath:
    """Standing headings above the current line, outermost first.

    >>> path = HeadingPath()
    >>> for line in ("一、成绩", "（一）工业", "（二）农业", "二、任务"):
    ...     path.push(line, find_marker(line))
    ...     print(path.headings)
    ('一、成绩',)
    ('一、成绩', '（一）工业')
    ('一、成绩', '（二）农业')
    ('二、任务',)
    """

    def __init__(self) -> None:
        self._stack: list[tuple[str, str, int]] = []
        self.headings: tuple[str, ...] = ()
        """Texts of the headings, outermost first."""

    def push(self, heading: str, marker: Marker | None) -> None:
        """Put a standing heading in its place: below those of lower level, in place of its own family."""
        family, level = (marker.family, marker.level) if marker else ("unmarked", 5)
        self._stack = self._above(family, level)
        self._stack.append((heading, family, level))
        self.headings = tuple(entry[0] for entry in self._stack)

    def _above(self, family: str, level: int) -> list[tuple[str, str, int]]:
        kept: list[tuple[str, str, int]] = []
        for entry in self._stack:
            if entry[1] == family or entry[2] > level:
                break
            kept.append(entry)
        return kept

    def with_run_in(self, heading: str, marker: Marker) -> tuple[str, ...]:
        """Path of a paragraph that carries its own heading; the path itself does not change."""
        return (*(entry[0] for entry in self._above(marker.family, marker.level)), heading)
