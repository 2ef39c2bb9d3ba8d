"""Sentences and their paragraph decided together: the function of each sentence, and a paragraph that follows from them."""

import numpy as np
from numpy.typing import NDArray

from jianghua.labels import FUNCTIONS

_CHANGE = 0.4
"""Cost of a change of function between sentences, in nats."""
_WHOLE = np.where(np.array(FUNCTIONS) == "closing", 1.5, 0.5)
"""How much the paragraph as a whole counts beside the sentence itself: more for the closing, which only its place tells from an
appeal within the speech."""
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
    gains = np.log(sentences + 1e-3) + _WHOLE * np.log(paragraphs + 0.02)[owner]
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


def settled(
    probabilities: NDArray[np.float64], path: NDArray[np.int64], owner: NDArray[np.int64], lengths: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Probabilities of paragraphs whose likeliest function is that of most of their characters, changed as little as can be.

    Where another one is likelier, the shares of the characters are mixed in until it no longer is; of functions with equal
    shares the likelier wins. Paragraphs without sentences stay as they are.

    Args:
        probabilities: shape (paragraphs, 6), rows sum to 1.
        path: shape (sentences,), function of every sentence.
        owner: shape (sentences,), the paragraph of each.
        lengths: shape (sentences,), characters of each.

    >>> settled(np.array([[0.6, 0.4]]), np.array([0, 1]), np.array([0, 0]), np.array([10.0, 30.0])).argmax(axis=1).tolist()
    [1]
    """
    shares = np.zeros_like(probabilities)
    np.add.at(shares, (owner, path), lengths)
    total = shares.sum(axis=1, keepdims=True)
    shares /= np.where(total > 0, total, 1)
    rows = np.arange(len(shares))
    winner = np.where(shares == shares.max(axis=1, keepdims=True), probabilities, -1).argmax(axis=1)
    behind = probabilities - probabilities[rows, winner][:, None]
    ahead = shares[rows, winner][:, None] - shares
    needed = np.where(ahead > 0, behind / np.where(ahead > 0, ahead, 1), 0).max(axis=1, initial=0)
    mixed = np.where((needed > 0) & (total[:, 0] > 0), needed * (1 + 1e-6) + 1e-6, 0)[:, None]
    result: NDArray[np.float64] = (probabilities + mixed * shares) / (1 + mixed)
    return result
