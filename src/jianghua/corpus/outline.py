"""The headings above a paragraph: those that stand alone, and those that run into the paragraph that they begin."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jianghua.corpus.lazy import lazy
from jianghua.corpus.markers import RANK, Marker

_CLAUSE_END = re.compile(r"[。！？!?；;：:]")
_BLANKS = lazy(r"(?<=[\u4e00-\u9fff”’》）)])[ \u3000]{1,8}(?=[\u4e00-\u9fff“《（(])")
_OMITTED = re.compile(r"[（(][^（）()]{0,6}略[）)][。]?$")
_STOP = re.compile("[。！？!?]|[；;]$")
_COLON_WITHIN = re.compile("[：:][^：:]")
_LONGEST_HEADING = 46
_UNMARKED = len(RANK)
_ANNEX = lazy(
    r"(?:【.{2,12}】|[（(]?(?:注|注释|名词解释|名词注释|附注|附件|附录|附|参考资料|相关链接|前言|引言|结束语|结语)\d{0,2}[）)]?|"
    r"《.{2,20}》?(?:有关)?名词(?:解释|注释|说明))(?:[:：].{0,20})?$"
)


def run_in_heading(line: str, marker: Marker) -> str | None:
    """Heading that runs into its paragraph: the marker and the first clause, if that is short enough to be one.

    A blank between two words ends it only where no stop does.

    >>> from jianghua.corpus.markers import find_marker
    >>> line = "（一）加强内部协调。办公室内部各个科室要密切配合。"
    >>> run_in_heading(line, find_marker(line))
    '（一）加强内部协调'
    >>> line = "一、提高认识 统一思想。要学深一层。"
    >>> run_in_heading(line, find_marker(line))
    '一、提高认识 统一思想'
    >>> line = "一是强化学习，提高本领，锤炼作风，" + "这样才能适应形势发展的需要，" * 3
    >>> run_in_heading(line, find_marker(line)) is None
    True
    """
    if marker.family in ("dash", "first"):
        return None
    furthest = marker.end + _LONGEST_HEADING + 1
    end = _CLAUSE_END.search(line, marker.end, furthest)
    if (end is None or end.start() == marker.end) and (" " in line or "\u3000" in line):
        end = _BLANKS.search(line, marker.end, furthest)
    return line[: end.start()].strip() if end is not None and end.start() > marker.end else None


def begins_annex(heading: str) -> bool:
    """Whether a heading begins what is added to a speech: “附件1”, “名词解释”, “【参考资料】”; it stands below no other."""
    return _ANNEX.match(heading) is not None


def stands_alone(line: str, marker: Marker) -> bool:
    """Whether a marked line is a phrase without a stop, and so a heading rather than the beginning of a paragraph.

    >>> from jianghua.corpus.markers import find_marker
    >>> stands_alone("二、抓住重点，务求实效", find_marker("二、抓住重点，务求实效"))
    True
    >>> line = "一要抓学习。组织干部逐条学。"
    >>> stands_alone(line, find_marker(line))
    False
    """
    body = line[marker.end :].strip()
    if "略" in body:
        body = _OMITTED.sub("", body)
    if (
        len(body) > 60
        or _STOP.search(body)
        or (len(body) > 30 and ("；" in body or ";" in body))
        or (len(body) > 40 and _COLON_WITHIN.search(body))
    ):
        return False
    return not body.endswith(("：", ":")) or marker.level <= 3


@dataclass(slots=True)
class _Entry:
    heading: str
    family: str
    rank: float
    style: int
    left: int | None
    is_last: bool
    runs_in: bool
    run: Sequence[int]


class HeadingPath:
    """Headings above the current line, outermost first.

    >>> from jianghua.corpus.markers import find_marker
    >>> path = HeadingPath()
    >>> for line in ("一、成绩", "（一）工业", "（二）农业", "二、任务"):
    ...     path.push(line, find_marker(line))
    ...     print(path.headings)
    ('一、成绩',)
    ('一、成绩', '（一）工业')
    ('一、成绩', '（二）农业')
    ('二、任务',)
    """

    def __init__(self, ranks: Mapping[str, float] = RANK) -> None:
        self._ranks = ranks
        self._stack: list[_Entry] = []
        self.headings: tuple[str, ...] = ()
        """Texts of the headings, outermost first."""

    def push(
        self,
        heading: str,
        marker: Marker | None,
        style: int = 0,
        left: int | None = None,
        is_last: bool = False,
        runs_in: bool = False,
        run: Sequence[int] = (),
    ) -> None:
        """Put a heading in its place: below those of lower rank, in place of its own family.

        Args:
            style: level that the file gives it (h1, “Heading 1”), 0 where it gives none.
            left: paragraphs without a marker that can stand below it; None is any number.
            is_last: whether it is the last one of those that it is counted with.
            runs_in: whether a paragraph begins with it.
            run: those that it is counted with, the same object for all of them.
        """
        family, rank = (marker.family, self._ranks[marker.family]) if marker else ("unmarked", float(_UNMARKED))
        if marker is None and not style and begins_annex(heading):
            family, rank = "annex", -1.0
        elif marker is None:
            self._leave_exhausted()
            is_last = True
        new = _Entry(heading, family, rank, style, left, is_last, runs_in, run)
        self._leave(new)
        self._stack.append(new)
        self._tell()

    def begin_paragraph(self, address: str = "") -> None:
        """A paragraph without a marker: headings that can hold no more, or that an address to the audience ends, are left.

        Args:
            address: what it begins with to call on the audience (“各位代表！”); it ends the last item of a list, and if
                it is an exclamation the last section, too.
        """
        if not self._stack:
            return
        before = len(self._stack)
        self._leave_exhausted()
        if address:
            exclaims = address[-1] in "！!"
            for at, entry in enumerate(self._stack):
                if entry.rank > self._ranks["han"] and entry.is_last and (entry.runs_in or exclaims):
                    del self._stack[at:]
                    break
        for entry in self._stack:
            if entry.left:
                entry.left -= 1
        if len(self._stack) < before:
            self._tell()

    def begin_item(self, marker: Marker, run: Sequence[int] = ()) -> None:
        """A paragraph with a marker and no heading of its own: it stands beside those of its family, not below them."""
        item = _Entry("", marker.family, self._ranks[marker.family], 0, None, False, False, run)
        if self._leave(item):
            self._tell()

    def _leave(self, new: _Entry) -> bool:
        """Leave the headings that the new one takes the place of; whether there are any."""
        for at, entry in enumerate(self._stack):
            if _ends(entry, new):
                del self._stack[at:]
                return True
        return False

    def _leave_exhausted(self) -> None:
        while self._stack and self._stack[-1].left == 0:
            self._stack.pop()

    def clear(self) -> None:
        """The outline has ended."""
        self._stack.clear()
        self._tell()

    def _tell(self) -> None:
        self.headings = tuple([entry.heading for entry in self._stack])


def _ends(entry: _Entry, new: _Entry) -> bool:
    """Whether a heading takes the place of one above: by their levels where the file gives both, else by their markers.

    Those that are counted together stand side by side, though only some of them are in a heading style.
    """
    if new.style and entry.style:
        return entry.style >= new.style
    if entry.family == new.family:
        return entry.style == new.style or (entry.run is new.run and new.family != "unmarked")
    return entry.rank > new.rank
