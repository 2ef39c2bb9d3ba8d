import pytest

from jianghua.labels import FUNCTIONS
from jianghua.tracking.champion import Rows, compare


def rows(wrong: set[int]) -> Rows:
    result = {}
    for number in range(60):
        gold = FUNCTIONS[number % 6]
        guess = FUNCTIONS[(number + 1) % 6] if number in wrong else gold
        result[(f"d{number % 10}.txt", "0", str(number), "f")] = (gold, guess)
    return result


def test_a_better_model_gains_and_a_worse_one_loses() -> None:
    gain, (low, high) = compare(rows(set(range(0, 60, 3))), rows({0, 3}))
    assert low <= gain <= high
    assert gain > 0.2
    assert low > 0
    assert compare(rows({0, 3}), rows(set(range(0, 60, 3))))[0] == pytest.approx(-gain)
    assert compare(rows({1}), rows({1})) == (0.0, (0.0, 0.0))


def test_models_scored_on_other_labels_are_not_compared() -> None:
    fewer = dict(list(rows(set()).items())[:-1])
    with pytest.raises(ValueError, match="scored on other hand labels \\(60 and 59 paragraphs\\)"):
        compare(rows(set()), fewer)
