"""One macro-F1 and one bootstrap for cues, readers, models and champions: what other libraries say of the same labels."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import bootstrap
from sklearn.metrics import f1_score

from jianghua.labelling.confusion import confusion_tables, interval, macro_f1, resampled


@pytest.fixture
def tables() -> NDArray[np.int64]:
    rng = np.random.default_rng(7)
    gold = rng.integers(6, size=400)
    given = np.where(rng.random(400) < 0.6, gold, rng.integers(-1, 6, size=400))
    return confusion_tables([f"talk {number % 31}.txt" for number in range(400)], gold, given)


def test_macro_f1_is_scikit_learns() -> None:
    gold, given = np.array([0, 0, 2, 3, 3, 3, 2]), np.array([0, 2, 2, 3, -1, 5, 2])
    expected = f1_score(gold, given, labels=[0, 2, 3], average="macro")
    assert macro_f1(confusion_tables("aabbccc", gold, given).sum(axis=0)) == pytest.approx(expected, abs=1e-12)


def test_the_interval_is_scipys(tables: NDArray[np.int64]) -> None:
    expected = bootstrap(
        (np.arange(len(tables)),),
        lambda drawn, axis: macro_f1(tables[drawn].sum(axis=-3)),
        n_resamples=500,
        method="percentile",
        vectorized=True,
        rng=np.random.default_rng(3),
    ).confidence_interval
    assert interval(macro_f1(resampled(tables, 3, 500))) == pytest.approx(tuple(expected), abs=1e-12)


def test_a_sample_in_which_a_statistic_is_undefined_does_not_make_the_interval_so() -> None:
    assert interval(np.array([0.5, np.nan, 0.5])) == (0.5, 0.5)
    assert np.isnan(interval(np.array([np.nan]))).all()
