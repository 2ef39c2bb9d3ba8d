"""Figures that go with a run."""

from typing import TYPE_CHECKING

from jianghua.labels import FUNCTIONS
from jianghua.modelling.calibration import Calibration
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


def reliability_figure(calibration: Calibration, title: str) -> "Figure":
    """Reliability diagram: accuracy against confidence in each bin, the area of a dot for its count; and what coverage costs."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    said, was, count = zip(*calibration.bins, strict=True)
    left.plot([0, 1], [0, 1], color="grey", linewidth=1)
    left.scatter(said, was, s=[20 + 600 * number / sum(count) for number in count], alpha=0.7)
    left.set(xlim=(0, 1.03), ylim=(0, 1.05), xlabel="confidence", ylabel="accuracy")
    left.set_title(f"{title}\nexpected calibration error {calibration.error:.3f}", fontsize=9)
    thresholds, shares, accuracies = zip(*calibration.coverage, strict=True)
    right.plot(shares, accuracies, marker="o")
    for threshold, share, accuracy in zip(thresholds, shares, accuracies, strict=True):
        right.annotate(
            f"≥ {threshold}", (share, accuracy), textcoords="offset points", xytext=(-4, 7), ha="right", fontsize=8
        )
    right.set(xlabel="share of paragraphs kept", ylabel="accuracy on them")
    right.set_title("leaving the uncertain ones to people", fontsize=9)
    return figure
