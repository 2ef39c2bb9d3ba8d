"""Lines of a document in reading order, put together from its pieces, each with what the document says of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from jianghua.corpus.decode import Mark
from jianghua.corpus.formats.headings import has_marker
from jianghua.corpus.formats.limits import Limits
from jianghua.errors import UnreadableError

_BLOCK = Mark(ends=True)
_LONGEST_VALUE = 60
"""Characters of a line in a cell of a table of values."""
_LONGEST_CELL = 2
"""Lines of a cell that stands alone in its row and is no text of its own."""


@dataclass(slots=True)
class _Table:
    depth: int
    rows: list[tuple[int, int, bool, bool]] = field(default_factory=list)
    """First line of each row, the line after its last, whether it was made one line, whether it is one cell with a text."""


class Flow:
    """Collects lines. A table row whose cells hold one line each becomes one line; other cells keep their own lines.

    >>> flow = Flow("talk.docx", Limits())
    >>> flow.block("下表是指标：")
    >>> flow.begin_row()
    >>> for cell in ("粮食", "增产一成"):
    ...     flow.begin_cell(); flow.block(cell); flow.end_cell()
    >>> flow.end_row()
    >>> flow.text()
    '下表是指标：\\n粮食\\t增产一成\\n'
    >>> [(mark.role, mark.ends) for mark in flow.marks()]
    [('', True), ('row', True)]
    """

    def __init__(self, name: str, limits: Limits) -> None:
        self._name = name
        self._limits = limits
        self._count = 0
        self._frames: list[list[tuple[str, Mark]]] = [[]]
        self._tables: list[_Table] = []
        self._rows: list[tuple[int, list[list[tuple[str, Mark]]]]] = []

    def block(self, text: str, mark: Mark = _BLOCK) -> None:
        """Add a block: one line, or several where `text` holds soft line breaks; the last has `mark.ends`, the others None.

        Raises:
            UnreadableError: there is more text than the limits allow.
        """
        lines = [(line, mark) for line in text.splitlines() if line.strip()]
        if len(lines) > 1:
            lines[:-1] = [(line, mark._replace(ends=None)) for line, _ in lines[:-1]]
        self._add(lines, len(text))

    def add(self, lines: Sequence[tuple[str, Mark]]) -> None:
        """Add lines whose marks are known.

        Raises:
            UnreadableError: see `block`.
        """
        self._add(lines, sum(len(line) for line, _ in lines))

    def _add(self, lines: Sequence[tuple[str, Mark]], length: int) -> None:
        self._count += length
        if self._count > self._limits.characters:
            raise UnreadableError(
                f"{self._name}: too much text (more than {self._limits.characters:,} characters); "
                "split it into single speeches"
            )
        self._frames[-1] += lines

    def begin_row(self) -> None:
        """Begin a row of a table."""
        self._rows.append((len(self._frames), []))

    def end_row(self) -> None:
        """End a row: its cells become one line, or the lines that they hold (each a row, unless they are prose)."""
        _, cells = self._rows.pop()
        is_joined = all(len(cell) <= 1 for cell in cells) and sum(map(len, cells)) > 1
        if is_joined:
            joined = "\t".join(line for cell in cells for line, _ in cell)
            cells = [[(joined, Mark("row", ends=True))]]
        elif sum(map(bool, cells)) > 1 and not any(_is_prose(line, mark) for cell in cells for line, mark in cell):
            cells = [[(line, Mark("row", ends=mark.ends)) for line, mark in cell] for cell in cells]
        start = len(self._frames[-1])
        self._frames[-1] += [line for cell in cells for line in cell]
        if self._tables and self._tables[-1].depth == len(self._frames):
            is_filled = [bool(cell) for cell in cells]
            holds_text = sum(is_filled) == 1 and len(self._frames[-1]) - start > _LONGEST_CELL
            self._tables[-1].rows.append((start, len(self._frames[-1]), is_joined, holds_text))

    def begin_table(self) -> None:
        """Begin a table, which `end_table` ends: rows that are no table of values by themselves may be one together."""
        self._frames.append([])
        self._tables.append(_Table(len(self._frames)))

    def end_table(self) -> None:
        """End a table. In one of values, what stands alone in a row (“一、农业” above its figures) is a row too."""
        rows = self._tables.pop().rows
        lines = self._frames.pop()
        joined = sum(is_joined for _, _, is_joined, _ in rows)
        if not joined and not any(_is_prose(*line) or has_marker(line[0]) for line in lines):
            lines = [(line, Mark("row", ends=mark.ends)) for line, mark in lines]  # a list, or what was left of a table
        elif joined >= 2 or (joined and not any(_is_prose(*line) for line in lines)):
            for start, end, _, holds_text in rows:
                if not holds_text:
                    lines[start:end] = [(line, Mark("row", ends=mark.ends)) for line, mark in lines[start:end]]
        self._frames[-1] += lines

    def begin_cell(self) -> None:
        """Begin a cell."""
        self._frames.append([])

    def end_cell(self) -> None:
        """End a cell; outside a row (in broken documents) its lines stand where it stood."""
        cell = self._frames.pop()
        if self._rows and self._rows[-1][0] == len(self._frames):
            self._rows[-1][1].append(cell)
        else:
            self._frames[-1] += cell

    def begin_box(self) -> None:
        """Begin what stands beside the text: it is collected apart."""
        self._frames.append([])

    def end_box(self) -> list[tuple[str, Mark]]:
        """Lines of the box, to be added where they belong."""
        return self._frames.pop()

    def revise(self, change: Callable[[list[tuple[str, Mark]]], None]) -> None:
        """Let `change` mend the marks of all lines so far, once the whole document is known."""
        change(self._frames[0])

    def text(self) -> str:
        """Everything so far, each line with its end."""
        return "".join(f"{line}\n" for line, _ in self._frames[0])

    def marks(self) -> list[Mark]:
        """A mark for each line of `text`."""
        return [mark for _, mark in self._frames[0]]


def _is_prose(line: str, mark: Mark) -> bool:
    """Whether a line of a cell is body text or a heading: then the table is only there for the layout."""
    return "。" in line or len(line) > _LONGEST_VALUE or mark.role in ("title", "heading")
