from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from jianghua.corpus import parse
from jianghua.corpus.views import views
from jianghua.labelling.cues import apply_cues, load_cues
from jianghua.labelling.label_model import compare_label_models, dawid_skene
from jianghua.labelling.majority import majority_vote
from jianghua.labels import ABSTAIN, FUNCTIONS
from tests.speeches import COUNTY, HOSPITAL

REQUIREMENTS, CLOSING = FUNCTIONS.index("requirements"), FUNCTIONS.index("closing")
VOTES = arrays(np.int8, st.tuples(st.integers(0, 12), st.integers(0, 5)), elements=st.integers(-1, 5))


def cries_wolf() -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Votes and truth: two sound cues each for requirements and closing, and a first one that says closing to everything."""
    gold = np.array([REQUIREMENTS] * 30 + [CLOSING] * 20, dtype=np.int8)
    votes = np.full((50, 5), ABSTAIN, dtype=np.int8)
    votes[:, 0] = CLOSING
    votes[:30, 1] = REQUIREMENTS
    votes[:24, 2] = REQUIREMENTS
    votes[30:, 3:] = CLOSING
    return votes, gold


def test_a_cue_that_fires_on_everything_does_not_outvote_the_others() -> None:
    votes, gold = cries_wolf()
    assert (majority_vote(votes)[0] != gold).sum() == 6
    labels, confidence = dawid_skene(votes)
    assert labels.tolist() == gold.tolist()
    assert confidence.min() > 0.9


@settings(deadline=None)
@given(VOTES)
def test_labels_have_the_shapes_of_majority_vote_and_are_silent_where_it_is(votes: NDArray[np.int8]) -> None:
    labels, confidence = dawid_skene(votes)
    expected, _ = majority_vote(votes)
    assert (labels.dtype, confidence.dtype) == (np.dtype(np.int8), np.dtype(np.float64))
    assert labels.shape == confidence.shape == (len(votes),)
    assert ((labels == ABSTAIN) == (expected == ABSTAIN)).all()
    assert (confidence[labels == ABSTAIN] == 0).all()
    assert ((confidence >= 0) & (confidence <= 1 + 1e-9)).all()
    assert set(labels.tolist()) <= set(expected.tolist())


@settings(deadline=None)
@given(VOTES, st.randoms(use_true_random=False))
def test_the_order_of_paragraphs_changes_no_label(votes: NDArray[np.int8], random: Random) -> None:
    order = list(range(len(votes)))
    random.shuffle(order)
    labels, confidence = dawid_skene(votes)
    shuffled_labels, shuffled_confidence = dawid_skene(votes[order])
    assert shuffled_labels.tolist() == labels[order].tolist()
    assert shuffled_confidence.tolist() == confidence[order].tolist()


def test_paragraphs_where_every_cue_is_silent_do_not_change_the_others() -> None:
    votes, gold = cries_wolf()
    silent = np.full((200, 5), ABSTAIN, dtype=np.int8)
    labels, _ = dawid_skene(np.concatenate([votes, silent]))
    assert labels.tolist() == gold.tolist() + [ABSTAIN] * 200


def test_votes_of_a_real_speech_get_labels_that_a_cue_voted_for() -> None:
    cues = load_cues(
        [
            {"name": "review", "votes": "achievements", "where": "heading", "pattern": "回顾"},
            {"name": "task", "votes": "requirements", "where": "sentence", "pattern": "要|必须"},
            {"name": "wish", "votes": "closing", "where": "text", "pattern": "谢谢大家|祝各位"},
        ]
    )
    votes = apply_cues(cues, views(parse(COUNTY, "county.txt") + parse(HOSPITAL, "hospital.txt")))
    labels, _ = dawid_skene(votes)
    for row, label in zip(votes, labels, strict=True):
        assert label in row


@pytest.mark.parametrize(
    ("votes", "message"),
    [
        (np.zeros(3, dtype=np.int8), r"votes have shape \(3,\); expected \(paragraphs, cues\)"),
        (np.array([[0, 6]], dtype=np.int8), "votes hold 6; expected 0–5, or -1 where a cue is silent"),
        (np.array([[-2, 0]], dtype=np.int8), "votes hold -2; expected 0–5"),
    ],
)
def test_votes_that_are_none_are_refused(votes: NDArray[np.int8], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dawid_skene(votes)


def test_the_better_label_model_is_named_with_its_scores() -> None:
    votes, gold = cries_wolf()
    table = compare_label_models(votes, gold, [f"{row % 10}.txt" for row in range(50)]).set_index("model")
    assert table["better"].to_dict() == {"majority_vote": False, "dawid_skene": True}
    assert table["accuracy"].to_dict() == {"majority_vote": 0.88, "dawid_skene": 1.0}
    # 24 of 30 requirements found and none false; 20 closings found and 6 false
    assert table.loc["majority_vote", "macro_f1"] == pytest.approx((48 / 54 + 40 / 46) / 2)
    assert table["ahead"].to_dict() == {"majority_vote": 0.0, "dawid_skene": pytest.approx(1, abs=0.01)}


def test_a_paragraph_without_votes_counts_as_requirements_when_models_are_compared() -> None:
    votes = np.full((3, 2), ABSTAIN, dtype=np.int8)
    gold = np.array([REQUIREMENTS, CLOSING, ABSTAIN], dtype=np.int8)
    table = compare_label_models(votes, gold, ["a.txt", "b.txt", "b.txt"])
    assert table["paragraphs"].tolist() == [2, 2]
    assert table["accuracy"].tolist() == [0.5, 0.5]


def test_a_comparison_without_gold_or_of_other_length_is_refused() -> None:
    votes = np.zeros((2, 1), dtype=np.int8)
    nothing = np.full(2, ABSTAIN, dtype=np.int8)
    with pytest.raises(ValueError, match="none of 2 paragraphs has a hand label"):
        compare_label_models(votes, nothing, ["a.txt", "a.txt"])
    with pytest.raises(ValueError, match="2 rows of votes, 2 gold labels, 1 documents; give as many"):
        compare_label_models(votes, nothing, ["a.txt"])
