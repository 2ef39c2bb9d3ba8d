import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from jianghua.model.features import FEATURE_SETS, CharacterNgrams, FeatureSet, feature_set
from jianghua.model.ngrams import character_ngrams, words_of
from jianghua.training.features import HashedNgrams


# scikit-learn itself leaves out the checks that feed numbers: the tags say that these estimators take strings
@parametrize_with_checks([HashedNgrams(cls(bits=10)) for cls in FEATURE_SETS.values()])
def test_feature_sets_keep_the_contract_of_scikit_learn(estimator: object, check: object) -> None:
    assert callable(check)
    check(estimator)


def test_no_ngram_spans_two_texts() -> None:
    rows, buckets = character_ngrams(["要抓", "落实"], 2, 2, 16)
    assert rows.tolist() == [0, 1]
    alone = [character_ngrams([text], 2, 2, 16)[1][0] for text in ("要抓", "落实")]
    assert buckets.tolist() == alone


def test_features_do_not_depend_on_neighbours() -> None:
    features = HashedNgrams(CharacterNgrams(1, 3, 12))
    together = features.fit_transform(["加强领导", "", "狠抓落实"]).toarray()
    assert np.array_equal(together[2], features.transform(["狠抓落实"]).toarray()[0])
    assert not together[1].any()


@pytest.mark.parametrize("kind", FEATURE_SETS.values())
def test_one_string_instead_of_many_is_refused(kind: type[FeatureSet]) -> None:
    features = HashedNgrams(kind(bits=8))
    with pytest.raises(ValueError, match="was given one string; expected a sequence of strings"):
        features.fit_transform("要抓落实")
    with pytest.raises(ValueError, match="was given a int at position 1; expected strings"):
        features.fit_transform(["要", 3])


def test_jieba_cuts_words_without_a_cache_file(tmp_path: object) -> None:
    assert words_of("加强组织领导") == ("加强", "组织", "领导")
    import jieba

    assert jieba.dt.initialized is False, "the global tokenizer would read a cache file from a shared folder"


def test_lengths_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match=r"n-grams of 3 to 2 characters in 2\*\*8 buckets"):
        character_ngrams(["x"], 3, 2, 8)


@pytest.mark.parametrize("kind", FEATURE_SETS.values())
def test_what_explains_names_the_grams_that_score_in_their_order(kind: type[FeatureSet]) -> None:
    features = kind(bits=16)
    text = "要抓落实，狠抓落实。"
    pieces, (_, buckets) = features.pieces(text), features.grams([text])
    assert len(pieces) == len(buckets)
    bucket_of = dict(zip(pieces, buckets.tolist(), strict=True))
    assert [bucket_of[piece] for piece in pieces] == buckets.tolist(), "the same piece is in the same column everywhere"


@pytest.mark.parametrize("kind", FEATURE_SETS.values())
def test_a_feature_set_is_made_again_from_what_a_model_stores_of_it(kind: type[FeatureSet]) -> None:
    assert feature_set(kind(bits=9).as_data()) == kind(bits=9)


def test_an_unknown_feature_set_is_refused_and_the_known_are_listed() -> None:
    with pytest.raises(ValueError, match=f"features.kind 'emoji' is not known; use one of {', '.join(FEATURE_SETS)}"):
        feature_set({"kind": "emoji", "low": 1, "high": 2, "bits": 10})
    with pytest.raises(ValueError, match="features.vocabulary is not known; a feature set has kind, low, high, bits"):
        feature_set({"kind": "words", "vocabulary": 3})
