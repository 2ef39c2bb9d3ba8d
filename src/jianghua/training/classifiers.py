"""Classifiers of the first stage: linear ones of scikit-learn whose probabilities are a softmax of their scores.

A classifier is one row of `CLASSIFIERS`, at the end of this file.
"""

import warnings
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB

from jianghua.errors import UsageError
from jianghua.labels import FUNCTIONS

NEVER = -30.0
"""Score of a function that training never saw."""

Weights = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Of a fitted classifier: weights of shape (classes, features) and intercepts of shape (classes,)."""


class Kind(NamedTuple):
    """A classifier that a configuration may name: its class, its usual arguments, and where it keeps what it learnt."""

    cls: type[Any]
    arguments: Mapping[str, Any]
    weights: Callable[[Any], Weights]


def classifier(data: str | Mapping[str, Any], seed: int = 0) -> Any:
    """An unfitted classifier: a name with its usual arguments, or a mapping with `kind` and all arguments.

    Raises:
        UsageError: the kind is not known, or it does not train with these arguments.

    >>> classifier({"kind": "naive_bayes", "alpha": 0.1})
    ComplementNB(alpha=0.1)
    """
    arguments = dict(data) if isinstance(data, Mapping) else {"kind": data, **usual(data)}
    name = arguments.pop("kind", None)
    if not isinstance(name, str) or name not in CLASSIFIERS:
        raise UsageError(f"model.kind {name!r} is not known; use one of {', '.join(CLASSIFIERS)}")
    kind = CLASSIFIERS[name]
    try:
        unfitted = kind.cls(**arguments)
    except TypeError as error:
        raise UsageError(f"model: {kind.cls.__name__} does not take {arguments}: {error}") from error
    if "random_state" in unfitted.get_params():
        unfitted.set_params(random_state=seed)
    _check_trains(unfitted)
    return unfitted


def usual(name: str) -> Mapping[str, Any]:
    """The usual arguments of a classifier; none where it is not known."""
    return CLASSIFIERS[name].arguments if name in CLASSIFIERS else {}


def _check_trains(unfitted: Any) -> None:
    """Train on three texts: scikit-learn looks at its parameters, and whether they go together, only when it trains."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            clone(unfitted).fit(sp.identity(3, format="csr"), np.arange(3), sample_weight=np.ones(3))
    except Exception as error:
        raise UsageError(f"model: {type(unfitted).__name__} does not train with these settings: {error}") from error


def linear_parts(fitted: Any) -> Weights:
    """Weights of shape (features, 6) and intercepts of shape (6,) of a fitted classifier; unseen functions never win.

    Raises:
        UsageError: the classifier is none of `CLASSIFIERS`.
    """
    kind = next((kind for kind in CLASSIFIERS.values() if type(fitted) is kind.cls), None)
    if kind is None:
        names = ", ".join(kind.cls.__name__ for kind in CLASSIFIERS.values())
        raise UsageError(f"classifier {type(fitted).__name__} is not known; use one of {names}")
    rows, offsets = kind.weights(fitted)
    weights = np.zeros((rows.shape[1], len(FUNCTIONS)))
    intercept = np.full(len(FUNCTIONS), NEVER)
    weights[:, fitted.classes_] = rows.T - rows.mean(axis=0)[:, None]  # a softmax does not see a common shift
    intercept[fitted.classes_] = offsets
    return weights, intercept


def _of_logistic(fitted: LogisticRegression) -> Weights:
    rows, offsets = fitted.coef_, fitted.intercept_
    if len(fitted.classes_) == 2:
        return np.vstack([-rows / 2, rows / 2]), np.concatenate([-offsets / 2, offsets / 2])
    return rows, offsets


def _of_naive_bayes(fitted: ComplementNB) -> Weights:
    return fitted.feature_log_prob_, np.zeros(len(fitted.classes_))


CLASSIFIERS: Mapping[str, Kind] = {
    "logistic": Kind(
        LogisticRegression, {"C": 6.0, "class_weight": "balanced", "max_iter": 200, "tol": 0.001}, _of_logistic
    ),
    "naive_bayes": Kind(ComplementNB, {"alpha": 0.3}, _of_naive_bayes),
}
"""Classifiers that a configuration may name, by their kinds."""
