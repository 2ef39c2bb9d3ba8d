"""Figures of what a model predicted; each returns a PNG image."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from jianghua.labels import FUNCTIONS
from jianghua.tracking.canvas import COLOURS, GREY, INK, LEADING, PALE, both, in_percent, sheet, spread
from jianghua.training.calibration import Calibration
from jianghua.training.learning_curve import CurvePoint
from jianghua.training.metrics import Scores


def draw_confusion(scores: Scores, about: str) -> bytes:
    """Confusion matrix: counts, and shares of the hand label, which also shade the cells.

    Args:
        about: what was scored, such as the run's name; shown below the title.
    """
    table = scores.confusion
    shares = table / table.sum(axis=1, keepdims=True).clip(min=1)
    with sheet(
        "混淆矩阵 What is taken for what",
        f"{about}\n每格：段数与占该行的比例 number of paragraphs, share of the row",
        8.2,
    ) as drawn:
        axes = drawn.figure.add_subplot()
        axes.grid(visible=False)
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        names = [both(label, "\n") for label in FUNCTIONS]
        axes.set_xticks(range(len(FUNCTIONS)), names, linespacing=LEADING)
        axes.set_yticks(range(len(FUNCTIONS)), names, linespacing=LEADING)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.set_xlabel("模型判断 predicted")
        axes.set_ylabel("人工标注 hand label")
        for (row, column), count in np.ndenumerate(table):
            if not count:
                continue
            colour = "white" if shares[row, column] > 0.5 else INK
            axes.text(column, row - 0.03, f"{count}", va="bottom", fontsize=14, ha="center", color=colour)
            axes.text(column, row + 0.04, _share(shares[row, column]), va="top", fontsize=10, ha="center", color=colour)
    return drawn.png


def draw_precision_recall(probabilities: NDArray[np.float64], gold: NDArray[np.int8], about: str) -> bytes:
    """One curve for each function against all others; a dot where the model's own choice lies.

    Args:
        probabilities: shape (n, 6), float64, rows sum to 1.
        gold: shape (n,), int8, index into FUNCTIONS.
    """
    from sklearn.metrics import average_precision_score, precision_recall_curve

    chosen = probabilities.argmax(axis=1)
    with sheet(
        "各类功能的精确率与召回率 Precision and recall of each function",
        f"{about}\nAP：曲线下面积 average precision · 圆点：模型的判断 the dot: the model's own choice · 虚线：该类所占比例 dashes: share of the function",
        7.4,
    ) as drawn:
        panels = drawn.figure.subplots(2, 3, sharex=True, sharey=True)
        for index, (label, axes) in enumerate(zip(FUNCTIONS, panels.flat, strict=True)):
            axes.set(xlim=(0, 1.02), ylim=(0, 1.04))
            is_it, said = gold == index, chosen == index
            if not is_it.any():
                axes.set_title(f"{both(label)} · 0")
                continue
            precision, recall, _ = precision_recall_curve(is_it, probabilities[:, index])
            area = average_precision_score(is_it, probabilities[:, index])
            axes.axhline(is_it.mean(), color=GREY, linewidth=1, linestyle=(0, (4, 3)))
            axes.fill_between(recall, precision, step="post", color=COLOURS[label], alpha=0.15, linewidth=0)
            axes.step(recall, precision, where="post", color=COLOURS[label], linewidth=2)
            axes.set_title(f"{both(label)} · AP {area:.3f}")
            if said.any():
                exact, found = is_it[said].mean(), said[is_it].mean()
                axes.plot(
                    found, exact, "o", color=COLOURS[label], markeredgecolor="white", markersize=10, clip_on=False
                )
                axes.text(0.5, 0.58, f"精确率 precision {exact:.2f}\n召回率 recall {found:.2f}\n{is_it.sum()} 段 paragraphs",
                          ha="center", va="center", linespacing=1.5)  # fmt: skip
        drawn.figure.supxlabel("召回率 recall", fontsize=11)
        drawn.figure.supylabel("精确率 precision", fontsize=11)
    return drawn.png


def draw_reliability(calibration: Calibration, confidence: NDArray[np.float64], about: str) -> bytes:
    """Reliability diagram: accuracy against confidence with 95 % intervals (Wilson 1927); below it, how often each confidence occurs.

    Args:
        confidence: shape (n,), float64: probability of the predicted function.
    """
    from matplotlib.ticker import NullLocator
    from scipy.stats import binomtest

    said, was, count = (np.array(column) for column in zip(*calibration.bins, strict=True))
    ends = [binomtest(round(share * n), n).proportion_ci(method="wilson") for share, n in zip(was, count, strict=True)]
    with sheet(
        "模型说有把握时有多准 How often the model is right when it says how sure it is",
        f"{about}\n校准误差 expected calibration error {calibration.error:.3f} · 数字：段数 numbers: paragraphs · 线下：过于自信 below the line: too sure",
        7.6,
    ) as drawn:
        top, bottom = drawn.figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        top.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=(0, (4, 3)))
        blue = COLOURS["requirements"]
        top.vlines(said, [end.low for end in ends], [end.high for end in ends], color=blue, alpha=0.5, linewidth=2)
        top.scatter(said, was, s=60, color=blue, zorder=3, clip_on=False)
        for x, y, number in zip(said, was, count, strict=True):
            top.annotate(f"{number}", (x, y), (8, -3), textcoords="offset points", va="top", fontsize=9.5, color=GREY)
        top.set(xlim=(0, 1.01), ylim=(-0.05, 1.04), ylabel="准确率 accuracy")
        in_percent(top.yaxis)
        bottom.hist(confidence, bins=np.linspace(0, 1, 41), color=blue, alpha=0.7)
        bottom.set(yscale="log", ylim=(0.7, None), xlabel="把握 confidence", ylabel="段数 paragraphs")
        bottom.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        bottom.yaxis.set_minor_locator(NullLocator())
        in_percent(bottom.xaxis)
    return drawn.png


def draw_coverage(
    confidence: NDArray[np.float64], right: NDArray[np.bool_], threshold: float | None, about: str
) -> bytes:
    """Share of paragraphs that the model keeps against its accuracy on them, the least certain left to people.

    Args:
        confidence: shape (n,), float64; `right`: shape (n,), bool, whether the prediction agrees with the hand label.
        threshold: confidence below which paragraphs go to review; None if there is none.
    """
    order = np.argsort(-confidence, kind="stable")
    last = np.append(
        confidence[order][:-1] != confidence[order][1:], True
    )  # equal confidences are kept or left together
    kept = (np.arange(len(order)) + 1)[last] / len(order)
    accuracy = (np.cumsum(right[order]) / (np.arange(len(order)) + 1))[last]
    with sheet("少判一些，准确多少 What is gained by leaving uncertain paragraphs to people", about, 6.4) as drawn:
        axes = drawn.figure.add_subplot()
        axes.plot(kept, accuracy, color=COLOURS["requirements"], linewidth=2)
        low = float(accuracy[kept >= 0.1].min())
        axes.set(
            xlim=(0, 1.01), ylim=(max(0.0, min(low - (0.1 if threshold is None else 0.6) * (1 - low), 0.9)), 1.005)
        )
        marks = dict.fromkeys((0.5, 0.6, 0.7, 0.8, 0.9), COLOURS["requirements"])
        if threshold is not None:
            sure = confidence >= threshold
            marks[threshold] = red = COLOURS["shortcomings"]
            axes.axvspan(sure.mean(), 1.01, color=PALE, alpha=0.6, linewidth=0)
            said = f"复核门槛 review below {threshold:g}"
            for words, part in (("自动 kept", sure), ("复核 to people", ~sure)):
                if part.any():
                    said += f"\n{words}: {part.mean():.1%}，准确率 accuracy {right[part].mean():.1%}"
            axes.text(0.03, 0.06, said, transform=axes.transAxes, color=red, linespacing=1.6)
        for mark, colour in marks.items():
            chosen = confidence >= mark
            if chosen.any():
                x, y = chosen.mean(), right[chosen].mean()
                axes.plot(x, y, "o", color=colour, markersize=10 if mark == threshold else 6)
                axes.annotate(
                    f"≥ {mark:g}",
                    (x, y),
                    (-7, -5),
                    textcoords="offset points",
                    fontsize=10,
                    ha="right",
                    va="top",
                    color=colour,
                )
        axes.set(xlabel="自动判断的段落比例 share of paragraphs kept", ylabel="这些段落的准确率 accuracy on them")
        in_percent(axes.xaxis)
        in_percent(axes.yaxis)
    return drawn.png


def draw_learning_curve(curve: Sequence[CurvePoint], cues: float | None, about: str) -> bytes:
    """F1 against the number of training speeches: macro-F1 with its interval, and each function by itself.

    Args:
        curve: smallest number first; cross-validation itself can be the last point.
        cues: macro-F1 of the cues alone, if known.
    """
    from matplotlib.ticker import NullLocator

    sizes = [point.speeches for point in curve]
    with sheet(
        "再多标一些讲话还有没有用 What more training speeches bring",
        f"{about}\n黑线：宏平均及 95% 区间 black: macro-F1 with its 95 % interval · 彩线：各类 colours: each function",
        6.8,
    ) as drawn:
        axes = drawn.figure.add_subplot()
        ends: list[tuple[str, str, float]] = []
        for label in FUNCTIONS:
            values = [point.scores.f1.get(label, np.nan) for point in curve]
            axes.plot(sizes, values, color=COLOURS[label], linewidth=1.3, marker="o", markersize=3.5)
            ends.append((both(label), COLOURS[label], values[-1]))
        macro = [point.scores.macro_f1 for point in curve]
        low, high = zip(*(point.scores.interval for point in curve), strict=True)
        axes.fill_between(sizes, low, high, color=INK, alpha=0.15, linewidth=0)
        axes.plot(sizes, macro, color=INK, linewidth=2.5, marker="o", markersize=6)
        ends.append((f"宏平均 macro-F1 {macro[-1]:.3f}", INK, macro[-1]))
        if cues is not None:
            axes.axhline(cues, color=GREY, linewidth=1, linestyle=(0, (4, 3)))
            axes.text(
                0.99,
                cues,
                "只用线索 cues alone",
                transform=axes.get_yaxis_transform(),
                ha="right",
                va="bottom",
                color=GREY,
            )
        axes.set(xscale="log", xlabel="训练用的讲话篇数 training speeches", ylabel="F1")
        axes.set_xticks(sizes, [f"{size:.0f}" for size in sizes])
        axes.xaxis.set_minor_locator(NullLocator())
        bottom, top = axes.get_ylim()
        known = [end for end in ends if np.isfinite(end[2])]
        places = spread([end[2] for end in known], (top - bottom) * 0.036)
        for (name, colour, _), place in zip(known, places, strict=True):
            axes.text(1.015, place, name, transform=axes.get_yaxis_transform(), color=colour, va="center")
    return drawn.png


def _share(share: float) -> str:
    return "<1%" if share < 0.005 else f"{share:.0%}"
