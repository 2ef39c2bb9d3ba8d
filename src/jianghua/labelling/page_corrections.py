"""What people corrected in a report page: the CSV that its button “save corrections” downloads."""

import csv
from pathlib import Path

from jianghua.errors import LabelsError
from jianghua.labelling.corrections import Incoming

COLUMNS = ("fingerprint", "source", "label", "secondary", "note", "text")
"""Columns that the file must have; `annotator` may be there, others are not read."""

_GUARDED = ("=", "+", "-", "@", "\t", "\r", "'")
"""What the page puts an apostrophe before, so that no sheet runs it as a formula."""


def read_page(path: Path) -> list[Incoming]:
    """Rows of corrections, as typed.

    Raises:
        ValueError: the file is not UTF-8, or lacks a column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
            if missing:
                raise LabelsError(f"{path}: lacks the columns {missing}; expected a CSV that a report page saved")
            return [_row(f"line {rows.line_num}", row) for row in rows]
    except UnicodeDecodeError as error:
        raise LabelsError(f"{path}: is not UTF-8 ({error}); save it as CSV UTF-8") from None


def _row(where: str, row: dict[str, str | None]) -> Incoming:
    cells = {column: _plain(row.get(column) or "") for column in (*COLUMNS, "annotator")}
    return Incoming(where, **{column: cell if column == "text" else cell.strip() for column, cell in cells.items()})


def _plain(cell: str) -> str:
    """Take the page's apostrophe off.

    >>> _plain("'=1+1"), _plain("''quoted'"), _plain("'tis")
    ('=1+1', "'quoted'", "'tis")
    """
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_GUARDED) else cell
