"""Labels that came back from review: checked row by row, then merged into the stand-off file without losing any."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from jianghua.corpus import fingerprint
from jianghua.errors import LabelsError, access_to
from jianghua.files import write_bytes
from jianghua.labelling.csv_file import CsvFile, read_csv
from jianghua.labelling.gold import COLUMNS, read_labels
from jianghua.labels import FUNCTIONS
from jianghua.tables import rows_text

HISTORY = "history.csv"
HISTORY_COLUMNS = (
    "fingerprint",
    "source",
    "old_label",
    "old_annotator",
    "old_date",
    "new_label",
    "new_annotator",
    "new_date",
)

Place = tuple[str, str]
"""What names a paragraph in stand-off files: source and fingerprint."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One row of a reviewed file, as typed; empty text where nothing was.

    `where` names the row for people; `skipped` is the reason why the file itself says that the row is no label yet.
    """

    where: str
    fingerprint: str
    source: str
    text: str
    label: str = ""
    secondary: str = ""
    note: str = ""
    annotator: str = ""
    skipped: str = ""

    @property
    def place(self) -> Place:
        return (self.source, self.fingerprint)


@dataclass(frozen=True, slots=True)
class Merged:
    """How many rows were added, how many of these replaced another label, how many were there already."""

    added: int
    replaced: int
    already_there: int


def find_problems(rows: Iterable[Incoming], fingerprints: Mapping[Place, str] | None = None) -> list[str]:
    """Everything that is wrong with an import, each message with its row, what was given, and what is expected.

    Args:
        fingerprints: paragraphs that exist, each with the fingerprint of its text as the reviewed file shows it (a sheet replaces
            characters that it cannot hold); None if there is no table to check against.

    >>> find_problems([Incoming("row 2", "5feb1545891d", "a.txt", "散会。", "goodbye")])
    ["row 2: label 'goodbye' is not known; expected one of achievements, shortcomings, requirements, discipline, closing, context"]
    """
    problems = []
    first: dict[Place, Incoming] = {}
    for row in rows:
        if row.skipped:
            continue
        problems += [f"{row.where}: {problem}" for problem in _problems_of(row, fingerprints)]
        if not row.label:
            continue
        earlier = first.setdefault(row.place, row)
        if earlier is not row:
            message = (
                f"{row.where}: label {_pair(row)} for the paragraph that {earlier.where} labels {_pair(earlier)}; "
            )
            problems.append(message + "expected one row for each paragraph, delete the other")
    return problems


def merge(rows: Iterable[Incoming], path: Path, annotator: str, date: str) -> Merged:
    """Append labels to the stand-off file and the labels they replace to the history beside it.

    Both files only ever grow, each is replaced in one step, and a lock makes imports wait for each other. A label that
    the file has already, as its newest for that paragraph, is not added again unless it comes with a new note.

    Args:
        rows: without problems; those without a label are passed over.
        annotator: for rows that name none.
        date: of the import, as in 2026-11-22.

    Raises:
        LabelsError: the file is not one of hand labels; nothing is written.
        AccessError: it cannot be read or written.
    """
    with access_to(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with access_to(path), FileLock(path.with_name(f".{path.name}.lock")):
        newest = _newest(path)
        additions: list[dict[str, str]] = []
        replacements: list[dict[str, str]] = []
        already_there = 0
        for row in rows:
            if row.skipped or not row.label:
                continue
            new = {
                "fingerprint": row.fingerprint,
                "source": row.source,
                "label": row.label,
                "secondary": row.secondary,
                "annotator": row.annotator or annotator,
                "date": date,
                "note": row.note,
            }
            old = newest.get(row.place)
            same = old is not None and (old["label"], old["secondary"]) == (new["label"], new["secondary"])
            if old is not None and same and new["note"] in ("", old["note"]):
                already_there += 1
                continue
            additions.append(new)
            if old is not None and not same:
                replacements.append(_history(old, new))
        # history first: after a crash in between, importing again repeats a line of history but loses nothing
        _append(path.with_name(HISTORY), HISTORY_COLUMNS, replacements)
        _append(path, COLUMNS, additions)
    return Merged(len(additions), len(replacements), already_there)


def _problems_of(row: Incoming, fingerprints: Mapping[Place, str] | None) -> list[str]:
    problems = []
    functions = f"expected one of {', '.join(FUNCTIONS)}"
    own_fingerprint = fingerprint(row.text)
    entry = row.label or row.secondary or row.note
    if entry and fingerprints is not None and row.place not in fingerprints:
        problems.append(
            f"fingerprint {row.fingerprint!r} of {row.source!r} is not in the table of paragraphs; "
            "expected a fingerprint and source as exported"
        )
    elif own_fingerprint not in (row.fingerprint, (fingerprints or {}).get(row.place)):
        problems.append(
            f"the text has fingerprint {own_fingerprint}, not {row.fingerprint!r}; expected text and fingerprint as exported"
        )
    if not row.label and (row.secondary or row.note):
        beside = f"secondary {row.secondary!r}" if row.secondary else f"note {row.note!r}"
        problems.append(f"label missing beside {beside}; {functions}")
    if row.label and row.label not in FUNCTIONS:
        problems.append(f"label {row.label!r} is not known; {functions}")
    if row.secondary and row.secondary not in FUNCTIONS:
        problems.append(f"secondary {row.secondary!r} is not known; {functions}, or nothing")
    if row.secondary and row.secondary == row.label:
        problems.append(f"secondary {row.secondary!r} is the label again; expected another function, or nothing")
    return problems


def _pair(row: Incoming) -> str:
    return repr(row.label) + (f" (secondary {row.secondary!r})" if row.secondary else "")


def _newest(path: Path) -> dict[Place, dict[str, str]]:
    if not path.exists():
        return {}
    read_labels(path)
    table = _to_append_to(path)
    table.require(COLUMNS, ", ".join(COLUMNS))
    rows = [{column: row[column].strip() for column in COLUMNS} | {"source": row["source"]} for _, row in table.rows]
    return {(row["source"], row["fingerprint"]): row for row in rows}


def _history(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    sides = {
        f"{age}_{key}": row[key] for age, row in (("old", old), ("new", new)) for key in ("label", "annotator", "date")
    }
    return {"fingerprint": new["fingerprint"], "source": new["source"], **sides}


def _append(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    """Add rows as the file has its own: same columns, separator and line ends; what is there stays byte for byte."""
    if not rows:
        return
    if not path.exists() or not path.stat().st_size:
        write_bytes(path, rows_text([columns, *_cells(rows, columns)], newline="\n").encode())
        return
    table = _to_append_to(path)
    data = path.read_bytes()
    newline = "\r\n" if b"\r\n" in data else "\n"
    if data and not data.endswith(b"\n"):
        data += newline.encode()
    write_bytes(path, data + rows_text(_cells(rows, table.columns), table.delimiter, newline).encode())


def _to_append_to(path: Path) -> CsvFile:
    table = read_csv(path)
    if table.encoding != "utf-8":
        raise LabelsError(
            f"{path}: is not UTF-8 (but {table.encoding}), so no label can be added; save it as CSV UTF-8"
        )
    return table


def _cells(rows: Sequence[Mapping[str, str]], columns: Sequence[str]) -> list[list[str]]:
    return [[row.get(column, "") for column in columns] for row in rows]
