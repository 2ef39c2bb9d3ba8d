"""The trained tagger as plain arrays: scores sentences with hashed features, and sums them up by share of text.

Needs NumPy only, so that tagging does not wait for scikit-learn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jianghua.labelling.cues import View
from jianghua.labels import FUNCTIONS
from jianghua.modelling.hashing import Grams, character_ngrams, column_weights, flatten, word_ngrams

UNITS = ("sentence", "paragraph")
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

    def scores(self, texts: Sequence[str], weights: NDArray[np.float32]) -> NDArray[np.float64]:
        """Weighted sums of the n-grams of each text: shape (len(texts), functions), float64."""
        totals = np.zeros((len(texts), len(FUNCTIONS)))
        for at in range(0, len(texts), _BATCH):
            batch = texts[at : at + _BATCH]
            rows, buckets = self.grams(batch)
            if len(rows) == 0:
                continue
            scaled = weights[buckets] * column_weights(rows, len(batch))[:, None]
            for function in range(len(FUNCTIONS)):
                totals[at : at + len(batch), function] = np.bincount(rows, scaled[:, function], minlength=len(batch))
        return totals


@dataclass(frozen=True, slots=True)
class LinearTagger:
    """Softmax over linear scores of a sentence (or paragraph) and, if `headings`, of the headings above it.

    Args:
        spec: the feature set; the headings use the same with their own weights.
        text_weights, heading_weights: shape (2**bits, 6), float32; `heading_weights` is None where headings are not seen.
        intercept: shape (6,), float32.
        unit: what is scored; scores of sentences are summed by their share of the paragraph's characters.
    """

    spec: FeatureSpec
    text_weights: NDArray[np.float32]
    heading_weights: NDArray[np.float32] | None
    intercept: NDArray[np.float32]
    unit: str

    def predict_proba(self, seen: Sequence[View]) -> NDArray[np.float64]:
        """Probability of each function for each paragraph: shape (len(seen), 6), float64, rows sum to 1."""
        if self.unit == "paragraph":
            return self._probabilities([view.text for view in seen], self._heading_scores(seen))
        sentences, owner = flatten([view.sentences for view in seen])
        probabilities = self._probabilities(sentences, self._heading_scores(seen)[owner])
        return sum_by_length(probabilities, sentences, owner, len(seen))

    def sentence_proba(self, seen: Sequence[View]) -> list[NDArray[np.float64]]:
        """For each paragraph the probabilities of its sentences: a list of arrays of shape (sentences, 6)."""
        sentences, owner = flatten([view.sentences for view in seen])
        probabilities = self._probabilities(sentences, self._heading_scores(seen)[owner])
        if len(seen) == 0:
            return []
        return np.split(probabilities, np.cumsum(np.bincount(owner, minlength=len(seen))))[:-1]

    def _heading_scores(self, seen: Sequence[View]) -> NDArray[np.float64]:
        if self.heading_weights is None:
            return np.zeros((len(seen), len(FUNCTIONS)))
        return self.spec.scores([heading_text(view) for view in seen], self.heading_weights)

    def _probabilities(self, texts: Sequence[str], extra: NDArray[np.float64]) -> NDArray[np.float64]:
        return softmax(self.spec.scores(texts, self.text_weights) + extra + self.intercept)


def heading_text(view: View) -> str:
    """What the heading features see: the headings above, outermost first, one a line."""
    return "\n".join(view.headings)


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows of scores → rows of probabilities."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    result: NDArray[np.float64] = shifted / shifted.sum(axis=1, keepdims=True)
    return result


def sum_by_length(
    probabilities: NDArray[np.float64], sentences: Sequence[str], owner: NDArray[np.int64], count: int
) -> NDArray[np.float64]:
    """Probabilities of sentences → of their paragraphs, each sentence weighing by its length in characters.

    A paragraph without sentences gets equal probabilities.
    """
    length = np.array([len(sentence) for sentence in sentences], dtype=np.float64)
    totals = np.zeros((count, probabilities.shape[1]))
    np.add.at(totals, owner, probabilities * length[:, None])
    sums = totals.sum(axis=1, keepdims=True)
    return np.where(sums > 0, totals / np.where(sums > 0, sums, 1), 1 / probabilities.shape[1])


def as_spec(features: Any) -> FeatureSpec:
    """The data of a feature transformer (see jianghua.modelling.features)."""
    return FeatureSpec(features.kind, getattr(features, "low", 1), features.high, features.bits)
