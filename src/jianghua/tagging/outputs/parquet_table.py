"""Parquet, whose types do not depend on the rows, so that files of many speeches can be read as one."""

import io
from collections.abc import Iterable

import pyarrow
from pyarrow import parquet

from jianghua.tagging.outputs import Record
from jianghua.tagging.outputs.rows import columns_and_rows

_WHOLE_NUMBERS = ("speech", "paragraph", "start", "end", "level")
_TYPES = {name: pyarrow.int64() for name in _WHOLE_NUMBERS} | {"confidence": pyarrow.float64()}


def render(records: Iterable[Record], source: str, lang: str) -> bytes:
    """Records as Parquet, compressed with zstd."""
    columns, rows = columns_and_rows(records)
    schema = pyarrow.schema([(name, _TYPES.get(name, pyarrow.string())) for name in columns])
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    table = pyarrow.table(
        [pyarrow.array(column, field.type) for column, field in zip(values, schema, strict=True)], schema=schema
    )
    stream = io.BytesIO()
    parquet.write_table(table, stream, compression="zstd")
    return stream.getvalue()
