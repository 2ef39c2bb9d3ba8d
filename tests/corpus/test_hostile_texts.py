"""Plain texts made to crash, hang or mislead: each comes out as text, or as an error that names its cause, in a bounded time."""

import struct
import time
from collections.abc import Callable

import pytest

from jianghua.corpus import parse
from tests.corpus.hostile import READS, check, outcome
from tests.speeches import COUNTY

pytestmark = pytest.mark.usefixtures("bounded")

TEXTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "the file is empty"),
    "byte_order_mark_only": (lambda: b"\xef\xbb\xbf", "the file is empty"),
    "utf_32": (lambda: "\ufeff同志们：".encode("utf-32-be"), READS),
    "half_a_character": (lambda: "同志们：".encode()[:-1], ""),
    "odd_utf_16": (lambda: "\ufeff同志们：".encode("utf-16-le")[:-1], READS),
    "lone_surrogates": (
        lambda: b"\xff\xfe" + struct.pack("<4H", 0xD800, 0x4E00, 0xDC00, 0x4E00),
        READS,
    ),
    "two_byte_order_marks": (lambda: "\ufeff\ufeff同志们：散会。".encode(), READS),
    "nuls": (lambda: "要\0".encode() * 5000, "looks like a binary file"),
    "mixed_encodings": (lambda: COUNTY.encode() + COUNTY.encode("gb18030"), ""),
    "every_byte": (lambda: bytes(range(256)) * 1000, ""),
    "one_line": (lambda: "要认真抓好落实，".encode() * 700_000, "line 1 is too long"),
    "million_lines": (lambda: "要\n".encode() * 1_000_000, "too many lines"),
    "million_lines_of_mac": (lambda: "要\r".encode() * 1_000_000, "too many lines"),
    "million_paragraphs_run_together": (lambda: "要　　".encode() * 600_000, "too many lines"),
    "million_numbers": (lambda: "。一、".encode() * 400_000, "too many lines"),
    "million_empty_lines": (lambda: b"\n" * 1_000_000 + "散会。".encode(), READS),
    "comments_like_a_page": (lambda: b"<!---->" * 400 + "散会。".encode(), READS),
    "comments_without_end": (lambda: b"<!--" * 100_000 + "散会。".encode(), READS),
    "web_archive": (lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n", "a web archive"),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_a_hostile_text_is_read_or_refused(kind: str) -> None:
    make, expected = TEXTS[kind]
    if expected or kind in ("utf_32", "two_byte_order_marks", "million_empty_lines", "comments_like_a_page"):
        check(make(), f"{kind}.txt", expected)
    else:
        outcome(make(), f"{kind}.txt")


_LINES = {
    "brackets": "（" * 60, "quotes": "《" * 60, "di": "第" * 60, "digits": "1" * 60, "spaces": "要" + " " * 58 + "要",
    "wide_spaces": "要" + "　" * 58 + "要", "numbers": "一二三四五六七八九十、" * 5, "letters": "a" * 60, "dots": "a." * 30,
    "stars": "★" * 58 + "网网", "arrows": ">" * 57 + "范文网", "addresses": "版权www." * 8, "dashes": "-" * 60,
    "greeting": "各位代表" * 14 + "；：", "greetings": "代表" * 29 + "；：", "comrades": "同志们 " * 14 + "；：",
    "offices": "书记、" * 18 + "要。", "offices_spaced": "书记 " * 18 + "要。", "offices_short": "书记、" * 11 + "要，",
    "advertisement": "本文来自" * 15, "more": "更多" * 28 + "范文", "click": "点击下载" * 15, "page": "上一篇下一篇" * 9, "reporter": "记者 " * 20,
    "date": "2019年" + " " * 50 + "x", "divider": "第一篇" + " " * 56 + "x", "omitted": "（一）" + "（" * 55, "count": "共计" + "1" * 58,
}  # fmt: skip


@pytest.mark.parametrize("kind", _LINES)
def test_parsing_takes_no_longer_than_the_length_of_the_text_allows(kind: str) -> None:
    line = _LINES[kind]
    for text in (line * 1700, f"{line}\n" * 300, "同志们：\n" + f"{line}\n" * 300):
        began = time.perf_counter()
        parse(text)
        assert time.perf_counter() - began < 4, f"{len(text):,} characters"


@pytest.mark.parametrize(
    "line", ["，要\n", "要" * 70 + "\n", "今年以来，要认真抓好落实（\n", "要" * 70 + "\n本站声明\n", "一是\n"]
)
def test_lines_that_never_end_a_sentence_are_not_joined_for_ever(line: str) -> None:
    text = "同志们：\n今年以来，全县上下团结一心。\n" + line * 30_000
    began = time.perf_counter()
    parse(text)
    assert time.perf_counter() - began < 10
