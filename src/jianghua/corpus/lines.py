"""Lines of a file: cut where paragraphs were run together, joined where a sentence was broken."""

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jianghua.corpus import boilerplate
from jianghua.corpus.contents import contents_lines
from jianghua.corpus.decode import Mark
from jianghua.corpus.lazy import lazy
from jianghua.corpus.markers import Marker, Numbering, find_marker

_RUN_TOGETHER = re.compile("[\u3000\u2003]{2,}")
_WIDE_BLANKS = ("\u3000", "\u2003", "    ", "\t", "\u00a0\u00a0\u00a0\u00a0")
_SET_IN = re.compile(r"(?<=[。！？”])(?:[ \u00a0]{4,}|\t{1,})(?=\S)")
_SPACED_OUT = re.compile(r"(?:\S\s{1,6}){2,24}\S{1,2}")
_GIANT = 1500
_GIANT_CUT = lazy(
    r"(?<=[。！？”）])(?=[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|第[一二三四五六七八九十]个问题)"
)

_TERMINALS = frozenset("。！？!?；;：:…")
_CLOSING = "”’』」》）)】〕]"
_OPEN_TAIL = tuple("，,、《“（(〈「『的和与及")
_CONTINUES = frozenset("，。、；：！？,;:!?》”）)』」】]")
_GOES_ON = ("是：", "是:", "的", "等，", "等。")
_BODY_BEGINS = lazy(
    r"^(?:一年来|五年来|近年来|多年来|去年以来|今年以来|同志们|各位|今天|昨天|刚才|去年|今年|当前|近期|前不久|这次|我们|我代表|根据|按照|为了|"
    r"在.{2,16}[，,下]|\d{4}年)"
)
_OPENS = lazy(
    r"(?:同志们|各位[\u4e00-\u9fff]{2}|朋友们|(?:一|五|近|多)年来|[去今]年(?:以来)?|当前|近期|前不久|刚才|下面|下一步|最后|此外|总之|同时|"
    r"在.{2,16}(?:的同时|的情况下|过程中))[，,！]"
)
"""How paragraphs begin, and sentences do not go on."""
_SHORT = 40
_LONGEST_LOOK = 70
"""Characters of dividers, greetings, dates and menus."""
_WIDEST = 120
_SLACK = 4
"""Columns that a wrapped line may be short of the width, for the sake of a word or a punctuation mark."""
_PARALLEL = 0.3
_ENOUGH_WHOLE = 8
"""Lines that end where sentences end, from which on a file without a broken one is believed to have none."""
_LINE_ENDS = "\n\r\f\v\x1c\x1d\x1e\x85\u2028\u2029"
_DIVIDER_STARTS = frozenset("【[★☆◆●■讲发范篇第")
_MARK_STARTS = frozenset("-—–－·•~第ⅠⅡⅢⅣⅤpP（(〔[【时日一二三四五六七八九〇○Ｏ零Oo×*＊xX")
"""What page numbers, dates and stage directions begin with, beside digits."""
_PAIRS = {"《": "》", "“": "”", "（": "）", "「": "」", "『": "』"}
_BLANK = Mark()


@dataclass(slots=True)
class Line:
    """A non-empty line: its span in the file, its body in simplified characters without inserts, what it looks like."""

    start: int
    end: int
    body: str
    indented: bool
    margin: int
    """Characters of white space before it."""
    look: str = "text"
    """text, divider, salutation, site (boilerplate of a page), edge (boilerplate if it stands before or behind the speech)
    or mark (date, page number, stage direction)."""
    ends_sentence: bool = False
    """Whether it stops where a sentence stops (closing quotes and brackets looked through)."""
    pure: bool = True
    """Whether nothing stands in it that has to be taken out: no advertisement, no characters without width."""
    mark: Mark = _BLANK
    """What the file itself says of it."""
    marker: Marker | None = None
    run: Sequence[int] = ()
    """Numbers of the lines that its marker is counted with, its own among them."""


def physical_lines(simplified: str, impure: Sequence[int] = (), marks: Sequence[Mark] = ()) -> list[Line]:
    """Non-empty lines of a file, those run together with two ideographic spaces cut apart.

    Args:
        impure: places, in order, of what may have to be taken out of a line (see `characters.impurities`).
        marks: one for each line feed, or empty.

    >>> [line.body for line in physical_lines("同志们：\\n　　今年任务很重，大家都要认清形势，尽快行动起来，把工作抓实抓细抓好。　　下面我讲三点。\\n")]
    ['同志们：', '今年任务很重，大家都要认清形势，尽快行动起来，把工作抓实抓细抓好。', '下面我讲三点。']
    """
    places = iter((*impure, len(simplified)))
    place = next(places)
    lines: list[Line] = []
    number = end = 0
    mark = _BLANK
    blanks = [blank for blank in _WIDE_BLANKS if blank in simplified]
    for raw in simplified.splitlines(keepends=True):
        begin, end = end, end + len(raw)
        stripped = raw.strip()
        if marks:
            mark = marks[number] if number < len(marks) else _BLANK
            number += raw[-1] == "\n"
        if not stripped:
            continue
        pure = True
        while place < end:
            pure, place = False, next(places)
        if len(raw) > _GIANT or (blanks and any(blank in stripped for blank in blanks)):
            for start, stop in _cuts(simplified, begin, begin + len(raw.rstrip(_LINE_ENDS))):
                piece = simplified[start:stop]
                if piece.strip():
                    lines.append(_line(piece, piece.strip(), start, pure, mark))
        else:
            lines.append(_line(raw, stripped, begin, pure, mark))
    for index in contents_lines([line.body for line in lines]):
        if lines[index].mark.role != "row":  # figures at the end of a row are no page numbers
            lines[index].look = "site"
    _number(lines)
    for line in lines:
        if line.look == "text" and not (  # most lines: whole sentences, longer than anything that a page writes
            line.ends_sentence and line.pure and len(line.body) > _LONGEST_LOOK and not line.mark.role
        ):
            line.look = _look(line)
    _settle_edges(lines)
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
    return [span for piece in spans for set_in in _cut_at(_SET_IN, text, *piece) for span in _giant_cuts(text, *set_in)]


def _cut_at(blanks: re.Pattern[str], text: str, start: int, end: int) -> list[tuple[int, int]]:
    places = [start, *(match.start() for match in blanks.finditer(text, start, end)), end]
    return list(itertools.pairwise(places))


def _giant_cuts(text: str, start: int, end: int) -> list[tuple[int, int]]:
    if end - start <= _GIANT:
        return [(start, end)]
    at = [start, *(match.start() for match in _GIANT_CUT.finditer(text, start, end)), end]
    return list(itertools.pairwise(at))


def _line(raw: str, stripped: str, start: int, pure: bool, mark: Mark) -> Line:
    """The line whose text, with the white space around it, is `raw`; `pure` where it has neither inserts nor zero width."""
    body = stripped
    if not pure:
        body = boilerplate.remove_inserts(boilerplate.ZERO_WIDTH.sub("", stripped)).strip()
    lead = 0 if raw[0] == stripped[0] else len(raw) - len(raw.lstrip())
    last = body[-1:]
    return Line(
        start + lead,
        start + lead + len(stripped),
        body,
        lead >= 2 or (lead == 1 and raw[0] in "\u3000\t"),
        lead,
        "text",
        last in _TERMINALS or (last in _CLOSING and body.rstrip(_CLOSING)[-1:] in _TERMINALS),
        pure,
        mark,
    )


def _number(lines: Sequence[Line]) -> None:
    """Give lines their markers: those that count something together with others."""
    numbering = Numbering(
        (index, line.body, marker)
        for index, line in enumerate(lines)
        if line.look == "text" and (marker := find_marker(line.body))
    )
    for index, marker in numbering.markers.items():
        lines[index].marker = marker
        lines[index].run = numbering.run_of[index]


def closed_up(body: str) -> str:
    """The body of a line without the blanks by which its characters were spaced out.

    >>> closed_up("同　志　们："), closed_up("抓好 落实")
    ('同志们：', '抓好 落实')
    """
    return "".join(body.split()) if body[1:2].isspace() and _SPACED_OUT.fullmatch(body) else body


def _look(line: Line) -> str:
    body = line.body
    if body[1:2].isspace() and len(body) <= 60:
        body = closed_up(body)
    if not body:
        return "site"
    if line.mark.role == "meta":
        return "site"
    length = len(body)
    if length <= _LONGEST_LOOK:
        if body[0] in _DIVIDER_STARTS and boilerplate.DIVIDER.match(body):
            return "divider"
        counts = line.marker is not None and line.marker.family != "dash"
        if (
            not counts
            and length <= 60
            and (body[-1] in "：:！!，,、们" or length <= 8)
            and boilerplate.is_salutation(body.rstrip("，,、"))
        ):
            return "salutation"
        if (length <= 40 and (body[0] in _MARK_STARTS or body[0].isdecimal())) and (
            boilerplate.PAGE_NUMBER.match(body)
            or boilerplate.DATE.match(body)
            or boilerplate.STAGE_DIRECTION.match(body)
        ):
            return "mark"
    if line.mark.role in ("heading", "title", "paragraph"):
        return "text"
    return boilerplate.kind_of_site_line(body, not line.pure) or "text"


def _settle_edges(lines: Sequence[Line]) -> None:
    """What could be the page's or the speech's is the page's only before the first and behind the last prose of the file."""
    if not any(line.look == "edge" for line in lines):
        return
    prose = [
        index for index, line in enumerate(lines) if line.look == "text" and line.ends_sentence and len(line.body) >= 25
    ]
    for index, line in enumerate(lines):
        if line.look == "edge":
            line.look = "text" if prose and prose[0] < index < prose[-1] else "site"


class Joining:
    """Decides whether the next line goes on with the sentence that the lines so far left open.

    The file as a whole says whether its paragraphs are indented, whether its lines were wrapped at a fixed width (in
    columns: a Chinese character takes two), and whether it has broken sentences at all.

    Args:
        codes: code points of the whole file, in simplified characters.
    """

    def __init__(self, lines: Sequence[Line], codes: NDArray[np.uint32]) -> None:
        text = [line for line in lines if line.look == "text" and line.mark.ends is None]
        indented = sum(line.indented for line in text)
        self._widths, self.wrap_width = _wrapping(text, codes)
        self.paragraphs_are_indented = len(text) >= 4 and indented >= (0.05 if self.wrap_width else 0.2) * len(text)
        self._all_are_indented = len(text) >= 4 and 2 * indented >= len(text)
        self._listed = {
            line.start
            for pair in itertools.pairwise(text)
            if not pair[0].ends_sentence and _are_parallel(*pair)
            for line in pair
        }
        """Where lines begin that are items of a list whose stops were left out."""
        stopless = sum(
            not line.ends_sentence and len(line.body) > _SHORT and (line.marker is None or "。" in line.body)
            for line in text
        )
        self._is_whole = (
            stopless <= 1
            and sum(line.ends_sentence for line in text) >= _ENOUGH_WHOLE
            and not any(
                not line.ends_sentence and _is_broken(line, following) for line, following in itertools.pairwise(text)
            )
        )

    def goes_on(self, so_far: str, last: Line, following: Line) -> bool:
        """Whether `following` continues the paragraph whose text is `so_far` and whose last line is `last`."""
        if following.look != "text":
            return False
        if last.mark.ends is not None:
            return not last.mark.ends
        if following.mark.role or last.mark.role == "row":
            return False
        marker = last.marker if so_far == last.body else None
        if marker is not None and marker.end >= len(so_far):
            return following.marker is None and (marker.family != "han_word" or not following.ends_sentence)
        if self.paragraphs_are_indented and following.indented:
            return False
        if following.body[0] in _CONTINUES or (not last.ends_sentence and _closes(so_far, following.body)):
            return True
        if self.wrap_width and self._is_full(last) and following.marker is None:
            return not last.ends_sentence or self.paragraphs_are_indented
        if last.ends_sentence:
            return False
        opened = so_far.endswith(_OPEN_TAIL) or following.body.startswith(_GOES_ON)
        if following.marker is not None and following.marker.family != "dash":
            return opened and following.marker.family in ("is", "first", "arabic")
        if opened or (self._all_are_indented and not last.indented and following.ends_sentence and last.marker is None):
            return True
        if (marker is not None and len(so_far) <= 60 and "。" not in so_far) or last.start in self._listed:
            return False
        if self._is_whole:
            return False
        if _OPENS.match(following.body):
            return False
        if len(so_far) > _SHORT:
            return True
        return "。" in so_far or _BODY_BEGINS.match(so_far) is not None

    def _is_full(self, line: Line) -> bool:
        return self._widths.get(line.start, 0) >= self.wrap_width - _SLACK


def _is_broken(line: Line, following: Line) -> bool:
    """Whether a sentence is certainly broken at the end of a line."""
    return (
        not line.ends_sentence
        and len(line.body) > 15
        and (following.body[0] in _CONTINUES or (line.body.endswith(_OPEN_TAIL) and following.marker is None))
    )


def _are_parallel(line: Line, following: Line) -> bool:
    """Whether two lines are items of a list whose stops were left out: as long as each other, neither ends a sentence."""
    one, other = len(line.body), len(following.body)
    return (
        not line.ends_sentence
        and not following.ends_sentence
        and min(one, other) >= 12
        and abs(one - other) <= _PARALLEL * max(one, other)
    )


def _closes(so_far: str, following: str) -> bool:
    """Whether a line begins inside a quotation or a title that the text before it opened.

    >>> _closes("认真执行《", "安全生产条例"), _closes("弘扬“店小二精神", "今年以来，新开工“三大”项目")
    (True, False)
    """
    for left, right in _PAIRS.items():
        if so_far.endswith(left):
            return True
        if so_far.rfind(left) > so_far.rfind(right):
            closing, opening = following.find(right), following.find(left)
            if closing >= 0 and (opening < 0 or closing < opening):
                return True
    return False


def _wrapping(lines: Sequence[Line], codes: NDArray[np.uint32]) -> tuple[dict[int, int], int]:
    """Width of each line by its start, and the width at which the lines were wrapped, 0 where they were not.

    Programs count columns (a Chinese character takes two) or characters, with or without the indent.
    """
    if len(lines) < 10 or sum(line.end - line.start > _WIDEST for line in lines) > 0.1 * len(lines):
        return {}, 0
    wide = np.concatenate([[0], np.cumsum(codes >= 0x1100)])
    columns = {
        line.start: int(line.end - line.start + line.margin + wide[line.end] - wide[line.start - line.margin])
        for line in lines
    }
    best: tuple[int, dict[int, int], int] = (0, {}, 0)
    for widths, narrowest in ((columns, 32), ({line.start: line.end - line.start for line in lines}, 16)):
        width, near = _wrap_width(list(widths.values()), narrowest)
        if near > best[0]:
            best = (near, widths, width)
    return best[1:]


def _wrap_width(widths: Sequence[int], narrowest: int) -> tuple[int, int]:
    """The width that most lines come near to without many being wider, and how many those are; zeros where there is none."""
    counts = Counter(widths)
    width = max(counts, key=lambda wide: (sum(counts[wide - back] for back in range(_SLACK + 1)), -wide))
    near = sum(count for wide, count in counts.items() if width - _SLACK <= wide <= width)
    longer = sum(count for wide, count in counts.items() if wide > width + 2)
    if narrowest <= width <= 2 * _WIDEST and near >= 0.4 * len(widths) and longer <= 0.1 * len(widths):
        return width, near
    return 0, 0
