"""Probabilities of sentences (and of the headings above) → what a paragraph's text and its place in the speech say."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jianghua.corpus.characters import code_points
from jianghua.corpus.sentences import sentence_ends
from jianghua.corpus.views import View
from jianghua.errors import UsageError
from jianghua.labels import FUNCTIONS
from jianghua.model.ngrams import Texts

SWITCHES = ("text", "position", "neighbours", "outline")
"""Groups of context features; `text` is always on."""

_FLOOR = 1e-3


@dataclass(frozen=True, slots=True)
class Evidence:
    """First-stage probabilities for a list of views.

    Args:
        sentences: shape (sentences, 6), float64, of every sentence in order.
        owner: shape (sentences,), int64, never falling: the view of each sentence.
        lengths: shape (sentences,), float64, characters of each sentence.
        headings: shape (views, 12), float64, what the outermost and the innermost heading say; uniform without headings.
    """

    sentences: NDArray[np.float64]
    owner: NDArray[np.int64]
    lengths: NDArray[np.float64]
    headings: NDArray[np.float64]

    def by_length(self, count: int) -> NDArray[np.float64]:
        """Probabilities of `count` paragraphs, each sentence weighing by its length: shape (count, 6).

        A paragraph without sentences gets equal probabilities.
        """
        totals = self.over_sentences(np.add, self.sentences * self.lengths[:, None], count)
        sums = totals.sum(axis=1, keepdims=True)
        return np.where(sums > 0, totals / np.where(sums > 0, sums, 1), 1 / len(FUNCTIONS))

    def over_sentences(self, function: np.ufunc, rows: NDArray[np.float64], count: int) -> NDArray[np.float64]:
        """Reduce the rows of each paragraph's sentences to one: shape (count, columns); zeros without sentences."""
        found = np.zeros((count, rows.shape[1]))
        begins = np.flatnonzero(np.diff(self.owner, prepend=-1))
        if len(begins):
            found[self.owner[begins]] = function.reduceat(rows, begins, axis=0)
        return found


def sentences_of(seen: Sequence[View]) -> tuple[Texts, NDArray[np.int64], NDArray[np.float64]]:
    """All sentences, the view of each (int64), and the length of each in characters (float64)."""
    codes = code_points("\n".join(view.text for view in seen))
    sizes = np.fromiter((len(view.text) for view in seen), dtype=np.int64, count=len(seen))
    begins = np.cumsum(sizes + 1) - sizes - 1
    ends = np.union1d(sentence_ends(codes), (begins + sizes)[sizes > 0]).astype(np.int64)
    owner = np.searchsorted(begins + sizes, ends).astype(np.int64)
    lengths = np.diff(ends, prepend=0)
    first = np.diff(owner, prepend=-1) > 0
    lengths[first] = (ends - begins[owner])[first]
    inside = np.ones(len(codes), dtype=bool)
    inside[(begins + sizes)[:-1]] = False
    return Texts(codes[inside], lengths), owner, lengths.astype(np.float64)


def context_features(seen: Sequence[View], evidence: Evidence, switches: Sequence[str]) -> NDArray[np.float64]:
    """One row for each paragraph: its own evidence, and as switched on, position, neighbours and outline.

    Views of a speech must stand together and in order.

    Returns:
        shape (len(seen), d), float64; d depends on `switches` only.

    Raises:
        ValueError: a switch is not known.
    """
    unknown = set(switches) - set(SWITCHES)
    if unknown:
        raise UsageError(f"context features {sorted(unknown)} are not known; use some of {', '.join(SWITCHES)}")
    shares = evidence.by_length(len(seen))
    parts = [_text(seen, evidence, shares)]
    speech = np.array([view.speech for view in seen], dtype=np.int64)
    if "position" in switches:
        parts.append(_position(seen))
    if "neighbours" in switches:
        parts.append(_neighbours(shares, speech))
    if "outline" in switches:
        parts.append(_outline(seen, shares, evidence.headings))
    return np.hstack(parts)


def width_of(switches: Sequence[str]) -> int:
    """Number of columns that `context_features` makes for these switches."""
    nothing = Evidence(np.zeros((0, 6)), np.zeros(0, np.int64), np.zeros(0), np.full((1, 12), 1 / 6))
    return int(context_features([View("")], nothing, switches).shape[1])


def _text(seen: Sequence[View], evidence: Evidence, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    count = np.bincount(evidence.owner, minlength=len(seen))
    ends = np.cumsum(count)
    some = count > 0
    first, last = (np.full((len(seen), len(FUNCTIONS)), 1 / len(FUNCTIONS)) for _ in range(2))
    first[some] = evidence.sentences[(ends - count)[some]]
    last[some] = evidence.sentences[ends[some] - 1]
    largest = evidence.over_sentences(np.maximum, evidence.sentences, len(seen))
    length = np.array([len(view.text) for view in seen], dtype=np.float64)
    sizes = np.log1p(np.column_stack([length, count]))
    return np.hstack([np.log(shares + _FLOOR), shares, np.log(first + _FLOOR), np.log(last + _FLOOR), largest, sizes])


def _position(seen: Sequence[View]) -> NDArray[np.float64]:
    index = np.array([view.place for view in seen], dtype=np.float64)
    count = np.array([view.of for view in seen], dtype=np.float64)
    left = count - 1 - index
    place = np.array([view.position for view in seen])
    near = [index == 0, index == 1, left == 0, left == 1, left == 2]
    return np.column_stack([place, *near, np.exp(-index / 3), np.exp(-left / 2), np.log(count)])


def _neighbours(shares: NDArray[np.float64], speech: NDArray[np.int64]) -> NDArray[np.float64]:
    parts = []
    for step in (1, -1, 2, -2):
        moved, whose = np.zeros_like(shares), np.full(len(speech), -1)
        if step > 0:
            moved[step:], whose[step:] = shares[:-step], speech[:-step]
        else:
            moved[:step], whose[:step] = shares[-step:], speech[-step:]
        same = (whose == speech)[:, None]
        parts += [np.where(same, moved, 0), ~same]
    return np.hstack([*parts, _group_means(shares, speech)[0]])


def _outline(seen: Sequence[View], shares: NDArray[np.float64], headings: NDArray[np.float64]) -> NDArray[np.float64]:
    numbers: dict[tuple[int, tuple[str, ...]], int] = {}
    section = np.array(
        [numbers.setdefault((view.speech, view.headings[:1]), len(numbers)) for view in seen], dtype=np.int64
    )
    means, sizes = _group_means(shares, section)
    rows = np.arange(len(seen))
    begins = np.append(True, section[1:] != section[:-1])[: len(seen)]
    ends = np.append(section[1:] != section[:-1], True)[: len(seen)]
    inside = rows - np.maximum.accumulate(np.where(begins, rows, 0))
    levels = [len(view.headings) for view in seen]
    runs_in = [view.runs_in for view in seen]
    places = np.column_stack([inside == 0, np.exp(-inside / 2), ends, np.log(sizes), levels, runs_in])
    return np.hstack([means, places, np.log(headings + 1e-2)])


def _group_means(
    rows: NDArray[np.float64], group: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean of each row's group, and the size of the group."""
    size = np.bincount(group).astype(np.float64) if len(group) else np.zeros(0)
    totals = np.zeros((len(size), rows.shape[1]))
    np.add.at(totals, group, rows)
    return (totals / np.maximum(size, 1)[:, None])[group], size[group]
