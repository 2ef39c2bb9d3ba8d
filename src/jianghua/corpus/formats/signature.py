"""What a file is, by its first bytes; its name only decides where bytes cannot."""

import re
from pathlib import PurePath
from typing import Literal

from jianghua.errors import UnreadableError

Format = Literal["text", "html", "docx", "pdf", "picture"]

TEXT_SUFFIXES = (".txt", ".text", ".md")
SUFFIXES = (*TEXT_SUFFIXES, ".html", ".htm", ".xhtml", ".docx", ".docm", ".pdf")
"""Names of files that hold speeches, in the order in which messages name them."""
REFUSED_SUFFIXES = (".doc", ".wps", ".rtf", ".odt")
"""Files of speeches that cannot be read: found all the same, so that the user learns of them."""

_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--(?:(?!-->).){0,2000}-->\s*)*<(?:!doctype\s+html|html[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_WORD = "open it in Word, WPS or LibreOffice and save it as .docx"
_OCR = (
    "make its text readable first with OCR (--ocr, with pip install 'jianghua[ocr]'; or ocrmypdf, ABBYY, WPS, saved as "
    ".docx, .txt or PDF)"
)
PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_REFUSED: list[tuple[bytes, str, str]] = [
    # first bytes, what that is, what to do
    (b"{\\rtf", "an RTF document", _WORD),
    (b"MIME-Version:", "a web archive (.mht)", "open it in a browser and save it as .html"),
    (b"From: <Saved by", "a web archive (.mht)", "open it in a browser and save it as .html"),
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
    >>> find_format(b"{\\\\rtf1", "talk.doc")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    jianghua.errors.UnreadableError: talk.doc: an RTF document, which is not read; open it in Word, ...
    """
    suffix = PurePath(name).suffix.lower()
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise UnreadableError(f"{name}: an Office document with a password; save it without one and try again")
        raise UnreadableError(f"{name}: an old Office document (.doc or .wps), which is not read; {_WORD}")
    for start, what, remedy in _REFUSED:
        if data.startswith(start):
            raise UnreadableError(f"{name}: {what}, which is not read; {remedy}")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return "docx"
    if b"%PDF-" in data[:1024] and (suffix == ".pdf" or data[:1024].lstrip().startswith(b"%PDF-")):
        return "pdf"
    if b"<?mso-application" in data[:1024] or b"http://schemas.microsoft.com/office/2006/xmlPackage" in data[:2048]:
        raise UnreadableError(f"{name}: a Word document saved as XML, which is not read; {_WORD}")
    if suffix in (".docx", ".docm", ".pdf") and data.strip():
        raise UnreadableError(
            f"{name}: not a {suffix[1:]} file, whatever its name says (it begins with {data[:8]!r}); "
            f"it may be damaged or cut off: fetch it again, or {_WORD}"
        )
    if suffix in (".html", ".htm", ".xhtml") or _HTML.match(
        data[:8192].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
    ):
        return "html"
    return "text"
