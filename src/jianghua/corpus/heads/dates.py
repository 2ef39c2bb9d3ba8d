"""Dates as Chinese documents write them → ISO, as exact as the text says."""

from datetime import date
from typing import NamedTuple

from jianghua.corpus.lazy import lazy
from jianghua.corpus.numerals import from_chinese

_D = "[0-9０-９]"
_POINTS = "-./．－·"
_ZERO = "〇○零ＯO◯0０"
_HAN = f"[一二三四五六七八九{_ZERO}]"
_NUMBER = rf"{_D}{{1,2}}|[一二三四五六七八九十元廿卅]{{1,3}}"
_FULL = lazy(
    rf"(?<![0-9０-９.．])(?P<year>{_D}{{4}}|(?:{_HAN}\s?){{3}}{_HAN})\s{{0,4}}年(?![度级来])"
    rf"(?:\s{{0,4}}(?P<month>{_NUMBER})\s{{0,4}}月份?(?:\s{{0,4}}(?P<day>{_NUMBER})\s{{0,4}}(?:[日号]|(?=[）)\s]{{0,8}}$)))?)?"
)
_POINTED = lazy(
    rf"(?<![0-9０-９.．\-/])(?P<year>{_D}{{4}})\s?(?P<point>[{_POINTS}])\s?(?P<month>{_D}{{1,2}})"
    rf"(?:\s?(?P=point)\s?(?P<day>{_D}{{1,2}})(?![0-9０-９])|(?=[）)\s]{{0,8}}$))"
)
_POINT = lazy(f"{_D}\\s?[{_POINTS}]")
_MONTH_AND_DAY = lazy(rf"(?<![0-9０-９年])(?P<month>{_NUMBER})\s{{0,4}}月\s{{0,4}}(?P<day>{_NUMBER})\s{{0,4}}日")
_CLOCK = lazy(rf"\s{{0,4}}T?\s{{0,4}}{_D}{{1,2}}[:：]{_D}{{2}}")
_PROPERTY = lazy(r"(?:D:)?(\d{4})-?(\d\d)-?(\d\d)")


class Date(NamedTuple):
    """A date in a line: ISO, where it begins and ends there, and whether it is a web page's (2024-03-05 10:20)."""

    iso: str
    start: int
    end: int
    of_page: bool


def find_date(line: str) -> Date | None:
    """First date of a line in simplified characters; impossible parts of it are left out.

    >>> [find_date(line).iso for line in ("（二○二四年三月五日）", "2024.3.5", "２０２４年３月", "二零二四年", "2024年2月31日")]
    ['2024-03-05', '2024-03-05', '2024-03', '2024', '2024-02']
    >>> find_date("发布时间：2024-03-05 10:20").of_page, find_date("2024年度工作会议")
    (True, None)
    """
    for pattern, can_match in ((_FULL, "年" in line), (_POINTED, _POINT.search(line))):
        match = pattern.search(line) if can_match else None
        if match is None:
            continue
        iso = _iso(_number(match["year"]), match["month"], match["day"])
        if iso:
            return Date(iso, match.start(), match.end(), _CLOCK.match(line, match.end()) is not None)
    return None


def find_month_and_day(line: str, year: str) -> Date | None:
    """First “3月5日” of a line, in a year that is known from elsewhere.

    >>> find_month_and_day("（3月5日）", "2024")
    Date(iso='2024-03-05', start=1, end=5, of_page=False)
    """
    match = _MONTH_AND_DAY.search(line)
    iso = match and _iso(int(year), match["month"], match["day"])
    return Date(iso, match.start(), match.end(), False) if match and iso and len(iso) == 10 else None


def date_of_property(value: str) -> str | None:
    """Day of a date in a file's properties: ISO, or as PDF has it.

    >>> date_of_property("2024-03-05T08:00:00Z"), date_of_property("D:20240305080000+08'00'"), date_of_property("gestern")
    ('2024-03-05', '2024-03-05', None)
    """
    match = _PROPERTY.match(value.strip())
    return _iso(int(match[1]), match[2], match[3]) if match else None


def _iso(year: int, month: str | None, day: str | None) -> str | None:
    if not 1900 <= year <= 2100:
        return None
    parts = [_number(part) for part in (month, day) if part]
    while parts:
        try:
            date(year, *parts, *[1] * (2 - len(parts)))
            break
        except ValueError:
            parts.pop()
    return "-".join((str(year), *(f"{part:02}" for part in parts)))


def _number(text: str) -> int:
    """Number in digits of any width, or in Chinese numerals below 40 or digit by digit.

    >>> _number("３１"), _number("三十一"), _number("十"), _number("二○二四")
    (31, 31, 10, 2024)
    """
    if text.isdecimal():
        return int(text)
    return from_chinese("".join(text.split()))
