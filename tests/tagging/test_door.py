"""A model in Python: documents are tagged as the command tags them, paragraphs are predicted as scikit-learn does."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pytest

import jianghua as jh
from jianghua.cli import main
from jianghua.corpus.folder import search
from jianghua.corpus.heads import read_heads
from jianghua.errors import ModelError, UnreadableError, UsageError
from jianghua.labels import FUNCTIONS
from tests.speeches import COUNTY, COUNTY_LABELS, HOSPITAL


@pytest.fixture(scope="module")
def tagger(model_folder: Path) -> jh.Tagger:
    return jh.load(model_folder)


def test_the_command_and_python_say_the_same_byte_for_byte(root: Path, tmp_path: Path) -> None:
    files = [*[str(found.path) for found in search(root / "data/raw")][::12], str(root / "data/unseen")]
    out = tmp_path / "out"
    assert main(["tag", *files, "-o", str(out), "--format", "jsonl", "html", "--quiet"]) == 0
    tagger = jh.load()
    documents = list(tagger.pipe(files))
    assert len(documents) == len(files)
    for document in documents:
        written = (out / f"{document.name}.jsonl").read_bytes()
        assert b"".join(orjson.dumps(r, option=orjson.OPT_APPEND_NEWLINE) for r in document.to_records()) == written
        assert document.to_html().encode() == (out / f"{document.name}.html").read_bytes()
    alone = tagger.tag(files[0])
    assert alone.to_records() == documents[0].to_records(), "a document depends on those that are tagged with it"


def test_a_path_bytes_and_a_text_say_the_same(tagger: jh.Tagger, speeches: Path) -> None:
    path = speeches / "county.txt"
    labels = [[p.label for p in tagger.tag(source)] for source in (path, str(path), path.read_bytes(), COUNTY)]
    assert labels == [list(COUNTY_LABELS)] * 4
    assert tagger.tag(COUNTY.encode("gb18030"), name="县里/讲话.txt").source == "县里/讲话.txt"
    assert (
        tagger.tag(b"# \xe6\xa0\x87\xe9\xa2\x98\n\n\xe6\x95\xa3\xe4\xbc\x9a\xe3\x80\x82\n", name="a.md").lines[0].text
        == "标题"
    )


def test_a_folder_is_not_one_document(tagger: jh.Tagger, speeches: Path) -> None:
    with pytest.raises(UsageError, match="a folder or an archive; tag takes one document, pipe takes many"):
        tagger.tag(speeches)


def test_a_model_that_is_not_there_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        jh.load(tmp_path / "no-model")
    with pytest.raises(ModelError, match="there is no registry in"):
        jh.load("models:/jianghua@champion", tracking=tmp_path)


def many(speeches: Path) -> Iterator[str | Path | bytes]:
    """Documents of all sorts, two of them unreadable, several of one name."""
    (speeches / "broken.docx").write_bytes(b"PK\x03\x04 not a document")
    yield speeches / "county.txt"
    yield str(speeches / "broken.docx")
    yield COUNTY
    yield HOSPITAL.encode()
    yield speeches / "missing.txt"
    yield speeches / "county.txt"


WANTED = ["county.txt", "text", "text", "county.txt"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_bad_file_among_many_is_told_and_the_others_come_in_order(
    tagger: jh.Tagger, speeches: Path, jobs: int
) -> None:
    failures: list[tuple[str, Exception]] = []
    documents = list(tagger.pipe(many(speeches), jobs=jobs, errors=lambda name, error: failures.append((name, error))))
    assert [document.name for document in documents] == WANTED
    assert [len(document) for document in documents] == [8, 8, 6, 8], "documents of one name were mixed up"
    assert [(Path(name).name, type(error)) for name, error in failures] == [
        ("broken.docx", UnreadableError),
        ("missing.txt", jh.MissingError),
    ]
    assert all(Path(name).name in str(error) for name, error in failures)


def test_a_bad_file_is_an_error_in_its_place_by_default_and_a_warning_if_asked(
    tagger: jh.Tagger, speeches: Path
) -> None:
    documents = tagger.pipe(many(speeches))
    assert next(documents).name == "county.txt"
    with pytest.raises(UnreadableError, match=r"broken\.docx"):
        next(documents)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert [document.name for document in tagger.pipe(many(speeches), errors="warn")] == WANTED
    assert [str(warning.message).split(":")[0] for warning in caught] == ["left out"] * 2
    assert {warning.filename for warning in caught} == {__file__}


def test_a_bug_over_one_document_does_not_lose_the_others(
    tagger: jh.Tagger, speeches: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_heads_with_a_bug(text: str, *rest: Any) -> Any:
        if text == HOSPITAL:
            raise ZeroDivisionError("a bug")
        return read_heads(text, *rest)

    monkeypatch.setattr("jianghua.tagging.reading.read_heads", read_heads_with_a_bug)
    failures: list[Exception] = []
    sources: list[str | bytes] = [COUNTY, HOSPITAL.encode(), COUNTY]
    documents = list(tagger.pipe(sources, errors=lambda name, error: failures.append(error)))
    assert len(documents) == 2
    assert [type(error) for error in failures] == [ZeroDivisionError]


def test_many_documents_are_not_all_read_before_the_first_is_given(tagger: jh.Tagger) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield COUNTY.encode()

    documents = tagger.pipe(endless())
    for _ in range(5):
        next(documents)
    assert taken < 100


def test_wrong_arguments_are_told_at_once(tagger: jh.Tagger) -> None:
    with pytest.raises(UsageError, match="jobs -1 does not fit"):
        tagger.pipe([], jobs=-1)
    with pytest.raises(UsageError, match="errors 'ignore' is not known; use “raise”, “warn”, or a function"):
        tagger.pipe([], errors="ignore")  # type: ignore[arg-type]


# as scikit-learn does

TEXTS = ["谢谢大家！", "严禁收受红包礼金，发现一起查处一起。", "全县夏粮总产达到8.4万吨，比去年增长6%。"]
GOLD = ["closing", "discipline", "achievements"]


def test_shapes_are_those_of_scikit_learn(tagger: jh.Tagger) -> None:
    probabilities = tagger.predict_proba(TEXTS)
    assert probabilities.shape == (3, 6)
    assert np.allclose(probabilities.sum(axis=1), 1)
    assert list(tagger.predict(TEXTS)) == GOLD
    assert list(tagger.predict(pd.Series(TEXTS, index=[7, 8, 9]))) == list(tagger.predict(np.array(TEXTS))) == GOLD
    assert (tagger.predict([]).shape, tagger.predict_proba([]).shape) == ((0,), (0, 6))
    assert list(tagger.classes_) == sorted(FUNCTIONS)


def test_a_paragraph_alone_has_the_label_that_it_has_as_a_document(tagger: jh.Tagger) -> None:
    assert [tagger.tag(text)[0].label for text in TEXTS] == list(tagger.predict(TEXTS))


def test_metrics_of_scikit_learn_take_it_for_a_fitted_classifier(tagger: jh.Tagger) -> None:
    from sklearn.base import is_classifier
    from sklearn.metrics import ConfusionMatrixDisplay, get_scorer, log_loss, roc_auc_score

    assert is_classifier(tagger)
    assert get_scorer("f1_macro")(tagger, TEXTS, GOLD) == 1
    loss = -np.log(
        [row[list(tagger.classes_).index(label)] for row, label in zip(tagger.predict_proba(TEXTS), GOLD, strict=True)]
    )
    assert log_loss(GOLD, tagger.predict_proba(TEXTS), labels=tagger.classes_) == pytest.approx(loss.mean())
    every = [*TEXTS, "今天开会。", "必须抓好落实。", "问题突出。"]
    gold = [*GOLD, "context", "requirements", "shortcomings"]
    assert roc_auc_score(gold, tagger.predict_proba(every), multi_class="ovr") > 0.5
    assert (
        ConfusionMatrixDisplay.from_estimator(tagger, TEXTS, GOLD, labels=tagger.classes_).confusion_matrix.sum() == 3
    )


@pytest.mark.parametrize("texts", ["谢谢大家！", b"x", pd.DataFrame({"text": TEXTS}), np.array([TEXTS])])
def test_what_is_no_list_of_texts_is_refused(tagger: jh.Tagger, texts: object) -> None:
    with pytest.raises(UsageError, match="is not a list of texts; give one text for each paragraph"):
        tagger.predict(texts)  # type: ignore[arg-type]


def test_a_missing_text_is_named_by_its_place(tagger: jh.Tagger) -> None:
    with pytest.raises(UsageError, match="text 1 is of type NoneType; expected a string"):
        tagger.predict(["谢谢大家！", None])  # type: ignore[list-item]
