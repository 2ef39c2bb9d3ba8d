"""Two readings beside each other, as people see them in the terminal."""

from pathlib import Path

from rich.table import Table
from rich.text import Text

from jianghua.commands.console import console
from jianghua.labels import CHINESE, FUNCTIONS
from jianghua.review.agreement import Agreement, Estimate


def print_agreement(agreement: Agreement, first: Path, second: Path, show: int) -> None:
    """Statistics, confusions, and the first `show` disagreements."""
    target = console()
    if not target.is_terminal:
        target.width = 100
    target.print(f"A: {first!s}\nB: {second!s}")
    target.print(_statistics(agreement))
    if agreement.only_first or agreement.only_second:
        target.print(f"not compared: {agreement.only_first} paragraphs only in A, {agreement.only_second} only in B")
    target.print(_confusion(agreement))
    if len(agreement.disagreements):
        target.print(_disagreements(agreement, max(show, 0)))
    else:
        target.print("no disagreements")


def _statistics(agreement: Agreement) -> Table:
    title = f"Agreement on {agreement.paragraphs} paragraphs of {agreement.sources} speeches"
    table = Table(title=title, title_justify="left")
    table.add_column("")
    table.add_column("value", justify="right")
    table.add_column("95 % interval", justify="right")
    for name, estimate in (
        ("observed agreement", agreement.observed),
        ("Cohen's kappa", agreement.kappa),
        ("Krippendorff's alpha", agreement.alpha),
    ):
        table.add_row(name, *_shown(estimate))
    return table


def _shown(estimate: Estimate) -> tuple[str, str]:
    if estimate.value != estimate.value:  # NaN: one and the same function throughout
        return "undefined", "–"
    return f"{estimate.value:.3f}", f"{estimate.low:.3f}–{estimate.high:.3f}"


def _confusion(agreement: Agreement) -> Table:
    table = Table(title="A's labels in rows, B's in columns", title_justify="left")
    table.add_column("")
    for function in FUNCTIONS:
        table.add_column(CHINESE[function], justify="right", no_wrap=True)
    for function in FUNCTIONS:
        counts = agreement.confusion.loc[function]
        cells = [Text(str(count), "bold" if name == function else "") for name, count in counts.items()]
        table.add_row(f"{function} {CHINESE[function]}", *cells)
    return table


def _disagreements(agreement: Agreement, show: int) -> Table:
    count = len(agreement.disagreements)
    title = f"{count} disagreements" + (f", the first {show}" if show < count else "")
    table = Table(title=title, title_justify="left")
    for column in ("speech", "fingerprint", "A", "B"):
        table.add_column(column, overflow="fold", no_wrap=column == "fingerprint")
    for row in agreement.disagreements.head(show).itertuples():
        table.add_row(str(row.source), str(row.fingerprint), str(row.first), str(row.second))
    return table
