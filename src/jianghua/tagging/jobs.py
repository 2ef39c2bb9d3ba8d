"""Files that are to be tagged, and what became of each."""

import os
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from jianghua.corpus.folder import JOURNAL, printable, search
from jianghua.corpus.zipped import is_archive
from jianghua.errors import MissingError, UsageError
from jianghua.tagging.outputs import OUTPUT_FORMATS

Packed = bytes
"""Rows of a table as JSON."""
INDEX = "_index"
RESERVED = ("_summary", "_errors", INDEX)
"""What the files about a whole batch are called."""


@dataclass(frozen=True, slots=True)
class Job:
    """One input file: where it is (None is standard input), its name for the user, its name below OUT.

    The place is text, not a Path: there may be a million of them, and most are the same text as the name.
    """

    place: str | None
    source: str
    relative: str

    @classmethod
    def at(cls, path: Path, relative: str) -> Self:
        """Job for a file."""
        source = printable(path)
        return cls(source if source == str(path) else str(path), source, relative)

    @property
    def path(self) -> Path | None:
        """Where the file is; None is standard input."""
        return None if self.place is None else Path(self.place)


@dataclass(slots=True)
class Outcome:
    """What became of a file: counts and the course of each speech, or the reason why it failed. Small: there may be a million.

    `functions` counts paragraphs in the order of FUNCTIONS; `heads` are its speeches' rows of the summary (see
    `jianghua.tagging.summary.pack`); `courses` has, for each speech, its runs of one function as
    (label, characters); `key` says what the outputs were made of, and `outputs` how each is called beyond the name below
    OUT, and how long it is; `kept` is true where they were there already.
    """

    source: str
    relative: str = ""
    error: str | None = None
    bytes: int = 0
    characters: int = 0
    speeches: int = 0
    paragraphs: int = 0
    functions: tuple[int, ...] = ()
    heads: Packed = b"[]"
    courses: tuple[tuple[tuple[str, int], ...], ...] = ()
    key: str = ""
    outputs: tuple[tuple[str, int], ...] = ()
    kept: bool = False


def find_jobs(
    paths: Sequence[str], out: Path | None = None, passed: Counter[str] | None = None, *, pictures: bool = False
) -> Iterator[Job | Outcome]:
    """Files that the arguments name; an argument or a file that cannot be read is an outcome with its reason.

    A file that is named again, by itself or by its folder, is one job: the first.

    Args:
        out: a folder that is not searched: that of the outputs.
        passed: counts files of folders that are no documents, by their suffix.
        pictures: whether pictures in folders are speeches, too.

    Raises:
        UsageError: `out` is one of the folders of speeches, or lies in one and holds speeches itself.
    """
    source_of: dict[str, str] = {}
    places: set[str] = set()
    outputs = cache(lambda: _outputs_in(out) if out is not None else frozenset())
    for argument in paths:
        for job in _jobs_of(argument, out, outputs, passed, pictures):
            if isinstance(job, Job):
                if job.place is not None and len(paths) > 1:
                    place = os.path.abspath(job.place)  # noqa: PTH100 - links stay what they are
                    if place in places:
                        continue
                    places.add(place)
                name = _folded(job.relative)
                if name in RESERVED:
                    job = Outcome(
                        job.source, error=f"{job.source}: its outputs would be named like the summary; rename it"
                    )
                elif name in source_of:
                    job = Outcome(
                        job.source,
                        error=f"{job.source}: {source_of[name]} has the name {job.relative} below OUT too; tag it into another folder",
                    )
                else:
                    source_of[name] = job.source
            yield job


def _folded(name: str) -> str:
    """The name as file systems see it to which case and ways to compose accents are one (Windows, macOS).

    >>> _folded("Straße.txt") == _folded("straße.TXT"), _folded("straße.txt") == _folded("strasse.txt")
    (True, False)
    """
    if name.isascii():
        return name.lower()
    folded = ((char, char.casefold()) for char in unicodedata.normalize("NFC", name))
    return "".join(fold if len(fold) == 1 else char for char, fold in folded)


def _jobs_of(
    argument: str, out: Path | None, outputs: Callable[[], frozenset[str]], passed: Counter[str] | None, pictures: bool
) -> Iterator[Job | Outcome]:
    if argument == "-":
        yield Job(None, "-", "stdin")
        return
    path = Path(argument)
    try:
        if not path.is_dir() and not is_archive(path):
            source = printable(argument)
            below = _place_below(path, out) if path.is_file() else None
            if below is not None and below in outputs():
                yield Outcome(source, error=f"{source}: made by an earlier run into {out}; outputs are not tagged")
            else:
                yield Job(argument, source, printable(path.name or argument))
            return
        among = _place_below(path, out) if path.is_dir() else None
        _check_that_nothing_is_missed(path, out)
        for found in search(path, out, passed, pictures=pictures):
            if found.problem is not None:
                yield Outcome(printable(found.path), error=found.problem)
            elif among is not None and found.relative.startswith(f"{among}/"):
                source = printable(found.path)
                yield Outcome(
                    source, error=f"{source}: its outputs would lie among the speeches; tag into another folder"
                )
            else:
                yield Job.at(found.path, found.relative)
    except UsageError:
        raise
    except (OSError, ValueError) as error:
        yield Outcome(argument, error=str(error))


def _check_that_nothing_is_missed(folder: Path, out: Path | None) -> None:
    """See that OUT, which is not searched for speeches, holds none where it lies in their folder.

    Raises:
        UsageError: it holds some, and no outputs of an earlier run.
    """
    if (
        out is None
        or not out.is_dir()
        or (out / JOURNAL).exists()
        or not out.resolve().is_relative_to(folder.resolve())
    ):
        return
    try:
        speeches = search(out)
    except MissingError:
        return
    raise UsageError(
        f"{out}: the folder of the outputs lies in {folder} and holds {printable(speeches[0].relative)}, which would not "
        "be tagged; give a new or empty folder with -o"
    )


def _outputs_in(out: Path) -> frozenset[str]:
    """What earlier runs wrote below OUT, as far as they noted it."""
    from jianghua.tagging.journal import read

    outcomes = read(out / JOURNAL) if (out / JOURNAL).is_file() else ()
    return frozenset(f"{outcome.relative}.{end}" for outcome in outcomes for end, _ in outcome.outputs) | {
        f"{INDEX}.{format.ending}" for format in OUTPUT_FORMATS if format.index
    }


def _place_below(folder: Path, out: Path | None) -> str | None:
    """Name of a file or a folder below OUT; None where it is elsewhere.

    Raises:
        UsageError: it is OUT.
    """
    if out is None or not folder.resolve().is_relative_to(out.resolve()):
        return None
    if folder.resolve() == out.resolve():
        raise UsageError(
            f"{folder}: is the folder of the speeches and of the outputs, which would be tagged; give another -o"
        )
    return printable(folder.resolve().relative_to(out.resolve()).as_posix())
