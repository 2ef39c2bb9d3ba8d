from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import orjson
import pytest

from jianghua.labels import FUNCTIONS
from jianghua.review.corrections import Incoming
from jianghua.review.label_studio import labelling_config, read_export, tasks_bytes
from tests.review.test_sheets import queue_of

DATA = {"fingerprint": "5feb1545891d", "source": "a.txt", "text": "散会。", "speech": 0, "paragraph": 1}


def choice(name: str, *chosen: str) -> dict[str, Any]:
    return {"from_name": name, "to_name": "text", "type": "choices", "value": {"choices": list(chosen)}}


def note(*lines: str) -> dict[str, Any]:
    return {"from_name": "note", "to_name": "text", "type": "textarea", "value": {"text": list(lines)}}


def annotation(*result: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": 3, "completed_by": 1, "result": list(result), "was_cancelled": False} | more


def export_of(tmp_path: Path, *tasks: dict[str, Any]) -> Path:
    path = tmp_path / "export.json"
    path.write_bytes(orjson.dumps(list(tasks)))
    return path


def test_suggestions_go_out_as_predictions_that_the_configuration_knows() -> None:
    queue = queue_of("散会。", suggested="closing", suggested_secondary="context", outline="一、<b>回顾</b>")
    (task,) = orjson.loads(tasks_bytes(queue))
    assert task["data"] == {
        "text": "散会。",
        "before": "",
        "after": "",
        "outline": "一、<b>回顾</b>",
        "source": "county.txt",
        "speech": 0,
        "paragraph": 0,
        "fingerprint": "5feb1545891d",
    }
    result = [choice("label", "closing"), choice("secondary", "context")]
    assert task["predictions"] == [{"model_version": "cues", "score": 0.5, "result": result}]


def test_a_paragraph_without_a_suggestion_gets_no_prediction() -> None:
    (task,) = orjson.loads(tasks_bytes(queue_of("散会。", confidence=float("nan"))))
    assert task["predictions"] == []


def test_the_configuration_never_shows_text_as_html_and_asks_for_one_label() -> None:
    view = Xml.fromstring(labelling_config())
    assert {element.tag for element in view.iter()} == {"View", "Header", "Text", "Choices", "Choice", "TextArea"}
    assert [element.get("value") for element in view.iter("Text")] == ["$outline", "$before", "$text", "$after"]
    asked = {element.get("name"): (element.get("choice"), element.get("required")) for element in view.iter("Choices")}
    assert asked == {"label": ("single", "true"), "secondary": ("single", "false")}
    assert [element.get("alias") for element in view.iter("Choice")] == [*FUNCTIONS, *FUNCTIONS]


def test_json_and_json_min_exports_read_the_same(tmp_path: Path) -> None:
    result = (choice("label", "closing"), choice("secondary", "context"), note("再看", "一遍"))
    full = {"id": 7, "data": DATA, "annotations": [annotation(*result)], "drafts": []}
    short = DATA | {"id": 7, "label": "closing", "secondary": "context", "note": [{"text": ["再看", "一遍"]}]}
    short |= {"annotator": 1, "annotation_id": 3, "lead_time": 2.5}
    expected = Incoming(
        "task 7, annotation 3", "5feb1545891d", "a.txt", "散会。", "closing", "context", "再看\n一遍", "1"
    )
    assert read_export(export_of(tmp_path, full)) == [expected]
    assert read_export(export_of(tmp_path, short)) == [expected]


def test_an_annotator_is_named_by_address_where_the_export_has_it(tmp_path: Path) -> None:
    by = {"id": 4, "email": "li@example.com"}
    task = {"id": 7, "data": DATA, "annotations": [annotation(choice("label", "closing"), completed_by=by)]}
    assert [row.annotator for row in read_export(export_of(tmp_path, task))] == ["li@example.com"]


def test_tasks_that_nobody_labelled_are_untouched_rows(tmp_path: Path) -> None:
    full = {"id": 7, "data": DATA, "annotations": []}
    short = DATA | {"id": 8, "annotator": None, "annotation_id": None}
    rows = [*read_export(export_of(tmp_path, full)), *read_export(export_of(tmp_path, short))]
    assert [(row.where, row.label, row.annotator) for row in rows] == [("task 7", "", ""), ("task 8", "", "")]


def test_skipped_annotations_and_drafts_say_why_they_do_not_count(tmp_path: Path) -> None:
    skipped = annotation(choice("label", "closing"), was_cancelled=True)
    draft = {"id": 1, "result": [choice("label", "context")]}
    rows = read_export(export_of(tmp_path, {"id": 7, "data": DATA, "annotations": [skipped], "drafts": [draft]}))
    assert [row.skipped for row in rows] == [
        "was skipped in Label Studio",
        "has a draft in Label Studio that was never submitted",
    ]


def test_two_choices_for_one_label_are_kept_for_the_check_to_refuse(tmp_path: Path) -> None:
    task = {"id": 7, "data": DATA, "annotations": [annotation(choice("label", "closing", "context"))]}
    assert [row.label for row in read_export(export_of(tmp_path, task))] == ["closing, context"]


def test_what_was_entered_in_a_control_that_is_not_ours_is_not_dropped(tmp_path: Path) -> None:
    task = {"id": 7, "data": DATA, "annotations": [annotation(choice("quality", "good"))]}
    with pytest.raises(
        ValueError, match="task 7, annotation 3: has a result of the control 'quality'; expected one of label"
    ):
        read_export(export_of(tmp_path, task))


def test_tasks_before_labelling_are_not_taken_for_an_export(tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    path.write_bytes(tasks_bytes(queue_of("散会。")))
    with pytest.raises(ValueError, match=r"task 1 has the keys \['data', 'predictions'\]; expected annotations"):
        read_export(path)


@pytest.mark.parametrize(("content", "complaint"), [("{", "is not JSON"), ("{}", "is not a list of tasks")])
def test_a_file_of_something_else_is_refused(content: str, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=complaint):
        read_export(path)
