"""Whether confidence means what it says, and what is gained by leaving uncertain paragraphs to people."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jianghua.errors import UsageError
from jianghua.model.tagger import REVIEW_BELOW

_THRESHOLDS = (0.5, 0.6, REVIEW_BELOW, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Confidence of predictions against how often they are right.

    `error` is the expected calibration error (Guo et al. 2017) over bins of equal width; `bins` holds for each non-empty bin
    its mean confidence, its accuracy and its count; `coverage` holds for each threshold the share of paragraphs with at least
    that confidence, and the accuracy on them.
    """

    error: float
    bins: list[tuple[float, float, int]]
    coverage: list[tuple[float, float, float]]

    def coverage_metrics(self) -> dict[str, float]:
        """Coverage and accuracy at each threshold, as metrics."""
        return {
            name: value
            for threshold, share, accuracy in self.coverage
            for name, value in ((f"coverage_at_{threshold:.1f}", share), (f"accuracy_at_{threshold:.1f}", accuracy))
        }

    def review_metrics(self) -> dict[str, float]:
        """What goes to a person at the threshold REVIEW_BELOW, and how often the rest is right, as metrics.

        >>> calibrate(np.array([[0.8, 0.2], [0.4, 0.6]]), np.array([0, 0])).review_metrics()
        {'review_share': 0.5, 'accuracy_above_threshold': 1.0}
        """
        ((share, accuracy),) = [found[1:] for found in self.coverage if found[0] == REVIEW_BELOW]
        return {"review_share": 1 - share, "accuracy_above_threshold": accuracy}


def calibrate(probabilities: NDArray[np.float64], gold: NDArray[np.int8], bins: int = 10) -> Calibration:
    """Compare confidence with accuracy.

    Args:
        probabilities: shape (n, 6), rows sum to 1.
        gold: shape (n,), index into FUNCTIONS.

    Raises:
        ValueError: nothing to compare.

    >>> found = calibrate(np.array([[0.8, 0.2], [0.8, 0.2], [0.3, 0.7]]), np.array([0, 1, 1]))
    >>> round(found.error, 2), found.coverage[3]
    (0.3, (0.8, 0.6666666666666666, 0.5))
    """
    if len(gold) == 0:
        raise UsageError("no prediction has a hand label; calibration cannot be measured")
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == gold
    number = np.minimum((confidence * bins).astype(int), bins - 1)
    rows = [
        (float(confidence[number == bin].mean()), float(right[number == bin].mean()), int((number == bin).sum()))
        for bin in range(bins)
        if (number == bin).any()
    ]
    error = sum(abs(said - was) * count for said, was, count in rows) / len(gold)
    coverage = []
    for threshold in _THRESHOLDS:
        kept = confidence >= threshold
        coverage.append((threshold, float(kept.mean()), float(right[kept].mean()) if kept.any() else 1.0))
    return Calibration(float(error), rows, coverage)
