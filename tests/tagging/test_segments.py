import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from jianghua.tagging import segments
from jianghua.tagging.segments import best_paths, borders

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
        gains = np.log(said + 1e-3) + np.log(paragraph + 0.02)

        def worth(path: list[int], gains: NDArray[np.float64] = gains) -> float:
            changes = sum(a != b for a, b in itertools.pairwise(path))
            return float(gains[np.arange(4), path].sum()) - segments._CHANGE * changes

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


def test_a_border_of_a_text_that_is_not_in_the_file_stays_inside_the_span() -> None:
    assert list(borders("要抓紧", 6, None)) == [0, 2, 4, 6]
    assert list(borders("要抓紧", 2, "去年")) == [0, 0, 0, 2]
