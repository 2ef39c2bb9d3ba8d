"""Training of taggers with scikit-learn.

The second stage learns from probabilities that the first gave to speeches that it had not seen (stacking: Wolpert 1992);
sentences of paragraphs that serve two functions first choose the likelier of the two (multiple-instance learning).
"""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import scipy.sparse as sp
from joblib import delayed
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from jianghua.corpus.views import View
from jianghua.errors import UsageError
from jianghua.labels import ABSTAIN, FUNCTIONS
from jianghua.model.evidence import SWITCHES, Evidence, context_features, sentences_of
from jianghua.model.features import CharacterNgrams, FeatureSet, feature_set
from jianghua.model.linear import LinearModel
from jianghua.model.tagger import UNITS, Context, Tagger, heading_evidence, heading_text
from jianghua.model.trees import trees_from
from jianghua.processes import in_processes
from jianghua.training.classifiers import NEVER, classifier, linear_parts
from jianghua.training.features import HashedNgrams
from jianghua.training.folds import folds
from jianghua.training.rows import TrainingRows
from jianghua.training.settings import Settings

_FEWEST_TEXTS = 3
"""Columns that fewer texts have are not learnt from."""

_LIKELIER = 1.2
"""How much likelier the secondary function must be for a sentence to be given to it."""

_COLUMNS = 0.3
"""Share of the columns that a question of a tree may choose from, drawn anew each time: neighbouring columns say much the same."""

_HEADING_BITS = 14
_INNER_FOLDS = 4


class FunctionTagger(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Learns functions of paragraphs from whole speeches of `View`s.

    Args:
        features: which n-grams of a text are looked at.
        classifier: one of those that `jianghua.training.classifiers` knows.
        unit: “sentence” or “paragraph”, what the first stage scores; a second stage needs sentences.
        headings: whether the headings above a paragraph are seen.
        context: what the second stage sees (see jianghua.model.evidence.SWITCHES); empty for no second stage.
        iterations, leaves, learning_rate: size and pace of the second stage's trees.
        random_state: seed of folds and trees.
        n_jobs: processes for the fits of the first stage; the result does not depend on it.

    After `fit`, `tagger_` is the model as plain arrays (its weights rounded to half precision, as they are stored).
    """

    def __init__(
        self,
        features: FeatureSet,
        classifier: Any,
        unit: str = "sentence",
        headings: bool = True,
        context: Sequence[str] = (),
        iterations: int = 120,
        leaves: int = 12,
        learning_rate: float = 0.06,
        random_state: int = 0,
        n_jobs: int = 1,
    ) -> None:
        self.features = features
        self.classifier = classifier
        self.unit = unit
        self.headings = headings
        self.context = context
        self.iterations = iterations
        self.leaves = leaves
        self.learning_rate = learning_rate
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(
        self,
        X: Sequence[View],
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        secondary: ArrayLike | None = None,
        groups: Sequence[str] | None = None,
        sentences: Sequence[NDArray[np.int64] | None] | None = None,
    ) -> Self:
        """Train.

        Args:
            X: n paragraphs, those of a speech together and in order.
            y: shape (n,), int, index into FUNCTIONS, or -1 for a paragraph that only gives context.
            sample_weight: shape (n,), float, default 1.
            secondary: shape (n,), int, index into FUNCTIONS or -1.
            groups: n names of documents, for the second stage's folds; by default the speeches.
            sentences: functions of the sentences of paragraphs that were labelled so, None for the others.

        Raises:
            ValueError: lengths differ, nothing to learn from, or an unknown unit or context.
        """
        labels = np.asarray(y, dtype=np.int64)
        weights = np.ones(len(labels)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        second = np.full(len(labels), ABSTAIN) if secondary is None else np.asarray(secondary, dtype=np.int64)
        names = [str(view.speech) for view in X] if groups is None else list(groups)
        if not len(X) == len(labels) == len(weights) == len(second) == len(names):
            raise UsageError(
                f"{len(X)} paragraphs, {len(labels)} labels and {len(weights)} weights; expected as many of each"
            )
        if self.unit not in UNITS:
            raise UsageError(f"unit {self.unit!r} is not known; use one of {', '.join(UNITS)}")
        if set(self.context) - set(SWITCHES) or (self.context and self.unit != "sentence"):
            raise UsageError(
                f"context {list(self.context)} with unit {self.unit}; use some of {', '.join(SWITCHES)} with unit sentence"
            )
        found = np.unique(labels[labels != ABSTAIN])
        if len(found) < 2:
            raise UsageError(f"labels of {len(found)} function(s) only; training needs at least two")
        data = _Data(X, labels, weights, second, names, self, sentences or [None] * len(X))
        self.classes_ = np.arange(len(FUNCTIONS))
        with threadpool_limits(1):  # sums of floats depend on the number of threads; models must not
            self.tagger_ = _two_stages(data) if self.context else _one_stage(data)
        return self

    def predict_proba(self, X: Sequence[View]) -> NDArray[np.float64]:
        """Shape (n, 6), float64, columns in the order of FUNCTIONS."""
        return self.tagger_.predict_proba(X)

    def predict(self, X: Sequence[View]) -> NDArray[np.int64]:
        """Shape (n,), int64, index into FUNCTIONS."""
        best: NDArray[np.int64] = self.predict_proba(X).argmax(axis=1)
        return best


def make_tagger(settings: Settings) -> FunctionTagger:
    """An untrained tagger as the settings say.

    Raises:
        UsageError: the classifier does not train with its arguments.
    """
    return FunctionTagger(
        feature_set(settings.features),
        classifier(settings.model, settings.seed),
        settings.unit,
        settings.headings,
        settings.context,
        settings.iterations,
        settings.leaves,
        settings.learning_rate,
        settings.seed,
        settings.jobs,
    )


def fit(settings: Settings, seen: Sequence[View], rows: TrainingRows, chosen: NDArray[Any]) -> Tagger:
    """Train on the chosen rows; those without a label still give context."""
    learner = make_tagger(settings)
    learner.fit(
        [seen[row] for row in chosen],
        rows.labels[chosen],
        rows.weights[chosen],
        rows.secondary[chosen],
        rows.groups[chosen].tolist(),
        [rows.sentences[row] for row in chosen],
    )
    tagger: Tagger = learner.tagger_
    return tagger


class _Data:
    """What a fit works on: texts of the unit as a sparse matrix, made once for all folds."""

    def __init__(
        self,
        seen: Sequence[View],
        labels: NDArray[np.int64],
        weights: NDArray[np.float64],
        second: NDArray[np.int64],
        groups: list[str],
        settings: FunctionTagger,
        read: Sequence[NDArray[np.int64] | None],
    ) -> None:
        self.seen, self.labels, self.weights, self.second, self.groups, self.settings = (
            seen, labels, weights, second, groups, settings,
        )  # fmt: skip
        if settings.unit == "paragraph":
            self.texts, self.owner = [view.text for view in seen], np.arange(len(seen), dtype=np.int64)
            self.lengths = np.array([len(text) for text in self.texts], dtype=np.float64)
        else:
            sentences, self.owner, self.lengths = sentences_of(seen)
            self.texts = sentences.strings()
        self.matrix = HashedNgrams(settings.features).fit_transform(self.texts).tocsr()
        self.read = self._read(read)
        whole = np.array([max(len(view.text), 1) for view in seen])
        self.share = np.sqrt(self.lengths / whole[self.owner])

    def _read(self, read: Sequence[NDArray[np.int64] | None]) -> NDArray[np.int64]:
        """Function of each text that was labelled for itself, else ABSTAIN: shape (texts,)."""
        functions = np.full(len(self.texts), ABSTAIN, dtype=np.int64)
        if self.settings.unit == "paragraph":
            return functions
        begins = np.searchsorted(self.owner, np.arange(len(self.seen) + 1))
        for row, of_sentences in enumerate(read):
            if of_sentences is not None and len(of_sentences) == begins[row + 1] - begins[row]:
                functions[begins[row] : begins[row + 1]] = of_sentences
        return functions

    @property
    def functions(self) -> NDArray[np.int64]:
        """Function of each text: its own where it was labelled for itself, else its paragraph's; ABSTAIN without."""
        return np.where(
            (self.read != ABSTAIN) & (self.labels[self.owner] != ABSTAIN), self.read, self.labels[self.owner]
        )

    def folds(self) -> list[NDArray[np.bool_]]:
        """Masks of the views that each inner fold leaves out; none splits a document."""
        count = min(_INNER_FOLDS, len(set(self.groups)))
        if count < 2:
            raise UsageError(
                f"training data of {count} document(s); a second stage needs at least 2: label more speeches, or context=none"
            )
        masks = []
        for _, test in folds(self.groups, "grouped", count, self.settings.random_state):
            mask = np.zeros(len(self.seen), dtype=bool)
            mask[test] = True
            masks.append(mask)
        return masks


def _one_stage(data: _Data) -> Tagger:
    """Texts and headings learnt together: their weights stand in one matrix."""
    settings = data.settings
    matrix = data.matrix
    if settings.headings:
        above = HashedNgrams(settings.features).transform([heading_text(view) for view in data.seen])
        matrix = sp.hstack([matrix, above[data.owner]]).tocsr()
    rows = np.flatnonzero(data.functions != ABSTAIN)
    weights, intercept = fit_linear(
        settings.classifier, matrix, rows, data.functions, data.share * data.weights[data.owner], fewest=1
    )
    columns = 2**settings.features.bits
    text = LinearModel(settings.features, weights[:columns], intercept)
    nothing = np.zeros(len(FUNCTIONS), np.float32)
    headings = LinearModel(settings.features, weights[columns:], nothing) if settings.headings else None
    return Tagger(settings.unit, text, headings, None)


def _two_stages(data: _Data) -> Tagger:
    settings = data.settings
    masks = data.folds()
    labels = data.functions
    labels = _choose(data, labels, _out_of_fold(data, masks, labels))
    sentences = _out_of_fold(data, masks, labels)
    said = _heading_out_of_fold(data, masks)
    evidence = Evidence(sentences, data.owner, data.lengths, said)
    rows = np.flatnonzero(data.labels != ABSTAIN)
    trees = HistGradientBoostingClassifier(
        max_iter=settings.iterations,
        max_leaf_nodes=settings.leaves,
        learning_rate=settings.learning_rate,
        min_samples_leaf=15,
        l2_regularization=1.0,
        max_features=_COLUMNS,
        early_stopping=False,
        random_state=settings.random_state,
    )
    features = context_features(data.seen, evidence, settings.context)
    trees.fit(features[rows], data.labels[rows], sample_weight=data.weights[rows])
    everything = np.ones(len(data.seen), dtype=bool)
    context = Context(tuple(settings.context), trees_from(trees, len(FUNCTIONS)))
    headings = _fit_headings(data, everything) if settings.headings and "outline" in settings.context else None
    return Tagger("sentence", _fit_text(data, everything, labels), headings, context)


def _choose(data: _Data, labels: NDArray[np.int64], probabilities: NDArray[np.float64]) -> NDArray[np.int64]:
    """Give sentences of a paragraph with a secondary function to that one where it is clearly likelier."""
    second = data.second[data.owner]
    rows = np.flatnonzero((second != ABSTAIN) & (labels != ABSTAIN) & (data.read == ABSTAIN))
    likelier = probabilities[rows, second[rows]] > _LIKELIER * probabilities[rows, labels[rows]]
    chosen = labels.copy()
    chosen[rows] = np.where(likelier, second[rows], labels[rows])
    return chosen


def _out_of_fold(data: _Data, masks: list[NDArray[np.bool_]], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    models = in_processes(data.settings.n_jobs)(delayed(_fit_text)(data, ~mask, labels) for mask in masks)
    result = np.zeros((len(data.texts), len(FUNCTIONS)))
    for mask, model in zip(masks, models, strict=True):
        rows = np.flatnonzero(mask[data.owner])
        result[rows] = model.predict_proba([data.texts[row] for row in rows])
    return result


def _fit_text(data: _Data, train: NDArray[np.bool_], labels: NDArray[np.int64]) -> LinearModel:
    rows = np.flatnonzero(train[data.owner] & (labels != ABSTAIN))
    weights = data.share * data.weights[data.owner]
    return LinearModel(
        data.settings.features, *fit_linear(data.settings.classifier, data.matrix, rows, labels, weights)
    )


def _fit_headings(data: _Data, train: NDArray[np.bool_]) -> LinearModel:
    """What a heading says of the paragraphs below it; each paragraph counts once for each of its two headings."""
    features = CharacterNgrams(low=1, high=3, bits=_HEADING_BITS)
    rows = [row for row in np.flatnonzero(train & (data.labels != ABSTAIN)).tolist() if data.seen[row].headings]
    texts = [heading for row in rows for heading in (data.seen[row].headings[0], data.seen[row].headings[-1])]
    twice = np.repeat(np.array(rows, dtype=np.int64), 2)
    if len(np.unique(data.labels[twice])) < 2:
        nothing = np.zeros((2**features.bits, len(FUNCTIONS)), np.float32)
        return LinearModel(features, nothing, np.zeros(len(FUNCTIONS), np.float32))
    weaker = clone(data.settings.classifier)
    known = weaker.get_params()  # naive Bayes has neither
    weaker.set_params(**{name: value for name, value in (("class_weight", None), ("C", 3.0)) if name in known})
    labels, weights = data.labels[twice], data.weights[twice] / 2
    matrix = HashedNgrams(features).fit_transform(texts).tocsr()
    return LinearModel(features, *fit_linear(weaker, matrix, np.arange(len(texts)), labels, weights))


def _heading_out_of_fold(data: _Data, masks: list[NDArray[np.bool_]]) -> NDArray[np.float64]:
    said = heading_evidence(None, data.seen)
    if data.settings.headings and "outline" in data.settings.context:
        models = in_processes(data.settings.n_jobs)(delayed(_fit_headings)(data, ~mask) for mask in masks)
        for mask, model in zip(masks, models, strict=True):
            rows = np.flatnonzero(mask).tolist()
            said[rows] = heading_evidence(model, [data.seen[row] for row in rows])
    return said


def fit_linear(
    classifier: Any,
    matrix: sp.csr_matrix,
    rows: NDArray[np.int64],
    labels: NDArray[np.int64],
    weights: NDArray[np.float64],
    fewest: int = _FEWEST_TEXTS,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights (columns, 6) and intercepts (6,) of a clone of `classifier` fitted on `rows`, both float32.

    Columns that fewer than `fewest` of the rows have get no weight; weights are rounded to half precision. Where there are
    no rows, nothing is known, and where all have one function, it is always that one.
    """
    known = np.unique(labels[rows])
    if len(known) < 2:
        always = np.zeros(len(FUNCTIONS), dtype=np.float32)
        if len(known):
            always[np.arange(len(FUNCTIONS)) != known[0]] = NEVER
        return np.zeros((matrix.shape[1], len(FUNCTIONS)), dtype=np.float32), always
    chosen = matrix[rows]
    texts = np.bincount(chosen.indices, minlength=matrix.shape[1])
    used = np.flatnonzero(texts >= min(fewest, texts.max()))
    with threadpool_limits(1):  # once more: a job of its own does not inherit the limit
        fitted = clone(classifier).fit(chosen[:, used], labels[rows], sample_weight=weights[rows])
    coefficients, intercept = linear_parts(fitted)
    full = np.zeros((matrix.shape[1], len(FUNCTIONS)), dtype=np.float32)
    full[used] = coefficients.astype(np.float16)
    return full, intercept.astype(np.float32)
