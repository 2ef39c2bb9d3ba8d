"""Word documents in one XML file: WordprocessingML of Word 2003, and the flat form of .docx."""

from lxml import etree

from jianghua.corpus.decode import Decoded
from jianghua.corpus.formats.archive import parse_xml
from jianghua.corpus.formats.docx import read_parts
from jianghua.corpus.formats.elements import child, local, value
from jianghua.corpus.formats.limits import Limits
from jianghua.errors import UnreadableError


def extract_word_xml(data: bytes, name: str, limits: Limits) -> Decoded:
    """Text of a Word document that was saved as XML.

    Raises:
        UnreadableError: damaged, made to do harm, or without text.
    """

    def damaged(reason: object) -> UnreadableError:
        return UnreadableError(
            f"{name}: a damaged Word document saved as XML ({str(reason)[:160]}); open it in Word, which may repair it, "
            "and save it as .docx"
        )

    root = parse_xml(data, "the document", damaged, name)
    parts: _Flat | _Word2003 = _Flat(root) if local(root) == "package" else _Word2003(root)
    return read_parts(parts, name, limits)._replace(encoding="word-xml")


class _Flat:
    """Parts of a .docx as elements of one file (`pkg:package`)."""

    def __init__(self, root: etree._Element) -> None:
        self._parts = {(value(part, "name") or "").lower(): child(part, "xmlData") for part in root}

    def main_part(self) -> str:
        return "word/document.xml"

    def relations(self, part: str) -> list[tuple[str, str]]:
        return []  # all parts have their usual names

    def embedded(self, part: str, name: str | None) -> bytes:
        return b""

    def xml(self, part: str) -> etree._Element | None:
        data = self._parts.get(f"/{part}")
        return data[0] if data is not None and len(data) else None


class _Word2003:
    """A `w:wordDocument`: styles, body and properties below one root; numbers stand in the paragraphs themselves."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root

    def main_part(self) -> str:
        return "body"

    def relations(self, part: str) -> list[tuple[str, str]]:
        return []

    def embedded(self, part: str, name: str | None) -> bytes:
        return b""

    def xml(self, part: str) -> etree._Element | None:
        names = {"body": "body", "word/styles.xml": "styles", "docProps/core.xml": "DocumentProperties"}
        return child(self._root, names[part]) if part in names else None
