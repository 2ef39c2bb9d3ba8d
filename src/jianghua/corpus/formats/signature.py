"""What a file is, by its first bytes; its name only decides where bytes cannot."""

import re
from pathlib import PurePath
from typing import Literal

from jianghua.errors import UnreadableError

Format = Literal[
    "text", "markdown", "html", "mht", "docx", "word-xml", "pdf", "ofd", "doc", "rtf", "odt", "uof", "picture"
]

FORMATS: dict[Format, tuple[str, ...]] = {
    # what is read here, by the endings of its names; a name only decides where the contents cannot
    "text": (".txt", ".text"),
    "markdown": (".md", ".markdown"),
    "html": (".html", ".htm", ".xhtml", ".shtml", ".xht"),
    "mht": (".mht", ".mhtml"),
    "docx": (".docx", ".docm", ".dotx", ".dotm"),
    "word-xml": (),  # .xml may be anything, so it is read where it is named, or is called .doc
    "pdf": (".pdf",),
    "ofd": (".ofd",),
    # what LibreOffice makes a .docx, where it is installed
    "doc": (".doc", ".wps", ".dot", ".wpt"),
    "rtf": (".rtf",),
    "odt": (".odt", ".ott"),
    "uof": (".uof", ".uot"),
}
CONVERTED = frozenset(("doc", "rtf", "odt", "uof"))
"""Formats that are read by way of LibreOffice."""
MARKDOWN_SUFFIXES = FORMATS["markdown"]
PAGE_SUFFIXES = FORMATS["html"]
SUFFIXES = tuple(suffix for format, suffixes in FORMATS.items() if format not in CONVERTED for suffix in suffixes)
"""Names of files that hold speeches, in the order in which messages name them."""
REFUSED_SUFFIXES = (*(suffix for format in FORMATS if format in CONVERTED for suffix in FORMATS[format]), ".rar", ".7z")
"""Files of speeches that may not be readable here: found all the same, so that the user learns of them."""

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
_WORD = "open it in Word, WPS or LibreOffice and save it as .docx"
_OCR = (
    "make its text readable first with OCR (--ocr, with pip install 'jianghua[ocr]'; or ocrmypdf, ABBYY, WPS, saved as "
    ".docx, .txt or PDF)"
)
PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
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


def is_picture(data: bytes) -> bool:
    """Whether a file is a picture that can be recognised."""
    return data.startswith(_PICTURES)


def find_format(data: bytes, name: str) -> Format:
    """Say what `data` is.

    Raises:
        UnreadableError: a format that is not read, with what to do about it; or not what its name promises.

    >>> find_format(b"%PDF-1.7", "talk.txt"), find_format("同志们：".encode(), "talk.txt")
    ('pdf', 'text')
    >>> find_format(b"{\\\\rtf1", "talk.docx")
    'rtf'
    >>> find_format(b"GIF89a", "talk.doc")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    jianghua.errors.UnreadableError: talk.doc: a picture (GIF), which is not read; make its text readable first ...
    """
    suffix = PurePath(name).suffix.lower()
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise UnreadableError(f"{name}: an Office document with a password; save it without one and try again")
        if _OLD_WORD in data:
            return "doc"
        what = next((what for stream, what in _OTHER_OLE if stream in data), "without a Word document in it")
        raise UnreadableError(f"{name}: an old Office document ({what}), which is not read; {_WORD}")
    for start, what, remedy in _REFUSED:
        if data.startswith(start):
            raise UnreadableError(f"{name}: {what}, which is not read; {remedy}")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        names = packed_names(data)
        if b"word/document.xml" not in names and b"ofd.xml" in names:
            return "ofd"
        return "odt" if b"content.xml" in names and b"mimetype" in names else "docx"
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if b"%PDF-" in data[:1024] and (suffix == ".pdf" or data[:1024].lstrip().startswith(b"%PDF-")):
        return "pdf"
    if head.startswith(b"<") and _WORD_XML.search(data[:4096]) and not _is_html(data):
        return "word-xml"
    if head.startswith(b"<") and b"<uof:UOF" in data[:1024]:
        return "uof"
    if _MIME.match(data[:8192].lstrip(b"\xef\xbb\xbf")):
        return "mht"
    if suffix in (*FORMATS["docx"], *FORMATS["pdf"], *FORMATS["ofd"]) and data.strip() and not _is_html(data):
        raise UnreadableError(
            f"{name}: not a {suffix[1:]} file, whatever its name says (it begins with {data[:8]!r}); "
            f"it may be damaged or cut off: fetch it again, or {_WORD}"
        )
    if suffix in PAGE_SUFFIXES or (_is_html(data) and not (suffix in MARKDOWN_SUFFIXES and _ATX.search(data))):
        return "html"
    return "markdown" if suffix in MARKDOWN_SUFFIXES else "text"


def _is_html(data: bytes) -> bool:
    return _HTML.match(data[:8192].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")) is not None


def packed_names(data: bytes) -> bytes:
    """The part of a zip archive that names what is in it, in small letters; empty where it has none."""
    end = data.rfind(b"PK\x05\x06")
    if end < 0:
        return b""
    size, start = (int.from_bytes(data[end + at : end + at + 4], "little") for at in (12, 16))
    return data[start : start + size].replace(b"\\", b"/").lower()
