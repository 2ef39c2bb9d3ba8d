"""Files that are to be tagged, and what became of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from jianghua.corpus.folder import printable, search

Packed = bytes
"""Rows of a table as JSON."""
RESERVED = ("_summary", "_errors", "_index")
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


def find_jobs(paths: Sequence[str], out: Path | None = None, *, pictures: bool = False) -> Iterator[Job | Outcome]:
    """Files that the arguments name; an argument or a file that cannot be read is an outcome with its reason.

    Args:
        out: a folder that is not searched: that of the outputs.
        pictures: whether pictures in folders are speeches, too.
    """
    taken: dict[str, str] = {}
    for argument in paths:
        for job in _jobs_of(argument, out, pictures):
            if isinstance(job, Job):
                name = job.relative.casefold()  # some file systems take them for the same
                if name in RESERVED:
                    job = Outcome(
                        job.source, error=f"{job.source}: its outputs would be named like the summary; rename it"
                    )
                elif name in taken:
                    job = Outcome(
                        job.source,
                        error=f"{job.source}: {taken[name]} has the name {job.relative} below OUT too; tag it into another folder",
                    )
                else:
                    taken[name] = job.source
            yield job


def _jobs_of(argument: str, out: Path | None, pictures: bool) -> Iterator[Job | Outcome]:
    if argument == "-":
        yield Job(None, "-", "stdin")
        return
    path = Path(argument)
    try:
        if not path.is_dir():
            yield Job(argument, printable(argument), printable(path.name or argument))
            return
        for found in search(path, out, pictures=pictures):
            if found.problem is None:
                yield Job.at(found.path, found.relative)
            else:
                yield Outcome(printable(found.path), error=found.problem)
    except (OSError, ValueError) as error:
        yield Outcome(argument, error=str(error))
