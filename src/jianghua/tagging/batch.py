"""Some input files → their outputs, or the reasons why there are none."""

import hashlib
import logging
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import orjson

from jianghua import __version__
from jianghua.corpus import simplify
from jianghua.corpus.extract import read_regular
from jianghua.corpus.formats.limits import LIMITS
from jianghua.corpus.views import View, views
from jianghua.errors import REMEDIES, AccessError, UnfinishedError, UnreadableError
from jianghua.files import LONGEST_NAME, too_long, write_bytes
from jianghua.labelling.cues import Cue
from jianghua.labels import FUNCTIONS
from jianghua.model.store import SavedModel
from jianghua.tagging.jobs import Job, Outcome
from jianghua.tagging.outputs import TEXT_ENDING, OutputFormat, output_format
from jianghua.tagging.outputs.course import courses_of
from jianghua.tagging.reading import ReadFile, TaggedFile, records_of, tag_files
from jianghua.tagging.summary import pack

_WRITERS = 8

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Options:
    """What to write: formats, text in simplified characters or as it was, and explanations by these cues (None: none).

    `lang` is of what outputs say themselves, “en” or “zh”. `ocr`: scanned pages are recognised.

    Raises:
        UsageError: a format is not known.
    """

    formats: Sequence[str] = ("jsonl",)
    simplified: bool = False
    explain: Sequence[Cue] | None = None
    lang: str = "en"
    ocr: bool = False

    def __post_init__(self) -> None:
        self.output_formats()

    def output_formats(self) -> list[OutputFormat]:
        """The formats, each once."""
        return [output_format(name) for name in dict.fromkeys(self.formats)]

    @property
    def have_index(self) -> bool:
        """Whether a format is made to be read, with an index of the batch."""
        return any(format.index for format in self.output_formats())

    def key(self, job: Job, data: bytes, model: SavedModel) -> str:
        """First half of the SHA-256 of all that the outputs of a file depend on."""
        cues = (
            None if self.explain is None else [[*map(str, (c.name, c.pattern, c.votes, c.where))] for c in self.explain]
        )
        parts = [
            __version__,
            model.title,
            model.digest,
            job.source,
            [*self.formats],
            self.simplified,
            cues,
            self.lang if self.have_index else "",
            self.ocr,
        ]
        return hashlib.sha256(hashlib.sha256(data).digest() + orjson.dumps(parts)).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class _File:
    """A file that is being tagged: its text is read and cut."""

    job: Job
    key: str
    size: int
    content: ReadFile


def tag_jobs(
    jobs: Sequence[Job], model: SavedModel, out: Path, options: Options, earlier: Mapping[str, Outcome]
) -> Iterator[Outcome]:
    """Tag some files together and begin to write their outputs, save where those that `earlier` tells of are still right.

    A failure is an outcome, not an exception. The outcomes, in the order of the jobs, come when the outputs are complete.
    """
    outcomes: list[Outcome | None] = []
    files: list[_File] = []
    for job in jobs:
        outcome = _guarded(job, lambda job=job: _open(job, model, out, options, earlier.get(job.relative)))  # type: ignore[misc]
        if isinstance(outcome, _File):
            files.append(outcome)
            outcomes.append(None)
        else:
            outcomes.append(outcome)
    try:
        tagged = tag_files([file.content for file in files], model)
    except Exception:  # one of them is at fault: each on its own
        tagged = []

    def finish(number: int) -> _Outputs:
        file = files[number]
        return _finish(file, tagged[number] if tagged else tag_files([file.content], model)[0], model, options)

    results = [_guarded(file.job, partial(finish, number)) for number, file in enumerate(files)]
    outcomes_of_files = iter(_writers().map(partial(_write, out), [file.job for file in files], results))
    return (outcome or next(outcomes_of_files) for outcome in outcomes)


@cache
def _writers() -> ThreadPoolExecutor:
    """Threads that write: disks flush several files in the time of one."""
    return ThreadPoolExecutor(_WRITERS, "jianghua-writer")


def _guarded(job: Job, work: Callable[[], Any]) -> Any:
    """The result of `work`, or the reason why there is none."""
    try:
        return work()
    except UnreadableError as error:
        return Outcome(job.source, error=str(error))
    except OSError as error:
        if isinstance(error, AccessError) and error.errno is None:  # what we refuse, in our own words
            return Outcome(job.source, error=str(error))
        what_to_do = REMEDIES.get(error.errno or 0, "check the path and its permissions")
        return Outcome(job.source, error=f"{job.source}: {error.strerror or error}; {what_to_do}")
    except MemoryError:
        return Outcome(job.source, error=f"{job.source}: not enough memory; try it alone, or with fewer --jobs")
    except Exception as error:
        log.exception("%s", job.source)
        reason = (
            f"{job.source}: unexpected {type(error).__name__} ({error}); the other files go on, please report this one"
        )
        return Outcome(job.source, error=reason)


def _open(job: Job, model: SavedModel, out: Path, options: Options, earlier: Outcome | None) -> _File | Outcome:
    _check_place(out, job)
    try:
        data = _read(job)
        key = options.key(job, data, model)
        if earlier is not None and earlier.key == key and _are_there(out, earlier):
            earlier.kept = True
            return earlier
        content = ReadFile.of(data, job.source, options.ocr)
    except UnfinishedError:  # says nothing of the text, so that what is known of it stays
        raise
    except UnreadableError:
        for end, _ in earlier.outputs if earlier else ():  # they tell of what the file held before
            (out / f"{job.relative}.{end}").unlink(missing_ok=True)
        raise
    return _File(job, key, len(data), content)


def _check_place(out: Path, job: Job) -> None:
    """Outputs stay below OUT, which may come from anywhere: nothing is written or removed through a link to a folder.

    Raises:
        AccessError: a folder of the outputs is such a link.
    """
    for folder in list(Path(job.relative).parents)[:-1]:
        if (out / folder).is_symlink():
            raise AccessError(
                f"{job.source}: its outputs would be written through the symbolic link {out / folder}, which may lead "
                "anywhere; remove the link, or choose another folder"
            )


def _read(job: Job) -> bytes:
    if job.path is None:
        return sys.stdin.buffer.read(LIMITS.bytes + 1)
    return read_regular(job.path, job.source)


def _are_there(out: Path, earlier: Outcome) -> bool:
    try:
        return all((out / f"{earlier.relative}.{end}").lstat().st_size == size for end, size in earlier.outputs)
    except OSError:
        return False


@dataclass(frozen=True, slots=True)
class _Outputs:
    """A file whose outputs only have to be written."""

    outcome: Outcome
    contents: dict[str, bytes]


def _finish(file: _File, tagged: TaggedFile, model: SavedModel, options: Options) -> _Outputs:
    job, content, paragraphs = file.job, file.content, file.content.paragraphs
    texts = None
    if options.simplified:
        tagged = tagged._replace(heads=[head.simplified() for head in tagged.heads])
        texts = [simplify(p.text) for p in paragraphs]
    tags, heads = tagged
    records = records_of(paragraphs, tagged, model.title, texts)
    if options.explain is not None:
        add_explanations(records, views(paragraphs), model, options.explain)
    # labels find their paragraph by its own text, so what people correct is shown in it
    own = [{**r, "text": p.text} for r, p in zip(records, paragraphs, strict=True)] if options.simplified else records
    contents = {}
    for format in options.output_formats():
        contents[format.ending] = format.render(own if format.index else records, job.source, options.lang)
    if not content.is_plain:  # offsets mean nothing without the text that they count in
        contents[TEXT_ENDING] = content.text.encode()
    functions = Counter(tag.label for tag in tags if tag)
    outcome = Outcome(
        job.source,
        job.relative,
        None,
        file.size,
        len(content.text),
        len(heads),
        sum(p.kind == "paragraph" for p in paragraphs),
        tuple(functions[name] for name in FUNCTIONS),
        pack(heads, zip(paragraphs, (tag.label if tag else None for tag in tags), strict=True)),
        courses_of(records) if options.have_index else (),  # pages show them; a million files need not keep them
        file.key,
        tuple((end, len(content)) for end, content in contents.items()),
    )
    return _Outputs(outcome, contents)


def _write(out: Path, job: Job, result: _Outputs | Outcome) -> Outcome:
    if isinstance(result, Outcome):
        return result

    def write() -> Outcome:
        paths = [out / f"{job.relative}.{end}" for end in result.contents]
        if (path := too_long(paths)) is not None:
            raise UnreadableError(
                f"{job.source}: its output would have a name of {len(os.fsencode(path.name))} bytes "
                f"(accepted: up to {LONGEST_NAME}); give the file a shorter name"
            )
        try:
            for path, content in zip(paths, result.contents.values(), strict=True):
                write_bytes(path, content)
        except OSError:
            for path in paths:  # all or none
                with suppress(OSError):
                    path.unlink()
            raise
        return result.outcome

    outcome: Outcome = _guarded(job, write)
    return outcome


def add_explanations(
    records: Sequence[dict[str, Any]], views: Sequence[View], model: SavedModel, cues: Sequence[Cue]
) -> None:
    """Give every record a field `explanation` (null unless it has a label)."""
    from jianghua.tagging.explain import explain

    remaining = iter(views)
    for record in records:
        label = record["label"]
        record["explanation"] = explain(next(remaining), label, model.tagger.text, cues) if label else None
