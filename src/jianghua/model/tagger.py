"""The trained tagger: sentences are scored by their words, paragraphs by their sentences and their place in the speech."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from jianghua.corpus.views import View
from jianghua.labels import FUNCTIONS
from jianghua.model.evidence import Evidence, context_features, sentences_of
from jianghua.model.linear import LinearModel, softmax
from jianghua.model.sequence import best_paths, settled
from jianghua.model.trees import Trees

UNITS = ("sentence", "paragraph")
REVIEW_BELOW = 0.7
"""A paragraph below this confidence goes to a person for review; of the others about 19 in 20 are right."""


@dataclass(frozen=True, slots=True)
class Context:
    """The second stage: trees over the features that `switches` name (see jianghua.model.evidence)."""

    switches: tuple[str, ...]
    trees: Trees


class Prediction(NamedTuple):
    """What a tagger says of a list of views.

    Args:
        probabilities: shape (views, 6), float64, rows sum to 1.
        evidence: what the sentences say for themselves.
        path: shape (sentences,), int64, the function of every sentence, index into FUNCTIONS.
    """

    probabilities: NDArray[np.float64]
    evidence: Evidence
    path: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tagger:
    """A trained model as plain arrays.

    Args:
        text: scores sentences, or whole paragraphs where `unit` is “paragraph”.
        headings: scores headings; None where the model does not look at them.
        context: the second stage; None sums the sentences by length, with the innermost heading's scores added to each.
    """

    unit: str
    text: LinearModel
    headings: LinearModel | None
    context: Context | None

    def predict(self, seen: Sequence[View]) -> Prediction:
        """What paragraphs are for, and each of their sentences.

        Views of a speech must stand together and in order. Sentences and paragraphs are decided together: a paragraph's
        likeliest function is that of most of its characters. A model that scores paragraphs whole says the same of all
        sentences of a paragraph.
        """
        sentences, owner, lengths = sentences_of(seen)
        scores = self.text.scores(sentences)
        if self.context is None and self.headings is not None:
            scores = scores + self.headings.scores([heading_text(view) for view in seen])[owner]
        evidence = Evidence(
            softmax(scores), owner, lengths, heading_evidence(self.headings if self.context else None, seen)
        )
        if self.unit == "paragraph":
            whole = self.text.scores([view.text for view in seen])
            if self.headings is not None:
                whole = whole + self.headings.scores([heading_text(view) for view in seen])
            probabilities = softmax(whole)
            return Prediction(probabilities, evidence, probabilities.argmax(axis=1)[owner])
        if self.context is not None:
            features = context_features(seen, evidence, self.context.switches)
            probabilities = self.context.trees.predict_proba(features)
        else:
            probabilities = evidence.by_length(len(seen))
        path = best_paths(evidence.sentences, owner, probabilities)
        return Prediction(settled(probabilities, path, owner, lengths), evidence, path)

    def predict_proba(self, seen: Sequence[View]) -> NDArray[np.float64]:
        """Probabilities of paragraphs alone: shape (len(seen), 6), float64."""
        return self.predict(seen).probabilities


def heading_text(view: View) -> str:
    """The headings above, outermost first, one a line."""
    return "\n".join(view.headings)


def heading_evidence(model: LinearModel | None, seen: Sequence[View]) -> NDArray[np.float64]:
    """What the outermost and the innermost heading say of a paragraph: shape (len(seen), 12), uniform where there is none."""
    said = np.full((len(seen), 2 * len(FUNCTIONS)), 1 / len(FUNCTIONS))
    if model is None:
        return said
    rows = [row for row, view in enumerate(seen) if view.headings]
    texts = list(dict.fromkeys(heading for row in rows for heading in (seen[row].headings[0], seen[row].headings[-1])))
    number = {text: index for index, text in enumerate(texts)}
    scores = model.predict_proba(texts)
    said[rows, : len(FUNCTIONS)] = scores[[number[seen[row].headings[0]] for row in rows]]
    said[rows, len(FUNCTIONS) :] = scores[[number[seen[row].headings[-1]] for row in rows]]
    return said
