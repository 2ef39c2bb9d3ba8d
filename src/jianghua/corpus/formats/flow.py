"""Lines of a document in reading order, put together from its pieces, each with what the document says of it."""

from jianghua.corpus.decode import Mark
from jianghua.corpus.formats.limits import Limits
from jianghua.errors import UnreadableError

_BLOCK = Mark(ends=True)


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
        self._rows: list[tuple[int, list[list[tuple[str, Mark]]]]] = []

    def block(self, text: str, mark: Mark = _BLOCK) -> None:
        """Add a block: one line, or several where `text` holds soft line breaks; the last has `mark.ends`, the others None.

        Raises:
            UnreadableError: there is more text than the limits allow.
        """
        self._count += len(text)
        if self._count > self._limits.characters:
            raise UnreadableError(
                f"{self._name}: too much text (more than {self._limits.characters:,} characters); "
                "split it into single speeches"
            )
        lines = [line for line in text.splitlines() if line.strip()]
        self._frames[-1] += [(line, mark._replace(ends=None)) for line in lines[:-1]]
        self._frames[-1] += [(line, mark) for line in lines[-1:]]

    def begin_row(self) -> None:
        """Begin a row of a table."""
        self._rows.append((len(self._frames), []))

    def end_row(self) -> None:
        """End a row: its cells become one line, or the lines that they hold."""
        _, cells = self._rows.pop()
        if all(len(cell) <= 1 for cell in cells) and sum(map(len, cells)) > 1:
            joined = "\t".join(line for cell in cells for line, _ in cell)
            cells = [[(joined, Mark("row", ends=True))]]
        self._frames[-1] += [line for cell in cells for line in cell]

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

    def text(self) -> str:
        """Everything so far, each line with its end."""
        return "".join(f"{line}\n" for line, _ in self._frames[0])

    def marks(self) -> list[Mark]:
        """A mark for each line of `text`."""
        return [mark for _, mark in self._frames[0]]
