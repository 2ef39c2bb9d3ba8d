"""What people see of `jianghua tag`: progress, the final line, a tagged speech."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Self, TextIO

from rich.table import Table
from rich.text import Text

from jianghua.commands.console import console
from jianghua.commands.progress import FilesBar
from jianghua.corpus import parse
from jianghua.corpus.extract import extract
from jianghua.corpus.folder import said_passed
from jianghua.errors import UnreadableError
from jianghua.labels import BY_NAME
from jianghua.model.store import SavedModel
from jianghua.printing import complain, printable
from jianghua.tagging.jobs import Job, Outcome
from jianghua.tagging.tags import tag_paragraphs

_FINAL = {
    "en": "tagged {files} files, {paragraphs} paragraphs → {out}",
    "zh": "已标注 {files} 个文件、{paragraphs} 个自然段 → {out}",
}
_KEPT = {"en": " ({kept} files were done already)", "zh": "（其中 {kept} 个文件此前已完成）"}
_FAILED = {"en": "; {failed} failed, see {errors}", "zh": "；{failed} 个文件失败，原因见 {errors}"}
_PASSED = {"en": "not documents: {passed}", "zh": "非文档文件：{passed}"}


class Progress:
    """Progress over files on standard error: none in pipes or when `quiet`."""

    def __init__(self, jobs: Sequence[Job | Outcome], quiet: bool = False, lang: str = "en") -> None:
        self._quiet, self._lang = quiet, lang
        self.count = 0
        self._bar = FilesBar("tagging", len(jobs), quiet)

    def __enter__(self) -> Self:
        self._bar.__enter__()
        return self

    def __exit__(self, *reason: object) -> None:
        self._bar.__exit__(*reason)

    def advance(self, outcome: Outcome) -> None:
        """One more file is done."""
        self.count += 1
        self._bar.advance(outcome.bytes, outcome.error is not None)

    def finish(self, outcomes: Sequence[Outcome], out: Path, passed: Counter[str] | None = None) -> None:
        """Failures, then what was passed over (how often, by suffix), then the final line."""
        for outcome in outcomes:
            if outcome.error is not None:
                complain(f"failed: {printable(outcome.error)}")
        if self._quiet:
            return
        if passed:
            print(_PASSED[self._lang].format(passed=printable(said_passed(passed, self._lang))), file=sys.stderr)
        tagged = [outcome for outcome in outcomes if outcome.error is None]
        kept_count = sum(outcome.kept for outcome in tagged)
        paragraphs = sum(outcome.paragraphs for outcome in tagged)
        line = _FINAL[self._lang].format(files=len(tagged), paragraphs=paragraphs, out=out)
        line += _KEPT[self._lang].format(kept=kept_count) if kept_count else ""
        failures = self._bar.failed
        line += _FAILED[self._lang].format(failed=failures, errors=out / "_errors.csv") if failures else ""
        complain(line)


def print_speech(job: Job | Outcome, model: SavedModel, stream: TextIO) -> None:
    """The tagged paragraphs of a file as a coloured table."""
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
        function = BY_NAME[tag.label]
        label = Text(function.chinese, style=function.terminal)
        if tag.secondary:
            second = BY_NAME[tag.secondary]
            label.append(f"+{second.chinese}", style=f"dim {second.terminal}")
        table.add_row(label, f"{tag.confidence:.0%}", Text(p.text))
    target.print(table)
