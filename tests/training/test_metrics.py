import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

from jianghua.labels import FUNCTIONS
from jianghua.training.metrics import score


def test_scores_agree_with_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    gold = rng.integers(0, 5, 200)
    predicted = np.where(rng.random(200) < 0.6, gold, rng.integers(0, 5, 200))
    found = score(gold, predicted, [f"d{row % 9}" for row in range(200)])
    assert found.macro_f1 == pytest.approx(f1_score(gold, predicted, average="macro"))
    assert found.accuracy == pytest.approx(accuracy_score(gold, predicted))
    assert np.array_equal(found.confusion, confusion_matrix(gold, predicted, labels=range(6)))
    assert found.interval[0] < found.macro_f1 < found.interval[1]
    assert "context" not in found.f1, "a function that is not in gold has no F1"


def test_what_was_not_predicted_counts_as_wrong() -> None:
    assert score(np.array([0, 1]), np.array([0, -1]), ["a", "b"]).accuracy == 0.5


def test_scoring_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="no paragraph has a hand label"):
        score(np.array([]), np.array([]), [])
    with pytest.raises(ValueError, match="2 gold labels, 1 predictions, 2 documents"):
        score(np.array([0, 1]), np.array([0]), ["a", "b"])


def test_the_interval_is_the_same_each_time() -> None:
    gold = np.arange(60) % len(FUNCTIONS)
    predicted = np.where(np.arange(60) % 7 == 0, 0, gold)
    documents = [f"d{row % 6}" for row in range(60)]
    assert score(gold, predicted, documents, seed=4).interval == score(gold, predicted, documents, seed=4).interval
