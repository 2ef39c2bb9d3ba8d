"""Folders of speeches → one list of documents, each read once, failures kept beside them."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import NamedTuple

from jianghua.corpus.extract import extract
from jianghua.corpus.formats.limits import LIMITS, Limits
from jianghua.corpus.formats.signature import PAGE_SUFFIXES
from jianghua.corpus.formats.table import PICTURE_SUFFIXES, REFUSED_SUFFIXES, SUFFIXES
from jianghua.corpus.speech import Paragraph, parse
from jianghua.corpus.zipped import SUFFIX, is_archive, members
from jianghua.errors import MissingError, UnreadableError, UsageError

JOURNAL = ".jianghua-journal"
"""File by which a folder of outputs of ours is known."""

_HIDDEN = (".", "~$")
"""How names of hidden files and of Office's lock files begin."""
_MIRRORED = re.compile(r"\.(?:[xs]?html?|php|aspx?|jsp|do|action|cgi)[?@][^/]+$", re.IGNORECASE)
"""How programs that copy sites (wget) name pages that were asked for with parameters."""
_CHINESE = {"hidden": "隐藏文件", "without suffix": "无扩展名", "parts of pages": "网页附属文件"}


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


def search(
    folder: Path, leave_out: Path | None = None, passed: Counter[str] | None = None, *, pictures: bool = False
) -> list[Found]:
    """Speech files below `folder` in order of their relative names, and links and folders that cannot be followed.

    A zip archive is a folder of what is in it. A link is followed to a file inside the folder only; a link to a folder
    inside is not followed, for its files are found in their own place. `leave_out` (the folder of the outputs) is not
    searched, and neither is a folder of outputs of an earlier run. Hidden files, Office's lock files and what is no
    document are passed over and counted in `passed`. With `pictures`, files of pictures are speech files, too.

    Raises:
        FileNotFoundError: `folder` is missing or holds no file of a known format.
    """
    passed = Counter() if passed is None else passed
    if is_archive(folder):
        found = _packed(folder, "", passed, pictures)
    elif folder.is_dir():
        found = sorted(_search(folder, leave_out, passed, pictures), key=lambda file: file.relative)
    else:
        raise MissingError(f"{folder}: no such folder; expected a folder with speeches ({', '.join(SUFFIXES)})")
    if not found:
        others = f" (not documents: {said_passed(passed)})" if passed else ""
        raise MissingError(f"{folder}: holds no speeches; expected files that end in {', '.join(SUFFIXES)}{others}")
    return found


def said_passed(passed: Counter[str], lang: str = "en") -> str:
    """What was passed over, in words.

    >>> said_passed(Counter({".db": 12, ".exe": 3}))
    '12 .db, 3 .exe'
    """
    counts = sorted(passed.items(), key=lambda item: (-item[1], item[0]))
    if lang == "zh":
        return "、".join(f"{_CHINESE.get(kind, kind)} {count:,} 个" for kind, count in counts)
    return ", ".join(f"{count:,} {kind}" for kind, count in counts)


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


def _search(folder: Path, leave_out: Path | None, passed: Counter[str], pictures: bool) -> Iterator[Found]:
    home = folder.resolve()
    excluded = leave_out.resolve() if leave_out is not None else None
    broken: list[OSError] = []
    for top, folders, files in os.walk(folder, onerror=broken.append):
        here = Path(top)
        if JOURNAL in files:
            folders.clear()
            yield Found(
                here,
                printable(here.relative_to(folder).as_posix()),
                f"{printable(here)}: holds outputs of `jianghua tag`, which are no speeches; name a folder without any, "
                f"or remove {JOURNAL} if all that it holds are speeches",
            )
            continue
        inside = [name for name in folders if not name.startswith(_HIDDEN)]
        _pass_over(set(folders) - set(inside), passed)
        for parts in [name for name in inside if _belongs_to_a_page(name, files)]:
            inside.remove(parts)
            passed["parts of pages"] += sum(len(below[2]) for below in os.walk(here / parts))
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
            if name in inside:
                continue
            if _is_speech(name, pictures):
                yield Found(path, relative)
            elif not name.startswith(_HIDDEN) and name.lower().endswith(SUFFIX):
                yield from _packed(path, relative, passed, pictures) if is_archive(path) else [Found(path, relative)]
            else:
                _pass_over([name], passed)
    for error in broken:
        path = Path(os.fsdecode(error.filename))
        yield Found(
            path,
            printable(path.relative_to(folder).as_posix()),
            f"{printable(path)}: the folder cannot be searched ({error.strerror}); check its permissions",
        )


def _packed(archive: Path, relative: str, passed: Counter[str], pictures: bool) -> list[Found]:
    """Speeches in a zip archive; `relative` is its own name, empty where it was named as a folder is."""
    begin = f"{relative}/" if relative else ""
    found = []
    try:
        for name, problem in members(archive, printable(archive)):
            parts = PurePath(name).parts
            hidden = any(part.startswith((*_HIDDEN, "__MACOSX")) and part != ".." for part in parts)
            if hidden or not (_is_speech(parts[-1], pictures) or name.lower().endswith(SUFFIX)):
                _pass_over([".hidden" if hidden else parts[-1]], passed)
            else:
                found.append(Found(archive / name, begin + printable(name), problem))
    except (UnreadableError, OSError) as error:
        return [Found(archive, relative or archive.name, str(error))]
    return found


def _pass_over(names: Iterable[str], passed: Counter[str]) -> None:
    for name in names:
        passed["hidden" if name.startswith(_HIDDEN) else PurePath(name).suffix.lower() or "without suffix"] += 1


def _belongs_to_a_page(folder: str, files: Iterable[str]) -> bool:
    """Whether a browser or Word put what a page needs into this folder: `talk_files` beside `talk.html`."""
    page = re.sub(r"(?:_files|\.files|_file)$", "", folder, flags=re.IGNORECASE)
    return page != folder and any(
        PurePath(name).stem == page and name.lower().endswith(PAGE_SUFFIXES) for name in files
    )


def _is_speech(name: str, pictures: bool) -> bool:
    if name.startswith(_HIDDEN):
        return False
    suffixes = (*SUFFIXES, *REFUSED_SUFFIXES, *(PICTURE_SUFFIXES if pictures else ()))
    return name.lower().endswith(suffixes) or _MIRRORED.search(name) is not None


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
