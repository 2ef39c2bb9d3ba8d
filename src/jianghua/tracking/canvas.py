"""What figures are drawn on: one size, one style, colours that the colour-blind tell apart, and a Chinese font of our own.

matplotlib's settings are changed only while a figure is drawn; it takes a second to import, so it is imported inside the
functions.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from jianghua.labels import CHINESE, TABLE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FONT = Path(__file__).with_name("fonts") / "JianghuaSans-Regular.otf"
FAMILY = "Jianghua Sans"
MISSING = "〓"
"""Stands where the font has no character, as printers do it."""

COLOURS = {function.name: function.light.strong for function in TABLE}
INK, GREY, PALE = "#222222", "#777777", "#DDDDDD"

LEADING = 1.4
"""Line spacing of Chinese text."""

_INCHES, _DPI = 10.4, 100
_DISTANCES = (2.0, 12.0, 24.0, 36.0, 48.0)
_DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
_STYLE = {
    "font.family": FAMILY,
    "font.size": 11,
    "text.parse_math": False,  # a $ in a name is a $
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11.5,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": PALE,
    "grid.linewidth": 0.7,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
}


@dataclass(slots=True)
class Sheet:
    """A figure to draw on; `png` holds the image once the context is left: the same bytes for the same data."""

    figure: "Figure"
    png: bytes = b""


@contextmanager
def sheet(title: str, subtitle: str, height: float) -> Iterator[Sheet]:
    """A white sheet of 1040 pixels by `height` inches of 100 pixels, with a heading of two lines above the drawing."""
    import matplotlib.style
    from matplotlib import font_manager
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    if FAMILY not in font_manager.fontManager.get_font_names():
        font_manager.fontManager.addfont(FONT)
    with matplotlib.style.context(["default", _STYLE]):
        heading = (0.76 + 0.22 * subtitle.count("\n")) / height
        layout = ConstrainedLayoutEngine(rect=(0.005, 0.01, 0.985, 0.99 - heading), h_pad=0.06, w_pad=0.06)
        figure = Figure(figsize=(_INCHES, height), dpi=_DPI, layout=layout)
        FigureCanvasAgg(figure)
        figure.text(0.012, 1 - 0.16 / height, title, fontsize=15, va="top")
        figure.text(
            0.012, 1 - 0.50 / height, legible(subtitle), fontsize=10.5, va="top", color=GREY, linespacing=LEADING
        )
        drawn = Sheet(figure)
        yield drawn
        file = io.BytesIO()
        figure.savefig(file, format="png", metadata={"Software": None})
        drawn.png = file.getvalue()


@cache
def characters() -> frozenset[str]:
    """Every character that the font can draw, and the line break."""
    from matplotlib.ft2font import FT2Font

    return frozenset(map(chr, FT2Font(str(FONT)).get_charmap())) | {"\n"}


def legible(text: str) -> str:
    """`text` with MISSING for each character that the font lacks: names of cues are the user's.

    >>> legible("heading_龘")
    'heading_〓'
    """
    return "".join(character if character in characters() else MISSING for character in text)


def both(label: str, between: str = " ") -> str:
    """A function's name in both languages.

    >>> both("closing")
    '结尾号召 closing'
    """
    return f"{CHINESE[label]}{between}{label}"


def in_percent(axis: Any) -> None:
    """Tick labels of an axis of shares in per cent."""
    from matplotlib.ticker import PercentFormatter

    axis.set_major_formatter(PercentFormatter(1, decimals=0))


def label_points(axes: Any, points: list[tuple[float, float]], names: list[str], radii: list[float]) -> None:
    """Write a name beside each point: where it covers no other name and no point, if there is such a place.

    The figure must have been laid out (`draw_without_rendering`), for only then the places of the points are known.

    Args:
        points: x and y in data coordinates; the first are served first.
        radii: of the dots, in typographic points.
    """
    from matplotlib.text import Text
    from matplotlib.transforms import Bbox

    renderer, scale, frame = axes.figure.canvas.get_renderer(), axes.figure.dpi / 72, axes.get_window_extent()
    taken = []
    for point, radius in zip(points, radii, strict=True):
        x, y = axes.transData.transform(point)
        taken.append(Bbox.from_extents(*(np.array([x, y, x, y]) + np.array([-1, -1, 1, 1]) * radius * scale)))
    for point, name, radius in zip(points, names, radii, strict=True):
        best, least, place = None, np.inf, Bbox.null()
        for far, (x, y) in product(_DISTANCES, _DIRECTIONS):
            reach = (radius + far) * (0.75 if x and y else 1)
            text = axes.annotate(
                legible(name), point, (x * reach, y * reach), textcoords="offset points", fontsize=9.5,
                ha={0: "center", 1: "left", -1: "right"}[x], va={0: "center", 1: "bottom", -1: "top"}[y],
                arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.6} if far > _DISTANCES[0] else None,
            )  # fmt: skip
            text.set_in_layout(False)
            text.update_positions(renderer)
            box = Text.get_window_extent(text, renderer).padded(1)  # without the line to the point
            covered = sum(_area(box, other) for other in taken) + 4 * (_area(box, box) - _area(box, frame))
            if covered < least - 1:  # in square pixels
                if best is not None:
                    best.remove()
                best, least, place = text, covered, box
            else:
                text.remove()
            if least < 1:
                break
        taken.append(place)


def _area(one: Any, other: Any) -> float:
    """Area that two boxes share."""
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    return float(max(width, 0) * max(height, 0))


def spread(values: list[float], gap: float) -> list[float]:
    """Places for labels beside `values`, in the same order: at least `gap` apart, each group of them centred on its values.

    >>> spread([0.5, 0.52, 0.9], 0.1)
    [0.46, 0.56, 0.9]
    """
    blocks: list[list[float]] = []  # each: sum of values, count; merged while neighbours collide
    order = sorted(range(len(values)), key=lambda index: values[index])
    for index in order:
        blocks.append([values[index], 1])
        while len(blocks) > 1 and _top(blocks[-2], gap) + gap > _bottom(blocks[-1], gap) + 1e-12:
            total, count = blocks.pop()
            blocks[-1] = [blocks[-1][0] + total, blocks[-1][1] + count]
    places = [round(_bottom(block, gap) + gap * step, 9) for block in blocks for step in range(int(block[1]))]
    return [place for _, place in sorted(zip(order, places, strict=True))]


def _bottom(block: list[float], gap: float) -> float:
    return block[0] / block[1] - gap * (block[1] - 1) / 2


def _top(block: list[float], gap: float) -> float:
    return block[0] / block[1] + gap * (block[1] - 1) / 2
