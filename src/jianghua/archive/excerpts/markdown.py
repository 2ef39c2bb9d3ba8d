"""Excerpts as Markdown; nothing in a speech is taken for it."""

import re
from collections.abc import Iterator

from jianghua.archive.excerpts import Excerpts, source_line

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~&$]|^\s*(?:[-+=]|\d+(?=[.)])))")


def render(excerpts: Excerpts) -> bytes:
    """A quotation for each passage, its source below it."""
    return "\n".join(_lines(excerpts)).encode("utf-8", "backslashreplace")


def _lines(excerpts: Excerpts) -> Iterator[str]:
    yield f"# {_plain(excerpts.title)}\n"
    for name, passages in excerpts.groups():
        yield f"## {_plain(name)}\n"
        for passage in passages:
            pieces = (f"**{_plain(text)}**" if is_hit else _plain(text) for text, is_hit in passage.marked() if text)
            yield f"> {''.join(pieces)}\n>\n> {_plain(source_line(passage))}\n"


def _plain(text: str) -> str:
    """Text of one line as Markdown that shows it.

    >>> print(_plain("# 1*2 <b>"))
    \\# 1\\*2 \\<b\\>
    """
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
