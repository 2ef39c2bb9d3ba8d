"""The saved model as an MLflow pyfunc: a loader module, so that no code and no pickle is stored with the model."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import pandas as pd

from jianghua.corpus import Paragraph, parse
from jianghua.corpus.formats.limits import Limits, check_text
from jianghua.errors import UnreadableError
from jianghua.labels import FUNCTIONS
from jianghua.model.store import SavedModel, load_model
from jianghua.tagging.tags import Tag, alone, as_record, tag_paragraphs

OUTPUT = ("label", "secondary", "confidence", *FUNCTIONS)
"""Columns of the answer for single paragraphs."""

UNITS = ("paragraph", "speech")
"""What a row of the input may hold, as the parameter `unit` says."""

TEXTS = 100_000
"""Rows of one request."""
REQUEST = Limits(characters=10_000_000, lines=100_000)
"""What the texts of one request may come to, all together; a request at a limit takes less than half a gigabyte."""

_PLACE = ("speech", "paragraph", "start", "end", "kind", "level")
_TAGGED = ("text", "label", "secondary", "confidence")
SPEECH_OUTPUT = ("row", *_PLACE, "outline", *_TAGGED, *FUNCTIONS, "segments")
"""Columns of the answer for whole speeches: one row for each record; `outline` and `segments` are JSON."""


def predict_texts(model: Path | SavedModel, texts: Sequence[str | None] | pd.Series) -> pd.DataFrame:
    """Tag paragraphs that stand alone, without outline or neighbours.

    Returns:
        one row for each text, with the index of `texts` where it is a Series: label, secondary (“” for none), confidence,
        and the probability of each function; None has the label “” and no probabilities.
    """
    saved = load_model(model) if isinstance(model, Path) else model
    texts, index = _texts_of(texts)
    tags = iter(tag_paragraphs(saved, alone(text for text in texts if text is not None)))
    rows = [_row(None if text is None else next(tags)) for text in texts]
    numbers = dict.fromkeys(("confidence", *FUNCTIONS), "float64")
    # Spark would get “None” for a label that is None, and JSON has no NaN
    types = dict.fromkeys(OUTPUT, "object") if None in texts else {"label": "str", "secondary": "str", **numbers}
    return pd.DataFrame(rows, index, list(OUTPUT), dtype="object").astype(types)


def _texts_of(texts: Sequence[str | None] | pd.Series) -> tuple[list[str | None], pd.Index]:
    """The texts, None where there is none, and their index."""
    if not isinstance(texts, pd.Series):
        return list(texts), pd.RangeIndex(len(texts))
    return [None if missing else text for text, missing in zip(texts, texts.isna(), strict=True)], texts.index


def _row(tag: Tag | None) -> list[str | float | None]:
    if tag is None:
        return ["", "", None, *(None for _ in FUNCTIONS)]
    return [tag.label, tag.secondary or "", tag.confidence, *(tag.scores[name] for name in FUNCTIONS)]


def predict_speeches(model: Path | SavedModel, texts: Sequence[str | None] | pd.Series) -> pd.DataFrame:
    """Parse and tag texts of whole files.

    Returns:
        one row for each record of each text, in order; `row` is the text's place among `texts`, the other columns are
        those of `jianghua tag`. What is null is None, in columns of objects. Rows have the index of their text where
        `texts` is a Series.
    """
    saved = load_model(model) if isinstance(model, Path) else model
    own_index = isinstance(texts, pd.Series)
    texts, index = _texts_of(texts)
    named = {str(number): text for number, text in enumerate(texts) if text is not None}
    paragraphs = [p for name, text in named.items() for p in parse(text, name)]
    rows = [_speech_row(p, tag) for p, tag in zip(paragraphs, tag_paragraphs(saved, paragraphs, named), strict=True)]
    return pd.DataFrame(
        rows, index[[row[0] for row in rows]] if own_index else None, list(SPEECH_OUTPUT), dtype="object"
    )


def _speech_row(p: Paragraph, tag: Tag | None) -> list[Any]:
    record = as_record(p, tag, "")
    scores = record["scores"] or dict.fromkeys(FUNCTIONS)
    segments = None if tag is None else orjson.dumps(tag.segments).decode()
    nested = orjson.dumps(p.outline).decode()
    return [
        int(p.source),
        *(record[name] for name in _PLACE),
        nested,
        *(record[name] for name in _TAGGED),
        *(scores[name] for name in FUNCTIONS),
        segments,
    ]


class PyfuncTagger:
    """What `mlflow.pyfunc.load_model` returns for our models: `predict` takes a table with a column `text`."""

    def __init__(self, folder: Path) -> None:
        self.model = load_model(folder)

    def predict(self, model_input: Any, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Tag each row of `text`, or each text of a Series; the answer has the question's index.

        Args:
            params: `unit` is “paragraph” (`predict_texts`; the default) or “speech” (`predict_speeches`).

        Raises:
            MlflowException: the input is not a table with a column `text` of strings, or too much at a time, or the unit is
                not known; a server answers 400 with the message.
        """
        unit = (params or {}).get("unit", "paragraph")
        if unit not in UNITS:
            raise _refusal(f"unit is {unit!r}; expected one of {', '.join(UNITS)}")
        if isinstance(model_input, pd.Series):
            model_input = model_input.to_frame("text")
        if not isinstance(model_input, pd.DataFrame) or "text" not in model_input:
            found = list(model_input.columns) if isinstance(model_input, pd.DataFrame) else type(model_input).__name__
            raise _refusal(f"input is {found}; expected a table with a column “text”, one {unit} a row")
        texts = pd.Series(map(_text, range(len(model_input)), model_input["text"]), model_input.index, dtype="object")
        _check_size(list(texts))
        return (predict_speeches if unit == "speech" else predict_texts)(self.model, texts)


def _text(number: int, value: Any) -> str | None:
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise _refusal(f"text of row {number} holds half a character at {error.start}; expected Unicode") from None
        return value
    if value is None or value is pd.NA or value != value:
        return None
    raise _refusal(f"text of row {number} is of type {type(value).__name__}; expected a string or null")


def _check_size(texts: Sequence[str | None]) -> None:
    """Refuse what would take a server gigabytes, before any of it is tagged."""
    if len(texts) > TEXTS:
        raise _refusal(f"input has {len(texts):,} rows; accepted: up to {TEXTS:,} in a request; send several requests")
    try:
        check_text("\n".join(text for text in texts if text is not None), "the texts of the request", REQUEST)
    except UnreadableError as error:
        raise _refusal(f"{error}, or send several requests") from None


def _refusal(message: str) -> Exception:
    """MLflow's own exception: of any other, its server hides the message in a traceback."""
    from mlflow.exceptions import MlflowException

    refusal: Exception = MlflowException.invalid_parameter_value(message)
    return refusal


def _load_pyfunc(path: str) -> PyfuncTagger:
    """Entry point that MLflow calls with the model's data folder."""
    return PyfuncTagger(Path(path))
