"""Bytes of a text file → characters. Offsets everywhere in the project count these characters."""

import codecs
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from jianghua.corpus.encodings import LOST, Reading, checked, quality, read_as, read_in_any, refuse_mojibake
from jianghua.corpus.formats.table import TAKEN_OUT
from jianghua.errors import UnreadableError

_BYTE_ORDER_MARKS = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1c\x1d\x1e\x1f"))
_WIDE = ("utf-16-le", "utf-16-be")
_HEAD = 100_000
_PADDING = "\0\x1a"
_ENDS = tuple(_PADDING)
"""What old editors and damaged disks leave at the end of a file."""
_TAKEN_OUT = TAKEN_OUT | {"mended"}


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

    For text that was taken out of another format, the encoding is that format: `docx`, `pdf`, `html gb18030`, `doc`. Then `marks`
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
        return self.encoding.split(" ")[0] not in _TAKEN_OUT


def decode(data: bytes, name: str = "input", declared: str | None = None) -> Decoded:
    """Decode UTF-8 (with or without byte order mark), UTF-16, GB18030 or Big5.

    The encoding of text in which damage was mended or marked begins with “mended”.

    Args:
        declared: the encoding that the file itself names, for what is not UTF-8.

    Raises:
        UnreadableError: the file is empty, binary, in no accepted encoding, or its text was lost before it was saved.

    >>> decode("同志们：".encode("gb18030")).encoding
    'gb18030'
    >>> decode("同志們：今天開會，主要是總結工作。".encode("big5")).encoding
    'big5'
    """
    if not data.strip(b"\0\x1a \t\n\r\f\v"):
        raise UnreadableError(f"{name}: the file is empty (0 characters of text); expected the text of a speech")
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            rest = data[len(mark) :]
            wide = read_as(rest, encoding) if encoding != "utf-8" else None
            if wide is not None and (quality(wide.text[:2000]) > 0 or not _is_utf_8(rest)):
                return _accept(checked(wide, name), name)
            data = rest  # the mark may have been put before text in another encoding
            break
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _accept(read_in_any(data, name, declared), name)
    if "~{" in text and data.isascii() and quality(hanzi := data.decode("hz", "replace")) > 0.4:
        return _accept(checked(Reading(hanzi, "hz"), name), name)
    control = _controls(data if len(data) <= _HEAD else text[:_HEAD].encode())
    if control:  # all of UTF-16 may be UTF-8 by accident
        likely = {encoding: quality(data[:20_000].decode(encoding, "replace")) for encoding in _WIDE}
        best = max(likely, key=likely.__getitem__)
        if likely[best] > max(quality(text[:10_000]), 0.2):
            return _accept(checked(read_as(data, best), name), name)
    return _accept(checked(Reading(text, "utf-8"), name) if LOST in text else Reading(text, "utf-8"), name, control)


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _accept(reading: Reading, name: str, control: int | None = None) -> Decoded:
    text = reading.text.rstrip(_PADDING) if reading.text.endswith(_ENDS) else reading.text
    if not text.strip():
        raise UnreadableError(f"{name}: the file is empty (0 characters of text); expected the text of a speech")
    if control is None or text is not reading.text:
        control = _controls(text[:_HEAD].encode("utf-8", "surrogatepass"))
    if control > len(text[:_HEAD]) / 200 and control > 1:
        raise UnreadableError(
            f"{name}: looks like a binary file ({control} control characters in the first {len(text[:_HEAD])}); "
            "expected plain text in UTF-8, UTF-16, GB18030 or Big5"
        )
    refuse_mojibake(text, name)
    return Decoded(text, f"mended {reading.encoding}" if reading.mended else reading.encoding)


def _controls(encoded: bytes) -> int:
    """Control characters of text in UTF-8, a hole of zeros counted as one."""
    control = len(encoded) - len(encoded.translate(None, _CONTROL))
    if control and b"\0\0" in encoded:
        control -= sum(len(hole) - 1 for hole in re.findall(b"\0{2,}", encoded))
    return control


def read_text(path: Path, name: str | None = None) -> Decoded:
    """Read and decode one file.

    Raises:
        UnreadableError: see `decode`.
        OSError: the file cannot be opened.
    """
    return decode(path.read_bytes(), name or str(path))
