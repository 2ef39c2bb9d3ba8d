"""The saved model as an MLflow pyfunc: a loader module, so that no code and no pickle is stored with the model."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from jianghua.corpus import Paragraph
from jianghua.labels import FUNCTIONS
from jianghua.modelling.store import SavedModel, load_model
from jianghua.tagging.tagger import tag_paragraphs

OUTPUT = ("label", "secondary", "confidence", *FUNCTIONS)


def predict_texts(model: Path | SavedModel, texts: Sequence[str]) -> pd.DataFrame:
    """Tag paragraphs that stand alone, without outline or neighbours.

    Returns:
        one row for each text: label, secondary (“” for none), confidence, and the probability of each function.
    """
    saved = load_model(model) if isinstance(model, Path) else model
    rows = []
    for text in texts:
        (tag,) = tag_paragraphs(saved, [Paragraph("-", 0, 0, 0, len(text), "paragraph", None, (), text)])
        assert tag is not None
        rows.append([tag.label, tag.secondary or "", tag.confidence, *(tag.scores[name] for name in FUNCTIONS)])
    return pd.DataFrame(rows, columns=list(OUTPUT))


class PyfuncTagger:
    """What `mlflow.pyfunc.load_model` returns for our models: `predict` takes a table with a column `text`."""

    def __init__(self, folder: Path) -> None:
        self.model = load_model(folder)

    def predict(self, model_input: Any, params: Any = None) -> pd.DataFrame:
        """Tag each row of `text`; see `predict_texts`.

        Raises:
            ValueError: the input is not a table with a column `text`.
        """
        if not isinstance(model_input, pd.DataFrame) or "text" not in model_input:
            found = list(model_input.columns) if isinstance(model_input, pd.DataFrame) else type(model_input).__name__
            raise ValueError(f"input is {found}; expected a table with a column “text”, one paragraph a row")
        return predict_texts(self.model, [str(text) for text in model_input["text"]])


def _load_pyfunc(path: str) -> PyfuncTagger:
    """Entry point that MLflow calls with the model's data folder."""
    return PyfuncTagger(Path(path))
