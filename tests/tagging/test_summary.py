"""The table of all speeches, and what is kept of each file until it is written."""

import sys
import tracemalloc

import pytest

from jianghua.corpus import parse
from jianghua.corpus.heads import read_heads
from jianghua.tagging.jobs import Outcome
from jianghua.tagging.summary import pack, summary

TEXT = "在全县秋收工作会议上的讲话\n县长　骆维桢\n（2019年8月20日）\n同志们：\n今年的秋收工作要抓紧抓好。\n"


@pytest.fixture
def packed() -> bytes:
    paragraphs = parse(TEXT)
    return pack(read_heads(TEXT, paragraphs), [(paragraph, None) for paragraph in paragraphs])


def test_what_is_kept_of_a_file_takes_no_more_memory_than_it_says(packed: bytes) -> None:
    paragraphs = parse(TEXT)
    heads = read_heads(TEXT, paragraphs)
    tracemalloc.start()
    try:
        kept = [pack(heads, [(paragraph, None) for paragraph in paragraphs]) for _ in range(50)]
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 1.5 * sum(map(sys.getsizeof, kept)), f"{held} bytes for 50 times {len(packed)}"


def test_the_table_of_a_million_speeches_is_not_in_memory_at_once(packed: bytes) -> None:
    outcomes = (Outcome(f"{number}.txt", heads=packed) for number in range(5000))
    tracemalloc.start()
    try:
        size = sum(map(len, summary(outcomes)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < size / 4, f"{peak} bytes for a table of {size}"
