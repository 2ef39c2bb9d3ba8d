"""How much of an untrusted file is read before it is refused, all in one place."""

import itertools
import re
from dataclasses import dataclass

from jianghua.errors import UnreadableError

_LINE_END = re.compile("\r\n|[\n\r\f\v\x1c\x1d\x1e\x85\u2028\u2029]")
_CUT = re.compile(
    r"(?<=\S)[\u3000\u2003]{2,}|(?<=[。！？”])(?:[ \u00a0]{4}|\t)|[。！？”）](?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|第)"
)
"""Where the parser cuts lines that were run together (see `jianghua.corpus.lines`)."""
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Largest file that is read. The defaults leave room for a book of a thousand speeches and stop what is no speech."""

    bytes: int = 64 * MEBIBYTE
    """Size of a file."""
    unpacked: int = 256 * MEBIBYTE
    """Bytes that the parts of a packed file (docx) may come to when they are unpacked."""
    ratio: int = 200
    """How often larger a part above one mebibyte may become when it is unpacked."""
    members: int = 10_000
    """Files in a packed file."""
    pages: int = 5_000
    """Pages of a PDF."""
    seconds: float = 60.0
    """Time for the text to be taken out of an HTML, Word or PDF file."""
    memory: int = 2048 * MEBIBYTE
    """Address space of the process that does so, in bytes, where the system can limit it."""
    characters: int = 20_000_000
    """Characters of text."""
    line: int = 2_000_000
    """Characters of one line."""
    lines: int = 300_000
    """Lines, empty ones not counted; one that is cut where paragraphs were run together counts as the lines it makes."""

    ocr: bool = False
    """Whether pictures of pages are read by recognition; `OCR_LIMITS` leave it the time and memory that it needs."""
    scanned_pages: int = 300
    """Pages of a file that are recognised."""
    page_seconds: float = 120.0
    """Time for one of them."""
    pixels: int = 50_000_000
    """Pixels of one of them."""


LIMITS = Limits()
OCR_LIMITS = Limits(ocr=True, seconds=3600.0, memory=6144 * MEBIBYTE)
"""Limits of a run that recognises scanned pages: seconds each, where the text layer of a book takes one."""


def check_size(size: int, name: str, limits: Limits = LIMITS) -> None:
    """Refuse a file of more bytes than `limits.bytes`.

    Raises:
        UnreadableError: it is larger.
    """
    if size > limits.bytes:
        raise UnreadableError(
            f"{name}: the file is too large ({size:,} bytes; accepted: up to {limits.bytes:,}); "
            "split it into single speeches"
        )


def check_text(text: str, name: str, limits: Limits = LIMITS) -> None:
    """Refuse text that would keep the parser busy for minutes and cannot be a speech.

    Raises:
        UnreadableError: there are too many characters, too many lines, or a line is too long.

    >>> check_text("散会。" * 3, "talk.txt", Limits(line=8))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    jianghua.errors.UnreadableError: talk.txt: line 1 is too long (9 characters; accepted: up to 8); ...
    """
    if len(text) > limits.characters:
        raise UnreadableError(
            f"{name}: too much text ({len(text):,} characters; accepted: up to {limits.characters:,}); "
            "split it into single speeches"
        )
    if len(text) <= limits.line and len(text) <= limits.lines:
        return
    filled = sum(1 for _ in _CUT.finditer(text))
    at = 0
    ends = itertools.chain((match.span() for match in _LINE_END.finditer(text)), [(len(text),) * 2])
    for number, (end, after) in enumerate(ends, 1):
        length = end - at
        if length > limits.line:
            raise UnreadableError(
                f"{name}: line {number:,} is too long ({length:,} characters; accepted: up to {limits.line:,}); "
                "put line ends between the paragraphs"
            )
        filled += bool(length)
        at = after
    if filled > limits.lines:
        raise UnreadableError(
            f"{name}: too many lines ({filled:,}; accepted: up to {limits.lines:,}); split it into single speeches"
        )
