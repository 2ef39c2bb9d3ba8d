"""Feature sets as scikit-learn transformers of strings. Both are stateless: what a model stores is weights, no vocabulary."""

from collections.abc import Iterable
from typing import Any, Self

import numpy as np
import scipy.sparse as sp
from sklearn.base import BaseEstimator, TransformerMixin

from jianghua.errors import UsageError
from jianghua.model.ngrams import Grams, character_ngrams, column_weights, word_ngrams


class _HashedGrams(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Strings → sparse rows of n-gram counts over the square root of their number; shape (n, 2**bits), float64."""

    bits: int

    def fit(self, X: Iterable[str], y: Any = None) -> Self:
        """Check the strings; nothing is learnt."""
        _check_strings(X, type(self).__name__)
        return self

    def transform(self, X: Iterable[str]) -> sp.csr_matrix:
        """Rows of features.

        Raises:
            ValueError: X is one string instead of a sequence of strings, or holds something else than strings.
        """
        texts = _check_strings(X, type(self).__name__)
        rows, buckets = self._grams(texts)
        return sp.csr_matrix((column_weights(rows, len(texts)), (rows, buckets)), shape=(len(texts), 2**self.bits))

    def _grams(self, texts: list[str]) -> Grams:
        raise NotImplementedError

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.requires_fit = False
        return tags


class CharacterNgrams(_HashedGrams):
    """Character n-grams of `low` to `high` characters, hashed to 2**bits columns.

    >>> CharacterNgrams(low=1, high=2, bits=8).fit_transform(["要抓紧", ""]).shape
    (2, 256)
    """

    kind = "characters"

    def __init__(self, low: int = 1, high: int = 3, bits: int = 17) -> None:
        self.low = low
        self.high = high
        self.bits = bits

    def _grams(self, texts: list[str]) -> Grams:
        return character_ngrams(texts, self.low, self.high, self.bits)


class JiebaWords(_HashedGrams):
    """Words by jieba and runs of up to `high` of them, hashed to 2**bits columns.

    >>> JiebaWords(high=2, bits=8).fit_transform(["要抓紧落实"]).nnz > 0
    True
    """

    kind = "words"

    def __init__(self, high: int = 2, bits: int = 17) -> None:
        self.high = high
        self.bits = bits

    def _grams(self, texts: list[str]) -> Grams:
        return word_ngrams(texts, self.high, self.bits)


FEATURES: dict[str, type[_HashedGrams]] = {cls.kind: cls for cls in (CharacterNgrams, JiebaWords)}
"""Feature sets that a configuration or a model file may name."""


def _check_strings(X: Iterable[str], who: str) -> list[str]:
    if isinstance(X, str):
        raise UsageError(f"{who} was given one string; expected a sequence of strings: wrap it in a list")
    texts = list(np.asarray(X, dtype=object).ravel()) if hasattr(X, "__array__") else list(X)
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise UsageError(f"{who} was given a {type(text).__name__} at position {number}; expected strings")
    return texts
