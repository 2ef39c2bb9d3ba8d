"""A workbook (.xlsx) in which all text is text: nothing becomes a formula, a link or a number."""

import io
import itertools
from collections.abc import Iterable
from datetime import datetime

import xlsxwriter

from jianghua.tables import LAST_ROW, cell_text
from jianghua.tagging.outputs import Record
from jianghua.tagging.outputs.rows import columns_and_rows

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


def render(records: Iterable[Record], source: str, lang: str) -> bytes:
    """Records as a workbook."""
    columns, rows = columns_and_rows(records)
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
            if sheet is None or at == LAST_ROW:
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
