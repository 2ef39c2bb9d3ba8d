"""What people see of `jianghua find`: keyword in context, the words one below the other in the middle of the line."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from rich.cells import cell_len
from rich.text import Text

from jianghua.archive.search import Findings, Hit, Passage, Query
from jianghua.commands.console import console
from jianghua.labels import BY_NAME
from jianghua.printing import complain, has_reader, printable

_MOST_LINES = 3
"""Of one passage."""
_MORE = "…"
_SEPARATOR = " · "


def print_findings(findings: Findings, query: Query) -> None:
    """The passages, each speech with a line of its own, then how many there are."""
    target = console()
    for _, of_speech in groupby(findings.first, key=lambda passage: (passage.source, passage.speech)):
        passages = list(of_speech)
        lines = [
            _speech_line(passages[0], target.width),
            *(line for passage in passages for line in _lines(passage, target.width)),
        ]
        for line in lines:
            if not has_reader():
                return
            target.print(line, no_wrap=True, overflow="ellipsis", crop=True)
    complain(_told(findings, query))


def print_written(findings: Findings, query: Query, path: Path) -> None:
    """What was written."""
    complain(f"{_told(findings, query)} → {path}")


def _told(findings: Findings, query: Query) -> str:
    words = ", ".join(query.words)
    if not findings.passages:
        told = f"nothing found: {words}"
    else:
        told = f"{_counted(findings.passages, 'passage')} in {_counted(findings.speeches, 'speech')}"
        if len(findings.first) < findings.passages:
            told += f", here are the first {len(findings.first):,} (--limit N for more, --to FILE for all)"
    if findings.undated:
        told += f"; {findings.undated:,} more in speeches whose date is not known"
    return told


def _counted(number: int, thing: str) -> str:
    plural = f"{thing}es" if thing.endswith("ch") else f"{thing}s"
    return f"{number:,} {thing if number == 1 else plural}"


def _speech_line(passage: Passage, width: int) -> Text:
    """Date, title, speaker, office, and the file: its end tells more than its beginning, and must not be lost."""
    speech = f"#{passage.speech}" if passage.speech else ""
    about = f"{passage.date or '----'} " + _SEPARATOR.join(
        printable(part) for part in (passage.title or passage.occasion, passage.speaker, passage.office) if part
    )
    source = printable(passage.source) + speech
    room = max(width - cell_len(about) - 1, min(cell_len(source), width // 3))
    source = _fitting(source, room, from_end=True)
    about = _fitting(about, width - cell_len(source) - 1)
    return Text(about, "bold").append(f" {source}", "dim")


def _lines(passage: Passage, width: int) -> Iterator[Text]:
    function = BY_NAME.get(passage.function or "")
    line = Text("  ").append(function.chinese if function else "标题", function.terminal if function else "dim")
    line.append(f" ¶{passage.paragraph} ", "dim").append(" › ".join(map(printable, passage.outline)), "dim")
    yield line
    hits = _apart(passage.hits)
    for hit in hits[:_MOST_LINES]:
        yield _in_context(passage.text, hit, width)
    if len(hits) > _MOST_LINES:
        yield Text(f"    {len(hits) - _MOST_LINES} more times in this paragraph", "dim")


def _apart(hits: Sequence[Hit]) -> list[Hit]:
    """Without those that lie in another one."""
    found: list[Hit] = []
    for hit in hits:
        if not found or hit.end > found[-1].end:
            found.append(hit)
    return found


def _in_context(text: str, hit: Hit, width: int) -> Text:
    """A line of `width` columns with the word in its middle."""
    word = _fitting(printable(text[hit.start : hit.end]), width // 2)
    room = width - cell_len(word) - 2
    left_room = room // 2
    before = printable(text[max(hit.start - width, 0) : hit.start])
    after = printable(text[hit.end : hit.end + width])
    left = _fitting(before, left_room, from_end=True, cut=hit.start > width)
    right = _fitting(after, room - left_room, cut=len(text) > hit.end + width)
    line = Text(" " * (left_room - cell_len(left)) + left + " ")
    return line.append(word, "bold reverse").append(" " + right)


def _fitting(text: str, room: int, *, from_end: bool = False, cut: bool = False) -> str:
    """As much of a text as fits into columns, with … where it is cut.

    >>> _fitting("狠抓安全生产", 7), _fitting("狠抓安全生产", 7, from_end=True), _fitting("安全", 7)
    ('狠抓安…', '…全生产', '安全')
    """
    if not cut and cell_len(text) <= room:
        return text
    used = cell_len(_MORE)
    kept = 0
    for character in reversed(text) if from_end else text:
        used += cell_len(character)
        if used > room:
            break
        kept += 1
    return _MORE + text[len(text) - kept :] if from_end else text[:kept] + _MORE
