"""Passages of an archive, found by their words, and by function, year, title, speaker and office."""

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from jianghua.archive.folding import fold, letters_of, pattern_of
from jianghua.archive.schema import COLUMNS_OF_WORDS, META
from jianghua.errors import ArchiveError, UsageError

_LONGEST = 1000
"""Characters of a phrase."""
_AT_ONCE = 500
ORDERS = {"date": "s.date IS NULL, s.date DESC, s.id, words.rowid", "relevance": "words.rank, s.id, words.rowid"}
"""What passages can be sorted by: the newest first, or the best by BM25 (Robertson and Zaragoza 2009)."""


class Years(NamedTuple):
    """From one year to another; None is no limit."""

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked. A passage has all `words`, each of them a phrase, in text of one of the `functions` (if there are any).

    `title`, `speaker` and `office` are parts of what a speech has there, in simplified or traditional characters.
    """

    words: Sequence[str]
    functions: Sequence[str] = ()
    years: Years | None = None
    title: str | None = None
    speaker: str | None = None
    office: str | None = None
    sort: str = "date"
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """Where in a passage one of the words stands, and the function of that part of it (None in a heading)."""

    start: int
    end: int
    function: str | None


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph or heading with the words, and the speech that it is of; fields as in docs/archive.md."""

    source: str
    speech: int
    title: str | None
    speaker: str | None
    office: str | None
    date: str | None
    occasion: str | None
    paragraph: int
    kind: str
    outline: tuple[str, ...]
    label: str | None
    confidence: float | None
    text: str
    hits: tuple[Hit, ...]

    @property
    def function(self) -> str | None:
        """What the part is for in which the first of the words stands."""
        return self.hits[0].function if self.hits else self.label

    def marked(self) -> Iterator[tuple[str, bool]]:
        """The text in pieces, each with whether it is one of the words."""
        at = begin = end = 0
        for hit in self.hits:
            if hit.start > end:
                yield from ((self.text[at:begin], False), (self.text[begin:end], True))
                at, begin = end, hit.start
            end = max(end, hit.end)
        yield from ((self.text[at:begin], False), (self.text[begin:end], True), (self.text[end:], False))


@dataclass(frozen=True, slots=True)
class Findings:
    """How many passages in how many speeches there are, how many more in speeches without a date (where years were asked
    for), and the first passages."""

    passages: int
    speeches: int
    undated: int
    first: Sequence[Passage]


def find(connection: sqlite3.Connection, query: Query) -> Findings:
    """Passages that a query finds.

    Raises:
        UsageError: a word has nothing that can be searched.
        ArchiveError: a row is not as we write it.
    """
    match = _match(query)
    conditions, values = _conditions(connection, query)
    among = "FROM words JOIN paragraphs AS p ON p.id = words.rowid JOIN speeches AS s ON s.id = p.speech WHERE words MATCH ?"
    dated = " AND s.year BETWEEN ? AND ?" if query.years else ""
    limits = [query.years.first or 0, query.years.last or 9999] if query.years else []
    passages, speeches = connection.execute(
        f"SELECT count(*), count(DISTINCT s.id) {among}{conditions}{dated}", [match, *values, *limits]
    ).fetchone()
    undated = 0
    if query.years:
        count = f"SELECT count(*) {among}{conditions} AND s.year IS NULL"
        (undated,) = connection.execute(count, [match, *values]).fetchone()
    ids = connection.execute(
        f"SELECT words.rowid {among}{conditions}{dated} ORDER BY {ORDERS[query.sort]} LIMIT ?",
        [match, *values, *limits, -1 if query.limit is None else query.limit],
    ).fetchall()
    return Findings(passages, speeches, undated, list(_passages(connection, [id for (id,) in ids], query)))


def _match(query: Query) -> str:
    """The query in the language of the index; nothing that was typed has a meaning in it."""
    phrases = []
    for word in query.words:
        letters = letters_of(word)
        if not letters:
            raise UsageError(f"{word!r}: holds nothing that can be searched; expected characters, letters or digits")
        if len(letters) > _LONGEST:
            raise UsageError(f"{word[:20]!r}…: a phrase of {len(letters):,} characters; expected {_LONGEST:,} or fewer")
        phrases.append('"' + " ".join(letters) + '"')
    columns = query.functions or [column for column in COLUMNS_OF_WORDS if column != META]
    return f"{{{' '.join(columns)}}} : ({' AND '.join(phrases)})"


def _conditions(connection: sqlite3.Connection, query: Query) -> tuple[str, list[Any]]:
    """SQL for what speeches must be like: their numbers, for few are left where something of them is asked for."""
    wanted = {
        column: letters_of(part)
        for column, part in (("title", query.title), ("speaker", query.speaker), ("office", query.office))
        if part is not None
    }
    if not wanted:
        return "", []
    rows = connection.execute(f"SELECT id, {', '.join(wanted)} FROM speeches")  # noqa: S608 - columns of ours
    fitting = [
        row[0]
        for row in rows
        if all(part in letters_of(_text(of) or "") for part, of in zip(wanted.values(), row[1:], strict=True))
    ]
    return " AND s.id IN (SELECT value FROM json_each(?))", [str(fitting)]


def _passages(connection: sqlite3.Connection, ids: Sequence[int], query: Query) -> Iterator[Passage]:
    patterns = [pattern_of(word) for word in query.words]
    for at in range(0, len(ids), _AT_ONCE):
        some = str(ids[at : at + _AT_ONCE])
        segments: dict[int, list[tuple[int, int, str]]] = {}
        for id, begin, end, label in connection.execute(
            "SELECT paragraph, text_start, text_end, label FROM segments WHERE paragraph IN (SELECT value FROM json_each(?)) "
            "ORDER BY paragraph, segment",
            [some],
        ):
            segments.setdefault(id, []).append((_number(begin), _number(end), _said(label)))
        rows = connection.execute(
            "SELECT s.source, s.speech, s.title, s.speaker, s.office, s.date, s.occasion, p.paragraph, p.kind, "
            "(SELECT json_group_array(value) FROM json_each(p.outline)), p.label, p.confidence, p.text, p.id "
            "FROM json_each(?) AS wanted JOIN paragraphs AS p ON p.id = wanted.value JOIN speeches AS s ON s.id = p.speech "
            "ORDER BY wanted.key",
            [some],
        )
        for row in rows:
            yield _passage(row, segments, patterns, query.functions)


def _passage(
    row: Sequence[Any],
    segments: dict[int, list[tuple[int, int, str]]],
    patterns: Sequence[re.Pattern[str]],
    functions: Sequence[str],
) -> Passage:
    source, speech, title, speaker, office, date, occasion, paragraph, kind, outline, label, confidence, text, id = row
    folded = fold(_said(text))
    parts: Sequence[tuple[int, int, str | None]] = segments.get(id) or [(0, len(text), _text(label))]
    hits = [
        Hit(found.start(), found.end(), function)
        for begin, end, function in parts
        if not functions or function in functions
        for pattern in patterns
        for found in pattern.finditer(folded, begin, end)
    ]
    return Passage(
        _said(source),
        _number(speech),
        _text(title),
        _text(speaker),
        _text(office),
        _text(date),
        _text(occasion),
        _number(paragraph),
        _said(kind),
        tuple(map(str, json.loads(_said(outline)))),
        _text(label),
        confidence if isinstance(confidence, float) else None,
        text,
        tuple(sorted(hits, key=lambda hit: (hit.start, -hit.end))),
    )


def _said(value: Any) -> str:
    """Text of a row; a database does not say what its columns hold."""
    if not isinstance(value, str):
        raise ArchiveError("the database is damaged (a number or nothing where a text should be); make it anew")
    return value


def _text(value: Any) -> str | None:
    return None if value is None else _said(value)


def _number(value: Any) -> int:
    if not isinstance(value, int):
        raise ArchiveError("the database is damaged (a text or nothing where a number should be); make it anew")
    return value
