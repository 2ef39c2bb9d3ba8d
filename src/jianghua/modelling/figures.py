"""Figures that go with a run."""

from typing import TYPE_CHECKING

from jianghua.labels import FUNCTIONS
from jianghua.modelling.metrics import Scores

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def confusion_figure(scores: Scores, title: str) -> "Figure":
    """Confusion matrix: counts, shaded by share of the gold function."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 5.4))
    axes = figure.add_subplot()
    table = scores.confusion
    shares = table / table.sum(axis=1, keepdims=True).clip(min=1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(FUNCTIONS)), FUNCTIONS, rotation=35, ha="right")
    axes.set_yticks(range(len(FUNCTIONS)), FUNCTIONS)
    axes.set_xlabel("predicted")
    axes.set_ylabel("hand label")
    axes.set_title(title, fontsize=10)
    for row in range(len(FUNCTIONS)):
        for column in range(len(FUNCTIONS)):
            if table[row, column]:
                colour = "white" if shares[row, column] > 0.5 else "black"
                axes.text(column, row, f"{table[row, column]}", ha="center", va="center", color=colour)
    return figure
