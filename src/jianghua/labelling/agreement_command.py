"""`jianghua review agreement A.csv B.csv`: do two files of labels agree, and where not?"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from jianghua.labelling.agreement import Agreement, Estimate
from jianghua.labelling.agreement import agreement as agreement_of
from jianghua.labelling.gold import read_labels
from jianghua.labels import CHINESE, FUNCTIONS

_FINE, _WRONG_USAGE = 0, 2


def agreement(arguments: Sequence[str]) -> int:
    """Print the agreement of two files of labels.

    Args:
        arguments: what follows `jianghua review agreement`.

    Returns:
        exit status: 0 printed, 2 wrong usage (wrong flags, a file missing or wrong, no paragraph in both files).
    """
    parser = argparse.ArgumentParser(
        prog="jianghua review agreement",
        description="Do two files of hand labels agree, and where not?",
        epilog="exit status: 0 printed, 2 wrong usage",
    )
    parser.add_argument("first", type=Path, metavar="A.csv", help="labels of the first reader")
    parser.add_argument("second", type=Path, metavar="B.csv", help="labels of the second reader")
    parser.add_argument("--show", type=int, default=20, metavar="N", help="disagreements to list (default: 20)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the bootstrap (default: 0)")
    try:
        options = parser.parse_args(arguments)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else _WRONG_USAGE
    try:
        found = agreement_of(read_labels(options.first), read_labels(options.second), options.seed)
    except (ValueError, OSError) as error:
        print(f"jianghua review agreement: {error}", file=sys.stderr)
        return _WRONG_USAGE
    target = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 100, highlight=False)
    target.print(f"A: {escape(str(options.first))}\nB: {escape(str(options.second))}")
    target.print(_statistics(found))
    if found.only_first or found.only_second:
        target.print(f"not compared: {found.only_first} paragraphs only in A, {found.only_second} only in B")
    target.print(_confusion(found))
    if len(found.disagreements):
        target.print(_disagreements(found, max(options.show, 0)))
    else:
        target.print("no disagreements")
    return _FINE


def _statistics(found: Agreement) -> Table:
    title = f"Agreement on {found.paragraphs} paragraphs of {found.sources} speeches"
    table = Table(title=title, title_justify="left")
    table.add_column("")
    table.add_column("value", justify="right")
    table.add_column("95 % interval", justify="right")
    for name, estimate in (
        ("observed agreement", found.observed),
        ("Cohen's kappa", found.kappa),
        ("Krippendorff's alpha", found.alpha),
    ):
        table.add_row(name, *_shown(estimate))
    return table


def _shown(estimate: Estimate) -> tuple[str, str]:
    if estimate.value != estimate.value:  # NaN: one and the same function throughout
        return "undefined", "–"
    return f"{estimate.value:.3f}", f"{estimate.low:.3f}–{estimate.high:.3f}"


def _confusion(found: Agreement) -> Table:
    table = Table(title="A's labels in rows, B's in columns", title_justify="left")
    table.add_column("")
    for function in FUNCTIONS:
        table.add_column(CHINESE[function], justify="right", no_wrap=True)
    for function in FUNCTIONS:
        counts = found.confusion.loc[function]
        cells = [f"[bold]{count}[/]" if name == function else str(count) for name, count in counts.items()]
        table.add_row(f"{function} {CHINESE[function]}", *cells)
    return table


def _disagreements(found: Agreement, show: int) -> Table:
    count = len(found.disagreements)
    title = f"{count} disagreements" + (f", the first {show}" if show < count else "")
    table = Table(title=title, title_justify="left")
    for column in ("speech", "fingerprint", "A", "B"):
        table.add_column(column, overflow="fold", no_wrap=column == "fingerprint")
    for row in found.disagreements.head(show).itertuples():
        table.add_row(escape(str(row.source)), escape(str(row.fingerprint)), str(row.first), str(row.second))
    return table
