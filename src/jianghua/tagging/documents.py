"""A tagged document as Python sees it: paragraphs with their functions, speeches with their heads, tables, pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from jianghua.corpus.heads import FIELDS
from jianghua.tagging.inputs import NO_FILE
from jianghua.tagging.reading import ReadFile, TaggedFile, records_of

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 30
_TEXTS = ("source", "kind", "text", "label", "secondary", *FIELDS, "model")
_TYPES = {**dict.fromkeys(_TEXTS, "string"), "level": "Int64", "confidence": "Float64"}
"""Of a table's columns: the same where a document has no value at all, so that tables can be put below one another."""


class Segment(NamedTuple):
    """A run of sentences with one function; `start` and `end` are character offsets in the document's text."""

    start: int
    end: int
    label: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Line:
    """A title, heading, paragraph or other line (`meta`) of a speech; fields as in docs/output.md."""

    speech: int
    paragraph: int
    start: int
    end: int
    kind: str
    level: int | None
    outline: tuple[str, ...]
    text: str

    def __repr__(self) -> str:
        return f"{self.kind}: {_beginning(self.text)}"


@dataclass(frozen=True, slots=True, repr=False)
class Paragraph(Line):
    """A line with a function: `label`, perhaps a `secondary` one, how sure the model is, and which sentences are for what."""

    label: str
    secondary: str | None
    confidence: float
    scores: Mapping[str, float]
    segments: tuple[Segment, ...]

    def __repr__(self) -> str:
        return f"{self.label} {self.confidence:.0%}: {_beginning(self.text)}"


@dataclass(frozen=True, slots=True)
class Speech:
    """One speech of a document: its head, as far as the text says it, and its lines.

    `date` is ISO, as exact as the text: 2024, 2024-03 or 2024-03-05.
    """

    title: str | None
    speaker: str | None
    office: str | None
    date: str | None
    occasion: str | None
    lines: tuple[Line, ...]

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """Those of its lines that have a function."""
        return _with_function(self.lines)

    def __repr__(self) -> str:
        return f"{self.title or 'speech without title'}: {_counted(len(self.paragraphs), 'paragraph')}"


class Document(Sequence[Paragraph]):
    """A tagged document: a sequence of its paragraphs that have a function.

    `lines` has its titles, headings and other lines, too. `source` is its name, “-” for what is no file; `model` name and
    version of the model; `text` the text in which offsets count: that of the file, or what was taken out of it.
    """

    def __init__(self, file: ReadFile, tagged: TaggedFile, model: str) -> None:
        self._file = file
        self._tagged = tagged
        self.model = model

    @property
    def source(self) -> str:
        """The file, as it was named."""
        return self._file.source

    @property
    def text(self) -> str:
        """The decoded text in which `start` and `end` count."""
        return self._file.text

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Everything in the document, in order, whatever its kind."""
        return tuple(map(_line, self.to_records()))

    @cached_property
    def speeches(self) -> tuple[Speech, ...]:
        """The document's speeches: most have one, a web page can have several."""
        groups = [tuple(lines) for _, lines in groupby(self.lines, attrgetter("speech"))]
        heads = (head.plain() for head in self._tagged.heads)
        return tuple(Speech(**head, lines=lines) for head, lines in zip(heads, groups, strict=True))

    @cached_property
    def _paragraphs(self) -> tuple[Paragraph, ...]:
        return _with_function(self.lines)

    @overload
    def __getitem__(self, index: int) -> Paragraph: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Paragraph]: ...
    def __getitem__(self, index: int | slice) -> Paragraph | Sequence[Paragraph]:
        return self._paragraphs[index]

    def __len__(self) -> int:
        return sum(tag is not None for tag in self._tagged.tags)

    def __repr__(self) -> str:
        return f"{self.name}: {_counted(len(self._tagged.heads), 'speech')}, {_counted(len(self), 'paragraph')}"

    @property
    def name(self) -> str:
        """Name of the file without its folders."""
        return "text" if self.source == NO_FILE else PurePath(self.source).name or self.source

    def to_records(self) -> list[dict[str, Any]]:
        """One dictionary for each line, as `jianghua tag` writes it in JSON (see docs/output.md)."""
        return records_of(self._file.paragraphs, self._tagged, self.model)

    def to_frame(self) -> "pd.DataFrame":
        """One row for each line, with the columns of `jianghua tag`; what a line does not have is missing."""
        import pandas as pd

        from jianghua.tagging.tags import COLUMNS

        return pd.DataFrame(self.to_records(), columns=list(COLUMNS)).astype(_TYPES)

    def to_html(self, lang: str = "en") -> str:
        """The report page that `jianghua tag --format html` writes: complete, self-contained.

        Args:
            lang: of the page's own words, “en” or “zh”.

        Raises:
            UsageError: the language is not known.
        """
        from jianghua.tagging.outputs.page import speech_page

        return speech_page(self.to_records(), self.source, lang).decode()

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from jianghua.tagging.outputs.cell import cell

        return cell(self.to_records(), repr(self))


def _line(record: Mapping[str, Any]) -> Line:
    line = (
        record["speech"],
        record["paragraph"],
        record["start"],
        record["end"],
        record["kind"],
        record["level"],
        tuple(record["outline"]),
        record["text"],
    )
    if record["label"] is None:
        return Line(*line)
    segments = tuple(Segment(**segment) for segment in record["segments"])
    return Paragraph(*line, record["label"], record["secondary"], record["confidence"], record["scores"], segments)


def _with_function(lines: Sequence[Line]) -> tuple[Paragraph, ...]:
    return tuple(line for line in lines if isinstance(line, Paragraph))


def _beginning(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 'es' if thing.endswith('ch') else 's'}"
