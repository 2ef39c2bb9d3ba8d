"""Excerpts as rows of a table."""

from collections.abc import Iterator

from jianghua.archive.excerpts import Excerpts, function_name, section_of

WIDTHS = {
    "function": 24,
    "text": 80,
    "title": 30,
    "speaker": 12,
    "office": 20,
    "date": 12,
    "section": 30,
    "source": 28,
    "speech": 8,
    "paragraph": 11,
}
"""Columns, in order, with their widths in characters."""


def rows_of(excerpts: Excerpts) -> Iterator[tuple[str | int | None, ...]]:
    """A row for each passage, in the order of the groups."""
    for _, passages in excerpts.groups():
        for p in passages:
            yield (
                *(function_name(p), p.text, p.title, p.speaker, p.office, p.date, section_of(p)),
                *(p.source, p.speech, p.paragraph),
            )
