"""Texts as the full-text index takes them: each character is a word, so that phrases of any length are found."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from jianghua.archive.folding import fold_character
from jianghua.corpus.characters import code_points

SEPARATOR = "¦"
"""Between pieces that do not belong together: no phrase goes over it."""
_BETWEEN = "\n"
_NOT_YET = 0xFFFF_FFFF
_FOLDS = np.full(0x11_0000, _NOT_YET, dtype=np.uint32)
"""What each character is searched as; filled as characters come."""
_FOLDS[ord(_BETWEEN)] = ord(_BETWEEN)


def spaced(texts: Sequence[str]) -> list[str]:
    """Texts folded, with a blank behind each character; together they take half the time.

    >>> spaced(["安全，", "“生產”"])
    ['安 全 ， ', '  生 产   ']
    """
    whole = _BETWEEN.join(text.replace(_BETWEEN, " ") for text in texts)
    codes = code_points(whole)
    folded = _folded(codes)
    both = np.full(2 * len(codes), ord(" "), dtype=np.uint32)
    both[::2] = folded
    return both.tobytes().decode("utf-32-le").split(f"{_BETWEEN} ")


def _folded(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    folded = _FOLDS.take(codes)
    missing = folded == _NOT_YET
    if missing.any():
        for code in np.unique(codes[missing]).tolist():
            _FOLDS[code] = ord(fold_character(chr(code)))
        folded = _FOLDS.take(codes)
    return folded
