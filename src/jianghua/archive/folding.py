"""Text as it is searched: what means the same looks the same, one character for one, so that offsets hold.

Traditional characters become simplified, full-width ones half-width, capitals small. Quotation marks, brackets and blanks
do not count: “以人民为中心”的 is found as 以人民为中心的. Other punctuation does: a phrase ends where a sentence does.
"""

import re
import unicodedata

from jianghua.corpus.script import simplify

_BLANK = " "
_NOT_READ = frozenset("\"'`´·‧・•")
"""Quotation marks and the dots in names, whatever Unicode calls them."""
_NOT_READ_EITHER = ("Z", "C", "M", "Pi", "Pf", "Ps", "Pe")
"""Beginnings of Unicode's categories: blanks, what is invisible, accents, quotation marks, brackets."""


class _Folds(dict[int, str]):
    """For `str.translate`; characters are looked at as they come."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = fold_character(chr(code))
        return folded


def fold_character(character: str) -> str:
    """What a character is searched as: one character."""
    if unicodedata.category(character) == "Cs":
        return _BLANK
    plain = simplify(_one(unicodedata.normalize("NFKC", character), character))
    letters = [c for c in unicodedata.normalize("NFKD", plain) if unicodedata.category(c)[0] != "M"]
    plain = _one("".join(letters).casefold(), plain)
    if plain in _NOT_READ or unicodedata.category(plain).startswith(_NOT_READ_EITHER):
        return _BLANK
    if plain.isascii() and not plain.isalnum():  # full-width, for the index passes over the others
        return chr(ord(plain) + 0xFEE0)
    return plain


def _one(found: str, otherwise: str) -> str:
    return found if len(found) == 1 else otherwise


_FOLDS = _Folds()


def fold(text: str) -> str:
    """The text as it is searched, of the same length.

    >>> fold("“堅持以人民為中心”，GDP增長8％。")
    ' 坚持以人民为中心 ，gdp增长8％。'
    """
    return text.translate(_FOLDS)


def letters_of(phrase: str) -> str:
    """What of a phrase is searched; empty where nothing is.

    >>> letters_of("「安全 生產」")
    '安全生产'
    """
    return fold(phrase).replace(_BLANK, "")


def pattern_of(phrase: str) -> re.Pattern[str]:
    """Finds the phrase in a text that is folded.

    >>> pattern_of("以人民為中心的").search(fold("坚持“以人民为中心”的思想")).span()
    (3, 11)
    """
    return re.compile(" *".join(map(re.escape, letters_of(phrase))))
