"""A database of an archive, opened for reading only: it may come from a stranger, and SQLite trusts what it opens.

Nothing is written, no journal beside it is played back, no extension is loaded, and what it holds beside data (views,
triggers, tables that run code) cannot run, for a database with any other schema than ours is refused before it is asked.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jianghua.archive.schema import APPLICATION, ARCHIVE, INDEXES, TABLES, VERSION
from jianghua.errors import ArchiveError, MissingError, access_to

_SECONDS = 60.0
"""For one search; a damaged tree may have no end."""
_LONGEST_VALUE = 512 * 1024 * 1024
_STEPS = 100_000
_SETTINGS = (
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA mmap_size = 0",
    "PRAGMA query_only = ON",
)
_OF_INDEX = ("words_config", "words_content", "words_data", "words_docsize", "words_idx")
"""Tables that the full-text index keeps; it makes them, and nothing else is in them than it puts there."""


@contextmanager
def open_archive(place: Path) -> Iterator[sqlite3.Connection]:
    """The database of a folder of outputs (or the file itself).

    Raises:
        MissingError: there is none; the message says how to make it.
        ArchiveError: it is damaged, of another version, or none of ours, as far as that shows while it is used.
    """
    path = place / ARCHIVE if place.is_dir() else place
    if not path.is_file():
        raise MissingError(
            f"{path}: no such file; make it: jianghua tag SPEECHES -o {path.parent} --format sqlite"
            if path.name == ARCHIVE
            else f"{place}: no such folder; expected one that `jianghua tag … --format sqlite` has written"
        )
    with access_to(path), path.open("rb"):
        pass
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
    except sqlite3.Error as error:
        raise _damaged(path, error) from error
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        end = time.monotonic() + _SECONDS
        connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
        for setting in _SETTINGS:
            connection.execute(setting)
        _check(connection, path)
        yield connection
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise _damaged(path, error) from error
    finally:
        connection.close()


def _check(connection: sqlite3.Connection, path: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION:
        raise ArchiveError(f"{path}: is not a database that `jianghua tag … --format sqlite` has written")
    if version != VERSION:
        raise ArchiveError(
            f"{path}: is of version {version}, this jianghua reads version {VERSION}; make it anew: "
            f"jianghua tag SPEECHES -o {path.parent} --format sqlite"
        )
    held = dict(connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"))
    ours = {statement.split()[_name_at(statement)].strip('"'): statement for statement in (*TABLES, *INDEXES)}
    strange = [name for name in held if name not in _OF_INDEX and held[name] != ours.get(name)]
    strange += [name for name in (*ours, *_OF_INDEX[:1]) if name not in held]
    if strange:
        raise ArchiveError(
            f"{path}: its {strange[0]!r} is not as `jianghua tag … --format sqlite` makes it, and is not trusted; make the "
            "database anew, and keep tables and views of your own in another one"
        )


def _name_at(statement: str) -> int:
    """Place of the name among the words of a statement that makes something."""
    return 3 if statement.startswith("CREATE VIRTUAL TABLE") else 2


def _damaged(path: Path, error: Exception) -> ArchiveError:
    return ArchiveError(
        f"{path}: the database is damaged ({error}); make it anew: jianghua tag SPEECHES -o {path.parent} --format sqlite"
    )
