"""One reader for every CSV that people made or changed: nothing is swallowed, shifted or mistaken without a word."""

import csv
import random
from pathlib import Path

import pytest

from jianghua.corpus import fingerprint
from jianghua.errors import LabelsError
from jianghua.labelling.csv_file import read_csv
from jianghua.labelling.gold import COLUMNS, read_labels
from jianghua.review.corrections import Incoming, Merged, find_problems, merge
from jianghua.review.page_corrections import read_page
from jianghua.tables import guarded, rows_text, unguarded

HEADER = ",".join(COLUMNS)
FIRST, SECOND, THIRD = (f"{digit}123456789ab" for digit in "012")
ROW = Incoming("row 2", "5feb1545891d", "柳河县.txt", "散会。", "closing")
PAGE = "fingerprint,source,label,secondary,annotator,date,note,text"


def labels_file(folder: Path, *rows: str, encoding: str = "utf-8", newline: str = "\n") -> Path:
    path = folder / "labels.csv"
    path.write_bytes("".join(row + newline for row in (HEADER, *rows)).encode(encoding))
    return path


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([f'{FIRST},a.txt,closing,,li,,"再看'], "line 2: a quotation mark is opened and never closed"),
        (
            [f'{FIRST},a.txt,closing,,li,,"再看', f"{SECOND},a.txt,context,,li,,", f'{THIRD},a.txt,context,,li,,好"'],
            "line 2: a quotation mark that is opened here takes in the rows up to line 4",
        ),
        (
            [f'{FIRST},a.txt,closing,,li,,"再看', f'{SECOND},a.txt,context,,li,,"好"'],
            "line 2: a quotation mark where none can be",
        ),
    ],
)
def test_an_open_quotation_mark_does_not_swallow_rows_without_a_word(
    rows: list[str], complaint: str, tmp_path: Path
) -> None:
    path = labels_file(tmp_path, *rows)
    before = path.read_bytes()
    with pytest.raises(LabelsError, match=complaint):
        read_labels(path)
    with pytest.raises(LabelsError, match=complaint):
        merge([ROW], path, "li", "2026-11-22")
    assert path.read_bytes() == before
    assert list(tmp_path.glob("history*")) == []


def test_a_long_note_can_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    row = Incoming("row 2", "5feb1545891d", "柳河县.txt", "散会。", "closing", note="再看一遍，" * 40_000)
    assert merge([row], path, "li", "2026-11-22") == Merged(1, 0, 0)
    assert merge([row], path, "li", "2026-11-23") == Merged(0, 0, 1)
    assert [label.label for label in read_labels(path)] == ["closing"]


def test_a_long_paragraph_of_a_page_can_be_read(tmp_path: Path) -> None:
    text = "要抓好春耕生产。" * 20_000
    path = tmp_path / "page.csv"
    path.write_text(f"{PAGE}\r\n{fingerprint(text)},a.txt,requirements,,,,,{text}\r\n", encoding="utf-8-sig")
    assert find_problems(read_page(path)) == []


def test_a_cell_without_end_is_refused_with_its_line(tmp_path: Path) -> None:
    path = labels_file(tmp_path, f"{FIRST},a.txt,closing,,li,," + "好" * 2_000_001)
    with pytest.raises(LabelsError, match=r"labels\.csv line 2: a cell of more than 2,000,000 characters; shorten it"):
        read_labels(path)


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(f"{HEADER},label\n{FIRST},a.txt,closing,,li,,,context\n", encoding="utf-8")
    with pytest.raises(LabelsError, match="has two columns called 'label'; delete one of them"):
        read_labels(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_sheets_of_all_countries_save_reads_the_same(encoding: str, delimiter: str, tmp_path: Path) -> None:
    row = [FIRST, "柳河县讲话.txt", "closing", "", "李", "2026-11-22", "好，再看; 再\t看"]
    path = tmp_path / "labels.csv"
    path.write_bytes(rows_text([COLUMNS, row], delimiter).encode(encoding))
    assert read_csv(path).rows == [(2, dict(zip(COLUMNS, row, strict=True)))]
    assert [(label.source, label.label) for label in read_labels(path)] == [("柳河县讲话.txt", "closing")]


def test_labels_are_added_with_the_separator_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(f"{HEADER};\n{FIRST},a.txt,context,,li,,\n".replace(",", ";"), encoding="utf-8")
    merge([ROW], path, "li", "2026-11-22")
    assert [label.label for label in read_labels(path)] == ["context", "closing"]


def test_a_note_of_several_lines_does_not_shift_the_line_number_of_a_complaint(tmp_path: Path) -> None:
    path = labels_file(tmp_path, f'{FIRST},a.txt,closing,,li,,"好\n再看\n三看"', "", f"{SECOND},a.txt,praise,,li,,")
    assert path.read_text(encoding="utf-8").splitlines()[5].startswith(SECOND)
    with pytest.raises(LabelsError, match=r"labels\.csv line 6: label 'praise' is not known"):
        read_labels(path)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (f"{FIRST},a.txt,closing,,li,,好,再看", "line 2: has 8 cells, the header 7; '再看' is in no column"),
        (FIRST, "line 2: label '' is not known"),
        (",a.txt,closing,,,,", "line 2: no fingerprint; expected that of the paragraph"),
    ],
)
def test_a_ragged_row_is_named(row: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(LabelsError, match=complaint):
        read_labels(labels_file(tmp_path, row))


def test_a_row_may_leave_out_its_last_cells_if_they_are_empty(tmp_path: Path) -> None:
    assert len(read_labels(labels_file(tmp_path, f"{FIRST},a.txt,closing", f"{SECOND},a.txt,closing,,li,,,,"))) == 2


@pytest.mark.parametrize(
    "start", ["=cmd|' /C calc'!A0", "@SUM(A1)", "+86", "-1", "\t=1", "\r=1", "'tis", "'=1", "''", "＝1+1"]
)
def test_no_column_of_corrections_runs_as_a_formula_and_all_of_it_comes_back(start: str, tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    row = Incoming("row 2", "5feb1545891d", f"{start}.txt", "散会。", "closing", note=f"{start}好", annotator=start)
    merge([row], path, "li", "2026-11-22")
    merge([Incoming("row 2", "5feb1545891d", f"{start}.txt", "散会。", "context")], path, start, "2026-11-23")
    for file in (path, tmp_path / "history.csv"):
        with file.open(encoding="utf-8", newline="") as stream:
            cells = [cell for line in csv.reader(stream) for cell in line]
        assert len(cells) > len(COLUMNS)
        assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r＝＋－＠"))]
    assert [label.source for label in read_labels(path)] == [f"{start}.txt"] * 2


def test_the_guard_comes_off_every_text_as_it_went_on() -> None:
    numbers = random.Random(5)
    for _ in range(5_000):
        text = "".join(numbers.choices("'=+-@\t\r＝＋－＠a好", k=numbers.randint(0, 5)))
        assert unguarded(guarded(text)) == text
        assert not str(guarded(text)).startswith(tuple("=+-@\t\r＝＋－＠"))


def test_a_damaged_file_of_any_shape_is_a_message(tmp_path: Path) -> None:
    """Whatever is cut out of, put into or doubled in a file of labels: rows, or a LabelsError."""
    numbers = random.Random(11)
    good = f'{HEADER}\n{FIRST},a.txt,closing,,li,,"好\n再看"\n{SECOND},a.txt,context,,li,,\n'.encode()
    pieces = [b'"', b",", b"\n", b"\r", b"\0", b"\xff", b";", b"\t", b"\xb9\xfa", b"label,", good[:70], b""]
    path = tmp_path / "labels.csv"
    complaints: list[str] = []
    for _ in range(1_500):
        start = numbers.randrange(len(good))
        end = start + numbers.choice((0, 1, 5, 40))
        path.write_bytes(good[:start] + numbers.choice(pieces) + good[end:])
        for read in (read_labels, read_page):
            try:
                read(path)
            except LabelsError as error:
                complaints.append(str(error))
    assert len(complaints) > 1_500
    assert all(complaint.startswith(str(path)) for complaint in complaints)


@pytest.mark.parametrize("newline", ["\n", "\r", "\r\n"])
def test_a_quotation_mark_takes_in_no_rows_whatever_ends_them(newline: str, tmp_path: Path) -> None:
    rows = [
        HEADER,
        f'{FIRST},a.txt,closing,,li,,"好',
        f"{SECOND},a.txt,context,,li,,",
        f'{FIRST},b.txt,context,,li,,再"',
    ]
    path = tmp_path / "labels.csv"
    path.write_bytes(newline.join([*rows, ""]).encode())
    with pytest.raises(
        LabelsError, match=r"line 2: a quotation mark that is opened here takes in the rows up to line 4"
    ):
        read_labels(path)
