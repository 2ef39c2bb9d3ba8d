"""Documents → one table of labelled paragraphs, the input of training and of review."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray
from pyarrow import parquet

from jianghua.corpus import Paragraph, fingerprint
from jianghua.corpus.duplicates import Duplicates, document_groups, find_duplicates
from jianghua.corpus.folder import Document
from jianghua.corpus.views import View, views
from jianghua.errors import LabelsError, MissingError, UsageError, access_to
from jianghua.files import write_bytes
from jianghua.labelling.cues import Cue, apply_cues
from jianghua.labelling.gold import GoldReport, HandLabel, key_of, lay_labels
from jianghua.labelling.majority import majority_vote
from jianghua.labels import ABSTAIN, FUNCTIONS


@dataclass(frozen=True)
class LabelledCorpus:
    """Paragraphs (kind `paragraph` only) with everything that is known about them, row by row.

    `weak` and `gold` are int8 indices into FUNCTIONS, ABSTAIN (-1) where there is none; `votes` has a column for each of
    `cues`; `label_model` is the name of what made `weak` and `confidence` of them.
    """

    cues: Sequence[Cue]
    label_model: str
    documents: list[Document]
    paragraphs: list[Paragraph]
    views: list[View]
    votes: NDArray[np.int8]
    weak: NDArray[np.int8]
    confidence: NDArray[np.float64]
    gold: NDArray[np.int8]
    hand: list[HandLabel | None]
    report: GoldReport

    def __repr__(self) -> str:
        by_hand = int((self.gold != ABSTAIN).sum())
        return f"LabelledCorpus: {len(self.paragraphs):,} paragraphs of {len(self.documents):,} documents, {by_hand:,} with a hand label"

    @cached_property
    def duplicates(self) -> Duplicates:
        """Near-duplicate speeches and paragraphs."""
        return find_duplicates(self.paragraphs)

    @cached_property
    def groups(self) -> NDArray[Any]:
        """Name of each row's group of documents, which near-duplicate speeches tie together: shape (n,)."""
        names = [p.source for p in self.paragraphs]
        group_of = document_groups(names, self.duplicates)
        return np.array([f"group {group_of[name]:06d}" for name in names])

    @cached_property
    def speeches(self) -> NDArray[np.int64]:
        """Group number of each row's speech: shape (n,), int64."""
        numbers: dict[tuple[str, int], int] = {}
        return np.array(
            [numbers.setdefault((p.source, p.speech), len(numbers)) for p in self.paragraphs], dtype=np.int64
        )


LABEL_MODELS = ("auto", "majority_vote", "dawid_skene")
_ENOUGH_DOCUMENTS = 30
"""Documents from which on Dawid–Skene did better than majority vote on two corpora; below it did worse."""


def weigh_votes(votes: NDArray[np.int8], documents: int, model: str) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Weak label and confidence of each paragraph by the chosen label model; “auto” takes the better one for the size.

    Raises:
        ValueError: the model is not known.
    """
    if model not in LABEL_MODELS:
        raise UsageError(f"label model {model!r} is not known; use one of {', '.join(LABEL_MODELS)}")
    if model == "majority_vote" or (model == "auto" and documents < _ENOUGH_DOCUMENTS):
        return majority_vote(votes)
    from jianghua.labelling.label_model import dawid_skene

    return dawid_skene(votes)


def label_corpus(
    documents: Sequence[Document], cues: Sequence[Cue], labels: Sequence[HandLabel], label_model: str = "auto"
) -> LabelledCorpus:
    """Vote with every cue, weigh the votes by a label model, and lay the hand labels over it (later ones win).

    Raises:
        ValueError: the label model is not known.
    """
    everything = [p for document in documents for p in document.paragraphs]
    paragraphs = [p for p in everything if p.kind == "paragraph"]
    paragraph_views = views(everything)
    votes = apply_cues(cues, paragraph_views)
    weak, confidence = weigh_votes(votes, len(documents), label_model)
    label_of, report = lay_labels(everything, labels, {document.source: document.text for document in documents})
    hand = [label_of.get(key_of(p)) for p in paragraphs]
    gold = np.array([ABSTAIN if label is None else FUNCTIONS.index(label.label) for label in hand], dtype=np.int8)
    return LabelledCorpus(
        cues, label_model, list(documents), paragraphs, paragraph_views, votes, weak, confidence, gold, hand, report
    )


def to_table(corpus: LabelledCorpus) -> pd.DataFrame:
    """Table of the corpus, one row for each record of any kind.

    Returns:
        the record's columns (see `Paragraph`), then fingerprint, votes (list of “cue:function”), weak_label, confidence,
        gold_label, gold_secondary and gold_confidence; label columns are null unless kind is paragraph.
    """
    names = [f"{cue.name}:{cue.votes}" for cue in corpus.cues]
    rows_of = {key_of(p): row for row, p in enumerate(corpus.paragraphs)}
    records = []
    for document in corpus.documents:
        for p in document.paragraphs:
            record = {
                "source": p.source,
                "speech": p.speech,
                "paragraph": p.paragraph,
                "start": p.start,
                "end": p.end,
                "kind": p.kind,
                "level": p.level,
                "outline": list(p.outline),
                "text": p.text,
                "fingerprint": fingerprint(p.text),
            }
            row = rows_of.get(key_of(p))
            if row is not None:
                label = corpus.hand[row]
                record |= {
                    "votes": [names[column] for column in np.flatnonzero(corpus.votes[row] != ABSTAIN)],
                    "weak_label": None if corpus.weak[row] == ABSTAIN else FUNCTIONS[corpus.weak[row]],
                    "confidence": float(corpus.confidence[row]),
                    "gold_label": label.label if label else None,
                    "gold_secondary": label.secondary if label else None,
                    "gold_confidence": label.confidence if label else None,
                }
            records.append(record)
    table = pd.DataFrame(records)
    return table.astype({"level": "Int8", "gold_confidence": "Int8"})


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write the table as Parquet, whole or not at all."""
    write_bytes(path, table.to_parquet(index=False))


_PLACES: dict[str, pa.DataType] = {
    "source": pa.string(),
    "speech": pa.int64(),
    "paragraph": pa.int64(),
    "start": pa.int64(),
    "end": pa.int64(),
    "kind": pa.string(),
    "outline": pa.list_(pa.string()),
    "text": pa.string(),
    "fingerprint": pa.string(),
}
_LABELS: dict[str, pa.DataType] = {
    "votes": pa.list_(pa.string()),
    "weak_label": pa.string(),
    "confidence": pa.float64(),
    "gold_label": pa.string(),
}


def read_table(path: Path) -> pd.DataFrame:
    """What `review` needs of a table that `jianghua label` wrote.

    Raises:
        MissingError, AccessError: it cannot be opened.
        LabelsError: not such a table: not Parquet, a column is missing, or holds what no such table does.
    """
    if not path.is_file():
        raise MissingError(f"{path}: no such file; `jianghua label` writes it")
    with access_to(path):
        data = path.read_bytes()
    expected = "expected a table that `jianghua label` wrote"
    types = _PLACES | _LABELS
    try:
        stored = parquet.read_table(pa.BufferReader(data))
        missing = [column for column in types if column not in stored.column_names]
        if missing:
            raise LabelsError(f"{path}: lacks the columns {missing}; {expected}")
        table = stored.select(list(types)).cast(pa.schema(types))
        table.validate(full=True)
    except (pa.ArrowException, OSError, KeyError) as error:
        raise LabelsError(f"{path}: {str(error).strip()[:200]}; {expected}") from None
    for column in _PLACES:
        if table[column].null_count:
            raise LabelsError(f"{path}: lacks {table[column].null_count} values in the column {column!r}; {expected}")
    rows = table.filter(pa.compute.equal(table["kind"], "paragraph"))
    if rows["votes"].null_count or rows["confidence"].null_count or _strange(rows):
        raise LabelsError(f"{path}: has paragraphs with votes, labels or a confidence that are none; {expected}")
    frame: pd.DataFrame = table.to_pandas()
    return frame


def _strange(rows: pa.Table) -> bool:
    """Whether a label is none, or a list holds nothing where a text should be."""
    for column in ("weak_label", "gold_label"):
        if not set(rows[column].unique().to_pylist()) <= {None, *FUNCTIONS}:
            return True
    votes = {vote for values in rows["votes"].to_pylist() for vote in values}
    headings = {heading for values in rows["outline"].to_pylist() for heading in values}
    return None in headings or not all(vote is not None and vote.rpartition(":")[2] in FUNCTIONS for vote in votes)
