"""What is already done in a folder of outputs, so that a stopped run goes on where it was."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Self

import orjson

from jianghua.corpus.folder import JOURNAL
from jianghua.errors import AccessError, access_to
from jianghua.files import write_bytes
from jianghua.labels import FUNCTIONS
from jianghua.tagging.jobs import Outcome
from jianghua.tagging.outputs import ENDINGS
from jianghua.tagging.summary import are_rows, packed

_FORMAT = 2
"""Of the lines; those of another format are passed over, so that their files are tagged again."""
_PART = re.compile(r"\..+\.\d+-[0-9a-f]{8}\.part", re.DOTALL)  # a file's name may hold a line break


class Journal:
    """One line of JSON for each finished file, written when its outputs are complete; the last line for a file counts.

    A line that was cut short by a crash, or that is none of ours, is passed over. `outcomes` maps names below OUT to what
    became of the file.
    """

    def __init__(self, out: Path, resume: bool = True) -> None:
        self._path = out / JOURNAL
        make_own(self._path)
        if self._path.exists() and self._path.stat().st_nlink > 1:  # a copy made of links, which would be written, too
            write_bytes(self._path, self._path.read_bytes())
        self.outcomes = {o.relative: o for o in read(self._path)} if resume else {}
        self._stream = self._path.open("ab" if resume else "wb")
        if self._stream.tell():
            self._stream.write(b"\n")  # the last line may be a piece

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self._stream.close()

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Note files whose outputs are complete."""
        for outcome in outcomes:
            self._stream.write(_line(outcome))
            self.outcomes[outcome.relative] = outcome
        self._stream.flush()

    def finish(self) -> None:
        """Write the journal anew, in order of names: the same bytes whatever happened on the way."""
        write_bytes(self._path, (_line(self.outcomes[name]) for name in sorted(self.outcomes)))


def make_own(path: Path) -> None:
    """Remove what stands where a file of ours is kept: a link would be written wherever it leads, a pipe would block.

    Raises:
        AccessError: a folder stands there, or it cannot be removed.
    """
    with access_to(path):
        if path.is_symlink() or (path.exists() and not path.is_file() and not path.is_dir()):
            path.unlink()
        elif path.is_dir():
            raise AccessError(
                f"{path}: a folder, where a file is kept; remove it, or choose another folder for the outputs"
            )


def remove_parts(out: Path) -> None:
    """Remove what a killed process was writing; nobody else may be writing below `out`."""
    for path in out.rglob(".*.part"):
        if _PART.fullmatch(path.name) and path.is_file() and not path.is_symlink():
            path.unlink(missing_ok=True)


def _line(outcome: Outcome) -> bytes:
    fields = {name: getattr(outcome, name) for name in _CHECKS if name != "format"}
    fields |= {"format": _FORMAT, "heads": orjson.loads(outcome.heads)}
    return (json.dumps(fields) + "\n").encode()  # ASCII: holds file names that are no UTF-8


def read(path: Path) -> Iterator[Outcome]:
    """Finished files that a journal tells of; lines that are none of ours are passed over."""
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        return
    with stream:
        for line in stream:
            try:
                fields = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if (
                isinstance(fields, dict)
                and fields.keys() == _CHECKS.keys()
                and all(_CHECKS[n](fields[n]) for n in fields)
            ):
                yield _outcome(fields)


def _outcome(fields: dict[str, Any]) -> Outcome:
    del fields["format"]
    fields["heads"] = packed(fields["heads"])
    fields["functions"] = tuple(fields["functions"])
    fields["courses"] = tuple(tuple(map(tuple, course)) for course in fields["courses"])
    fields["outputs"] = tuple((end, size) for end, size in fields["outputs"])
    return Outcome(**fields)


def _is_format(value: Any) -> bool:
    return type(value) is int and value == _FORMAT


def _is_name(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 63


def _are_counts(value: Any) -> bool:
    return isinstance(value, list) and len(value) == len(FUNCTIONS) and all(map(_is_number, value))


def _are_courses(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(course, list) and all(map(_is_run, course)) for course in value)


def _is_run(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and value[0] in FUNCTIONS and _is_number(value[1])


def _are_outputs(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 0 and all(map(_is_output, value))


def _is_output(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and value[0] in ENDINGS and _is_number(value[1])


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "format": _is_format,
    "source": _is_name,
    "relative": _is_name,
    "bytes": _is_number,
    "characters": _is_number,
    "speeches": _is_number,
    "paragraphs": _is_number,
    "functions": _are_counts,
    "heads": are_rows,
    "courses": _are_courses,
    "key": _is_name,
    "outputs": _are_outputs,
}
"""Fields of an outcome that a line holds, and what each must be: a folder of outputs may come from anywhere."""
