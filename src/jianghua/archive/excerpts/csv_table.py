"""Excerpts as CSV that Excel opens as it is."""

from jianghua.archive.excerpts import Excerpts
from jianghua.archive.excerpts.rows import WIDTHS, rows_of
from jianghua.tables import table_bytes


def render(excerpts: Excerpts) -> bytes:
    """A row a passage."""
    return table_bytes(tuple(WIDTHS), rows_of(excerpts))
