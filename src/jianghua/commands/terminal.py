"""Tables of cues and of scores, as people see them in the terminal."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from jianghua.commands.console import console
from jianghua.labels import CHINESE, FUNCTIONS, TABLE

if TYPE_CHECKING:
    import pandas as pd

    from jianghua.corpus.duplicates import Duplicates
    from jianghua.labelling.table import LabelledCorpus
    from jianghua.training.metrics import Scores

COLOURS = {function.name: function.terminal for function in TABLE}
_NAMES = {
    "model": "this model",
    "model_without_headings": "this model, without headings",
    "cues": "cues alone",
    "cues_without_headings": "cues alone, without headings",
    "majority": "majority class",
}


def print_cues(
    table: "pd.DataFrame", corpus: "LabelledCorpus", out: Path, models: "pd.DataFrame | None" = None
) -> None:
    """Table of cues, then the label models beside each other, then what was written."""
    title = f"Cues on {len(corpus.paragraphs)} paragraphs of {len(corpus.documents)} files"
    shown = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for column in ("cue", "function", "cover", "overlap", "conflict", "gold", "right"):
        shown.add_column(column, justify="left" if column in ("cue", "function") else "right", no_wrap=True)
    for row in table.itertuples():
        shown.add_row(
            str(row.cue),
            Text(CHINESE[str(row.votes)], COLOURS[str(row.votes)]),
            f"{row.coverage:.1%}",
            f"{row.overlap:.1%}",
            f"{row.conflict:.1%}",
            str(row.fired_on_gold),
            "–" if row.fired_on_gold == 0 else f"{row.accuracy:.0%}",
        )
    target = console()
    target.print(shown)
    for row in table[table.warning != ""].itertuples():
        target.print(Text.assemble(("warning", "yellow"), f": cue {row.cue}: {row.warning}"))
    voted = corpus.weak >= 0
    target.print(f"cues cover {voted.mean():.1%} of the paragraphs; {int((corpus.gold >= 0).sum())} have a hand label")
    for row in models.itertuples() if models is not None else ():
        better = " — the better one" if row.better else ""
        target.print(f"{row.model}: macro-F1 {row.macro_f1:.3f}, accuracy {row.accuracy:.1%} on hand labels{better}")
    target.print(f"written: {out!s}")


def print_duplicates(found: "Duplicates") -> None:
    """Near-duplicate speeches and how many near-duplicate paragraphs there are."""
    target = console()
    for cluster in found.speeches:
        names = ", ".join(f"{source}#{speech}" for source, speech in cluster.speeches)
        target.print(f"near-duplicate speeches (similarity {cluster.jaccard:.2f}), kept in one fold: {names}")
    copied = sum(len(cluster.paragraphs) for cluster in found.paragraphs)
    target.print(
        f"near-duplicates: {len(found.speeches)} clusters of speeches, "
        f"{len(found.paragraphs)} of paragraphs ({copied} paragraphs)"
    )


def scores_table(scores: Mapping[str, "Scores"], title: str) -> Table:
    """Scores beside their baselines, one row each."""
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for column in ("macro-F1", "95 % interval", "accuracy"):
        table.add_column(column, justify="right")
    for name in sorted(scores, key=list(_NAMES).index):
        found = scores[name]
        low, high = found.interval
        table.add_row(_NAMES[name], f"{found.macro_f1:.3f}", f"{low:.3f}–{high:.3f}", f"{found.accuracy:.1%}")
    return table


def functions_table(scores: Mapping[str, "Scores"]) -> Table:
    """F1 of each function with and without headings, and how many paragraphs there are of it."""
    table = Table(title="F1 by function", title_justify="left")
    table.add_column("function")
    for column in ("paragraphs", "F1", "without headings", "cues"):
        table.add_column(column, justify="right")
    for name in FUNCTIONS:
        if name in scores["model"].f1:
            values = [f"{scores[which].f1[name]:.2f}" for which in ("model", "model_without_headings", "cues")]
            label = Text.assemble((name, COLOURS[name]), f" {CHINESE[name]}")
            table.add_row(label, str(scores["model"].support[name]), *values)
    return table
