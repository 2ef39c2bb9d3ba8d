"""The review queue as an XLSX workbook, and what people typed into it."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from jianghua.corpus.formats.archive import guard_archive
from jianghua.corpus.formats.limits import LIMITS
from jianghua.errors import LabelsError
from jianghua.labelling.corrections import Incoming
from jianghua.labels import CHINESE, FUNCTIONS
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

DEFINITIONS = {
    "achievements": "recounts what was done and achieved, praises, thanks for past work",
    "shortcomings": "names problems, gaps, difficulties, risks",
    "requirements": "says what is to be done: goals, tasks, measures",
    "discipline": "binds the conduct of officials: rules, clean government, accountability",
    "closing": "ends the speech: appeal, wishes, thanks",
    "context": "sets the scene: occasion, situation, significance, doctrine",
}
"""One line for each function; the whole definitions are in the codebook."""

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
    for function in FUNCTIONS:
        _write_row(labels, [function, CHINESE[function], DEFINITIONS[function]])
    _look(labels, [16, 14, 80])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read_sheet(path: Path) -> list[Incoming]:
    """Rows of a reviewed workbook, rows that are empty throughout left out.

    Raises:
        FileNotFoundError: no such file.
        ValueError: not a workbook, one that unpacks to more than a file may, or its sheet “queue” lacks a column or has typed text outside the columns.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            guard_archive(archive, str(path), LIMITS)
        book = load_workbook(path)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise LabelsError(
            f"{path}: is not an XLSX workbook ({error}); expected one from `jianghua review export`"
        ) from None
    if SHEET not in book.sheetnames:
        raise LabelsError(f"{path}: has the sheets {book.sheetnames}; expected one named {SHEET!r}")
    cells = [[_typed(value) for value in values] for values in book[SHEET].iter_rows(values_only=True)]
    header = cells[0] if cells else []
    missing = [column for column in WIDTHS if column not in header]
    if missing:
        raise LabelsError(f"{path}: sheet {SHEET!r} lacks the columns {missing}; expected {', '.join(WIDTHS)}")
    rows = []
    for number, values in enumerate(cells[1:], 2):
        row = dict(zip(header, values, strict=True))
        stray = [value for column, value in zip(header, values, strict=True) if value and column not in WIDTHS]
        if stray:
            raise LabelsError(
                f"{path}: row {number} has {stray[0]!r} outside the known columns; put remarks into `note`"
            )
        if any(values):
            kept = {column: row[column] for column in ("fingerprint", "source", "text", *TYPED)}
            rows.append(Incoming(f"row {number}", **kept))
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


def _typed(value: object) -> str:
    return "" if value is None else str(value).strip()
