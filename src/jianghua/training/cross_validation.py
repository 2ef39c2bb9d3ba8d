"""Scores on hand labels, everything fitted inside the fold."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jianghua.corpus.views import View
from jianghua.errors import UsageError
from jianghua.labelling.cues import apply_cues
from jianghua.labelling.label_model import WHERE_SILENT
from jianghua.labelling.table import LabelledCorpus, weigh_votes
from jianghua.labels import ABSTAIN, FUNCTIONS
from jianghua.training.calibration import Calibration, calibrate
from jianghua.training.fitting import fit
from jianghua.training.folds import folds
from jianghua.training.learning_curve import CurvePoint, learning_curve
from jianghua.training.metrics import Scores, score
from jianghua.training.rows import TrainingRows, training_rows, without_headings
from jianghua.training.settings import Settings

Fit = Callable[[Settings, Sequence[View], TrainingRows, NDArray[Any]], Any]
"""Trains on chosen rows and returns something with `predict_proba`."""


@dataclass(frozen=True)
class CrossValidation:
    """Predictions for paragraphs whose documents the models had not seen, and their scores on hand labels.

    Args:
        gold: shape (n,), int8, hand labels of all paragraphs of the corpus, ABSTAIN (-1) where there is none.
        documents: n names, the units of the bootstrap.
        tested: shape (n,), bool, which paragraphs are scored.
        probabilities: shape (n, 6), float64, of the model; zeros where not tested.
        labels: predictions by name, each of shape (n,), int64, ABSTAIN where not predicted: `model` and `cues`, each also
            with heading text removed (`model_without_headings`, `cues_without_headings`), and `majority`.
        seed: of the bootstrap.
        seconds: how long it took, without the learning curve.
        curve: the learning curve, cross-validation itself its last point; empty where none was asked for.
    """

    gold: NDArray[np.int8]
    documents: Sequence[str]
    tested: NDArray[np.bool_]
    probabilities: NDArray[np.float64]
    labels: Mapping[str, NDArray[np.int64]]
    seed: int
    seconds: float
    curve: Sequence[CurvePoint] = ()

    @property
    def scores(self) -> Scores:
        """Of the model."""
        return self.all_scores["model"]

    @cached_property
    def all_scores(self) -> Mapping[str, Scores]:
        """Scores by the names of `labels`."""
        return {name: self._score(labels) for name, labels in self.labels.items()}

    @cached_property
    def calibration(self) -> Calibration:
        """Whether the model's confidence means what it says."""
        return calibrate(self.probabilities[self.tested], self.gold[self.tested])

    def _score(self, labels: NDArray[np.int64]) -> Scores:
        documents = [self.documents[row] for row in np.flatnonzero(self.tested).tolist()]
        return score(self.gold[self.tested], labels[self.tested], documents, self.seed)

    def __repr__(self) -> str:
        low, high = self.scores.interval
        return f"CrossValidation: macro-F1 {self.scores.macro_f1:.3f} ({low:.3f}–{high:.3f}) on {self.scores.count} paragraphs"


def cross_validate(corpus: LabelledCorpus, settings: Settings | None = None, fit: Fit = fit) -> CrossValidation:
    """Score on hand labels in folds that never split a document or a pair of near-duplicates; everything, the second stage too, is fitted inside a fold.

    Args:
        settings: by default those of `Settings()`.
        fit: another classifier's way to train is compared alike.

    Raises:
        UsageError: hand labels on fewer than two documents to test, or fewer documents than folds.
    """
    settings = settings or Settings()
    started = time.perf_counter()
    rows = training_rows(corpus, settings.weak_weight)
    documents = [p.source for p in corpus.paragraphs]
    tested = _tested(corpus, documents, settings.test)
    splits = list(folds(rows.groups.tolist(), settings.split, settings.folds, settings.seed))
    views = {"model": corpus.views, "model_without_headings": without_headings(corpus.views)}
    labels = {name: np.full(len(tested), ABSTAIN, np.int64) for name in (*views, "majority")}
    probabilities = np.zeros((len(tested), len(FUNCTIONS)))
    for train, test in splits:
        scored = test[tested[test]]
        if len(scored) == 0:
            continue
        known = corpus.gold[train][corpus.gold[train] != ABSTAIN]
        labels["majority"][scored] = np.bincount(known, minlength=len(FUNCTIONS)).argmax()
        for name, seen in views.items():
            model = fit(settings, seen, rows, train)
            predicted = model.predict_proba([seen[row] for row in test])[np.isin(test, scored)]
            labels[name][scored] = predicted.argmax(axis=1)
            if name == "model":
                probabilities[scored] = predicted
    labels |= cue_labels(corpus, views["model_without_headings"])
    seconds = time.perf_counter() - started
    validation = CrossValidation(corpus.gold, documents, tested, probabilities, labels, settings.seed, seconds)
    if not settings.learning_curve:
        return validation
    return replace(validation, curve=_curve(corpus, settings, fit, rows, splits, validation))


def _tested(corpus: LabelledCorpus, documents: Sequence[str], beginnings: Sequence[str]) -> NDArray[np.bool_]:
    tested: NDArray[np.bool_] = np.array([name.startswith(tuple(beginnings) or "") for name in documents]) & (
        corpus.gold != ABSTAIN
    )
    count = len({name for name, is_tested in zip(documents, tested.tolist(), strict=True) if is_tested})
    if count < 2:
        which = f", whose names begin with {' or '.join(beginnings)} (split.test)" if beginnings else ""
        raise UsageError(
            f"hand labels on {count} document(s) to test{which}; cross-validation needs at least 2: "
            "label more speeches in the file that corpus.gold names"
        )
    return tested


def cue_labels(corpus: LabelledCorpus, without_headings: Sequence[View]) -> dict[str, NDArray[np.int64]]:
    """Weak labels with and without heading text; where all cues are silent, the most frequent function of the genre."""
    votes = {"cues": corpus.votes, "cues_without_headings": apply_cues(corpus.cues, without_headings)}
    labels = {}
    for name, of_views in votes.items():
        weak, _ = weigh_votes(of_views, len(corpus.documents), corpus.label_model)
        labels[name] = np.where(weak == ABSTAIN, FUNCTIONS.index(WHERE_SILENT), weak).astype(np.int64)
    return labels


def _curve(
    corpus: LabelledCorpus,
    settings: Settings,
    fit: Fit,
    rows: TrainingRows,
    splits: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]],
    whole: CrossValidation,
) -> list[CurvePoint]:
    def predict(train: NDArray[np.int64], test: NDArray[np.int64]) -> NDArray[np.int64]:
        model = fit(settings, corpus.views, rows, train)
        best: NDArray[np.int64] = model.predict_proba([corpus.views[row] for row in test]).argmax(axis=1)
        return best.astype(np.int64)

    gold = np.where(whole.tested, corpus.gold, ABSTAIN).astype(np.int8)
    points = learning_curve(
        predict, gold, corpus.speeches, rows.groups.tolist(), splits, settings.learning_curve, settings.seed
    )
    sizes = [len(np.unique(corpus.speeches[train])) for train, test in splits if whole.tested[test].any()]
    return [*points, CurvePoint(float(np.mean(sizes)), whole.scores)]
