"""A label model that learns from votes alone how far to trust each cue, and its comparison with majority vote."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.naive_bayes import BernoulliNB

from jianghua.errors import UsageError
from jianghua.labelling.confusion import RESAMPLES, confusion_tables, macro_f1, resampled
from jianghua.labelling.majority import majority_vote
from jianghua.labels import ABSTAIN, FUNCTIONS

Aggregator = Callable[[NDArray[np.int8]], tuple[NDArray[np.int8], NDArray[np.float64]]]

STEPS = 8
"""EM steps. Run to convergence, the functions drift away from what the cues are named for; chosen on the own corpus."""

SMOOTHING = 0.01
"""Share of all paragraphs that every function starts with, at each cue's overall rate; chosen on the own corpus."""

WHERE_SILENT = "requirements"
"""The most frequent function of the genre: what a paragraph without votes counts as when a label is due."""


def dawid_skene(
    votes: NDArray[np.int8], steps: int = STEPS, smoothing: float = SMOOTHING
) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Most probable label of each row under the model of Dawid and Skene (1979), with silence as one of the answers.

    A cue that votes for one function only tells nothing by *what* it says, but much by *when* it is silent. With silence
    as an answer, their model of such cues is naive Bayes with hidden classes, here fitted by a few steps of EM that
    start from the majority vote. Nothing is drawn at random. It has to see some thousand
    paragraphs to be worth its while; for a handful of speeches majority vote is better.

    Args:
        votes: shape (n, cues), int8; index into FUNCTIONS, or ABSTAIN (-1) where a cue is silent.
        steps: EM steps, see STEPS.
        smoothing: see SMOOTHING; above 0.

    Returns:
        labels: shape (n,), int8, index into FUNCTIONS or ABSTAIN where no cue voted;
        confidence: shape (n,), float64 in 0–1, the label's posterior probability, 0 where no cue voted.

    Raises:
        ValueError: votes are no matrix, or hold something that is neither a function nor ABSTAIN.

    >>> votes = np.array([[2, -1, -1], [2, 2, -1], [-1, 2, -1], [-1, -1, 4], [-1, -1, -1]], dtype=np.int8)
    >>> labels, confidence = dawid_skene(votes, steps=3)
    >>> labels.tolist(), confidence.round(2).tolist()
    ([2, 2, 2, 4, -1], [1.0, 1.0, 1.0, 1.0, 0.0])
    """
    _check(votes)
    labels = np.full(len(votes), ABSTAIN, dtype=np.int8)
    confidence = np.zeros(len(votes))
    has_votes = (votes != ABSTAIN).any(axis=1)
    if has_votes.any():
        # rows with the same votes get the same label: learning from each pattern once is fast and free of row order
        patterns, row_of, counts = np.unique(votes[has_votes], axis=0, return_inverse=True, return_counts=True)
        best, posterior = _expectation_maximisation(patterns, counts, steps, smoothing)
        labels[has_votes] = best[row_of.ravel()]
        confidence[has_votes] = posterior[row_of.ravel()]
    return labels, confidence


def compare_label_models(
    votes: NDArray[np.int8],
    gold: NDArray[np.int8],
    documents: Sequence[str],
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> pd.DataFrame:
    """Each label model against the hand labels; paragraphs without votes count as `requirements`.

    Args:
        votes: shape (n, cues), int8, ABSTAIN where silent. The models see all rows, with or without a hand label.
        gold: shape (n,), int8, ABSTAIN where a paragraph has no hand label.
        documents: n names; the paired bootstrap draws whole documents.

    Returns:
        a row for each model: model, paragraphs (scored), macro_f1 (mean F1 of the functions that occur in gold), accuracy,
        ahead (share of the resamples in which its macro-F1 is the highest) and better (True for the highest macro-F1).

    Raises:
        ValueError: lengths differ, or no paragraph has a hand label.

    >>> votes = np.array([[2, -1], [2, -1], [2, 4], [-1, 4], [-1, -1]], dtype=np.int8)
    >>> gold = np.array([2, 2, 2, 4, 2], dtype=np.int8)
    >>> compare_label_models(votes, gold, list("aabbb"))[["model", "paragraphs", "macro_f1", "accuracy", "better"]]
               model  paragraphs  macro_f1  accuracy  better
    0  majority_vote           5       1.0       1.0    True
    1    dawid_skene           5       1.0       1.0   False
    """
    if not len(votes) == len(gold) == len(documents):
        raise UsageError(
            f"{len(votes)} rows of votes, {len(gold)} gold labels, {len(documents)} documents; give as many"
        )
    is_labelled = gold != ABSTAIN
    if not is_labelled.any():
        raise UsageError(f"none of {len(gold)} paragraphs has a hand label; label models can only be compared on some")
    names = [name for name, labelled in zip(documents, is_labelled, strict=True) if labelled]
    models: dict[str, Aggregator] = {"majority_vote": majority_vote, "dawid_skene": dawid_skene}
    rows, samples = [], []
    for name, model in models.items():
        labels, _ = model(votes)
        guess = np.where(labels == ABSTAIN, FUNCTIONS.index(WHERE_SILENT), labels)[is_labelled]
        tables = confusion_tables(names, gold[is_labelled], guess)
        rows.append(
            {
                "model": name,
                "paragraphs": int(is_labelled.sum()),
                "macro_f1": float(macro_f1(tables.sum(axis=0))),
                "accuracy": float((guess == gold[is_labelled]).mean()),
            }
        )
        samples.append(macro_f1(resampled(tables, seed, resamples)))
    others = [np.max([score for at, score in enumerate(samples) if at != row], axis=0) for row in range(len(samples))]
    table = pd.DataFrame(rows)
    return table.assign(
        ahead=[float((mine > other).mean()) for mine, other in zip(samples, others, strict=True)],
        better=table.index == table["macro_f1"].idxmax(),
    )


def _check(votes: NDArray[np.int8]) -> None:
    if votes.ndim != 2:
        raise UsageError(f"votes have shape {votes.shape}; expected (paragraphs, cues)")
    wrong = votes[(votes < ABSTAIN) | (votes >= len(FUNCTIONS))]
    if wrong.size:
        raise UsageError(
            f"votes hold {int(wrong[0])}; expected 0–{len(FUNCTIONS) - 1}, or {ABSTAIN} where a cue is silent"
        )


def _expectation_maximisation(
    patterns: NDArray[np.int8], counts: NDArray[np.int64], steps: int, smoothing: float
) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Label of each pattern of votes, which occurs `counts` times, and its posterior probability."""
    first, _ = majority_vote(patterns)
    functions = np.unique(first)
    answers = np.concatenate([patterns == function for function in functions], axis=1)
    answers = np.tile(answers[:, answers.any(axis=0)], (len(functions), 1))
    posterior = (first[:, None] == functions).astype(np.float64)
    for _ in range(steps):
        # every paragraph counts a little for every function: rare cues are smoothed to their own rate, not to a half
        weights = counts[:, None] * (posterior + smoothing)
        bayes = BernoulliNB(alpha=1e-3, binarize=None)
        bayes.fit(answers, np.repeat(functions, len(patterns)), sample_weight=weights.T.ravel())
        posterior = bayes.predict_proba(answers[: len(patterns)])
    return functions[posterior.argmax(axis=1)], posterior.max(axis=1)
