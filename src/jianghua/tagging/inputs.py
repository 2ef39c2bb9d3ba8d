"""What Python code gives to be tagged: paths, bytes and texts, told apart."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from jianghua.corpus.extract import read_regular
from jianghua.corpus.folder import printable, search
from jianghua.corpus.formats.table import PICTURE_SUFFIXES, REFUSED_SUFFIXES, SUFFIXES
from jianghua.corpus.zipped import SUFFIX, is_archive
from jianghua.errors import JianghuaError, MissingError, UnreadableError, UsageError, access_to

Source = str | bytes | os.PathLike[str]
"""A document: a path, the contents of a file, or a text."""

NO_FILE = "-"
"""Name of what is no file, as of standard input."""

_OF_FILES = (*SUFFIXES, *REFUSED_SUFFIXES, *PICTURE_SUFFIXES, SUFFIX)
_LINES = re.compile(r"[\r\n]")
_SENTENCE = re.compile(r"[。！？；]")
_CLAUSE = re.compile(r"[，、：“”《》]")
_IN_A_FOLDER = re.compile(r"[/\\]")


class Input(NamedTuple):
    """A document to be read: its name, and where it is or what it holds."""

    name: str
    path: Path | None = None
    data: bytes = b""

    def read(self) -> bytes:
        """Contents of the file.

        Raises:
            MissingError, AccessError, UnreadableError: it cannot be read.
        """
        if self.path is None:
            return self.data
        with access_to(self.name):
            return read_regular(self.path, self.name)

    @property
    def is_many(self) -> bool:
        """Whether it is a folder or a zip archive of documents."""
        return self.path is not None and (self.path.is_dir() or is_archive(self.path))

    @property
    def size(self) -> int:
        """In bytes, as far as it is known before it is read."""
        try:
            return len(self.data) if self.path is None else self.path.stat().st_size
        except (OSError, ValueError):
            return 0


class Failure(NamedTuple):
    """A document that could not be tagged, and why."""

    name: str
    error: Exception


def input_of(source: Source, name: str | None = None) -> Input:
    """Tell what is given.

    A `Path` is a file, bytes are the contents of one. A str is a text where it has a line break; a path where something of
    that name is there, or where it ends like a file (“.docx”); a text where it has Chinese punctuation.

    Args:
        name: of the document, for bytes and texts; its suffix helps to tell the format.

    Raises:
        MissingError: a str that is none of these: it looks like the path of a file that is not there.
        UsageError: something else than a path, bytes or a text.

    >>> input_of("同志们，大家好！").path, input_of(Path("talk.docx")).name
    (None, 'talk.docx')
    >>> input_of("tolk.docx")
    Traceback (most recent call last):
    jianghua.errors.MissingError: tolk.docx: no such file or folder; a text without Chinese punctuation is given as bytes: text.encode()
    """
    if isinstance(source, bytes | bytearray):
        return Input(name or NO_FILE, data=bytes(source))
    if isinstance(source, str) and _is_text(source):
        try:
            return Input(name or NO_FILE, data=source.encode())
        except UnicodeEncodeError as error:
            raise UnreadableError(f"the text holds half a character at {error.start}; expected Unicode") from None
    if not isinstance(source, str | os.PathLike):
        raise UsageError(f"{type(source).__name__} is not known as a document; give a path, bytes or a text")
    path = Path(source)
    if isinstance(source, str) and not (source and _is_there(path)):  # pathlib takes “” for the working folder
        raise MissingError(
            f"{printable(source) or '“”'}: no such file or folder; a text without Chinese punctuation is given as bytes: text.encode()"
        )
    return Input(name or printable(path), path)


def _is_text(given: str) -> bool:
    if _LINES.search(given):
        return True
    if given.lower().endswith(_OF_FILES) or _is_there(Path(given)):
        return False
    clause = _CLAUSE.search(given) and not _IN_A_FOLDER.search(given)
    return bool(_SENTENCE.search(given) or clause)


def _is_there(path: Path) -> bool:
    """Whether there is something at a path, or in a zip archive at its beginning."""
    try:
        return path.exists() or any(is_archive(above) for above in path.parents)
    except (OSError, ValueError):  # too long for a name, or with a null in it
        return False


def inputs_of(sources: Source | Iterable[Source], pictures: bool = False) -> Iterator[Input | Failure]:
    """Documents one by one; a folder or a zip archive stands for the speeches in it, in the order of their names.

    Args:
        pictures: whether pictures in folders are speeches, too.

    Raises:
        UsageError: see `input_of`.
    """
    for source in [sources] if isinstance(sources, str | bytes | bytearray | os.PathLike) else sources:
        try:
            document = input_of(source)
            if document.path is None or not document.is_many:
                yield document
                continue
            for found in search(document.path, pictures=pictures):
                name = printable(found.path)
                yield Failure(name, UnreadableError(found.problem)) if found.problem else Input(name, found.path)
        except UsageError:
            raise
        except JianghuaError as error:
            yield Failure(str(source) if isinstance(source, str | os.PathLike) else NO_FILE, error)
