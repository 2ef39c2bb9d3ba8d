"""Tagged records → contents of output files."""

import io
import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from jianghua.errors import UsageError
from jianghua.tables import cell_text, table_bytes
from jianghua.tagging.tags import COLUMNS

FORMATS = ("jsonl", "csv", "parquet", "xlsx")
_NESTED = ("outline", "scores", "segments", "explanation")
_WHOLE_NUMBERS = ("speech", "paragraph", "start", "end", "level")
_WIDTHS = {
    "source": 28,
    "outline": 30,
    "text": 80,
    "label": 14,
    "secondary": 14,
    "scores": 30,
    "segments": 30,
    "title": 30,
    "speaker": 12,
    "date": 12,
    "office": 20,
    "occasion": 30,
    "model": 18,
}
"""Widths of a workbook's columns, in characters; the others are as wide as their names."""
_CUT = "… [{:,} more characters: see the JSONL or CSV]"
_LAST_ROW = 1_048_576


def render(records: Iterable[Mapping[str, Any]], format: str) -> bytes:
    """Contents of an output file; the same records give the same bytes.

    Raises:
        ValueError: the format is not known.
    """
    if format == "jsonl":
        return b"".join(map(_json_line, records))
    rows = [_encodable(record) for record in records]
    columns = (*COLUMNS, "explanation") if rows and "explanation" in rows[0] else COLUMNS
    flat = (_flat(record, columns) for record in rows)
    if format == "csv":
        return table_bytes(columns, flat)
    if format == "parquet":
        return parquet_bytes(columns, flat)
    if format == "xlsx":
        return workbook_bytes(columns, flat)
    raise UsageError(f"format {format!r} is not known; use one of {', '.join(FORMATS)}")


def _json_line(record: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
    except orjson.JSONEncodeError:
        return orjson.dumps(_encodable(record), option=orjson.OPT_APPEND_NEWLINE)


def _encodable(record: Mapping[str, Any]) -> Mapping[str, Any]:
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


def _flat(record: Mapping[str, Any], columns: Sequence[str]) -> list[Any]:
    return [
        orjson.dumps(record[column]).decode() if column in _NESTED and record[column] is not None else record[column]
        for column in columns
    ]


def parquet_bytes(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Parquet, compressed with zstd; types do not depend on the rows, so that files of many speeches can be read as one."""
    import pyarrow
    from pyarrow import parquet

    types = {name: pyarrow.int64() for name in _WHOLE_NUMBERS} | {"confidence": pyarrow.float64()}
    schema = pyarrow.schema([(name, types.get(name, pyarrow.string())) for name in columns])
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    table = pyarrow.table(
        [pyarrow.array(column, field.type) for column, field in zip(values, schema, strict=True)], schema=schema
    )
    stream = io.BytesIO()
    parquet.write_table(table, stream, compression="zstd")
    return stream.getvalue()


def workbook_bytes(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A workbook (.xlsx) in which all text is text: nothing becomes a formula, a link or a number."""
    import xlsxwriter

    stream = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})
        heading = book.add_format({"bold": True, "bottom": 1})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = None
        at = 0
        for row in itertools.chain([None], rows):
            if sheet is None or at == _LAST_ROW:
                sheet = book.add_worksheet()
                sheet.freeze_panes(1, 0)
                for place, name in enumerate(columns):
                    sheet.set_column(
                        place, place, _WIDTHS.get(name, len(name) + 4), wrapped if name == "text" else None
                    )
                    sheet.write_string(0, place, name, heading)
                at = 1
            for place, value in enumerate(row or ()):
                if isinstance(value, str):
                    sheet.write_string(at, place, cell_text(value, _CUT, 60))
                elif value is not None:
                    sheet.write_number(at, place, value)
            at += row is not None
            sheet.autofilter(0, 0, at - 1, len(columns) - 1)
    return stream.getvalue()
