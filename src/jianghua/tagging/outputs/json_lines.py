"""JSON lines: a record a line, as it is."""

from collections.abc import Iterable

import orjson

from jianghua.tagging.outputs import Record
from jianghua.tagging.outputs.rows import encodable


def render(records: Iterable[Record], source: str, lang: str) -> bytes:
    """Records as JSON, one a line."""
    return b"".join(map(_line, records))


def _line(record: Record) -> bytes:
    try:
        return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
    except orjson.JSONEncodeError:
        return orjson.dumps(encodable(record), option=orjson.OPT_APPEND_NEWLINE)
