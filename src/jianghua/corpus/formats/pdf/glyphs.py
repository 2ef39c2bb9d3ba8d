"""A page of a PDF → runs: characters that follow each other on a line, with their place, size and direction."""

import itertools
import operator
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from jianghua.corpus.formats.pdf.library import Boxes, Style, Styles, read_boxes, read_text

INVISIBLE = 3
"""Text rendering mode of a layer of recognised text under a picture."""
GAP = 0.5
"""Gap between characters, in heights, at which a run ends."""
_OVERLAP = 0.2
_BLANK = re.compile("[\r\n\t\f\v\u00a0\u2003\u3000\x85\u2028\u2029\u200b\ufeff\x02\ufffe\u00ad]")
"""White space, and the marks that PDFium puts where a line ends in a hyphen."""
_STEADY = 1.8
"""Gap, in points, up to which no more need be asked."""


class Frame(NamedTuple):
    """The characters of a page and their boxes, turned so that they are read from left to right."""

    text: str
    boxes: Boxes


@dataclass(slots=True)
class Run:
    """Characters in a row, without the blanks around them. Lengths are in points; `base` grows downwards."""

    text: str
    left: float
    right: float
    base: float
    size: float
    font: int
    mode: int
    blank: bool
    """Whether the file has a blank before it."""
    places: range = field(repr=False)
    """Which characters of the frame."""


class PageText(NamedTuple):
    """Runs of a page by direction of reading, the direction of most characters first; and what is written aslant."""

    runs: list[tuple[Frame, list[Run]]]
    slanted: list[str]
    unnamed: int
    """Characters of which their font does not say what they are, single ones (bullets) not counted."""


def read_page(page: Any, count: int) -> PageText:
    """All text of a text page of `count` characters."""
    if not count:
        return PageText([], [], 0)
    frame = Frame(_BLANK.sub(" ", read_text(page, count)), read_boxes(page, count))
    styles = Styles(page)
    spans = _spans(frame)
    own = [styles.at(span[len(span) // 2]) for span in spans]  # a number before it may be set smaller
    turns = [style.turn for style in own]
    unnamed = sum(  # what looks Chinese is judged by its meaning
        [len(span) for span in spans if len(span) > 1 and frame.text[span[0]] < "\u2e80" and styles.is_unnamed(span[0])]
    )
    if not any(turn != 0 for turn in turns):
        if not _is_vertical(spans, frame):
            bases = [-styles.origin(span[0])[1] for span in spans]
            return PageText([(frame, _runs(frame, spans, own, bases))], [], unnamed)
        turns = [270] * len(spans)
    by_turn: dict[int, list[int]] = {}
    slanted: list[str] = []
    previous: int | None = 0
    for span, turn in zip(spans, turns, strict=True):
        letters = "".join([frame.text[at] for at in span])
        if turn is not None:
            by_turn.setdefault(turn, []).extend(span)
        elif previous is None:
            slanted[-1] += letters
        else:
            slanted.append(letters)
        previous = turn
    runs = []
    for turn, places in sorted(by_turn.items(), key=lambda entry: -len(entry[1])):
        turned = Frame("".join([frame.text[at] for at in places]), _turned(frame.boxes, places, turn))
        spans = _spans(turned)
        origins = [styles.origin(places[span[0]]) for span in spans]
        bases = [(-y, x, y, -x)[turn // 90] for x, y in origins]
        found = _runs(turned, spans, [styles.at(places[span[len(span) // 2]]) for span in spans], bases)
        if turn:
            _set_downwards(found)
        runs.append((turned, found))
    return PageText(runs, slanted, unnamed)


def _spans(frame: Frame) -> list[range]:
    """Places of characters that follow each other on one line, without blanks around them."""
    text = frame.text
    lefts, tops, rights, bottoms = frame.boxes
    gaps = list(map(operator.sub, lefts[1:], rights))
    cuts = []
    moved = {at for at, gap in enumerate(gaps, 1) if not -_STEADY < gap < _STEADY}
    moved.update(
        [at for at, rise in enumerate(map(operator.sub, bottoms[1:], bottoms), 1) if not -_STEADY < rise < _STEADY]
    )
    for at in sorted(moved):
        height = tops[at - 1] - bottoms[at - 1] or _STEADY
        if not (-_OVERLAP < gaps[at - 1] / height < GAP and -GAP < (bottoms[at] - bottoms[at - 1]) / height < GAP):
            cuts.append(at)
    spans: list[range] = []
    start = 0
    for cut in (*cuts, len(text)):
        piece = text[start:cut]
        body = piece.strip(" ")
        if body:
            first = start + len(piece) - len(piece.lstrip(" "))
            spans += (
                _without_wide_blanks(frame, first, first + len(body))
                if " " in body
                else [range(first, first + len(body))]
            )
        start = cut
    return spans


def _without_wide_blanks(frame: Frame, start: int, end: int) -> Iterator[range]:
    text, (lefts, tops, rights, bottoms) = frame
    at = start
    while (blank := text.find(" ", at, end)) >= 0:
        at = blank
        while text[at] == " ":
            at += 1
        if lefts[at] - rights[blank - 1] >= GAP * (tops[at] - bottoms[at]):
            yield range(start, blank)
            start = at
    yield range(start, end)


def _runs(frame: Frame, spans: list[range], styles: list[Style], bases: list[float]) -> list[Run]:
    text, (lefts, _, rights, _) = frame
    runs = []
    for span, style, base in zip(spans, styles, bases, strict=True):
        first, end = span.start, span.stop
        letters = text[first:end]
        if " " in letters:
            letters = _with_meant_blanks(frame, span, style.size)
        blank = first > 0 and text[first - 1] == " " and rights[first - 1] > lefts[first - 1]
        runs.append(Run(letters, lefts[first], rights[end - 1], base, style.size, style.font, style.mode, blank, span))
    return runs


def _with_meant_blanks(frame: Frame, span: range, size: float) -> str:
    """Text with the blanks that stand between words; those that PDFium put between Chinese characters are left out."""
    text, (lefts, _, rights, _) = frame
    kept: list[str] = []
    last = span[0]
    for at in span:
        if text[at] == " ":
            continue
        if at > last + 1:
            typed = any(rights[blank] > lefts[blank] for blank in range(last + 1, at))
            wide = lefts[at] - rights[last] >= 0.15 * size
            chinese = text[last] >= "\u2e80" or text[at] >= "\u2e80"
            if wide and (typed or not chinese):
                kept.append(" ")
        kept.append(text[at])
        last = at
    return "".join(kept)


def _set_downwards(runs: list[Run]) -> None:
    """Let the lines of a turned page follow each other as they were written, where that is against their direction."""
    steps = [after.base - run.base for run, after in itertools.pairwise(runs) if abs(after.base - run.base) > run.size]
    if sum(step < 0 for step in steps) * 5 > len(steps) * 4:
        for run in runs:
            run.base = -run.base


def _is_vertical(spans: list[range], frame: Frame) -> bool:
    """Whether most characters stand below each other."""
    lefts, tops, _, bottoms = frame.boxes
    single = [span[0] for span in spans if len(span) == 1]
    if len(single) * 2 < sum(map(len, spans)):
        return False
    below = sum(
        abs(lefts[at] - lefts[before]) < 0.3 * (tops[at] - bottoms[at])
        and 0.7 < (bottoms[before] - bottoms[at]) / ((tops[at] - bottoms[at]) or 1.0) < 1.8
        for before, at in itertools.pairwise(single)
    )
    return below * 10 > len(single) * 6


def _turned(boxes: Boxes, places: Sequence[int], turn: int) -> Boxes:
    """Boxes of some characters as they are when text in this direction is turned upright."""
    sides = {
        0: ((0, 1), (1, 1), (2, 1), (3, 1)),
        90: ((3, 1), (0, -1), (1, 1), (2, -1)),
        180: ((2, -1), (3, -1), (0, -1), (1, -1)),
        270: ((1, -1), (2, 1), (3, -1), (0, 1)),
    }[turn]
    left, top, right, bottom = ([sign * boxes[side][at] for at in places] for side, sign in sides)
    return left, top, right, bottom
