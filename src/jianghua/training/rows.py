"""Folders, cues and hand labels → rows to learn from."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jianghua.corpus import fingerprint
from jianghua.corpus.folder import Document, read_folders
from jianghua.corpus.views import View
from jianghua.errors import MissingError
from jianghua.labelling.cues import Cue, default_cues
from jianghua.labelling.gold import HandLabel, read_labels
from jianghua.labelling.segments import functions_of_sentences
from jianghua.labelling.table import LabelledCorpus, label_corpus
from jianghua.labels import ABSTAIN, FUNCTIONS

log = logging.getLogger(__name__)


Paths = str | Path | Sequence[str | Path] | None
"""One path, several, or none."""


def _paths(given: Paths) -> list[Path]:
    return [] if given is None else [Path(given)] if isinstance(given, str | Path) else [Path(path) for path in given]


def read_corpus(
    raw: Paths,
    gold: Paths = None,
    corrections: Paths = None,
    *,
    cues: Sequence[Cue] | None = None,
    label_model: str = "auto",
) -> LabelledCorpus:
    """Read folders of speeches, vote with the cues, lay hand labels over the votes; problems are logged.

    Args:
        raw: folders of speeches.
        gold: files of hand labels.
        corrections: files of hand labels that win over those; one that is not there is no mistake.
        cues: by default those of `conf/cues/default.yaml`.
        label_model: see `jianghua.labelling.table.LABEL_MODELS`.

    Raises:
        MissingError, LabelsError, UsageError: a folder, a file of labels or a cue is missing or wrong.
    """
    folders = _paths(raw)
    documents: list[Document] = []
    for item in read_folders(folders):
        if isinstance(item, Document):
            documents.append(item)
        else:
            log.warning("left out: %s", item[1])
    if not documents:
        raise MissingError(f"{', '.join(map(str, folders))}: no speech could be read; see the reasons above")
    documents.sort(key=lambda document: document.source)  # the order of the folders must not change the model
    files = [*_paths(gold), *(path for path in _paths(corrections) if path.is_file())]
    labels = [label for path in files for label in read_labels(path)]
    corpus = label_corpus(documents, default_cues() if cues is None else cues, labels, label_model)
    for line in corpus.report.lines():
        log.warning("%s; compare with the texts and mend or drop these rows", line)
    return corpus


def data_digest(corpus: LabelledCorpus) -> str:
    """SHA-256 over texts with their outline, weak and hand labels, whatever the order in which the files were read."""
    lines = sorted(
        f"{p.source}\t{p.speech}\t{p.paragraph}\t{p.text}\t{weak}\t{gold}{_beside(hand)}\t{p.outline}"
        for p, weak, gold, hand in zip(
            corpus.paragraphs, corpus.weak.tolist(), corpus.gold.tolist(), corpus.hand, strict=True
        )
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _beside(label: HandLabel | None) -> str:
    """What else is learnt from a hand label."""
    return f"\t{label.secondary}\t{label.confidence}\t{label.segments}" if label else ""


def speech_digests(corpus: LabelledCorpus) -> dict[str, str]:
    """Fingerprint of each speech's paragraphs together → its name."""
    texts: dict[tuple[str, int], list[str]] = {}
    for p in corpus.paragraphs:
        texts.setdefault((p.source, p.speech), []).append(p.text)
    return {fingerprint("".join(parts)): f"{source}#{speech}" for (source, speech), parts in sorted(texts.items())}


@dataclass(frozen=True, slots=True)
class TrainingRows:
    """What is learnt from each paragraph of a corpus; all of shape (n,).

    `labels` and `secondary` are int64, ABSTAIN (-1) where there is nothing to learn; `weights` float64; `groups` are
    names that documents with near-duplicate speeches share; `sentences` has, for each paragraph that was labelled sentence by
    sentence, their functions (int64), else None.
    """

    labels: NDArray[np.int64]
    secondary: NDArray[np.int64]
    weights: NDArray[np.float64]
    groups: NDArray[Any]
    sentences: Sequence[NDArray[np.int64] | None]


def training_rows(corpus: LabelledCorpus, weak_weight: float) -> TrainingRows:
    """Hand labels weighted by their confidence, weak ones by `weak_weight` × confidence where there is no hand label."""
    has_gold = corpus.gold != ABSTAIN
    labels = np.where(has_gold, corpus.gold, corpus.weak).astype(np.int64)
    sure = np.array([1.0 if label is None else (0.5, 0.8, 1.0)[label.confidence - 1] for label in corpus.hand])
    weights = np.where(has_gold, sure, weak_weight * corpus.confidence)
    secondary = [
        FUNCTIONS.index(label.secondary) if label and label.secondary in FUNCTIONS else ABSTAIN for label in corpus.hand
    ]
    learnt = np.where(weights > 0, labels, ABSTAIN)
    sentences = [
        functions_of_sentences(p.text, label.segments) if label and label.segments else None
        for p, label in zip(corpus.paragraphs, corpus.hand, strict=True)
    ]
    return TrainingRows(learnt, np.array(secondary, dtype=np.int64), weights, corpus.groups, sentences)


def without_headings(seen: Sequence[View]) -> list[View]:
    """The same paragraphs without heading text: neither the headings above nor those run into the paragraph."""
    hidden = []
    for view in seen:
        own = view.headings[-1] if view.runs_in else ""
        text = view.text[len(own) :].lstrip("。：；，！ ") or view.text
        hidden.append(view._replace(text=text, headings=()))
    return hidden
