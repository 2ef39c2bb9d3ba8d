"""Why a paragraph has its label: the cues that fire on it, and the pieces of its text that weighed most."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from jianghua.corpus.views import View
from jianghua.labelling.cues import Cue, apply_cues
from jianghua.labels import ABSTAIN, FUNCTIONS
from jianghua.model.linear import LinearModel


def explain(view: View, label: str, model: LinearModel, cues: Sequence[Cue], most: int = 8) -> dict[str, list[str]]:
    """Evidence for `label` in one paragraph.

    Args:
        model: the tagger's model of texts.
        most: how many features at the most.

    Returns:
        `cues`: “name:function” of each cue that fires; `features`: the pieces of text that speak most for the label against
        the mean of the others, strongest first, each with its share of the evidence (“抓紧 +0.031”).
    """
    votes = apply_cues(cues, [view])[0]
    cue_names = [f"{cue.name}:{cue.votes}" for cue, vote in zip(cues, votes, strict=True) if vote != ABSTAIN]
    column = FUNCTIONS.index(label)
    pieces = model.features.pieces(view.text)
    _, buckets = model.features.grams([view.text])
    weights = model.weights[buckets]  # of this text only: there are a million others
    advantage = weights[:, column] - np.delete(weights, column, axis=1).mean(axis=1)
    total: dict[str, float] = defaultdict(float)
    for piece, value in zip(pieces, advantage.tolist(), strict=True):
        total[piece] += value
    whole = sum(abs(value) for value in total.values()) or 1.0
    shortest = min(2, max(map(len, total), default=1))  # single characters weigh, but tell a reader nothing
    speaking = [item for item in total.items() if item[1] > 0 and len(item[0]) >= shortest]
    best = sorted(speaking, key=lambda item: (-item[1], item[0]))[:most]
    return {"cues": cue_names, "features": [f"{piece} +{value / whole:.2g}" for piece, value in best]}
