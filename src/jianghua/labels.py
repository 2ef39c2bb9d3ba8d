"""The six functions a paragraph can have, and the kinds of line that have none (see data/CODEBOOK.md)."""

from jianghua.errors import LabelsError

FUNCTIONS: tuple[str, ...] = ("achievements", "shortcomings", "requirements", "discipline", "closing", "context")
"""Label set, in the order of every score vector, table and confusion matrix."""

ABSTAIN = -1
"""Stands for a function where there is none: a cue that is silent, a paragraph without a hand label."""

KINDS: tuple[str, ...] = ("title", "heading", "paragraph", "meta")
"""What a line of a file can be; only a `paragraph` has a function."""

CHINESE: dict[str, str] = {
    "achievements": "成绩回顾",
    "shortcomings": "问题不足",
    "requirements": "工作要求",
    "discipline": "纪律要求",
    "closing": "结尾号召",
    "context": "背景铺垫",
}


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
