"""Random and mutated documents, from bytes to tagged records: what must hold of every one.

`JIANGHUA_FUZZ=20000` sets how many; Hypothesis finds the smallest example of a failure and prints it.
"""

import json
import os
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jianghua.corpus import parse
from jianghua.corpus.extract import extract_bytes
from jianghua.errors import UnreadableError
from jianghua.labels import FUNCTIONS, KINDS
from jianghua.model.store import SavedModel
from jianghua.tagging.outputs import output_format
from jianghua.tagging.tags import COLUMNS, as_record, tag_paragraphs
from jianghua.tracking.pyfunc import predict_speeches
from tests.fuzz import ENCODINGS, PIECES, document

DOCUMENTS = int(os.environ.get("JIANGHUA_FUZZ", "200"))

_TEXTS = st.one_of(st.lists(st.sampled_from(PIECES), max_size=40).map("".join), st.text(max_size=200))
_SMALL = st.builds(lambda text, encoding: text.encode(encoding, "replace"), _TEXTS, st.sampled_from(ENCODINGS))
_MUTATED = st.integers(0, 2**63).map(lambda seed: document(random.Random(seed)))


def settings_for(documents: int) -> settings:
    """Settings without limits of time: documents differ, and machines do."""
    unhealthy = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    return settings(max_examples=documents, deadline=None, suppress_health_check=unhealthy)


def check(model: SavedModel, data: bytes) -> None:
    """Decode, parse, tag and write a file; a file that is refused is refused with a reason."""
    try:
        text = extract_bytes(data, "fuzz.txt").text
    except UnreadableError:
        return
    paragraphs = parse(text, "fuzz.txt")
    tags = tag_paragraphs(model, paragraphs, {"fuzz.txt": text})
    records = [as_record(p, tag, model.title) for p, tag in zip(paragraphs, tags, strict=True)]
    at = 0
    for record in records:
        start, end = record["start"], record["end"]
        assert at <= start < end <= len(text), f"{start}–{end} overlaps or is empty; the previous ends at {at}"
        assert not text[at:start].strip(), f"outside every span: {text[at:start]!r}"
        at = end
        assert record["kind"] in KINDS
        assert (record["label"] is not None) == (record["kind"] == "paragraph")
        if record["label"] is not None:
            scores, segments = record["scores"], record["segments"]
            assert list(scores) == list(FUNCTIONS)
            assert abs(sum(scores.values()) - 1) < 1e-9
            assert all(0 <= score <= 1 for score in scores.values())
            assert record["confidence"] == scores[record["label"]] == max(scores.values())
            assert record["secondary"] in (None, *FUNCTIONS)
            assert record["secondary"] != record["label"]
            assert [s["start"] for s in segments] == [start, *(s["end"] for s in segments[:-1])]
            assert segments[-1]["end"] == end
            assert all(s["start"] <= s["end"] and s["label"] in FUNCTIONS for s in segments)
    assert not text[at:].strip(), f"outside every span: {text[at:]!r}"
    jsonl = output_format("jsonl").render(records)
    lines = jsonl.splitlines()
    assert [tuple(json.loads(line)) for line in lines] == [COLUMNS] * len(records)
    assert output_format("jsonl").render(records) == jsonl
    output_format("csv").render(records).decode("utf-8-sig")
    answer = predict_speeches(model, [text]).to_dict("records")
    assert [(row["start"], row["end"], row["label"]) for row in answer] == [
        (record["start"], record["end"], record["label"]) for record in records
    ]
    json.dumps(answer, allow_nan=False)


@given(_MUTATED)
@settings_for(DOCUMENTS)
def test_a_mutated_speech_keeps_the_invariants(model: SavedModel, data: bytes) -> None:
    check(model, data)


@given(_SMALL)
@settings_for(DOCUMENTS // 4)
def test_random_text_keeps_the_invariants(model: SavedModel, data: bytes) -> None:
    check(model, data)


@given(st.binary(max_size=400))
@settings_for(DOCUMENTS // 4)
def test_random_bytes_are_refused_or_keep_the_invariants(model: SavedModel, data: bytes) -> None:
    check(model, data)
