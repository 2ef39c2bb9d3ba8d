"""Cues: named patterns, kept as data, that vote for a paragraph's function."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from jianghua.corpus import Paragraph, cut_sentences, simplify
from jianghua.corpus.characters import NARROW, TRADITIONAL, code_points, kinds_of
from jianghua.errors import UsageError
from jianghua.labels import FUNCTIONS, check_label

ABSTAIN = -1
PLACES = ("heading", "opening", "ending", "sentence", "text")
_KEYS = {"name", "votes", "where", "pattern", "share", "position"}
_WIDE = tuple(zip(",;:!?()", "，；：！？（）", strict=True))


@dataclass(frozen=True, slots=True)
class Cue:
    """A named labelling function: `votes` for one function where `pattern` is found in `where`, a part of the paragraph."""

    name: str
    votes: str
    where: str
    pattern: re.Pattern[str]
    share: float = 0.34
    position: tuple[float, float] = (0.0, 1.0)


class View(NamedTuple):
    """What cues and features see of a paragraph: simplified characters, full-width punctuation, its place in the speech.

    `speech` numbers the speeches of a list of views; `place` counts the paragraphs of the speech from 0 up to `of` - 1.
    """

    text: str
    headings: tuple[str, ...] = ()
    speech: int = 0
    place: int = 0
    of: int = 1

    @property
    def sentences(self) -> tuple[str, ...]:
        """The text's sentences, cut at each call."""
        return cut_sentences(self.text)

    @property
    def position(self) -> float:
        """Place in the speech: 0 first, 1 last (and where there is only one)."""
        return self.place / (self.of - 1) if self.of > 1 else 1.0

    @property
    def runs_in(self) -> bool:
        """Whether the paragraph begins with its own heading."""
        return bool(self.headings) and self.text.startswith(self.headings[-1])


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


def views(paragraphs: Sequence[Paragraph]) -> list[View]:
    """Views of the records of kind `paragraph`, in order; places are counted within each speech of each source."""
    chosen = [p for p in paragraphs if p.kind == "paragraph"]
    numbers: dict[tuple[str, int], int] = {}
    speech_of = [numbers.setdefault((p.source, p.speech), len(numbers)) for p in chosen]
    count = Counter(speech_of)
    seen: Counter[int] = Counter()
    outlines = dict.fromkeys(p.outline for p in chosen)
    headings = list(dict.fromkeys(heading for outline in outlines for heading in outline))
    plain_heading = dict(zip(headings, _all_plain(headings), strict=True))
    headings_of = {outline: tuple(plain_heading[heading] for heading in outline) for outline in outlines}
    result = []
    for p, text, speech in zip(chosen, _all_plain([p.text for p in chosen]), speech_of, strict=True):
        result.append(View(text, headings_of[p.outline], speech, seen[speech], count[speech]))
        seen[speech] += 1
    return result


def _all_plain(texts: Sequence[str]) -> list[str]:
    """`plain` of many texts; most need not be touched, and those are found by one look at all characters."""
    kinds = kinds_of(code_points("".join(texts)))
    places = np.flatnonzero((kinds & (TRADITIONAL | NARROW)) != 0)
    ends = np.cumsum(np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)))
    found = list(texts)
    for number in np.unique(np.searchsorted(ends, places, "right")).tolist():
        found[number] = plain(texts[number])
    return found


def plain(text: str) -> str:
    """Simplified characters and full-width punctuation: what cues and features see.

    >>> plain("同志們,大家好!")
    '同志们，大家好！'
    """
    text = simplify(text)
    for narrow, wide in _WIDE:
        text = text.replace(narrow, wide)
    return text


def apply_cues(cues: Sequence[Cue], seen: Sequence[View]) -> NDArray[np.int8]:
    """Votes of every cue on every view.

    Returns:
        array of shape (len(seen), len(cues)), dtype int8: index into FUNCTIONS, or ABSTAIN (-1).

    >>> cues = load_cues([{"name": "lacks", "votes": "shortcomings", "where": "sentence", "pattern": "不够|薄弱"},
    ...                   {"name": "review", "votes": "achievements", "where": "heading", "pattern": "回顾"}])
    >>> view = View("作风不够扎实。基础薄弱。", ("一、工作回顾",))
    >>> apply_cues(cues, [view]).tolist()
    [[1, 0]]
    """
    votes = np.full((len(seen), len(cues)), ABSTAIN, dtype=np.int8)
    headed = [(column, cue) for column, cue in enumerate(cues) if cue.where == "heading"]
    for row, view in enumerate(seen):
        sentences = view.sentences
        for column, cue in enumerate(cues):
            if (
                cue.where != "heading"
                and cue.position[0] <= view.position <= cue.position[1]
                and _fires(cue, view, sentences)
            ):
                votes[row, column] = FUNCTIONS.index(cue.votes)
        for heading in reversed(view.headings):
            fired = [(column, cue) for column, cue in headed if cue.pattern.search(heading)]
            for column, cue in fired:
                votes[row, column] = FUNCTIONS.index(cue.votes)
            if fired:
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
