from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from jianghua.corpus import parse
from jianghua.corpus.views import View, views
from jianghua.errors import UsageError
from jianghua.labels import ABSTAIN, FUNCTIONS
from jianghua.model.evidence import SWITCHES
from jianghua.model.features import FEATURE_SETS, CharacterNgrams, FeatureSet
from jianghua.model.store import SavedModel
from jianghua.model.tagger import Tagger
from jianghua.model.trees import trees_from
from jianghua.training.classifiers import CLASSIFIERS, classifier, linear_parts
from jianghua.training.features import HashedNgrams
from jianghua.training.fitting import FunctionTagger
from jianghua.training.rows import without_headings
from tests.speeches import COUNTY, COUNTY_LABELS, HOSPITAL, HOSPITAL_LABELS

SEEN = views(parse(COUNTY, "county.txt") + parse(HOSPITAL, "hospital.txt"))
USUAL = [classifier({"kind": name, **kind.arguments}) for name, kind in CLASSIFIERS.items()]
"""Every classifier that a configuration may name, as it is usually set."""
LABELS = np.array([FUNCTIONS.index(label) for label in (*COUNTY_LABELS, *HOSPITAL_LABELS)])


@pytest.mark.parametrize("features", [kind(bits=14) for kind in FEATURE_SETS.values()])
@pytest.mark.parametrize("learner", USUAL)
@pytest.mark.parametrize("unit", ["sentence", "paragraph"])
def test_every_combination_learns_its_training_data(features: FeatureSet, learner: Any, unit: str) -> None:
    tagger = FunctionTagger(features, learner, unit).fit(SEEN, LABELS)
    assert (tagger.predict(SEEN) == LABELS).mean() >= 0.9
    assert np.allclose(tagger.predict_proba(SEEN).sum(axis=1), 1)


@pytest.mark.parametrize("learner", USUAL)
def test_the_stored_arrays_score_like_plain_scikit_learn(learner: Any) -> None:
    texts = [view.text for view in SEEN]
    matrix = HashedNgrams(CharacterNgrams(1, 3, 14)).fit_transform(texts)
    matrix = matrix[:, np.unique(matrix.indices)]
    expected = clone(learner).fit(matrix, LABELS).predict_proba(matrix)
    tagger = FunctionTagger(CharacterNgrams(1, 3, 14), learner, "paragraph", headings=False).fit(SEEN, LABELS)
    found = tagger.predict_proba(SEEN)
    assert np.abs(found - expected).max() < 5e-3, "weights are stored in half precision"
    assert np.array_equal(found.argmax(axis=1), expected.argmax(axis=1))


def test_a_function_that_training_never_saw_is_never_predicted() -> None:
    keep = np.flatnonzero(FUNCTIONS.index("closing") != LABELS)
    tagger = FunctionTagger(CharacterNgrams(1, 2, 12), LogisticRegression())
    tagger.fit([SEEN[row] for row in keep], LABELS[keep])
    assert tagger.predict_proba(SEEN)[:, FUNCTIONS.index("closing")].max() < 1e-6


def test_two_functions_are_enough_to_train() -> None:
    keep = np.flatnonzero(LABELS < 2)
    few = [SEEN[row] for row in keep]
    tagger = FunctionTagger(CharacterNgrams(1, 2, 12), LogisticRegression(C=50.0)).fit(few, LABELS[keep])
    assert tagger.predict(few).tolist() == LABELS[keep].tolist()


def test_two_functions_with_trees_answer_like_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    rows, labels = rng.normal(size=(300, 7)), rng.choice([1, 4], 300)
    fitted = HistGradientBoostingClassifier(max_iter=9, max_leaf_nodes=6).fit(rows, labels)
    answers = trees_from(fitted, len(FUNCTIONS)).predict_proba(rows)
    assert np.allclose(answers[:, [1, 4]], fitted.predict_proba(rows), atol=1e-6)
    assert answers[:, [0, 2, 3, 5]].max() < 1e-9


def test_a_corpus_with_two_functions_only_trains_with_trees_even_where_a_fold_has_one() -> None:
    seen, _labels, groups = many_speeches()
    kept = [number for number, group in enumerate(groups) if group in ("county0.txt", "hospital0.txt")]
    few = [seen[row] for row in kept]
    one_each = np.array([1 if groups[row].startswith("county") else 3 for row in kept])
    tagger = FunctionTagger(
        CharacterNgrams(1, 2, 12), LogisticRegression(), context=SWITCHES, iterations=5, leaves=4
    ).fit(few, one_each, groups=[groups[row] for row in kept])
    assert set(tagger.predict(few).tolist()) <= {1, 3}
    assert tagger.predict_proba(few)[:, [0, 2, 4, 5]].max() < 1e-6


def test_training_refuses_what_does_not_fit() -> None:
    tagger = FunctionTagger(CharacterNgrams(), LogisticRegression())
    with pytest.raises(ValueError, match="14 paragraphs, 2 labels and 2 weights"):
        tagger.fit(SEEN, [0, 1])
    with pytest.raises(ValueError, match=r"labels of 1 function\(s\) only"):
        tagger.fit(SEEN[:2], [1, 1])
    with pytest.raises(ValueError, match="unit 'page' is not known; use one of sentence, paragraph"):
        FunctionTagger(CharacterNgrams(), LogisticRegression(), "page").fit(SEEN, LABELS)
    with pytest.raises(UsageError, match="classifier list is not known"):
        linear_parts([])


@pytest.mark.parametrize("context", [(), SWITCHES])
def test_the_same_data_give_the_same_model_whatever_the_number_of_processes(context: tuple[str, ...]) -> None:
    seen, labels, groups = many_speeches()
    models = [
        FunctionTagger(
            CharacterNgrams(1, 2, 12), LogisticRegression(), context=context, iterations=5, leaves=4, n_jobs=jobs
        )
        .fit(seen, labels, groups=groups)
        .tagger_
        for jobs in (1, 2)
    ]
    assert models[0].text.weights.tobytes() == models[1].text.weights.tobytes()
    assert np.array_equal(models[0].predict_proba(seen), models[1].predict_proba(seen))


def many_speeches() -> tuple[list[View], NDArray[np.int64], list[str]]:
    """Eight speeches: the two, each four times with other numbers in it."""
    records = []
    for copy in range(4):
        records += parse(COUNTY.replace("6%", f"{copy + 2}%"), f"county{copy}.txt")
        records += parse(HOSPITAL.replace("三位", f"{copy + 2}位"), f"hospital{copy}.txt")
    return views(records), np.tile(LABELS, 4), [p.source for p in records if p.kind == "paragraph"]


def _two_stages() -> Tagger:
    seen, labels, groups = many_speeches()
    tagger = FunctionTagger(CharacterNgrams(1, 2, 12), LogisticRegression(), context=SWITCHES, iterations=8, leaves=4)
    trained: Tagger = tagger.fit(seen, labels, groups=groups).tagger_
    return trained


TWO_STAGES = _two_stages()


def test_two_stages_learn_their_training_data() -> None:
    seen, labels, groups = many_speeches()
    tagger = FunctionTagger(
        CharacterNgrams(1, 2, 12), LogisticRegression(C=6.0), context=SWITCHES, iterations=20, leaves=4
    )
    tagger.fit(seen, labels, groups=groups)
    assert (tagger.predict(seen) == labels).mean() >= 0.95
    assert np.allclose(tagger.predict_proba(seen).sum(axis=1), 1)


def test_a_paragraph_without_a_label_gives_context_but_teaches_nothing() -> None:
    seen, labels, groups = many_speeches()
    some = labels.copy()
    some[some == FUNCTIONS.index("closing")] = ABSTAIN
    tagger = FunctionTagger(CharacterNgrams(1, 2, 12), LogisticRegression(), context=SWITCHES, iterations=5, leaves=4)
    found = tagger.fit(seen, some, groups=groups).predict_proba(seen)
    assert found[:, FUNCTIONS.index("closing")].max() < 1e-6


def test_trees_as_arrays_answer_like_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(600, 7))
    labels = np.array([0, 2, 3, 5])[(rows[:, 0] > 0).astype(int) + 2 * (rows[:, 1] * rows[:, 2] > 0)]
    fitted = HistGradientBoostingClassifier(max_iter=12, max_leaf_nodes=9, early_stopping=False, random_state=0).fit(
        rows, labels
    )
    found = trees_from(fitted, len(FUNCTIONS)).predict_proba(rng.normal(size=(50, 7)))
    assert found.shape == (50, 6)
    exact = trees_from(fitted, len(FUNCTIONS)).predict_proba(rows)
    assert np.abs(exact[:, [0, 2, 3, 5]] - fitted.predict_proba(rows)).max() < 1e-5
    assert exact[:, [1, 4]].max() < 1e-6


@given(st.permutations(range(8)))
@settings(max_examples=10, deadline=None)
def test_a_speech_is_tagged_alike_whatever_stands_beside_it(order: list[int]) -> None:
    seen, _, _ = many_speeches()
    parts = [[view for view in seen if view.speech == speech] for speech in order]
    alone = np.concatenate([TWO_STAGES.predict_proba(part) for part in parts])
    together = TWO_STAGES.predict_proba([view for part in parts for view in part])
    assert np.allclose(alone, together, atol=1e-9)


def test_hiding_the_outline_leaves_no_heading_text() -> None:
    hidden = without_headings(views(parse(COUNTY)))
    assert all(view.headings == () for view in hidden)
    assert not any("抓好机具准备" in view.text for view in hidden)
    assert [view.text for view in hidden if "检修" in view.text] == [
        "各乡镇要在月底前检修完所有收割机，确保机等粮、不让粮等机。"
    ]
    assert all("".join(view.sentences) == view.text for view in hidden)


def test_an_empty_paragraph_gets_equal_probabilities(model: SavedModel) -> None:
    assert np.allclose(model.tagger.predict_proba([View("")]), 1 / 6)
    assert model.tagger.predict_proba([]).shape == (0, 6)


@pytest.mark.parametrize("learner", USUAL)
def test_every_classifier_works_below_the_second_stage(learner: Any) -> None:
    tagger = FunctionTagger(CharacterNgrams(1, 2, 12), learner, context=SWITCHES, iterations=2).fit(SEEN, LABELS)
    assert tagger.predict_proba(SEEN).shape == (len(SEEN), len(FUNCTIONS))
