"""The six functions a paragraph can have, and the kinds of line that have none (see data/CODEBOOK.md)."""

import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from jianghua.errors import LabelsError, UsageError


class Colours(NamedTuple):
    """A function's colours on paper or screen, as in CSS: strong, tint, and ink on the tint."""

    strong: str
    tint: str
    ink: str


@dataclass(frozen=True, slots=True)
class Function:
    """What a paragraph can be for, and how that is shown, wherever it is shown.

    `mark` is one character, for colour never stands alone; `terminal` a colour of a terminal; `light` and `dark` are for
    pages and figures. `place` counts from 0 how most speeches run through the functions, so that a course goes down its
    lanes like stairs. `definition` is one line, the whole one is in the codebook.
    """

    name: str
    chinese: str
    mark: str
    place: int
    terminal: str
    light: Colours
    dark: Colours
    definition: str


TABLE = (
    # colours after Okabe and Ito (2008), who chose them for all kinds of colour vision, darkened until white is legible
    Function(
        "achievements",
        "成绩回顾",
        "成",
        1,
        "green",
        Colours("#00875f", "#dcf0e7", "#00563c"),
        Colours("#2db78a", "#12382d", "#84e0c1"),
        "recounts what was done and achieved, praises, thanks for past work",
    ),
    Function(
        "shortcomings",
        "问题不足",
        "问",
        2,
        "red",
        Colours("#c9520a", "#fbe6d8", "#8a3500"),
        Colours("#f0803c", "#45260f", "#ffb98c"),
        "names problems, gaps, difficulties, risks",
    ),
    Function(
        "requirements",
        "工作要求",
        "要",
        3,
        "blue",
        Colours("#0068a8", "#deecf7", "#004a7c"),
        Colours("#4ba3e3", "#12314a", "#9cd0f8"),
        "says what is to be done: goals, tasks, measures",
    ),
    Function(
        "discipline",
        "纪律要求",
        "纪",
        4,
        "magenta",
        Colours("#a8497f", "#f6e3ee", "#7a2a58"),
        Colours("#d98bb8", "#421f35", "#f2bbda"),
        "binds the conduct of officials: rules, clean government, accountability",
    ),
    Function(
        "closing",
        "结尾号召",
        "结",
        5,
        "yellow",
        Colours("#b07c00", "#f8edcb", "#6b4a00"),
        Colours("#e0ae32", "#3d2f08", "#f4d37e"),
        "ends the speech: appeal, wishes, thanks",
    ),
    Function(
        "context",
        "背景铺垫",
        "背",
        0,
        "cyan",
        Colours("#6f7680", "#eaebee", "#454b54"),
        Colours("#8e96a3", "#2c3036", "#c9cfd8"),
        "sets the scene: occasion, situation, significance, doctrine",
    ),
)
"""All that is known of each function; its order is that of every score vector, table and confusion matrix."""

FUNCTIONS: tuple[str, ...] = tuple(function.name for function in TABLE)
"""Their names, in the order of TABLE."""

BY_NAME: dict[str, Function] = dict(zip(FUNCTIONS, TABLE, strict=True))

CHINESE: dict[str, str] = {function.name: function.chinese for function in TABLE}

ALONG_A_SPEECH: tuple[Function, ...] = tuple(sorted(TABLE, key=lambda function: function.place))
"""The functions as most speeches run through them."""

ABSTAIN = -1
"""Stands for a function where there is none: a cue that is silent, a paragraph without a hand label."""

KINDS: tuple[str, ...] = ("title", "heading", "paragraph", "meta")
"""What a line of a file can be; only a `paragraph` has a function."""


def function_named(word: str) -> Function:
    """The function that a person names, in English or Chinese, whatever the width and case of the letters.

    Raises:
        UsageError: there is none; the message lists what there is.

    >>> function_named(" 工作 要求").name, function_named("Ｃlosing").name
    ('requirements', 'closing')
    """
    plain = "".join(unicodedata.normalize("NFKC", word).casefold().split())
    for function in TABLE:
        if plain in (function.name, function.chinese):
            return function
    names = ", ".join(f"{function.name} ({function.chinese})" for function in TABLE)
    raise UsageError(f"function {word!r} is not known; use one of {names}")


def check_label(label: str, where: str) -> str:
    """Return `label` if it is one of the six functions.

    Raises:
        ValueError: otherwise; the message names `where`, the label found, and the labels accepted.

    >>> check_label("discipline", "gold.csv line 3")
    'discipline'
    """
    if label not in FUNCTIONS:
        raise LabelsError(f"{where}: label {label!r} is not known; use one of {', '.join(FUNCTIONS)}")
    return label
