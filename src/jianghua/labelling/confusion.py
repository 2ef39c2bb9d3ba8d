"""Confusion tables of documents: F1 and macro-F1 of any number of them at once, and their bootstrap over documents.

Tables have gold functions in rows and given ones in columns, whose last counts paragraphs that were given none (-1).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jianghua.labels import FUNCTIONS

RESAMPLES = 1000


def confusion_tables(documents: Sequence[str], gold: NDArray[Any], given: NDArray[Any]) -> NDArray[np.int64]:
    """Confusion table of each document, in the order of their names.

    Args:
        documents: n names.
        gold, given: shape (n,), index into FUNCTIONS; `given` may be -1.

    Returns:
        shape (documents, 6, 7).
    """
    number = {name: index for index, name in enumerate(sorted(set(documents)))}
    tables = np.zeros((len(number), len(FUNCTIONS), len(FUNCTIONS) + 1), dtype=np.int64)
    rows = np.array([number[name] for name in documents], dtype=np.int64)
    np.add.at(tables, (rows, gold.astype(np.int64), given.astype(np.int64)), 1)
    return tables


def f1(tables: NDArray[np.int64]) -> NDArray[np.float64]:
    """F1 of each function, 0 where it does not occur; shape (…, 6) for tables of shape (…, 6, 7).

    >>> tables = confusion_tables("aab", np.array([0, 0, 2]), np.array([0, 2, 2]))
    >>> f1(tables.sum(axis=0)).round(3).tolist(), macro_f1(tables).round(3).tolist()
    ([0.667, 0.0, 0.667, 0.0, 0.0, 0.0], [0.667, 1.0])
    """
    right = np.diagonal(tables, axis1=-2, axis2=-1)
    either = tables.sum(axis=-1) + tables[..., : len(FUNCTIONS)].sum(axis=-2)
    result: NDArray[np.float64] = 2 * right / np.maximum(either, 1)
    return result


def macro_f1(tables: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mean F1 of the functions that occur in gold; shape (…) for tables of shape (…, 6, 7)."""
    occur = tables.sum(axis=-1) > 0
    result: NDArray[np.float64] = np.where(occur, f1(tables), 0).sum(axis=-1) / occur.sum(axis=-1)
    return result


def resampled(tables: NDArray[np.int64], seed: int, resamples: int = RESAMPLES) -> NDArray[np.int64]:
    """Tables of bootstrap samples of documents, which are drawn whole (Efron & Tibshirani 1993, chapter 8).

    Samples of the same seed and number of documents are of the same documents, so that two of them can be compared.

    Returns:
        shape (resamples, 6, 7).
    """
    count = len(tables)
    draws = np.random.default_rng(seed).integers(count, size=(resamples, count))
    places = (draws + count * np.arange(resamples)[:, None]).ravel()
    times = np.bincount(places, minlength=resamples * count).reshape(resamples, count)
    return np.tensordot(times, tables, axes=1)


def interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """95 % interval of a statistic of bootstrap samples, by percentiles; of those in which it is defined (no NaN)."""
    defined = values[~np.isnan(values)]
    if not defined.size:
        return float("nan"), float("nan")
    low, high = np.quantile(defined, [0.025, 0.975])
    return float(low), float(high)
