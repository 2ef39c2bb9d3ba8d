"""The terminal as people see it: built on rich, plain text in pipes, and harmless whatever a stranger's text holds."""

import sys
from collections.abc import Iterator
from typing import TextIO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from jianghua.printing import printable_lines


class _Harmless(Console):
    """Shows texts and names as they are: what they hold of markup is text, of control characters is written out."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(printable_lines(segment.text), segment.style)


def console(stream: TextIO | None = None) -> Console:
    """Console on `stream` (default: standard output), as wide as the terminal; 80 columns where there is none."""
    return _Harmless(file=stream or sys.stdout, highlight=False, markup=False, emoji=False)
