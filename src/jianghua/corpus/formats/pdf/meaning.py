"""Whether the characters of a PDF mean anything: some fonts do not say what they show, others say it wrongly."""

from collections import Counter
from functools import cache

_COMMON = frozenset(
    "的一是在了和有不人这中大为上个国我以要们作地于出就分对成会可主发年动同工也能下过子说产面而方后多定行学法所民得十三进着等部度家力里二理起小现加量都体制机当"
    "使点从业本把性应开它合因由些然前政四日社义事平全与关各重新数正心明相社市县区领导组织加强推进建设会議來們為個國時說過發業產動實"
)
"""Some of the most frequent characters, simplified and traditional."""
_ENOUGH = 20
"""Chinese characters from which it shows how many of them nobody uses."""
_ENOUGH_FOR_COMMON = 300
"""The same for how few are common: a list of names in type of its own has few, too."""
_FEWEST_FAMILIAR = 0.6
_FEWEST_COMMON = 0.1


def is_nonsense(text: str) -> bool:
    """Whether Chinese characters occur in a text as they do in none.

    >>> is_nonsense("今天召开这次会议，主要是总结工作、部署任务，会后请认真贯彻落实。")
    False
    >>> is_nonsense("贸擸漎膯腂痖皲隘鍽哖鮆繜癞瞋睴篡厔郶劦鬿皔瘀鍯糇哖療邔亽")
    True
    """
    counts = {letter: count for letter, count in Counter(text).items() if "\u3400" <= letter < "\ua000"}
    total = sum(counts.values())
    if total < _ENOUGH:
        return False
    familiar = sum(count for letter, count in counts.items() if letter in _familiar())
    common = sum(count for letter, count in counts.items() if letter in _COMMON)
    return familiar < _FEWEST_FAMILIAR * total or (total >= _ENOUGH_FOR_COMMON and common < _FEWEST_COMMON * total)


def unknown(text: str) -> int:
    """Characters that are none: controls, private ones, what a font does not name."""
    counts = Counter(text)
    return sum(
        count
        for letter, count in counts.items()
        if letter == "\ufffd" or letter < " " or "\x7f" <= letter < "\xa0" or "\ue000" <= letter < "\uf900"
    )


@cache
def _familiar() -> frozenset[str]:
    """Characters of everyday use, simplified (first level of GB 2312) and traditional (first level of Big5)."""
    rows = [("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF)), ("big5", range(0xA4, 0xC7), range(0x40, 0xFF))]
    pairs = [(bytes((high, low)), encoding) for encoding, highs, lows in rows for high in highs for low in lows]
    return frozenset(letter for pair, encoding in pairs if len(letter := pair.decode(encoding, "ignore")) == 1)
