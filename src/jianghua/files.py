"""Files that appear whole or not at all."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path


def write_bytes(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Write `data` beside `path`, flush it to disk, then rename it into place; folders are made as needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # process numbers repeat between machines that share a disk
    part = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        with part.open("wb") as stream:
            stream.writelines([data] if isinstance(data, bytes) else data)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
