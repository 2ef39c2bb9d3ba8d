"""Packed files (docx, ofd, xlsx) that unpack to no more than the limits allow, whatever they say of themselves."""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from urllib.parse import unquote

from lxml import etree

from jianghua.corpus.formats.limits import MEBIBYTE, Limits
from jianghua.errors import UnreadableError

_OTHERS = [
    ("xl/", "a workbook (.xlsx)", "copy the text of the speech into a .docx or .txt file"),
    ("ppt/", "a presentation (.pptx)", "copy the text of the speech into a .docx or .txt file"),
    ("META-INF/container.xml", "a book (.epub)", "convert it to .html or .txt"),
    ("content.xml", "an OpenDocument text (.odt)", "open it in LibreOffice and save it as .docx"),
]
_ENCRYPTED_FLAG = 1
_MAIN = re.compile(r"(?:.*/)?word/document\d*\.xml")


def guard_archive(archive: zipfile.ZipFile, name: str, limits: Limits) -> None:
    """Refuse an archive with too many members, or that unpacks to too much; nothing is unpacked for it.

    Python's `zipfile` never returns more of a member than its directory entry says, so the entries can be believed.

    Raises:
        UnreadableError: the archive is a bomb, or looks like one.
    """
    members = archive.infolist()
    if len(members) > limits.members:
        raise UnreadableError(
            f"{name}: {len(members):,} files are packed in it (accepted: up to {limits.members:,}); it may be a zip bomb"
        )
    total = sum(member.file_size for member in members)
    if total > limits.unpacked:
        raise UnreadableError(
            f"{name}: unpacks to {total:,} bytes (accepted: up to {limits.unpacked:,}); it may be a zip bomb; "
            "if it is not, remove its pictures"
        )


def parse_xml(data: bytes, part: str, damaged: Callable[[object], UnreadableError], name: str) -> etree._Element:
    """Root of an XML document, parsed without entities, DTD or network.

    Raises:
        UnreadableError: it is damaged (as `damaged` says it), or declares entities.
        MemoryError: the limit of memory is reached.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    has_doctype = UnreadableError(
        f"{name}: {part} has a document type declaration (XML entities), which no document of an office has; "
        "it was made to do harm, or open it in Word and save it again"
    )
    if b"<!DOCTYPE" in data[:MEBIBYTE].replace(b"\0", b""):
        raise has_doctype
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if any(entry.type_name == "ERR_NO_MEMORY" for entry in parser.error_log):
            raise MemoryError from None
        raise damaged(f"{part}: {error}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise has_doctype
    return root


def _normal(part: str) -> str:
    r"""Name of a part as it is looked up: some programs write `Word\Document.xml`."""
    return part.replace("\\", "/").removeprefix("./").lstrip("/").lower()


class Package:
    """A packed document (docx, ofd): its parts, read one by one and parsed without entities, DTD or network.

    Names of parts are the same in capitals and small letters, with slashes and backslashes.

    Raises:
        UnreadableError: not a zip archive, or a bomb.
    """

    def __init__(self, data: bytes, name: str, limits: Limits) -> None:
        self._name = name
        self._limits = limits
        self.what = "Word document"
        """What messages call it."""
        try:
            self._archive = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
            raise self._damaged(error) from None
        guard_archive(self._archive, name, limits)
        self._members = {_normal(member.filename): member for member in self._archive.infolist()}

    def __contains__(self, part: str) -> bool:
        return _normal(part) in self._members

    def main_part(self) -> str:
        """Name of the part that holds the text.

        Raises:
            UnreadableError: the archive is no Word document.
        """
        found = [target for kind, target in self.relations("") if kind == "officeDocument"]
        # without relations, or packed with the folder around it: by the usual name
        usual = [member.filename for part, member in self._members.items() if _MAIN.fullmatch(part)]
        for part in [*found, "word/document.xml", *usual]:
            if part in self and not _normal(part).startswith(("xl/", "ppt/")):
                return part
        for start, what, remedy in _OTHERS:
            if any(name.startswith(start.lower()) for name in self._members):
                raise UnreadableError(f"{self._name}: {what}, which is not read; {remedy}")
        raise UnreadableError(
            f"{self._name}: a zip archive without a Word document in it (no word/document.xml); "
            "if it holds speeches, unpack it and name the folder"
        )

    def relations(self, part: str) -> list[tuple[str, str]]:
        """Kind and target of the internal relations of a part; targets are names in the archive, never paths."""
        folder, base = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{base}.rels"))
        found = []
        for relation in root if root is not None else ():
            if relation.get("TargetMode") == "External":
                continue
            target = unquote(relation.get("Target") or "").replace("\\", "/")
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found.append(((relation.get("Type") or "").rpartition("/")[2], target))
        return found

    def embedded(self, part: str, name: str | None) -> bytes:
        """Contents of what a part embeds by a relation of that name; empty where there is none."""
        folder, base = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{base}.rels"))
        for relation in root if root is not None else ():
            if relation.get("Id") == name and relation.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, unquote(relation.get("Target") or "")))
                member = self._members.get(_normal(target))
                return b"" if member is None else self._read(member)
        return b""

    def xml(self, part: str) -> etree._Element | None:
        """Root of a part, or None where there is no such part.

        Raises:
            UnreadableError: the part is packed too tightly to be a document, damaged, or declares entities.
            MemoryError: the limit of memory is reached.
        """
        member = self._members.get(_normal(part))
        if member is None:
            return None
        return parse_xml(self._read(member), part, self._damaged, self._name)

    def _read(self, member: zipfile.ZipInfo) -> bytes:
        if member.flag_bits & _ENCRYPTED_FLAG:
            raise UnreadableError(f"{self._name}: an archive with a password; save it without one and try again")
        ratio = member.file_size / max(member.compress_size, 1)
        if member.file_size > MEBIBYTE and ratio > self._limits.ratio:
            raise UnreadableError(
                f"{self._name}: {member.filename[:80]!r} is {ratio:,.0f} times larger unpacked "
                f"(accepted: up to {self._limits.ratio}); it may be a zip bomb"
            )
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self._damaged(f"{member.filename[:80]!r} is packed by method {member.compress_type}")
        try:
            return self._archive.read(member)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
            raise self._damaged(error) from None

    def _damaged(self, reason: object) -> UnreadableError:
        return UnreadableError(
            f"{self._name}: a damaged {self.what} ({str(reason)[:160]}); open it in {self.what.split()[0]}, "
            "which may repair it, and save it again"
        )
