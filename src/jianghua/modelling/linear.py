"""Linear scores over hashed n-grams as plain arrays. Needs NumPy only, so that tagging does not wait for scikit-learn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jianghua.labels import FUNCTIONS
from jianghua.modelling.hashing import Grams, character_ngrams, code_points, column_weights, ngram_buckets, word_ngrams

_CHARACTERS = 1 << 15
"""How many characters are scored at a time."""


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
        if not texts:
            return np.zeros((0, len(FUNCTIONS)))
        if self.spec.kind == "characters":
            return self._character_scores(texts)
        rows, buckets = self.spec.grams(texts)
        scaled = self.weights[buckets] * column_weights(rows, len(texts))[:, None]
        totals = np.zeros((len(texts), len(FUNCTIONS)))
        for function in range(len(FUNCTIONS)):
            totals[:, function] = np.bincount(rows, scaled[:, function], minlength=len(texts))
        return totals + self.intercept

    def _character_scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Sums of weights over the square root of the number of n-grams, some texts at a time so that they stay in cache."""
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        ends = np.cumsum(lengths)
        parts = []
        at = 0
        while at < len(texts):
            before = ends[at - 1] if at else 0
            to = max(int(np.searchsorted(ends, before + _CHARACTERS, "right")), at + 1)
            parts.append(self._some_sums(texts[at:to], lengths[at:to]))
            at = to
        low, high = self.spec.low, self.spec.high
        number = sum(np.maximum(lengths - n + 1, 0) for n in range(low, high + 1))
        scores: NDArray[np.float64] = np.concatenate(parts) / np.sqrt(np.maximum(number, 1))[:, None] + self.intercept
        return scores

    def _some_sums(self, texts: Sequence[str], lengths: NDArray[np.int64]) -> NDArray[np.float64]:
        codes = code_points(texts)
        ends = np.cumsum(lengths)
        at_place = np.zeros((len(codes), len(FUNCTIONS)), dtype=np.float32)
        for n, buckets in ngram_buckets(codes, self.spec.low, self.spec.high, self.spec.bits):
            values = self.weights.take(buckets, axis=0, mode="clip")
            for back in range(1, n):  # what would go on into the next text
                values[_within(ends - back, len(values))] = 0
            at_place[: len(values)] += values
        sums = np.zeros((len(texts), len(FUNCTIONS)))
        some = lengths > 0
        if some.any():
            sums[some] = np.add.reduceat(at_place, (ends - lengths)[some], axis=0)
        return sums


def _within(places: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    return places[(places >= 0) & (places < size)]


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows of scores → rows of probabilities."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    result: NDArray[np.float64] = shifted / shifted.sum(axis=1, keepdims=True)
    return result


def as_spec(features: Any) -> FeatureSpec:
    """The data of a feature transformer (see jianghua.modelling.features)."""
    return FeatureSpec(features.kind, getattr(features, "low", 1), features.high, features.bits)
