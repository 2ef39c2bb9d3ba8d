"""Do two readers agree? Observed agreement, kappa and alpha with bootstrap intervals, confusions, disagreements."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score

from jianghua.errors import LabelsError
from jianghua.labelling.confusion import RESAMPLES, confusion_tables, interval, resampled
from jianghua.labelling.gold import NO_FUNCTION, HandLabel
from jianghua.labels import FUNCTIONS

_ALL = range(len(FUNCTIONS))


@dataclass(frozen=True, slots=True)
class Estimate:
    """A statistic with its 95 % bootstrap interval over speeches; NaN where it is undefined."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """What two files of labels say of the paragraphs that both label.

    `confusion` counts paragraphs, shape (6, 6), the first file's functions in rows, the second's in columns;
    `disagreements` has columns source, fingerprint, first, second, where_first, where_second (file and line).
    """

    paragraphs: int
    sources: int
    only_first: int
    only_second: int
    observed: Estimate
    kappa: Estimate
    alpha: Estimate
    confusion: pd.DataFrame
    disagreements: pd.DataFrame


def agreement(
    first: Iterable[HandLabel], second: Iterable[HandLabel], seed: int = 0, resamples: int = RESAMPLES
) -> Agreement:
    """Compare two readers' labels, matched by source and fingerprint; the later of two labels of one paragraph counts.

    Observed agreement is the share of equal labels; kappa is Cohen's (1960), alpha Krippendorff's for nominal data (2011).
    The bootstrap draws whole sources, because paragraphs of a speech are not independent. Kappa and alpha are undefined where both readers give one and the same function throughout.

    Args:
        first, second: labels as `read_labels` returns them; lines without a function (heading, meta) are left out.

    Raises:
        ValueError: no paragraph is in both.

    >>> a = [HandLabel("a.txt", mark, label) for mark, label in zip("1234", ["context", "closing"] * 2, strict=True)]
    >>> b = [HandLabel("a.txt", mark, label) for mark, label in zip("123", ["context", "closing", "closing"], strict=True)]
    >>> found = agreement(a, b)
    >>> found.paragraphs, found.only_first, round(found.observed.value, 3), round(found.kappa.value, 3)
    (3, 1, 0.667, 0.4)
    >>> found.disagreements[["source", "fingerprint", "first", "second"]]
      source fingerprint    first   second
    0  a.txt           3  context  closing
    """
    left, right = _by_paragraph(first), _by_paragraph(second)
    shared = sorted(left.keys() & right.keys())
    if not shared:
        raise LabelsError(
            f"no paragraph is in both: {len(left)} labels in the first, {len(right)} in the second; "
            "they are matched by source and fingerprint, so both must be of the same files"
        )
    table = pd.DataFrame(
        [(*key, left[key].label, right[key].label, left[key].where, right[key].where) for key in shared],
        columns=["source", "fingerprint", "first", "second", "where_first", "where_second"],
    )
    labels = [table[column].map(FUNCTIONS.index).to_numpy() for column in ("first", "second")]
    tables = confusion_tables(list(table["source"]), *labels)[..., :-1]
    samples = resampled(tables, seed, resamples)
    total = tables.sum(axis=0)
    return Agreement(
        len(shared),
        len(tables),
        len(left.keys() - right.keys()),
        len(right.keys() - left.keys()),
        _estimate(observed_agreement, total, samples),
        _estimate(cohen_kappa, total, samples),
        _estimate(krippendorff_alpha, total, samples),
        pd.DataFrame(total, index=pd.Index(FUNCTIONS, name="first"), columns=pd.Index(FUNCTIONS, name="second")),
        table[table["first"] != table["second"]].reset_index(drop=True),
    )


def observed_agreement(table: NDArray[np.int64]) -> float:
    """Share of paragraphs on the diagonal of a confusion table, shape (6, 6)."""
    return float(np.trace(table) / table.sum())


def cohen_kappa(table: NDArray[np.int64]) -> float:
    """Cohen's kappa of a confusion table, shape (6, 6), by scikit-learn; NaN where undefined."""
    rows, columns = np.indices(table.shape).reshape(2, -1)
    if np.count_nonzero(table.sum(axis=0) + table.sum(axis=1)) < 2:
        return float("nan")
    return float(cohen_kappa_score(rows, columns, labels=_ALL, sample_weight=table.ravel()))


def krippendorff_alpha(table: NDArray[np.int64]) -> float:
    """Krippendorff's alpha of a confusion table, shape (6, 6), of two readers without gaps; NaN where undefined.

    “Computing Krippendorff's Alpha-Reliability” (2011), section B. Written out because the package `krippendorff` is
    under the GPL, and because it takes a table of units, not of counts, which makes the bootstrap slow.
    """
    coincidences = table + table.T
    values = coincidences.sum(axis=0)
    pairable = values.sum()
    disagreement = 1 - np.trace(coincidences) / pairable
    expected = 1 - (values * (values - 1)).sum() / (pairable * (pairable - 1))
    return float(1 - disagreement / expected) if expected else float("nan")


def _by_paragraph(labels: Iterable[HandLabel]) -> dict[tuple[str, str], HandLabel]:
    return {(label.source, label.fingerprint): label for label in labels if label.label not in NO_FUNCTION}


def _estimate(
    statistic: Callable[[NDArray[np.int64]], float], total: NDArray[np.int64], samples: NDArray[np.int64]
) -> Estimate:
    return Estimate(statistic(total), *interval(np.array([statistic(table) for table in samples])))
