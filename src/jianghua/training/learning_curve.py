"""What more speeches would bring: scores of models that are trained on growing shares of the training speeches."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jianghua.errors import UsageError
from jianghua.labels import ABSTAIN
from jianghua.training.metrics import Scores, score

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Scores of models trained on `speeches` speeches each (the mean over the folds)."""

    speeches: float
    scores: Scores


def learning_curve(
    predict: Callable[[Rows, Rows], NDArray[np.int64]],
    gold: NDArray[np.int8],
    speeches: NDArray[np.int64],
    groups: Sequence[str],
    folds: Iterable[tuple[Rows, Rows]],
    shares: Sequence[float],
    seed: int = 0,
) -> list[CurvePoint]:
    """Train on nested shares of the training groups of each fold; score the folds' predictions together, as cross-validation does.

    Every share is tested on the same paragraphs, so share 1 would give the score of cross-validation again, at its price;
    a share costs about that part of the price. The order of the groups is drawn for each fold, so a point is the mean of
    as many draws as there are folds.

    Args:
        predict: given rows to train on and rows to test, both sorted, returns the function of each row to test: int64, index
            into FUNCTIONS.
        gold: shape (n,), int8, ABSTAIN (-1) where a paragraph is not to be scored.
        speeches: shape (n,), int64, number of each row's speech.
        groups: n names; speeches of a group are taken or left together (a document, or near-duplicates).
        folds: rows to train on and rows to test of each fold.
        shares: parts of the training groups, above 0 and up to 1; at least one group is taken.

    Returns:
        a point for each share, smallest first.

    Raises:
        ValueError: a share is out of range, or nothing can be scored.

    >>> gold, speech = np.array([0, 2, 0, 2, 0, 2], dtype=np.int8), np.array([0, 0, 1, 1, 2, 2])
    >>> folds = [(np.array([0, 1, 2, 3]), np.array([4, 5])), (np.array([2, 3, 4, 5]), np.array([0, 1]))]
    >>> curve = learning_curve(lambda train, test: np.array([0, 2]), gold, speech, list("aabbcc"), folds, [1, 0.5])
    >>> [(point.speeches, point.scores.accuracy) for point in curve]
    [(1.0, 1.0), (2.0, 1.0)]
    """
    wrong = [share for share in shares if not 0 < share <= 1]
    if wrong or not shares:
        raise UsageError(f"shares of training speeches are {list(shares)}; expected numbers above 0 and up to 1")
    ordered = sorted(shares)
    names = np.asarray(groups, dtype=object).astype(str)
    found = np.full((len(ordered), len(gold)), ABSTAIN, dtype=np.int64)
    sizes = np.zeros(len(ordered))
    used = 0
    for number, (train, test) in enumerate(folds):
        scored = test[gold[test] != ABSTAIN]
        if len(scored) == 0:
            continue
        used += 1
        order = np.random.default_rng([seed, number]).permutation(np.unique(names[train]))
        for index, share in enumerate(ordered):
            taken = train[np.isin(names[train], order[: max(1, round(share * len(order)))])]
            sizes[index] += len(np.unique(speeches[taken]))
            found[index, scored] = predict(taken, test)[np.isin(test, scored)]
    tested = (found != ABSTAIN).any(axis=0)
    documents = names[tested].tolist()
    return [
        CurvePoint(float(size / max(used, 1)), score(gold[tested], labels[tested], documents, seed))
        for size, labels in zip(sizes, found, strict=True)
    ]
