"""The course of a speech: its functions from first to last, as strips of bars, and its paragraphs in pieces."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from operator import itemgetter
from typing import Any

from jianghua.corpus import cut_sentences

Course = Sequence[tuple[str, int]]
"""A speech from first to last: runs of one function with their lengths in characters."""


def courses_of(records: Sequence[Mapping[str, Any]]) -> tuple[tuple[tuple[str, int], ...], ...]:
    """Course of each speech of a file, neighbours of one function joined.

    >>> record = {"speech": 0, "label": "closing", "text": "谢谢！"}
    >>> courses_of([record, record, record | {"label": None}])
    ((('closing', 6),),)
    """
    courses = []
    for _, speech in groupby(records, itemgetter("speech")):
        labelled = [record for record in speech if record["label"] is not None]
        runs = groupby(labelled, itemgetter("label"))
        courses.append(tuple((label, sum(len(record["text"]) for record in run)) for label, run in runs))
    return tuple(courses)


def segments_of_text(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A paragraph's text, cut at its segments.

    Segments are spans of the file, the text is cleaned: where their lengths differ, a border is placed in proportion and
    then moved to the nearest end of a sentence.

    >>> segments = [{"start": 10, "end": 16, "label": "achievements"}, {"start": 16, "end": 20, "label": "shortcomings"}]
    >>> record = {"text": "有成绩。也有不足。", "start": 10, "end": 20, "label": "achievements", "segments": segments}
    >>> segments_of_text(record)
    [('achievements', '有成绩。'), ('shortcomings', '也有不足。')]
    """
    text, segments = record["text"], record["segments"]
    if not segments:
        return [(record["label"], text)]
    pieces = [(s["label"], text[a:b]) for s, (a, b) in zip(segments, pairwise(borders_of_text(record)), strict=True)]
    return [piece for piece in pieces if piece[1]] or [(record["label"], text)]


def borders_of_text(record: Mapping[str, Any]) -> list[int]:
    """Where in a paragraph's text its segments begin, and the end of the last; see `segments_of_text`."""
    text, segments = record["text"], record["segments"]
    cuts = _cuts([segment["end"] - record["start"] for segment in segments[:-1]], record["end"] - record["start"], text)
    return [0, *cuts, len(text)]


def _cuts(ends: Sequence[int], length: int, text: str) -> Iterator[int]:
    """Where in `text` the segments end that end at `ends` in a span of `length`; never going back."""
    exact = length == len(text)
    sentences = [] if exact else list(accumulate(map(len, cut_sentences(text))))
    last = 0
    for end in ends:
        cut = end if exact else round(end * len(text) / max(length, 1))
        first, past = bisect_right(sentences, last), bisect_left(sentences, len(text))
        if first < past:
            after = bisect_left(sentences, cut, first, past)
            nearest = sentences[max(after - 1, first) : min(after + 1, past)]
            cut = min(nearest, key=lambda sentence, wanted=cut: abs(sentence - wanted))  # type: ignore[misc]
        last = min(max(cut, last), len(text))
        yield last


def place_of(record: Mapping[str, Any]) -> str:
    return f"p{record['speech']}-{record['paragraph']}"


@dataclass(frozen=True, slots=True)
class Bar:
    """A run of one function in a strip, in percent of its width."""

    id: str
    label: str
    x: str
    width: str


def bars_of(records: Sequence[Mapping[str, Any]]) -> Iterator[Bar]:
    """The course of a whole file, a bar for each segment of each paragraph."""
    pieces = [
        (place_of(record), label, len(text))
        for record in records
        if record["label"]
        for label, text in segments_of_text(record)
    ]
    total = sum(length for _, _, length in pieces)
    at = 0
    for id, label, length in pieces:
        yield Bar(id, label, _percent(at, total), _percent(length, total))
        at += length


def ticks_of(records: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Where in the strip a speech (“speech”) or a chapter (“chapter”) begins."""
    total = sum(len(record["text"]) for record in records if record["label"])
    at, speech = 0, None
    for record in records:
        if speech not in (None, record["speech"]):
            yield "speech", _percent(at, total)
        elif record["kind"] == "heading" and not record["outline"]:
            yield "chapter", _percent(at, total)
        speech = record["speech"]
        at += len(record["text"]) if record["label"] else 0


def bars_of_course(course: Course) -> Iterator[Bar]:
    total = sum(length for _, length in course)
    at = 0
    for label, length in course:
        yield Bar("", label, _percent(at, total), _percent(length, total))
        at += length


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / max(whole, 1):.3f}".rstrip("0").rstrip(".") + "%"
