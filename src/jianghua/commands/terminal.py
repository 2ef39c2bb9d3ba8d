"""What people see in the terminal: tables, progress, a tagged speech. Built on rich; plain text in pipes."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TextIO

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from jianghua.commands.progress import FilesBar
from jianghua.labels import CHINESE, FUNCTIONS, TABLE
from jianghua.printing import complain, printable, printable_lines

if TYPE_CHECKING:
    from collections import Counter

    import pandas as pd

    from jianghua.corpus.duplicates import Duplicates
    from jianghua.labelling.table import LabelledCorpus
    from jianghua.model.store import SavedModel
    from jianghua.tagging.jobs import Job, Outcome
    from jianghua.training.metrics import Scores

COLOURS = {function.name: function.terminal for function in TABLE}
_NAMES = {
    "model": "this model",
    "model_without_headings": "this model, heading text removed",
    "cues": "cues alone",
    "cues_without_headings": "cues alone, heading text removed",
    "majority": "majority class",
}


class _Harmless(Console):
    """Shows texts and names as they are: what they hold of markup is text, of control characters is written out."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(printable_lines(segment.text), segment.style)


def console(stream: TextIO | None = None) -> Console:
    """Console on `stream` (default: standard output), as wide as the terminal; 80 columns where there is none."""
    return _Harmless(file=stream or sys.stdout, highlight=False, markup=False, emoji=False)


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


def print_suspects(table: "pd.DataFrame", labelled: int, show: int, out: Path) -> None:
    """The least plausible hand labels, and where all of them are; two lines each, so that they fit 80 columns."""
    target = console()
    title = f"{len(table)} of {labelled} hand labels look implausible"
    shown = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for column in ("label", "suggested"):
        shown.add_column(column, no_wrap=True, min_width=max(map(len, FUNCTIONS)))
    shown.add_column("plausible", justify="right", no_wrap=True, min_width=len("plausible"))
    room = max(target.width - 2 * max(map(len, FUNCTIONS)) - len("plausible") - 10, 20)
    shown.add_column("speech, paragraph, text", no_wrap=True, overflow="ellipsis", max_width=room)
    for row in table.head(show).itertuples():
        place = _end_of(printable(f"{row.source}#{row.speech}"), room - 8)
        about = Text.assemble((f"{place} ¶{row.paragraph}", "dim"), "\n", printable(str(row.text)))
        shown.add_row(str(row.label), str(row.suggested), f"{row.plausibility:.0%}", about)
    target.print(shown)
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
    """F1 of each function with and without outline, and how many paragraphs there are of it."""
    table = Table(title="F1 by function", title_justify="left")
    table.add_column("function")
    for column in ("paragraphs", "F1", "no headings", "cues"):
        table.add_column(column, justify="right")
    for name in FUNCTIONS:
        if name in scores["model"].f1:
            values = [f"{scores[which].f1[name]:.2f}" for which in ("model", "model_without_headings", "cues")]
            label = Text.assemble((name, COLOURS[name]), f" {CHINESE[name]}")
            table.add_row(label, str(scores["model"].support[name]), *values)
    return table


_FINAL = {
    "en": "tagged {files} files, {paragraphs} paragraphs → {out}",
    "zh": "已标注 {files} 个文件、{paragraphs} 个自然段 → {out}",
}
_KEPT = {"en": " ({kept} files were done already)", "zh": "（其中 {kept} 个文件此前已完成）"}
_FAILED = {"en": "; {failed} failed, see {errors}", "zh": "；{failed} 个文件失败，原因见 {errors}"}
_PASSED = {"en": "not documents: {passed}", "zh": "非文档文件：{passed}"}


class Progress:
    """Progress over files on standard error: none in pipes or when `quiet`."""

    def __init__(self, jobs: Sequence[Any], quiet: bool = False, lang: str = "en") -> None:
        self._quiet, self._lang = quiet, lang
        self.count = 0
        self._bar = FilesBar("tagging", len(jobs), quiet)

    def __enter__(self) -> Self:
        self._bar.__enter__()
        return self

    def __exit__(self, *reason: object) -> None:
        self._bar.__exit__(*reason)

    def advance(self, outcome: "Outcome") -> None:
        """One more file is done."""
        self.count += 1
        self._bar.advance(outcome.bytes, outcome.error is not None)

    def finish(self, outcomes: Sequence["Outcome"], out: Path, passed: "Counter[str] | None" = None) -> None:
        """Failures, then what was passed over (how often, by suffix), then the final line."""
        for outcome in outcomes:
            if outcome.error is not None:
                complain(f"failed: {printable(outcome.error)}")
        if self._quiet:
            return
        if passed:
            from jianghua.corpus.folder import said_passed

            print(_PASSED[self._lang].format(passed=printable(said_passed(passed, self._lang))), file=sys.stderr)
        tagged = [outcome for outcome in outcomes if outcome.error is None]
        kept = sum(outcome.kept for outcome in tagged)
        paragraphs = sum(outcome.paragraphs for outcome in tagged)
        line = _FINAL[self._lang].format(files=len(tagged), paragraphs=paragraphs, out=out)
        line += _KEPT[self._lang].format(kept=kept) if kept else ""
        failed = self._bar.failed
        line += _FAILED[self._lang].format(failed=failed, errors=out / "_errors.csv") if failed else ""
        complain(line)


def print_speech(job: "Job | Outcome", model: "SavedModel", stream: TextIO) -> None:
    """The tagged paragraphs of a file as a coloured table."""
    from jianghua.corpus import parse
    from jianghua.corpus.extract import extract
    from jianghua.errors import UnreadableError
    from jianghua.tagging.jobs import Outcome
    from jianghua.tagging.tags import tag_paragraphs

    if isinstance(job, Outcome) or job.path is None:
        return
    try:
        decoded = extract(job.path, job.source)
        paragraphs = parse(decoded.text, job.source, decoded.marks)
    except (UnreadableError, OSError):
        return  # reported with the batch
    target = console(stream)
    table = Table(title=job.source, title_justify="left")
    table.add_column("function", no_wrap=True, width=17)
    table.add_column("sure", justify="right", width=4)
    table.add_column("text", no_wrap=True, overflow="ellipsis", width=max(target.width - 31, 20))
    for p, tag in zip(paragraphs, tag_paragraphs(model, paragraphs), strict=True):
        if tag is None:
            style = "dim" if p.kind == "meta" else "bold"
            table.add_row(Text(p.kind, style="dim"), "", Text(p.text, style=style))
            continue
        label = Text(CHINESE[tag.label], style=COLOURS[tag.label])
        if tag.secondary:
            label.append("+" + CHINESE[tag.secondary], style=f"dim {COLOURS[tag.secondary]}")
        table.add_row(label, f"{tag.confidence:.0%}", Text(p.text))
    target.print(table)
