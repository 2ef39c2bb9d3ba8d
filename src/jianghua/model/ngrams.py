"""Texts → hashed n-grams, with NumPy over the code points of all texts at once (feature hashing: Weinberger et al. 2009)."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from jianghua.corpus.characters import code_points
from jianghua.errors import UsageError

if TYPE_CHECKING:
    import jieba

Grams = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Rows (which text) and buckets (which feature) of every n-gram, both int64 of one length."""

_MULTIPLIER, _FINISH = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B)
LONGEST = 5
"""Most characters, or words, of an n-gram."""

MOST_BITS = 20
"""Of the columns of a feature set: 2**20, weights of 24 MB."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts one after another.

    Args:
        codes: shape (characters of all texts,), uint32, code points.
        lengths: shape (texts,), int64, characters of each text.
    """

    codes: NDArray[np.uint32]
    lengths: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """Texts as they are held here."""
        return cls(code_points("".join(texts)), np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)))

    def strings(self) -> list[str]:
        """The texts as strings.

        >>> Texts.of(["要抓", "", "要"]).strings()
        ['要抓', '', '要']
        """
        joined = self.codes.tobytes().decode("utf-32-le", "surrogatepass")
        ends = np.cumsum(self.lengths).tolist()
        return [joined[at:to] for at, to in zip([0, *ends], ends, strict=False)]


def ngram_buckets(codes: NDArray[np.uint32], low: int, high: int, bits: int) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """For each length n from `low` to `high`, the bucket of the n-gram at every place where one begins.

    A multiplicative hash (Knuth 1998, 6.4) that grows by a character at a time; texts are not told apart.

    Args:
        low, high: lengths, 1 ≤ low ≤ high ≤ LONGEST.
        bits: buckets are numbered from 0 to 2**bits - 1.

    Returns:
        pairs of n and an array of shape (max(len(codes) - n + 1, 0),).

    Raises:
        ValueError: the lengths or bits are out of range.
    """
    _check_lengths(low, high, bits, "characters")
    state = np.zeros(len(codes), dtype=np.uint32)
    for n in range(1, high + 1):
        if n > 1:
            state = state[:-1]
        state = (state + codes[n - 1 :] + np.uint32(1)) * _MULTIPLIER
        state ^= state >> np.uint32(15)
        if n >= low:
            yield n, ((state * _FINISH) >> np.uint32(32 - bits)).astype(np.intp)


def character_ngrams(texts: Sequence[str], low: int, high: int, bits: int) -> Grams:
    """Buckets of all character n-grams of `low` to `high` characters (see `ngram_buckets`); none spans two texts.

    >>> rows, buckets = character_ngrams(["要抓", "要"], 1, 2, 10)
    >>> rows.tolist(), bool(buckets[0] == buckets[2])
    ([0, 0, 1, 0], True)
    """
    held = Texts.of(texts)
    lengths = held.lengths
    owner = np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(owner), dtype=np.int64)
    empty = np.zeros(0, dtype=np.int64)
    rows, buckets = [empty], [empty]
    for n, found in ngram_buckets(held.codes, low, high, bits):
        inside = left[: len(found)] >= n
        rows.append(owner[: len(found)][inside])
        buckets.append(found[inside])
    return np.concatenate(rows), np.concatenate(buckets)


def word_ngrams(texts: Sequence[str], low: int, high: int, bits: int) -> Grams:
    """Buckets of all runs of `low` to `high` jieba words.

    >>> rows, buckets = word_ngrams(["加强学习", "加强"], 1, 1, 12)
    >>> rows.tolist(), bool(buckets[0] == buckets[2])
    ([0, 0, 1], True)
    """
    _check_lengths(low, high, bits, "words")
    rows: list[int] = []
    buckets: list[int] = []
    mask = (1 << bits) - 1
    for row, text in enumerate(texts):
        words = words_of(text)
        for n in range(low, high + 1):
            for at in range(len(words) - n + 1):
                rows.append(row)
                buckets.append(zlib.crc32(" ".join(words[at : at + n]).encode("utf-8", "surrogatepass")) & mask)
    return np.array(rows, dtype=np.int64), np.array(buckets, dtype=np.int64)


@lru_cache(maxsize=200_000)  # folds of a job ask for the same texts again and again
def words_of(text: str) -> tuple[str, ...]:
    """Words of a text by jieba, white space dropped.

    >>> words_of("坚决做到两个维护，狠抓落实。")
    ('坚决', '做到', '两个维护', '，', '狠抓落实', '。')
    """
    return tuple(word for word in _tokenizer().lcut(text) if not word.isspace())


@cache
def _tokenizer() -> "jieba.Tokenizer":
    """A jieba tokenizer with the genre's terms beside its own dictionary.

    Built from the dictionary each time: jieba's own start would read a cache file that anyone may write.
    """
    import jieba

    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    for term in files("jianghua.model").joinpath("genre_terms.txt").read_text(encoding="utf-8").split():
        tokenizer.add_word(term)
    return tokenizer


def column_weights(rows: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """Weight of each n-gram: one over the square root of the number of n-grams of its text, shape (len(rows),), float64."""
    number = np.bincount(rows, minlength=count)
    return 1.0 / np.sqrt(number[rows])


def _check_lengths(low: int, high: int, bits: int, units: str) -> None:
    if not 1 <= low <= high <= LONGEST or not 1 <= bits <= MOST_BITS:
        raise UsageError(
            f"n-grams of {low} to {high} {units} in 2**{bits} buckets; "
            f"expected 1 ≤ low ≤ high ≤ {LONGEST} and bits 1–{MOST_BITS}"
        )
