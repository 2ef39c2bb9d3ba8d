"""The invariants of the record: spans in order, never overlapping, every non-space character in exactly one."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jianghua.corpus import cut_sentences, parse, read_text
from jianghua.labels import KINDS
from tests.speeches import COUNTY, HOSPITAL

_PIECES = st.sampled_from(
    [
        "同志们：",
        "同志们，",
        "一、提高认识",
        "（一）抓好落实。各单位要行动起来。",
        "一是思想不够重视。",
        "第二篇：在会议上的讲话",
        "在全县大会上的讲话",
        "2019年8月20日",
        "- 3 -",
        "上一篇：通知",
        "（本文来自范文网www.example.com）",
        "今年以来，全县夏粮增产，群众满意，干部也有劲头，各项工作都有起色，",
        "谢谢大家！",
        "《",
        "”",
        "\u200b",
        "\ufeff",
        "　　",
        "　",
        " ",
        "\t",
        "\n",
        "\r\n",
        "\x0c",
        "\u2028",
        "\x85",
        "同志們，為了實現目標，必須努力。",
        "1.5亿元",
        "abc def",
        "\U00020000",
    ]
)
_TEXTS = st.one_of(st.lists(_PIECES, max_size=40).map("".join), st.text(max_size=200))


def check_invariants(text: str) -> None:
    at = 0
    numbers: dict[int, int] = {}
    for p in parse(text, "source"):
        assert at <= p.start < p.end <= len(text), f"span {p.start}–{p.end} overlaps or is empty (previous end {at})"
        assert not text[at : p.start].strip(), f"characters outside every span: {text[at : p.start]!r}"
        assert not text[p.start].isspace()
        assert not text[p.end - 1].isspace()
        assert p.kind in KINDS
        assert p.paragraph == numbers.get(p.speech, 0), "paragraphs are numbered from 0 in each speech"
        assert p.kind == "heading" or p.level is None
        numbers[p.speech] = p.paragraph + 1
        at = p.end
    assert not text[at:].strip(), f"characters outside every span: {text[at:]!r}"
    assert list(numbers) == list(range(len(numbers))), "speeches are numbered from 0"


@given(_TEXTS)
@settings(max_examples=400, deadline=None)
def test_every_character_lies_in_exactly_one_span(text: str) -> None:
    check_invariants(text)


@given(st.text(alphabet="要抓。！？；”」 a\n", max_size=60))
def test_sentences_cover_the_paragraph(text: str) -> None:
    sentences = cut_sentences(text)
    assert "".join(sentences) == text
    assert all(sentences)


@pytest.mark.parametrize(
    "text", [COUNTY, HOSPITAL, COUNTY + "\f" + HOSPITAL, COUNTY.replace("\n", "\r\n"), COUNTY.replace("\n", "　　")]
)
def test_whole_speeches_keep_the_invariants(text: str) -> None:
    check_invariants(text)


def test_every_reference_file_keeps_the_invariants(reference: Path) -> None:
    files = sorted((reference / "raw").glob("*.txt"))
    assert len(files) >= 50
    for path in files:
        check_invariants(read_text(path).text)


def test_own_speeches_keep_the_invariants(root: Path) -> None:
    files = sorted((root / "data" / "raw").glob("*.txt"))
    assert len(files) >= 16
    for path in files:
        check_invariants(read_text(path).text)
