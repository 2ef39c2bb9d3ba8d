"""CSV that Excel opens as it is."""

from collections.abc import Iterable

from jianghua.tables import table_bytes
from jianghua.tagging.outputs import Record
from jianghua.tagging.outputs.rows import columns_and_rows


def render(records: Iterable[Record], source: str, lang: str) -> bytes:
    """Records as CSV."""
    return table_bytes(*columns_and_rows(records))
