"""Word documents → text: body, tables, text boxes and notes in reading order, with the numbers that Word generates."""

import re
from collections import Counter
from typing import Protocol

from lxml import etree

from jianghua.corpus.decode import Decoded, Mark
from jianghua.corpus.formats.archive import Package
from jianghua.corpus.formats.elements import local, value
from jianghua.corpus.formats.headings import has_marker, is_date, names_a_speech
from jianghua.corpus.formats.html import extract_html
from jianghua.corpus.formats.limits import Limits
from jianghua.corpus.formats.mht import extract_mht
from jianghua.corpus.formats.numbering import Numbering
from jianghua.corpus.formats.story import Reader
from jianghua.corpus.formats.styles import Styles
from jianghua.corpus.formats.table import find_format
from jianghua.errors import UnreadableError

_CONTENTS = re.compile(r"目\s*[录錄次]")


class Parts(Protocol):
    """A Word document, packed or in one file."""

    def main_part(self) -> str: ...
    def relations(self, part: str) -> list[tuple[str, str]]: ...
    def xml(self, part: str) -> etree._Element | None: ...
    def embedded(self, part: str, name: str | None) -> bytes: ...


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

    def embedded(relation: str | None) -> list[tuple[str, Mark]]:
        return _page_lines(package.embedded(main, relation), name, limits)

    reader = Reader(name, limits, styles, Numbering(part("numbering"), styles), embedded)
    body = package.xml(main)
    if body is not None:
        reader.read(body)
    for kind in ("footnote", "endnote"):
        notes = part(f"{kind}s")
        for note in notes if notes is not None else ():
            if value(note, "type") in (None, "normal"):
                reader.read_note(note, kind)
    reader.flow.revise(lambda lines: _settle(lines, reader.misused, reader.sentences))
    return Decoded(reader.flow.text(), "docx", reader.flow.marks(), _properties(package))


def _page_lines(data: bytes, name: str, limits: Limits) -> list[tuple[str, Mark]]:
    """Lines of a web page, packed or not, that a document embeds: programs that write HTML as Word documents do so.

    Raises:
        UnreadableError: it is a document of another format.
    """
    format = find_format(data, "").name if data else "text"
    if format == "mht":
        page = extract_mht(data, name, limits)
    elif format == "html":
        page = extract_html(data, name, limits)
    else:
        raise UnreadableError(
            f"{name}: a whole document of another format is embedded in it; "
            "open it in Word and save it again, which turns it into text"
        )
    lines = page.text.splitlines()
    return list(zip(lines, page.marks or [Mark(ends=True)] * len(lines), strict=True))


def _settle(lines: list[tuple[str, Mark]], misused: Counter[int], sentences: Counter[int]) -> None:
    """Mend marks by the whole document.

    A heading style that holds as much body text as headings (`misused`, and then `sentences`, too) says nothing; a single heading above all is the
    title; “目录” belongs to the contents below it.
    """
    levels = Counter(mark.level for _, mark in lines if mark.role in ("title", "heading"))
    says_nothing = {
        level for level, count in misused.items() if count and count + 2 * sentences[level] >= levels[level]
    }
    for index, (text, mark) in enumerate(lines):
        if mark.role in ("title", "heading") and mark.level in says_nothing:
            lines[index] = (text, Mark(ends=mark.ends))
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
