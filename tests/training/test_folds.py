import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianghua.training.folds import folds

_DOCUMENTS = st.lists(st.sampled_from("abcdefgh"), min_size=8, max_size=60).map(lambda some: some + list("abcdefgh"))


@given(_DOCUMENTS, st.integers(2, 6), st.integers(0, 5))
def test_a_speech_never_lands_in_both_train_and_test(documents: list[str], count: int, seed: int) -> None:
    tested = []
    for train, test in folds(documents, "grouped", count, seed):
        assert not {documents[row] for row in train} & {documents[row] for row in test}
        tested += test.tolist()
    assert sorted(tested) == list(range(len(documents))), "every row is tested once"


def test_leaving_one_document_out_makes_a_fold_of_each() -> None:
    tested = [test.tolist() for _, test in folds(["b", "a", "b"], "leave_one_document_out", 0, 0)]
    assert tested == [[1], [0, 2]]


def test_more_folds_than_documents_are_refused() -> None:
    with pytest.raises(ValueError, match="5 folds of 2 documents"):
        list(folds(["a", "b", "b"], "grouped", 5, 0))
    with pytest.raises(ValueError, match="split 'random' is not known; use one of grouped"):
        list(folds(["a", "b"], "random", 2, 0))
