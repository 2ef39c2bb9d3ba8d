"""Texts cut out of the files that repositories keep them in: whole files, records of JSON lines, rows of CSV."""

import csv
import io
from functools import cached_property
from typing import Any

import orjson

from jianghua.corpus.public.manifest import PublicText
from jianghua.errors import UnreadableError

_INDENT = "\u3000\u3000"


class SourceFile:
    """The bytes of a file, out of which several texts may be cut; it is parsed once."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def cut(self, text: PublicText) -> list[bytes]:
        """Every text of the file that the row of the manifest fits; several where a key has one value in several records.

        Raises:
            UnreadableError: the file is of another format, or has no such record, row or field.

        >>> text = PublicText("a.txt", "", "jsonl", "year=2019", "content", "", "", "")
        >>> SourceFile('{"year": 2019, "content": "同志们：\\\\n散会。"}'.encode()).cut(text)[0].decode()
        '同志们：\\n散会。'
        """
        if text.format == "text":
            return [self._data]
        found = self._of_records(text) if text.format == "jsonl" else self._of_rows(text)
        return [with_breaks(one, text.breaks).encode("utf-8", "surrogatepass") for one in found]

    def _of_records(self, text: PublicText) -> list[str]:
        key, _, value = text.record.partition("=")
        fitting = [record for record in self._records if str(record.get(key)) == value]
        if not fitting:
            raise UnreadableError(f"holds no record with {text.record}")
        found = [record[text.field] for record in fitting if isinstance(record.get(text.field), str)]
        if not found:
            raise UnreadableError(f"has no text in the field {text.field!r} of the record with {text.record}")
        return found

    def _of_rows(self, text: PublicText) -> list[str]:
        header, rows = self._table
        number = int(text.record)
        if text.field not in header:
            raise UnreadableError(f"has no column {text.field!r}")
        column = header.index(text.field)
        if number >= len(rows) or column >= len(rows[number]):
            raise UnreadableError(f"has no row {number} with a column {text.field!r}; it has {len(rows)} rows")
        return [rows[number][column]]

    @cached_property
    def _records(self) -> list[dict[str, Any]]:
        records = []
        for number, line in enumerate(self._data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
            if line.strip():
                try:
                    record = orjson.loads(line)
                except ValueError:
                    raise UnreadableError(f"is not JSON lines (line {number} is not JSON)") from None
                if isinstance(record, dict):
                    records.append(record)
        return records

    @cached_property
    def _table(self) -> tuple[list[str], list[list[str]]]:
        usual = csv.field_size_limit(len(self._data) + 1)
        try:
            lines = csv.reader(io.StringIO(self._data.decode("utf-8-sig"), newline=""))
            rows = [row for row in lines if row]
        except (UnicodeDecodeError, csv.Error) as error:
            raise UnreadableError(f"is not CSV in UTF-8 ({error})") from None
        finally:
            csv.field_size_limit(usual)
        return (rows[0], rows[1:]) if rows else ([], [])


def with_breaks(text: str, breaks: str) -> str:
    """A text with its lines as the manifest has them.

    >>> with_breaks("同志们：\\r\\n散会。", "lf"), with_breaks("同志们：　　散会。", "indents")
    ('同志们：\\n散会。', '同志们：\\n\\u3000\\u3000散会。')
    """
    if breaks == "lf":
        return text.replace("\r\n", "\n")
    return text.replace(_INDENT, "\n" + _INDENT) if breaks == "indents" else text
