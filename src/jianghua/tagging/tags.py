"""A saved model on a document: records → tags."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from jianghua.corpus import Paragraph
from jianghua.corpus.heads import FIELDS
from jianghua.corpus.views import views
from jianghua.labels import FUNCTIONS
from jianghua.model.evidence import Evidence
from jianghua.model.store import SavedModel
from jianghua.tagging.segments import borders

_SECONDARY_SHARE = 0.25
_NO_HEAD: Mapping[str, str | None] = dict.fromkeys(FIELDS)


class Tag(NamedTuple):
    """What a model says of a paragraph; see the README's table of the output.

    `segments` are runs of sentences with one function, as dictionaries of `start`, `end` (character offsets in the decoded
    file), `label` and `confidence` (0–1); they cover the paragraph's span.
    """

    label: str
    secondary: str | None
    confidence: float
    scores: dict[str, float]
    segments: list[dict[str, Any]]


def alone(texts: Iterable[str]) -> list[Paragraph]:
    """Records of paragraphs that stand alone, without outline or neighbours."""
    return [
        Paragraph(str(number), 0, 0, 0, len(text), "paragraph", None, (), text) for number, text in enumerate(texts)
    ]


def tag_paragraphs(
    model: SavedModel, paragraphs: Sequence[Paragraph], texts: Mapping[str, str] | None = None
) -> list[Tag | None]:
    """Tag records of whole speeches, in order; those that are no `paragraph` get None. Many files at once take less time.

    Args:
        texts: the decoded files by their names, the `source` of the records. Without them, borders of segments inside a
            paragraph that was cleaned are a little off.
    """
    texts = texts or {}
    paragraph_views = views(paragraphs)
    probabilities, evidence, path = model.tagger.predict(paragraph_views)
    best = probabilities.argmax(axis=1)
    second = _secondary(evidence, path, best)
    rows = zip(
        best.tolist(),
        second.tolist(),
        _rounded(probabilities).tolist(),
        _runs(evidence, path, len(paragraph_views)),
        strict=True,
    )
    tags: list[Tag | None] = []
    for p in paragraphs:
        if p.kind != "paragraph":
            tags.append(None)
            continue
        label, other, scores, runs = next(rows)
        tags.append(
            Tag(
                FUNCTIONS[label],
                FUNCTIONS[other] if other >= 0 else None,
                scores[label],
                dict(zip(FUNCTIONS, scores, strict=True)),
                _segments(p, runs, texts.get(p.source)),
            )
        )
    return tags


def _rounded(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """To four places, rows in the same order of size and with a sum of 1 (largest remainders: Hamilton's method)."""
    units = probabilities * 10_000
    whole = np.floor(units)
    remainder = 10_000 - whole.sum(axis=1, keepdims=True)
    rank = (whole - units).argsort(axis=1, kind="stable").argsort(axis=1)
    rounded: NDArray[np.float64] = (whole + (rank < remainder)) / 10_000
    return rounded


def _secondary(evidence: Evidence, path: NDArray[np.int64], best: NDArray[np.int64]) -> NDArray[np.int64]:
    """The other function with most text, where that is a quarter of the paragraph or more; else -1. Shape (paragraphs,)."""
    lengths = np.zeros((len(best), len(FUNCTIONS)))
    np.add.at(lengths, (evidence.owner, path), evidence.lengths)
    whole = lengths.sum(axis=1)
    lengths[np.arange(len(best)), best] = 0
    enough = lengths.max(axis=1, initial=0) >= _SECONDARY_SHARE * np.maximum(whole, 1)
    return np.where(enough, lengths.argmax(axis=1), -1)


_Run = tuple[int, str, float]
"""Where a run of sentences ends in the paragraph's text, its function, its confidence."""


def _runs(evidence: Evidence, path: NDArray[np.int64], count: int) -> Iterator[list[_Run]]:
    """Runs of sentences with one function, for each of `count` paragraphs."""
    owner = evidence.owner
    ends = np.cumsum(evidence.lengths).astype(np.int64)
    before = np.concatenate([[0], ends])[np.searchsorted(owner, np.arange(count))]
    last = np.append((owner[1:] != owner[:-1]) | (path[1:] != path[:-1]), True)[: len(path)]
    lasts = np.flatnonzero(last)
    firsts = np.concatenate([[0], lasts[:-1] + 1]).astype(np.int64)[: len(lasts)]
    sums = np.zeros(0)
    if len(lasts):
        sums = np.add.reduceat(evidence.sentences[np.arange(len(path)), path], firsts) / (lasts - firsts + 1)
    runs: list[list[_Run]] = [[] for _ in range(count)]
    whose = owner[lasts]
    for paragraph, end, function, confidence in zip(
        whose.tolist(),
        (ends[lasts] - before[whose]).tolist(),
        path[lasts].tolist(),
        sums.round(4).tolist(),
        strict=True,
    ):
        runs[paragraph].append((end, FUNCTIONS[function], confidence))
    return iter(runs)


def _segments(p: Paragraph, runs: Sequence[_Run], text: str | None) -> list[dict[str, Any]]:
    if len(runs) == 1:
        return [{"start": p.start, "end": p.end, "label": runs[0][1], "confidence": runs[0][2]}]
    if not runs:
        return []
    place = borders(p.text, p.end - p.start, None if text is None else text[p.start : p.end])
    segments = []
    start = p.start
    for number, (end, label, confidence) in enumerate(runs, 1):
        stop = p.end if number == len(runs) else p.start + place[end]
        segments.append({"start": start, "end": stop, "label": label, "confidence": confidence})
        start = stop
    return segments


def as_record(
    p: Paragraph, tag: Tag | None, model: str, text: str | None = None, head: Mapping[str, str | None] = _NO_HEAD
) -> dict[str, Any]:
    """Record, tag and head of its speech (`Speech.plain`) as one row of output, keys in the order of the columns."""
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
        "segments": tag.segments if tag else None,
        **head,
        "model": model,
    }


COLUMNS = tuple(as_record(Paragraph("", 0, 0, 0, 0, "meta", None, (), ""), None, ""))
"""Columns of every output format, in order."""
