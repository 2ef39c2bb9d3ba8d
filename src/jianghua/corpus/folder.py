"""Folders of speeches → one list of documents, each read once, failures kept beside them."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from jianghua.corpus.extract import extract
from jianghua.corpus.formats.limits import LIMITS, Limits
from jianghua.corpus.formats.signature import PICTURE_SUFFIXES, REFUSED_SUFFIXES, SUFFIXES
from jianghua.corpus.speech import Paragraph, parse
from jianghua.errors import MissingError, UnreadableError, UsageError

_HIDDEN = (".", "~$")
"""How names of hidden files and of Office's lock files begin."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its name relative to its folder, its decoded text, and its paragraphs (all kinds, all speeches)."""

    source: str
    text: str
    encoding: str
    paragraphs: list[Paragraph]


class Found(NamedTuple):
    """A file below a folder, its name relative to the folder, and why it must not be read (None where it may be)."""

    path: Path
    relative: str
    problem: str | None = None


def search(folder: Path, leave_out: Path | None = None, *, pictures: bool = False) -> list[Found]:
    """Speech files below `folder` in order of their relative names, and links and folders that cannot be followed.

    Hidden files and Office's lock files are passed over. A link is followed to a file inside the folder only; a link
    to a folder inside is not followed, for its files are found in their own place. `leave_out` (the folder of the
    outputs) is not searched. With `pictures`, files of pictures are speech files, too.

    Raises:
        FileNotFoundError: `folder` is missing or holds no file of a known format.
    """
    if not folder.is_dir():
        raise MissingError(f"{folder}: no such folder; expected a folder with speeches ({', '.join(SUFFIXES)})")
    found = sorted(_search(folder, leave_out, pictures), key=lambda file: file.relative)
    if not found:
        raise MissingError(f"{folder}: holds no speeches; expected files that end in {', '.join(SUFFIXES)}")
    return found


def printable(path: Path | str) -> str:
    r"""Path as text that can be written anywhere; bytes of a name that are no UTF-8 (GBK, from old archives) as \xff.

    >>> printable("县里/讲话.txt")
    '县里/讲话.txt'
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def find_files(folder: Path) -> list[Path]:
    """Speech files below `folder` that may be read, in order of their relative names.

    Raises:
        FileNotFoundError: `folder` is missing or holds no file of a known format.
    """
    return [found.path for found in search(folder) if found.problem is None]


def _search(folder: Path, leave_out: Path | None, pictures: bool) -> Iterator[Found]:
    home = folder.resolve()
    excluded = leave_out.resolve() if leave_out is not None else None
    broken: list[OSError] = []
    for top, folders, files in os.walk(folder, onerror=broken.append):
        here = Path(top)
        inside = [name for name in folders if not name.startswith(_HIDDEN)]
        folders[:] = sorted(
            name
            for name in inside
            if not (here / name).is_symlink() and (excluded is None or (here / name).resolve() != excluded)
        )
        for name in [*inside, *files]:
            path = here / name
            relative = printable(path.relative_to(folder).as_posix())
            if path.is_symlink() and not name.startswith(_HIDDEN):
                problem = _problem_of_link(path, home)
                if problem is not None and (name in inside or _is_speech(name, pictures)):
                    yield Found(path, relative, f"{printable(path)}: {problem}")
                    continue
            if name in files and _is_speech(name, pictures):
                yield Found(path, relative)
    for error in broken:
        path = Path(os.fsdecode(error.filename))
        yield Found(
            path,
            printable(path.relative_to(folder).as_posix()),
            f"{printable(path)}: the folder cannot be searched ({error.strerror}); check its permissions",
        )


def _is_speech(name: str, pictures: bool) -> bool:
    return not name.startswith(_HIDDEN) and name.lower().endswith(
        (*SUFFIXES, *REFUSED_SUFFIXES, *(PICTURE_SUFFIXES if pictures else ()))
    )


def _problem_of_link(path: Path, home: Path) -> str | None:
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:  # Python 3.11 and 3.12 raise RuntimeError for a link to itself
        reason = (
            "it leads in a circle" if isinstance(error, RuntimeError) or error.errno == 40 else "its target is missing"
        )
        return f"a symbolic link that leads nowhere ({reason}); remove it or put the file in its place"
    if target.is_relative_to(home):
        return None
    return (
        f"a symbolic link that leads out of the folder, to {printable(target)}; it is not followed: "
        "copy what it leads to into the folder, or name that on the command line"
    )


def read_document(path: Path, source: str, limits: Limits = LIMITS) -> Document:
    """Read and parse one file.

    Raises:
        UnreadableError, OSError: see `jianghua.corpus.extract.extract`.
    """
    decoded = extract(path, source, limits)
    return Document(source, decoded.text, decoded.encoding, parse(decoded.text, source, decoded.marks))


def read_folders(folders: Iterable[Path]) -> Iterator[Document | tuple[str, Exception]]:
    """Read every speech file below the folders; a file that cannot be read yields its name and the reason.

    Raises:
        FileNotFoundError: a folder is missing or empty of speeches.
        ValueError: two folders hold files of the same relative name.
    """
    seen: dict[str, Path] = {}
    for folder in folders:
        for path, source, problem in search(folder):
            if source in seen:
                raise UsageError(
                    f"{path}: {seen[source]} has the same name; names are how labels find their speech, rename one"
                )
            seen[source] = path
            if problem is not None:
                yield source, UnreadableError(problem)
                continue
            try:
                yield read_document(path, source)
            except (UnreadableError, OSError) as error:
                yield source, error
