"""The table of all speeches of a batch: the head of each, and how many paragraphs of each function it has."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import orjson

from jianghua.corpus import Paragraph
from jianghua.corpus.heads import FIELDS, Speech
from jianghua.labels import FUNCTIONS
from jianghua.tables import table_lines
from jianghua.tagging.jobs import Outcome

_COUNTS = ("characters", "paragraphs", "headings", "meta", *FUNCTIONS)
_HEAD = tuple(f"{field}{part}" for field in FIELDS for part in ("", "_start", "_end"))
COLUMNS = ("source", "speech", *_HEAD, *_COUNTS)


def pack(heads: Sequence[Speech], records: Iterable[tuple[Paragraph, str | None]]) -> bytes:
    """Rows of a file's speeches without source and number, as JSON: a million of them fit into memory.

    Args:
        records: of the file, in order, each with its label.
    """
    rows = []
    for head, (_, group) in zip(heads, groupby(records, key=lambda record: record[0].speech), strict=True):
        of_speech = list(group)
        kinds = Counter(p.kind for p, _ in of_speech)
        functions = Counter(label for _, label in of_speech)
        counts = [
            of_speech[-1][0].end - of_speech[0][0].start,
            kinds["paragraph"],
            kinds["heading"] + kinds["title"],
            kinds["meta"],
            *(functions[name] for name in FUNCTIONS),
        ]
        rows.append([*_cells(head), *counts])
    return packed(rows)


def packed(rows: Sequence[Sequence[Any]]) -> bytes:
    """Rows as JSON, in no more memory than that takes: what orjson makes keeps its buffer of four kilobytes."""
    return bytes(memoryview(orjson.dumps(rows)))


def _cells(head: Speech) -> Iterator[str | int | None]:
    for field in FIELDS:
        value = getattr(head, field)
        yield from (None, None, None) if value is None else value


def are_rows(value: Any) -> bool:
    """Whether a value of unknown origin is what `pack` makes JSON of."""
    return isinstance(value, list) and all(isinstance(row, list) and _is_row(row) for row in value)


def _is_row(row: Sequence[Any]) -> bool:
    texts, numbers, counts = (
        row[: len(_HEAD) : 3],
        [*row[1 : len(_HEAD) : 3], *row[2 : len(_HEAD) : 3]],
        row[len(_HEAD) :],
    )
    return (
        len(row) == len(_HEAD) + len(_COUNTS)
        and all(text is None or isinstance(text, str) for text in texts)
        and all(number is None or _is_count(number) for number in numbers)
        and all(map(_is_count, counts))
    )


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 63


def summary(outcomes: Iterable[Outcome]) -> Iterator[bytes]:
    """Table of the speeches of all files that were tagged, one row a speech; in pieces, for there may be a million."""
    rows = (
        (outcome.source, number, *row)
        for outcome in outcomes
        if outcome.error is None
        for number, row in enumerate(orjson.loads(outcome.heads))
    )
    return table_lines(COLUMNS, rows)
