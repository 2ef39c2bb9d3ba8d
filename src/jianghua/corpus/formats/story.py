"""A part of a Word document (body, footnotes) → its lines in reading order, each with what the document says of it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from lxml import etree

from jianghua.corpus.decode import Mark
from jianghua.corpus.formats.elements import child, is_on, local, number, value
from jianghua.corpus.formats.fields import Fields
from jianghua.corpus.formats.flow import Flow
from jianghua.corpus.formats.headings import has_marker, marked, names_a_speech
from jianghua.corpus.formats.limits import Limits
from jianghua.corpus.formats.numbering import BULLET_SIGN, Numbering
from jianghua.corpus.formats.runs import text_of, without_pages, written
from jianghua.corpus.formats.styles import BODY_LEVEL, Style, Styles, is_indented
from jianghua.corpus.formats.symbols import settled

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
_LONG = 60
"""Characters of a paragraph that is body text, whatever its style."""
_SENTENCE = 25
"""Characters of a sentence that is more likely body text than a heading."""


@dataclass(slots=True)
class _Paragraph:
    properties: etree._Element | None
    style: Style
    pieces: list[str] = field(default_factory=list)
    boxes: list[tuple[str, Mark]] = field(default_factory=list)
    """Lines of text boxes that are anchored here; they follow the paragraph."""
    has_body: bool = False
    """Whether some of its text stands outside of a table of contents."""


class Reader:
    """Walks a part without recursion and writes lines."""

    def __init__(
        self,
        name: str,
        limits: Limits,
        styles: Styles,
        numbering: Numbering,
        embedded: Callable[[str | None], list[tuple[str, Mark]]],
    ) -> None:
        self.flow = Flow(name, limits)
        self.misused: Counter[int] = Counter()
        """Paragraphs of body text in the heading style of a level; level 0 is the title's."""
        self.sentences: Counter[int] = Counter()
        """Those that are sentences, and would be headings if the style were not misused."""
        self._embedded = embedded
        self._styles = styles
        self._numbering = numbering
        self._fields = Fields()
        self._open: list[_Paragraph] = []
        self._contents: etree._Element | None = None
        self._carried = ""
        self._outer: list[str] = []
        """What paragraphs around the open text boxes carry on."""
        self._note = ""
        self._in_note = False
        self._marks: dict[str, dict[str | None, str]] = {"footnote": {}, "endnote": {}}

    def read_note(self, note: etree._Element, kind: str) -> None:
        """Write a footnote or endnote as lines of its own, the first one after its mark."""
        self._note = self._mark(kind, note)
        self._in_note = True
        self.read(note)
        self._note = ""
        self._in_note = False

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
            self._text(text_of(node))
        elif tag == "p":
            properties = child(node, "pPr")
            self._open.append(_Paragraph(properties, self._styles.of(value(child(properties, "pStyle")))))
        elif tag == "fldChar":
            self._text(self._fields.character(node))
        elif tag == "instrText":
            self._fields.instruct(node.text or "")
        elif tag == "fldSimple":
            self._fields.begin_simple(value(node, "instr") or "")
        elif tag == "tbl":
            self.flow.begin_table()
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
            self.flow.add(self._embedded(value(node, "id")))
        elif tag in ("footnoteReference", "endnoteReference"):
            self._text(self._mark(tag.removesuffix("Reference"), node))
        else:
            self._text(written(tag, node))

    def _end(self, tag: str, node: etree._Element) -> None:
        if tag == "p":
            self._finish(self._open.pop())
        elif tag == "fldSimple":
            self._text(self._fields.end())
        elif tag == "tbl":
            self.flow.end_table()
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
            if number == BULLET_SIGN and has_marker(text):  # “一是” after a dot: the dot says nothing more
                number = ""
            if text.strip():
                # a hidden end shows the next paragraph on the same line
                self._write(paragraph, number + without_pages(text), None if is_hidden else True)
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
                lines = marked(text, role, level, ends)
                if not has_marker(text):
                    if lines[0][1].role:
                        self.sentences[level] += text.endswith("。") and len(text) > _SENTENCE
                    else:
                        self.misused[level] += len(text) > _LONG
                self._add(lines)
                return
        first = is_indented(paragraph.properties)
        first = style.indented if first is None else first
        self._add(_plain(_INDENT + text if first and not self._note else text, ends))

    def _add(self, lines: list[tuple[str, Mark]]) -> None:
        lines = [(line.rstrip(), mark) for line, mark in lines if line.strip()]
        if lines and self._note:
            lines[0] = (self._note + lines[0][0], lines[0][1])
            self._note = ""
        if self._in_note:  # nobody speaks it
            lines = [(line, Mark("meta", ends=True)) for line, _ in lines]
        self.flow.add(lines)


def _is_taken_out(node: etree._Element) -> bool:
    """Whether a property of a paragraph end says that it was deleted or moved away."""
    tag = local(node)
    return tag in ("del", "moveFrom") or (tag == "annotation" and (value(node, "type") or "").endswith("Deletion"))


def _plain(text: str, ends: bool | None) -> list[tuple[str, Mark]]:
    lines = [line for line in text.splitlines() if line.strip()]
    borders = [_title_goes_on(line, after) for line, after in pairwise(lines)]
    return [(line, Mark(ends=border)) for line, border in zip(lines, [*borders, ends], strict=True)] if lines else []


def _title_goes_on(line: str, after: str) -> bool | None:
    """False where a soft break parts the title of a speech; else it says nothing."""
    return False if names_a_speech(line.strip() + after.strip()) and not names_a_speech(line) else None
