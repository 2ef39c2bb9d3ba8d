"""What kinds of characters a text holds and where: one look with NumPy, so that patterns run only where they can match."""

from functools import cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from jianghua.corpus import boilerplate, traditional

TRADITIONAL, NARROW, ZERO_WIDTH, TERMINAL, ELLIPSIS, CLOSING, SITE = (1 << bit for bit in range(7))
"""Kinds: changed by `simplify`; half-width punctuation; invisible; 。！？； and ; ! ?; …; closing quotes and brackets;
characters that only words of web pages begin with."""

_OF_KIND = {
    NARROW: ",;:!?()",
    ZERO_WIDTH: boilerplate.ZERO_WIDTH_CHARACTERS,
    TERMINAL: "。！？!?；;",
    ELLIPSIS: "…",
    CLOSING: "”’」』）)]】》",
}
_LAST = 0xFFFF
_MIX = np.uint16(40503)


def code_points(text: str) -> NDArray[np.uint32]:
    """All characters as numbers, shape (len(text),)."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def kinds_of(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Kinds of characters, as sums of the constants above: shape (len(codes),).

    >>> kinds_of(code_points("好。”")).tolist() == [0, TERMINAL, CLOSING]
    True
    """
    found: NDArray[np.uint8] = _kinds().take(np.minimum(codes, _LAST))
    return found


def impurities(text: str, codes: NDArray[np.uint32], kinds: NDArray[np.uint8]) -> list[int]:
    """Places of characters without width and of words that only web pages use (`boilerplate.SITE_WORDS`), in order.

    Args:
        text: in simplified characters.
        codes, kinds: its code points and their kinds.

    >>> text = "更多范文，全在本站。"
    >>> impurities(text, codes := code_points(text), kinds_of(codes))
    [0, 2, 7]
    """
    words = _site_words()
    units = codes.astype(np.uint16)
    pairs = np.flatnonzero(_site_pairs().take(units[:-1] * _MIX + units[1:])).tolist()
    found = [at for at in pairs if text.startswith(words.get(text[at : at + 2], ()), at)]
    return sorted({*found, *np.flatnonzero((kinds & (ZERO_WIDTH | SITE)) != 0).tolist()})


@cache
def _kinds() -> NDArray[np.uint8]:
    table = np.zeros(_LAST + 1, dtype=np.uint8)
    for kind, characters in (
        *_OF_KIND.items(),
        (TRADITIONAL, traditional.TRADITIONAL),
        (SITE, boilerplate.SITE_CHARACTERS),
    ):
        table[code_points(characters)] |= np.uint8(kind)
    return table


@cache
def _site_words() -> dict[str, tuple[str, ...]]:
    """Words by their first two characters."""
    words = sorted(boilerplate.SITE_WORDS)
    return {pair: tuple(same) for pair, same in groupby(words, key=lambda word: word[:2])}


@cache
def _site_pairs() -> NDArray[np.bool_]:
    """By the hash of two characters, whether a word of web pages begins with them."""
    codes = code_points("".join(_site_words())).astype(np.uint16)
    table = np.zeros(_LAST + 1, dtype=np.bool_)
    table[codes[::2] * _MIX + codes[1::2]] = True
    return table
