"""Numbers of numerals that Chinese and Roman signs write."""

_LONGEST = 16
"""Signs of a numeral that are looked at: no page, date or section has longer ones."""
_DIGITS = {sign: value for value, sign in enumerate("一二三四五六七八九", 1)} | dict.fromkeys("零〇○ＯO◯0０", 0)
_UNITS = {"十": 10, "百": 100}
_SHORT = str.maketrans({"元": "一", "廿": "二十", "卅": "三十"})
_ROMAN = {"i": 1, "v": 5, "x": 10}


def from_chinese(numeral: str) -> int:
    """Number of a numeral below a thousand, or of one told digit by digit; other signs count as nothing.

    >>> [from_chinese(numeral) for numeral in ("七", "十二", "二十一", "一百零三", "二○二四", "廿一", "元")]
    [7, 12, 21, 103, 2024, 21, 1]
    """
    total = 0
    digit: int | None = None
    for sign in numeral[:_LONGEST].translate(_SHORT):
        if sign in _UNITS:
            total += (1 if digit is None else digit) * _UNITS[sign]
            digit = None
        elif sign in _DIGITS:
            digit = 10 * (digit or 0) + _DIGITS[sign]
    return total + (digit or 0)


def from_roman(numeral: str) -> int:
    """Number of a Roman numeral in letters, capital or small.

    Raises:
        KeyError: a letter is not I, V or X.

    >>> [from_roman(numeral) for numeral in ("iv", "XII", "vi")]
    [4, 12, 6]
    """
    values = [_ROMAN[letter] for letter in numeral[:_LONGEST].lower()]
    return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))
