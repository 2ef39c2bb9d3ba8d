"""Figures of the corpus: where in a speech each function lives, and what each cue is worth; each returns a PNG image."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jianghua.labels import ALONG_A_SPEECH, FUNCTIONS
from jianghua.tracking.canvas import COLOURS, GREY, LEADING, PALE, both, in_percent, label_points, sheet

_FROM_THE_BOTTOM = tuple(function.name for function in ALONG_A_SPEECH)
"""As a speech goes."""


def draw_positions(positions: NDArray[np.float64], gold: NDArray[np.int8], about: str, bins: int = 20) -> bytes:
    """Share of each function in each part of a speech.

    Args:
        positions: shape (n,), float64: place of a paragraph in its speech, 0 first to 1 last.
        gold: shape (n,), int8, index into FUNCTIONS.
        bins: parts of equal length.
    """
    part = np.minimum((positions * bins).astype(int), bins - 1)
    counts = np.zeros((bins, len(FUNCTIONS)))
    np.add.at(counts, (part, gold.astype(int)), 1)
    shares = counts / counts.sum(axis=1, keepdims=True).clip(min=1)
    with sheet(
        "每类功能在讲话的什么位置 Where in a speech each function lives",
        f"{about}\n每条：讲话的二十分之一里各类所占比例 each bar: shares within a twentieth of the speech",
        6.6,
    ) as drawn:
        axes = drawn.figure.add_subplot()
        axes.grid(visible=False)
        middle, floor = (np.arange(bins) + 0.5) / bins, np.zeros(bins)
        for label in _FROM_THE_BOTTOM:
            share = shares[:, FUNCTIONS.index(label)]
            place, centre, room = _roomiest(floor, floor + share)
            name = both(label) if share.any() and room < 0.1 else None  # no room inside: in the legend
            axes.bar(
                middle,
                share,
                width=1 / bins,
                bottom=floor,
                color=COLOURS[label],
                edgecolor=COLOURS[label],
                linewidth=0.3,
                label=name,
            )
            if room >= 0.1:
                axes.text(middle[place], centre, both(label, "\n"), ha="center", va="center",
                          color="white", linespacing=LEADING)  # fmt: skip
            floor = floor + share
        axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="开头 → 结尾 position in the speech, from first to last paragraph",
                 ylabel="占该处段落的比例 share of the paragraphs there")  # fmt: skip
        if axes.get_legend_handles_labels()[1]:
            drawn.figure.legend(loc="outside lower center", ncols=6, reverse=True)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
        in_percent(axes.xaxis)
        in_percent(axes.yaxis)
    return drawn.png


def _roomiest(floor: NDArray[np.float64], top: NDArray[np.float64]) -> tuple[int, float, float]:
    """Bar at which a label as wide as three bars has most room, the middle of that room, and its height."""
    low = np.maximum(np.maximum(floor[:-2], floor[1:-1]), floor[2:])
    high = np.minimum(np.minimum(top[:-2], top[1:-1]), top[2:])
    best = int(np.argmax(high - low))
    return best + 1, float(high[best] + low[best]) / 2, float(high[best] - low[best])


def draw_cues(table: pd.DataFrame, gold: NDArray[np.int8], about: str) -> bytes:
    """Coverage of each cue against its accuracy on hand labels, a panel for each function that cues vote for.

    Args:
        table: as `cue_table` returns it.
        gold: shape (n,), int8, ABSTAIN (-1) where a paragraph has no hand label; gives the share of each function.
    """
    from matplotlib.ticker import FixedLocator, NullLocator

    judged = table[(table.coverage > 0) & (table.fired_on_gold > 0)]
    silent = table[~table.cue.isin(judged.cue)].cue.tolist()
    left_out = (
        f" · 未触及人工标注 never on a hand label: {', '.join(silent[:5])}{' …' if len(silent) > 5 else ''}"
        if silent
        else ""
    )
    radius = dict(zip(judged.cue, 3 + 9 * np.sqrt(judged.fired_on_gold / judged.fired_on_gold.max()), strict=True))
    with sheet(
        "每条线索覆盖多少、准不准 How much each cue covers, and how often it is right",
        f"{about}{left_out}\n圆面积：有人工标注可对照的票数 area: votes on hand labels · 虚线：随机投票的准确率 dashes: accuracy of voting at random",
        8.6,
    ) as drawn:
        panels = drawn.figure.subplots(2, 3, sharex=True, sharey=True)
        low = min(*judged.coverage / 2, 0.005, 0.005)
        for index, (label, axes) in enumerate(zip(FUNCTIONS, panels.flat, strict=True)):
            axes.set(xscale="log", xlim=(low, 1), ylim=(0, 1.12))
            mine = judged[judged.votes == label].sort_values("fired_on_gold", ascending=False)
            others = judged[judged.votes != label]
            axes.scatter(others.coverage, others.accuracy, s=12, color=PALE, zorder=1.5)
            axes.axhline(
                (gold == index).sum() / max((gold >= 0).sum(), 1), color=GREY, linewidth=1, linestyle=(0, (4, 3))
            )
            sizes = [radius[cue] for cue in mine.cue]
            axes.scatter(mine.coverage, mine.accuracy, s=[(2 * size) ** 2 for size in sizes], color=COLOURS[label],
                         alpha=0.8, edgecolor="white", zorder=3)  # fmt: skip
            axes.set_title(both(label))
            ticks = [tick for tick in (0.001, 0.003, 0.01, 0.03, 0.1, 0.3) if tick >= low]
            axes.xaxis.set_major_locator(FixedLocator(ticks))
            axes.xaxis.set_minor_locator(NullLocator())
            axes.xaxis.set_major_formatter(lambda value, _: f"{value * 100:g}%")
            in_percent(axes.yaxis)
        drawn.figure.supxlabel("覆盖率 coverage: share of paragraphs that the cue votes on", fontsize=11)
        drawn.figure.supylabel("准确率 accuracy on hand labels", fontsize=11)
        drawn.figure.draw_without_rendering()
        for label, axes in zip(FUNCTIONS, panels.flat, strict=True):
            mine = judged[judged.votes == label].sort_values("fired_on_gold", ascending=False)
            label_points(axes, list(zip(mine.coverage, mine.accuracy, strict=True)), mine.cue.tolist(),
                         [radius[cue] for cue in mine.cue])  # fmt: skip
    return drawn.png
