"""The trainable tagger: a feature set and a linear classifier over sentences or paragraphs, with or without headings."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from threadpoolctl import threadpool_limits

from jianghua.labelling.cues import View
from jianghua.labels import FUNCTIONS
from jianghua.modelling.hashing import flatten
from jianghua.modelling.linear import UNITS, LinearTagger, as_spec, heading_text

_NEVER = -30.0


class FunctionTagger(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Learns functions of paragraphs from `View`s.

    Args:
        features: a transformer of strings (jianghua.modelling.features).
        classifier: a linear scikit-learn classifier whose probabilities are a softmax of its scores.
        unit: “sentence” trains on sentences that carry their paragraph's label, weighted by share of text; or “paragraph”.
        headings: whether the headings above a paragraph are features.

    After `fit`, `tagger_` is the model as plain arrays (its weights rounded to half precision, as they are stored).
    """

    def __init__(self, features: Any, classifier: Any, unit: str = "sentence", headings: bool = True) -> None:
        self.features = features
        self.classifier = classifier
        self.unit = unit
        self.headings = headings

    def fit(self, X: Sequence[View], y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Train.

        Args:
            X: n paragraphs.
            y: shape (n,), int, index into FUNCTIONS.
            sample_weight: shape (n,), float, default 1.

        Raises:
            ValueError: lengths differ, nothing to learn from, or an unknown unit.
        """
        labels = np.asarray(y)
        weights = np.ones(len(labels)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        if not len(X) == len(labels) == len(weights):
            raise ValueError(
                f"{len(X)} paragraphs, {len(labels)} labels and {len(weights)} weights; expected as many of each"
            )
        if self.unit not in UNITS:
            raise ValueError(f"unit {self.unit!r} is not known; use one of {', '.join(UNITS)}")
        if len(np.unique(labels)) < 2:
            raise ValueError(f"labels of {len(np.unique(labels))} function(s) only; training needs at least two")
        texts, owner = _texts(X, self.unit)
        matrix = self.features.fit_transform(texts)
        if self.headings:
            above = self.features.transform([heading_text(view) for view in X])
            matrix = sp.hstack([matrix, above[owner]]).tocsr()
        used = np.unique(matrix.indices)  # columns that never occur would only slow the solver down
        share = np.array([len(text) / max(len(X[row].text), 1) for text, row in zip(texts, owner, strict=True)])
        classifier = clone(self.classifier)
        with threadpool_limits(1):  # sums of floats depend on the number of threads; models must not
            classifier.fit(matrix[:, used], labels[owner], sample_weight=np.sqrt(share) * weights[owner])
        self.classes_ = np.arange(len(FUNCTIONS))
        self.tagger_ = self._as_arrays(classifier, used, matrix.shape[1])
        return self

    def predict_proba(self, X: Sequence[View]) -> NDArray[np.float64]:
        """Shape (n, 6), float64, columns in the order of FUNCTIONS."""
        return self.tagger_.predict_proba(X)

    def predict(self, X: Sequence[View]) -> NDArray[np.int64]:
        """Shape (n,), int64, index into FUNCTIONS."""
        best: NDArray[np.int64] = self.predict_proba(X).argmax(axis=1)
        return best

    def _as_arrays(self, classifier: Any, used: NDArray[np.int32], columns: int) -> LinearTagger:
        coefficients, intercept = linear_parts(classifier)
        spec = as_spec(self.features)
        weights = np.zeros((columns, len(FUNCTIONS)), dtype=np.float32)
        weights[used] = coefficients.astype(np.float16)
        text, headings = weights[: 2**spec.bits], weights[2**spec.bits :]
        return LinearTagger(spec, text, headings if self.headings else None, intercept.astype(np.float32), self.unit)


def linear_parts(classifier: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights of shape (features, 6) and intercepts of shape (6,) of a fitted classifier; unseen functions never win.

    Raises:
        TypeError: the classifier is not one of those whose probabilities are a softmax of linear scores.
    """
    name = type(classifier).__name__
    if name == "LogisticRegression":
        rows, offsets = classifier.coef_, classifier.intercept_
        if len(classifier.classes_) == 2:
            rows, offsets = np.vstack([-rows / 2, rows / 2]), np.concatenate([-offsets / 2, offsets / 2])
    elif name == "ComplementNB":
        rows, offsets = classifier.feature_log_prob_, np.zeros(len(classifier.classes_))
    else:
        raise TypeError(f"classifier {name} is not known; use LogisticRegression or ComplementNB")
    weights = np.zeros((rows.shape[1], len(FUNCTIONS)))
    intercept = np.full(len(FUNCTIONS), _NEVER)
    weights[:, classifier.classes_] = rows.T - rows.mean(axis=0)[:, None]  # a softmax does not see a common shift
    intercept[classifier.classes_] = offsets
    return weights, intercept


def _texts(X: Sequence[View], unit: str) -> tuple[list[str], NDArray[np.int64]]:
    if unit == "paragraph":
        return [view.text for view in X], np.arange(len(X), dtype=np.int64)
    return flatten([view.sentences for view in X])
