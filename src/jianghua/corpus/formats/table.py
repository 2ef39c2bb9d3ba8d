"""Input formats: one row each, from which suffixes, the way to the text and what is refused follow.

Readers are named, not imported: the process that reads strangers' files imports what it needs for one of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from jianghua.corpus.formats import signature
from jianghua.corpus.formats.limits import Limits
from jianghua.corpus.formats.signature import Contents
from jianghua.errors import UnreadableError

if TYPE_CHECKING:
    from jianghua.corpus.decode import Decoded
    from jianghua.corpus.formats.markdown import Marked


@dataclass(frozen=True, slots=True)
class InputFormat:
    """How files of a format are known, and how their text is had.

    A file is of the last format in the table whose `is_of` says so of its contents, or, for one that is packed as a zip
    archive, which has all of its `members`. The text is had in one of four ways:

    - `reader(data, name, limits)`, a module of this package and a function in it, takes it out of the file, in a process
      with limits, and gives `Decoded`;
    - `office`, a reader of LibreOffice's, makes the file a .docx;
    - the file is text, and `markup(text)`, a module and a function again, blanks and understands its markup;
    - the file is text and nothing else.
    """

    name: str
    suffixes: tuple[str, ...]
    is_of: Callable[[Contents], bool] | None = None
    members: tuple[str, ...] = ()
    reader: str | None = None
    office: str | None = None
    markup: str | None = None
    what: str = ""
    """As messages call it that refuse one."""
    only_with_ocr: bool = False
    name_promises: bool = False
    """Whether a file whose name says so, and whose contents do not, is damaged."""

    @property
    def is_taken_out(self) -> bool:
        """Whether the text is another one than the file."""
        return self.reader is not None or self.office is not None

    def load_reader(self) -> Callable[[bytes, str, Limits], "Decoded"]:
        """The function that takes text out of a file, with what it needs."""
        reader: Callable[[bytes, str, Limits], Decoded] = _imported(self.reader)
        return reader

    def load_markup(self) -> Callable[[str], "Marked"]:
        """The function that understands the markup of a text."""
        markup: Callable[[str], Marked] = _imported(self.markup)
        return markup

    def fits(self, contents: Contents) -> bool:
        """Whether a file is of this format, or of one below in the table."""
        return self.is_of(contents) if self.is_of is not None else contents.packs(self.members)


INPUT_FORMATS = (
    # the general ones first: those below are tried before those above
    InputFormat("text", (".txt", ".text"), signature.is_anything),
    InputFormat("markdown", (".md", ".markdown"), signature.is_markdown, markup="markdown.read_markdown"),
    InputFormat("html", signature.PAGE_SUFFIXES, signature.is_page, reader="html.extract_html"),
    InputFormat("mht", (".mht", ".mhtml"), signature.is_web_archive, reader="mht.extract_mht"),
    InputFormat(
        "uof",
        (".uof", ".uot"),
        signature.is_uof,
        office="UOF text",
        what="a document in the Unified Office Format (.uof)",
    ),
    InputFormat(
        "docx",
        (".docx", ".docm", ".dotx", ".dotm"),
        signature.is_zip,
        members=("[Content_Types].xml",),
        reader="docx.extract_docx",
        name_promises=True,
    ),
    # .xml may be anything, so it is read where it is named, or is called .doc
    InputFormat("word-xml", (), signature.is_word_xml, reader="flat.extract_word_xml"),
    InputFormat("pdf", (".pdf",), signature.is_pdf, reader="pdf.extract_pdf", name_promises=True),
    InputFormat("rtf", (".rtf",), signature.is_rtf, office="Rich Text Format", what="an RTF document"),
    InputFormat(
        "odt",
        (".odt", ".ott"),
        members=("content.xml", "mimetype"),
        office="writer8",
        what="an OpenDocument text (.odt)",
    ),
    InputFormat("ofd", (".ofd",), signature.is_ofd, members=("OFD.xml",), reader="ofd.extract_ofd", name_promises=True),
    InputFormat(
        "doc",
        (".doc", ".wps", ".dot", ".wpt"),
        signature.is_old_office,
        office="MS Word 97",
        what="an old Office document (.doc or .wps)",
    ),
    InputFormat(
        "picture",
        (".png", ".jpg", ".jpeg", ".tif", ".tiff"),
        signature.is_picture,
        reader="ocr.extract_picture",
        only_with_ocr=True,
    ),
)
_TRIED = INPUT_FORMATS[::-1]
_BY_NAME = {format.name: format for format in INPUT_FORMATS}


def _suffixes(wanted: Callable[[InputFormat], bool]) -> tuple[str, ...]:
    return tuple(suffix for format in INPUT_FORMATS if wanted(format) for suffix in format.suffixes)


SUFFIXES = _suffixes(lambda format: not format.office and not format.only_with_ocr)
"""Names of files that hold speeches, in the order in which messages name them."""
REFUSED_SUFFIXES = (*_suffixes(lambda format: format.office is not None), ".rar", ".7z")
"""Files of speeches that may not be readable here: found all the same, so that the user learns of them."""
PICTURE_SUFFIXES = _suffixes(lambda format: format.only_with_ocr)
_PROMISING_SUFFIXES = _suffixes(lambda format: format.name_promises)

TAKEN_OUT = frozenset(format.name for format in INPUT_FORMATS if format.is_taken_out)
"""Names of formats whose text is another one than the file."""

MEMBERS = frozenset(member for format in INPUT_FORMATS for member in format.members)
"""Members of zip archives that only documents have."""


def input_format(name: str) -> InputFormat:
    """The format of a name of ours."""
    return _BY_NAME[name]


def find_format(data: bytes, name: str, ocr: bool = False) -> InputFormat:
    """Say what `data` is; its name only decides where bytes cannot.

    Args:
        ocr: whether pictures are read.

    Raises:
        UnreadableError: a format that is not read, with what to do about it; or not what its name promises.

    >>> find_format(b"%PDF-1.7", "talk.txt").name, find_format("同志们：".encode(), "talk.txt").name
    ('pdf', 'text')
    >>> find_format(b"{\\\\rtf1", "talk.docx").name
    'rtf'
    >>> find_format(b"GIF89a", "talk.doc")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    jianghua.errors.UnreadableError: talk.doc: a picture (GIF), which is not read; make its text readable first ...
    """
    contents = Contents.of(data, PurePath(name).suffix.lower())
    if not (ocr and signature.is_picture(contents)):
        signature.refuse(contents, name)
    format = next(format for format in _TRIED if format.fits(contents))
    if not format.is_taken_out and contents.suffix in _PROMISING_SUFFIXES and data.strip():
        raise UnreadableError(
            f"{name}: not a {contents.suffix[1:]} file, whatever its name says (it begins with {data[:8]!r}); "
            f"it may be damaged or cut off: fetch it again, or {signature.REMEDY}"
        )
    return format


def _imported(place: str | None) -> Any:
    module, _, function = str(place).partition(".")
    return getattr(import_module(f"jianghua.corpus.formats.{module}"), function)
