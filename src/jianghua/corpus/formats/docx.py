"""Word documents → text: body, tables, text boxes and notes in reading order, with the numbers that Word generates."""

import re
from dataclasses import dataclass, field
from typing import Protocol

from lxml import etree

from jianghua.corpus.decode import Decoded, Mark
from jianghua.corpus.formats.archive import Package
from jianghua.corpus.formats.elements import child, is_on, local, number, value
from jianghua.corpus.formats.fields import Fields
from jianghua.corpus.formats.flow import Flow
from jianghua.corpus.formats.headings import has_marker, is_date, marked, names_a_speech
from jianghua.corpus.formats.limits import Limits
from jianghua.corpus.formats.numbering import Numbering
from jianghua.corpus.formats.styles import BODY_LEVEL, Style, Styles, is_indented
from jianghua.corpus.formats.symbols import PRIVATE, glyph, is_symbol_font, settled, sign, with_glyphs
from jianghua.errors import UnreadableError

_SKIPPED = frozenset(
    (
        *("del", "moveFrom"),  # revisions taken out
        *("pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr", "sdtPr", "sdtEndPr", "ffData"),  # properties
        *("rt", "rubyPr", "delText", "delInstrText"),  # phonetic guides, codes of deleted fields
    )
)
_INDENT = "\u3000\u3000"
_LONGEST_ENTRY = 120
"""Characters of a line in a table of contents; a longer one is body text that a style or field holds by mistake."""
_PAGE = "\f"
_STOPS = tuple("。！？；：”…!?;:")
_CONTENTS = re.compile(r"目\s*[录錄次]")


class Parts(Protocol):
    """A Word document, packed or in one file."""

    def main_part(self) -> str: ...
    def relations(self, part: str) -> list[tuple[str, str]]: ...
    def xml(self, part: str) -> etree._Element | None: ...


@dataclass(slots=True)
class _Paragraph:
    properties: etree._Element | None
    style: Style
    pieces: list[str] = field(default_factory=list)
    boxes: list[tuple[str, Mark]] = field(default_factory=list)
    """Lines of text boxes that are anchored here; they follow the paragraph."""
    has_body: bool = False
    """Whether some of its text stands outside of a table of contents."""


def extract_docx(data: bytes, name: str, limits: Limits) -> Decoded:
    """Text of a .docx: deleted revisions left out, headers and footers left out, notes at the end.

    Raises:
        UnreadableError: damaged, encrypted, a bomb, no Word document, or without text.
    """
    return read_parts(Package(data, name, limits), name, limits)


def read_parts(package: Parts, name: str, limits: Limits) -> Decoded:
    """Text of an opened document.

    Raises:
        UnreadableError: see `extract_docx`.
    """
    main = package.main_part()
    parts = dict(reversed(package.relations(main)))

    def part(kind: str) -> etree._Element | None:
        return package.xml(parts.get(kind, f"word/{kind}.xml"))

    styles = Styles(part("styles"))
    reader = _Reader(name, limits, styles, Numbering(part("numbering"), styles))
    body = package.xml(main)
    if body is not None:
        reader.read(body)
    for kind in ("footnote", "endnote"):
        notes = part(f"{kind}s")
        for note in notes if notes is not None else ():
            if value(note, "type") in (None, "normal"):
                reader.read_note(note, kind)
    reader.flow.revise(_settle)
    return Decoded(reader.flow.text(), "docx", reader.flow.marks(), _properties(package))


class _Reader:
    """Walks a part without recursion and writes lines."""

    def __init__(self, name: str, limits: Limits, styles: Styles, numbering: Numbering) -> None:
        self.flow = Flow(name, limits)
        self._name = name
        self._styles = styles
        self._numbering = numbering
        self._fields = Fields()
        self._open: list[_Paragraph] = []
        self._contents: etree._Element | None = None
        self._carried = ""
        self._outer: list[str] = []
        """What paragraphs around the open text boxes carry on."""
        self._note = ""
        self._marks: dict[str, dict[str | None, str]] = {"footnote": {}, "endnote": {}}

    def read_note(self, note: etree._Element, kind: str) -> None:
        """Write a footnote or endnote as lines of its own, the first one after its mark."""
        self._note = self._mark(kind, note)
        self.read(note)
        self._note = ""

    def _mark(self, kind: str, node: etree._Element) -> str:
        """`[1]` for the first footnote that is referred to, `[尾注1]` for the first endnote."""
        marks = self._marks[kind]
        return marks.setdefault(value(node, "id"), f"[{'尾注' if kind == 'endnote' else ''}{len(marks) + 1}]")

    def read(self, root: etree._Element) -> None:
        """Write the text below `root`."""
        self._fields.look_ahead(root)
        walk = etree.iterwalk(root, events=("start", "end"))
        skipped: etree._Element | None = None
        for event, node in walk:
            tag = local(node)
            if event == "end":
                if node is skipped:
                    skipped = None
                else:
                    self._end(tag, node)
            elif tag in _SKIPPED or self._is_skipped(tag, node):
                skipped = node
                walk.skip_subtree()
            else:
                self._begin(tag, node)
        self._end_story()

    def _is_skipped(self, tag: str, node: etree._Element) -> bool:
        if tag == "r":
            return self._is_hidden(node)
        if tag == "tr":
            return child(node, "trPr", "del") is not None
        if tag == "tc":
            return child(node, "tcPr", "cellDel") is not None
        if tag == "Fallback":  # the same drawing once more, for older programs
            return child(node.getparent(), "Choice") is not None
        if tag == "sdt":
            return is_on(child(node, "sdtPr", "showingPlcHdr"))  # “click here to enter text”
        if tag == "annotation":  # a revision or comment in WordprocessingML of 2003
            return (value(node, "type") or "").endswith(("Deletion", "Comment"))
        return False

    def _is_hidden(self, run: etree._Element) -> bool:
        """Whether a run is hidden, by itself or by its style; the fields that it begins and ends still count."""
        properties = child(run, "rPr")
        hidden: bool | None = None
        if properties is not None:
            vanish = child(properties, "vanish")
            if vanish is not None:
                hidden = is_on(vanish)
            else:
                style = value(child(properties, "rStyle"))
                hidden = self._styles.of(style).hidden if style else None
        if hidden is None:
            hidden = self._open[-1].style.hidden if self._open else None
        if not hidden:
            return False
        for node in run:
            tag = local(node)
            if tag == "fldChar":
                self._fields.character(node)
            elif tag == "instrText":
                self._fields.instruct(node.text or "")
        return True

    def _begin(self, tag: str, node: etree._Element) -> None:
        if tag == "t":
            self._text(_run_text(node))
        elif tag == "p":
            properties = child(node, "pPr")
            self._open.append(_Paragraph(properties, self._styles.of(value(child(properties, "pStyle")))))
        elif tag == "fldChar":
            self._text(self._fields.character(node))
        elif tag == "instrText":
            self._fields.instruct(node.text or "")
        elif tag == "fldSimple":
            self._fields.begin_simple(value(node, "instr") or "")
        elif tag == "tr":
            self.flow.begin_row()
        elif tag == "tc":
            self.flow.begin_cell()
        elif tag == "txbxContent" or (tag in ("footnote", "endnote") and self._open):
            self.flow.begin_box()
            self._outer.append(self._carried)
            self._carried = ""
        elif tag == "sdt":
            gallery = value(child(node, "sdtPr", "docPartObj", "docPartGallery"))
            if gallery == "Table of Contents" and self._contents is None:
                self._contents = node
        elif tag == "altChunk":
            raise UnreadableError(
                f"{self._name}: a whole document of another format is embedded in it; "
                "open it in Word and save it again, which turns it into text"
            )
        elif tag in ("footnoteReference", "endnoteReference"):
            self._text(self._mark(tag.removesuffix("Reference"), node))
        else:
            self._text(_written(tag, node))

    def _end(self, tag: str, node: etree._Element) -> None:
        if tag == "p":
            self._finish(self._open.pop())
        elif tag == "fldSimple":
            self._text(self._fields.end_simple())
        elif tag == "tr":
            self.flow.end_row()
        elif tag == "tc":
            self._end_story()
            self.flow.end_cell()
        elif tag == "txbxContent" or (tag in ("footnote", "endnote") and self._open):
            self._end_story()
            self._carried = self._outer.pop()
            lines = self.flow.end_box()
            if self._open:
                self._open[-1].boxes += lines
            else:
                self.flow.add(lines)
        elif node is self._contents:
            self._contents = None

    def _text(self, text: str) -> None:
        if not text or not self._open or self._fields.swallow(text):
            return
        paragraph = self._open[-1]
        paragraph.pieces.append(text)
        if not self._fields.in_contents and text.strip():
            paragraph.has_body = True

    def _finish(self, paragraph: _Paragraph) -> None:
        text = settled("".join(paragraph.pieces))
        properties = paragraph.properties
        end = child(properties, "rPr")
        if self._carried:
            text, self._carried = self._carried + text, ""
            paragraph.has_body = True
        runs_on = end is not None and any(_is_taken_out(below) for below in end)
        runs_on = runs_on or value(child(properties, "framePr"), "dropCap") in ("drop", "margin")
        is_hidden = (end is not None and is_on(child(end, "vanish"))) or bool(paragraph.style.hidden)
        if runs_on:  # its end was deleted, or it is the large first letter of the next one
            self._carried = text
        elif text.strip() or not (is_hidden or self._fields.in_code):
            number = self._number(properties)
            if text.strip():
                # a hidden end shows the next paragraph on the same line
                self._write(paragraph, number + _without_pages(text), None if is_hidden else True)
        self.flow.add(paragraph.boxes)

    def _number(self, properties: etree._Element | None) -> str:
        written = value(child(properties, "listPr", "t"))  # WordprocessingML of 2003 says what the number is
        return written.strip() if written else self._numbering.next(properties)

    def _end_story(self) -> None:
        """Write what a deleted paragraph end carried on where no paragraph follows."""
        if self._carried.strip():
            self._add([(self._carried.rstrip(), Mark(ends=True))])
        self._carried = ""

    def _write(self, paragraph: _Paragraph, text: str, ends: bool | None) -> None:
        style = paragraph.style
        direct = number(value(child(paragraph.properties, "outlineLvl")))
        role, level = style.role, style.level
        if direct is not None and role in ("", "heading"):
            role, level = ("heading", direct + 1) if 0 <= direct < BODY_LEVEL else ("", 0)
        if self._contents is not None or role == "contents" or not paragraph.has_body:
            if len(text) <= _LONGEST_ENTRY or "\t" in text:
                self._add([(line, Mark("meta", ends=True)) for line in text.splitlines()])
                return
            self._fields.leave_contents()
        if role in ("title", "subtitle", "heading"):
            if role == "subtitle":
                role = "title" if names_a_speech(text) or text.lstrip().startswith(("—", "─", "―")) else ""
            if role:
                self._add(marked(text, role, level, ends))
                return
        first = is_indented(paragraph.properties)
        first = style.indented if first is None else first
        self._add(_plain(_INDENT + text if first and not self._note else text, ends))

    def _add(self, lines: list[tuple[str, Mark]]) -> None:
        lines = [(line.rstrip(), mark) for line, mark in lines if line.strip()]
        if lines and self._note:
            lines[0] = (self._note + lines[0][0], lines[0][1])
            self._note = ""
        self.flow.add(lines)


def _is_taken_out(node: etree._Element) -> bool:
    """Whether a property of a paragraph end says that it was deleted or moved away."""
    tag = local(node)
    return tag in ("del", "moveFrom") or (tag == "annotation" and (value(node, "type") or "").endswith("Deletion"))


def _plain(text: str, ends: bool | None) -> list[tuple[str, Mark]]:
    lines = [line for line in text.splitlines() if line.strip()]
    return [(line, Mark(ends=ends if at == len(lines) else None)) for at, line in enumerate(lines, 1)]


def _run_text(node: etree._Element) -> str:
    """Text of a run; what a symbol font draws for it."""
    text = node.text or ""
    is_letter = len(text) == 1 and text < "\u0100"
    if not (is_letter or PRIVATE.search(text)):
        return text
    run = node.getparent()
    font = value(child(run, "rPr", "rFonts"), "ascii")
    if is_letter:
        return glyph(ord(text), font) if text > " " and is_symbol_font(font) else text
    return with_glyphs(text, font)


def _written(tag: str, node: etree._Element) -> str:
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


def _without_pages(text: str) -> str:
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


def _settle(lines: list[tuple[str, Mark]]) -> None:
    """Mend marks by the whole document: a single heading above all is the title, “目录” belongs to the contents below it."""
    headings = [(index, mark.level) for index, (_, mark) in enumerate(lines) if mark.role == "heading"]
    if headings and not any(mark.role == "title" for _, mark in lines):
        index, level = headings[0]
        text = lines[index][0]
        alone = sum(other == level for _, other in headings) == 1 and level == min(other for _, other in headings)
        if index == 0 and not has_marker(text) and not is_date(text) and alone:
            lines[index] = (text, Mark("title", ends=lines[index][1].ends))
    for index, (text, mark) in enumerate(lines):
        if mark.role == "heading" and names_a_speech(text):
            lines[index] = (text, Mark("title", ends=mark.ends))
        elif mark.role == "meta" and index and _CONTENTS.fullmatch(lines[index - 1][0].strip()):
            lines[index - 1] = (lines[index - 1][0], Mark("meta", ends=True))


def _properties(package: Parts) -> dict[str, str]:
    """Title, author, date and subject that the document gives itself; one that cannot be read gives none."""
    targets = [target for kind, target in package.relations("") if kind == "core-properties"]
    try:
        root = package.xml(targets[0] if targets else "docProps/core.xml")
    except UnreadableError:
        return {}
    names = {"title": "title", "creator": "author", "author": "author", "created": "date", "subject": "subject"}
    found = {}
    for node in root if root is not None else ():
        name = names.get(local(node).lower())  # Word 2003 writes them large
        text = (node.text or "").strip()
        if name is not None and text:
            found[name] = text[:10] if name == "date" else text
    return found
