from pathlib import Path
from typing import Any

import numpy as np
import pytest
from omegaconf import OmegaConf

from jianghua.corpus import parse
from jianghua.corpus.views import views
from jianghua.labelling.analysis import cue_table
from jianghua.labelling.cues import apply_cues, load_cues
from jianghua.labelling.majority import majority_vote
from jianghua.labels import ABSTAIN, FUNCTIONS
from tests.speeches import COUNTY, COUNTY_LABELS


def default_cues(root: Path) -> list[dict[str, Any]]:
    rows = OmegaConf.to_container(OmegaConf.load(root / "conf/cues/default.yaml").cues)
    assert isinstance(rows, list)
    return rows


def test_default_cues_find_every_function_of_an_ordinary_speech(root: Path) -> None:
    votes = apply_cues(load_cues(default_cues(root)), views(parse(COUNTY)))
    labels, confidence = majority_vote(votes)
    assert [FUNCTIONS[label] for label in labels] == list(COUNTY_LABELS)
    assert (confidence > 0).all()


def test_cues_see_traditional_characters_and_half_width_punctuation(root: Path) -> None:
    cues = load_cues(default_cues(root))
    plain = apply_cues(cues, views(parse("同志们：\n回顾去年工作，取得了明显成效。\n")))
    other = apply_cues(cues, views(parse("同志們:\n回顧去年工作,取得了明顯成效。\n")))
    assert (plain != ABSTAIN).any()
    assert (plain == other).all()


def test_a_headings_function_passes_down_to_all_its_paragraphs() -> None:
    cues = load_cues([{"name": "review", "votes": "achievements", "where": "heading", "pattern": "回顾"}])
    text = "一、工作回顾\n粮食丰收了。\n（一）工业。厂子活了。\n二、任务\n要抓紧。\n"
    assert apply_cues(cues, views(parse(text)))[:, 0].tolist() == [0, 0, ABSTAIN]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"votes": "praise"}, "label 'praise' is not known; use one of achievements"),
        ({"where": "footer"}, "cue 'a' looks on 'footer'; use one of heading"),
        ({"pattern": "("}, "the pattern of cue 'a' is not a regular expression"),
        ({"weight": 3}, r"cue 'a' has unknown keys \['weight'\]"),
    ],
)
def test_a_wrong_cue_is_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        load_cues([{"name": "a", "votes": "closing", "where": "text", "pattern": "x", **change}])


def test_two_cues_of_one_name_are_refused() -> None:
    cue = {"name": "a", "votes": "closing", "where": "text", "pattern": "x"}
    with pytest.raises(ValueError, match="two cues are named 'a'"):
        load_cues([cue, cue])


def test_a_cue_that_never_fires_or_is_worse_than_chance_is_warned_of() -> None:
    cues = load_cues(
        [
            {"name": "silent", "votes": "closing", "where": "text", "pattern": "x"},
            {"name": "wrong", "votes": "context", "where": "text", "pattern": "x"},
            {"name": "always", "votes": "requirements", "where": "text", "pattern": "x"},
        ]
    )
    votes = np.full((20, 3), ABSTAIN, dtype=np.int8)
    votes[:6, 1] = 5
    votes[:, 2] = 2
    gold = np.full(20, 2, dtype=np.int8)
    gold[10:] = 5
    warnings = dict(zip(*cue_table(cues, votes, gold)[["cue", "warning"]].to_numpy().T, strict=True))
    assert warnings == {
        "silent": "never fires",
        "wrong": "no better than chance (50%)",
        "always": "fires on nearly everything",
    }


def test_votes_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"votes have shape \(2, 1\); expected \(3 paragraphs, 0 cues\)"):
        cue_table([], np.zeros((2, 1), dtype=np.int8), np.zeros(3, dtype=np.int8))
