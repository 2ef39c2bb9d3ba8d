import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from jianghua.corpus import fingerprint
from jianghua.labels import FUNCTIONS
from jianghua.review.corrections import Incoming, find_problems
from jianghua.review.queue import COLUMNS
from jianghua.review.sheets import WIDTHS, read_sheet, sheet_bytes
from jianghua.tables import cell_text


def queue_of(*texts: str, **same: Any) -> pd.DataFrame:
    plain = dict.fromkeys(COLUMNS, "") | {
        "source": "county.txt",
        "speech": 0,
        "confidence": 0.5,
        "suggested_by": "cues",
    }
    rows = [
        plain | {"fingerprint": fingerprint(text), "paragraph": number, "text": text} | same
        for number, text in enumerate(texts)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def filled(path: Path, queue: pd.DataFrame, **cells: str) -> Path:
    """Write the queue and type into cells, as in label_2="closing"."""
    book = load_workbook(io.BytesIO(sheet_bytes(queue)))
    for name, typed in cells.items():
        column, row = name.rsplit("_", 1)
        book["queue"].cell(int(row), list(WIDTHS).index(column) + 1).value = typed
    book.save(path)
    return path


def test_what_is_typed_comes_back(tmp_path: Path) -> None:
    path = filled(
        tmp_path / "q.xlsx", queue_of("散会。", "谢谢大家！"), label_3=" closing ", secondary_3="context", note_3="再看"
    )
    untouched, typed = read_sheet(path)
    assert untouched == Incoming("row 2", "5feb1545891d", "county.txt", "散会。")
    expected = Incoming("row 3", fingerprint("谢谢大家！"), "county.txt", "谢谢大家！", "closing", "context", "再看")
    assert typed == expected


@pytest.mark.parametrize("text", ["=1+1", "+86", "-2", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")'])
def test_no_cell_is_ever_a_formula(text: str, tmp_path: Path) -> None:
    columns = ("source", "outline", "before", "after", "cues")
    data = sheet_bytes(queue_of(text, **dict.fromkeys(columns, text)))
    book = load_workbook(io.BytesIO(data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert not re.search(r"<f[ >]", archive.read("xl/worksheets/sheet1.xml").decode())
    (tmp_path / "q.xlsx").write_bytes(data)
    assert find_problems(read_sheet(tmp_path / "q.xlsx")) == []


def test_characters_that_xml_forbids_are_replaced_and_the_text_still_counts_as_unchanged(tmp_path: Path) -> None:
    text = "散\x01会\ufffe。"
    path = filled(tmp_path / "q.xlsx", queue_of(text), label_2="closing")
    (row,) = read_sheet(path)
    assert row.text == "散\ufffd会\ufffd。"
    assert find_problems([row], {row.place: fingerprint(cell_text(text))}) == []


def test_a_text_longer_than_a_cell_is_cut_visibly_and_still_counts_as_unchanged(tmp_path: Path) -> None:
    text = "好" * 40_000
    (row,) = read_sheet(filled(tmp_path / "q.xlsx", queue_of(text), label_2="closing"))
    assert row.text == "好" * 32_766 + "…"
    assert find_problems([row], {row.place: fingerprint(cell_text(text))}) == []


def test_labels_are_offered_in_both_columns_of_every_row() -> None:
    sheet = load_workbook(io.BytesIO(sheet_bytes(queue_of("一。", "二。"))))["queue"]
    (offer,) = sheet.data_validations.dataValidation
    assert offer.formula1 == '"achievements,shortcomings,requirements,discipline,closing,context"'
    headed = {column: get_column_letter(index) for index, column in enumerate(WIDTHS, 1)}
    assert str(offer.sqref) == f"{headed['label']}2:{headed['label']}3 {headed['secondary']}2:{headed['secondary']}3"


def test_the_header_stays_in_view_and_columns_that_must_not_change_look_so() -> None:
    book = load_workbook(io.BytesIO(sheet_bytes(queue_of("一。"))))
    sheet = book["queue"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:N2")
    row = zip(WIDTHS, sheet[2], strict=True)
    grey = [column for column, cell in row if cell.fill.fgColor.rgb == "FFEDEDED"]
    assert grey == [column for column in WIDTHS if column not in ("label", "secondary", "note")]
    assert all(cell.alignment.wrap_text for cell in sheet[2])
    assert [row[0].value for row in book["labels"].iter_rows(min_row=2)] == list(FUNCTIONS)


def test_a_second_suggestion_is_shown_and_a_missing_confidence_is_empty() -> None:
    queue = queue_of("一。", suggested="closing", suggested_secondary="context", confidence=float("nan"))
    sheet = load_workbook(io.BytesIO(sheet_bytes(queue)))["queue"]
    row = {column: cell.value for column, cell in zip(WIDTHS, sheet[2], strict=True)}
    assert (row["suggested"], row["confidence"], row["label"]) == ("closing + context", None, None)


def test_a_remark_in_a_column_of_its_own_is_not_dropped(tmp_path: Path) -> None:
    path = filled(tmp_path / "q.xlsx", queue_of("一。"))
    book = load_workbook(path)
    book["queue"]["P2"] = "不确定"
    book.save(path)
    with pytest.raises(ValueError, match="row 2 has '不确定' outside the known columns; put remarks into `note`"):
        read_sheet(path)


def test_a_workbook_of_something_else_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "budget.xlsx"
    book = Workbook()
    book.save(path)
    with pytest.raises(ValueError, match=r"budget\.xlsx: has the sheets \['Sheet'\]; expected one named 'queue'"):
        read_sheet(path)
    book["Sheet"].title = "queue"
    book.save(path)
    with pytest.raises(ValueError, match=r"lacks the columns \['fingerprint', 'source'"):
        read_sheet(path)
    path.write_text("fingerprint,label", encoding="utf-8")
    with pytest.raises(ValueError, match="is not an XLSX workbook"):
        read_sheet(path)
