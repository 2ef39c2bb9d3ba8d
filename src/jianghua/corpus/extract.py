"""Any file of a known format → its text. Offsets everywhere count the characters of this text."""

import os
import re
import stat
from pathlib import Path

from jianghua.corpus.decode import Decoded, decode
from jianghua.corpus.formats.limits import LIMITS, Limits, check_size, check_text
from jianghua.corpus.formats.table import find_format
from jianghua.corpus.lookalikes import ordinary
from jianghua.corpus.zipped import read_member
from jianghua.errors import UnfinishedError, UnreadableError

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_KINDS = [
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
]


def extract(path: Path, name: str | None = None, limits: Limits = LIMITS) -> Decoded:
    """Read one file and take its text out.

    `Decoded.is_plain` says whether offsets count in the file itself; otherwise save the text, without changing it.

    Raises:
        UnreadableError: no regular file, too large, a format that is not read, damaged, or without text;
            the message says what was found, what is accepted, and what to do.
        OSError: the file cannot be opened.
    """
    name = name or str(path)
    return extract_bytes(read_regular(path, name, limits), name, limits)


def extract_bytes(data: bytes, name: str = "input", limits: Limits = LIMITS) -> Decoded:
    """Take the text out of the contents of a file; `name` helps to tell its format.

    Plain text is decoded here; other formats are parsed by a child process, with a limit of time and memory; those of
    other office programs are made a .docx by LibreOffice before, if it is installed.

    Raises:
        UnreadableError: see `extract`.

    >>> extract_bytes("同志们：".encode())
    Decoded(text='同志们：', encoding='utf-8', marks=(), properties={})
    """
    check_size(len(data), name, limits)
    format = find_format(data, name, limits.ocr)
    if not format.is_taken_out:
        decoded = decode(data, name)
    else:
        from jianghua.corpus.formats.worker import take_text

        if format.office is not None:
            from jianghua.corpus.formats.office import to_docx

            docx = to_docx(format, data, name, limits)
            decoded = take_text("docx", docx, name, limits)._replace(encoding=format.name)
        else:
            decoded = take_text(format.name, data, name, limits)
        decoded = decoded._replace(text=as_saved(decoded.text))
        if not decoded.text.strip():
            raise UnreadableError(
                f"{name}: holds no text (0 characters; it may hold only pictures); expected the text of a speech; "
                "if it is scanned, use OCR first"
            )
    check_text(decoded.text, name, limits)
    decoded = decoded._replace(text=ordinary(decoded.text))
    if format.markup is None:
        return decoded
    marked = format.load_markup()(decoded.text)
    if not marked.text.strip():
        raise UnreadableError(f"{name}: holds no text (only pictures and markup); expected the text of a speech")
    return Decoded(marked.text, decoded.encoding, marked.marks, marked.properties)


def as_saved(text: str) -> str:
    r"""Text that comes back the same, offset by offset, when it is saved as UTF-8 and read again.

    >>> as_saved("\ufeff一\r\n二\x00三")
    '一\n二三'
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text).lstrip("\ufeff")


def read_regular(path: Path, name: str, limits: Limits = LIMITS) -> bytes:
    """Contents of a regular file, or of a file in a zip archive; what could block or never end (pipes, devices) is not even opened.

    Raises:
        UnreadableError: no regular file, or too large, or it changed while it was read.
        OSError: the file cannot be opened.
    """
    try:
        _check_regular(path.stat(), name, limits)
    except (NotADirectoryError, FileNotFoundError):
        packed = read_member(path, name, limits)
        if packed is None:
            raise
        return packed
    except ValueError as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(f"{name!r}: not the name of a file ({error}); expected a file or a folder") from None
    # it may have been replaced since it was looked at, so opening must not block either
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as stream:
        before = os.fstat(descriptor)
        _check_regular(before, name, limits)
        data = stream.read(min(before.st_size, limits.bytes) + 1)
        after = os.fstat(descriptor)
    check_size(len(data), name, limits)
    if len(data) != before.st_size or (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
        raise UnfinishedError(f"{name}: the file changed while it was read; try again")
    return data


def _check_regular(status: os.stat_result, name: str, limits: Limits) -> None:
    if not stat.S_ISREG(status.st_mode):
        what = next((what for is_kind, what in _KINDS if is_kind(status.st_mode)), "something else")
        raise UnreadableError(f"{name}: {what}, not a file; expected a file with the text of a speech")
    check_size(status.st_size, name, limits)
