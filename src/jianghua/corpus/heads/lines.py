"""Lines of a speech's head, and where the head ends."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from jianghua.corpus.heads import patterns
from jianghua.corpus.heads.dates import find_date
from jianghua.corpus.heads.evidence import BLANK, Piece
from jianghua.corpus.script import simplify
from jianghua.corpus.speech import Paragraph

LONGEST = 160
"""Characters of a line of a head, or of lines that are one."""
_RECORDS = 300
_MOST_OTHERS = 200
"""Characters of records before a salutation that are neither title nor meta: captions, remains of a page."""
_BEGINNING = 240
_MARKUP = "#>*"
_DASHES = "—―─－-"


class Unit(NamedTuple):
    """A line, or lines that are one: the kind of its record, its text, whether markup makes it a heading."""

    kind: str
    piece: Piece
    marked: bool


def end_of_head(records: Sequence[Paragraph]) -> int:
    """Number of records before a speech begins: before its salutation, or else its first paragraph."""
    end = None
    others = 0
    for number, record in enumerate(records[:_RECORDS]):
        if record.kind != "title" and patterns.SALUTATION.match(record.text):
            return number
        if record.kind in ("title", "meta") or patterns.COVER.match(record.text):
            continue
        others += len(record.text)
        if others > _MOST_OTHERS or (record.level is not None and record.text[0] not in _DASHES):
            return number if end is None else end
        if end is None and record.kind == "paragraph":
            end = number
    return min(len(records), _RECORDS) if end is None else end


def beginning_of(text: str, record: Paragraph) -> Piece:
    """The first characters of a record."""
    return Piece(record.start, simplify(text[record.start : min(record.end, record.start + _BEGINNING)]))


def lines_of(text: str, records: Sequence[Paragraph]) -> Iterator[Unit]:
    """Lines of records that follow each other, without Markdown's marks and outer white space."""
    if not records:
        return
    begin = records[0].start
    simplified = simplify(text[begin : records[-1].end])
    for record in records:
        at = record.start
        for line in simplified[record.start - begin : record.end - begin].splitlines(keepends=True):
            piece = Piece(at, line).stripped()
            at += len(line)
            marked = piece.body[:1] in _MARKUP
            if marked:
                piece = piece.stripped(_MARKUP + BLANK)
            if piece.body:
                yield Unit(record.kind, piece, marked)


def units(of_head: Iterable[Unit]) -> Iterator[Unit]:
    """Lines, those together that a line break cut in two."""
    waiting: Unit | None = None
    for line in of_head:
        if waiting is not None and _goes_on(waiting.piece.body, line.piece.body):
            gap = "\n" * (line.piece.start - waiting.piece.end)
            waiting = waiting._replace(piece=Piece(waiting.piece.start, waiting.piece.body + gap + line.piece.body))
            continue
        if waiting is not None:
            yield waiting
        waiting = line
    if waiting is not None:
        yield waiting


def _goes_on(line: str, following: str) -> bool:
    if len(line) + len(following) > LONGEST:
        return False
    if line[-1] in ":：":
        return patterns.LABEL.fullmatch(line) is not None
    if len("".join(following.split())) <= 2:  # 政府工作报 / 告
        return not patterns.ends_in_genre(line) and patterns.ends_in_genre(line[-6:] + following)
    if following[0] in "（(【[" or following[0] in _DASHES:
        return False
    if any(left in line and line.count(left) > line.count(right) for left, right in ("（）", "《》", "“”")):
        return any(mark in following for mark in "）》”") and find_date(following[:16]) is None
    if following.endswith("通知"):
        return patterns.notice_of(line + following) is not None
    return (
        "在" in line
        and patterns.OPEN.match(line) is not None
        and not patterns.CLOSED.search(line)
        and patterns.CLOSED.search(following) is not None
        and not following.startswith("在")
        and find_date(following[:16]) is None
    )
