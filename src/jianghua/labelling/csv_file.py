"""The one reader of CSV files that people made or changed: labels, corrections, what a report page saved."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jianghua.corpus.extract import read_regular
from jianghua.corpus.formats.limits import LIMITS
from jianghua.errors import LabelsError, UnreadableError, access_to
from jianghua.tables import unguarded

_DELIMITERS = ",;\t"
"""What sheets write between cells, as the country's settings have it; the last is “Unicode text”."""
_FINGERPRINT = re.compile(r'(?:^|[,;\t"])[0-9a-f]{12}(?:[,;\t"]|$)')


@dataclass(frozen=True, slots=True)
class CsvFile:
    """Rows of a file, each with the number of its first line and its cells by column, all of them text.

    `encoding` and `delimiter` say how it is written.
    """

    path: Path
    columns: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]]
    encoding: str
    delimiter: str

    def require(self, columns: Sequence[str], expected: str) -> None:
        """Check that it has columns.

        Raises:
            LabelsError: one is missing.
        """
        missing = [column for column in columns if column not in self.columns]
        if missing:
            read_as = "" if self.encoding == "utf-8" else f"it is not UTF-8 and was read as {self.encoding}; "
            found = f"found {sorted(self.columns)}"
            raise LabelsError(f"{self.path}: lacks the columns {missing}; {found}; {read_as}expected {expected}")


def read_csv(path: Path) -> CsvFile:
    """Read a CSV file as Excel, LibreOffice, an editor or a report page saves it; guards against formulas are taken off.

    Raises:
        MissingError, AccessError: it cannot be opened.
        LabelsError: no such file: its encoding is not known, a quotation mark is open, a row is longer than the header,
            a column is there twice; the message names file and line.
    """
    with access_to(path):
        try:
            data = read_regular(path, str(path))
        except UnreadableError as error:
            raise LabelsError(str(error)) from None
    text, encoding = _decode(data, path)
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    lines = _lines(text, delimiter, path)
    columns = tuple(cell.strip() for cell in next(lines, (1, []))[1])
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if twice:
        raise LabelsError(f"{path}: has two columns called {twice[0]!r}; delete one of them")
    rows = []
    for number, cells in lines:
        stray = [cell for cell in cells[len(columns) :] if cell.strip()]
        if stray:
            raise LabelsError(
                f"{path} line {number}: has {len(cells)} cells, the header {len(columns)}; "
                f"{stray[0]!r} is in no column (a comma in a cell needs quotation marks around the cell)"
            )
        padded = [*cells, *[""] * (len(columns) - len(cells))]
        rows.append((number, dict(zip(columns, map(unguarded, padded), strict=False))))
    return CsvFile(path, columns, rows, encoding, delimiter)


def _decode(data: bytes, path: Path) -> tuple[str, str]:
    is_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    # the last is what Excel on Chinese Windows means by CSV
    encodings = ("utf-16",) if is_utf16 else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    raise LabelsError(f"{path}: is not UTF-8, nor another encoding of Chinese text; save it as CSV UTF-8")


def _lines(text: str, delimiter: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty, each with the number of its first line."""
    usual = csv.field_size_limit(LIMITS.line)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        number = 1
        while True:
            try:
                cells = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                raise LabelsError(f"{path} line {number}: {_complaint(error)}") from None
            for cell in cells:
                if any(map(_FINGERPRINT.search, cell.splitlines()[1:])):  # line ends of any kind
                    raise LabelsError(
                        f"{path} line {number}: a quotation mark that is opened here takes in the rows up to line "
                        f"{rows.line_num}; close it, or delete it"
                    )
            if cells:
                yield number, cells
            number = rows.line_num + 1
    finally:
        csv.field_size_limit(usual)


def _complaint(error: csv.Error) -> str:
    if "field larger" in str(error):
        return f"a cell of more than {LIMITS.line:,} characters; shorten it"
    if "end of data" in str(error):
        return "a quotation mark is opened and never closed; close it, or delete it"
    return f"a quotation mark where none can be ({error}); inside a cell, write it twice"
