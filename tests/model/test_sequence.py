import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from jianghua.model import sequence
from jianghua.model.sequence import best_paths, settled

EQUAL = np.full(6, 1 / 6)


def one_path(sentences: NDArray[np.float64], paragraph: NDArray[np.float64]) -> list[int]:
    return [*map(int, best_paths(sentences, np.zeros(len(sentences), np.int64), paragraph[None, :]))]


@pytest.mark.parametrize("paragraph", [EQUAL, np.array([0.9, 0.02, 0.02, 0.02, 0.02, 0.02])])
def test_one_odd_sentence_does_not_cut_a_run_but_a_clear_turn_does(paragraph: NDArray[np.float64]) -> None:
    said = np.full((7, 6), 0.04)
    said[:, 0] = 0.8
    said[2] = [0.3, 0.5, 0.05, 0.05, 0.05, 0.05]
    assert one_path(said, paragraph) == [0] * 7
    said[4:] = [0.01, 0.95, 0.01, 0.01, 0.01, 0.01]
    assert one_path(said, EQUAL) == [0, 0, 0, 0, 1, 1, 1]
    assert one_path(np.zeros((0, 6)), paragraph) == []


def test_the_path_is_the_best_of_all_paths() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        said, paragraph = rng.dirichlet(np.full(6, 0.4), size=4), rng.dirichlet(np.ones(6))
        gains = np.log(said + 1e-3) + sequence._WHOLE * np.log(paragraph + 0.02)

        def worth(path: list[int], gains: NDArray[np.float64] = gains) -> float:
            changes = sum(a != b for a, b in itertools.pairwise(path))
            return float(gains[np.arange(4), path].sum()) - sequence._CHANGE * changes

        best = max(worth(list(path)) for path in np.ndindex(6, 6, 6, 6))
        assert worth(one_path(said, paragraph)) == pytest.approx(best)


def test_paragraphs_do_not_touch_each_other() -> None:
    rng = np.random.default_rng(4)
    counts = [3, 1, 7, 1, 2]
    said, paragraphs = rng.dirichlet(np.full(6, 0.4), size=sum(counts)), rng.dirichlet(np.ones(6), size=5)
    together = best_paths(said, np.repeat(np.arange(5), counts), paragraphs).tolist()
    parts = np.split(said, np.cumsum(counts)[:-1])
    assert together == [f for part, p in zip(parts, paragraphs, strict=True) for f in one_path(part, p)]


def test_a_million_sentences_are_no_million_steps() -> None:
    said = np.tile(np.eye(6) * 0.7 + 0.05, (20_000, 1))
    assert len(one_path(said, EQUAL)) == 120_000


@given(st.integers(0, 10_000))
def test_a_paragraph_is_for_what_most_of_its_characters_are_for(seed: int) -> None:
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.full(6, 0.5), size=5)
    owner = np.sort(rng.integers(0, 5, 12))
    path, lengths = rng.integers(0, 6, 12), rng.integers(1, 40, 12).astype(float)
    decided = settled(probabilities, path, owner, lengths)
    assert np.allclose(decided.sum(axis=1), 1)
    assert (decided >= 0).all()
    for row in range(5):
        mine = owner == row
        if not mine.any():
            assert np.array_equal(decided[row], probabilities[row])
            continue
        shares = np.bincount(path[mine], lengths[mine], minlength=6)
        assert shares[decided[row].argmax()] == shares.max()
        if shares[probabilities[row].argmax()] == shares.max():
            assert np.array_equal(decided[row], probabilities[row]), "what agrees is left as it is"
