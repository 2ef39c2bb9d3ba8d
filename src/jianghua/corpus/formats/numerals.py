"""Numbers as Word and browsers write them in front of paragraphs: 三, 叁, 丙, ③, iii, C, 3."""

from collections.abc import Callable

_DIGITS = "零一二三四五六七八九"
_LEGAL_SIMPLIFIED = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = [
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
]  # fmt: skip


def chinese(number: int, digits: str = _DIGITS, units: str = "十百千", short_ten: bool = True) -> str:
    """Number in Chinese words.

    >>> [chinese(n) for n in (3, 10, 12, 20, 105, 110, 2034)]
    ['三', '十', '十二', '二十', '一百零五', '一百一十', '二千零三十四']
    """
    if not 0 < number < 10_000:
        return digits[0] if number == 0 else str(number)
    words = ""
    gap = False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit == 0:
            gap = bool(words)
            continue
        words += (digits[0] if gap else "") + digits[digit] + (units[place - 1] if place else "")
        gap = False
    return words[1:] if short_ten and 10 <= number < 20 else words


def positional(number: int, digits: str) -> str:
    """Number written digit by digit.

    >>> positional(20, "〇一二三四五六七八九")
    '二〇'
    """
    return "".join(digits[int(digit)] for digit in str(number))


def roman(number: int) -> str:
    """Number in small Roman numerals; in digits from 4000.

    >>> roman(4), roman(1999), roman(4000)
    ('iv', 'mcmxcix', '4000')
    """
    if not 0 < number < 4000:
        return str(number)
    words = ""
    for value, letters in _ROMAN:
        words += letters * (number // value)
        number %= value
    return words


def letter(number: int) -> str:
    """Number as small letters as Word counts them: a … z, aa, bb …

    >>> letter(3), letter(27), letter(54)
    ('c', 'aa', 'bbb')
    """
    return chr(97 + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number <= 780 else str(number)


def circled(number: int) -> str:
    """Number in a circle; in digits above 50.

    >>> circled(3), circled(21), circled(50)
    ('③', '㉑', '㊿')
    """
    if 0 < number <= 20:
        return chr(0x2460 + number - 1)
    if 20 < number <= 35:
        return chr(0x3251 + number - 21)
    return chr(0x32B1 + number - 36) if 35 < number <= 50 else str(number)


def _run(first: str, count: int) -> Callable[[int], str]:
    return lambda number: chr(ord(first) + number - 1) if 0 < number <= count else str(number)


def _cycle(signs: str) -> Callable[[int], str]:
    return lambda number: signs[number - 1] if 0 < number <= len(signs) else str(number)


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": lambda number: positional(number, "０１２３４５６７８９"),
    "decimalFullWidth2": lambda number: positional(number, "０１２３４５６７８９"),
    "decimalEnclosedCircle": circled,
    "decimalEnclosedCircleChinese": circled,
    "decimalEnclosedParen": _run("⑴", 20),
    "decimalEnclosedFullstop": _run("⒈", 20),
    "ideographEnclosedCircle": _run("㊀", 10),
    "upperRoman": lambda number: roman(number).upper(),
    "lowerRoman": roman,
    "upperLetter": lambda number: letter(number).upper(),
    "lowerLetter": letter,
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "taiwaneseCounting": chinese,
    "taiwaneseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "ideographDigital": lambda number: positional(number, "〇一二三四五六七八九"),
    "japaneseDigitalTenThousand": lambda number: positional(number, "〇一二三四五六七八九"),
    "taiwaneseDigital": lambda number: positional(number, "〇一二三四五六七八九"),
    "chineseLegalSimplified": lambda number: chinese(number, _LEGAL_SIMPLIFIED, "拾佰仟", short_ten=False),
    "ideographLegalTraditional": lambda number: chinese(number, _LEGAL_TRADITIONAL, "拾佰仟", short_ten=False),
    "japaneseLegal": lambda number: chinese(number, _LEGAL_TRADITIONAL, "拾佰仟", short_ten=False),
    "ideographTraditional": _cycle(_STEMS),
    "ideographZodiac": _cycle(_BRANCHES),
    "none": lambda number: "",
}
"""`w:numFmt` of WordprocessingML (ECMA-376 part 1, 17.18.59) → writer; what is missing is written in digits."""


def format_number(number: int, kind: str) -> str:
    """Write a number in a format of WordprocessingML.

    >>> [format_number(3, kind) for kind in ("chineseCounting", "ideographTraditional", "decimalEnclosedCircle", "decimal")]
    ['三', '丙', '③', '3']
    """
    return _FORMATS.get(kind, str)(number)
