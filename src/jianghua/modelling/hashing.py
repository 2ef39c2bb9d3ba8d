"""Texts → hashed n-grams, with NumPy over the code points of all texts at once (feature hashing: Weinberger et al. 2009)."""

import zlib
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import jieba

Grams = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Rows (which text) and buckets (which feature) of every n-gram, both int64 of one length."""

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SEEDS = [
    np.uint64(seed) for seed in (0x0, 0xD6E8FEB86659FD93, 0xA5A3564E27F8865F, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
]


def character_ngrams(texts: Sequence[str], low: int, high: int, bits: int) -> Grams:
    """Buckets of all character n-grams of `low` to `high` characters; none spans two texts.

    Args:
        low, high: lengths, 1 ≤ low ≤ high ≤ 5.
        bits: buckets are numbered from 0 to 2**bits - 1.

    Raises:
        ValueError: the lengths or bits are out of range.

    >>> rows, buckets = character_ngrams(["要抓", "要"], 1, 2, 10)
    >>> rows.tolist(), bool(buckets[0] == buckets[2])
    ([0, 0, 1, 0], True)
    """
    if not 1 <= low <= high <= len(_SEEDS) or not 1 <= bits <= 24:
        raise ValueError(
            f"n-grams of {low} to {high} characters in 2**{bits} buckets; expected 1 ≤ low ≤ high ≤ 5 and bits 1–24"
        )
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    owner = np.repeat(np.arange(len(texts), dtype=np.int64), lengths)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(owner), dtype=np.int64)
    rows, buckets = [], []
    with np.errstate(over="ignore"):
        state = np.zeros(len(codes), dtype=np.uint64)
        for n in range(1, high + 1):
            if n > len(codes):
                break
            state = (state[: len(codes) - n + 1] + codes[n - 1 :] + np.uint64(1)) * _MULTIPLIER
            state ^= state >> np.uint64(29)
            if n < low:
                continue
            inside = left[: len(state)] >= n
            mixed = (state[inside] + _SEEDS[n - 1]) * _MULTIPLIER
            rows.append(owner[: len(state)][inside])
            buckets.append((mixed >> np.uint64(64 - bits)).astype(np.int64))
    empty = np.zeros(0, dtype=np.int64)
    return np.concatenate([empty, *rows]), np.concatenate([empty, *buckets])


def word_ngrams(texts: Sequence[str], high: int, bits: int) -> Grams:
    """Buckets of all jieba words and of runs of up to `high` words.

    >>> rows, buckets = word_ngrams(["加强学习", "加强"], 1, 12)
    >>> rows.tolist(), bool(buckets[0] == buckets[2])
    ([0, 0, 1], True)
    """
    if high < 1 or not 1 <= bits <= 24:
        raise ValueError(f"runs of up to {high} words in 2**{bits} buckets; expected at least 1 word and bits 1–24")
    rows: list[int] = []
    buckets: list[int] = []
    mask = (1 << bits) - 1
    for row, text in enumerate(texts):
        words = words_of(text)
        for n in range(1, high + 1):
            for at in range(len(words) - n + 1):
                rows.append(row)
                buckets.append(zlib.crc32(" ".join(words[at : at + n]).encode("utf-8", "surrogatepass")) & mask)
    return np.array(rows, dtype=np.int64), np.array(buckets, dtype=np.int64)


def words_of(text: str) -> list[str]:
    """Words of a text by jieba, white space dropped."""
    return [word for word in _tokenizer().lcut(text) if not word.isspace()]


@cache
def _tokenizer() -> "jieba.Tokenizer":
    """A jieba tokenizer built from its dictionary: jieba's own start would read a cache file that anyone may write."""
    import jieba

    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return tokenizer


def column_weights(rows: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """Weight of each n-gram: one over the square root of the number of n-grams of its text, shape (len(rows),), float64."""
    number = np.bincount(rows, minlength=count)
    return 1.0 / np.sqrt(number[rows])


def flatten(lists: Iterable[Sequence[str]]) -> tuple[list[str], NDArray[np.int64]]:
    """All strings of many lists in order, and the number of the list that each came from (int64)."""
    flat: list[str] = []
    owner: list[int] = []
    for number, items in enumerate(lists):
        flat.extend(items)
        owner.extend([number] * len(items))
    return flat, np.array(owner, dtype=np.int64)
