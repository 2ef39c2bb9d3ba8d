"""Tagged records → contents of output files."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from jianghua.tagging.tagger import COLUMNS

FORMATS = ("jsonl", "csv")
_NESTED = ("outline", "scores", "segments", "explanation")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(records: Iterable[Mapping[str, Any]], format: str) -> bytes:
    """Contents of an output file.

    Raises:
        ValueError: the format is not known.
    """
    if format == "jsonl":
        return b"".join(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records)
    if format == "csv":
        rows = list(records)
        columns = (*COLUMNS, "explanation") if rows and "explanation" in rows[0] else COLUMNS
        return table_bytes(columns, (_flat(record, columns) for record in rows))
    raise ValueError(f"format {format!r} is not known; use one of {', '.join(FORMATS)}")


def _flat(record: Mapping[str, Any], columns: Sequence[str]) -> list[Any]:
    return [
        orjson.dumps(record[column]).decode() if column in _NESTED and record[column] is not None else record[column]
        for column in columns
    ]


def table_bytes(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """CSV that Excel opens as it is: UTF-8 with byte order mark; text that a sheet would run as a formula is quoted."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_harmless(value) for value in row])
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8", "replace")


def _harmless(value: Any) -> Any:
    """Put an apostrophe before text that begins like a formula.

    >>> _harmless("=1+1"), _harmless("——工业"), _harmless(-3)
    ("'=1+1", '——工业', -3)
    """
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA) else value
