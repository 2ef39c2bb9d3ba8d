"""Many files → many outputs: find, tag, write, and account for every one."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jianghua.corpus import parse, read_text, simplify
from jianghua.corpus.decode import UnreadableError, decode
from jianghua.corpus.folder import find_files
from jianghua.files import write_bytes
from jianghua.labelling.cues import Cue, View, views
from jianghua.labels import FUNCTIONS
from jianghua.modelling.store import SavedModel
from jianghua.tagging.tagger import as_record, tag_paragraphs
from jianghua.tagging.writers import render, table_bytes

SUMMARY = "_summary.csv"
ERRORS = "_errors.csv"


@dataclass(frozen=True, slots=True)
class Job:
    """One input file: where it is (None is standard input), its name for the user, its name below OUT."""

    path: Path | None
    source: str
    relative: str


@dataclass(slots=True)
class Outcome:
    """What became of a file: counts by kind and function, or the reason why it failed."""

    source: str
    characters: int = 0
    speeches: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    functions: Counter[str] = field(default_factory=Counter)
    error: str | None = None


def find_jobs(paths: Sequence[str]) -> Iterator[Job | Outcome]:
    """Files that the arguments name; an argument that leads to none is an outcome with its reason."""
    taken: set[str] = set()
    for argument in paths:
        if argument == "-":
            yield Job(None, "-", "stdin")
            continue
        path = Path(argument)
        try:
            files = (
                [(file, file.relative_to(path).as_posix()) for file in find_files(path)]
                if path.is_dir()
                else [(path, path.name)]
            )
        except OSError as error:
            yield Outcome(argument, error=str(error))
            continue
        for file, relative in files:
            if relative in taken:
                yield Outcome(
                    str(file), error=f"another input has the name {relative} below OUT; tag it into another folder"
                )
                continue
            taken.add(relative)
            yield Job(file, str(file), relative)


@dataclass(frozen=True, slots=True)
class Options:
    """What to write: formats, text in simplified characters or as it was, and explanations by these cues (None: none)."""

    formats: Sequence[str] = ("jsonl",)
    simplified: bool = False
    explain: Sequence[Cue] | None = None


def tag_job(job: Job, model: SavedModel, out: Path, options: Options) -> Outcome:
    """Tag one file and write its outputs; a failure is an outcome, not an exception."""
    try:
        data = decode(sys.stdin.buffer.read(), "-") if job.path is None else read_text(job.path, job.source)
        paragraphs = parse(data.text, job.source)
        tags = tag_paragraphs(model, paragraphs, data.text)
        records = [
            as_record(p, tag, model.title, simplify(p.text) if options.simplified else None)
            for p, tag in zip(paragraphs, tags, strict=True)
        ]
        if options.explain is not None:
            add_explanations(records, views(paragraphs), model, options.explain)
        for format in options.formats:
            write_bytes(out / f"{job.relative}.{format}", render(records, format))
    except UnreadableError as error:
        return Outcome(job.source, error=str(error))
    except OSError as error:
        return Outcome(job.source, error=f"{job.source}: {error.strerror or error}; check the path and its permissions")
    return Outcome(
        job.source,
        len(data.text),
        len({p.speech for p in paragraphs}),
        Counter(p.kind for p in paragraphs),
        Counter(tag.label for tag in tags if tag),
    )


def add_explanations(
    records: Sequence[dict[str, Any]], seen: Sequence[View], model: SavedModel, cues: Sequence[Cue]
) -> None:
    """Give every record a field `explanation` (null unless it has a label)."""
    from jianghua.tagging.explain import explain

    left = iter(seen)
    for record in records:
        label = record["label"]
        record["explanation"] = explain(next(left), label, model.tagger.text, cues) if label else None


def tag_batch(
    jobs: Iterable[Job | Outcome],
    model: SavedModel,
    out: Path,
    options: Options,
    done: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """Tag all jobs, in order, then write the summary and the table of errors.

    Raises:
        OSError: OUT cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    outcomes = []
    for job in jobs:
        outcome = tag_job(job, model, out, options) if isinstance(job, Job) else job
        outcomes.append(outcome)
        done(outcome)
    fine = [outcome for outcome in outcomes if outcome.error is None]
    write_bytes(
        out / SUMMARY,
        table_bytes(
            ("source", "characters", "speeches", "paragraphs", "headings", "meta", *FUNCTIONS),
            (
                (
                    o.source,
                    o.characters,
                    o.speeches,
                    o.kinds["paragraph"],
                    o.kinds["heading"] + o.kinds["title"],
                    o.kinds["meta"],
                    *(o.functions[name] for name in FUNCTIONS),
                )
                for o in fine
            ),
        ),
    )
    write_bytes(
        out / ERRORS, table_bytes(("source", "reason"), ((o.source, o.error) for o in outcomes if o.error is not None))
    )
    return outcomes
