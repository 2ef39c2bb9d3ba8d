import csv
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from jianghua.corpus import fingerprint
from jianghua.labelling.gold import COLUMNS, read_labels
from jianghua.review.corrections import HISTORY_COLUMNS, Incoming, Merged, find_problems, merge

ROW = Incoming("row 2", "5feb1545891d", "a.txt", "散会。", "closing")
KNOWN = {("a.txt", "5feb1545891d"): "5feb1545891d"}
DAY = "2026-11-22"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            replace(ROW, label="praise"),
            "row 2: label 'praise' is not known; expected one of achievements, shortcomings",
        ),
        (replace(ROW, secondary="praise"), "row 2: secondary 'praise' is not known; expected one of achievements"),
        (replace(ROW, secondary="closing"), "row 2: secondary 'closing' is the label again; expected another function"),
        (
            replace(ROW, label="", secondary="context"),
            "row 2: label missing beside secondary 'context'; expected one of",
        ),
        (replace(ROW, label="", note="再看"), "row 2: label missing beside note '再看'; expected one of achievements"),
        (replace(ROW, text="休会。"), f"row 2: the text has fingerprint {fingerprint('休会。')}, not '5feb1545891d'"),
        (replace(ROW, label="", text="休会。"), f"row 2: the text has fingerprint {fingerprint('休会。')}, not"),
        (
            replace(ROW, source="b.txt"),
            "row 2: fingerprint '5feb1545891d' of 'b.txt' is not in the table of paragraphs; expected",
        ),
    ],
)
def test_a_wrong_row_is_named_with_what_was_given_and_what_is_expected(row: Incoming, expected: str) -> None:
    (problem,) = find_problems([row], KNOWN)
    assert problem.startswith(expected)


def test_right_rows_have_no_problem() -> None:
    rows = [replace(ROW, secondary="context", note="好"), replace(ROW, where="row 3", label="")]
    assert find_problems(rows, KNOWN) == []
    assert find_problems(rows) == []


def test_an_untouched_row_whose_paragraph_is_gone_does_not_stop_the_others() -> None:
    assert find_problems([ROW, replace(ROW, where="row 3", label="", source="gone.txt")], KNOWN) == []


@pytest.mark.parametrize(("again", "given"), [("closing", "'closing'"), ("context", "'context'")])
def test_two_rows_for_one_paragraph_are_refused_alike_or_not(again: str, given: str) -> None:
    (problem,) = find_problems([ROW, replace(ROW, where="row 9", label=again)], KNOWN)
    assert problem == (
        f"row 9: label {given} for the paragraph that row 2 labels 'closing'; "
        "expected one row for each paragraph, delete the other"
    )


def test_the_same_words_in_another_speech_are_another_paragraph() -> None:
    assert find_problems([ROW, replace(ROW, where="row 3", source="b.txt", label="context")]) == []


def test_merged_labels_are_read_by_training_and_the_later_row_wins(tmp_path: Path) -> None:
    path = tmp_path / "labels" / "corrections.csv"
    assert merge([replace(ROW, note="好，\n再看")], path, "li", DAY) == Merged(1, 0, 0)
    assert merge([replace(ROW, label="context", annotator="wu")], path, "li", "2026-11-23") == Merged(1, 1, 0)
    assert path.read_text(encoding="utf-8").splitlines()[0] == ",".join(COLUMNS)
    assert [label.label for label in read_labels(path)] == ["closing", "context"]
    assert [row["annotator"] for row in rows_of(path)] == ["li", "wu"]
    assert rows_of(path)[0]["note"] == "好，\n再看"


def test_a_label_that_loses_stays_on_record(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    for day, label, who in ((1, "closing", "li"), (2, "context", "wu"), (3, "closing", "li")):
        merge([replace(ROW, label=label)], path, who, f"2026-11-0{day}")
    place = {"fingerprint": "5feb1545891d", "source": "a.txt"}
    first = place | dict(
        zip(HISTORY_COLUMNS[2:], ("closing", "li", "2026-11-01", "context", "wu", "2026-11-02"), strict=True)
    )
    second = place | dict(
        zip(HISTORY_COLUMNS[2:], ("context", "wu", "2026-11-02", "closing", "li", "2026-11-03"), strict=True)
    )
    assert rows_of(tmp_path / "history.csv") == [first, second]


def test_importing_the_same_file_twice_adds_nothing_but_a_new_note_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    merge([ROW], path, "li", DAY)
    before = path.read_bytes()
    assert merge([ROW], path, "wu", DAY) == Merged(0, 0, 1)
    assert path.read_bytes() == before
    assert merge([replace(ROW, note="再看")], path, "wu", DAY) == Merged(1, 0, 0)
    assert merge([replace(ROW, note="再看")], path, "wu", DAY) == Merged(0, 0, 1)
    assert not (tmp_path / "history.csv").exists()


def test_what_was_in_the_file_stays_byte_for_byte_even_with_more_columns_and_no_last_newline(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    old = (
        b"\xef\xbb\xbffingerprint,source,label,secondary,confidence,annotator,date,note\r\n"
        b'0123456789ab,a.txt,context,,2,li,2026-01-01,"a, b"'
    )
    path.write_bytes(old)
    merge([ROW], path, "wu", DAY)
    assert path.read_bytes() == old + b"\r\n5feb1545891d,a.txt,closing,,,wu,2026-11-22,\r\n"
    assert [(label.label, label.confidence) for label in read_labels(path)] == [("context", 2), ("closing", 3)]


def test_a_broken_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    for content, complaint in (
        ("fingerprint,source,label\n", r"lacks the columns \['secondary', 'annotator', 'date', 'note'\]"),
        (",".join(COLUMNS) + "\nx,a.txt,praise,,,,\n", r"corrections\.csv line 2: label 'praise' is not known"),
    ):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(ValueError, match=complaint):
            merge([ROW], path, "li", DAY)
        assert path.read_text(encoding="utf-8") == content
    path.write_bytes((",".join(COLUMNS) + "\n0,讲话.txt,closing,,,,\n").encode("gb18030"))
    with pytest.raises(ValueError, match=r"corrections\.csv: is not UTF-8 .*; save it as CSV UTF-8"):
        merge([ROW], path, "li", DAY)


def test_a_note_is_no_formula_for_the_sheet_that_opens_the_file(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    assert merge([replace(ROW, note="=1+1")], path, "@li", DAY) == Merged(1, 0, 0)
    assert [(row["note"], row["annotator"]) for row in rows_of(path)] == [("'=1+1", "'@li")]
    assert merge([replace(ROW, note="=1+1")], path, "@li", DAY) == Merged(0, 0, 1)


def test_two_imports_at_once_lose_no_row(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from jianghua.review.corrections import Incoming, merge
who, path = sys.argv[1], Path(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
for number in range(25):
    for label in ("closing", "context"):
        merge([Incoming("row", f"{number:012x}", "both.txt" if number % 5 == 0 else who, "", label)], path, who, "2026-11-22")
"""
    path = tmp_path / "corrections.csv"
    imports = [
        subprocess.Popen(
            [sys.executable, "-c", code, who, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for who in ("li", "wu")
    ]
    for process in imports:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in imports:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in imports:
        process.communicate(timeout=120)
        assert process.returncode == 0
    rows = rows_of(path)
    own = [(row["source"], row["fingerprint"], row["label"]) for row in rows if row["source"] != "both.txt"]
    expected = [
        (who, f"{number:012x}", label)
        for who in ("li", "wu")
        for number in range(25)
        if number % 5
        for label in ("closing", "context")
    ]
    assert sorted(own) == sorted(expected)
    replaced = len(rows) - len({(row["source"], row["fingerprint"]) for row in rows})
    assert len(rows_of(tmp_path / "history.csv")) == replaced
