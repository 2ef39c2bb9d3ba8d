"""Figures: that they can be read on a machine without Chinese fonts, and show what they are given."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text

from jianghua.labelling.analysis import cue_table
from jianghua.labelling.cues import load_cues
from jianghua.labels import CHINESE, FUNCTIONS
from jianghua.tracking import canvas
from jianghua.tracking.corpus_figures import draw_cues, draw_positions
from jianghua.tracking.model_figures import (
    draw_confusion,
    draw_coverage,
    draw_learning_curve,
    draw_precision_recall,
    draw_reliability,
)
from jianghua.training.calibration import calibrate
from jianghua.training.learning_curve import CurvePoint, learning_curve
from jianghua.training.metrics import score

_RNG = np.random.default_rng(0)
GOLD = _RNG.integers(6, size=300).astype(np.int8)
PROBABILITIES = _RNG.dirichlet(np.ones(6) * 0.3, size=300) * 0.5 + np.eye(6)[GOLD] * 0.5
PROBABILITIES[:40] = np.roll(PROBABILITIES[:40], 1, axis=1)
PREDICTED = PROBABILITIES.argmax(axis=1)
CONFIDENCE = PROBABILITIES.max(axis=1)
SCORES = score(GOLD, PREDICTED, [f"{row // 10}" for row in range(300)])
NAMES = ("heading_review", "past_opening", "成绩线索", "silent", "$wish_1$")
CUES = load_cues(
    [{"name": name, "votes": FUNCTIONS[i], "where": "text", "pattern": "x"} for i, name in enumerate(NAMES)]
)
VOTES = np.where(
    (GOLD[:, None] == np.arange(5)) & (_RNG.random((300, 5)) < 0.3) & (np.arange(5) != 3), np.arange(5), -1
)

DRAWINGS: dict[str, Callable[[], bytes]] = {
    "confusion": lambda: draw_confusion(SCORES, "a run"),
    "precision_recall": lambda: draw_precision_recall(PROBABILITIES, GOLD, "a run"),
    "reliability": lambda: draw_reliability(calibrate(PROBABILITIES, GOLD), CONFIDENCE, "a run"),
    "coverage": lambda: draw_coverage(CONFIDENCE, PREDICTED == GOLD, 0.7, "a run"),
    "learning_curve": lambda: draw_learning_curve([CurvePoint(10, SCORES), CurvePoint(20, SCORES)], 0.6, "a run"),
    "positions": lambda: draw_positions(np.linspace(0, 1, 300), GOLD, "a corpus"),
    "cues": lambda: draw_cues(cue_table(CUES, VOTES.astype(np.int8), GOLD), GOLD, "a corpus"),
}


def drawn(monkeypatch: pytest.MonkeyPatch, draw: Callable[[], bytes]) -> tuple[bytes, Figure]:
    """The image, and the figure that it was made from."""
    figures: list[Figure] = []
    save = Figure.savefig

    def keep(figure: Figure, *arguments: Any, **settings: Any) -> None:
        figures.append(figure)
        save(figure, *arguments, **settings)

    monkeypatch.setattr(Figure, "savefig", keep)
    return draw(), figures[0]


def words(figure: Figure) -> str:
    """All that is written on a figure."""
    return "\n".join(text.get_text() for text in figure.findobj(Text) if text.get_visible())


@pytest.mark.parametrize("name", DRAWINGS)
def test_no_glyph_is_missing_and_no_font_of_the_machine_is_used(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    image, figure = drawn(monkeypatch, DRAWINGS[name])  # a glyph that is missing is a warning, and warnings are errors
    assert image.startswith(b"\x89PNG")
    assert canvas.MISSING not in words(figure)
    assert set(words(figure)) <= canvas.characters()
    fonts = {str(findfont(text.get_fontproperties())) for text in figure.findobj(Text) if text.get_text()}
    assert fonts == {str(canvas.FONT)}, f"{fonts - {str(canvas.FONT)}} is not on every machine"


def test_every_character_of_the_figures_has_an_outline_in_the_font() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in Path(canvas.__file__).parent.glob("*figures.py"))
    written = set(re.findall(r"[^\x00-\x7f]", sources)) | set("".join(CHINESE.values()))
    assert len(written) > 60, "the sources were not found"
    assert written - canvas.characters() == set(), "make the font again as fonts/README.md says"
    font = FT2Font(canvas.FONT)
    for character in written:
        assert font.load_char(ord(character)).width > 0, f"{character} is blank"


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_same_data_give_the_same_bytes_whatever_the_machine_has_set(name: str) -> None:
    first = DRAWINGS[name]()
    before = dict(matplotlib.rcParams)
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "black", "figure.dpi": 20}):
        assert DRAWINGS[name]() == first
    assert dict(matplotlib.rcParams) == before


def test_a_cue_with_a_rare_name_or_a_dollar_does_not_stop_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("龘_$a$", "never_龘")
    cues = load_cues([{"name": name, "votes": "closing", "where": "text", "pattern": "x"} for name in names])
    votes = np.tile(np.array([4, -1], dtype=np.int8), (300, 1))
    _, figure = drawn(monkeypatch, lambda: draw_cues(cue_table(cues, votes, GOLD), GOLD, "a corpus"))
    assert "〓_$a$" in words(figure)
    assert "never_〓" in words(figure)


def test_counts_and_shares_of_the_confusion_matrix_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    gold, predicted = np.array([0] * 8 + [3] * 2), np.array([0] * 6 + [5] * 2 + [3] * 2)
    _, figure = drawn(monkeypatch, lambda: draw_confusion(score(gold, predicted, ["a"] * 10), "a run"))
    cells = [text.get_text() for text in figure.axes[0].texts]
    assert cells == ["6", "75%", "2", "25%", "2", "100%"]
    assert "成绩回顾\nachievements" in words(figure)


def test_the_threshold_of_review_says_what_it_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    confidence, right = np.array([0.9, 0.8, 0.6, 0.5]), np.array([True, True, True, False])
    _, figure = drawn(monkeypatch, lambda: draw_coverage(confidence, right, 0.75, "a run"))
    assert "review below 0.75" in words(figure)
    assert "kept: 50.0%，准确率 accuracy 100.0%" in words(figure)
    assert "to people: 50.0%，准确率 accuracy 50.0%" in words(figure)


def test_equal_confidences_are_kept_or_left_together(monkeypatch: pytest.MonkeyPatch) -> None:
    confidence, right = np.array([0.9, 0.6, 0.6, 0.6]), np.array([True, True, False, False])
    _, figure = drawn(monkeypatch, lambda: draw_coverage(confidence, right, None, "a run"))
    assert np.asarray(figure.axes[0].lines[0].get_xydata()).tolist() == [[0.25, 1.0], [1.0, 0.5]]


def test_a_cue_that_meets_no_hand_label_is_named_and_names_do_not_cover_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cues = load_cues(
        [{"name": f"a_long_name_{i}", "votes": "closing", "where": "text", "pattern": "x"} for i in range(6)]
    )
    votes = np.full((300, 6), -1, dtype=np.int8)
    for column in range(5):  # five cues at nearly the same place
        votes[: 20 + column, column] = 4
    _, figure = drawn(monkeypatch, lambda: draw_cues(cue_table(cues, votes, GOLD), GOLD, "a corpus"))
    assert "never on a hand label: a_long_name_5" in words(figure)
    boxes = [Text.get_window_extent(text) for text in figure.axes[FUNCTIONS.index("closing")].texts]
    assert len(boxes) == 5
    assert not any(one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[:i])


@pytest.mark.parametrize("missing", FUNCTIONS)
def test_a_function_without_a_hand_label_does_not_stop_the_run(missing: str) -> None:
    there = np.flatnonzero(FUNCTIONS.index(missing) != GOLD)
    scores = score(GOLD[there], PREDICTED[there], ["a"] * len(there))
    assert draw_precision_recall(PROBABILITIES[there], GOLD[there], "a run")
    assert draw_positions(np.linspace(0, 1, len(there)), GOLD[there], "a corpus")
    assert draw_learning_curve([CurvePoint(3, scores)], None, "a run")


def test_a_function_that_is_too_rare_for_a_label_is_in_the_legend(monkeypatch: pytest.MonkeyPatch) -> None:
    gold = np.where(np.arange(400) == 200, 1, 2).astype(np.int8)
    _, figure = drawn(monkeypatch, lambda: draw_positions(np.linspace(0, 1, 400), gold, "a corpus"))
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["问题不足 shortcomings"]


def test_the_learning_curve_takes_whole_groups_and_more_contains_less() -> None:
    speeches = np.repeat(np.arange(12), 5)
    groups = [f"{speech // 2}" for speech in speeches.tolist()]
    gold = np.tile([0, 1, 2, 3, -1], 12).astype(np.int8)
    half = np.arange(30)
    folds = [(half, half + 30), (half + 30, half)]
    seen: list[set[int]] = []

    def predict(train: Any, test: Any) -> Any:
        seen.append(set(train.tolist()))
        assert not seen[-1] & set(test.tolist())
        return np.tile([0, 1, 2, 2, 0], 6)

    curve = learning_curve(predict, gold, speeches, groups, folds, [1, 0.3, 0.7])
    assert [point.speeches for point in curve] == [2.0, 4.0, 6.0]
    assert [len(rows) for rows in seen] == [10, 20, 30] * 2
    assert seen[0] < seen[1] < seen[2] == set(half.tolist())
    assert all(point.scores.count == 48 for point in curve), "every share is tested on every hand label"
    assert curve[0].scores.accuracy == 0.75


def test_a_share_that_cannot_be_is_named() -> None:
    with pytest.raises(ValueError, match=r"are \[0.5, 2\]; expected numbers above 0 and up to 1"):
        learning_curve(lambda train, test: test, GOLD, GOLD.astype(np.int64), ["a"] * 300, [], [0.5, 2])
