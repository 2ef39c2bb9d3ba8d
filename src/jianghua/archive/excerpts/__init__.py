"""Excerpts: passages that were found, as a file to take along. One module a format, one row of a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from jianghua.archive.search import Passage
from jianghua.errors import UsageError
from jianghua.labels import ALONG_A_SPEECH, BY_NAME

GROUPS = ("function", "speech")
HEADING = "标题 heading"
"""Stands for the function of a heading."""


@dataclass(frozen=True, slots=True)
class Excerpts:
    """Passages with the words that they were found by, grouped by function or by speech."""

    words: Sequence[str]
    passages: Sequence[Passage]
    group: str = "function"

    @property
    def title(self) -> str:
        """What was asked for."""
        return "".join(f"“{word}”" for word in self.words)

    def groups(self) -> list[tuple[str, list[Passage]]]:
        """Groups with their names: functions as most speeches run through them, speeches as the passages come."""
        order = [function.name for function in ALONG_A_SPEECH] if self.group == "function" else []
        of: dict[object, list[Passage]] = {name: [] for name in order}
        for passage in self.passages:
            key = passage.function if self.group == "function" else (passage.source, passage.speech)
            of.setdefault(key, []).append(passage)
        name = function_name if self.group == "function" else _speech_name
        return [(name(passages[0]), passages) for passages in of.values() if passages]


def function_name(passage: Passage) -> str:
    """The function of a passage in both languages."""
    return f"{BY_NAME[passage.function].chinese} {passage.function}" if passage.function in BY_NAME else HEADING


def section_of(passage: Passage) -> str:
    """The headings above a passage."""
    return " › ".join(passage.outline)


def place_of(passage: Passage) -> str:
    """Where a passage stands: its file, the speech in it (where there are several), the paragraph."""
    speech = f"#{passage.speech}" if passage.speech else ""
    return f"{passage.source}{speech} ¶{passage.paragraph}"


def source_line(passage: Passage) -> str:
    """Who said it, where, when, under what heading: the line that a writer needs to quote it."""
    speaker = passage.speaker and passage.speaker + (f"（{passage.office}）" if passage.office else "")
    title = f"《{passage.title.strip('《》')}》" if passage.title else passage.occasion
    section = f"“{section_of(passage)}”" if passage.outline else None
    told = "，".join(part for part in (speaker or passage.office, title, passage.date, section) if part)
    return f"——{told}［{place_of(passage)}］"


def _speech_name(passage: Passage) -> str:
    parts = (passage.date, passage.title or passage.occasion or passage.source, passage.speaker)
    return "　".join(part for part in parts if part)


Renderer = Callable[[Excerpts], bytes]
EXCERPT_FORMATS = {
    ".docx": "word.render",
    ".xlsx": "workbook.render",
    ".csv": "csv_table.render",
    ".html": "page.render",
    ".md": "markdown.render",
}
"""Endings of files, each with a module of this package and a function in it, imported when a file is written."""


def renderer_for(path: Path) -> Renderer:
    """What makes the contents of a file, by its ending.

    Raises:
        UsageError: nothing does; the message lists the endings.
    """
    place = EXCERPT_FORMATS.get(path.suffix.lower())
    if place is None:
        raise UsageError(
            f"{path}: no format for excerpts is known by this ending; use one of {', '.join(EXCERPT_FORMATS)}"
        )
    module, _, function = place.partition(".")
    renderer: Renderer = getattr(import_module(f"{__name__}.{module}"), function)
    return renderer
