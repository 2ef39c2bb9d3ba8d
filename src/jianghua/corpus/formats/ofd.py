"""OFD (GB/T 33190-2016), the fixed-layout format of Chinese offices → text: lines by the places of their glyphs."""

import itertools
import math
import posixpath
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from jianghua.corpus.decode import Decoded, Mark
from jianghua.corpus.formats.archive import Package
from jianghua.corpus.formats.elements import child, local
from jianghua.corpus.formats.limits import Limits
from jianghua.errors import UnreadableError

_INDENT = "\u3000\u3000"
_REMEDY = "open it in an OFD reader (WPS, Suwell, Foxit) and save it as .docx, or make its text readable with OCR"
_PAGE_NUMBER = re.compile(r"[-—–─·\s]*\d{1,4}[-—–─·\s]*|第?\s*\d{1,4}\s*页.{0,10}|\d{1,4}\s*/\s*\d{1,4}")
_USUAL_SIZE = 5.6
"""Millimetres of the 16 points of official documents."""
_NARROW = 0x2000
"""Letters below this code point are half as wide as they are high."""


@dataclass(slots=True)
class _Line:
    """Text on one base line; places in millimetres from the left and from the top of the page."""

    text: str
    left: float
    right: float
    base: float
    size: float
    page: int
    is_meta: bool = False


def extract_ofd(data: bytes, name: str, limits: Limits) -> Decoded:
    """Text of all pages, with furniture of the pages (numbers, running heads, watermarks) marked as such.

    Raises:
        UnreadableError: damaged, a bomb, too many pages, or without text.
    """
    package = Package(data, name, limits)
    package.what = "OFD document"
    lines: list[_Line] = []
    count = 0
    properties: dict[str, str] = {}
    for body in _below(package.xml("OFD.xml")):
        if local(body) != "DocBody":
            continue
        properties = properties or _properties(child(body, "DocInfo"))
        for is_template, page in _pages(package, child(body, "DocRoot")):
            if is_template:  # letterheads, running heads: once, as furniture
                lines += [replace(line, is_meta=True) for line in _lines(page, count + 1)]
                continue
            count += 1
            if count > limits.pages:
                raise UnreadableError(
                    f"{name}: more than {limits.pages:,} pages (accepted: up to {limits.pages:,}); "
                    "split it into single speeches"
                )
            lines += _lines(page, count)
    text = "".join(line.text for line in lines)
    if not text.strip():
        raise UnreadableError(
            f"{name}: an OFD document without text ({count} scanned, empty or missing pages); {_REMEDY}"
        )
    unknown = sum(sign == "\ufffd" or "\ue000" <= sign < "\uf900" for sign in text)
    if unknown * 10 > len(text) * 3:
        raise UnreadableError(
            f"{name}: an OFD document whose fonts do not say which characters they show "
            f"({unknown:,} of {len(text):,} are unknown); {_REMEDY}"
        )
    _find_furniture(lines, count)
    written = list(_written(lines))
    return Decoded("".join(f"{line}\n" for line, _ in written), "ofd", [mark for _, mark in written], properties)


def _below(node: etree._Element | None) -> Sequence[etree._Element]:
    return () if node is None else list(node)


def _properties(info: etree._Element | None) -> dict[str, str]:
    names = {"Title": "title", "Author": "author", "CreationDate": "date", "Subject": "subject"}
    found = {}
    for node in _below(info):
        text = (node.text or "").strip()
        if local(node) in names and text:
            found[names[local(node)]] = text[:10] if local(node) == "CreationDate" else text
    return found


def _pages(package: Package, root: etree._Element | None) -> Iterator[tuple[bool, etree._Element]]:
    """Contents of the pages of a document, in order; before the first page with a template (True) the template's own."""
    place = _place("", root.text if root is not None else None)
    folder = posixpath.dirname(place)
    document = package.xml(place)
    templates = {
        node.get("ID"): _place(folder, node.get("BaseLoc"))
        for node in _below(child(document, "CommonData"))
        if local(node) == "TemplatePage"
    }
    for page in _below(child(document, "Pages")):
        content = package.xml(_place(folder, page.get("BaseLoc")))
        template = child(content, "Template")
        used = (
            child(package.xml(templates.pop(template.get("TemplateID"), "")), "Content")
            if template is not None
            else None
        )
        if used is not None:
            yield True, used
        layers = child(content, "Content")
        if layers is not None:
            yield False, layers


def _place(folder: str, location: str | None) -> str:
    """Name of a part: relative to the file that names it, or to the root of the package."""
    return posixpath.normpath(posixpath.join("/", folder, (location or "").strip().replace("\\", "/"))).lstrip("/")


def _numbers(text: str | None) -> list[float]:
    """Numbers in an attribute; `g 3 5.2` stands for 5.2 three times."""
    found: list[float] = []
    words = iter((text or "").split())
    for word in words:
        try:
            if word == "g":
                times, amount = int(next(words, "0")), float(next(words, "0"))
                found += [amount] * max(0, min(times, 10_000))
            else:
                found.append(float(word))
        except ValueError:
            return []
    return found if all(map(math.isfinite, found)) else []


def _lines(content: etree._Element, page: int) -> list[_Line]:
    """Lines of a page from top to bottom, column by column; slanted text (a watermark) after them."""
    upright: list[_Line] = []
    slanted: list[_Line] = []
    for node in content.iter("{*}TextObject"):
        if node.get("Visible") in ("false", "0"):
            continue
        boundary = _numbers(node.get("Boundary"))[:2] or [0.0, 0.0]
        matrix = _numbers(node.get("CTM"))
        a, b, c, d, e, f = matrix if len(matrix) == 6 else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        size = abs((_numbers(node.get("Size")) or [0.0])[0] * d) or _USUAL_SIZE
        x = y = 0.0
        for code in node.iter("{*}TextCode"):
            text = "".join((code.text or "").split("\n"))
            x, y = (_numbers(code.get("X")) or [x])[0], (_numbers(code.get("Y")) or [y])[0]
            steps = _numbers(code.get("DeltaX"))[: max(len(text) - 1, 0)]
            width = sum(steps) * abs(a) + sum(_width(sign) for sign in text[len(steps) :]) * size
            left, base = boundary[0] + a * x + c * y + e, boundary[-1] + b * x + d * y + f
            line = _Line(text, left, left + width, base, size, page, is_meta=abs(b) > 0.1 * abs(a))
            if text.strip():
                (slanted if line.is_meta else upright).append(line)
    if not upright:
        return _joined(slanted)
    return [line for column in _columns(upright) for line in _joined(column)] + slanted


def _width(sign: str) -> float:
    return 0.5 if ord(sign) < _NARROW else 1.0


def _columns(pieces: Sequence[_Line]) -> list[list[_Line]]:
    """Pieces cut where the order of the file jumps up and to the right of all before: a second column begins there."""
    columns: list[list[_Line]] = [[]]
    rows: set[int] = set()
    right = 0.0
    for piece in pieces:
        last = columns[-1][-1] if columns[-1] else piece
        if len(rows) >= 5 and piece.base < last.base - 5 * piece.size and piece.left >= right - piece.size:
            columns.append([])
            rows.clear()
        columns[-1].append(piece)
        rows.add(round(piece.base))
        right = max(right, piece.right)
    # a single line beside the text (a date, a number) is no column
    return columns if all(len(column) >= 5 for column in columns) else [list(pieces)]


def _joined(pieces: Sequence[_Line]) -> list[_Line]:
    """Pieces of one base line put together from left to right."""
    rows: list[list[_Line]] = []
    for piece in sorted(pieces, key=lambda piece: piece.base):
        if rows and piece.base - rows[-1][0].base <= 0.4 * max(piece.size, rows[-1][0].size):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [_row(sorted(row, key=lambda piece: piece.left)) for row in rows]


def _row(pieces: Sequence[_Line]) -> _Line:
    """One line of pieces from left to right."""
    first = pieces[0]
    words = [first.text]
    for before, after in itertools.pairwise(pieces):
        words += [" " if after.left - before.right > 0.8 * after.size else "", after.text]
    size = max(piece.size for piece in pieces)
    right = max(piece.right for piece in pieces)
    return _Line("".join(words), first.left, right, first.base, size, first.page, first.is_meta)


def _find_furniture(lines: Sequence[_Line], pages: int) -> None:
    """Mark page numbers, and lines that come back at the edges of pages."""
    edges: list[_Line] = []
    for _, group in itertools.groupby(lines, key=lambda line: line.page):
        page = sorted((line for line in group if not line.is_meta), key=lambda line: line.base)
        edges += page[:1] + page[1:][-1:]
    times = Counter(re.sub(r"\d+", "0", line.text.strip()) for line in edges)
    for line in edges:
        text = line.text.strip()
        returns = times[re.sub(r"\d+", "0", text)]
        if _PAGE_NUMBER.fullmatch(text) or (pages >= 3 and returns * 2 > pages):
            line.is_meta = True


def _written(lines: Sequence[_Line]) -> Iterator[tuple[str, Mark]]:
    """Lines with their indents and marks: paragraphs are set in, and end with a line that is not full."""
    body = [line for line in lines if not line.is_meta]
    if not body:
        yield from ((line.text.strip(), Mark("meta", ends=True)) for line in lines)
        return
    size = statistics.median_low(line.size for line in body)
    text = [line for line in body if abs(line.size - size) <= 0.1 * size]
    left, right = min(line.left for line in text), max(line.right for line in text)
    indented = [1.5 * size <= line.left - left <= 3 * size for line in body]
    sets_in = sum(indented) >= 2 and any(not mark for mark in indented)
    following = iter([*zip(body[1:], indented[1:], strict=True), None])
    marks = iter(indented)
    for line in lines:
        if line.is_meta:
            yield line.text.strip(), Mark("meta", ends=True)
            continue
        after = next(following)
        ends: bool | None = True
        if after is not None and abs(after[0].size - line.size) <= 0.1 * line.size:
            is_full = right - line.right < 2 * size
            if is_full and sets_in:
                ends = after[1]
            elif is_full or line.left - left > 3 * size:  # no indents to tell by, or a title set in the middle
                ends = None
        yield (_INDENT if next(marks) else "") + line.text.strip(), Mark(ends=ends)
