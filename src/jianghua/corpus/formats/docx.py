"""Word documents → text: body, tables, text boxes and notes in reading order, with the numbers that Word generates."""

import re
from dataclasses import dataclass, field

from lxml import etree

from jianghua.corpus.decode import Decoded
from jianghua.corpus.formats.archive import Package
from jianghua.corpus.formats.flow import Flow
from jianghua.corpus.formats.limits import Limits
from jianghua.corpus.formats.numbering import Numbering, Styles, child, is_on, local, value
from jianghua.errors import UnreadableError

_SKIPPED = re.compile(
    # revisions taken out, properties, phonetic guides, field codes
    "del|moveFrom|pPr|tblPr|tblGrid|trPr|tcPr|sectPr|sdtPr|sdtEndPr|rt|rubyPr|instrText|delText|delInstrText"
)
_INDENT = "\u3000\u3000"
_PRIVATE = range(0xE000, 0xF900)


@dataclass(slots=True)
class _Paragraph:
    properties: etree._Element | None
    pieces: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    """Lines of text boxes that are anchored here; they follow the paragraph."""


def extract_docx(data: bytes, name: str, limits: Limits) -> Decoded:
    """Text of a .docx: deleted revisions left out, headers and footers left out, notes at the end.

    Raises:
        UnreadableError: damaged, encrypted, a bomb, no Word document, or without text.
    """
    package = Package(data, name, limits)
    main = package.main_part()
    parts = dict(reversed(package.relations(main)))

    def part(kind: str) -> etree._Element | None:
        return package.xml(parts[kind]) if kind in parts else None

    styles = Styles(part("styles"))
    numbering = Numbering(part("numbering"), styles)
    body = package.xml(main)
    reader = _Reader(name, limits, styles, numbering)
    if body is not None:
        reader.read(body)
    for kind in ("footnote", "endnote"):
        notes = part(f"{kind}s")
        for note in notes if notes is not None else ():
            if value(note, "type") in (None, "normal"):
                reader.read_note(note, kind)
    return Decoded(reader.flow.text(), "docx", reader.flow.marks())


class _Reader:
    """Walks a part without recursion and writes lines."""

    def __init__(self, name: str, limits: Limits, styles: Styles, numbering: Numbering) -> None:
        self.flow = Flow(name, limits)
        self._name = name
        self._styles = styles
        self._numbering = numbering
        self._open: list[_Paragraph] = []
        self._carried = ""
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
        walk = etree.iterwalk(root, events=("start", "end"))
        skipped: etree._Element | None = None
        for event, node in walk:
            tag = local(node)
            if event == "end":
                if node is skipped:
                    skipped = None
                else:
                    self._end(tag)
            elif self._is_skipped(tag, node):
                skipped = node
                walk.skip_subtree()
            else:
                self._begin(tag, node)
        self._write(self._carried)
        self._carried = ""

    def _is_skipped(self, tag: str, node: etree._Element) -> bool:
        if _SKIPPED.fullmatch(tag):
            return True
        if tag == "tr":
            return child(node, "trPr", "del") is not None
        if tag == "r":
            return is_on(child(node, "rPr", "vanish"))
        if tag == "Fallback":  # the same drawing once more, for older programs
            return child(node.getparent(), "Choice") is not None
        if tag == "sdt":  # the table of contents repeats every heading
            return value(child(node, "sdtPr", "docPartObj", "docPartGallery")) == "Table of Contents"
        return False

    def _begin(self, tag: str, node: etree._Element) -> None:
        if tag == "p":
            self._open.append(_Paragraph(child(node, "pPr")))
        elif tag == "tr":
            self.flow.begin_row()
        elif tag == "tc":
            self.flow.begin_cell()
        elif tag == "altChunk":
            raise UnreadableError(
                f"{self._name}: a whole document of another format is embedded in it; "
                "open it in Word and save it again, which turns it into text"
            )
        elif self._open and tag in ("footnoteReference", "endnoteReference"):
            self._open[-1].pieces.append(self._mark(tag.removesuffix("Reference"), node))
        elif self._open:
            self._open[-1].pieces.append(_written(tag, node))

    def _end(self, tag: str) -> None:
        if tag == "p":
            self._finish(self._open.pop())
        elif tag == "tr":
            self.flow.end_row()
        elif tag == "tc":
            self._write(self._carried)
            self._carried = ""
            self.flow.end_cell()

    def _finish(self, paragraph: _Paragraph) -> None:
        text = "".join(paragraph.pieces)
        if self._open:  # a paragraph of a text box
            number = self._numbering.next(paragraph.properties)
            self._open[-1].boxes += [number + text] if text.strip() else []
            self._open[-1].boxes += paragraph.boxes
            return
        text = self._carried + text
        self._carried = ""
        if child(paragraph.properties, "rPr", "del") is not None:  # its end was deleted: it runs into the next one
            self._carried = text
            for line in paragraph.boxes:
                self._write(line)
            return
        number = self._numbering.next(paragraph.properties)
        if text.strip():
            indent = _INDENT if self._styles.is_indented(paragraph.properties) and not self._note else ""
            self._write(indent + number + text)
        for line in paragraph.boxes:
            self._write(line)

    def _write(self, text: str) -> None:
        if text.strip():
            self.flow.block(f"{self._note}{text.rstrip()}")
            self._note = ""


def _written(tag: str, node: etree._Element) -> str:
    """Text that an element of a run stands for."""
    if tag == "t":
        return node.text or ""
    if tag in ("br", "cr"):
        return "\n"
    if tag in ("tab", "ptab"):
        return "\t"
    if tag == "noBreakHyphen":
        return "-"
    if tag == "textpath":  # WordArt, as in the heads of official documents
        return value(node, "string") or ""
    if tag == "sym":
        code = value(node, "char") or ""
        point = int(code, 16) if 0 < len(code) <= 4 and code.isalnum() and code.isascii() else 0
        return chr(point) if point >= 0x20 and point not in _PRIVATE and not 0xD800 <= point < 0xE000 else ""
    return ""
