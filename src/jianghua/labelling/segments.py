"""Segments of a paragraph by hand, stand-off: where a run of sentences with one function begins, and which function.

Written as `0:achievements 57:shortcomings`: offsets count the characters of the paragraph without white space, as its fingerprint
does, so that they hold whatever the spaces between them.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from jianghua.corpus import cut_sentences
from jianghua.errors import LabelsError
from jianghua.labels import FUNCTIONS, check_label

Segments = tuple[tuple[int, str], ...]
"""Pairs of offset and function, the first at 0, offsets growing."""


def read_segments(written: str, where: str) -> Segments:
    """Segments as a file of labels holds them; none where nothing is written.

    Raises:
        LabelsError: not pairs of offset and function, or offsets do not begin with 0 and grow; the message says `where`.

    >>> read_segments("0:achievements 57:shortcomings", "gold.csv line 3")
    ((0, 'achievements'), (57, 'shortcomings'))
    """
    segments = []
    for pair in written.split():
        offset, colon, label = pair.partition(":")
        if not colon or not offset.isascii() or not offset.isdecimal() or len(offset) > 9:
            raise LabelsError(f"{where}: segment {pair!r} is none; expected OFFSET:FUNCTION, such as 57:shortcomings")
        segments.append((int(offset), check_label(label, where)))
    offsets = [offset for offset, _ in segments]
    if offsets and (offsets[0] != 0 or any(left >= right for left, right in pairwise(offsets))):
        raise LabelsError(f"{where}: segments begin at {offsets}; expected 0 first, then growing offsets")
    return tuple(segments)


def write_segments(text: str, labels: Sequence[str]) -> str:
    """Segments of a paragraph whose sentences have these functions.

    Args:
        labels: of each sentence of `text`, as `cut_sentences` cuts it.

    >>> write_segments("去年增产。 但缺口仍大。要抓紧。", ["achievements", "shortcomings", "shortcomings"])
    '0:achievements 5:shortcomings'
    """
    written = []
    offset, before = 0, ""
    for sentence, label in zip(cut_sentences(text), labels, strict=True):
        if label != before:
            written.append(f"{offset}:{label}")
        offset, before = offset + _visible(sentence), label
    return " ".join(written)


def functions_of_sentences(text: str, segments: Segments) -> NDArray[np.int64]:
    """Function of each sentence of a paragraph: the one that covers most of it, the earlier of two alike.

    Returns:
        shape (sentences,), int64, index into FUNCTIONS.

    >>> functions_of_sentences("去年增产。但缺口仍大。", ((0, "achievements"), (5, "shortcomings"))).tolist()
    [0, 1]
    """
    ends = np.cumsum([_visible(sentence) for sentence in cut_sentences(text)], dtype=np.int64)
    begins = np.array([offset for offset, _ in segments], dtype=np.int64)
    stops = np.append(begins[1:], max(int(ends[-1]) if len(ends) else 0, int(begins[-1]) + 1))
    shared = np.minimum(ends[:, None], stops) - np.maximum(np.append(0, ends[:-1])[:, None], begins)
    functions = np.array([FUNCTIONS.index(label) for _, label in segments], dtype=np.int64)
    best: NDArray[np.int64] = functions[shared.argmax(axis=1)]
    return best


def _visible(text: str) -> int:
    return len("".join(text.split()))
