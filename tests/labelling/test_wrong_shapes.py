"""Files of every wrong shape: whatever is changed in what review reads, it is read or refused by name, never a traceback."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from jianghua.corpus.folder import Document, read_folders
from jianghua.errors import JianghuaError, LabelsError
from jianghua.labelling.cues import load_cues
from jianghua.labelling.table import label_corpus, read_table, to_table, write_table
from jianghua.review.corrections import find_problems, merge
from jianghua.review.label_studio import read_export
from jianghua.review.queue import lay_tags, read_tags, review_queue
from jianghua.review.sheets import sheet_bytes
from tests.review.test_label_studio import DATA, annotation, choice, note
from tests.speeches import COUNTY

DEEP: Any = []
for _ in range(200):
    DEEP = [DEEP]
WRONG: tuple[Any, ...] = (
    None, True, 0, -1.5, 1 << 63, "", "好", [], [None], [[]], ["好"], {}, {"choices": None}, {"text": [3]}, [{}], DEEP,
)  # fmt: skip
TASK = {
    "id": 7,
    "data": DATA,
    "annotations": [
        annotation(choice("label", "closing"), note("再看"), completed_by={"id": 4, "email": "li@example.com"})
    ],
    "drafts": [{"id": 1, "result": [choice("label", "context")]}],
}
SHORT = DATA | {"id": 7, "label": "closing", "note": [{"text": ["再看"]}], "annotator": 1, "annotation_id": 3}
TAG = {
    "source": "county.txt", "speech": 0, "paragraph": 1, "start": 2, "end": 3, "kind": "paragraph", "level": None,
    "label": "closing", "secondary": None, "confidence": 0.5, "model": "small 0123",
}  # fmt: skip


def changed(value: Any) -> Iterator[Any]:
    """A JSON value with each part of it left out, or put wrong, one at a time."""
    yield from WRONG
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        for part in changed(value[key]):
            other = copy.copy(value)
            other[key] = part
            yield other
        without = copy.copy(value)
        del without[key]
        yield without


@pytest.mark.parametrize("task", [TASK, SHORT], ids=["JSON", "JSON-MIN"])
def test_an_export_of_label_studio_of_any_shape_is_read_or_refused_by_name(task: Any, tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    read = 0
    complaints = []
    for tasks in changed([task]):
        path.write_bytes(orjson.dumps(tasks))
        try:
            rows = read_export(path)
        except LabelsError as error:
            complaints.append(str(error))
            continue
        read += 1
        assert all(isinstance(getattr(row, field), str) for row in rows for field in row.__slots__)
        if not find_problems(rows):
            merge(rows, tmp_path / "corrections.csv", "li", "2026-11-22")
    assert read > 100
    assert len(complaints) > 100
    assert all("expected" in complaint for complaint in complaints)


def test_tags_of_any_shape_are_read_or_refused_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "county.txt.jsonl"
    complaints = []
    for record in changed(TAG):
        path.write_bytes(orjson.dumps(TAG | {"paragraph": 9}) + b"\n" + orjson.dumps(record))
        try:
            assert len(read_tags(tmp_path)) in (1, 2)
        except LabelsError as error:
            complaints.append(str(error))
    assert len(complaints) > 50
    assert all(complaint.startswith(f"{path} line 2: is not a record of") for complaint in complaints)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    cues = load_cues([{"name": "thanks", "votes": "closing", "where": "text", "pattern": "谢谢|祝"}])
    (tmp_path / "county.txt").write_text(COUNTY, encoding="utf-8")
    documents = [document for document in read_folders([tmp_path]) if isinstance(document, Document)]
    path = tmp_path / "paragraphs.parquet"
    write_table(to_table(label_corpus(documents, cues, [])), path)
    return path


def test_a_table_of_any_columns_and_types_is_read_or_refused_by_name(table: Path, tmp_path: Path) -> None:
    whole = parquet.read_table(table)
    rows = len(whole)
    columns = [
        pa.nulls(rows),
        pa.array([True] * rows),
        pa.array([-1] * rows),
        pa.array([0.5] * rows),
        pa.array(["好"] * rows),
        pa.array([b"\xff"] * rows),
        pa.array([["好"]] * rows),
        pa.array([[None]] * rows, pa.list_(pa.string())),
        pa.array([[1]] * rows),
        pa.array([{"a": 1}] * rows),
        pa.array(["好", *[None] * (rows - 1)]),
    ]
    path = tmp_path / "wrong.parquet"
    outcomes = {"read": 0, "refused": 0}
    for place, name in enumerate(whole.column_names):
        for other in [*(whole.set_column(place, name, column) for column in columns), whole.drop_columns([name])]:
            parquet.write_table(other, path)
            try:
                tags = pd.DataFrame([TAG], columns=["source", "speech", "paragraph", "start", "end", "label"])
                held = read_table(path)
                queue = review_queue(held, 50, everything=True)
                assert queue.empty or sheet_bytes(queue)
                lay_tags(held, tags.assign(secondary=None, confidence=0.5, model="small"))
                outcomes["read"] += 1
            except JianghuaError:
                outcomes["refused"] += 1
    assert outcomes["refused"] > 50


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" * 30, b"fingerprint,source\n"])
def test_a_table_that_is_none_is_refused_by_name(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "paragraphs.parquet"
    path.write_bytes(content)
    with pytest.raises(LabelsError, match=r"paragraphs\.parquet: .*; expected a table that `jianghua label` wrote"):
        read_table(path)


def test_a_table_cut_short_is_refused_by_name(table: Path) -> None:
    data = table.read_bytes()
    for length in range(0, len(data), 97):
        table.write_bytes(data[:length] + data[length + 3 :])
        try:
            assert len(read_table(table)) > 0
        except LabelsError as error:
            assert str(error).startswith(str(table))  # noqa: PT017
