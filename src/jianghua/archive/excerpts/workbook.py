"""Excerpts as a workbook in which all text is text."""

import io
from datetime import datetime

import xlsxwriter

from jianghua.archive.excerpts import Excerpts
from jianghua.archive.excerpts.rows import WIDTHS, rows_of
from jianghua.errors import UsageError
from jianghua.tables import LAST_ROW, cell_text

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def render(excerpts: Excerpts) -> bytes:
    """A row a passage.

    Raises:
        UsageError: there are more than a sheet has rows.
    """
    if len(excerpts.passages) >= LAST_ROW:
        raise UsageError(
            f"{len(excerpts.passages):,} passages: a sheet has {LAST_ROW:,} rows; ask for fewer, or use .csv"
        )
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, _OPTIONS) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})
        heading = book.add_format({"bold": True, "bottom": 1})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("excerpts")
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        for place, (name, width) in enumerate(WIDTHS.items()):
            sheet.set_column(place, place, width, wrapped)
            sheet.write_string(0, place, name, heading)
        for at, row in enumerate(rows_of(excerpts), 1):
            for place, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(at, place, cell_text(value), wrapped)
                elif value is not None:
                    sheet.write_number(at, place, value, wrapped)
        sheet.autofilter(0, 0, len(excerpts.passages), len(WIDTHS) - 1)
    return stream.getvalue()
