"""Linear scores over hashed n-grams as plain arrays. Needs NumPy only, so that tagging does not wait for scikit-learn."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from jianghua.labels import FUNCTIONS
from jianghua.model.features import CharacterNgrams, FeatureSet
from jianghua.model.ngrams import Texts, column_weights, ngram_buckets

_CHARACTERS = 1 << 15
"""How many characters are scored at a time."""


@dataclass(frozen=True)
class LinearModel:
    """A softmax over weighted sums of n-grams.

    Args:
        weights: shape (2**features.bits, 6), float32.
        intercept: shape (6,), float32.
    """

    features: FeatureSet
    weights: NDArray[np.float32]
    intercept: NDArray[np.float32]

    def predict_proba(self, texts: Sequence[str] | Texts) -> NDArray[np.float64]:
        """Probability of each function for each text: shape (number of texts, 6), float64."""
        return softmax(self.scores(texts))

    def scores(self, texts: Sequence[str] | Texts) -> NDArray[np.float64]:
        """Scores before the softmax: shape (number of texts, 6), float64."""
        if isinstance(self.features, CharacterNgrams):
            return self._character_scores(texts if isinstance(texts, Texts) else Texts.of(texts))
        strings = texts.strings() if isinstance(texts, Texts) else texts
        rows, buckets = self.features.grams(strings)
        scaled = self.weights[buckets] * column_weights(rows, len(strings))[:, None]
        totals = np.zeros((len(strings), len(FUNCTIONS)))
        for function in range(len(FUNCTIONS)):
            totals[:, function] = np.bincount(rows, scaled[:, function], minlength=len(strings))
        return totals + self.intercept

    @cached_property
    def _rows(self) -> NDArray[np.float32]:
        """Weights in rows of eight: NumPy gathers rows of 32 bytes twice as fast."""
        rows = np.zeros((len(self.weights), 8), dtype=np.float32)
        rows[:, : len(FUNCTIONS)] = self.weights
        return rows

    def _character_scores(self, texts: Texts) -> NDArray[np.float64]:
        """Sums of weights over the square root of the number of n-grams, some texts at a time so that they stay in cache."""
        lengths = texts.lengths
        ends = np.cumsum(lengths)
        sums = np.zeros((len(lengths), len(FUNCTIONS)))
        first = 0
        while first < len(lengths):
            before = int(ends[first] - lengths[first])
            last = max(int(np.searchsorted(ends, before + _CHARACTERS, "right")), first + 1)
            some = slice(first, last)
            self._add_sums(sums[some], texts.codes[before : ends[last - 1]], ends[some] - before, lengths[some])
            first = last
        low, high = self.features.low, self.features.high
        number = sum(np.maximum(lengths - n + 1, 0) for n in range(low, high + 1))
        scores: NDArray[np.float64] = sums / np.sqrt(np.maximum(number, 1))[:, None] + self.intercept
        return scores

    def _add_sums(
        self,
        sums: NDArray[np.float64],
        codes: NDArray[np.uint32],
        ends: NDArray[np.int64],
        lengths: NDArray[np.int64],
    ) -> None:
        at_place = np.zeros((len(codes), self._rows.shape[1]), dtype=np.float32)
        for n, buckets in ngram_buckets(codes, self.features.low, self.features.high, self.features.bits):
            values = self._rows.take(buckets, axis=0, mode="clip")
            for back in range(1, n):  # what would go on into the next text
                places = ends - back
                values[places[(places >= 0) & (places < len(values))]] = 0
            at_place[: len(values)] += values
        some = lengths > 0
        if some.any():
            sums[some] = np.add.reduceat(at_place, (ends - lengths)[some], axis=0)[:, : len(FUNCTIONS)]


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows of scores → rows of probabilities."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    result: NDArray[np.float64] = shifted / shifted.sum(axis=1, keepdims=True)
    return result
