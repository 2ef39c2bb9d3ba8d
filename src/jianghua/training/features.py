"""Feature sets as a scikit-learn transformer of strings."""

from collections.abc import Iterable
from typing import Any, Self

import numpy as np
import scipy.sparse as sp
from sklearn.base import BaseEstimator, TransformerMixin

from jianghua.errors import UsageError
from jianghua.model.features import CharacterNgrams, FeatureSet
from jianghua.model.ngrams import column_weights


class HashedNgrams(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Strings → sparse rows of n-gram counts over the square root of their number; shape (n, 2**bits), float64.

    Args:
        features: which n-grams, and in how many columns; characters by default.

    >>> HashedNgrams(CharacterNgrams(low=1, high=2, bits=8)).fit_transform(["要抓紧", ""]).shape
    (2, 256)
    """

    def __init__(self, features: FeatureSet | None = None) -> None:
        self.features = features

    def fit(self, X: Iterable[str], y: Any = None) -> Self:
        """Check the strings; nothing is learnt."""
        _check_strings(X)
        return self

    def transform(self, X: Iterable[str]) -> sp.csr_matrix:
        """Rows of features.

        Raises:
            ValueError: X is one string instead of a sequence of strings, or holds something else than strings.
        """
        features = self.features or CharacterNgrams()
        texts = _check_strings(X)
        rows, buckets = features.grams(texts)
        return sp.csr_matrix((column_weights(rows, len(texts)), (rows, buckets)), shape=(len(texts), 2**features.bits))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.requires_fit = False
        return tags


def _check_strings(X: Iterable[str]) -> list[str]:
    if isinstance(X, str):
        raise UsageError("HashedNgrams was given one string; expected a sequence of strings: wrap it in a list")
    texts = list(np.asarray(X, dtype=object).ravel()) if hasattr(X, "__array__") else list(X)
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise UsageError(f"HashedNgrams was given a {type(text).__name__} at position {number}; expected strings")
    return texts
