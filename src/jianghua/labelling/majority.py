"""Majority vote over cues: the simplest label model, always computed."""

import numpy as np
from numpy.typing import NDArray

from jianghua.labels import ABSTAIN, FUNCTIONS


def majority_vote(votes: NDArray[np.int8]) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Label with most votes in each row, and its share of the votes cast.

    Args:
        votes: shape (n, cues), int8; ABSTAIN (-1) where a cue is silent. Ties go to the cue that stands first.

    Returns:
        labels: shape (n,), int8, index into FUNCTIONS or ABSTAIN where no cue voted;
        confidence: shape (n,), float64 in 0–1, 0 where no cue voted.

    >>> labels, confidence = majority_vote(np.array([[0, 2, 2], [-1, 4, 2], [-1, -1, -1]], dtype=np.int8))
    >>> labels.tolist(), confidence.round(2).tolist()
    ([2, 4, -1], [0.67, 0.5, 0.0])
    """
    counts = np.stack([(votes == function).sum(axis=1) for function in range(len(FUNCTIONS))], axis=1)
    best = counts.max(axis=1)
    labels = np.full(len(votes), ABSTAIN, dtype=np.int8)
    for row in np.flatnonzero(best):
        cast = votes[row][votes[row] != ABSTAIN]
        labels[row] = next(vote for vote in cast if counts[row, vote] == best[row])
    cast_votes = np.maximum(counts.sum(axis=1), 1)
    return labels, best / cast_votes
