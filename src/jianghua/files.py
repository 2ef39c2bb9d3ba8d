"""Files and folders that appear whole or not at all."""

import ctypes
import hashlib
import os
import secrets
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from jianghua.errors import access_to

LONGEST_NAME = 255
"""Bytes of a file's name, on all common file systems."""
_OURS = secrets.token_hex(4)
"""Tells this process from others: process numbers repeat between machines that share a disk, and in time."""


def too_long(paths: Iterable[Path]) -> Path | None:
    """The first path whose name no file can have, so that of several outputs none is written rather than some."""
    return next((path for path in paths if len(os.fsencode(path.name)) > LONGEST_NAME), None)


def write_bytes(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Write `data` beside `path`, flush it to disk, then rename it into place; folders are made as needed.

    Raises:
        AccessError: it cannot be written; nothing is left beside `path`, which is as it was.
    """
    with access_to(path):
        _write(path, _part_of(path), data)


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A path beside `path` for those who write a file themselves; what they leave there is flushed and renamed into place.

    Raises:
        AccessError: it cannot be written; after this and any other error nothing is left, and `path` is as it was.
    """
    part = _part_of(path)
    with access_to(path):
        part.unlink(missing_ok=True)
        try:
            yield part
            with part.open("rb+") as stream:
                os.fsync(stream.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def _part_of(path: Path) -> Path:
    name = path.name
    if len(os.fsencode(name)) > LONGEST_NAME - 40:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()[:32]
    return path.with_name(f".{name}.{os.getpid()}-{_OURS}.part")


def _write(path: Path, part: Path, data: bytes | Iterable[bytes]) -> None:
    try:
        stream = part.open("wb")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = part.open("wb")
    try:
        with stream:
            stream.writelines([data] if isinstance(data, bytes) else data)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def replace_folder(fresh: Path, folder: Path) -> None:
    """Put `fresh`, of the same disk, where `folder` is; what was there is afterwards at `fresh`.

    On Linux the two change places in one step, so that there is a whole folder at any time. Elsewhere a kill between the
    two steps leaves what was there in a folder beside it, whose name begins with a dot and ends in “.before”.

    Raises:
        OSError: it cannot be done; `folder` is as it was.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        fresh.replace(folder)
    elif not _exchange(fresh, folder):
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", suffix=".before", dir=folder.parent) as aside:
            before = Path(aside) / folder.name
            try:
                folder.replace(before)
                fresh.replace(folder)
            except BaseException:
                if before.exists() and not folder.exists():
                    before.replace(folder)
                raise
            before.replace(fresh)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, where the system can."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
    here, exchange = -100, 2
    return rename is not None and rename(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0
