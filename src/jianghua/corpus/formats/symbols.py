"""Glyphs of symbol fonts (Wingdings, Symbol) → the characters that they show. They stand at code points of private use."""

import re

BULLET = "\uf0b7"
"""Any bullet, arrow or ornament of a symbol font, until the paragraph knows whether it stands before its text."""
PRIVATE = re.compile("[\uf020-\uf0ff]")
_LEADING = re.compile(f"[\\s\u3000]*(?:{BULLET}[\\s\u3000]*)+")

_FONTS = ("wingdings", "webdings", "symbol", "zapfdingbats", "zapf dingbats", "monotype sorts", "marlett")
_BOXES = {0x6F: "☐", 0xA8: "☐", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑"}
_WINGDINGS = {
    **_BOXES,
    **{0x81 + at: chr(ord("①") + at) for at in range(10)},
    **{0x8C + at: chr(ord("❶") + at) for at in range(10)},
}
_WINGDINGS_2 = {
    0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "☐",
    **{0x6A + at: chr(ord("①") + at) for at in range(10)},
    **{0x75 + at: chr(ord("❶") + at) for at in range(10)},
}  # fmt: skip
_SYMBOL = {
    **{code: chr(code) for code in (*range(0x20, 0x22), 0x23, 0x25, 0x26, *range(0x28, 0x2A), *range(0x2B, 0x40))},
    **dict(enumerate("ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", 0x41)),
    **dict(enumerate("αβχδεφγηιϕκλμνοπθρστυϖωξψζ", 0x61)),
    0x2D: "−", 0x5B: "[", 0x5D: "]", 0x7B: "{", 0x7C: "|", 0x7D: "}", 0x7E: "∼", 0xA2: "′", 0xA3: "≤", 0xA5: "∞",
    0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×", 0xB8: "÷",
    0xB9: "≠", 0xBB: "≈", 0xBC: "…", 0xD6: "√", 0xE5: "∑",
}  # fmt: skip


def is_symbol_font(font: str | None) -> bool:
    """Whether the letters of a font are pictures."""
    return font is not None and font.strip().lower().startswith(_FONTS)


def glyph(code: int, font: str | None) -> str:
    """Character that a symbol font shows for a code (its lowest byte counts); `BULLET` for whatever is an ornament.

    >>> glyph(0xF081, "Wingdings"), glyph(0xF061, "Symbol"), glyph(0x6C, "Wingdings") == BULLET
    ('①', 'α', True)
    """
    name = (font or "").strip().lower()
    if name == "symbol":
        table = _SYMBOL
    elif name == "wingdings 2":
        table = _WINGDINGS_2
    else:
        table = _WINGDINGS if name in ("wingdings", "") else {}
    return table.get(code & 0xFF, BULLET)


def sign(code: str | None, font: str | None) -> str:
    """Character of a `w:sym`: `code` is hexadecimal, or it is nothing.

    >>> sign("F0FE", "Wingdings"), sign("2460", "宋体"), sign("xyz", "Wingdings"), sign("D800", None)
    ('☑', '①', '', '')
    """
    try:
        point = int(code or "", 16)
    except ValueError:
        return ""
    if 0xF020 <= point <= 0xF0FF or (is_symbol_font(font) and 0x20 <= point <= 0xFF):
        return glyph(point, font)
    if not 0x20 <= point <= 0x10FFFF or 0xD800 <= point < 0xF900 or 0x7F <= point < 0xA0:
        return ""
    return chr(point)


def with_glyphs(text: str, font: str | None) -> str:
    """Text of a run in which code points of private use are replaced by what the font shows.

    >>> with_glyphs("\\uf0a7一是抓项目", None) == BULLET + "一是抓项目"
    True
    """
    return PRIVATE.sub(lambda match: glyph(ord(match[0]), font), text)


def settled(text: str) -> str:
    """Text of a paragraph in which ornaments before its first word are left out and others are bullets.

    >>> settled(f"{BULLET} 一是抓项目{BULLET}抓落实")
    '一是抓项目•抓落实'
    """
    if BULLET not in text:
        return text
    leading = _LEADING.match(text)
    return text[leading.end() if leading else 0 :].replace(BULLET, "•")
