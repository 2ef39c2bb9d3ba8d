"""Outline markers at the beginning of lines: their forms, and which of them count something.

A numeral at the beginning of a line is a marker because its neighbours count on: 一、 is one because 二、 follows. “3、4月份”
and “一应俱全” look like markers and have no neighbours.
"""

import re
from bisect import bisect
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize, numeric

from jianghua.corpus.lazy import lazy
from jianghua.corpus.numerals import from_chinese, from_roman

_HAN = "(?:(?:一百零?)?(?:[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])|一百)"
_CAPITALS = "[壹贰叁肆伍陆柒捌玖拾]{1,3}"
_NUMBER = "[0-9０-９]{1,2}"
_DOT = "[、.．､﹑﹒]"
_STOP = r"[、.．､﹑﹒，,:：]"
_SUBJECT = "(?:句话|个方面|个问题|个层面|个关键词|个|点|方面|件事|项|条|步|类|种|层意思|大任务|项任务|项工作)?"

_FORMS: list[tuple[str, int, str]] = [
    # family, level, pattern; the first that matches wins
    ("part", 0, rf"第\s{{0,4}}(?:{_HAN}|{_NUMBER})\s{{0,4}}(?:部分|章|编)\s{{0,4}}{_STOP}?"),
    ("section", 0, rf"第\s{{0,4}}(?:{_HAN}|{_NUMBER})\s{{0,4}}(?:节|讲|篇章|板块|单元)(?:\s{{1,4}}|{_STOP})"),
    ("han", 1, rf"(?:{_HAN}|{_CAPITALS})\s{{0,4}}{_DOT}"),
    ("han_word", 1, rf"{_HAN}(?:\s{{0,4}}(?:[，,：:;；·・－]|。[、.．]?)|\s{{1,4}}(?=[\u4e00-\u9fff])|$)"),
    ("roman", 1, rf"(?:[\u2160-\u216b\u2170-\u217b]{{1,2}}|[IVX]{{1,4}})\s{{0,4}}{_DOT}"),
    (
        "han_bracket",
        2,
        rf"(?:[（(]\s{{0,4}}(?:{_HAN}|{_CAPITALS})\s{{0,4}}[）)]|[\u3220-\u3229])\s{{0,4}}{_DOT}?",
    ),
    ("han_square", 2, rf"[（(〔\[【［〈＜<]\s{{0,4}}{_HAN}\s{{0,4}}[）)〕\]】］〉＞>]\s{{0,4}}{_DOT}?"),
    ("han_half", 2, rf"{_HAN}\s{{0,4}}[）)]"),
    ("decimals", 4, r"[0-9０-９]{1,2}(?:[.．][0-9０-９]{1,2}){2,3}(?![0-9０-９%％‰])\s{0,4}[、.．､]?"),
    ("decimal", 3, r"[0-9０-９]{1,2}[.．][0-9０-９]{1,2}(?![0-9０-９%％‰])\s{0,4}[、.．､]?"),
    ("bracket", 4, rf"(?:[（(【]\s{{0,4}}{_NUMBER}\s{{0,4}}[）)】]|[\u2474-\u2487])\s{{0,4}}[、.．､]?"),
    (
        "arabic",
        3,
        rf"(?:{_NUMBER}\s{{0,4}}(?:[、､﹑﹒]|[.．](?![0-9０-９])|[.．](?=20[0-9]{{2}}年)|[）)])|[\u2488-\u249b])",
    ),
    ("circled", 4, "[\u2460-\u2473\u2776-\u277f\u2780-\u2793\u24eb-\u24ff\u3251-\u325f\u3280-\u3289\u32b1-\u32bf]"),
    (
        "ordinal",
        4,
        rf"第\s{{0,4}}(?:{_HAN}|{_NUMBER})\s{{0,4}}(?:{_SUBJECT}\s{{0,4}}{_STOP}|[条款]\s{{1,4}})",
    ),
    ("is", 4, rf"{_HAN}\s{{0,4}}(?:是|要|靠|看|抓|在|必须|需|应)"),
    ("first", 4, r"(?:首先|其次|再次|再者|最后|其一|其二|其三|其四|其五|其六)[，,、：:]"),
    ("letter", 4, r"[A-HＡ-Ｈa-h]\s{0,4}(?:[、､．）)]|\.(?![A-Za-z]))|[（(]\s{0,4}[A-Ha-hⅠ-Ⅻ]\s{0,4}[）)]"),
    ("stem", 4, r"[甲乙丙丁戊己庚辛]\s{0,4}[、.．､]"),
    ("number", 3, rf"{_NUMBER}(?:\s{{0,4}}(?:。|[，,:：·](?![0-9０-９]))|\s{{1,4}}(?=[\u4e00-\u9fff]))"),
    ("dash", 4, r"(?:——|──|―― ?|--)(?=.)"),
]
_BULLETS = r"·•‣⁃※№\u2190-\u21ff\u2580-\u2775\u2794-\u27bf\u2b00-\u2bff\ue000-\uf8ff\U0001f300-\U0001faff"
"""Signs, arrows, shapes, private use and pictures: what a bullet may look like."""
_BULLET = lazy(rf"[{_BULLETS}]{{1,2}}\s{{0,4}}|[-*]{{1,2}}\s{{0,4}}(?=[一二三四五六七八九十（(])")
_MARKER = lazy("|".join(f"(?P<{family}>{form})" for family, _, form in _FORMS))
_LEVEL = {family: level for family, level, _ in _FORMS}
RANK = {family: rank for rank, families in enumerate([
    ("part",), ("section",), ("han", "roman", "han_word"), ("han_bracket", "han_square", "han_half"),
    ("arabic", "decimal", "number"), ("decimals",),
    ("bracket", "circled", "ordinal", "is", "first", "letter", "stem", "dash"),
]) for family in families}  # fmt: skip
"""Which family stands above which in a document that has both; families of one rank stand as they come."""

_SIGNS = frozenset(
    "0123456789０１２３４５６７８９第（(〔[【［〈＜<甲乙丙丁戊己庚辛首其再最—─―"
    "IVXABCDEFGHabcdefghＡＢＣＤＥＦＧＨ一二三四五六七八九十百零〇壹贰叁肆伍陆柒捌玖拾"
)
"""What most markers begin with, and no bullet does."""
_BEGINS = _SIGNS.union(
    "-*·•‣⁃※№",
    *(
        map(chr, range(first, end))
        for first, end in (
            (0x2160, 0x2200),  # Roman numerals, arrows
            (0x2460, 0x2500),  # in circles, in brackets, with a stop
            (0x2580, 0x27C0),  # shapes, dingbats
            (0x2B00, 0x2C00),
            (0x3220, 0x322A),
            (0x3251, 0x32C0),
            (0xE000, 0xF900),
            (0x1F300, 0x1FB00),
        )
    ),
)
_NO_LEADER = re.compile(r"[一二三四五六七八九十]{1,4}(?:要(?:素|点|求|件|闻|塞)|是(?:一|非)|在(?:于|这))")
_UNIT = (
    r"(?:月|号|日|级|期|批|岁|楼|栋|季度|届|次|代|线|产业|类|组|队|连|班|个|名|位|家|天|周|小时|年级|"
    r"年(?:[内里前后间来]|左右|以|之|时)|[亿万千百%％‰倍元米吨亩度℃者方人两、､，,和至到\-—~～]|公里|平方|立方)"
)
_NEXT = lazy(
    rf"\s{{0,4}}([0-9０-９]{{1,2}}|[一二两三四五六七八九](?=[十百千万])|[一二三四五六七八九十]{{1,3}}|两)\s{{0,4}}(?:{_UNIT}|十)"
)
"""Numerals that are told one after the other: “3、4月份”, “二、三产业”."""
_FRACTION = lazy(r"\s{0,4}[0-9０-９]{1,2}(?:[.．][0-9])?\s{0,4}(?:[亿万千百%％‰倍元米吨亩度℃]|公里|平方|立方|个百分点)")
"""What follows a decimal point that was set off: “3. 5亿元”."""
_OF_A_DECIMAL = lazy(rf"\s{{0,4}}{_UNIT}")
_OF_A_NAME = re.compile("[期号]")
"""“（一）期工程”, “②号桥”."""
_FESTIVAL = re.compile(r"(?:中秋|国庆|元旦|春节|五一|双11|端午|清明)")
_STANDS_ALONE = frozenset(("part", "section", "han_bracket", "han_square", "bracket", "circled", "first", "dash"))
"""Families that nothing else looks like: one of them is a marker without neighbours, too."""
_MUST_COUNT = frozenset(
    ("is", "ordinal", "letter", "stem", "decimal", "decimals", "roman", "number", "han_word", "han_half")
)
"""Families that are ordinary words as often as markers."""
_LAST_RUNS = 4


class Marker(NamedTuple):
    """An outline marker: `family` of its form, `level` from 0 (第一部分) to 4, where it `end`s in the line, what it counts.

    `number` is 0 where it does not count.
    """

    family: str
    level: int
    end: int
    number: int


def find_marker(line: str) -> Marker | None:
    """What looks like a marker at the beginning of a line in simplified characters, or None.

    >>> find_marker("一、提高认识"), find_marker("（二）抓落实"), find_marker("(3)检查")  # doctest: +NORMALIZE_WHITESPACE
    (Marker(family='han', level=1, end=2, number=1), Marker(family='han_bracket', level=2, end=3, number=2),
     Marker(family='bracket', level=4, end=3, number=3))
    >>> find_marker("1.5亿元的投资").family, find_marker("一些同志认为"), find_marker("一是思想不够重视。").level
    ('decimal', None, 4)
    """
    first = line[:1]
    if first not in _BEGINS:
        return None
    bullet = _BULLET.match(line) if first not in _SIGNS else None
    match = (bullet and _MARKER.match(line, bullet.end())) or _MARKER.match(line)
    if match is None or match.lastgroup is None:
        return None
    family = match.lastgroup
    if family == "is" and _NO_LEADER.match(line):
        return None
    return Marker(family, _LEVEL[family], match.end(), _count(family, match[family]))


_SERIES = {
    "首先": 1,
    "其次": 2,
    "再次": 3,
    "再者": 3,
    "最后": 0,
    "其一": 1,
    "其二": 2,
    "其三": 3,
    "其四": 4,
    "其五": 5,
    "其六": 6,
}
_CAPITAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾", "一二三四五六七八九十")
_HAN_NUMERAL = re.compile(_HAN)


@lru_cache(maxsize=1024)
def _count(family: str, written: str) -> int:
    """Number that a marker stands for; 0 where it stands for none."""
    if family == "dash":
        return 0
    if family == "first":
        return _SERIES[written[:2]]
    if family == "letter":
        sign = normalize("NFKC", written.strip("（( ")[0])
        return (
            from_roman(sign)
            if sign[0] in "IVX" and written.strip("（( ")[0] >= "\u2160"
            else ord(sign.lower()) - ord("a") + 1
        )
    if family == "stem":
        return "甲乙丙丁戊己庚辛".index(written[0]) + 1
    if family in ("decimal", "decimals"):
        return int(re.split(r"[.．]", written.rstrip("、.．､ "))[-1].strip())
    if family == "roman" and written[0] in "IVX":
        return from_roman(re.match("[IVX]+", written)[0])  # type: ignore[index]
    han = _HAN_NUMERAL.search(written.translate(_CAPITAL))
    if han:
        return from_chinese(han[0])
    digits = re.search("[0-9]+", normalize("NFKC", written))
    if digits:
        return int(digits[0])
    return int(numeric(written[0], 0))


class Numbering:
    """Which of a file's lines that look like markers are some, and with which others each is counted.

    >>> lines = ["一、成绩", "3、4月份是关键时期。", "二、任务", "一看就懂的明白卡发到了每家每户。"]
    >>> numbering = Numbering((index, line, found) for index, line in enumerate(lines) if (found := find_marker(line)))
    >>> [lines[index] for index in numbering.markers]
    ['一、成绩', '二、任务']
    >>> numbering.run_of
    {0: [0, 2], 2: [0, 2]}
    """

    def __init__(self, candidates: Iterable[tuple[int, str, Marker]]) -> None:
        held: list[tuple[int, Marker, list[int], bool]] = []  # bool: whether it needs no neighbour
        doubtful: list[tuple[int, Marker]] = []
        open_runs: dict[str, list[tuple[int, list[int]]]] = {}
        for index, line, marker in candidates:
            if marker.family == "decimal":  # “21.5+2…” may as well be the twenty-first
                doubtful.append((index, _whole_number(line, marker)))
            if not marker.number:
                held.append((index, marker, [index], _needs_no_neighbour(line, marker)))
                continue
            is_quantity = _is_quantity(line, marker)
            if is_quantity and not _is_phrase(line):
                doubtful.append((index, marker))
            elif marker.number > 1 or not _holds_its_list(line, marker):
                run = _count_in(open_runs.setdefault(marker.family, []), index, marker)
                held.append((index, marker, run, not is_quantity and _needs_no_neighbour(line, marker)))
        self.markers: dict[int, Marker] = {
            index: marker for index, marker, run, stands_alone in held if stands_alone or len(run) > 1
        }
        """Markers by the number of their line."""
        self.run_of: dict[int, list[int]] = {index: run for index, _, run, _ in held if index in self.markers}
        """Lines that are counted together, in order, by the number of each."""
        of_family: dict[str, list[int]] = {}
        for index, marker in self.markers.items():
            of_family.setdefault(marker.family, []).append(index)
        for index, marker in doubtful:
            if index in self.markers:
                continue
            self._fill_gap(index, marker, of_family.get(marker.family, []))

    def _fill_gap(self, index: int, marker: Marker, same: list[int]) -> None:
        """A numeral that could be a quantity is a marker where just its number is missing."""
        place = bisect(same, index)
        if place == len(same):
            return
        before, after = same[place - 1], same[place]
        if marker.number == 1 and self.markers[after].number == 2 and self.run_of[after][0] == after:
            self._join(index, marker, self.run_of[after], 0)
            return
        if not place:
            return
        run = self.run_of[before]
        if after in run and self.markers[before].number + 1 == marker.number == self.markers[after].number - 1:
            self._join(index, marker, run, run.index(after))

    def _join(self, index: int, marker: Marker, run: list[int], place: int) -> None:
        run.insert(place, index)
        self.markers[index] = marker
        self.run_of[index] = run


def _whole_number(line: str, marker: Marker) -> Marker:
    whole = re.match(r"[^.．]{1,4}[.．]", line)
    end = whole.end() if whole else marker.end
    return Marker("arabic", _LEVEL["arabic"], end, _count("arabic", line[:end]))


def _count_in(latest: list[tuple[int, list[int]]], index: int, marker: Marker) -> list[int]:
    """Put a line into the run that it goes on with, or begin one; `latest` are the open runs with their last numbers."""
    number = marker.number
    run: list[int] = []
    if number > 1:
        for at in range(len(latest) - 1, -1, -1):
            if latest[at][0] < number <= latest[at][0] + 2:
                run = latest.pop(at)[1]
                break
    del latest[:-_LAST_RUNS]
    run.append(index)
    latest.append((number, run))
    return run


def _is_quantity(line: str, marker: Marker) -> bool:
    """Whether what follows the numeral makes it part of a list of numerals or of a decimal fraction."""
    if marker.family in ("decimal", "decimals", "number"):
        return _OF_A_DECIMAL.match(line, marker.end) is not None
    if marker.family == "arabic" and line[marker.end - 1] in ".．" and _FRACTION.match(line, marker.end):
        return True
    if marker.family in ("han_bracket", "han_square", "bracket", "circled"):
        return _OF_A_NAME.match(line, marker.end) is not None
    if marker.family not in ("han", "arabic", "ordinal"):
        return False
    following = _NEXT.match(line, marker.end)
    return following is not None and marker.number < _numeral(following[1]) <= marker.number + 2


def _is_phrase(line: str) -> bool:
    """Whether a line is a phrase, as headings are, rather than a sentence in which a quantity can stand."""
    return len(line) <= 40 and line[-1] not in "。；;"


def _numeral(written: str) -> int:
    if written == "两":
        return 2
    return from_chinese(written) if _HAN_NUMERAL.match(written) else int(normalize("NFKC", written))


_NEXT_ONE = dict(enumerate("二三四五六七八九", 1))


def _holds_its_list(line: str, marker: Marker) -> bool:
    """Whether the line counts on by itself: “一是…；二是…。”"""
    following = _NEXT_ONE.get(marker.number)
    if following is None or marker.family not in ("is", "ordinal"):
        return False
    sign = line[marker.end - 1]
    return (
        f"{following}{sign}" in line
        if marker.family == "is"
        else re.search(rf"第{following}.{{0,4}}{re.escape(sign)}", line) is not None
    )


def _needs_no_neighbour(line: str, marker: Marker) -> bool:
    if marker.family in _STANDS_ALONE:
        return True
    if marker.family in _MUST_COUNT and (marker.family != "ordinal" or marker.number != 1):
        return False
    if marker.family != "ordinal" and marker.number == 1:
        return True
    return _is_phrase(line) and _FESTIVAL.match(line, marker.end) is None
