"""Files that appear whole or not at all."""

import hashlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

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
        OSError: it cannot be written; nothing is left beside `path`, which is as it was.
    """
    name = path.name
    if len(os.fsencode(name)) > LONGEST_NAME - 40:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()[:32]
    part = path.with_name(f".{name}.{os.getpid()}-{_OURS}.part")
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
