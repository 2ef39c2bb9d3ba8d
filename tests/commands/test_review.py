"""`jianghua review`, run as people run it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
import pytest
from openpyxl import load_workbook

from jianghua.cli import main
from jianghua.corpus.folder import Document, read_folders
from jianghua.labelling.cues import load_cues
from jianghua.labelling.gold import read_labels
from jianghua.labelling.table import label_corpus, to_table, write_table
from jianghua.review.sheets import WIDTHS
from jianghua.tagging.batch import Options
from jianghua.tagging.jobs import find_jobs
from jianghua.tagging.run import tag_batch
from tests.speeches import COUNTY, HOSPITAL


def review(arguments: list[str]) -> int:
    return main(["review", *arguments])


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two speeches and the table that `jianghua label` writes of them, as working directory."""
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "county.txt").write_text(COUNTY, encoding="utf-8")
    (raw / "hospital.txt").write_text(HOSPITAL, encoding="utf-8")
    documents = [document for document in read_folders([raw]) if isinstance(document, Document)]
    cues = load_cues([{"name": "thanks", "votes": "closing", "where": "text", "pattern": "谢谢|祝"}])
    write_table(to_table(label_corpus(documents, cues, [])), tmp_path / "data/interim/paragraphs.parquet")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fill(path: Path, **cells: str) -> list[str]:
    """Type into the workbook, as in label_2="closing"; returns the source of each row."""
    book = load_workbook(path)
    for name, typed in cells.items():
        column, row = name.rsplit("_", 1)
        book["queue"].cell(int(row), list(WIDTHS).index(column) + 1).value = typed
    book.save(path)
    return [str(row[1]) for row in book["queue"].iter_rows(min_row=2, values_only=True)]


def test_labels_typed_into_the_sheet_become_hand_labels(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert review(["export", "-o", "out"]) == 0
    assert capsys.readouterr().out == "14 paragraphs of 2 speeches to review: out/queue.xlsx\n"
    sources = fill(work / "out/queue.xlsx", label_2="closing", secondary_3="context", label_3="requirements")
    assert review(["import", "out/queue.xlsx", "--annotator", "li"]) == 0
    assert (
        "data/labels/corrections.csv: 2 labels added, 0 already there, 12 rows without one" in capsys.readouterr().out
    )
    labels = read_labels(work / "data/labels/corrections.csv")
    assert [(label.source, label.label, label.secondary) for label in labels] == [
        (sources[0], "closing", None),
        (sources[1], "requirements", "context"),
    ]


def test_one_wrong_row_and_nothing_is_imported(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    review(["export", "-o", "out"])
    fill(
        work / "out/queue.xlsx", label_2="closing", label_3="praise", note_4="再看", text_5="改了。", label_5="closing"
    )
    assert review(["import", "out/queue.xlsx"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[0] for line in said] == ["row 3", "row 4", "row 5", "out/queue.xlsx"]
    assert said[-1] == "out/queue.xlsx: 3 problems, nothing imported"
    assert not (work / "data/labels").exists()


def test_a_newer_label_wins_and_the_older_one_is_kept(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    review(["export", "-o", "out"])
    fill(work / "out/queue.xlsx", label_2="closing")
    review(["import", "out/queue.xlsx", "--annotator", "li"])
    fill(work / "out/queue.xlsx", label_2="context")
    capsys.readouterr()
    assert review(["import", "out/queue.xlsx", "--annotator", "wu"]) == 0
    assert "1 of them replace another label, kept in data/labels/history.csv" in capsys.readouterr().out
    (lost,) = pd.read_csv("data/labels/history.csv").to_dict("records")
    assert (lost["old_label"], lost["old_annotator"], lost["new_label"], lost["new_annotator"]) == (
        "closing",
        "li",
        "context",
        "wu",
    )


def test_a_queue_that_may_hold_labels_is_not_overwritten(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    review(["export", "-o", "out"])
    before = (work / "out/queue.xlsx").read_bytes()
    assert review(["export", "-o", "out"]) == 1
    assert "out/queue.xlsx: exists and may hold labels; import and remove it" in capsys.readouterr().err
    assert (work / "out/queue.xlsx").read_bytes() == before


def test_a_label_for_a_paragraph_that_is_gone_is_refused(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    review(["export", "-o", "out"])
    (source, *_) = fill(work / "out/queue.xlsx", label_2="closing")
    table = pd.read_parquet("data/interim/paragraphs.parquet")
    table[table["source"] != source].to_parquet("data/interim/paragraphs.parquet")
    assert review(["import", "out/queue.xlsx"]) == 1
    assert f"of '{source}' is not in the table of paragraphs; expected" in capsys.readouterr().err


def test_without_a_table_the_import_says_what_it_could_not_check(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    review(["export", "-o", "out"])
    fill(work / "out/queue.xlsx", label_2="closing")
    (work / "data/interim/paragraphs.parquet").unlink()
    assert review(["import", "out/queue.xlsx"]) == 0
    assert "cannot check that the paragraphs still exist" in capsys.readouterr().err


@pytest.mark.parametrize(("flags", "annotator"), [([], "li@example.com"), (["--annotator", "wu"], "wu")])
def test_label_studio_says_who_labelled_unless_told_otherwise(flags: list[str], annotator: str, work: Path) -> None:
    assert review(["export", "-o", "out", "--format", "labelstudio", "--limit", "1"]) == 0
    assert sorted(path.name for path in (work / "out").iterdir()) == ["labelling_config.xml", "tasks.json"]
    (task,) = orjson.loads((work / "out/tasks.json").read_bytes())
    chosen: dict[str, Any] = {
        "from_name": "label",
        "to_name": "text",
        "type": "choices",
        "value": {"choices": ["context"]},
    }
    task |= {"id": 1, "annotations": [{"id": 2, "completed_by": {"email": "li@example.com"}, "result": [chosen]}]}
    Path("export.json").write_bytes(orjson.dumps([task]))
    assert review(["import", "export.json", *flags]) == 0
    (row,) = pd.read_csv("data/labels/corrections.csv").to_dict("records")
    assert (row["fingerprint"], row["label"], row["annotator"]) == (task["data"]["fingerprint"], "context", annotator)


def test_skipped_tasks_are_named_not_imported(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    review(["export", "-o", "out", "--format", "labelstudio", "--limit", "1"])
    (task,) = orjson.loads((work / "out/tasks.json").read_bytes())
    task |= {"id": 1, "annotations": [{"id": 2, "was_cancelled": True, "result": []}]}
    Path("export.json").write_bytes(orjson.dumps([task]))
    assert review(["import", "export.json"]) == 0
    assert "task 1, annotation 2: was skipped in Label Studio, not imported" in capsys.readouterr().out


def test_tags_of_the_tag_command_are_the_suggestions(work: Path, model_folder: Path) -> None:
    outcomes = tag_batch(list(find_jobs(["raw"])), model_folder, work / "tagged", Options())
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert review(["export", "-o", "out", "--tags", "tagged"]) == 0
    rows = list(load_workbook("out/queue.xlsx")["queue"].iter_rows(min_row=2, values_only=True))
    suggested, confidence = list(WIDTHS).index("suggested"), list(WIDTHS).index("confidence")
    assert len(rows) == 14
    assert {str(row[suggested]).split(" + ")[0] for row in rows} == {
        "achievements",
        "shortcomings",
        "requirements",
        "discipline",
        "closing",
        "context",
    }
    assert all(0 < float(str(row[confidence])) < 1 for row in rows)


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        ([], 2, "arguments are required: COMMAND"),
        (["export"], 2, "required: -o/--out"),
        (["export", "-o", "x", "--limit", "0"], 2, "'0' is not a number of paragraphs; expected 1 or more"),
        (["export", "-o", "x", "--texts", "no.parquet"], 1, "no.parquet: no such file; `jianghua label` writes it"),
        (["export", "-o", "x", "--tags", "none"], 1, "none: holds no tagged paragraphs"),
        (["import", "no.xlsx"], 1, "no.xlsx: no such file; expected a reviewed queue.xlsx"),
        (["import", "raw/county.txt"], 1, "county.txt: has the ending '.txt'; expected .xlsx, or .json"),
    ],
)
def test_a_wrong_call_says_what_was_expected(
    arguments: list[str], code: int, complaint: str, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert review(arguments) == code
    assert complaint in capsys.readouterr().err


def test_help_shows_examples_without_loading_heavy_libraries() -> None:
    code = "import sys; from jianghua.cli import main; status = main(['review', 'import', '--help']); "
    code += "print([name for name in ('pandas', 'openpyxl', 'sklearn') if name in sys.modules], status)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "jianghua review import review/queue.xlsx --annotator li" in done.stdout
    assert done.stdout.splitlines()[-1] == "[] 0"
