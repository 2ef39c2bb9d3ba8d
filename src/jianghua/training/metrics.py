"""Scores on hand labels: macro-F1, accuracy, per function, confusion matrix, bootstrap intervals over documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jianghua.errors import UsageError
from jianghua.labelling.confusion import RESAMPLES, confusion_tables, f1, interval, macro_f1, resampled
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
    gold: NDArray[Any], predicted: NDArray[Any], documents: Sequence[str], seed: int = 0, resamples: int = RESAMPLES
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
    tables = confusion_tables(documents, gold, predicted)
    total = tables.sum(axis=0)
    support = total.sum(axis=1)
    return Scores(
        len(gold),
        float(macro_f1(total)),
        interval(macro_f1(resampled(tables, seed, resamples))),
        float(np.trace(total) / len(gold)),
        {name: float(value) for name, value, count in zip(FUNCTIONS, f1(total), support, strict=True) if count},
        {name: int(count) for name, count in zip(FUNCTIONS, support, strict=True)},
        total[:, : len(FUNCTIONS)],
    )
