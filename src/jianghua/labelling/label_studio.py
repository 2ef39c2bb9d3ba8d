"""The review queue as Label Studio tasks, and what people chose there.

Formats: https://labelstud.io/guide/predictions (tasks), https://labelstud.io/guide/task_format (JSON export) and
https://labelstud.io/guide/export (JSON-MIN); checked against Label Studio 1.23.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import orjson
import pandas as pd

from jianghua.errors import LabelsError
from jianghua.labelling.corrections import Incoming
from jianghua.labels import CHINESE, FUNCTIONS

DATA = ("text", "before", "after", "outline", "source", "speech", "paragraph", "fingerprint")
"""What each task holds."""

CONTROLS = ("label", "secondary", "note")
"""Controls of the labelling configuration."""


def tasks_bytes(queue: pd.DataFrame) -> bytes:
    """Tasks for Label Studio's import: JSON, the suggestions as pre-annotations.

    Args:
        queue: as from `review_queue`.
    """
    tasks = [
        {"data": {key: row[key] for key in DATA}, "predictions": _predictions(row)} for row in queue.to_dict("records")
    ]
    return orjson.dumps(tasks, option=orjson.OPT_INDENT_2)


def labelling_config() -> bytes:
    """Labelling configuration of the project (XML): one label, perhaps a second one, perhaps a note.

    All text is shown by <Text>, which never runs the HTML that a speech may hold.

    >>> labelling_config().decode().splitlines()[:3]
    ['<View>', '  <Header value="提纲 Outline" />', '  <Text name="outline" value="$outline" />']
    """
    view = Xml.Element("View")
    for name, header in (
        ("outline", "提纲 Outline"),
        ("before", "上一段 Before"),
        ("text", "本段 Which function has this paragraph?"),
        ("after", "下一段 After"),
    ):
        Xml.SubElement(view, "Header", value=header)
        Xml.SubElement(view, "Text", name=name, value=f"${name}")
    for name, header, required in (("label", "功能 Label", "true"), ("secondary", "次要功能 Secondary", "false")):
        Xml.SubElement(view, "Header", value=header)
        choices = Xml.SubElement(
            view, "Choices", name=name, toName="text", choice="single", required=required, showInline="true"
        )
        for function in FUNCTIONS:
            Xml.SubElement(choices, "Choice", value=f"{CHINESE[function]} {function}", alias=function)
    Xml.SubElement(view, "Header", value="备注 Note")
    Xml.SubElement(view, "TextArea", name="note", toName="text", rows="2", maxSubmissions="1", editable="true")
    Xml.indent(view)
    return Xml.tostring(view, encoding="unicode").encode() + b"\n"


def read_export(path: Path) -> list[Incoming]:
    """Rows of an export of the project, either “JSON” or “JSON-MIN”; one for each annotation, or for a task without any.

    Raises:
        FileNotFoundError: no such file.
        ValueError: not such an export, or it holds what a person entered in a control that is not ours.
    """
    try:
        tasks = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise LabelsError(
            f"{path}: is not JSON ({error}); expected a JSON or JSON-MIN export of Label Studio"
        ) from None
    if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
        raise LabelsError(f"{path}: is not a list of tasks; expected a JSON or JSON-MIN export of Label Studio")
    rows: list[Incoming] = []
    for number, task in enumerate(tasks, 1):
        where = f"task {task.get('id', number)}"
        data = task.get("data", task)
        if not isinstance(data, dict) or "fingerprint" not in data or ("data" in task and "annotations" not in task):
            raise LabelsError(
                f"{path}: {where} has the keys {sorted(task)}; expected annotations and data with a fingerprint (JSON), "
                "or a fingerprint (JSON-MIN)"
            )
        rows += _of_task(task, data, where) if "data" in task else [_of_record(task, where)]
    return rows


def _predictions(row: Mapping[Any, Any]) -> list[dict[str, Any]]:
    if not row["suggested"]:
        return []
    chosen = {"label": row["suggested"], "secondary": row["suggested_secondary"]}
    result = [
        {"from_name": name, "to_name": "text", "type": "choices", "value": {"choices": [function]}}
        for name, function in chosen.items()
        if function
    ]
    return [{"model_version": row["suggested_by"], "score": row["confidence"], "result": result}]


def _of_task(task: Mapping[str, Any], data: Mapping[str, Any], where: str) -> Iterator[Incoming]:
    annotations = task["annotations"]
    if not annotations:
        yield _row(where, data, {})
    for annotation in annotations:
        here = f"{where}, annotation {annotation['id']}" if "id" in annotation else where
        skipped = "was skipped in Label Studio" if annotation.get("was_cancelled") else ""
        yield _row(
            here, data, _entered(annotation.get("result") or [], here), _name(annotation.get("completed_by")), skipped
        )
    for draft in task.get("drafts") or []:
        if isinstance(draft, dict) and draft.get("result"):
            yield _row(where, data, {}, skipped="has a draft in Label Studio that was never submitted")


def _entered(result: list[Mapping[str, Any]], where: str) -> dict[str, str]:
    entered: dict[str, list[str]] = {}
    for item in result:
        name = item.get("from_name")
        if name not in CONTROLS:
            raise LabelsError(f"{where}: has a result of the control {name!r}; expected one of {', '.join(CONTROLS)}")
        entered.setdefault(name, []).extend(_flat(item.get("value") or {}))
    return {name: _join(name, values) for name, values in entered.items()}


def _of_record(record: Mapping[str, Any], where: str) -> Incoming:
    here = f"{where}, annotation {record['annotation_id']}" if record.get("annotation_id") else where
    entered = {name: _join(name, _flat(record[name])) for name in CONTROLS if record.get(name)}
    return _row(here, record, entered, _name(record.get("annotator")))


def _row(
    where: str, data: Mapping[str, Any], entered: Mapping[str, str], annotator: str = "", skipped: str = ""
) -> Incoming:
    given = {key: str(data.get(key, "")) for key in ("fingerprint", "source", "text")}
    return Incoming(where, **given, **entered, annotator=annotator, skipped=skipped)


def _flat(value: Any) -> list[str]:
    """What was entered in one control, however the export wraps it.

    >>> _flat({"choices": ["closing"]}), _flat("再看一遍"), _flat([{"text": ["一", "二"]}])
    (['closing'], ['再看一遍'], ['一', '二'])
    """
    if isinstance(value, dict):
        return [text for key in ("choices", "text") for text in _flat(value.get(key, []))]
    if isinstance(value, list):
        return [text for item in value for text in _flat(item)]
    return [str(value).strip()]


def _join(name: str, values: list[str]) -> str:
    return ("\n" if name == "note" else ", ").join(values)


def _name(annotator: Any) -> str:
    """E-mail address of an annotator, or the number where the export has no address.

    >>> _name({"id": 3, "email": "li@example.com"}), _name(3), _name(None)
    ('li@example.com', '3', '')
    """
    if isinstance(annotator, dict):
        annotator = annotator.get("email") or annotator.get("id")
    return "" if annotator in (None, "") else str(annotator)
