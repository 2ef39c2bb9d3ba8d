"""Rows of a page → regions in reading order: columns, each from top to bottom, and what stands across them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from jianghua.corpus.formats.pdf.rows import Piece

_LEAST = 3
"""Lines that a column has at least."""
_NARROWEST = 8
"""Width of a column at least, in sizes of the type."""
_FILLED = 0.6
"""Share of its width that half the lines of a column fill at least: cells of a table are shorter."""
_CANDIDATES = 6


@dataclass(slots=True)
class Row:
    """A line of text of a region."""

    text: str
    left: float
    right: float
    base: float
    size: float
    font: int
    cells: tuple[float, ...]
    """Left edges of the pieces that it was put together from."""


def regions_of(rows: list[list[Piece]]) -> list[list[Row]]:
    """Regions of a page in the order in which they are read, each with its rows from the top."""
    regions: list[list[Row]] = []
    column_before = True
    for is_column, part in _parts(rows, 0):
        if is_column or column_before:
            regions.append([])
        regions[-1] += map(joined_row, part)
        column_before = is_column
    return regions


def joined_row(row: list[Piece]) -> Row:
    """One row of all its pieces."""
    if len(row) == 1:
        only = row[0]
        return Row(only.text, only.left, only.right, only.base, only.size, only.font, (only.left,))
    main = max(row, key=lambda piece: len(piece.text))
    text = "\t".join([piece.text for piece in row])
    return Row(text, row[0].left, row[-1].right, main.base, main.size, main.font, tuple([piece.left for piece in row]))


def _parts(rows: list[list[Piece]], depth: int) -> Iterator[tuple[bool, list[list[Piece]]]]:
    gutter = _gutter(rows) if depth < 3 and len(rows) >= _LEAST else None
    if gutter is None:
        if rows:
            yield depth > 0, rows
        return
    band: list[list[Piece]] = []
    for row in [*rows, None]:
        if row is not None and not any(piece.left < gutter < piece.right for piece in row):
            band.append(row)
            continue
        yield from _band(band, gutter, depth)
        band = []
        if row is not None:
            yield depth > 0, [row]


def _band(band: list[list[Piece]], gutter: float, depth: int) -> Iterator[tuple[bool, list[list[Piece]]]]:
    left, right = _sides(band, gutter)
    if _is_column(left) and _is_column(right):
        yield from _parts(left, depth + 1)
        yield from _parts(right, depth + 1)
    elif band:
        yield depth > 0, band


def _gutter(rows: list[list[Piece]]) -> float | None:
    """Where columns are parted: the left edge of pieces that have text to their left in most rows."""
    gaps = [(before.right, piece.left) for row in rows for before, piece in pairwise(row)]
    for above, row in pairwise(rows):  # lines of two columns need not stand at one height
        if row[0].base - above[0].base < row[0].size:
            gaps += [
                (one[-1].right, other[0].left)
                for one, other in ((above, row), (row, above))
                if one[-1].right < other[0].left
            ]
    if len(gaps) < _LEAST:
        return None
    edges = Counter(round(right) for _, right in gaps)
    places = [edge - 2.0 for edge, _ in sorted(edges.most_common(_CANDIDATES))]
    counts = [sum(left <= at <= right for left, right in gaps) for at in places]
    # the last of three columns may be short: then only the gutter before it has full columns on both sides
    for count, at in sorted(zip(counts, places, strict=True), key=lambda found: (-found[0], found[1])):
        if count >= _LEAST and all(map(_is_column, _sides(rows, at))):
            return at
    return None


def _sides(rows: list[list[Piece]], gutter: float) -> tuple[list[list[Piece]], list[list[Piece]]]:
    """Rows of what stands left and right of a gutter."""
    left = [part for row in rows if (part := [piece for piece in row if piece.right <= gutter])]
    right = [part for row in rows if (part := [piece for piece in row if piece.left >= gutter])]
    return left, right


def _is_column(rows: list[list[Piece]]) -> bool:
    """Whether these are lines of running text, not cells of a table."""
    if len(rows) < _LEAST:
        return False
    lefts = min(row[0].left for row in rows)
    width = max(row[-1].right for row in rows) - lefts
    size = median(row[0].size for row in rows)
    filled = median(sum(piece.right - piece.left for piece in row) for row in rows)
    return width >= _NARROWEST * size and filled >= _FILLED * width
