"""What is already done in a folder of outputs, so that a stopped run goes on where it was."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any, Self

import orjson

from jianghua.files import write_bytes
from jianghua.tagging.batch import Outcome

JOURNAL = ".jianghua-journal"
_PART = re.compile(r"\..+\.\d+\.part")


class Journal:
    """One line of JSON for each finished file, written when its outputs are complete; the last line for a file counts.

    A line that was cut short by a crash is passed over. `done` maps names below OUT to what became of the file.
    """

    def __init__(self, out: Path, resume: bool = True) -> None:
        self._path = out / JOURNAL
        self.done = {o.relative: o for o in _read(self._path)} if resume else {}
        self._stream = self._path.open("ab" if resume else "wb")
        if self._stream.tell():
            self._stream.write(b"\n")  # the last line may be a piece

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self._stream.close()

    def add(self, outcome: Outcome) -> None:
        """Note a file whose outputs are complete."""
        self._stream.write(_line(outcome))
        self._stream.flush()
        self.done[outcome.relative] = outcome

    def finish(self) -> None:
        """Write the journal anew, in order of names: the same bytes whatever happened on the way."""
        write_bytes(self._path, b"".join(_line(self.done[name]) for name in sorted(self.done)))


def remove_parts(out: Path) -> None:
    """Remove what a killed process was writing; nobody else may be writing below `out`."""
    for path in out.rglob(".*.part"):
        if _PART.fullmatch(path.name) and path.is_file() and not path.is_symlink():
            path.unlink(missing_ok=True)


def _line(outcome: Outcome) -> bytes:
    held = {f.name: getattr(outcome, f.name) for f in fields(outcome) if f.name not in ("kept", "error")}
    return orjson.dumps(held, option=orjson.OPT_APPEND_NEWLINE)


def _read(path: Path) -> Iterable[Outcome]:
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        try:
            held: dict[str, Any] = orjson.loads(line)
            outcome = Outcome(**held)
            outcome.kinds, outcome.functions = Counter(outcome.kinds), Counter(outcome.functions)
            outcome.courses = [[(str(label), int(length)) for label, length in course] for course in outcome.courses]
            outcome.outputs = {str(name): int(size) for name, size in outcome.outputs.items()}
        except (ValueError, TypeError, AttributeError):
            continue
        if all(isinstance(held[name], str) for name in ("source", "relative", "key")) and outcome.error is None:
            yield outcome
