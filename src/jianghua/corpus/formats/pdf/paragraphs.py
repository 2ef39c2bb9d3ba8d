"""Rows of all pages → lines with marks: where the page itself shows that a paragraph ends, and that it does not."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from jianghua.corpus.formats.pdf.columns import Row
from jianghua.corpus.formats.pdf.margins import Margins, margins_of

_INDENT = (1.2, 4.5)
"""First-line indents, in sizes of the type."""
_AT_MARGIN = 0.7
_SPARE = 0.6
"""Room, in sizes of the type, that has to be left behind the next word for a line to have been ended on purpose."""
_WIDER = 1.18
_FAR_WIDER = 1.5
"""Distance of lines, as a share of the usual one in paragraphs, that parts them, and where indents do so already."""
_FULL = 1.5
"""Room left at the end of a full line, in sizes of the type."""
_STEPS = 20
_REST = 5
"""Characters of the end of a title that could be a name by their number."""
_LARGER = 1.15
"""Size of titles, as a share of their region's, from which size shows them."""
_SAME_SIZE = 0.12
_TERMINAL = re.compile(r"[。！？!?；;：:…][”’」』）)】]*$")
MARKER = re.compile(
    r"[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[）)]|第[一二三四五六七八九十]{1,3}(?:章|节|部分|[，,、])|\d{1,2}[、.．](?!\d)|[①-⑳⑴-⒇●•▪■◆]"
)
_NO_LINE_BEGINS = frozenset("，。、；：！？,.;:!?）)》〉”’」』】〕…—％%")
_WORD = re.compile(r"[\x21-\x7e\u00c0-\u024f]+")
_TITLE_ENDS = re.compile(r"(?:讲话|发言|致辞|致词|报告|主持词|提纲|讲稿|党课|要点)(?:稿)?$")
_NO_TITLE_GOES_ON = re.compile(
    r"^(?:——|—|[-－（(【〔\[]|[一-鿿]{1,3}\s?[一-鿿]{1,2}$|.{0,12}\d{4}年|[二○〇零一三四五六七八九]{4}年)"
)


@dataclass(slots=True)
class Placed:
    """A row with what surrounds it."""

    row: Row
    margins: Margins
    region: int

    @property
    def indent(self) -> float:
        """Distance of its beginning from the margin, in sizes of the type."""
        return (self.row.left - self.margins.left) / self.margins.size

    @property
    def spare(self) -> float:
        """Room behind its end, in sizes of the type."""
        return (self.margins.right - self.row.right) / self.margins.size

    @property
    def is_indented(self) -> bool:
        return _INDENT[0] <= self.indent <= _INDENT[1]

    @property
    def is_centred(self) -> bool:
        indent, spare = self.indent, self.spare
        off = abs(indent - spare)
        return min(indent, spare) > 0.5 and off < (0.4 if min(indent, spare) < 2 else max(1.0, 0.1 * (indent + spare)))


class Style:
    """How the file sets its paragraphs."""

    def __init__(self, rows: Sequence[Placed]) -> None:
        pairs = [
            (row, after, (after.row.base - row.row.base) / row.row.size)
            for row, after in pairwise(rows)
            if row.region == after.region and _same_size(row.row, after.row)
        ]
        self.indented = any(
            row.is_indented and after.indent < _AT_MARGIN and row.spare < 3 and not row.is_centred
            for row, after in pairwise(rows)
        )
        """Whether the first lines of paragraphs are indented."""
        self.items_at_margin = any(_begins_item(row, after) and row.spare >= 3 for row, after in pairwise(rows))
        """Whether numbered items are not, though other paragraphs may be."""
        usual = Counter(
            round(step * _STEPS)
            for row, after, step in pairs
            if 0.8 < step < 4 and row.spare < _FULL and after.indent < _AT_MARGIN
        ) or Counter(round(step * _STEPS) for _, _, step in pairs if 0.8 < step < 4)
        self._widest = max(usual, key=lambda at: (usual[at], -at), default=1.5 * _STEPS) / _STEPS
        self._widest *= _FAR_WIDER if self.indented else _WIDER
        self.spaced = sum(self.is_wider(step) for _, _, step in pairs) >= 2
        """Whether paragraphs are parted by wider distances."""

    def is_wider(self, step: float) -> bool:
        """Whether lines at this distance, in sizes of the type, belong to two paragraphs."""
        return step > self._widest


def placed_rows(regions: Sequence[list[Row]]) -> list[Placed]:
    """All rows in the order in which they are read, with the margins of their regions."""
    return [
        Placed(row, margins, index)
        for index, (region, margins) in enumerate(zip(regions, margins_of(regions), strict=True))
        for row in region
    ]


def ends_of(rows: Sequence[Placed], style: Style) -> Iterator[bool | None]:
    """For each row whether a paragraph ends with it; None where the page does not show."""
    first = True
    for row, after in pairwise(rows):
        ends = _ends(row, after, style, first)
        yield ends
        first = ends is not False
    if rows:
        yield True


def _ends(row: Placed, after: Placed, style: Style, first: bool) -> bool | None:
    if not _same_size(row.row, after.row):
        return True
    if row.region == after.region and style.is_wider((after.row.base - row.row.base) / row.row.size):
        return True
    if after.is_centred and row.row.size > _LARGER * row.margins.size and _title_goes_on(row.row.text, after.row.text):
        return False  # its first line is full
    if row.is_centred and not (row.indent < _INDENT[1] and style.indented and abs(row.indent - 2) < 0.5):
        return not (after.is_centred and _title_goes_on(row.row.text, after.row.text))
    if _is_hanging(row, after, first):
        return False
    if after.indent > _AT_MARGIN and (first or abs(after.row.left - row.row.left) > 0.3 * row.row.size):
        return True
    if after.indent > _AT_MARGIN and style.indented:
        return True
    if row.spare >= _first_word(after.row.text) + _SPARE:
        return True
    if style.items_at_margin and _begins_item(row, after):
        return True
    if style.indented or style.spaced or not _TERMINAL.search(row.row.text):
        return False
    return True if MARKER.match(after.row.text) else None


def _begins_item(row: Placed, after: Placed) -> bool:
    """Whether a numbered line at the margin follows the end of a sentence."""
    return (
        after.indent < _AT_MARGIN
        and MARKER.match(after.row.text) is not None
        and _TERMINAL.search(row.row.text) is not None
    )


def _is_hanging(row: Placed, after: Placed, first: bool) -> bool:
    """Whether the lines of an item stand below its text rather than below its marker."""
    marker = MARKER.match(row.row.text)
    return (
        first
        and marker is not None
        and row.indent < after.indent
        and after.indent - row.indent < marker.end() + 1
        and row.spare < 2
        and not MARKER.match(after.row.text)
        and not _TERMINAL.search(row.row.text)
    )


def _title_goes_on(title: str, after: str) -> bool:
    if _TITLE_ENDS.search(title) or _TERMINAL.search(title):
        return False
    is_rest = len(after) <= _REST and _TITLE_ENDS.search(after) is not None  # “会上的讲话” is no name
    return is_rest or not _NO_TITLE_GOES_ON.match(after)


def _same_size(row: Row, after: Row) -> bool:
    return abs(row.size - after.size) <= _SAME_SIZE * max(row.size, after.size)


def _first_word(text: str) -> float:
    """Width of what cannot be parted at the beginning of a line, in sizes of the type.

    >>> _first_word("长，同比"), _first_word("2024年")
    (2.0, 2.0)
    """
    word = _WORD.match(text)
    end = word.end() if word else 1
    width = end * 0.5 if word else 1.0
    while end < len(text) and text[end] in _NO_LINE_BEGINS and end < 40:
        width += 1.0
        end += 1
    return min(width, 20.0)
