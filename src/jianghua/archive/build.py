"""The database of an archive, made of the JSON lines of its files whenever a run ends.

They are the truth, and what an interrupted run goes on from; the database is made of all of them anew, in the order of their
names, so that the same files give the same bytes whatever happened on the way.
"""

import gc
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import orjson

from jianghua import __version__
from jianghua.archive.indexed import SEPARATOR, spaced
from jianghua.archive.schema import (
    APPLICATION,
    ARCHIVE,
    COLUMNS_OF_WORDS,
    HEADINGS,
    INDEXES,
    META,
    TABLES,
    VERSION,
)
from jianghua.corpus import fingerprint
from jianghua.errors import AccessError, ArchiveError, JianghuaError, access_to
from jianghua.files import written_whole
from jianghua.tagging.jobs import Outcome
from jianghua.tagging.outputs.course import borders_of_text
from jianghua.tagging.summary import COLUMNS as SUMMARY_COLUMNS

_LINES = "jsonl"
_SETTINGS = (
    f"PRAGMA application_id = {APPLICATION}",
    f"PRAGMA user_version = {VERSION}",
    "PRAGMA encoding = 'UTF-8'",
    "PRAGMA page_size = 16384",
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA journal_mode = OFF",  # the file is nobody's until it is whole
    "PRAGMA synchronous = OFF",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -8192",
)
_REFUSED = (sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError, sqlite3.DataError)
"""What SQLite says of values that do not fit."""
_INDEX_IN_MEMORY = 32 * 1024 * 1024
"""Bytes of the full-text index that are collected before they are written: fewer pieces have to be merged."""

Row = tuple[Any, ...]
_BEGIN, _END, _LABEL = 4, 5, 6
"""Places in a row of a segment."""


def build_archive(out: Path, outcomes: Iterable[Outcome], model: str) -> list[str]:
    """Write the database of all files whose JSON lines are in `out`, whole or not at all.

    Args:
        outcomes: what became of the files, in the order in which they shall stand in it.
        model: name and version of the model whose tags it holds.

    Returns:
        names of files that another model has tagged: they are left out, for its functions are not to be mixed with these.

    Raises:
        AccessError: it cannot be written, or JSON lines cannot be read.
        ArchiveError: JSON lines are not what `jianghua tag` writes.
    """
    left_out = []
    path = out / ARCHIVE
    was_on = gc.isenabled()
    gc.disable()  # there are no cycles; looking for them takes a third of the time
    try:
        with written_whole(path) as part:
            connection = sqlite3.connect(part, isolation_level=None)
            try:
                tables = _Tables(connection, model)
                for outcome in outcomes:
                    with _as_we_write_it(out, outcome):
                        records = _records(out, outcome)
                        if records and records[0]["model"] != model:
                            left_out.append(outcome.source)
                        elif records:
                            tables.add(outcome, records)
                tables.finish()
            finally:
                connection.close()
    except sqlite3.Error as error:
        raise AccessError(f"{path}: {error}; make room there, or choose another folder for the outputs") from error
    finally:
        if was_on:
            gc.enable()
    return left_out


@contextmanager
def _as_we_write_it(out: Path, outcome: Outcome) -> Iterator[None]:
    """JSON lines may have been edited, or be a stranger's: what is wrong with them shows where they are used.

    Raises:
        ArchiveError: something is.
    """
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, *_REFUSED) as error:
        if isinstance(error, JianghuaError):
            raise
        raise ArchiveError(
            f"{out / outcome.relative}.{_LINES}: is not what `jianghua tag` writes ({error}); remove it, and the same "
            "command makes it again"
        ) from error


def _records(out: Path, outcome: Outcome) -> Sequence[Mapping[str, Any]]:
    """The records of a file; none where it has no JSON lines, or no longer the ones that were written."""
    path = out / f"{outcome.relative}.{_LINES}"
    size = dict(outcome.outputs).get(_LINES)
    try:
        if size is None or path.is_symlink() or path.stat().st_size != size:
            return ()
    except FileNotFoundError:
        return ()
    with access_to(path):
        data = path.read_bytes()
    records: list[Mapping[str, Any]] = orjson.loads(b"[%b]" % data.removesuffix(b"\n").replace(b"\n", b","))
    return records


class _Tables:
    """Rows on their way into the database."""

    def __init__(self, connection: sqlite3.Connection, model: str) -> None:
        self._connection = connection
        self._speeches = self._paragraphs = 0
        for statement in (*_SETTINGS, *TABLES, "BEGIN"):
            connection.execute(statement)
        connection.execute("INSERT INTO words (words, rank) VALUES ('hashsize', ?)", (_INDEX_IN_MEMORY,))
        self._insert("about", [("model", model), ("jianghua", __version__)])

    def add(self, outcome: Outcome, records: Sequence[Mapping[str, Any]]) -> None:
        """The rows of a file."""
        speeches = list(_speeches(outcome, self._speeches))
        numbered = list(enumerate(records, self._paragraphs))
        segments_of = [list(_segments(id, record)) for id, record in numbered]
        self._insert("speeches", speeches)
        self._insert("paragraphs", [_paragraph(id, self._speeches, record) for id, record in numbered])
        self._insert("segments", list(chain.from_iterable(segments_of)))
        self._insert("words", _words(numbered, segments_of), ("rowid", *COLUMNS_OF_WORDS))
        self._speeches += len(speeches)
        self._paragraphs += len(records)

    def finish(self) -> None:
        for statement in (*INDEXES, "COMMIT"):
            self._connection.execute(statement)

    def _insert(self, table: str, rows: Sequence[Row], columns: Sequence[str] = ()) -> None:
        if rows:
            names = f"({', '.join(columns)})" if columns else ""
            places = ", ".join("?" * len(rows[0]))
            self._connection.executemany(f"INSERT INTO {table} {names} VALUES ({places})", rows)  # noqa: S608


def _speeches(outcome: Outcome, first: int) -> Iterator[Row]:
    for number, row in enumerate(orjson.loads(outcome.heads)):
        held = dict(zip(SUMMARY_COLUMNS, (outcome.source, number, *row), strict=True))
        date = held["date"]
        yield (
            first + number,
            outcome.source,
            outcome.relative,
            number,
            *(_text(held[field]) for field in ("title", "speaker", "office")),
            date,
            int(date[:4]) if date else None,
            _text(held["occasion"]),
            held["characters"],
            held["paragraphs"],
        )


def _paragraph(id: int, first: int, record: Mapping[str, Any]) -> Row:
    return (
        id,
        first + record["speech"],
        record["paragraph"],
        record["start"],
        record["end"],
        record["kind"],
        record["level"],
        orjson.dumps(record["outline"]).decode(),
        record["label"],
        record["secondary"],
        record["confidence"],
        fingerprint(record["text"]) if record["label"] else None,
        _text(record["text"]),
    )


def _segments(paragraph: int, record: Mapping[str, Any]) -> Iterator[Row]:
    segments = record["segments"]
    if not segments:
        return
    borders = [0, len(record["text"])] if len(segments) == 1 else borders_of_text(record)
    for number, (segment, (begin, end)) in enumerate(zip(segments, pairwise(borders), strict=True)):
        yield (paragraph, number, segment["start"], segment["end"], begin, end, segment["label"], segment["confidence"])


def _words(numbered: Sequence[tuple[int, Mapping[str, Any]]], segments_of: Sequence[Sequence[Row]]) -> list[Row]:
    """Rows of the index: a paragraph's text is cut at its segments, and what is of one function stands in its column."""
    pieces: list[str] = []
    places: list[tuple[int, str]] = []
    for (id, record), segments in zip(numbered, segments_of, strict=True):
        text = record["text"]
        if len(segments) > 1:
            for label in dict.fromkeys(segment[_LABEL] for segment in segments):
                own = (text[s[_BEGIN] : s[_END]] for s in segments if s[_LABEL] == label)
                places.append((id, label))
                pieces.append(SEPARATOR.join(own))
        else:
            places.append((id, segments[0][_LABEL] if segments else _column_of(record)))
            pieces.append(text)
    rows: dict[int, dict[str, str]] = defaultdict(dict)
    for (id, column), piece in zip(places, spaced(pieces), strict=True):
        rows[id][column] = piece
    return [(id, *map(row.get, COLUMNS_OF_WORDS)) for id, row in rows.items()]


def _column_of(record: Mapping[str, Any]) -> str:
    return record["label"] or (META if record["kind"] == "meta" else HEADINGS)


def _text(text: str | None) -> str | None:
    """Text as SQL can hold it: functions of SQLite end a text at its first NUL."""
    return text.replace("\0", "\ufffd") if text else text
