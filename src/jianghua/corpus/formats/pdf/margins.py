"""Where the lines of each region begin and end when they are full, taken from all regions of a file that look alike."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from jianghua.corpus.formats.pdf.columns import Row

_ENOUGH = 5
"""Rows from which a region has margins of its own."""
_NEAR = 0.6
"""Sizes of the type by which edges may differ."""
_HANGING = 1.6
"""The same for the right edge, where punctuation may hang over it."""


class Margins(NamedTuple):
    """Edges of the full lines of a region, and the size of its type, in points."""

    left: float
    right: float
    size: float


def margins_of(regions: Sequence[list[Row]]) -> list[Margins]:
    """Margins of each region. One with few lines has those of a region with many that it fits into."""
    known: list[Margins] = []
    found: dict[int, Margins] = {}
    for index in sorted(range(len(regions)), key=lambda index: -len(regions[index])):
        own, certain = _own(regions[index])
        fitting = [other for other in known if _fits(own, other, certain)]
        if fitting:
            found[index] = min(fitting, key=lambda other: abs(other.right - own.right) + abs(other.left - own.left))
        else:
            found[index] = own
            known.append(own)
    return [found[index] for index in range(len(regions))]


def _own(rows: list[Row]) -> tuple[Margins, bool]:
    """Margins by the rows of one region, and whether full lines show the right one."""
    size = median([row.size for row in rows])
    lefts = sorted(row.left for row in rows)
    left = next((one for one, other in pairwise(lefts) if other - one < 0.3 * size), lefts[0])
    step = size / 2
    ends = Counter(round(row.right / step) for row in rows)
    # the edge that most lines end at, their last place left free or not
    end = max(ends, key=lambda at: (ends[at] + ends[at - 1], at))
    count = ends[end] + ends[end - 1]
    widest = max(row.right for row in rows)
    certain = len(rows) >= _ENOUGH and count >= 3 and count * 5 >= len(rows) and end * step > (left + widest) / 2
    return Margins(left, min(widest, end * step + step / 2) if certain else widest, size), certain


def _fits(own: Margins, other: Margins, certain: bool) -> bool:
    if abs(own.size - other.size) > 0.2 * other.size and certain:
        return False
    if own.left < other.left - _NEAR * other.size:
        return False
    if certain:
        return abs(own.right - other.right) <= _NEAR * other.size
    return own.right <= other.right + _HANGING * other.size
