import numpy as np
import pytest

from jianghua.training.calibration import calibrate


def test_confidence_that_is_kept_has_no_error() -> None:
    rng = np.random.default_rng(0)
    confidence = rng.uniform(0.5, 1, 20_000)
    probabilities = np.column_stack([confidence, 1 - confidence])
    gold = (rng.random(20_000) > confidence).astype(np.int8)
    found = calibrate(probabilities, gold)
    assert found.error < 0.02
    shares = [share for _, share, _ in found.coverage]
    assert shares == sorted(shares, reverse=True)
    assert found.coverage[-1][2] > found.coverage[0][2], "the more certain, the more often right"


def test_confidence_that_boasts_is_found_out() -> None:
    probabilities = np.tile([0.95, 0.05], (100, 1))
    gold = np.array([0, 1] * 50, dtype=np.int8)
    assert calibrate(probabilities, gold).error == pytest.approx(0.45)
    assert calibrate(probabilities, gold).coverage_metrics()["accuracy_at_0.9"] == 0.5


def test_nothing_to_compare_is_an_error() -> None:
    with pytest.raises(ValueError, match="no prediction has a hand label"):
        calibrate(np.zeros((0, 6)), np.zeros(0, np.int8))
