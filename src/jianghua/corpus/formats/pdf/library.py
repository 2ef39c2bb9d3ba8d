"""PDFium, started so that it sees no fonts but its own, and its calls in the form that is fast for every character of a page.

The same PDF gives the same text on every machine: PDFium would otherwise take sizes of fonts that a file does not embed from
whatever is installed. It heeds only the first start, so ours comes before pypdfium2's own.
"""

import ctypes
import math
import os
from collections import Counter, deque
from collections.abc import Sequence
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2_raw.bindings as _first

_FOLDER = ctypes.create_string_buffer(os.fsencode(Path(__file__).parent / "fonts"))
_FOLDERS = (ctypes.POINTER(ctypes.c_char) * 2)(ctypes.cast(_FOLDER, ctypes.POINTER(ctypes.c_char)))
"""Folders of fonts, ended by a null pointer."""
_first.FPDF_InitLibraryWithConfig(
    _first.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=_FOLDERS, m_pIsolate=None, m_v8EmbedderSlot=0)
)

import pypdfium2  # noqa: E402
import pypdfium2.raw as pdfium  # noqa: E402

__all__ = ["Boxes", "Style", "Styles", "longest_text", "pdfium", "pypdfium2", "read_boxes", "read_text"]

Boxes = tuple[Sequence[float], Sequence[float], Sequence[float], Sequence[float]]
"""Left, top, right and bottom of each character, in points."""
_TURNED = 3.0
"""Degrees by which text may be off the horizontal or the vertical."""


def _plain(function: Any, result: Any, *more: type) -> Any:
    """A call with addresses as whole numbers, which ctypes passes on without making objects of them."""
    kind = ctypes.CFUNCTYPE(result, ctypes.c_void_p, *more)
    return kind(ctypes.cast(function, ctypes.c_void_p).value or 0)


_get_box = _plain(pdfium.FPDFText_GetLooseCharBox, ctypes.c_int, ctypes.c_int, ctypes.c_void_p)
_get_unicode = _plain(pdfium.FPDFText_GetUnicode, ctypes.c_uint, ctypes.c_int)
_get_object = _plain(pdfium.FPDFText_GetTextObject, ctypes.c_void_p, ctypes.c_int)
_is_unnamed = _plain(pdfium.FPDFText_HasUnicodeMapError, ctypes.c_int, ctypes.c_int)
_get_origin = _plain(pdfium.FPDFText_GetCharOrigin, ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_get_matrix = _plain(pdfium.FPDFText_GetMatrix, ctypes.c_int, ctypes.c_int, ctypes.c_void_p)
_get_size = _plain(pdfium.FPDFText_GetFontSize, ctypes.c_double, ctypes.c_int)
_get_font = _plain(pdfium.FPDFTextObj_GetFont, ctypes.c_void_p)
_get_mode = _plain(pdfium.FPDFTextObj_GetTextRenderMode, ctypes.c_int)


def _address(page: Any) -> int:
    return ctypes.cast(page.raw, ctypes.c_void_p).value or 0


def read_text(page: Any, count: int) -> str:
    """The characters of a text page, one for each of its `count` places; � where a font does not say which."""
    units = (ctypes.c_ushort * (count + 1))()
    taken = pdfium.FPDFText_GetText(page, 0, count, units)
    text = bytes(units)[:-2].decode("utf-16-le", "replace")
    if taken == count + 1 and len(text) == count:
        return text
    codes = map(_get_unicode, repeat(_address(page)), range(count))  # some have no character, or two units
    return "".join([chr(code) if 0 < code < 0xD800 or 0xE000 <= code < 0x110000 else "\ufffd" for code in codes])


def read_boxes(page: Any, count: int) -> Boxes:
    """The place of each character of a text page; its height is that of its font, not of its strokes, where that is known."""
    boxes = (ctypes.c_float * (4 * count))()
    first = ctypes.addressof(boxes)
    deque(map(_get_box, repeat(_address(page)), range(count), range(first, first + 16 * count, 16)), maxlen=0)
    numbers = memoryview(boxes).cast("B").cast("f")
    return [*numbers[0::4]], numbers[1::4], [*numbers[2::4]], [*numbers[3::4]]  # few of the tops are looked at


def longest_text(page: Any, count: int) -> int:
    """Characters of the longest single text object of a text page."""
    objects = map(_get_object, repeat(_address(page)), range(count))
    return max(Counter(at for at in objects if at).values(), default=0)


class Style(NamedTuple):
    """How a text object is written; `turn` in degrees (0, 90, 180, 270), or None where it is aslant."""

    size: float
    turn: int | None
    font: int
    mode: int


_NONE = Style(1.0, 0, 0, 0)


class Styles:
    """Size, direction and font of characters of a text page, asked for once for each text object."""

    def __init__(self, page: Any) -> None:
        self._page = _address(page)
        self._known: dict[int, Style] = {}
        self._numbers = (ctypes.c_float * 6)()
        self._origin = (ctypes.c_double * 2)()
        self._at_numbers = ctypes.addressof(self._numbers)
        self._at_origin = ctypes.addressof(self._origin)

    def at(self, place: int) -> Style:
        """Style of a character."""
        text = _get_object(self._page, place)
        if text is None:  # a blank that PDFium put in
            return _NONE
        style = self._known.get(text)
        if style is None:
            style = self._known[text] = self._style(text, place)
        return style

    def origin(self, place: int) -> tuple[float, float]:
        """Where a character stands on its line."""
        _get_origin(self._page, place, self._at_origin, self._at_origin + 8)
        x, y = self._origin
        return x, y

    def is_unnamed(self, place: int) -> bool:
        """Whether the font of a character does not say which it is, so that PDFium gives its number."""
        return bool(_is_unnamed(self._page, place))

    def _style(self, text: int, place: int) -> Style:
        _get_matrix(self._page, place, self._at_numbers)
        a, b, c, d, _, _ = self._numbers
        size = abs(_get_size(self._page, place)) * math.hypot(c, d) or 1.0
        turn: int | None = 0
        if b or a < 0:
            degrees = math.degrees(math.atan2(b, a)) % 360
            turn = round(degrees / 90) % 4 * 90
            if abs((degrees - turn + 180) % 360 - 180) > _TURNED:
                turn = None
        return Style(size, turn, _get_font(text) or 0, _get_mode(text))
