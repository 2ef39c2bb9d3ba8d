"""Hand labels, kept apart from the texts: read, checked, and laid onto paragraphs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jianghua.corpus import Paragraph, fingerprint
from jianghua.errors import LabelsError, MissingError, access_to
from jianghua.labelling.csv_file import read_csv
from jianghua.labelling.segments import Segments, read_segments
from jianghua.labels import check_label

COLUMNS = ("fingerprint", "source", "label", "secondary", "annotator", "date", "note")
"""Columns every file of stand-off labels has; `confidence` (1 border case to 3 sure) and `segments` may follow."""

NO_FUNCTION = ("heading", "meta")
"""Labels a line may have in labels by line; a paragraph never takes them."""


@dataclass(frozen=True, slots=True)
class HandLabel:
    """One hand label: of a paragraph by fingerprint, or of a line by `span` (start, end) in its file.

    `segments` are the parts of a paragraph that was labelled sentence by sentence (see `jianghua.labelling.segments`); empty
    where only the whole is labelled.
    """

    source: str
    fingerprint: str
    label: str
    secondary: str | None = None
    confidence: int = 3
    span: tuple[int, int] | None = None
    where: str = ""
    segments: Segments = ()


@dataclass(slots=True)
class GoldReport:
    """What laying the labels onto paragraphs found."""

    labelled: int = 0
    stale: list[str] = field(default_factory=list)
    swallowed: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Messages for people, the first ten of each sort."""
        messages = []
        for what, rows in (
            ("hand labels name a paragraph that no longer occurs", self.stale),
            ("labelled lines are swallowed by a paragraph with another label", self.swallowed),
        ):
            if rows:
                more = f" … and {len(rows) - 10} more" if len(rows) > 10 else ""
                messages.append(f"{len(rows)} {what}: " + "; ".join(rows[:10]) + more)
        return messages


def read_labels(path: Path) -> list[HandLabel]:
    """Read a file of hand labels, either stand-off by fingerprint or by line with `file`, `start` and `end`.

    Raises:
        MissingError: no such file.
        LabelsError: see `read_csv`; or a column is missing, or a label is not in the set; the message names file, line
            and value.
    """
    with access_to(path):
        is_there = path.exists()
    if not is_there:
        raise MissingError(f"{path}: no such file; expected a CSV of hand labels with columns {', '.join(COLUMNS)}")
    table = read_csv(path)
    by_line = {"file", "start", "end"} <= set(table.columns)
    table.require(["fingerprint", "label", "file" if by_line else "source"], ", ".join(COLUMNS))
    return [_hand_label(row, f"{path} line {number}", by_line) for number, row in table.rows]


def _hand_label(row: Mapping[str, str], where: str, by_line: bool) -> HandLabel:
    label = row["label"].strip()
    if not (by_line and label in NO_FUNCTION):
        check_label(label, where)
    secondary = row.get("secondary", "").strip() or None
    if secondary is not None and not (by_line and secondary in NO_FUNCTION):
        check_label(secondary, where)
    mark = row["fingerprint"].strip()
    if not mark:
        raise LabelsError(f"{where}: no fingerprint; expected that of the paragraph, as exported")
    confidence = row.get("confidence", "").strip() or "3"
    if confidence not in ("1", "2", "3"):
        raise LabelsError(f"{where}: confidence {confidence!r} is not known; use 1 (border case), 2 or 3 (sure)")
    span = None
    if by_line:
        try:
            span = (int(row["start"]), int(row["end"]))
        except ValueError:
            raise LabelsError(
                f"{where}: start {row['start']!r} and end {row['end']!r} are not character offsets"
            ) from None
    return HandLabel(
        row["file"] if by_line else row["source"],
        mark,
        label,
        secondary,
        int(confidence),
        span,
        where,
        read_segments(row.get("segments", ""), where),
    )


Key = tuple[str, int, int]


def key_of(paragraph: Paragraph) -> Key:
    """What names a paragraph within a corpus: source, speech, number."""
    return (paragraph.source, paragraph.speech, paragraph.paragraph)


def lay_labels(
    paragraphs: Sequence[Paragraph], labels: Iterable[HandLabel], texts: Mapping[str, str]
) -> tuple[dict[Key, HandLabel], GoldReport]:
    """Find the paragraph of every hand label; later labels win over earlier ones, those of its own file over all others.

    Args:
        paragraphs: records of one or more sources, all kinds.
        labels: stand-off labels match by source and fingerprint, or by fingerprint alone where the source has been renamed;
            labels by line match by offsets, and a paragraph takes the label that covers most of its characters.
        texts: source → decoded text, to check the fingerprint of labels by line.
    """
    report = GoldReport()
    label_of: dict[Key, HandLabel] = {}
    of_others: dict[Key, HandLabel] = {}  # perhaps renamed; perhaps removed, and the sentence is another speech's, too
    by_source: dict[str, list[Paragraph]] = defaultdict(list)
    by_print: dict[str, list[Paragraph]] = defaultdict(list)
    for p in paragraphs:
        by_source[p.source].append(p)
        if p.kind == "paragraph":
            by_print[fingerprint(p.text)].append(p)
    by_line: dict[str, list[HandLabel]] = defaultdict(list)
    for label in labels:
        if label.span is not None:
            by_line[label.source].append(label)
            continue
        same = by_print.get(label.fingerprint, [])
        is_there = label.source in by_source
        here = [p for p in same if p.source == label.source] if is_there else same
        if not here:
            report.stale.append(f"{label.where} ({label.source}, {label.fingerprint}, {label.label})")
        for p in here:
            (label_of if is_there else of_others)[key_of(p)] = label
    for source, rows in by_line.items():
        if source in texts:
            _lay_lines(by_source[source], rows, texts[source], label_of, report)
        else:
            report.stale.extend(f"{row.where} ({source} is not in the corpus)" for row in rows[:1])
    label_of = of_others | label_of
    report.labelled = len(label_of)
    return label_of, report


def _lay_lines(
    paragraphs: list[Paragraph], rows: list[HandLabel], text: str, label_of: dict[Key, HandLabel], report: GoldReport
) -> None:
    covering: dict[Key, list[tuple[int, HandLabel]]] = defaultdict(list)
    for row in rows:
        start, end = row.span or (0, 0)
        if fingerprint(text[start:end]) != row.fingerprint:
            report.stale.append(f"{row.where} ({row.source} {start}–{end}, {row.fingerprint}, {row.label})")
            continue
        for p in paragraphs:
            shared = min(end, p.end) - max(start, p.start)
            if shared > 0 and p.kind == "paragraph":
                covering[key_of(p)].append((shared, row))
    for key, lines in covering.items():
        share: dict[str, int] = defaultdict(int)
        for shared, row in lines:
            share[row.label] += shared
        winner = max(share, key=lambda label: share[label])
        report.swallowed.extend(
            f"{row.where} ({row.label}, in a paragraph of {winner})" for _, row in lines if row.label != winner
        )
        if winner not in NO_FUNCTION:
            label_of[key] = max((line for line in lines if line[1].label == winner), key=lambda line: line[0])[1]
