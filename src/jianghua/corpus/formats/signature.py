"""What a file is, by its first bytes; its name only decides where bytes cannot."""

import re
from typing import NamedTuple

from jianghua.errors import UnreadableError

PAGE_SUFFIXES = (".html", ".htm", ".xhtml", ".shtml", ".xht")
_MARKDOWN_SUFFIXES = (".md", ".markdown")

_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--(?:(?!-->).){0,2000}-->\s*)*"
    rb"<(?:!doctype\s+html|html[\s>]|(head|body|meta|title|table|div|p|span|center|font|style|script|h[1-6])[\s>][^<]*+(?:<(?!/\1)[^<]*+){0,200}</\1)",
    re.IGNORECASE | re.DOTALL,
)
"""How pages begin, and pieces of pages that content management systems give out: an element that is closed again."""
_ATX = re.compile(rb"^#{1,6} ", re.MULTILINE)
"""A heading of Markdown, which may begin with an element of HTML all the same."""
_MIME = re.compile(
    rb"\s*(?:[A-Za-z][A-Za-z0-9\-]{0,60}:[^\n]{0,2000}\n(?:[ \t][^\n]{0,2000}\n){0,20}){0,30}?"
    rb"(?:MIME-Version:|Content-Type:\s*(?:multipart/|message/rfc822))",
    re.IGNORECASE,
)
"""Lines of a header up to the one that says MIME: web archives of all browsers and of Word, whatever comes first."""
REMEDY = "open it in Word, WPS or LibreOffice and save it as .docx"
_OCR = (
    "make its text readable first with OCR (--ocr, with pip install 'jianghua[ocr]'; or ocrmypdf, ABBYY, WPS, saved as "
    ".docx, .txt or PDF)"
)
_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OLD_WORD = "WordDocument".encode("utf-16-le")
_OTHER_OLE = [
    ("Workbook".encode("utf-16-le"), "a workbook, .xls"),
    ("PowerPoint Document".encode("utf-16-le"), "a presentation, .ppt"),
]
_WORD_XML = re.compile(
    rb'<\?mso-application\s+progid="Word\.Document"|http://schemas\.microsoft\.com/office/word/2003/wordml|'
    rb"<pkg:package\b[^>]*http://schemas\.microsoft\.com/office/2006/xmlPackage"
)
_REFUSED: list[tuple[bytes, str, str]] = [
    # first bytes, what that is, what to do
    (b"\x89PNG\r\n", "a picture (PNG)", _OCR),
    (b"\xff\xd8\xff", "a picture (JPEG)", _OCR),
    (b"GIF8", "a picture (GIF)", _OCR),
    (b"II*\x00", "a picture (TIFF)", _OCR),
    (b"MM\x00*", "a picture (TIFF)", _OCR),
    (b"Rar!\x1a", "a RAR archive", "unpack it and name the folder"),
    (b"7z\xbc\xaf'\x1c", "a 7z archive", "unpack it and name the folder"),
    (b"\x1f\x8b\x08", "a gzip archive", "unpack it and name the folder"),
]


class Contents(NamedTuple):
    """A file as it is told what it is: its bytes, the suffix of its name, the beginning, and what is packed in it.

    `head` is the first kilobyte without byte order mark and white space; `names` are those of a zip archive's members,
    in small letters, None where it is none.
    """

    data: bytes
    suffix: str
    head: bytes
    names: bytes | None

    @classmethod
    def of(cls, data: bytes, suffix: str) -> "Contents":
        """Contents of a file."""
        is_zip = data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"))
        head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
        return cls(data, suffix, head, packed_names(data) if is_zip else None)

    def packs(self, members: tuple[str, ...]) -> bool:
        """Whether it is a zip archive with all of these members."""
        return self.names is not None and all(member.lower().encode() in self.names for member in members)


def refuse(contents: Contents, name: str) -> None:
    """Refuse what is not read.

    Raises:
        UnreadableError: it is not, with what to do about it.
    """
    data = contents.data
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise UnreadableError(f"{name}: an Office document with a password; save it without one and try again")
        if _OLD_WORD not in data:
            what = next((what for stream, what in _OTHER_OLE if stream in data), "without a Word document in it")
            raise UnreadableError(f"{name}: an old Office document ({what}), which is not read; {REMEDY}")
    for start, what, remedy in _REFUSED:
        if data.startswith(start):
            raise UnreadableError(f"{name}: {what}, which is not read; {remedy}")


def is_anything(contents: Contents) -> bool:
    """Text is what is nothing else."""
    return True


def is_markdown(contents: Contents) -> bool:
    """Whether it is called so: most of its contents could be any text."""
    return contents.suffix in _MARKDOWN_SUFFIXES


def is_page(contents: Contents) -> bool:
    """Whether it is a page of HTML, or called one; a heading of Markdown says that it is that with HTML in it."""
    if contents.suffix in PAGE_SUFFIXES:
        return True
    return _is_html(contents.data) and not (is_markdown(contents) and _ATX.search(contents.data))


def is_web_archive(contents: Contents) -> bool:
    """Whether it is MIME."""
    return _MIME.match(contents.data[:8192].lstrip(b"\xef\xbb\xbf")) is not None


def is_uof(contents: Contents) -> bool:
    """Whether it is flat XML in the Unified Office Format."""
    return contents.head.startswith(b"<") and b"<uof:UOF" in contents.data[:1024]


def is_zip(contents: Contents) -> bool:
    """Whether it is a zip archive: .docx, unless there is more to it."""
    return contents.names is not None


def is_word_xml(contents: Contents) -> bool:
    """Whether it is flat XML of Word's."""
    data = contents.data
    return contents.head.startswith(b"<") and _WORD_XML.search(data[:4096]) is not None and not _is_html(data)


def is_pdf(contents: Contents) -> bool:
    """Whether it is PDF; something may stand before it in a file that is called so."""
    start = contents.data[:1024]
    is_here = b"%PDF-" in start and (contents.suffix == ".pdf" or start.lstrip().startswith(b"%PDF-"))
    return is_here and contents.names is None


def is_rtf(contents: Contents) -> bool:
    """Whether it is RTF."""
    return contents.head.startswith(b"{\\rtf")


def is_ofd(contents: Contents) -> bool:
    """Whether it is OFD, and not a .docx with one in it."""
    return contents.packs(("OFD.xml",)) and not contents.packs(("word/document.xml",))


def is_old_office(contents: Contents) -> bool:
    """Whether it is a file of old Office programs."""
    return contents.data.startswith(_OLE)


def is_picture(contents: Contents) -> bool:
    """Whether it is a picture that can be recognised."""
    return contents.data.startswith(_PICTURES)


def _is_html(data: bytes) -> bool:
    return _HTML.match(data[:8192].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")) is not None


def packed_names(data: bytes) -> bytes:
    """The part of a zip archive that names what is in it, in small letters; empty where it has none."""
    end = data.rfind(b"PK\x05\x06")
    if end < 0:
        return b""
    size, start = (int.from_bytes(data[end + at : end + at + 4], "little") for at in (12, 16))
    return data[start : start + size].replace(b"\\", b"/").lower()
