"""What each cue contributes: coverage, overlap, conflict, and accuracy on gold labels (Ratner et al. 2017, section 4)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jianghua.errors import UsageError
from jianghua.labelling.cues import Cue
from jianghua.labels import ABSTAIN, FUNCTIONS


def cue_table(cues: Sequence[Cue], votes: NDArray[np.int8], gold: NDArray[np.int8]) -> pd.DataFrame:
    """One row for each cue.

    Args:
        votes: shape (n, cues), int8, ABSTAIN (-1) where silent.
        gold: shape (n,), int8, ABSTAIN where a paragraph has no hand label.

    Returns:
        columns cue, votes, coverage (share of paragraphs it votes on), overlap (another cue votes too), conflict (another
        cue votes otherwise), fired_on_gold (count), accuracy (on those; NaN where none) and warning.

    Raises:
        ValueError: the shapes do not agree.

    >>> from jianghua.labelling.cues import load_cues
    >>> cues = load_cues([{"name": "a", "votes": "context", "where": "text", "pattern": "x"},
    ...                   {"name": "b", "votes": "closing", "where": "text", "pattern": "x"}])
    >>> votes = np.array([[5, -1], [5, 4], [-1, -1], [-1, -1]], dtype=np.int8)
    >>> cue_table(cues, votes, np.array([5, 4, -1, 0], dtype=np.int8))[["cue", "coverage", "conflict", "accuracy"]]
      cue  coverage  conflict  accuracy
    0   a      0.50      0.25       0.5
    1   b      0.25      0.25       1.0
    """
    if votes.shape != (len(gold), len(cues)):
        raise UsageError(f"votes have shape {votes.shape}; expected ({len(gold)} paragraphs, {len(cues)} cues)")
    is_vote = votes != ABSTAIN
    is_labelled = gold != ABSTAIN
    chance = np.bincount(gold[is_labelled], minlength=6) / max(is_labelled.sum(), 1)
    rows = []
    for column, cue in enumerate(cues):
        mine = is_vote[:, column]
        others = np.delete(votes, column, axis=1)
        overlap = mine & (others != ABSTAIN).any(axis=1)
        conflict = mine & ((others != ABSTAIN) & (others != votes[:, [column]])).any(axis=1)
        on_gold = mine & is_labelled
        right = (votes[on_gold, column] == gold[on_gold]).mean() if on_gold.any() else np.nan
        rows.append(
            {
                "cue": cue.name,
                "votes": cue.votes,
                "coverage": mine.mean(),
                "overlap": overlap.mean(),
                "conflict": conflict.mean(),
                "fired_on_gold": int(on_gold.sum()),
                "accuracy": right,
                "warning": _warning(float(mine.mean()), int(on_gold.sum()), float(right), float(chance[_index(cue)])),
            }
        )
    return pd.DataFrame(rows)


def _index(cue: Cue) -> int:
    return FUNCTIONS.index(cue.votes)


def _warning(coverage: float, on_gold: int, accuracy: float, chance: float) -> str:
    if coverage == 0:
        return "never fires"
    if coverage > 0.9:
        return "fires on nearly everything"
    if on_gold >= 5 and accuracy <= chance:
        return f"no better than chance ({chance:.0%})"
    return ""
