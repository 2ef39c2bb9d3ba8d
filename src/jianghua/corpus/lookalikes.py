"""Characters that look like others, or like nothing → the ordinary ones, one for one in place, so that offsets hold.

Fonts and OCR write 一 as the radical ⼀ (U+2F00), old Korean and Big5 tables write 不 as U+F967; neither is found by any
pattern or model. Blanks that are none (Hangul fillers, pictures that were taken out) hide markers.
"""

import re
import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

_RADICALS = (
    "⺁厂⺄乙⺆冂⺇几⺈刀⺊卜⺋㔾⺎兀⺏尣⺐尢⺑尣⺒巳⺓幺⺔彑⺕彐⺖忄⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王⺪疋⺫目"
    "⺬示⺭礻⺮竹⺯糹⺰纟⺲罒⺴罓⺶羊⺷羊⺸羊⺹耂⺺肀⺻聿⺼月⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇角⻈讠⻉贝⻊足⻋车⻌辶⻍辶⻎辶⻏阝⻐钅⻑長⻒镸⻓长⻔门"
    "⻕阝⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞食⻟飠⻠饣⻡首⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀"
)
"""Radicals of the supplement and their characters (EquivalentUnifiedIdeograph.txt of Unicode); NFKC knows two of them."""
_FOLDED = (
    range(0x2E80, 0x2FE0),  # radicals
    range(0xF900, 0xFB00),  # compatibility ideographs
    range(0x2F800, 0x2FA20),
    range(0xFE10, 0xFE1A),  # punctuation of vertical text
    range(0xFE35, 0xFE45),
)
_BLANKS = {
    "\u3000": (0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0),  # as wide as a character
    " ": (*range(9), *range(0x0E, 0x1C), *range(0x7F, 0x85), *range(0x86, 0xA0)),
    "\u200b": (
        *(0x00AD, 0x034F, 0x061C, 0x180E, 0xFEFF, 0xFFFC),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10),
        *range(0xFFF9, 0xFFFC),
        *range(0xE0000, 0xE01F0),
    ),
}
"""What shows as a blank or not at all, by what it becomes; U+200B takes no room and is cut out of the text."""
_FEW = 12
_UNSEEN_LINE = re.compile("^[\u200b\u3000 \t\r]+$", re.MULTILINE)


def ordinary(text: str) -> str:
    """The same text, of the same length, in ordinary characters.

    >>> ordinary("\u3164⼀、⼯作\uf967⾜")
    '\u3000一、工作不足'
    """
    if text.isascii():
        return text
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype=np.uint16)
    hits = units[_is_folded().take(units)]
    if not hits.size:
        return text
    table = _table()
    few = [chr(unit) for unit in np.unique(hits).tolist() if unit in table]
    if len(few) <= _FEW and not ((hits >= 0xD800) & (hits < 0xE000)).any():
        for character in few:  # much faster than a translation
            text = text.replace(character, table[ord(character)])
    else:
        text = text.translate(table)
    return _UNSEEN_LINE.sub(lambda line: " " * len(line[0]), text) if "\u200b" in text else text


@cache
def _table() -> dict[int, str]:
    table = dict(zip(map(ord, _RADICALS[::2]), _RADICALS[1::2], strict=True))
    for code in (code for block in _FOLDED for code in block):
        folded = unicodedata.normalize("NFKC", chr(code))
        if len(folded) == 1 and folded != chr(code):
            table[code] = folded
    table.update(zip(range(0xFE10, 0xFE17), "，、。：；！？", strict=True))  # NFKC makes some of them half-width
    for blank, codes in _BLANKS.items():
        table.update(dict.fromkeys(codes, blank))
    return table


@cache
def _is_folded() -> NDArray[np.bool_]:
    """By unit of UTF-16, whether a character that is folded has it first."""
    found = np.zeros(0x10000, dtype=np.bool_)
    codes = np.fromiter(_table(), dtype=np.uint32)
    found[np.where(codes > 0xFFFF, 0xD7C0 + (codes >> 10), codes)] = True
    return found
