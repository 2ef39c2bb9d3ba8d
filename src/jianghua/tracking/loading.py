"""A model, wherever it is, for Python."""

import os
from pathlib import Path

from jianghua.model.store import load_model
from jianghua.tagging.door import Tagger
from jianghua.tracking.registry import find_model


def load(model: str | os.PathLike[str] | None = None, tracking: str | os.PathLike[str] = "experiments") -> Tagger:
    """Load a model; it is checked before anything is built.

    Args:
        model: a model folder, or `models:/NAME@ALIAS` (or `/VERSION`) of the MLflow registry; by default the released model.
        tracking: folder of the MLflow database.

    Raises:
        ModelError: there is no such model, or it is damaged, not known, or not safe to build.
    """
    return Tagger(load_model(find_model(None if model is None else os.fspath(model), Path(tracking))))
