"""Tables for people: CSV and cells that a sheet shows and never runs, and the guard that reading takes off again."""

import csv
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any

_GUARDED = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "'")  # the wide ones in East Asia
"""What a sheet takes for a formula; and the guard itself, so that taking it off gives what there was."""
_LONGEST_CELL = 32_767
"""Excel's limit, in UTF-16 code units."""
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""Of a sheet of Excel's."""


@cache
def _not_in_xml() -> re.Pattern[str]:
    """Made when a sheet is written: it takes six milliseconds."""
    return re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def guarded(value: Any) -> Any:
    """Put an apostrophe before text that begins like a formula.

    >>> guarded("=1+1"), guarded("'=1+1"), guarded("——工业"), guarded(-3)
    ("'=1+1", "''=1+1", '——工业', -3)
    """
    return "'" + value if isinstance(value, str) and value.startswith(_GUARDED) else value


def unguarded(cell: str) -> str:
    """Take the apostrophe off.

    >>> unguarded("'=1+1"), unguarded("''quoted'"), unguarded("'tis")
    ('=1+1', "'quoted'", "'tis")
    """
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_GUARDED) else cell


def table_bytes(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """CSV that Excel opens as it is: UTF-8 with byte order mark, text guarded."""
    return b"".join(table_lines(columns, rows))


def table_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The same, row by row: a table of a million need not be in memory."""
    yield b"\xef\xbb\xbf"
    for line in _lines(itertools.chain([columns], rows)):
        yield line.encode("utf-8", "replace")


def rows_text(rows: Iterable[Sequence[Any]], delimiter: str = ",", newline: str = "\r\n") -> str:
    """Rows of CSV, text guarded; cells with line ends of any kind are quoted, whatever ends the rows."""
    return "".join(_lines(rows, delimiter, newline))


def _lines(rows: Iterable[Sequence[Any]], delimiter: str = ",", newline: str = "\r\n") -> Iterator[str]:
    lines: list[str] = []
    writer = csv.writer(SimpleNamespace(write=lines.append), delimiter=delimiter, lineterminator="\r\n")
    for row in rows:
        writer.writerow(map(guarded, row))
        yield lines.pop().removesuffix("\r\n") + newline


def xml_text(text: str) -> str:
    """Text without characters that XML, and so a workbook or a Word file, cannot hold."""
    return _not_in_xml().sub("\ufffd", text)


def cell_text(text: str, cut: str = "…", room: int = 1) -> str:
    """Text as a cell of a workbook can hold it: without characters that XML forbids, and cut at Excel's limit.

    Args:
        cut: what stands at the end of a text that is cut, in `room`; {} is the number of characters cut off.

    >>> cell_text("散会\\x00。"), cell_text("好" * 40_000, "… [{:,} more]", 20)[-18:]
    ('散会�。', '好好好好… [7,253 more]')
    """
    legal = xml_text(text)
    units = legal.encode("utf-16-le")
    if len(units) // 2 <= _LONGEST_CELL:
        return legal
    beginning = units[: (_LONGEST_CELL - room) * 2].decode("utf-16-le", "ignore")
    return beginning + cut.format(len(legal) - len(beginning))
