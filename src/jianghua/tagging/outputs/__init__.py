"""Output formats: one module each, and one row of a table, from which flags, messages and what a batch writes follow."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from jianghua.errors import UsageError

Record = Mapping[str, Any]
"""A line of a file with its tag, as `jianghua.tagging.tags.as_record` makes it."""

Renderer = Callable[[Sequence[Record], str, str], bytes]
"""Makes an output file of a file's records, its name, and the language of what the output says itself."""

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """A format as `--format` names it, the ending of its files, and what renders one.

    `renderer` and `index` are a module of this package and a function in it, imported when something is written. A format
    with an `index` (of a whole batch) is made to be read: it has words of its own, in a language, and shows texts as they
    are in the file, for labels that people correct in it find their paragraph by its text. Of a format with a `database`,
    what is written for each file is only what a database of all of them is made of, see `jianghua.archive`.
    """

    name: str
    ending: str
    renderer: str
    index: str | None = None
    database: bool = False

    def render(self, records: Sequence[Record], source: str = "", lang: str = "en") -> bytes:
        """Contents of the output of one file; the same records give the same bytes."""
        renderer: Renderer = _imported(self.renderer)
        return renderer(records, source, lang)

    def render_index(self, outcomes: Sequence[Any], lang: str) -> bytes:
        """Contents of the index of a batch."""
        if self.index is None:
            raise TypeError(f"{self.name} has no index")
        contents: bytes = _imported(self.index)(outcomes, self.ending, lang)
        return contents


OUTPUT_FORMATS = (
    OutputFormat("jsonl", "jsonl", "json_lines.render"),
    OutputFormat("csv", "csv", "csv_table.render"),
    OutputFormat("parquet", "parquet", "parquet_table.render"),
    OutputFormat("xlsx", "xlsx", "workbook.render"),
    OutputFormat("html", "html", "page.speech_page", index="index.index_of"),
    OutputFormat("sqlite", "jsonl", "json_lines.render", database=True),
)

TEXT_ENDING = "txt"
"""Of the file with the text of a document, in which offsets count."""

ENDINGS = frozenset((*(format.ending for format in OUTPUT_FORMATS), TEXT_ENDING))

FORMAT_NAMES = tuple(format.name for format in OUTPUT_FORMATS)


def output_format(name: str) -> OutputFormat:
    """The format of a name.

    Raises:
        UsageError: there is none; the message lists what there is.

    >>> output_format("jsonl").ending
    'jsonl'
    """
    if name not in FORMAT_NAMES:
        raise UsageError(f"format {name!r} is not known; use one of {', '.join(FORMAT_NAMES)}")
    return OUTPUT_FORMATS[FORMAT_NAMES.index(name)]


def _imported(place: str) -> Any:
    module, _, function = place.partition(".")
    return getattr(import_module(f"{__name__}.{module}"), function)
