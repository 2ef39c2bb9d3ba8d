"""The manifest of public texts: where each is, how it is cut out, what rights there are, and what its bytes are known by."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from jianghua.corpus.extract import read_regular
from jianghua.corpus.formats.limits import MEBIBYTE, Limits
from jianghua.errors import MissingError, UnreadableError, UsageError, access_to

COLUMNS = ("name", "address", "format", "record", "field", "breaks", "rights", "sha256")
FORMATS = ("text", "jsonl", "csv")
BREAKS = ("", "lf", "indents")
THIS_MACHINE = "127.0.0.1"
"""The only host that may be asked without encryption: whoever listens in there owns the machine."""

_LIMITS = Limits(bytes=8 * MEBIBYTE)
_MOST = 20_000
_LONGEST_NAME = 200
"""Bytes of a file's name, which leave room for what is put around it while it is written."""
_FILE_NAME = re.compile(r'(?![.~])[^\\/:*?"<>|]+\.(?:txt|md)')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
"""What Windows takes for a device wherever it stands."""
_DIGEST = re.compile("[0-9a-f]{64}")
_COMMIT = re.compile("[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class PublicText:
    """One text: its file name, and the other columns of its row.

    `record` is KEY=VALUE in JSON lines and the number of a row, from 0, in CSV; `field` is a key or a column. `breaks` is
    “lf” where CR LF becomes LF, “indents” where a line is to begin before each two ideographic spaces.
    """

    name: str
    address: str
    format: str
    record: str
    field: str
    breaks: str
    rights: str
    sha256: str

    @property
    def in_clone(self) -> Path | None:
        """OWNER/NAME/PATH, where a clone of the repository has the file; None if the address is of another form.

        >>> text = PublicText("a.txt", f"https://raw.example.org/wang/talks/{'0' * 40}/2019/a.txt", *"text,,,,,".split(","))
        >>> text.in_clone.as_posix()
        'wang/talks/2019/a.txt'
        """
        parts = _segments(self.address)
        of_commit = len(parts) > 3 and _COMMIT.fullmatch(parts[2])
        return Path(*parts[:2], *parts[3:]) if of_commit else None


def read_manifest(path: Path) -> list[PublicText]:
    """Read and check all of it, for it may come from a stranger.

    Raises:
        MissingError, AccessError: it cannot be opened.
        UsageError: it does not fit; the message names the line, the column and the value.
    """
    with access_to(path):
        try:
            data = read_regular(path, str(path), _LIMITS)
        except UnreadableError as error:
            raise UsageError(str(error)) from None
    texts = []
    lines_of: dict[str, int] = {}
    for line, row in _rows(data, path):
        where = f"{path} line {line}"
        for column, problem_of in _PROBLEMS.items():
            problem = problem_of(row)
            if problem is not None:
                raise UsageError(f"{where}, column {column}: {row[column][:200]!r} {problem}")
        same = unicodedata.normalize("NFC", row["name"]).casefold()
        if same in lines_of:
            raise UsageError(f"{where}, column name: {row['name']!r} is that of line {lines_of[same]}; give another")
        lines_of[same] = line
        texts.append(PublicText(**row))
    if not texts:
        raise MissingError(f"{path}: names no texts; expected a row for each, with the columns {', '.join(COLUMNS)}")
    return texts


def address_problem(address: str) -> str | None:
    """Why nothing is fetched from an address, None where it may be.

    >>> address_problem("http://example.org/a.txt")
    'is not encrypted; expected https://'
    >>> address_problem("https://example.org/a%2F..%2Fb.txt")
    'has a part that leads out of its folder; write the path out'
    """
    if not address.isprintable() or " " in address or len(address) > 2_000:
        return "holds blanks or control characters, or too many characters; expected https://HOST/PATH"
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "is no address; expected https://HOST/PATH"
    if not host or port == 0 or parts.scheme not in ("http", "https"):
        return "is no address; expected https://HOST/PATH"
    if parts.scheme == "http" and host != THIS_MACHINE:
        return "is not encrypted; expected https://"
    if parts.username is not None or parts.password is not None:
        return "holds a user name or a password; leave them out"
    if any(part in (".", "..") or not part.isprintable() for part in _segments(address)):
        return "has a part that leads out of its folder; write the path out"
    return None


def _segments(address: str) -> list[str]:
    """Parts of the path, as they are after whatever way of writing them."""
    return [part for part in re.split(r"[/\\]", unquote(urlsplit(address).path)) if part]


def _rows(data: bytes, path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not UTF-8; save it as CSV UTF-8") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        header = next(reader, [])
        if tuple(header) != COLUMNS:
            raise UsageError(f"{path} line 1: has the columns {header[:20]}; expected {', '.join(COLUMNS)}")
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) not in (0, len(COLUMNS)):
                raise UsageError(f"{path} line {line}: has {len(cells)} cells; expected {len(COLUMNS)}")
            if line > _MOST:
                raise UsageError(f"{path}: has more than {_MOST:,} lines; expected a manifest of speeches")
            if cells:
                yield line, dict(zip(COLUMNS, cells, strict=True))
            line = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(f"{path} line {line}: is not CSV ({error}); mend the quotation marks there") from None


def _name_problem(name: str) -> str | None:
    if _FILE_NAME.fullmatch(name) is None or not name.isprintable() or _DEVICE.fullmatch(name):
        return "is not the name of a text; expected a file name without a folder that ends in .txt or .md"
    if len(name.encode("utf-8", "replace")) > _LONGEST_NAME:
        return f"is too long; expected at most {_LONGEST_NAME} bytes"
    return None


def _record_problem(row: Mapping[str, str]) -> str | None:
    record = row["record"]
    if row["format"] == "jsonl" and not all(record.partition("=")):
        return "names no record; expected KEY=VALUE, such as year=2019"
    if row["format"] == "csv" and not (record.isascii() and record.isdecimal() and len(record) < 10):
        return "is not the number of a row; expected one from 0"
    return "must be empty where the whole file is the text" if row["format"] == "text" and record else None


def _field_problem(row: Mapping[str, str]) -> str | None:
    if row["format"] == "text":
        return "must be empty where the whole file is the text" if row["field"] else None
    return None if row["field"] else "names no field; expected a key or a column, such as content"


def _one_of(column: str, known: tuple[str, ...]) -> Callable[[Mapping[str, str]], str | None]:
    said = f"is not known; expected one of {', '.join(name or 'nothing' for name in known)}"
    return lambda row: None if row[column] in known else said


def _rights_problem(row: Mapping[str, str]) -> str | None:
    return None if row["rights"].strip() and row["rights"].isprintable() else "does not say under what rights it stands"


def _digest_problem(row: Mapping[str, str]) -> str | None:
    return (
        None if _DIGEST.fullmatch(row["sha256"]) else "is not a SHA-256; expected 64 hexadecimal digits, small letters"
    )


_PROBLEMS: dict[str, Callable[[Mapping[str, str]], str | None]] = {
    "name": lambda row: _name_problem(row["name"]),
    "address": lambda row: address_problem(row["address"]),
    "format": _one_of("format", FORMATS),
    "record": _record_problem,
    "field": _field_problem,
    "breaks": _one_of("breaks", BREAKS),
    "rights": _rights_problem,
    "sha256": _digest_problem,
}
