"""Zip archives of speeches, searched and read like folders; a file in one is named `archive.zip/folder/talk.txt`."""

import struct
import zipfile
import zlib
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from jianghua.corpus.encodings import quality
from jianghua.corpus.formats.limits import LIMITS, MEBIBYTE, Limits, check_size
from jianghua.corpus.formats.table import MEMBERS
from jianghua.errors import UnreadableError

SUFFIX = ".zip"
_DOCUMENTS = MEMBERS | {"META-INF/container.xml"}
"""Members that only documents have, which are zip archives too."""
_ENCRYPTED, _UTF_8 = 0x1, 0x800
"""Flags of a member: it has a password; its name is in UTF-8."""
_UNICODE_PATH = 0x7075
_READ = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
)


class Member(NamedTuple):
    """A file in an archive: its name there, and why it must not be read (None where it may be)."""

    name: str
    problem: str | None = None


def is_archive(path: Path) -> bool:
    """Whether a path is a zip archive and no document that is packed as one."""
    if path.suffix.lower() != SUFFIX or not path.is_file():
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return not set(archive.namelist()) & _DOCUMENTS
    except _READ:
        return zipfile.is_zipfile(path)


def members(path: Path, name: str, limits: Limits = LIMITS) -> list[Member]:
    """Files in an archive, in the order of their names.

    Raises:
        UnreadableError: it is damaged, or a bomb.
    """
    return sorted(
        Member(inner, _problem(f"{name}/{inner}", inner, info, limits))
        for inner, info in _opened(path, name, limits)[1].items()
    )


def read_member(path: Path, name: str, limits: Limits = LIMITS) -> bytes | None:
    """Contents of a file whose path leads into an archive; None where no part of the path is one.

    Raises:
        UnreadableError: the archive or the file in it cannot be read, or is a bomb.
    """
    archive_path = next((parent for parent in path.parents if parent.is_file()), None)
    if archive_path is None or not is_archive(archive_path):
        return None
    archive, infos = _opened(archive_path, name, limits)
    inner = path.relative_to(archive_path).as_posix()
    info = infos.get(inner)
    if info is None:
        raise UnreadableError(f"{name}: there is no such file in the archive {archive_path.name}")
    problem = _problem(name, inner, info, limits)
    if problem is not None:
        raise UnreadableError(problem)
    try:
        return archive.read(info)
    except _READ as error:
        raise UnreadableError(
            f"{name}: damaged in its archive ({str(error)[:160]}); fetch the archive again, or unpack it and name the folder"
        ) from None


def _opened(path: Path, name: str, limits: Limits) -> tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo]]:
    status = path.stat()
    return _open(path, status.st_mtime_ns, status.st_size, name if path.name in name else str(path), limits)


@lru_cache(maxsize=1)  # the files of an archive are read one after the other
def _open(
    path: Path, changed: int, size: int, name: str, limits: Limits
) -> tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo]]:
    try:
        archive = zipfile.ZipFile(path)
    except _READ as error:
        raise UnreadableError(
            f"{name}: a damaged zip archive ({str(error)[:160]}); fetch it again, or unpack it and name the folder"
        ) from None
    from jianghua.corpus.formats.archive import guard_archive  # it loads lxml

    guard_archive(archive, name, limits)
    return archive, _named([info for info in archive.infolist() if not info.is_dir()])


def _named(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Members by their names: in UTF-8 where they say so, else in what makes Chinese of them (old Windows: GBK or Big5)."""
    raw = [b"" if info.flag_bits & _UTF_8 else info.orig_filename.encode("cp437", "replace") for info in infos]
    together = b"\n".join(raw)
    encoding = "utf-8"
    try:
        together.decode("utf-8")
    except UnicodeDecodeError:
        encoding = max(("gb18030", "big5hkscs"), key=lambda one: quality(together.decode(one, "replace")))
    found: dict[str, zipfile.ZipInfo] = {}
    for info, name in zip(infos, raw, strict=True):
        text = _unicode_path(info.extra) or (name.decode(encoding, "backslashreplace") if name else info.filename)
        text = "/".join(part for part in text.replace("\\", "/").split("/") if part not in ("", "."))
        if text and text not in found:
            found[text] = info
    return found


def _unicode_path(extra: bytes) -> str | None:
    """The name in UTF-8 that some programs (Info-ZIP) put beside the one in the encoding of their system."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == _UNICODE_PATH and 5 < size <= len(extra) - at - 4:
            return extra[at + 9 : at + 4 + size].decode("utf-8", "replace")
        at += 4 + size
    return None


def _problem(name: str, inner: str, info: zipfile.ZipInfo, limits: Limits) -> str | None:
    parts = PurePosixPath(inner).parts
    if ".." in parts or inner.startswith("/") or (len(parts[0]) == 2 and parts[0][1] == ":"):
        return f"{name}: its name leads out of the archive, which was made to do harm; it is not read"
    if info.flag_bits & _ENCRYPTED:
        return f"{name}: in an archive with a password; unpack it and name the folder"
    if info.file_size > MEBIBYTE and info.file_size > limits.ratio * max(info.compress_size, 1):
        return (
            f"{name}: is {info.file_size / max(info.compress_size, 1):,.0f} times larger unpacked "
            f"(accepted: up to {limits.ratio}); it may be a zip bomb"
        )
    try:
        check_size(info.file_size, name, limits)
    except UnreadableError as error:
        return str(error)
    if inner.lower().endswith(SUFFIX):
        return f"{name}: an archive in an archive, which is not read; unpack it and name the folder"
    return None
