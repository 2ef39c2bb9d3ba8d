"""What cues and features see of paragraphs."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from jianghua.corpus.characters import NARROW, TRADITIONAL, code_points, kinds_of
from jianghua.corpus.script import simplify
from jianghua.corpus.sentences import cut_sentences
from jianghua.corpus.speech import Paragraph

_WIDE = tuple(zip(",;:!?()", "，；：！？（）", strict=True))


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
