"""Folders of speeches → one list of documents, each read once, failures kept beside them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from jianghua.corpus.decode import UnreadableError, read_text
from jianghua.corpus.speech import Paragraph, parse

SUFFIXES = (".txt", ".text", ".md")


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its name relative to its folder, its decoded text, and its paragraphs (all kinds, all speeches)."""

    source: str
    text: str
    encoding: str
    paragraphs: list[Paragraph]


def find_files(folder: Path) -> list[Path]:
    """Speech files below `folder`, in order of their relative names.

    Raises:
        FileNotFoundError: `folder` is missing or holds no file of a known format.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder; expected a folder with speeches ({', '.join(SUFFIXES)})")
    files = sorted(
        (path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file()),
        key=lambda path: path.relative_to(folder).as_posix(),
    )
    if not files:
        raise FileNotFoundError(f"{folder}: holds no speeches; expected files that end in {', '.join(SUFFIXES)}")
    return files


def read_document(path: Path, source: str) -> Document:
    """Read and parse one file.

    Raises:
        UnreadableError, OSError: see `jianghua.corpus.decode.read_text`.
    """
    decoded = read_text(path, source)
    return Document(source, decoded.text, decoded.encoding, parse(decoded.text, source))


def read_folders(folders: Iterable[Path]) -> Iterator[Document | tuple[str, Exception]]:
    """Read every speech file below the folders; a file that cannot be read yields its name and the reason.

    Raises:
        FileNotFoundError: a folder is missing or empty of speeches.
        ValueError: two folders hold files of the same relative name.
    """
    seen: dict[str, Path] = {}
    for folder in folders:
        for path in find_files(folder):
            source = path.relative_to(folder).as_posix()
            if source in seen:
                raise ValueError(
                    f"{path}: {seen[source]} has the same name; names are how labels find their speech, rename one"
                )
            seen[source] = path
            try:
                yield read_document(path, source)
            except (UnreadableError, OSError) as error:
                yield source, error
