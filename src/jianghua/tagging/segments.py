"""Function of each sentence of a paragraph, and runs of sentences as spans of the file."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_CHANGE = 1.5
"""Cost of a change of function between sentences, in nats."""
_LONGEST = 512
"""Longer chains of sentences are decoded in pieces, so that time stays linear."""


def best_paths(
    sentences: NDArray[np.float64], owner: NDArray[np.int64], paragraphs: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Function of every sentence: Viterbi (1967) over its own probabilities and its paragraph's, a change costing some.

    Args:
        sentences: shape (sentences, 6), sentences of a paragraph in order.
        owner: shape (sentences,), int64, never falling: the paragraph of each.
        paragraphs: shape (paragraphs, 6).

    Returns:
        shape (sentences,), int64, index into FUNCTIONS.
    """
    number = len(sentences)
    path = np.zeros(number, dtype=np.int64)
    if number == 0:
        return path
    gains = np.log(sentences + 1e-3) + np.log(paragraphs + 0.02)[owner]
    places = np.arange(number)
    begins = np.flatnonzero(np.append(True, owner[1:] != owner[:-1]))
    inside = places - np.repeat(begins, np.diff(np.append(begins, number)))
    starts = np.flatnonzero(inside % _LONGEST == 0)
    counts = np.diff(np.append(starts, number))
    order = np.argsort(-counts, kind="stable")  # longest first: the chains that go on are always the first ones
    starts, counts = starts[order], counts[order]
    going_on = np.searchsorted(-counts, -np.arange(1, counts[0]), side="left")
    functions = np.arange(gains.shape[1])
    came_from = np.zeros(gains.shape, dtype=np.int64)
    total = gains[starts]
    for step, alive in enumerate(going_on.tolist(), 1):
        rows = starts[:alive] + step
        stay = total[:alive]
        change = stay.max(axis=1, keepdims=True) - _CHANGE
        came_from[rows] = np.where(stay >= change, functions, stay.argmax(axis=1)[:, None])
        total[:alive] = np.maximum(stay, change) + gains[rows]
    now = total.argmax(axis=1)
    path[starts + counts - 1] = now
    for step in range(len(going_on), 0, -1):
        alive = going_on[step - 1]
        rows = starts[:alive] + step
        now[:alive] = came_from[rows, now[:alive]]
        path[rows - 1] = now[:alive]
    return path


def borders(cleaned: str, length: int, span: str | None) -> Sequence[int]:
    """Where each character of a paragraph's text, and the end of it, stands in its span of the file.

    Cleaning takes white space and inserts away; both are stepped over.

    Args:
        length: of the span; all there is to go by where the span itself is not at hand (None).

    >>> list(borders("去年 增产。", 8, "去年\\n  增产。"))
    [0, 1, 2, 5, 6, 7, 8]
    """
    if len(cleaned) == length:
        return range(length + 1)
    if span is None:
        return [length * index // len(cleaned) for index in range(len(cleaned) + 1)]
    places = []
    at = 0
    for character in cleaned:
        if character == " ":
            place = at
            while at < len(span) and span[at].isspace():
                at += 1
        else:
            place = span.find(character, at)
            if place < 0:  # a character that the span does not have
                place = at
            else:
                at = place + 1
        places.append(place)
    return [*places, length]
