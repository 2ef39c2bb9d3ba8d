"""Labelled paragraphs → a model of everything."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from jianghua import __version__
from jianghua.labelling.table import LabelledCorpus
from jianghua.model.store import save_model
from jianghua.model.tagger import Tagger
from jianghua.training.fitting import fit
from jianghua.training.rows import data_digest, speech_digests, training_rows
from jianghua.training.settings import Settings


@dataclass(frozen=True, slots=True)
class Training:
    """A trained tagger with what it was trained on, by which settings, and how long that took in seconds."""

    tagger: Tagger
    corpus: LabelledCorpus
    settings: Settings
    seconds: float

    def save(self, folder: str | Path, name: str = "jianghua", metrics: Mapping[str, float] | None = None) -> str:
        """Write a model folder, whole or not at all; the same data, settings and name give the same bytes.

        Args:
            metrics: scores to keep beside the model, by their names.

        Returns:
            the version: first 8 hexadecimal digits of the SHA-256 of the weights.

        Raises:
            UsageError: the folder holds something else than a model.
            AccessError: it cannot be written.
        """
        learnt_from = {"data_digest": data_digest(self.corpus), "speeches": speech_digests(self.corpus)}
        rounded = {key: round(value, 6) for key, value in (metrics or {}).items()}
        return save_model(self.tagger, Path(folder), name, learnt_from, rounded, versions())

    def __repr__(self) -> str:
        return f"Training: {len(self.corpus.paragraphs)} paragraphs of {len(self.corpus.documents)} documents"


def train(corpus: LabelledCorpus, settings: Settings | None = None) -> Training:
    """Train on all that is labelled, by hand or by cues; what is not still gives context.

    Args:
        settings: by default those of `Settings()`.

    Raises:
        UsageError: labels of fewer than two functions, or settings that do not train.
    """
    settings = settings or Settings()
    rows = training_rows(corpus, settings.weak_weight)
    started = time.perf_counter()
    tagger = fit(settings, corpus.views, rows, np.arange(len(rows.labels)))
    return Training(tagger, corpus, settings, time.perf_counter() - started)


def versions() -> dict[str, str]:
    """Versions of what a model depends on."""
    return {"jianghua": __version__, **{name: version(name) for name in ("numpy", "scikit-learn", "opencc", "jieba")}}
