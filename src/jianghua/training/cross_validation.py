"""Scores on hand labels, everything fitted inside the fold."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from omegaconf import DictConfig, OmegaConf
from sklearn.base import clone

from jianghua.corpus.views import View
from jianghua.errors import UsageError
from jianghua.labelling.cues import apply_cues, load_cues
from jianghua.labelling.table import LabelledCorpus, weigh_votes
from jianghua.labels import ABSTAIN, FUNCTIONS
from jianghua.model.tagger import Tagger
from jianghua.training.building import build
from jianghua.training.fitting import FunctionTagger
from jianghua.training.folds import folds
from jianghua.training.learning_curve import CurvePoint, learning_curve
from jianghua.training.metrics import Scores, score
from jianghua.training.rows import TrainingRows, as_list, hide_outline, training_rows


def make_tagger(config: DictConfig) -> FunctionTagger:
    """An untrained tagger as `features`, `model`, `context`, `unit` and `headings` of the configuration say."""
    plain: Any = OmegaConf.to_container(config, resolve=True)
    classifier = build(plain["model"], "model")
    if "random_state" in classifier.get_params():
        classifier.set_params(random_state=config.seed)
    _check_learns(classifier)
    context = plain["context"]
    return FunctionTagger(
        build(plain["features"], "features"),
        classifier,
        config.unit,
        config.headings,
        context["see"],
        context["iterations"],
        context["leaves"],
        context["learning_rate"],
        config.seed,
        config.jobs,
    )


def _check_learns(classifier: Any) -> None:
    """Train on three texts: scikit-learn looks at its parameters, and whether they go together, only when it trains.

    Raises:
        UsageError: it does not take them.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            clone(classifier).fit(sp.identity(3, format="csr"), np.arange(3), sample_weight=np.ones(3))
    except Exception as error:
        raise UsageError(f"model: {type(classifier).__name__} does not train with these settings: {error}") from error


def fit(config: DictConfig, seen: Sequence[View], rows: TrainingRows, chosen: NDArray[Any]) -> Tagger:
    """Train on the chosen rows; those without a label still give context."""
    tagger = make_tagger(config)
    tagger.fit(
        [seen[row] for row in chosen],
        rows.labels[chosen],
        rows.weights[chosen],
        rows.secondary[chosen],
        rows.groups[chosen].tolist(),
    )
    trained: Tagger = tagger.tagger_
    return trained


def cross_validate(
    config: DictConfig, corpus: LabelledCorpus, fit: Callable[..., Any] = fit
) -> tuple[dict[str, Scores], dict[str, NDArray[Any]]]:
    """Score on hand labels in folds that never split a document or a pair of near-duplicates; everything, the second stage too, is fitted inside a fold.

    Only documents that `split.test` names by the beginning of their name are tested, all where it is empty.

    Args:
        fit: trains on chosen rows and returns something with `predict_proba`; another classifier's is compared alike.

    Returns:
        scores and predictions by name: `model` and `cues`, each also as `…_no_outline`, and `majority` (each of shape (n,),
        int64, -1 where not predicted); and `probabilities` of the model (shape (n, 6), float64) among the predictions.
    """
    rows = training_rows(corpus, config.weak_weight)
    prefixes = tuple(as_list(config.split.test)) or ("",)
    tested = np.array([name.startswith(prefixes) for name in rows.documents]) & (corpus.gold != ABSTAIN)
    names = set(rows.documents[tested])
    if len(names) < 2:
        raise UsageError(
            f"hand labels on {len(names)} document(s) to test{_beginning(prefixes)}; cross-validation needs at least 2: "
            "label more speeches in the file that corpus.gold names"
        )
    views = {"": corpus.views, "_no_outline": hide_outline(corpus.views)}
    predicted: dict[str, NDArray[Any]] = {f"model{suffix}": np.full(len(tested), ABSTAIN, np.int64) for suffix in views}
    predicted["majority"] = np.full(len(tested), ABSTAIN, np.int64)
    predicted["probabilities"] = np.zeros((len(tested), len(FUNCTIONS)))
    for train, test in folds(rows.groups.tolist(), config.split.kind, config.split.folds, config.seed):
        scored = test[tested[test]]
        if len(scored) == 0:
            continue
        known = corpus.gold[train][corpus.gold[train] != ABSTAIN]
        predicted["majority"][scored] = np.bincount(known, minlength=len(FUNCTIONS)).argmax()
        for suffix, seen in views.items():
            found = fit(config, seen, rows, train).predict_proba([seen[row] for row in test])[np.isin(test, scored)]
            predicted[f"model{suffix}"][scored] = found.argmax(axis=1)
            if not suffix:
                predicted["probabilities"][scored] = found
    predicted |= cue_predictions(config, corpus, views)
    documents = rows.documents[tested].tolist()
    scores = {
        name: score(corpus.gold[tested], labels[tested], documents, config.seed)
        for name, labels in predicted.items()
        if name != "probabilities"
    }
    predicted["tested"] = tested
    return scores, predicted


def _beginning(prefixes: Sequence[str]) -> str:
    return f", whose names begin with {' or '.join(prefixes)} (split.test)" if any(prefixes) else ""


def cue_predictions(
    config: DictConfig, corpus: LabelledCorpus, views: Mapping[str, Sequence[View]]
) -> dict[str, NDArray[Any]]:
    """Weak labels with and without outline; where all cues are silent, the most frequent function of the genre."""
    cues = load_cues(OmegaConf.to_container(config.cues))  # type: ignore[arg-type]
    result = {}
    for suffix, seen in views.items():
        votes = apply_cues(cues, seen) if suffix else corpus.votes
        labels, _ = weigh_votes(votes, len(corpus.documents), config.label_model)
        result[f"cues{suffix}"] = np.where(labels == ABSTAIN, FUNCTIONS.index("requirements"), labels).astype(np.int64)
    return result


def training_curve(
    config: DictConfig, corpus: LabelledCorpus, tested: NDArray[np.bool_], whole: Scores
) -> list[CurvePoint]:
    """Learning curve at the shares that `learning_curve` of the configuration names, cross-validation its last point."""
    if not config.learning_curve:
        return []
    rows = training_rows(corpus, config.weak_weight)
    split = list(folds(rows.groups.tolist(), config.split.kind, config.split.folds, config.seed))

    def predict(train: NDArray[np.int64], test: NDArray[np.int64]) -> NDArray[np.int64]:
        found = fit(config, corpus.views, rows, train).predict_proba([corpus.views[row] for row in test])
        return np.asarray(found.argmax(axis=1), dtype=np.int64)

    gold = np.where(tested, corpus.gold, ABSTAIN).astype(np.int8)
    shares = list(config.learning_curve)
    points = learning_curve(predict, gold, corpus.speeches, rows.groups.tolist(), split, shares, config.seed)
    speeches = np.mean([len(np.unique(corpus.speeches[train])) for train, test in split if tested[test].any()])
    return [*points, CurvePoint(float(speeches), whole)]
