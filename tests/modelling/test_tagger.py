import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB

from jianghua.corpus import parse
from jianghua.labelling.cues import View, views
from jianghua.labels import FUNCTIONS
from jianghua.modelling.features import CharacterNgrams, JiebaWords
from jianghua.modelling.store import SavedModel
from jianghua.modelling.tagger import FunctionTagger, linear_parts
from jianghua.modelling.training import hide_outline
from tests.speeches import COUNTY, COUNTY_LABELS, HOSPITAL, HOSPITAL_LABELS

SEEN = views(parse(COUNTY)) + views(parse(HOSPITAL))
LABELS = np.array([FUNCTIONS.index(label) for label in (*COUNTY_LABELS, *HOSPITAL_LABELS)])


@pytest.mark.parametrize("features", [CharacterNgrams(1, 3, 14), JiebaWords(2, 14)])
@pytest.mark.parametrize("classifier", [LogisticRegression(C=50.0), ComplementNB(alpha=0.1)])
@pytest.mark.parametrize("unit", ["sentence", "paragraph"])
def test_every_combination_learns_its_training_data(
    features: CharacterNgrams | JiebaWords, classifier: LogisticRegression | ComplementNB, unit: str
) -> None:
    tagger = FunctionTagger(features, classifier, unit).fit(SEEN, LABELS)
    assert (tagger.predict(SEEN) == LABELS).mean() >= 0.9
    assert np.allclose(tagger.predict_proba(SEEN).sum(axis=1), 1)


@pytest.mark.parametrize("classifier", [LogisticRegression(C=5.0), ComplementNB(alpha=0.1)])
def test_the_stored_arrays_score_like_plain_scikit_learn(classifier: LogisticRegression | ComplementNB) -> None:
    texts = [view.text for view in SEEN]
    matrix = CharacterNgrams(1, 3, 14).fit_transform(texts)
    matrix = matrix[:, np.unique(matrix.indices)]
    expected = clone(classifier).fit(matrix, LABELS).predict_proba(matrix)
    tagger = FunctionTagger(CharacterNgrams(1, 3, 14), classifier, "paragraph", headings=False).fit(SEEN, LABELS)
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


def test_training_refuses_what_does_not_fit() -> None:
    tagger = FunctionTagger(CharacterNgrams(), LogisticRegression())
    with pytest.raises(ValueError, match="14 paragraphs, 2 labels and 2 weights"):
        tagger.fit(SEEN, [0, 1])
    with pytest.raises(ValueError, match=r"labels of 1 function\(s\) only"):
        tagger.fit(SEEN[:2], [1, 1])
    with pytest.raises(ValueError, match="unit 'page' is not known; use one of sentence, paragraph"):
        FunctionTagger(CharacterNgrams(), LogisticRegression(), "page").fit(SEEN, LABELS)
    with pytest.raises(TypeError, match="classifier list is not known"):
        linear_parts([])


def test_the_same_data_give_the_same_model() -> None:
    first, second = (
        FunctionTagger(CharacterNgrams(1, 2, 12), LogisticRegression()).fit(SEEN, LABELS).tagger_ for _ in range(2)
    )
    assert first.text_weights.tobytes() == second.text_weights.tobytes()
    assert first.intercept.tobytes() == second.intercept.tobytes()


def test_hiding_the_outline_leaves_no_heading_text() -> None:
    hidden = hide_outline(views(parse(COUNTY)))
    assert all(view.headings == () for view in hidden)
    assert not any("抓好机具准备" in view.text for view in hidden)
    assert [view.text for view in hidden if "检修" in view.text] == [
        "各乡镇要在月底前检修完所有收割机，确保机等粮、不让粮等机。"
    ]
    assert all("".join(view.sentences) == view.text for view in hidden)


def test_an_empty_paragraph_gets_equal_probabilities(model: SavedModel) -> None:
    assert np.allclose(model.tagger.predict_proba([View("", ())]), 1 / 6)
    assert model.tagger.predict_proba([]).shape == (0, 6)
    assert model.tagger.sentence_proba([]) == []
