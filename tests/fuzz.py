"""Documents that nobody would write, made of speeches that somebody did."""

import random
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from jianghua.corpus import read_text
from tests.speeches import COUNTY, HOSPITAL

_RAW = Path(__file__).resolve().parent.parent / "data" / "raw"

PIECES = (
    *(
        "一、",
        "（一）",
        "1.",
        "一是",
        "第一，",
        "第二篇：",
        "在全县大会上的讲话",
        "同志们：",
        "各位代表：",
        "谢谢大家！",
    ),
    *("（", "）", "《", "》", "“", "”", "【", "〔2006〕", "(((", "。", "；", "！？", "……", "——", "--------", "※※※※"),
    *("同志們，為了實現這個目標，我們必須努力工作。", "會議", "來", "乾淨", "後天", "𠀀", "\U0001f600", "é", "e\u0301"),
    *("\x00", "\x07", "\x1b[2J", "\u200b", "\ufeff", "\u202e", "\ue000", "\ufffe", "\u3000", "\xa0", "\u2028", "\x85"),
    *("\n", "\r", "\r\n", "\n\r", "\n\n\n", "\f", "\v", "\x1c", "\t", "    ", "上一篇：", "www.example.com", "- 3 -"),
    *("（本文来自范文网www.example.com）", "<b>", "&nbsp;", "</html>", '"', "=1+1", "\\u0000", "1.5亿元", "２００６年"),
)
"""What is put into documents: markers, brackets, traditional and rare characters, controls, odd line breaks, litter."""

ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "big5", "utf-16", "utf-16-le", "utf-32")


@cache
def speeches() -> tuple[str, ...]:
    """The project's own speeches; those of the tests where there are none."""
    return tuple(read_text(path).text for path in sorted(_RAW.glob("*.txt"))) or (COUNTY, HOSPITAL)


def _splice(text: str, rng: random.Random) -> str:
    other = rng.choice(speeches())
    start = rng.randrange(len(other))
    at = rng.randint(0, len(text))
    return text[:at] + other[start : start + rng.randint(1, 800)] + text[at:]


def _delete(text: str, rng: random.Random) -> str:
    at = rng.randint(0, len(text))
    return text[:at] + text[at + rng.randint(1, 200) :]


def _repeat(text: str, rng: random.Random) -> str:
    at = rng.randint(0, len(text))
    piece = text[at : at + rng.randint(1, 300)]
    return text[:at] + piece * rng.randint(2, 4) + text[at:]


def _insert(text: str, rng: random.Random) -> str:
    for _ in range(rng.randint(1, 12)):
        at = rng.randint(0, len(text))
        text = text[:at] + rng.choice(PIECES) * rng.choice((1, 1, 1, 2, 40)) + text[at:]
    return text


def _swap_lines(text: str, rng: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    rng.shuffle(lines)
    return "".join(lines)


def _join_lines(text: str, rng: random.Random) -> str:
    return text.replace("\n", rng.choice(("", " ", "　　", "\r", "\r\n", "\n\n")))


def _break_lines(text: str, rng: random.Random) -> str:
    width = rng.randint(1, 40)
    return "\n".join(text[at : at + width] for at in range(0, len(text), width))


def _nonsense(text: str, rng: random.Random) -> str:
    return "".join(rng.choices(PIECES, k=rng.randint(1, 80)))


MUTATIONS: Sequence[Callable[[str, random.Random], str]] = (
    *(_splice, _delete, _repeat, _insert, _insert, _swap_lines, _join_lines, _break_lines, _nonsense),
)


def document(rng: random.Random) -> bytes:
    """A piece of a speech, changed some times, in some encoding, at times with bytes that are wrong in it."""
    text = rng.choice(speeches())
    start = rng.randrange(len(text))
    text = text[start : start + rng.choice((40, 300, 1500))] if rng.random() < 0.9 else text
    for mutate in rng.choices(MUTATIONS, k=rng.randint(0, 5)):
        text = mutate(text, rng)[:6000]
    data = bytearray(text.encode(rng.choice((*["utf-8"] * 4, *ENCODINGS)), "replace"))
    for _ in range(rng.choice((0, 0, 0, 1, 5))):
        if data:
            data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)
