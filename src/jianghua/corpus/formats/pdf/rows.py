"""Runs of a page → rows: what stands on one line, what was drawn twice taken once, cut at gaps into pieces."""

import itertools
import re
from dataclasses import dataclass
from operator import attrgetter
from statistics import median_high

from jianghua.corpus.formats.pdf.glyphs import INVISIBLE, Frame, Run

PIECE_GAP = 1.2
"""Gap, in sizes of the type, at which a row falls into pieces: columns of a page, cells of a table, a signature and its date."""
_WIDE_BLANK = 0.8
"""Gap between Chinese characters that is a blank though none is written."""
_SAME_LINE = 0.4
_SAME_SIZE = 2.2
_UNSTEADY = 0.25
"""Share of its usual size by which recognised text may be off it."""
_SAME_PLACE = 0.45
"""Share of its width by which a character may be off the one that it is drawn over."""
_NEAR = 8
"""Characters before one among which it is looked for: those that can begin within half of its width."""
_SPACED = re.compile("(?<=[\u2e80-\U0003ffff]) (?=[\u2e80-\U0003ffff])")
_CHINESE = "\u2e80"


@dataclass(slots=True)
class Piece:
    """Text that stands together on a line. Lengths are in points, `base` grows downwards."""

    text: str
    left: float
    right: float
    base: float
    size: float
    font: int


def rows_of(frame: Frame, runs: list[Run]) -> list[list[Piece]]:
    """Rows of a page from the top, each with its pieces from the left."""
    rows: list[list[Piece]] = []
    runs = sorted(_steadied(runs), key=attrgetter("base"))
    at = 0
    while at < len(runs):
        first = runs[at]
        end = at + 1
        while end < len(runs) and _on_one_line(first, runs[end]):
            end += 1
        if end == at + 1:
            rows.append([Piece(first.text, first.left, first.right, first.base, first.size, first.font)])
        else:
            rows += _rows_at_one_height(frame, runs[at:end])
        at = end
    _close_up(rows)
    return rows


def _steadied(runs: list[Run]) -> list[Run]:
    """Runs in which recognised text of about one size has that size: programs measure it anew on each line."""
    hidden = [run for run in runs if run.mode == INVISIBLE]
    if hidden:
        usual = median_high([run.size for run in hidden for _ in run.text])
        for run in hidden:
            if abs(run.size - usual) < _UNSTEADY * usual:
                run.size = usual
    return runs


def _on_one_line(first: Run, run: Run) -> bool:
    return run.base - first.base < _SAME_LINE * max(first.size, run.size)


def _rows_at_one_height(frame: Frame, runs: list[Run]) -> list[list[Piece]]:
    """Rows of runs on one line: type of very different sizes is not read in one go."""
    rows = []
    while runs:
        size = max(runs, key=lambda run: len(run.text)).size
        alike = [run for run in runs if size / _SAME_SIZE < run.size < size * _SAME_SIZE]
        rows.append(_pieces(_drawn_once(frame, alike)))
        runs = [run for run in runs if not size / _SAME_SIZE < run.size < size * _SAME_SIZE]
    return rows


def _drawn_once(frame: Frame, runs: list[Run]) -> list[Run]:
    """Runs from left to right without characters that are drawn over the same character, and without hidden text under text."""
    visible = [run for run in runs if run.mode != INVISIBLE]
    if 0 < len(visible) < len(runs):
        runs = visible + [
            run for run in runs if run.mode == INVISIBLE and not any(_cover(seen, run) for seen in visible)
        ]
    runs.sort(key=attrgetter("left"))
    if not frame.text or not any(
        run.right - after.left > _SAME_PLACE * after.size for run, after in itertools.pairwise(runs)
    ):
        return runs
    lefts, _, rights, _ = frame.boxes
    glyphs = sorted(
        ((lefts[place], place, run) for run in runs for place in run.places if frame.text[place] != " "),
        key=lambda glyph: glyph[:2],
    )
    kept: list[Run] = []
    for left, place, run in glyphs:
        letter, right = frame.text[place], rights[place]
        room = _SAME_PLACE * (right - left)
        if any(seen.text == letter and left - seen.left < room for seen in kept[-_NEAR:]):
            continue
        blank = place > 0 and frame.text[place - 1] == " " and rights[place - 1] > lefts[place - 1]
        kept.append(Run(letter, left, right, run.base, run.size, run.font, run.mode, blank, range(place, place + 1)))
    return kept


def _cover(seen: Run, hidden: Run) -> bool:
    middle = (hidden.left + hidden.right) / 2
    return seen.left < middle < seen.right


def _pieces(runs: list[Run]) -> list[Piece]:
    gaps = [after.left - run.right for run, after in itertools.pairwise(runs)]
    even = (
        min(gaps, default=0.0) * 1.5 + 0.1 * runs[0].size
        if len(runs) > 3 and max(len(run.text) for run in runs) <= 2
        else 0.0
    )
    parts = [[runs[0].text]]
    ends = [0]
    for at, gap in enumerate(gaps):
        run, after = runs[at], runs[at + 1]
        size = min(run.size, after.size)
        if gap > even and gap >= PIECE_GAP * size:
            parts.append([])
            ends.append(at + 1)
        elif _has_blank(run, after, gap, size, gap <= even):
            parts[-1].append(" ")
        parts[-1].append(after.text)
    pieces = []
    for begin, end, letters in zip(ends, (*ends[1:], len(runs)), parts, strict=True):
        own = runs[begin:end]
        main = max(own, key=lambda run: len(run.text)) if len(own) > 1 else own[0]
        pieces.append(
            Piece("".join(letters), own[0].left, max(run.right for run in own), main.base, main.size, main.font)
        )
    return pieces


def _has_blank(run: Run, after: Run, gap: float, size: float, even: bool) -> bool:
    if run.text[-1] >= _CHINESE and after.text[0] >= _CHINESE:
        return not even and gap > (0.2 if after.blank else _WIDE_BLANK) * size
    if run.text[-1] >= _CHINESE or after.text[0] >= _CHINESE:
        return after.blank and gap > 0.2 * size
    return gap > 0.15 * size


def _close_up(rows: list[list[Piece]]) -> None:
    """Take out the blanks where every Chinese character has one, as layers of recognised text and spread titles do."""
    spaced = [piece for row in rows for piece in row if " " in piece.text]
    if not spaced:
        return
    blanks = {id(piece): len(_SPACED.findall(piece.text)) for piece in spaced}
    everywhere = sum(blanks.values()) * 2 >= sum(
        len(piece.text) - piece.text.count(" ") for row in rows for piece in row
    )
    for piece in spaced:
        letters = sum(letter >= _CHINESE for letter in piece.text)
        if (everywhere and len(rows) > 2) or (blanks[id(piece)] >= 3 and blanks[id(piece)] * 2 >= letters):
            piece.text = _SPACED.sub("", piece.text)
