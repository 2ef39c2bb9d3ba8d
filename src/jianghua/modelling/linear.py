"""Linear scores over hashed n-grams as plain arrays. Needs NumPy only, so that tagging does not wait for scikit-learn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jianghua.labels import FUNCTIONS
from jianghua.modelling.hashing import Grams, character_ngrams, column_weights, word_ngrams

_BATCH = 4096


@dataclass(frozen=True, slots=True)
class FeatureSpec:
    """A feature set as data: `kind` is characters or words; `low`, `high` lengths of n-grams; 2**`bits` buckets."""

    kind: str
    low: int
    high: int
    bits: int

    def grams(self, texts: Sequence[str]) -> Grams:
        """Buckets of the n-grams of each text."""
        if self.kind == "words":
            return word_ngrams(texts, self.high, self.bits)
        return character_ngrams(texts, self.low, self.high, self.bits)


@dataclass(frozen=True, slots=True)
class LinearModel:
    """A softmax over weighted sums of n-grams.

    Args:
        weights: shape (2**spec.bits, 6), float32.
        intercept: shape (6,), float32.
    """

    spec: FeatureSpec
    weights: NDArray[np.float32]
    intercept: NDArray[np.float32]

    def predict_proba(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Probability of each function for each text: shape (len(texts), 6), float64."""
        return softmax(self.scores(texts))

    def scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Scores before the softmax: shape (len(texts), 6), float64."""
        totals = np.zeros((len(texts), len(FUNCTIONS)))
        for at in range(0, len(texts), _BATCH):
            batch = texts[at : at + _BATCH]
            rows, buckets = self.spec.grams(batch)
            if len(rows) == 0:
                continue
            scaled = self.weights[buckets] * column_weights(rows, len(batch))[:, None]
            for function in range(len(FUNCTIONS)):
                totals[at : at + len(batch), function] = np.bincount(rows, scaled[:, function], minlength=len(batch))
        return totals + self.intercept


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows of scores → rows of probabilities."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    result: NDArray[np.float64] = shifted / shifted.sum(axis=1, keepdims=True)
    return result


def as_spec(features: Any) -> FeatureSpec:
    """The data of a feature transformer (see jianghua.modelling.features)."""
    return FeatureSpec(features.kind, getattr(features, "low", 1), features.high, features.bits)
