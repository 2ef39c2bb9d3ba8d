"""What the elements of a run of Word stand for, and where a paragraph of them has line ends."""

from lxml import etree

from jianghua.corpus.formats.elements import child, value
from jianghua.corpus.formats.headings import has_marker, names_a_speech
from jianghua.corpus.formats.symbols import PRIVATE, glyph, is_symbol_font, sign, with_glyphs

_PAGE = "\f"
_STOPS = tuple("。！？；：”…!?;:")


def text_of(node: etree._Element) -> str:
    """Text of a run; what a symbol font draws for it."""
    text = node.text or ""
    if "\n" in text or "\r" in text:  # of a file that was laid out by hand: white space like any other
        text = " ".join(text.split())
    is_letter = len(text) == 1 and text < "\u0100"
    if not (is_letter or PRIVATE.search(text)):
        return text
    run = node.getparent()
    font = value(child(run, "rPr", "rFonts"), "ascii")
    if is_letter:
        return glyph(ord(text), font) if text > " " and is_symbol_font(font) else text
    return with_glyphs(text, font)


def written(tag: str, node: etree._Element) -> str:
    """Text that an element of a run stands for."""
    if tag == "br":
        return _PAGE if value(node, "type") in ("page", "column") else "\n"
    if tag == "cr":
        return "\n"
    if tag in ("tab", "ptab"):
        return "\t"
    if tag == "noBreakHyphen":
        return "-"
    if tag == "textpath":  # WordArt, as in the heads of official documents
        return value(node, "string") or ""
    if tag == "sym":
        return sign(value(node, "char"), value(node, "font"))
    return ""


def without_pages(text: str) -> str:
    """Text of a paragraph in which a new page or column inside a sentence is no line end."""
    if _PAGE not in text:
        return text
    whole, *others = text.split(_PAGE)
    for other in others:
        before = whole.rpartition("\n")[2].rstrip()
        is_open = (len(before) >= 20 or "，" in before or has_marker(before)) and not names_a_speech(before)
        joins = is_open and not before.endswith(_STOPS) and not other[:1].isspace() and not has_marker(other)
        whole += other if joins else "\n" + other
    return whole
