"""A PDF → its text, or the reason why it has none that can be read."""

from collections import defaultdict
from typing import Any

from jianghua.corpus.decode import Decoded
from jianghua.corpus.formats.limits import Limits
from jianghua.corpus.formats.pdf.glyphs import PageText, read_page
from jianghua.corpus.formats.pdf.layout import lines_of
from jianghua.corpus.formats.pdf.library import longest_text, pdfium, pypdfium2
from jianghua.corpus.formats.pdf.meaning import is_nonsense, unknown
from jianghua.corpus.formats.pdf.properties import properties_of
from jianghua.errors import UnreadableError

_OCR = (
    "make its text readable with OCR (ocrmypdf, ABBYY, WPS; or --ocr, with pip install 'jianghua[ocr]') and try again"
)
_REPRINT = "open it in a PDF viewer, print it to a new PDF and try again"
_FEWEST_LETTERS = 10
"""Characters that a text has at least, and a page that is not taken for a picture."""
_LONGEST_STRING = 32_767 // 3
"""Characters that PDFium, which cuts strings of a page after 32,767 bytes, surely has whole."""
_FEW = 200
"""Characters of a page, furniture and all, from which it is not looked at for pictures."""
_MOST_UNKNOWN = 0.1
_MOST_UNNAMED = 0.01


def extract_pdf(data: bytes, name: str, limits: Limits) -> Decoded:
    """Text of all pages in the order in which it is read, with marks.

    Raises:
        UnreadableError: damaged, encrypted, too many pages, or without readable text.
    """
    document = _opened(data, name, limits)
    pages, pictures = _read(document, name, limits)
    lines, letters = lines_of(pages)
    if limits.ocr and (scanned := _to_recognise(pages, letters, pictures)):
        _recognise(document, pages, scanned, name, limits)
        lines, letters = lines_of(pages)
        pictures = [False] * len(pages)
    _check_letters(letters, pictures, name)
    problem = _problem_of_fonts(pages)
    if problem is not None:
        raise UnreadableError(f"{name}: {problem}; {_OCR}")
    text = "".join([f"{line}\n" for line, _ in lines])
    return Decoded(text, "pdf", [mark for _, mark in lines], properties_of(document, data))


def _opened(data: bytes, name: str, limits: Limits) -> Any:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableError(f"{name}: a PDF with a password; save it without one and try again") from None
        raise UnreadableError(f"{name}: a damaged PDF ({str(error)[:160]}); {_REPRINT}") from None
    if len(document) > limits.pages:
        raise UnreadableError(
            f"{name}: {len(document):,} pages (accepted: up to {limits.pages:,}); split it into single speeches"
        )
    return document


def _read(document: Any, name: str, limits: Limits) -> tuple[list[PageText], list[bool]]:
    """Texts of all pages, and whether each is little else than a picture."""
    pages: list[PageText] = []
    pictures: list[bool] = []
    broken = total = 0
    for index in range(len(document)):
        try:
            page = document[index]
        except pypdfium2.PdfiumError:
            broken += 1
            continue
        text = page.get_textpage()
        count = text.count_chars()
        total += count
        if total > limits.characters:
            raise UnreadableError(
                f"{name}: too much text (more than {limits.characters:,} characters); split it into single speeches"
            )
        if count > _LONGEST_STRING and longest_text(text, count) >= _LONGEST_STRING:
            raise UnreadableError(
                f"{name}: a PDF with more than {_LONGEST_STRING:,} characters in one piece on page {index + 1}, "
                f"which is not read whole; {_REPRINT}"
            )
        pages.append(read_page(text, count))
        pictures.append(count < _FEW and _has_picture(page))
        text.close()
        page.close()
    if broken:
        raise UnreadableError(f"{name}: a damaged PDF ({broken} of {len(document)} pages cannot be opened); {_REPRINT}")
    return pages, pictures


def _has_picture(page: Any) -> bool:
    """Whether a picture covers half of a page."""
    width, height = page.get_size()
    for picture in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = picture.get_bounds()
        if (right - left) * (top - bottom) * 2 >= width * height:
            return True
    return False


def _to_recognise(pages: list[PageText], letters: list[int], pictures: list[bool]) -> list[int]:
    """Pages whose text has to be made out from what they look like."""
    if _problem_of_fonts(pages) is not None:
        return [*range(len(pages))]
    empty = [page for page, count in enumerate(letters) if count < _FEWEST_LETTERS]
    return [page for page in empty if pictures[page] or sum(letters) < _FEWEST_LETTERS]


def _recognise(document: Any, pages: list[PageText], scanned: list[int], name: str, limits: Limits) -> None:
    """Put what is made out in the place of the text of some pages."""
    from jianghua.corpus.formats.ocr import RESOLUTION, Recogniser

    recogniser = Recogniser(name, limits)
    for index in scanned:
        page = document[index]
        width, height = page.get_size()
        scale = min(RESOLUTION / 72, (limits.pixels / max(width * height, 1.0)) ** 0.5)
        drawn = page.render(scale=scale, rev_byteorder=False)
        pages[index] = recogniser.read(drawn.to_numpy()[:, :, :3].copy(), index + 1)
        page.close()


def _check_letters(letters: list[int], pictures: list[bool], name: str) -> None:
    """Refuse what is scanned, whole or in parts.

    Args:
        letters: characters of the text of each page, without what stands around it.
    """
    if sum(letters) < _FEWEST_LETTERS:
        raise UnreadableError(f"{name}: no text layer ({len(letters)} scanned or empty pages); {_OCR}")
    scanned = [
        page
        for page, (count, picture) in enumerate(zip(letters, pictures, strict=True), 1)
        if picture and count < _FEWEST_LETTERS
    ]
    if len(scanned) > 1 or len(scanned) * 2 >= len(letters):
        raise UnreadableError(
            f"{name}: {len(scanned)} of {len(letters)} pages are pictures without a text layer (page {scanned[0]} is the first); {_OCR}"
        )


def _problem_of_fonts(pages: list[PageText]) -> str | None:
    """What is wrong with fonts that do not say which characters they show, or say others."""
    by_font: dict[int, list[str]] = defaultdict(list)
    unnamed = 0
    for page in pages:
        unnamed += page.unnamed
        for _, runs in page.runs:
            for run in runs:
                by_font[run.font].append(run.text)
    texts = ["".join(parts) for parts in by_font.values()]
    total = sum(map(len, texts))
    nameless = max(unnamed, sum(map(unknown, texts)))
    if unnamed > max(_FEWEST_LETTERS, _MOST_UNNAMED * total) or nameless > _MOST_UNKNOWN * total:
        return f"its fonts do not say which characters they show ({nameless:,} of {total:,} are unknown)"
    nonsense = next((text for text in texts if is_nonsense(text)), None)
    return (
        None if nonsense is None else f"a font says other characters than it shows ({nonsense[:12]!r}… means nothing)"
    )
