"""A saved model on a document: records → tags."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jianghua.corpus import Paragraph
from jianghua.labelling.cues import View, views
from jianghua.labels import FUNCTIONS
from jianghua.modelling.store import SavedModel

_SECONDARY_SHARE = 0.25
_CHANGE = 1.5
"""Cost of a change of function between sentences, in nats."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of sentences with one function: character offsets in the decoded file, label, confidence (0–1)."""

    start: int
    end: int
    label: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Tag:
    """What a model says of a paragraph; see the README's table of the output."""

    label: str
    secondary: str | None
    confidence: float
    scores: dict[str, float]
    segments: tuple[Segment, ...]


def tag_paragraphs(model: SavedModel, paragraphs: Sequence[Paragraph]) -> list[Tag | None]:
    """Tag records of whole speeches, in order; those that are no `paragraph` get None."""
    seen = views(paragraphs)
    probabilities, of_sentences = model.tagger.predict(seen)
    rows = iter(range(len(seen)))
    tags: list[Tag | None] = []
    for p in paragraphs:
        if p.kind != "paragraph":
            tags.append(None)
            continue
        row = next(rows)
        tags.append(_tag(p, seen[row], probabilities[row], of_sentences[row]))
    return tags


def _tag(p: Paragraph, view: View, probabilities: NDArray[np.float64], of_sentences: NDArray[np.float64]) -> Tag:
    best = int(probabilities.argmax())
    rounded = [round(float(value), 4) for value in probabilities]
    rounded[best] = round(1 - sum(rounded[:best] + rounded[best + 1 :]), 4)
    path = best_path(of_sentences, probabilities)
    return Tag(
        FUNCTIONS[best],
        _secondary(view, path, best),
        rounded[best],
        dict(zip(FUNCTIONS, rounded, strict=True)),
        tuple(_segments(p, view, of_sentences, path)),
    )


def best_path(of_sentences: NDArray[np.float64], paragraph: NDArray[np.float64]) -> NDArray[np.int64]:
    """Function of each sentence: Viterbi over its own probabilities and the paragraph's, a change of function costing some.

    Args:
        of_sentences: shape (sentences, 6).
        paragraph: shape (6,).

    Returns:
        shape (sentences,), int64, index into FUNCTIONS.
    """
    count = len(of_sentences)
    if count == 0:
        return np.zeros(0, dtype=np.int64)
    gains = np.log(of_sentences + 1e-3) + np.log(paragraph + 0.02)
    back = np.zeros(gains.shape, dtype=np.int64)
    total = gains[0]
    for at in range(1, count):
        stay, change = total, total.max() - _CHANGE
        back[at] = np.where(stay >= change, np.arange(len(total)), total.argmax())
        total = np.maximum(stay, change) + gains[at]
    path = np.zeros(count, dtype=np.int64)
    path[-1] = total.argmax()
    for at in range(count - 1, 0, -1):
        path[at - 1] = back[at, path[at]]
    return path


def _secondary(view: View, path: NDArray[np.int64], best: int) -> str | None:
    """The other function with most text, where that is a quarter of the paragraph or more."""
    lengths = np.bincount(path, [len(sentence) for sentence in view.sentences], minlength=len(FUNCTIONS))
    lengths[best] = 0
    second = int(lengths.argmax())
    return FUNCTIONS[second] if lengths[second] >= _SECONDARY_SHARE * max(len(view.text), 1) else None


def _segments(p: Paragraph, view: View, of_sentences: NDArray[np.float64], path: NDArray[np.int64]) -> list[Segment]:
    """Runs of sentences with one function, as spans of the file that cover the paragraph's span.

    Cleaning shortens text (white space, inserts), so inner borders are placed in proportion where lengths differ.
    """
    if len(path) == 0:
        return []
    ends = np.cumsum([len(sentence) for sentence in view.sentences])
    scale = (p.end - p.start) / max(int(ends[-1]), 1)
    segments = []
    start = p.start
    first = 0
    for index in range(len(path)):
        if index + 1 < len(path) and path[index + 1] == path[index]:
            continue
        end = p.end if index + 1 == len(path) else p.start + round(float(ends[index]) * scale)
        confidence = float(of_sentences[first : index + 1, path[index]].mean())
        segments.append(Segment(start, end, FUNCTIONS[path[index]], round(confidence, 4)))
        start, first = end, index + 1
    return segments


def as_record(p: Paragraph, tag: Tag | None, model: str, text: str | None = None) -> dict[str, Any]:
    """Record and tag as one row of output, keys in the order of the columns."""
    return {
        "source": p.source,
        "speech": p.speech,
        "paragraph": p.paragraph,
        "start": p.start,
        "end": p.end,
        "kind": p.kind,
        "level": p.level,
        "outline": list(p.outline),
        "text": p.text if text is None else text,
        "label": tag.label if tag else None,
        "secondary": tag.secondary if tag else None,
        "confidence": tag.confidence if tag else None,
        "scores": tag.scores if tag else None,
        "segments": [
            {"start": s.start, "end": s.end, "label": s.label, "confidence": s.confidence} for s in tag.segments
        ]
        if tag
        else None,
        "model": model,
    }


COLUMNS = tuple(as_record(Paragraph("", 0, 0, 0, 0, "meta", None, (), ""), None, ""))
"""Columns of every output format, in order."""
