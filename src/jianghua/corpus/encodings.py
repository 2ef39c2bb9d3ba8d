"""Which encoding bytes are in, told by the Chinese that they make; damage mended, or shown as U+FFFD, never read on as other words.

Charset detectors know many languages and refuse a file for one bad byte. Here there are five encodings and one language,
so each is tried and the text with the largest share of common Chinese characters is the right one.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from jianghua.errors import UnreadableError

LOST = "\ufffd"
"""Stands for bytes that are no character."""
_COMMON = frozenset(
    "的一是在了和有不人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自"
    "二理起小现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条"
    "只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几"
    "九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收，。、：；！“”（）們會來為這個國時說過"
)
"""The most frequent characters of Chinese text, and its punctuation."""
_LEAST = 0.2
"""Smallest quality of text that is believed to be Chinese: right text is above 0.5, text in a wrong encoding below 0.1."""
_SAMPLE = 32_768
_RUN = re.compile(rb"[\x80-\xff][\t\x20-\xff]*")
"""From the first byte beyond ASCII to the end of its line: there a character begins in all encodings but UTF-16."""
_ODD = re.compile("[\ue000-\uf8ff\x80-\x9f\u0400-\u04ff\u2500-\u257f\U000f0000-\U0010ffff]")
_DAMAGE = 100
"""One character in so many may be lost, and always two."""
_LONGEST_MENDED = 200_000
"""Bytes of damaged lines that are searched for the best way to read them."""
_DOUBLE_BYTE = ("gb18030", "big5hkscs", "cp950")
_ENCODINGS = ("utf-8", *_DOUBLE_BYTE, "utf-16-le", "utf-16-be")
_READ_AS = ("gb18030", "big5hkscs", "latin-1")
"""Encodings that other text is read in by mistake."""


class Reading(NamedTuple):
    """Text of some bytes, the encoding it was read in, and whether damage was mended, or marked by U+FFFD."""

    text: str
    encoding: str
    mended: bool = False


def read_in_any(data: bytes, name: str, declared: str | None = None) -> Reading:
    """Read bytes that are not all UTF-8 and have no byte order mark.

    Args:
        declared: the encoding that the file itself names; it decides where two make about the same sense.

    Raises:
        UnreadableError: no encoding makes Chinese of them, or too much is damaged.

    >>> read_in_any("各位同志：今天開會。".encode("big5"), "talk.txt")
    Reading(text='各位同志：今天開會。', encoding='big5', mended=False)
    >>> read_in_any("同志们：今天开".encode() + b"\\xe4\\xbc", "talk.txt").text
    '同志们：今天开\ufffd'
    """
    sample = b"\n".join(_runs(data))
    tried = {}
    for encoding in _ENCODINGS:
        wide = encoding.startswith("utf-16")
        if wide and b"\0" not in data and data.isascii():
            continue
        piece = data[:_SAMPLE] if wide else sample
        tried[encoding] = quality(piece.decode(encoding, "replace")) + 0.3 * (encoding == declared)
    best = max(tried, key=tried.__getitem__)
    if tried[best] < _LEAST:
        at = next((at for at, byte in enumerate(data) if byte > 127), 0)
        raise UnreadableError(
            f"{name}: not a text file in a known encoding (byte {data[at]:#04x} at {at} is not UTF-8); "
            "accepted: UTF-8, UTF-16, GB18030 (GBK, GB2312), Big5. Save the file as UTF-8 and try again"
        )
    return checked(read_as(data, best), name)


def read_as(data: bytes, encoding: str) -> Reading:
    """Read bytes in one encoding; what is damaged becomes U+FFFD."""
    if encoding in ("big5", "big5hkscs", "cp950"):
        return _read_big5(data)
    try:
        return Reading(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        pass
    if encoding in _DOUBLE_BYTE:
        text = _mended(data, encoding)
    elif encoding == "utf-8":
        text = _without_surrogates(data)
    else:
        text = data.decode(encoding, "replace")
    return Reading(text, encoding, True)


def checked(reading: Reading, name: str) -> Reading:
    """Refuse text of which too much is lost.

    Raises:
        UnreadableError: more than one character in a hundred is.
    """
    lost = reading.text.count(LOST)
    if lost > max(2, len(reading.text) // _DAMAGE):
        raise UnreadableError(
            f"{name}: damaged ({lost:,} of {len(reading.text):,} characters of {reading.encoding} are lost; accepted: "
            f"one in {_DAMAGE}); find a better copy"
        )
    return reading


def quality(text: str) -> float:
    """How much like Chinese the characters beyond ASCII are: 1 where all are common, below 0.1 where they mean nothing.

    >>> quality("今年以来，全县的工作") > 0.5 > 0.1 > quality("浠婂勾浠ユ潵锛屽叏鍘跨殑宸ヤ綔")
    True
    """
    counts = Counter(text)
    total = weight = 0.0
    for character, count in counts.items():
        if character > "\x7f":
            total += count
            weight += count * _weight(character)
    return weight / total if total else 0.0


def refuse_mojibake(text: str, name: str) -> None:
    """Refuse text that was read in a wrong encoding and saved again, or lost before it was saved.

    Raises:
        UnreadableError: it is no text any more.

    >>> refuse_mojibake("浠婂勾浠ユ潵锛屽叏鍘跨殑宸ヤ綔", "talk.txt")
    Traceback (most recent call last):
    jianghua.errors.UnreadableError: talk.txt: mojibake (text in utf-8 that was read as gb18030 and saved again, \
as “浠婂勾浠ユ潵锛屽叏”); find the file it was made of, or save it again in its right encoding
    """
    step = max(len(text) // 4, 1)
    sample = text if len(text) <= 400 else "".join(text[at : at + 100] for at in range(0, 4 * step, step))
    marks = text.count("?")
    if marks > 20 and marks > len(text) / 3:
        raise UnreadableError(f"{name}: its characters were replaced by question marks; find the file it was made of")
    if text.count("锟斤拷") > max(2, len(text) // _DAMAGE):
        raise UnreadableError(
            f"{name}: mojibake (characters that were lost became “锟斤拷”); find the file it was made of"
        )
    common = 0
    for at in range(0, len(sample), 100):  # half of the sample says enough, most often
        common += sum(map(_COMMON.__contains__, sample[at : at + 100]))
        if common > _LEAST * len(sample):
            return
    if text.isascii():
        return
    sample = text[:10_000]
    beyond = sum(character > "\x7f" for character in sample)
    if beyond < 12:  # too little to judge
        return
    before = quality(sample)
    han = sum("\u3400" <= character <= "\u9fff" for character in sample)
    for wrong in _READ_AS if han > beyond / 4 else ("latin-1",):
        found = _bytes_of(sample, wrong)
        for right in ("utf-8", "gb18030", "big5hkscs"):
            text = found.decode(right, "ignore")
            if right != wrong and quality(text) > max(0.5, 2 * before) and len(text) > beyond / 8:
                raise UnreadableError(
                    f"{name}: mojibake (text in {right} that was read as {wrong} and saved again, as “{sample[:9]}”); "
                    "find the file it was made of, or save it again in its right encoding"
                )


@cache
def _weight(character: str) -> float:
    if character in _COMMON:
        return 1.0
    if character == LOST:
        return -3.0
    if _ODD.match(character):
        return -1.0
    for encoding, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        try:
            lead = character.encode(encoding)[0]
        except UnicodeEncodeError:
            continue
        if first <= lead <= last or (encoding == "gb2312" and lead == 0xA1):
            return 0.4  # the first level of the standard: characters in use
    return -0.3


def _runs(data: bytes) -> Iterator[bytes]:
    size = 0
    for run in _RUN.finditer(data):
        yield run[0][:_SAMPLE]
        size += len(run[0])
        if size > _SAMPLE:
            return


def _read_big5(data: bytes) -> Reading:
    """Big5 with the extensions of Hong Kong and ETEN, or with those of Windows."""
    for encoding in ("big5hkscs", "cp950"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return Reading(text, "big5" if data.decode("big5", "replace") == text else encoding)
    return Reading(_mended(data, "big5hkscs"), "big5hkscs", True)


def _without_surrogates(data: bytes) -> str:
    """UTF-8 with damage; two surrogates that were written as two characters (CESU-8) are one."""
    if b"\xed" in data:
        paired = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
        data = paired.sub(
            lambda pair: (
                pair[0]
                .decode("utf-8", "surrogatepass")
                .encode("utf-16-le", "surrogatepass")
                .decode("utf-16-le")
                .encode()
            ),
            data,
        )
    return data.decode("utf-8", "replace")


def _mended(data: bytes, encoding: str) -> str:
    """Double-byte text with damage: a line whose bytes are out of step is brought into step again."""
    left = _LONGEST_MENDED
    lines = []
    for line in data.splitlines(keepends=True):  # a line end is never part of a character
        try:
            lines.append(line.decode(encoding))
        except UnicodeDecodeError:
            left -= len(line)
            lines.append(_in_step(line, encoding) if left > 0 else line.decode(encoding, "replace"))
    return "".join(lines)


def _in_step(line: bytes, encoding: str) -> str:
    """The reading of a line that costs least: rare characters cost a little, a lost byte costs more (Viterbi, one pass)."""
    lost, rare, letter = 4.5, 2.5, 0.3

    @cache
    def pair(two: bytes) -> tuple[str, float] | None:
        try:
            character = two.decode(encoding)
        except UnicodeDecodeError:
            return None
        weight = max(map(_weight, character))
        return character, 0.0 if weight == 1.0 else 0.4 if weight > 0 else rare

    # cost of the best reading of all before here, and its last piece
    best: list[tuple[float, int, str]] = [(0.0, 0, "")] + [(float("inf"), 0, "")] * len(line)
    for at, byte in enumerate(line):
        cost = best[at][0]
        steps: list[tuple[int, str, float]] = (
            [(1, chr(byte), letter * (byte > 63))] if byte < 128 else [(1, LOST, lost)]
        )
        if byte >= 128:
            two = pair(line[at : at + 2]) if at + 1 < len(line) else None
            if byte == 0x80 and encoding == "gb18030":  # as Windows has it
                steps[0] = (1, "€", letter)
            elif two is not None:
                steps.append((2, *two))
            elif encoding == "gb18030" and 0x30 <= (line[at + 1] if at + 1 < len(line) else 0) <= 0x39:
                four = pair(line[at : at + 4])
                steps += [(4, four[0], four[1] + rare)] if four is not None and len(four[0]) == 1 else []
        for size, character, price in steps:
            if cost + price < best[at + size][0]:
                best[at + size] = (cost + price, size, character)
    pieces = []
    at = len(line)
    while at:
        _, size, character = best[at]
        pieces.append(character)
        at -= size
    return "".join(reversed(pieces))


def _bytes_of(text: str, wrong: str) -> bytes:
    if wrong != "latin-1":
        return text.encode(wrong, "ignore")
    pieces = []
    for character in text:  # as browsers and Windows do: cp1252, and control characters where it has none
        pieces.append(character.encode("cp1252", "ignore") or character.encode("latin-1", "ignore"))
    return b"".join(pieces)
