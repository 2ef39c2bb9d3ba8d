"""Files that appear whole or not at all."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from jianghua.errors import access_to

_OURS = secrets.token_hex(4)
"""Tells this process from others: process numbers repeat between machines that share a disk, and in time."""


def write_bytes(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Write `data` beside `path`, flush it to disk, then rename it into place; folders are made as needed.

    Raises:
        AccessError: it cannot be written; nothing is left beside `path`, which is as it was.
    """
    with access_to(path):
        _write(path, path.with_name(f".{path.name}.{os.getpid()}-{_OURS}.part"), data)


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
