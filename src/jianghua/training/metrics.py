"""Scores on hand labels: macro-F1, accuracy, per function, confusion matrix, bootstrap intervals over documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jianghua.errors import UsageError
from jianghua.labels import FUNCTIONS


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of predictions against gold labels.

    `macro_f1` is the mean F1 of the functions that occur in gold; `interval` its 95 % bootstrap interval over documents;
    `confusion[i, j]` counts paragraphs of gold function i that were given function j (int64, shape (6, 6)).
    """

    count: int
    macro_f1: float
    interval: tuple[float, float]
    accuracy: float
    f1: dict[str, float]
    support: dict[str, int]
    confusion: NDArray[np.int64]

    def flat(self, prefix: str = "") -> dict[str, float]:
        """Metrics as MLflow wants them: names → numbers."""
        return {
            f"{prefix}macro_f1": self.macro_f1,
            f"{prefix}macro_f1_low": self.interval[0],
            f"{prefix}macro_f1_high": self.interval[1],
            f"{prefix}accuracy": self.accuracy,
            **{f"{prefix}f1_{name}": value for name, value in self.f1.items()},
        }


def score(
    gold: NDArray[Any], predicted: NDArray[Any], documents: Sequence[str], seed: int = 0, resamples: int = 1000
) -> Scores:
    """Score predictions.

    Args:
        gold, predicted: shape (n,), index into FUNCTIONS; `predicted` may be -1 where nothing was predicted (always wrong).
        documents: n names; the bootstrap draws whole documents (Efron & Tibshirani 1993, chapter 8).

    Raises:
        ValueError: nothing to score or lengths differ.

    >>> s = score(np.array([0, 0, 2, 2]), np.array([0, 2, 2, 2]), ["a", "a", "b", "b"])
    >>> round(s.macro_f1, 3), s.accuracy, s.support["requirements"]
    (0.733, 0.75, 2)
    """
    if not len(gold) == len(predicted) == len(documents):
        raise UsageError(
            f"{len(gold)} gold labels, {len(predicted)} predictions, {len(documents)} documents; expected as many"
        )
    if len(gold) == 0:
        raise UsageError("no paragraph has a hand label; nothing can be scored")
    names = sorted(set(documents))
    number = {name: index for index, name in enumerate(names)}
    tables = np.zeros((len(names), len(FUNCTIONS), len(FUNCTIONS) + 1), dtype=np.int64)
    where = np.array([number[name] for name in documents])
    np.add.at(tables, (where, gold.astype(np.int64), predicted.astype(np.int64)), 1)
    total = tables.sum(axis=0)
    per_function = _f1(total)
    rng = np.random.default_rng(seed)
    draws = [_macro(tables[rng.integers(len(names), size=len(names))].sum(axis=0)) for _ in range(resamples)]
    low, high = np.quantile(draws, [0.025, 0.975])
    present = total.sum(axis=1) > 0
    return Scores(
        len(gold),
        _macro(total),
        (float(low), float(high)),
        float(np.trace(total) / len(gold)),
        {name: float(value) for name, value, there in zip(FUNCTIONS, per_function, present, strict=True) if there},
        {name: int(count) for name, count in zip(FUNCTIONS, total.sum(axis=1), strict=True)},
        total[:, : len(FUNCTIONS)],
    )


def _f1(table: NDArray[np.int64]) -> NDArray[np.float64]:
    right = np.diagonal(table).astype(np.float64)
    either = table.sum(axis=1) + table[:, : len(FUNCTIONS)].sum(axis=0)
    result: NDArray[np.float64] = 2 * right / np.maximum(either, 1)
    return result


def _macro(table: NDArray[np.int64]) -> float:
    return float(_f1(table)[table.sum(axis=1) > 0].mean())
