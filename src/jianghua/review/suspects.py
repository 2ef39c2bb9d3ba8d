"""Hand labels that a model, trained without their speech, finds implausible (confident learning: Northcutt et al. 2021)."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jianghua.corpus import fingerprint
from jianghua.labelling.table import LabelledCorpus
from jianghua.labels import FUNCTIONS


def rank_suspects(gold: NDArray[np.int8], probabilities: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rows whose label is probably wrong, the least plausible first.

    Args:
        gold: shape (n,), index into FUNCTIONS; every function that has a column must occur.
        probabilities: shape (n, 6), from models that did not see the row's document.

    Returns:
        shape (suspects,), int64, row numbers.

    >>> gold = np.array([0, 1, 2, 3, 4, 5] * 5, dtype=np.int8)
    >>> probabilities = np.full((30, 6), 0.02)
    >>> probabilities[np.arange(30), gold] = 0.9
    >>> probabilities[7] = [0.9, 0.02, 0.02, 0.02, 0.02, 0.02]
    >>> rank_suspects(gold, probabilities).tolist()
    [7]
    """
    from cleanlab.filter import find_label_issues

    present = np.unique(gold)
    number = np.searchsorted(present, gold)
    shares = probabilities[:, present]
    shares = shares / shares.sum(axis=1, keepdims=True)
    suspects = find_label_issues(number, shares, return_indices_ranked_by="self_confidence", n_jobs=1)
    return np.asarray(suspects, dtype=np.int64)


def suspect_table(
    corpus: LabelledCorpus, tested: NDArray[np.bool_], probabilities: NDArray[np.float64]
) -> pd.DataFrame:
    """Suspect labels as a table for people, the least plausible first.

    Args:
        tested: shape (n,), which paragraphs have a hand label and a prediction.
        probabilities: shape (n, 6), out of fold.

    Returns:
        columns fingerprint, source, speech, paragraph, label, plausibility (probability of the label, 0–1), suggested,
        secondary and text.
    """
    rows = np.flatnonzero(tested)
    records = []
    for row in rows[rank_suspects(corpus.gold[rows], probabilities[rows])]:
        p, label = corpus.paragraphs[row], corpus.hand[row]
        records.append(
            {
                "fingerprint": fingerprint(p.text),
                "source": p.source,
                "speech": p.speech,
                "paragraph": p.paragraph,
                "label": FUNCTIONS[corpus.gold[row]],
                "plausibility": round(float(probabilities[row, corpus.gold[row]]), 4),
                "suggested": FUNCTIONS[int(probabilities[row].argmax())],
                "secondary": label.secondary if label else None,
                "text": p.text,
            }
        )
    return pd.DataFrame(records)
