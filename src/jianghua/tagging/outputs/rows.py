"""Records as rows of a table: what is nested in them is JSON, and all text can be written as UTF-8."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from jianghua.tagging.outputs import Record
from jianghua.tagging.tags import COLUMNS

_NESTED = ("outline", "scores", "segments", "explanation")


def columns_and_rows(records: Iterable[Record]) -> tuple[tuple[str, ...], Iterator[list[Any]]]:
    """Names of the columns, and a row for each record."""
    encoded = [encodable(record) for record in records]
    columns = (*COLUMNS, "explanation") if encoded and "explanation" in encoded[0] else COLUMNS
    return columns, (_flat(record, columns) for record in encoded)


def encodable(record: Record) -> Record:
    """The record, halves of characters (from file names that are no UTF-8) written out so that UTF-8 can hold them."""
    try:
        for column in ("source", "text"):
            record[column].encode()
    except UnicodeEncodeError:
        return {key: _written_out(value) for key, value in record.items()}
    return record


def _written_out(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    return [_written_out(item) for item in value] if isinstance(value, list) else value


def _flat(record: Record, columns: Sequence[str]) -> list[Any]:
    return [
        orjson.dumps(record[column]).decode() if column in _NESTED and record[column] is not None else record[column]
        for column in columns
    ]
