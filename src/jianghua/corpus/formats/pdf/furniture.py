"""What returns on the pages of a PDF: running headers and footers, page numbers, marks of scanning apps, watermarks."""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from jianghua.corpus.formats.pdf.columns import Row, joined_row
from jianghua.corpus.formats.pdf.rows import Piece
from jianghua.corpus.numerals import from_chinese, from_roman

_EDGE = 3
"""Rows from the edge of a page among which furniture is looked for."""
_SAME_HEIGHT = 4.0
"""Points by which a line that returns may stand higher or lower."""
_SPACE = re.compile(r"\s+")
_DIGITS = "零〇○一二三四五六七八九"
_LARGE = 1.1
_SMALL = 0.85
"""Size of the body's type up to which a sentence that returns on each page is none of the text."""
_NUMERAL = rf"(?:[0-9０-９]{{1,4}}|[{_DIGITS}十百]{{1,5}}|[ivxIVX]{{1,6}}|[Ⅰ-ⅻ])"
_NUMBER = re.compile(rf"[0-9０-９{_DIGITS}十百]+")
_PAGE_NUMBER = re.compile(
    rf"""(?ix) ^(?P<before>[^\w\s()（）]{{0,6}}|第|page|p\.?)
    (?P<number>{_NUMERAL}) (?P<after>页|頁)?
    (?:[/／,，·|]?(?:共|of|总|總)?(?P<all>{_NUMERAL})(?:页|頁)?)?
    [^\w\s()（）、]{{0,6}}$"""
)
_SCANNING_APP = re.compile(
    r"(?i)扫描全能王|掃描全能王|全能扫描王|camscanner|扫描宝|(?:created|scanned|generated)\s*(?:by|with)\b|office\s*lens|adobe\s*scan|夸克扫描|白描"
)
_LONGEST_MARK = 40
_TEXT_ENDS = frozenset("。！？；：，、")
"""What lines of the text end in, and none around it: pages may be there twice."""
_HUGE = 1.8
"""Sizes of the body's type from which letters that run over other lines are a watermark."""


class Furniture(NamedTuple):
    """What stands on a page and what stands around it."""

    text: list[list[Piece]]
    """Rows of the text."""
    above: list[Row]
    below: list[Row]
    """Rows around it, but for page numbers, which are no text at all."""


def without_furniture(pages: Sequence[list[list[Piece]]], body_size: float) -> list[Furniture]:
    """Rows of all pages (from the top), parted.

    Args:
        body_size: size of most characters.
    """
    watermarks = {text for page in pages for text in _over_text(page, body_size)}
    marks = [[joined_row(row) for row in page if row[0].text in watermarks] for page in pages]
    pages = [[row for row in page if row[0].text not in watermarks] for page in pages] if watermarks else pages
    rows = [_edges(page) for page in pages]
    running, numbers = _running(rows, body_size), _page_numbers(rows)
    parted = []
    for page, edges, returning, counting, over in zip(pages, rows, running, numbers, marks, strict=True):
        edge = {at for at, row in (edges[0] | edges[1]).items() if _is_mark(row.text)}
        for rows_from_edge in edges:
            edge.update(itertools.takewhile((returning | counting).__contains__, rows_from_edge))
        text = [at for at in range(len(page)) if at not in edge]
        first = text[0] if text else 0
        around = sorted(edge - counting)
        parted.append(
            Furniture(
                [page[at] for at in text],
                [joined_row(page[at]) for at in around if at < first],
                [*(joined_row(page[at]) for at in around if at >= first), *over],
            )
        )
    return parted


def _is_mark(text: str) -> bool:
    return len(text) <= _LONGEST_MARK and _SCANNING_APP.search(text) is not None


def _over_text(rows: list[list[Piece]], body_size: float) -> Iterator[str]:
    """Texts in letters so large that they run over the lines of a page."""
    for at, row in enumerate(rows):
        if row[0].size > _HUGE * body_size and any(
            _runs_over(row[0], other) for near in rows[max(at - 8, 0) : at + 8] for other in near
        ):
            yield row[0].text


def _runs_over(piece: Piece, other: Piece) -> bool:
    return (
        other.size < piece.size / _HUGE
        and piece.base - 0.8 * piece.size < other.base < piece.base + 0.1 * piece.size
        and other.left < piece.right
        and piece.left < other.right
    )


def _edges(page: list[list[Piece]]) -> tuple[dict[int, Row], dict[int, Row]]:
    """Rows at the top and at the bottom of a page by their places, from the edge inwards."""
    count = min(_EDGE, len(page))
    top = {at: joined_row(page[at]) for at in range(count)}
    return top, {at: joined_row(page[at]) for at in range(len(page) - 1, len(page) - 1 - count, -1)}


def _running(pages: Sequence[tuple[dict[int, Row], dict[int, Row]]], body_size: float) -> list[set[int]]:
    """Rows that stand at the same place of a neighbouring page, or of the one after it, with the same words."""
    places: dict[tuple[int, str], list[tuple[int, int]]] = defaultdict(list)
    for index, edges in enumerate(pages):
        for edge, rows in enumerate(edges):
            for at, row in rows.items():
                words = _NUMBER.sub("#", _SPACE.sub("", row.text))
                is_text = words[-1] in _TEXT_ENDS and row.size > _SMALL * body_size
                if len(words) > words.count("#") and not is_text:
                    places[edge, words].append((index, at))
    found: list[set[int]] = [set() for _ in pages]
    for (edge, _), seen in places.items():
        for before, after in (*itertools.pairwise(seen), *zip(seen, seen[2:], strict=False)):
            (one, at), (other, other_at) = before, after
            row, same = pages[one][edge][at], pages[other][edge][other_at]
            if (
                1 <= other - one <= 2
                and abs(row.base - same.base) <= _SAME_HEIGHT
                and (len(seen) > 2 or row.size < _LARGE * body_size)  # two speeches of one title
            ):
                found[one].add(at)
                found[other].add(other_at)
    return found


def _page_numbers(pages: Sequence[tuple[dict[int, Row], dict[int, Row]]]) -> list[set[int]]:
    """Rows at the edge of a page that can be its number: they count with the pages, or are drawn as only those are."""
    counting: dict[int, list[tuple[int, int]]] = defaultdict(list)
    found: list[set[int]] = [set() for _ in pages]
    for index, (top, bottom) in enumerate(pages):
        for at, row in (top | bottom).items():
            match = _PAGE_NUMBER.match(_SPACE.sub("", row.text)) if len(row.text) <= _LONGEST_MARK else None
            if match is not None:
                value = _value(match["number"])
                counting[value - index].append((index, at))
                if match["before"] or match["after"] or match["all"] or (len(pages) == 1 and value == 1 and at):
                    found[index].add(at)
    for places in counting.values():
        if len({index for index, _ in places}) > 1:
            for index, at in places:
                found[index].add(at)
    return found


def _value(numeral: str) -> int:
    """Number of a page.

    >>> [_value(numeral) for numeral in ("12", "２", "十二", "二十", "一百零五", "二〇", "iv", "Ⅻ")]
    [12, 2, 12, 20, 105, 20, 4, 12]
    """
    if numeral.isdecimal():
        return int(numeral)
    if "Ⅰ" <= numeral <= "ⅻ":
        return (ord(numeral) - ord("Ⅰ")) % 16 + 1
    return from_roman(numeral) if numeral[0] in "ivxIVX" else from_chinese(numeral)
