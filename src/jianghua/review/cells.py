"""Cells of one sheet of an XLSX workbook, read as a stream: memory and time do not depend on where a cell says it is.

openpyxl reads a workbook into a grid as large as the place of its furthest cell or merged range, gigabytes for a file of
50 KB; and the size that a sheet states of itself is often wrong. Here, cells are kept only where there is something in them.
"""

import posixpath
import re
import time
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.parsers import expat

from jianghua.corpus.formats.archive import guard_archive
from jianghua.corpus.formats.limits import LIMITS
from jianghua.errors import LabelsError, UnreadableError, access_to
from jianghua.tables import LAST_COLUMN, LAST_ROW

Cells = dict[int, dict[int, str]]
"""Row → column → text, both from 1; empty cells are left out."""

MOST_CELLS = 2_000_000
"""Cells with text; a queue of all 200 paragraphs that are exported by default has 2,800."""
_MOST_ELEMENTS = 8_000_000
_CHUNK = 1 << 16
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def read_cells(path: Path, sheet: str) -> Cells:
    """Text of all cells of one sheet; a formula is its text, as in “=A1”.

    Raises:
        MissingError, AccessError: it cannot be opened.
        LabelsError: not a workbook, a damaged one, one without the sheet, or one that holds too much.
    """
    with access_to(path):
        try:
            with zipfile.ZipFile(path) as archive:
                guard_archive(archive, str(path), LIMITS)
                return _Workbook(archive, path).cells(sheet)
        except LabelsError:
            raise
        except (zipfile.BadZipFile, UnreadableError, expat.ExpatError, *_DAMAGED) as error:
            reason = f"{type(error).__name__}: {error}" if isinstance(error, _DAMAGED) else str(error)
            raise LabelsError(
                f"{path}: is not an XLSX workbook that can be read ({reason[:200]}); expected one from `jianghua review export`"
            ) from None


_DAMAGED = (LookupError, ValueError, NotImplementedError, RuntimeError, EOFError, OverflowError, zlib.error)
"""What zipfile and numbers that are none raise."""


class _Workbook:
    def __init__(self, archive: zipfile.ZipFile, path: Path) -> None:
        self._archive, self._path = archive, path
        self._until = time.monotonic() + LIMITS.seconds
        self._elements = 0
        self._characters = 0

    def cells(self, sheet: str) -> Cells:
        main = self._related("", lambda kind, _: kind == "officeDocument") or "xl/workbook.xml"
        ids: dict[str, str] = {}
        self._parse(main, lambda tag, with_: ids.update({with_["name"]: with_["id"]}) if tag == "sheet" else None)
        if sheet not in ids:
            raise LabelsError(f"{self._path}: has the sheets {list(ids)}; expected one named {sheet!r}")
        part = self._related(main, lambda _, id: id == ids[sheet])
        if part is None:
            raise LabelsError(f"{self._path}: sheet {sheet!r} is not in the file; open it in Excel and save it again")
        shared = self._related(main, lambda kind, _: kind == "sharedStrings")
        strings = self._strings(shared) if shared is not None else []
        return self._sheet(part, strings)

    def _related(self, part: str, wanted: Callable[[str, str], bool]) -> str | None:
        """Name of the first part that `part` is related to as wanted, by kind and id."""
        folder, base = posixpath.split(part)
        targets: list[str] = []

        def start(tag: str, given: Mapping[str, str]) -> None:
            kind = given.get("Type", "").rpartition("/")[2]
            if tag == "Relationship" and wanted(kind, given.get("Id", "")):
                targets.append(posixpath.normpath(posixpath.join("/", folder, given["Target"])).lstrip("/"))

        relations = posixpath.join(folder, "_rels", f"{base}.rels")
        if relations in self._archive.namelist():
            self._parse(relations, start)
        return targets[0] if targets else None

    def _strings(self, part: str) -> list[str]:
        """Strings that cells name by number."""
        strings: list[str] = []
        pieces: list[str] = []
        inside = {"si": 0, "t": 0, "rPh": 0}

        def start(tag: str, _: Mapping[str, str]) -> None:
            if tag in inside:
                inside[tag] += 1

        def end(tag: str) -> None:
            if tag in inside:
                inside[tag] -= 1
            if tag == "si":
                strings.append(_unescaped("".join(pieces)))
                pieces.clear()

        def text(data: str) -> None:
            if inside["t"] and not inside["rPh"]:  # not how it is pronounced
                pieces.append(self._counted(data))

        self._parse(part, start, end, text)
        return strings

    def _sheet(self, part: str, strings: list[str]) -> Cells:
        cells: Cells = defaultdict(dict)
        pieces: dict[str, list[str]] = {"v": [], "t": [], "f": []}
        open_tags: list[str] = []
        row = column = number = 0
        kind = ""
        has_formula = False

        def start(tag: str, given: Mapping[str, str]) -> None:
            nonlocal row, column, kind, has_formula
            if tag == "row":
                row, column = int(given.get("r", row + 1)), 0
                if row > LAST_ROW:
                    raise self._too_much(f"{LAST_ROW:,} rows")
            elif tag == "c":
                row, column = _place(given["r"]) if "r" in given else (row, column + 1)
                kind, has_formula = given.get("t", "n"), False
            elif tag in pieces or tag == "rPh":
                has_formula |= tag == "f"
                open_tags.append(tag)

        def end(tag: str) -> None:
            nonlocal number
            if tag in pieces or tag == "rPh":
                open_tags.pop()
            elif tag == "c":
                contents = {name: "".join(parts) for name, parts in pieces.items()}
                for parts in pieces.values():
                    parts.clear()
                if has_formula:
                    value = "=" + contents["f"]
                elif kind == "s" and contents["v"]:
                    value = strings[_number(contents["v"])]
                else:
                    value = _unescaped(contents["t"] if kind == "inlineStr" else contents["v"])
                if value:
                    number += 1
                    cells[row][column] = value
                if number > MOST_CELLS:
                    raise LabelsError(f"{self._path}: more than {MOST_CELLS:,} cells; export fewer paragraphs at once")

        def text(data: str) -> None:
            if open_tags and open_tags[-1] in pieces and "rPh" not in open_tags:
                pieces[open_tags[-1]].append(self._counted(data))

        self._parse(part, start, end, text)
        return {row: cells[row] for row in sorted(cells)}

    def _parse(
        self,
        part: str,
        start: Callable[[str, Mapping[str, str]], object],
        end: Callable[[str], object] = lambda tag: None,
        text: Callable[[str], object] = lambda data: None,
    ) -> None:
        """Tell of the elements and texts of a part as they come; nothing is kept of it, and it can have no entities."""
        member = self._archive.getinfo(part)
        if member.compress_type not in _PACKED:
            raise NotImplementedError(f"{part} is packed by method {member.compress_type}")
        parser = expat.ParserCreate(namespace_separator=" ")

        def starts(tag: str, given: dict[str, str]) -> None:
            self._elements += 1
            if self._elements > _MOST_ELEMENTS:
                raise self._too_much(f"{_MOST_ELEMENTS:,} elements")
            start(_local(tag), {_local(name): value for name, value in given.items()} if given else given)

        def declares(*_: object) -> None:
            raise ValueError(f"{part} has a document type declaration, which no workbook has")

        parser.StartElementHandler = starts
        parser.EndElementHandler = lambda tag: end(_local(tag))
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = declares
        with self._archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk)
                if time.monotonic() > self._until:
                    raise self._too_much(f"what can be read in {LIMITS.seconds:.0f} seconds")
        parser.Parse(b"", True)

    def _counted(self, data: str) -> str:
        self._characters += len(data)
        if self._characters > LIMITS.characters:
            raise self._too_much(f"{LIMITS.characters:,} characters")
        return data

    def _too_much(self, what: str) -> LabelsError:
        return LabelsError(f"{self._path}: holds more than {what}; export fewer paragraphs at once")


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _place(reference: str) -> tuple[int, int]:
    """Row and column of a cell.

    >>> _place("CV200000")
    (200000, 100)
    """
    match = _PLACE.fullmatch(reference)
    if match is None:
        raise ValueError(f"{reference[:20]!r} is not the place of a cell")
    column = 0
    for letter in match[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    if int(match[2]) > LAST_ROW or column > LAST_COLUMN:
        raise ValueError(f"{reference} is beyond the last row or column of any sheet")
    return int(match[2]), column


def _number(text: str) -> int:
    if not text.strip().isdecimal():
        raise ValueError(f"{text[:20]!r} is not the number of a string")
    return int(text)


def _unescaped(text: str) -> str:
    """Characters that XML cannot hold, as workbooks write them.

    >>> _unescaped("a_x000D_b_x005F_x0041_")
    'a\\rb_x0041_'
    """
    return _ESCAPED.sub(lambda found: _character(int(found[1], 16)) or found[0], text) if "_x" in text else text


def _character(code: int) -> str:
    return "" if 0xD800 <= code < 0xE000 else chr(code)
