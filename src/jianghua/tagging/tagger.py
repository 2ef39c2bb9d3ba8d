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
    """Tag records in order; those that are no `paragraph` get None."""
    seen = views(paragraphs)
    probabilities = model.tagger.predict_proba(seen)
    of_sentences = model.tagger.sentence_proba(seen)
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
    order = probabilities.argsort(kind="stable")[::-1]
    best, second = int(order[0]), int(order[1])
    rounded = [round(float(value), 4) for value in probabilities]
    rounded[best] = round(1 - sum(rounded[:best] + rounded[best + 1 :]), 4)
    return Tag(
        FUNCTIONS[best],
        FUNCTIONS[second] if probabilities[second] >= _SECONDARY_SHARE else None,
        rounded[best],
        dict(zip(FUNCTIONS, rounded, strict=True)),
        tuple(_segments(p, view, of_sentences)),
    )


def _segments(p: Paragraph, view: View, of_sentences: NDArray[np.float64]) -> list[Segment]:
    """Runs of sentences with one function, as spans of the file that cover the paragraph's span.

    Cleaning shortens text (white space, inserts), so inner borders are placed in proportion where lengths differ.
    """
    if len(of_sentences) == 0:
        return []
    functions = of_sentences.argmax(axis=1)
    ends = np.cumsum([len(sentence) for sentence in view.sentences])
    scale = (p.end - p.start) / max(int(ends[-1]), 1)
    segments = []
    start = p.start
    first = 0
    for index in range(len(functions)):
        if index + 1 < len(functions) and functions[index + 1] == functions[index]:
            continue
        last = index + 1 == len(functions)
        end = p.end if last else p.start + round(float(ends[index]) * scale)
        confidence = float(of_sentences[first : index + 1, functions[index]].mean())
        segments.append(Segment(start, end, FUNCTIONS[functions[index]], round(confidence, 4)))
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
