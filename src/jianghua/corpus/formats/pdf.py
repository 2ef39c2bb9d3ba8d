"""PDFs with a text layer → text, a line of the page a line. Read by PDFium (pypdfium2)."""

from collections.abc import Iterator
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from jianghua.corpus.decode import Decoded
from jianghua.corpus.formats.limits import Limits
from jianghua.errors import UnreadableError

_INDENT = "\u3000\u3000"
_OCR = "make its text readable with OCR (ocrmypdf, ABBYY, WPS) and try again"
_SOFT_HYPHENS = "\x02\ufffe\u00ad"


def extract_pdf(data: bytes, name: str, limits: Limits) -> Decoded:
    """Text of all pages in the order of their content.

    Raises:
        UnreadableError: damaged, encrypted, too many pages, or without readable text.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableError(f"{name}: a PDF with a password; save it without one and try again") from None
        raise UnreadableError(
            f"{name}: a damaged PDF ({str(error)[:160]}); open it in a PDF viewer, print it to a new PDF and try again"
        ) from None
    pages = len(document)
    if pages > limits.pages:
        raise UnreadableError(
            f"{name}: {pages:,} pages (accepted: up to {limits.pages:,}); split it into single speeches"
        )
    read: list[list[_Line]] = []
    broken = count = 0
    for index in range(pages):
        try:
            page = document[index]
        except pypdfium2.PdfiumError:
            broken += 1
            continue
        text = page.get_textpage()
        count += text.count_chars()
        if count > limits.characters:
            raise UnreadableError(
                f"{name}: too much text (more than {limits.characters:,} characters); split it into single speeches"
            )
        read.append(_lines(text))
        text.close()
        page.close()
    if broken:
        raise UnreadableError(
            f"{name}: a damaged PDF ({broken} of {pages} pages cannot be opened); open it in a PDF viewer, "
            "print it to a new PDF and try again"
        )
    text = "".join(_written(read))
    _check_readable(text, pages, name)
    return Decoded(text, "pdf")


class _Line(NamedTuple):
    text: str
    left: float
    size: float
    """Left edge and size of the first letter, in points."""


def _lines(page: pypdfium2.PdfTextPage) -> list[_Line]:
    """Lines of a page that hold something."""
    lines = []
    letters: list[str] = []
    left = size = 0.0
    for index in range(page.count_chars()):
        code = pdfium.FPDFText_GetUnicode(page, index)
        if code in (10, 13):
            lines.append(_Line("".join(letters), left, size))
            letters = []
            continue
        sign = chr(code) if code < 0x110000 else "\ufffd"
        if sign in _SOFT_HYPHENS or (sign.isspace() and not letters):
            continue
        if not letters:
            left = page.get_charbox(index, loose=True)[0]
            size = pdfium.FPDFText_GetFontSize(page, index)
        letters.append(sign)
    lines.append(_Line("".join(letters), left, size))
    return [line for line in lines if line.text]


def _written(pages: list[list[_Line]]) -> Iterator[str]:
    """Lines of all pages; one that is set in keeps its indent, which tells paragraphs apart.

    Left margins differ between left and right pages, so each page has its own, unless it has too few lines to tell.
    """
    common = min((line.left for page in pages for line in page), default=0.0)
    for page in pages:
        margin = min(line.left for line in page) if len(page) >= 5 else common
        for text, left, size in page:
            yield (_INDENT if 1.5 * size <= left - margin <= 3 * size else "") + text.rstrip() + "\n"


def _check_readable(text: str, pages: int, name: str) -> None:
    letters = [sign for sign in text if not sign.isspace()]
    if len(letters) < 10:
        raise UnreadableError(f"{name}: no text layer ({pages} scanned or empty pages); {_OCR}")
    unknown = sum(sign == "\ufffd" or sign < " " or "\ue000" <= sign < "\uf900" for sign in letters)
    if unknown * 10 > len(letters) * 3:
        raise UnreadableError(
            f"{name}: its fonts do not say which characters they show "
            f"({unknown:,} of {len(letters):,} are unknown); {_OCR}"
        )
