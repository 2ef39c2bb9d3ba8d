"""Bytes of a text file → characters. Offsets everywhere in the project count these characters."""

import codecs
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from jianghua.errors import UnreadableError

LEGACY_ENCODINGS = ["gb18030", "big5", "utf_16_le", "utf_16_be"]
_SHORT = 200
"""Bytes below which charset-normalizer guesses by chance."""

_BYTE_ORDER_MARKS = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]
_COMMON = frozenset(
    "的一是在了和有不人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自"
    "二理起小现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条"
    "只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几"
    "九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收，。、：；！“”（）們會來為這個國時說過"
)
"""The most frequent characters of Chinese text, and its punctuation."""
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1c\x1d\x1e\x1f"))


class Mark(NamedTuple):
    """What a file itself says of one line of its text; the default says nothing, and the line is judged by its text.

    `role` is "title", "heading", "paragraph" (body text, whatever its shape), "row" (of a table), "meta" (furniture: menu,
    header, footer, page number, contents list) or "" (the file does not say). `level` is 1–9 for a heading in an outline
    level (h1, “Heading 1”), else 0. `ends` is True where a block of the file ends with the line (it is a border, never
    guessed again), False where the file shows that the text goes on in the next line of text (a wrapped line), None where
    it does not say (a soft line break).
    """

    role: str = ""
    level: int = 0
    ends: bool | None = None


class Decoded(NamedTuple):
    """Text of a file without byte order mark, line ends as they were, and the encoding it was read in.

    For text that was taken out of another format, the encoding is that format: `docx`, `pdf`, `html gb18030`. Then `marks`
    has one mark for each line of `text` (cut at line feeds, the only line ends in it), or is empty where nothing is known.
    `properties` are what the file says of itself: “title”, “author”, “date”, “subject”, as far as it does.
    """

    text: str
    encoding: str
    marks: Sequence[Mark] = ()
    properties: Mapping[str, str] = {}

    @property
    def is_plain(self) -> bool:
        """Whether offsets count in the file itself; else in text that has to be saved for them to mean anything."""
        return self.encoding.split(" ")[0] not in ("html", "docx", "pdf", "picture")


def decode(data: bytes, name: str = "input") -> Decoded:
    """Decode UTF-8 (with or without byte order mark), UTF-16, GB18030 or Big5.

    Raises:
        UnreadableError: the file is empty, binary, or in no accepted encoding.

    >>> decode("同志们：".encode("gb18030")).encoding
    'gb18030'
    >>> decode("同志們：今天開會，主要是總結工作。".encode("big5")).encoding
    'big5'
    """
    if not data.strip():
        raise UnreadableError(f"{name}: the file is empty (0 characters of text); expected the text of a speech")
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _accept(data[len(mark) :], encoding, name)
    try:
        return _check_text(Decoded(data.decode("utf-8"), "utf-8"), name)
    except UnicodeDecodeError as error:
        failed_at = error.start
    from charset_normalizer import from_bytes

    if len(data) < _SHORT:
        short = _most_common_characters(data)
        if short is not None:
            return _accept(data, short, name)
    best = from_bytes(data, cp_isolation=LEGACY_ENCODINGS).best()
    if best is None:
        raise UnreadableError(
            f"{name}: not a text file in a known encoding (byte {data[failed_at]:#04x} at {failed_at} is not UTF-8); "
            "accepted: UTF-8, UTF-16, GB18030 (GBK, GB2312), Big5. Save the file as UTF-8 and try again"
        )
    return _accept(data, best.encoding, name)


def _most_common_characters(data: bytes) -> str | None:
    """Encoding in which a text too short for statistics has the largest share of very common characters."""
    shares = {}
    for encoding in LEGACY_ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        shares[encoding] = sum(character in _COMMON for character in text) / len(text)
    best = max(shares, key=shares.__getitem__, default=None)
    return best if best is not None and shares[best] > 0.2 else None


def _accept(data: bytes, encoding: str, name: str) -> Decoded:
    try:
        return _check_text(Decoded(data.decode(encoding), encoding.replace("_", "-")), name)
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"{name}: begins like {encoding} but byte {error.start} cannot be read as such; save the file as UTF-8"
        ) from None


def _check_text(decoded: Decoded, name: str) -> Decoded:
    text = decoded.text
    if not text.strip():
        raise UnreadableError(f"{name}: the file is empty (0 characters of text); expected the text of a speech")
    head = text[:100_000]
    encoded = head.encode("utf-8", "surrogatepass")
    control = len(encoded) - len(encoded.translate(None, _CONTROL))
    if control > len(head) / 200:
        raise UnreadableError(
            f"{name}: looks like a binary file ({control} control characters in the first {len(head)}); "
            "expected plain text in UTF-8, UTF-16, GB18030 or Big5"
        )
    return decoded


def read_text(path: Path, name: str | None = None) -> Decoded:
    """Read and decode one file.

    Raises:
        UnreadableError: see `decode`.
        OSError: the file cannot be opened.
    """
    return decode(path.read_bytes(), name or str(path))
