"""Suspect hand labels, as people see them in the terminal."""

from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from jianghua.commands.console import console
from jianghua.labels import FUNCTIONS
from jianghua.printing import printable

if TYPE_CHECKING:
    import pandas as pd


def print_suspects(table: "pd.DataFrame", labelled: int, show: int, out: Path) -> None:
    """The least plausible hand labels, and where all of them are; two lines each, so that they fit 80 columns."""
    target = console()
    title = f"{len(table)} of {labelled} hand labels look implausible"
    listing = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for column in ("label", "suggested"):
        listing.add_column(column, no_wrap=True, min_width=max(map(len, FUNCTIONS)))
    listing.add_column("plausible", justify="right", no_wrap=True, min_width=len("plausible"))
    room = max(target.width - 2 * max(map(len, FUNCTIONS)) - len("plausible") - 10, 20)
    listing.add_column("speech, paragraph, text", no_wrap=True, overflow="ellipsis", max_width=room)
    for row in table.head(show).itertuples():
        place = _end_of(printable(f"{row.source}#{row.speech}"), room - 8)
        about = Text.assemble((f"{place} ¶{row.paragraph}", "dim"), "\n", printable(str(row.text)))
        listing.add_row(str(row.label), str(row.suggested), f"{row.plausibility:.0%}", about)
    target.print(listing)
    target.print(f"written: {out} (open the rows in the review queue with their fingerprints)")


def _end_of(name: str, width: int) -> str:
    """The end of a name that is too wide, for it tells more than the start.

    >>> _end_of("县里/2019年/政法工作会议讲话.txt#0", 16), _end_of("a.txt#0", 16)
    ('…会议讲话.txt#0', 'a.txt#0')
    """
    if cell_len(name) <= width:
        return name
    while cell_len(name) > width - 1:
        name = name[1:]
    return f"…{name}"
