"""Excerpts as a Word file, in the type that official papers are set in: 仿宋, headings 黑体."""

import io
import zipfile
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from jianghua.archive.excerpts import Excerpts, source_line
from jianghua.tables import xml_text

_TEXT, _HEADINGS = "仿宋", "黑体"
_BEFORE_ALL_FILES = (1980, 1, 1, 0, 0, 0)
_BLACK, _GREY = RGBColor(0, 0, 0), RGBColor(0x59, 0x59, 0x59)


def render(excerpts: Excerpts) -> bytes:
    """A paragraph for each passage, its words in bold, and its source below it; groups have headings."""
    document = Document()
    about = document.core_properties
    about.title, about.author, about.comments = xml_text(excerpts.title)[:255], "", ""
    about.created = about.modified = datetime(2000, 1, 1)
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    _set_type(document)
    _add(document, "Title", excerpts.title)
    for name, passages in excerpts.groups():
        _add(document, "Heading1", name)
        for passage in passages:
            paragraph = _add(document)
            for text, is_hit in passage.marked():
                if text:
                    paragraph.add_run(xml_text(text)).bold = is_hit or None
            _add(document, "Caption", source_line(passage))
    stream = io.BytesIO()
    document.save(stream)
    return _dateless(stream.getvalue())


def _add(document: Any, style: str | None = None, text: str = "") -> Any:
    """One more paragraph; python-docx's own way looks through all styles, and all paragraphs, for each."""
    element = OxmlElement("w:p")
    document.element.body[-1].addprevious(element)  # the last is the section's format
    element.style = style
    paragraph = Paragraph(element, document)
    if text:
        paragraph.add_run(xml_text(text))
    return paragraph


def _set_type(document: Any) -> None:
    looks = {
        "Normal": (_TEXT, 14, _BLACK),
        "Caption": (_TEXT, 11, _GREY),
        "Title": (_HEADINGS, 20, _BLACK),
        "Heading 1": (_HEADINGS, 16, _BLACK),
    }
    for name, (font, size, colour) in looks.items():
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = font, Pt(size), colour
        style.font.bold = False
        fonts = style.element.rPr.rFonts
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), font)
    document.styles["Normal"].paragraph_format.line_spacing = 1.5
    document.styles["Normal"].paragraph_format.first_line_indent = Pt(28)  # two characters
    for name in ("Caption", "Title", "Heading 1"):
        document.styles[name].paragraph_format.first_line_indent = Pt(0)
    document.styles["Normal"].paragraph_format.keep_with_next = True
    document.styles["Caption"].paragraph_format.keep_with_next = False
    document.styles["Caption"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.styles["Caption"].paragraph_format.space_after = Pt(12)


def _dateless(data: bytes) -> bytes:
    """The same file whenever it is made: an archive's members carry the time."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(zipfile.ZipInfo(member.filename, _BEFORE_ALL_FILES), old.read(member), zipfile.ZIP_DEFLATED)
    return stream.getvalue()
