"""Lines of a file: cut where paragraphs were run together, joined where a sentence was broken."""

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from jianghua.corpus import boilerplate
from jianghua.corpus.outline import Marker, find_marker

_RUN_TOGETHER = re.compile("[\u3000\u2003]{2,}")
_GIANT = 1500
_GIANT_CUT = re.compile(
    r"(?<=[。！？”）])(?=[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|第[一二三四五六七八九十]个问题)"
)

_TERMINALS = frozenset("。！？!?；;：:…")
_CLOSING = "”’』」》）)】〕]"
_OPEN_TAIL = tuple("，,、《“（(〈「『的和与及")
_CONTINUES = frozenset("，。、；：！？,;:!?》”）)』」】")
_BODY_BEGINS = re.compile(
    r"^(?:一年来|五年来|近年来|多年来|去年以来|今年以来|同志们|各位|今天|昨天|刚才|去年|今年|当前|近期|前不久|这次|我们|我代表|根据|按照|为了|"
    r"在.{2,16}[，,下]|\d{4}年)"
)
_SHORT = 40
_WIDEST = 120
_LINE_ENDS = "\n\r\f\v\x1c\x1d\x1e\x85\u2028\u2029"
_DIVIDER_STARTS = frozenset("【[★☆◆●■讲发范篇第")
_MARK_STARTS = frozenset("-—–－·•~第ⅠⅡⅢⅣⅤpP（(〔[【时日一二三四五六七八九〇○Ｏ零Oo")
"""What page numbers, dates and stage directions begin with, beside digits."""


@dataclass(slots=True)
class Line:
    """A non-empty line: its span in the file, its body in simplified characters without inserts, what it looks like."""

    start: int
    end: int
    body: str
    indented: bool
    look: str = "text"
    """text, divider, salutation, site (boilerplate of a page) or mark (date, page number, stage direction)."""
    ends_sentence: bool = False
    """Whether it stops where a sentence stops (closing quotes and brackets looked through)."""
    pure: bool = True
    """Whether nothing stands in it that has to be taken out: no advertisement, no characters without width."""
    marker: Marker | None = None


def physical_lines(simplified: str, impure: Sequence[int] = ()) -> list[Line]:
    """Non-empty lines of a file, those run together with two ideographic spaces cut apart.

    Args:
        impure: places, in order, of what may have to be taken out of a line (see `characters.impurities`).

    >>> [line.body for line in physical_lines("同志们：\\n　　今年任务很重，大家都要认清形势，尽快行动起来，把工作抓实抓细抓好。　　下面我讲三点。\\n")]
    ['同志们：', '今年任务很重，大家都要认清形势，尽快行动起来，把工作抓实抓细抓好。', '下面我讲三点。']
    """
    places = iter((*impure, len(simplified)))
    place = next(places)
    lines = []
    end = 0
    for raw in simplified.splitlines(keepends=True):
        begin, end = end, end + len(raw)
        stripped = raw.strip()
        if not stripped:
            continue
        pure = True
        while place < end:
            pure, place = False, next(places)
        if "\u3000" in stripped or "\u2003" in stripped or len(raw) > _GIANT:
            for start, stop in _cuts(simplified, begin, begin + len(raw.rstrip(_LINE_ENDS))):
                piece = simplified[start:stop]
                if piece.strip():
                    lines.append(_line(piece, piece.strip(), start, pure))
        else:
            lines.append(_line(raw, stripped, begin, pure))
    return lines


def _cuts(text: str, start: int, end: int) -> list[tuple[int, int]]:
    if end - start <= 30:
        return [(start, end)]
    lead = end - start - len(text[start:end].lstrip())
    spans = []
    at = start
    for match in _RUN_TOGETHER.finditer(text, start + lead, end):
        spans.append((at, match.start()))
        at = match.start()
    spans.append((at, end))
    return [span for piece in spans for span in _giant_cuts(text, *piece)]


def _giant_cuts(text: str, start: int, end: int) -> list[tuple[int, int]]:
    if end - start <= _GIANT:
        return [(start, end)]
    at = [start, *(match.start() for match in _GIANT_CUT.finditer(text, start, end)), end]
    return list(itertools.pairwise(at))


def _line(raw: str, stripped: str, start: int, pure: bool) -> Line:
    """The line whose text, with the white space around it, is `raw`; `pure` where it has neither inserts nor zero width."""
    body = stripped
    if not pure:
        body = boilerplate.remove_inserts(boilerplate.ZERO_WIDTH.sub("", stripped)).strip()
    lead = len(raw) - len(raw.lstrip())
    line = Line(
        start + lead,
        start + lead + len(stripped),
        body,
        lead >= 2 or (lead == 1 and raw[0] in "\u3000\t"),
        _look(body, pure),
        body.rstrip(_CLOSING)[-1:] in _TERMINALS,
        pure,
    )
    if line.look == "text":
        line.marker = find_marker(body)
    return line


def _look(body: str, pure: bool) -> str:
    if not body:
        return "site"
    length = len(body)
    if length <= 70:
        if body[0] in _DIVIDER_STARTS and boilerplate.DIVIDER.match(body):
            return "divider"
        if length <= 60 and (body[-1] in "：:！!，," or length <= 8) and boilerplate.is_salutation(body.rstrip("，,")):
            return "salutation"
        if (length <= 40 and (body[0] in _MARK_STARTS or body[0].isdecimal())) and (
            boilerplate.PAGE_NUMBER.match(body)
            or boilerplate.DATE.match(body)
            or boilerplate.STAGE_DIRECTION.match(body)
        ):
            return "mark"
    return "site" if boilerplate.is_site_line(body, not pure) else "text"


class Joining:
    """Decides whether the next line goes on with the sentence that the lines so far left open.

    The file as a whole says whether its paragraphs are indented and whether its lines were wrapped at a fixed width.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        text = [line for line in lines if line.look == "text"]
        indented = sum(line.indented for line in text)
        self.wrap_width = _wrap_width(text)
        self.paragraphs_are_indented = len(text) >= 4 and indented >= (0.05 if self.wrap_width else 0.2) * len(text)

    def goes_on(self, so_far: str, last: Line, following: Line) -> bool:
        """Whether `following` continues the paragraph whose text is `so_far` and whose last line is `last`."""
        if following.look != "text":
            return False
        if self.paragraphs_are_indented and following.indented:
            return False
        if following.body[0] in _CONTINUES:
            return True
        if self.wrap_width and self._is_full(last) and not following.marker:
            return not last.ends_sentence or self.paragraphs_are_indented
        if last.ends_sentence:
            return False
        opened = so_far.endswith(_OPEN_TAIL) or _has_unclosed(so_far)
        marker = last.marker if so_far == last.body else None
        if marker is not None and marker.end >= len(so_far):
            return True
        if following.marker is not None and following.marker.family != "dash":
            return opened and following.marker.family in ("is", "first", "arabic")
        if opened:
            return True
        if marker is not None and len(so_far) <= 60 and "。" not in so_far:
            return False
        if len(so_far) > _SHORT:
            return True
        return "。" in so_far or _BODY_BEGINS.match(so_far) is not None

    def _is_full(self, line: Line) -> bool:
        return line.end - line.start >= self.wrap_width - 3


def _wrap_width(lines: Sequence[Line]) -> int:
    if len(lines) < 10 or sum(line.end - line.start > _WIDEST + 2 for line in lines) > 0.1 * len(lines):
        return 0
    lengths = Counter(line.end - line.start for line in lines)
    width = max(lengths, key=lambda length: sum(lengths[length - back] for back in range(4)))
    near = sum(count for length, count in lengths.items() if width - 3 <= length <= width)
    longer = sum(count for length, count in lengths.items() if length > width + 2)
    return width if 16 <= width <= _WIDEST and near >= 0.4 * len(lines) and longer <= 0.1 * len(lines) else 0


def _has_unclosed(text: str) -> bool:
    return any(text.count(left) > text.count(right) for left, right in ("《》", "“”", "（）"))
