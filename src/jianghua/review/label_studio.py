"""The review queue as Label Studio tasks, and what people chose there.

Formats: https://labelstud.io/guide/predictions (tasks), https://labelstud.io/guide/task_format (JSON export) and
https://labelstud.io/guide/export (JSON-MIN); checked against Label Studio 1.23.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar
from xml.etree import ElementTree as Xml

import orjson
import pandas as pd

from jianghua.errors import LabelsError, access_to
from jianghua.labels import TABLE
from jianghua.review.corrections import Incoming

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
        for function in TABLE:
            Xml.SubElement(choices, "Choice", value=f"{function.chinese} {function.name}", alias=function.name)
    Xml.SubElement(view, "Header", value="备注 Note")
    Xml.SubElement(view, "TextArea", name="note", toName="text", rows="2", maxSubmissions="1", editable="true")
    Xml.indent(view)
    return Xml.tostring(view, encoding="unicode").encode() + b"\n"


def read_export(path: Path) -> list[Incoming]:
    """Rows of an export of the project, either “JSON” or “JSON-MIN”; one for each annotation, or for a task without any.

    Raises:
        MissingError, AccessError: it cannot be opened.
        LabelsError: not such an export, or it holds what a person entered in a control that is not ours.
    """
    with access_to(path):
        data = path.read_bytes()
    try:
        tasks = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise LabelsError(
            f"{path}: is not JSON ({error}); expected a JSON or JSON-MIN export of Label Studio"
        ) from None
    if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
        raise LabelsError(f"{path}: is not a list of tasks; expected a JSON or JSON-MIN export of Label Studio")
    rows: list[Incoming] = []
    for number, task in enumerate(tasks, 1):
        where = f"task {task.get('id', number)}"
        try:
            rows += _of_task(task, where)
        except _WrongShapeError as error:
            raise LabelsError(f"{path}: {where} {error}; expected an export of Label Studio as it was saved") from None
    return rows


class _WrongShapeError(Exception):
    """A value is of another type than Label Studio's."""


_Kind = TypeVar("_Kind")
_NAMES: dict[type, str] = {dict: "an object", list: "a list", str: "a text"}


def _as(kind: type[_Kind], value: object, what: str) -> _Kind:
    """The value, which must be of a kind."""
    if not isinstance(value, kind):
        raise _WrongShapeError(f"has {str(value)[:40]!r} as {what}, which is not {_NAMES[kind]}")
    return value


def _predictions(row: Mapping[Any, Any]) -> list[dict[str, Any]]:
    if not row["suggested"]:
        return []
    suggestions = {"label": row["suggested"], "secondary": row["suggested_secondary"]}
    result = [
        {"from_name": name, "to_name": "text", "type": "choices", "value": {"choices": [function]}}
        for name, function in suggestions.items()
        if function
    ]
    return [{"model_version": row["suggested_by"], "score": row["confidence"], "result": result}]


def _of_task(task: Mapping[str, Any], where: str) -> Iterator[Incoming]:
    data = _as(dict, task.get("data", task), "data")
    if "fingerprint" not in data or ("data" in task and "annotations" not in task):
        raise _WrongShapeError(
            f"has the keys {sorted(task)}; expected annotations and data with a fingerprint (JSON), "
            "or a fingerprint (JSON-MIN)"
        )
    if "data" not in task:
        here = f"{where}, annotation {task['annotation_id']}" if task.get("annotation_id") else where
        entries = {name: _join(name, _texts(task[name], name)) for name in CONTROLS if task.get(name)}
        yield _row(here, task, entries, _name(task.get("annotator")))
        return
    annotations = _as(list, task["annotations"] or [], "annotations")
    if not annotations:
        yield _row(where, data, {})
    for item in annotations:
        annotation = _as(dict, item, "an annotation")
        here = f"{where}, annotation {annotation['id']}" if "id" in annotation else where
        skipped = "was skipped in Label Studio" if annotation.get("was_cancelled") else ""
        entries = _entered(_as(list, annotation.get("result") or [], "result"), here)
        yield _row(here, data, entries, _name(annotation.get("completed_by")), skipped)
    for draft in _as(list, task.get("drafts") or [], "drafts"):
        if isinstance(draft, dict) and draft.get("result"):
            yield _row(where, data, {}, skipped="has a draft in Label Studio that was never submitted")


def _entered(result: list[Any], where: str) -> dict[str, str]:
    values_of: dict[str, list[str]] = {}
    for item in result:
        name = _as(dict, item, "a result").get("from_name")
        if name not in CONTROLS:
            raise LabelsError(f"{where}: has a result of the control {name!r}; expected one of {', '.join(CONTROLS)}")
        values_of.setdefault(name, []).extend(_texts(item.get("value") or {}, name))
    return {name: _join(name, values) for name, values in values_of.items()}


def _row(
    where: str, data: Mapping[str, Any], entries: Mapping[str, str], annotator: str = "", skipped: str = ""
) -> Incoming:
    cells = {key: _as(str, data.get(key, ""), key) for key in ("fingerprint", "source", "text")}
    return Incoming(where, **cells, **entries, annotator=annotator, skipped=skipped)


def _texts(value: object, what: str) -> list[str]:
    """What was entered in one control, however the export wraps it.

    >>> _texts({"choices": ["closing"]}, "label"), _texts("再看", "note"), _texts([{"text": ["一", "二"]}], "note")
    (['closing'], ['再看'], ['一', '二'])
    """
    texts: list[str] = []
    for item in value if isinstance(value, list) else [value]:
        values = [item.get("choices", []), item.get("text", [])] if isinstance(item, dict) else [item]
        for inner in values:
            texts += [_as(str, text, what).strip() for text in (inner if isinstance(inner, list) else [inner])]
    return texts


def _join(name: str, values: list[str]) -> str:
    return ("\n" if name == "note" else ", ").join(values)


def _name(annotator: Any) -> str:
    """E-mail address of an annotator, or the number where the export has no address.

    >>> _name({"id": 3, "email": "li@example.com"}), _name(3), _name(None)
    ('li@example.com', '3', '')
    """
    if isinstance(annotator, dict):
        annotator = annotator.get("email") or annotator.get("id")
    if isinstance(annotator, int) and not isinstance(annotator, bool):
        return str(annotator)
    return _as(str, annotator or "", "annotator")
