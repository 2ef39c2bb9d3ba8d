"""The review queue as an XLSX workbook, and what people typed into it."""

import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from jianghua.errors import LabelsError
from jianghua.labels import FUNCTIONS, TABLE
from jianghua.review.cells import read_cells
from jianghua.review.corrections import Incoming
from jianghua.tables import cell_text

SHEET = "queue"
WIDTHS = {
    "fingerprint": 14,
    "source": 24,
    "speech": 7,
    "paragraph": 9,
    "outline": 24,
    "before": 36,
    "text": 64,
    "after": 36,
    "suggested": 16,
    "confidence": 10,
    "cues": 28,
    "label": 15,
    "secondary": 15,
    "note": 30,
}
"""Columns of the sheet, in order, with their widths in characters."""

TYPED = ("label", "secondary", "note")
"""Columns that people fill in; the others must come back as they are."""

_GREY = PatternFill("solid", fgColor="FFEDEDED")
_HEAD = PatternFill("solid", fgColor="FFD9E2F3")
_WRAPPED = Alignment(wrap_text=True, vertical="top")


def sheet_bytes(queue: pd.DataFrame) -> bytes:
    """Workbook with the queue on one sheet and the six labels on another; no cell is ever a formula.

    Args:
        queue: as from `review_queue`.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(SHEET)
    _write_row(sheet, WIDTHS)
    for row in queue.to_dict("records"):
        both = [row["suggested"], row["suggested_secondary"]]
        row |= {"suggested": " + ".join(filter(None, both)), "label": "", "secondary": "", "note": ""}
        _write_row(sheet, [row[column] for column in WIDTHS])
    _look(sheet, list(WIDTHS.values()))
    sheet.auto_filter.ref = sheet.dimensions
    for index, column in enumerate(WIDTHS, 1):
        for (cell,) in sheet.iter_rows(min_row=2, min_col=index, max_col=index):
            if column not in TYPED:
                cell.fill = _GREY
            if column == "confidence":
                cell.number_format = "0.00"
    _offer_labels(sheet, len(queue) + 1)
    labels = book.create_sheet("labels")
    _write_row(labels, ["label", "中文", "the paragraph…"])
    for function in TABLE:
        _write_row(labels, [function.name, function.chinese, function.definition])
    _look(labels, [16, 14, 80])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read_sheet(path: Path) -> list[Incoming]:
    """Rows of a reviewed workbook, rows that are empty throughout left out.

    Raises:
        MissingError, AccessError: it cannot be opened.
        LabelsError: see `read_cells`; or its sheet “queue” lacks a column, has one twice, or has typed text outside the
            columns.
    """
    cells = read_cells(path, SHEET)
    header = {place: text.strip() for place, text in cells.get(1, {}).items()}
    missing = [column for column in WIDTHS if column not in header.values()]
    if missing:
        raise LabelsError(f"{path}: sheet {SHEET!r} lacks the columns {missing}; expected {', '.join(WIDTHS)}")
    names = list(header.values())
    twice = [column for column in WIDTHS if names.count(column) > 1]
    if twice:
        raise LabelsError(f"{path}: sheet {SHEET!r} has two columns called {twice[0]!r}; delete one of them")
    rows = []
    for number, typed in cells.items():
        row = {header.get(place, ""): text.strip() for place, text in typed.items() if text.strip()}
        stray = [text for column, text in row.items() if column not in WIDTHS]
        if number > 1 and stray:
            raise LabelsError(
                f"{path}: row {number} has {stray[0]!r} outside the known columns; put remarks into `note`"
            )
        if number > 1 and row:
            values = {column: row.get(column, "") for column in ("fingerprint", "source", "text", *TYPED)}
            rows.append(Incoming(f"row {number}", **values))
    return rows


def _write_row(sheet: Worksheet, values: Iterable[object]) -> None:
    sheet.append([_cell(sheet, value) for value in values])


def _cell(sheet: Worksheet, value: object) -> Cell:
    cell = WriteOnlyCell(sheet)
    if isinstance(value, str):
        cell.number_format = "@"  # stays text when a person edits it
        if value:
            cell.value = cell_text(value)
            cell.data_type = "s"  # openpyxl takes “=…” for a formula
    elif not pd.isna(value):  # type: ignore[call-overload]
        cell.value = value  # type: ignore[assignment]
    return cell


def _look(sheet: Worksheet, widths: Sequence[int]) -> None:
    sheet.freeze_panes = "A2"
    for index, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = _WRAPPED
            if cell.row == 1:
                cell.font = Font(bold=True)
                cell.fill = _HEAD


def _offer_labels(sheet: Worksheet, last: int) -> None:
    offer = DataValidation("list", formula1=f'"{",".join(FUNCTIONS)}"', allow_blank=True, showErrorMessage=True)
    offer.errorTitle, offer.error = "label", f"One of: {', '.join(FUNCTIONS)}"
    sheet.add_data_validation(offer)
    for column in ("label", "secondary"):
        letter = get_column_letter(list(WIDTHS).index(column) + 1)
        offer.add(f"{letter}2:{letter}{last}")
