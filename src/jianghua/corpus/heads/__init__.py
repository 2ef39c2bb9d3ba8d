"""The head of each speech: its title, who speaks in what office, when, and on what occasion, each with its place in the text.

Lines before the first paragraph, after the last one, and dividers (“第二篇：…”) are read one by one; each gives evidence
for fields, and of each field the evidence from the place that is believed most counts (`evidence.PLACES`).
"""

import itertools
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from jianghua.corpus.heads.block import TitleBlock
from jianghua.corpus.heads.ends import read_end, read_properties, read_year
from jianghua.corpus.heads.evidence import FIELDS, Evidence, Value
from jianghua.corpus.heads.lines import beginning_of, end_of_head, lines_of, units
from jianghua.corpus.script import simplify
from jianghua.corpus.speech import Paragraph

__all__ = ["FIELDS", "Speech", "Value", "read_heads"]

_LINES = 60


class Speech(NamedTuple):
    """Head of one speech of a file; what the text does not say is None. `date` is ISO, as exact as the text."""

    source: str
    speech: int
    title: Value | None = None
    speaker: Value | None = None
    office: Value | None = None
    date: Value | None = None
    occasion: Value | None = None

    @property
    def values(self) -> tuple[Value | None, ...]:
        """Of FIELDS, in their order."""
        return self[2:]

    def plain(self) -> dict[str, str | None]:
        """The fields without their places."""
        return {field: value and value.text for field, value in zip(FIELDS, self.values, strict=True)}

    def simplified(self) -> "Speech":
        """The same in simplified characters."""
        values = (value and value._replace(text=simplify(value.text)) for value in self.values)
        return Speech(self.source, self.speech, *values)


def read_heads(text: str, paragraphs: Sequence[Paragraph], properties: Mapping[str, str] = {}) -> list[Speech]:
    """Heads of the speeches of a file, in order.

    Args:
        text: the decoded file.
        paragraphs: its records, as from `parse`.
        properties: what the file says of itself (see `Decoded`); believed where the text says nothing.

    >>> from jianghua.corpus import parse
    >>> text = '''奋力开创农业新局面
    ... ——在全县秋收工作会议上的讲话
    ... 县委副书记、县长　骆维桢
    ... （二○一九年八月二十日）
    ... 同志们：
    ... 今天开会。'''
    >>> speech, = read_heads(text, parse(text))
    >>> for field, value in speech.plain().items():
    ...     print(field, value)
    title 奋力开创农业新局面
    speaker 骆维桢
    office 县委副书记、县长
    date 2019-08-20
    occasion 全县秋收工作会议
    >>> text[speech.date.start : speech.date.end]
    '二○一九年八月二十日'
    """
    heads: list[Speech] = []
    for number, group in itertools.groupby(paragraphs, key=attrgetter("speech")):
        records = list(group)
        evidence = _evidence(text, records)
        if properties:
            read_properties(evidence, properties, alone=number == 0 == paragraphs[-1].speech)
        heads.append(Speech(records[0].source, number, *map(evidence.best, FIELDS)))
    return heads


def _evidence(text: str, records: Sequence[Paragraph]) -> Evidence:
    evidence = Evidence(text)
    end = end_of_head(records)
    block = TitleBlock(evidence)
    for unit in units(lines_of(text, records[max(end - _LINES, 0) : end])):
        block.read(unit)
    block.finish()
    if end < len(records) and records[end].kind != "meta":
        block.read_title_with_brackets(beginning_of(text, records[end]))
    read_end(evidence, records[end:])
    read_year(evidence, block.days)
    return evidence
