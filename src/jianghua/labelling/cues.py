"""Cues: named patterns, kept as data, that vote for a paragraph's function."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jianghua.corpus.views import View
from jianghua.errors import UsageError
from jianghua.labels import ABSTAIN, FUNCTIONS, check_label
from jianghua.resources import configuration_folder

PLACES = ("heading", "opening", "ending", "sentence", "text")
_KEYS = {"name", "votes", "where", "pattern", "share", "position"}


@dataclass(frozen=True, slots=True)
class Cue:
    """A named labelling function: `votes` for one function where `pattern` is found in `where`, a part of the paragraph."""

    name: str
    votes: str
    where: str
    pattern: re.Pattern[str]
    share: float = 0.34
    position: tuple[float, float] = (0.0, 1.0)


def load_cues(rows: Iterable[Mapping[str, Any]], where: str = "conf/cues") -> list[Cue]:
    """Check and compile cues.

    Raises:
        ValueError: a key, a label, a place, a pattern or a name is wrong; the message names the cue.

    >>> load_cues([{"name": "wish", "votes": "closing", "where": "text", "pattern": "祝大家"}])[0].votes
    'closing'
    """
    cues: list[Cue] = []
    for number, row in enumerate(rows, 1):
        name = str(row.get("name", f"number {number}"))
        unknown = set(row) - _KEYS
        missing = {"name", "votes", "where", "pattern"} - set(row)
        if unknown or missing:
            raise UsageError(
                f"{where}: cue {name!r} has unknown keys {sorted(unknown)} and lacks {sorted(missing)}; keys are {sorted(_KEYS)}"
            )
        if any(cue.name == name for cue in cues):
            raise UsageError(f"{where}: two cues are named {name!r}; give each its own name")
        if row["where"] not in PLACES:
            raise UsageError(f"{where}: cue {name!r} looks on {row['where']!r}; use one of {', '.join(PLACES)}")
        try:
            pattern = re.compile(row["pattern"])
        except (re.error, TypeError) as error:
            raise UsageError(f"{where}: the pattern of cue {name!r} is not a regular expression: {error}") from None
        try:
            share = float(row.get("share", 0.34))
            low, high = map(float, row.get("position", (0.0, 1.0)))
        except (TypeError, ValueError) as error:
            raise UsageError(
                f"{where}: cue {name!r}: {error}; expected a number as share, and two numbers as position"
            ) from None
        cues.append(
            Cue(
                name,
                check_label(row["votes"], f"{where}: cue {name!r}"),
                row["where"],
                pattern,
                share,
                (low, high),
            )
        )
    return cues


def default_cues() -> list[Cue]:
    """The cues of conf/cues/default.yaml."""
    import yaml

    configuration: Any = yaml.safe_load((configuration_folder() / "cues" / "default.yaml").read_bytes())
    return load_cues(configuration["cues"])


def apply_cues(cues: Sequence[Cue], views: Sequence[View]) -> NDArray[np.int8]:
    """Votes of every cue on every view.

    Returns:
        array of shape (len(views), len(cues)), dtype int8: index into FUNCTIONS, or ABSTAIN (-1).

    >>> cues = load_cues([{"name": "lacks", "votes": "shortcomings", "where": "sentence", "pattern": "不够|薄弱"},
    ...                   {"name": "review", "votes": "achievements", "where": "heading", "pattern": "回顾"}])
    >>> view = View("作风不够扎实。基础薄弱。", ("一、工作回顾",))
    >>> apply_cues(cues, [view]).tolist()
    [[1, 0]]
    """
    votes = np.full((len(views), len(cues)), ABSTAIN, dtype=np.int8)
    headed = [(column, cue) for column, cue in enumerate(cues) if cue.where == "heading"]
    for row, view in enumerate(views):
        sentences = view.sentences
        for column, cue in enumerate(cues):
            if (
                cue.where != "heading"
                and cue.position[0] <= view.position <= cue.position[1]
                and _fires(cue, view, sentences)
            ):
                votes[row, column] = FUNCTIONS.index(cue.votes)
        for heading in reversed(view.headings):
            hits = [(column, cue) for column, cue in headed if cue.pattern.search(heading)]
            for column, cue in hits:
                votes[row, column] = FUNCTIONS.index(cue.votes)
            if hits:
                break
    return votes


def _fires(cue: Cue, view: View, sentences: Sequence[str]) -> bool:
    if cue.where == "text":
        return cue.pattern.search(view.text) is not None
    if not sentences:
        return False
    if cue.where == "opening":
        return cue.pattern.search(sentences[0]) is not None
    if cue.where == "ending":
        return cue.pattern.search(sentences[-1]) is not None
    matching = sum(len(sentence) for sentence in sentences if cue.pattern.search(sentence))
    return matching >= cue.share * len(view.text)
