"""What people corrected in a report page: the CSV that its button “save corrections” downloads."""

from pathlib import Path

from jianghua.labelling.csv_file import read_csv
from jianghua.review.corrections import Incoming

COLUMNS = ("fingerprint", "source", "label", "secondary", "note", "text")
"""Columns that the file must have; `annotator` may be there, others are not read."""


def read_page(path: Path) -> list[Incoming]:
    """Rows of corrections, as typed.

    Raises:
        LabelsError: see `read_csv`; or a column is missing.
    """
    table = read_csv(path)
    table.require(COLUMNS, "a CSV that a report page saved")
    return [_row(f"line {number}", row) for number, row in table.rows]


def _row(where: str, row: dict[str, str]) -> Incoming:
    cells = {column: row.get(column, "") for column in (*COLUMNS, "annotator")}
    return Incoming(where, **{column: cell if column == "text" else cell.strip() for column, cell in cells.items()})
