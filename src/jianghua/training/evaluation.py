"""Scores of a saved model on labelled speeches, leaving out those that it was trained on."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jianghua.errors import UsageError
from jianghua.labelling.table import LabelledCorpus
from jianghua.labels import ABSTAIN, FUNCTIONS
from jianghua.model.store import SavedModel
from jianghua.training.cross_validation import cue_labels
from jianghua.training.metrics import Scores, score
from jianghua.training.rows import speech_digests, without_headings


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores by name (as those of `CrossValidation`), the speeches left out, and what was scored, row by row.

    Args:
        rows: shape (n,), int64, rows of the corpus that were scored.
        labels: shape (n,), int64, what the model says of them.
    """

    model: SavedModel
    scores: dict[str, Scores]
    trained_on: list[str]
    scored: list[str]
    rows: NDArray[np.int64]
    labels: NDArray[np.int64]


def evaluate(model: SavedModel, corpus: LabelledCorpus, seed: int = 0) -> Evaluation:
    """Score a model on the hand labels of a corpus.

    Args:
        seed: of the bootstrap.

    Raises:
        UsageError: every labelled speech was in the training data, or none is labelled.
    """
    names = {name: digest for digest, name in speech_digests(corpus).items()}
    speech_of_row = [f"{p.source}#{p.speech}" for p in corpus.paragraphs]
    labelled = {speech for speech, gold in zip(speech_of_row, corpus.gold, strict=True) if gold != ABSTAIN}
    known = sorted(speech for speech in labelled if names.get(speech) in model.trained_on)
    if not labelled:
        raise UsageError("no speech has hand labels; nothing to score: give others as corpus.raw, corpus.gold")
    if len(known) == len(labelled):
        raise UsageError(
            f"all {len(known)} labelled speeches were in the training data of {model.title} ({', '.join(known[:5])} …); "
            "give labelled speeches that it has not seen: corpus.raw=FOLDER corpus.gold=FILE"
        )
    rows = np.array(
        [row for row, speech in enumerate(speech_of_row) if corpus.gold[row] != ABSTAIN and speech not in known],
        dtype=np.int64,
    )
    gold = corpus.gold[rows]
    hidden = without_headings(corpus.views)
    labels = {name: of_all[rows] for name, of_all in cue_labels(corpus, hidden).items()}
    for name, seen in (("model", corpus.views), ("model_without_headings", hidden)):
        labels[name] = model.tagger.predict_proba(seen).argmax(axis=1)[rows]
    labels["majority"] = np.full(len(rows), np.bincount(gold, minlength=len(FUNCTIONS)).argmax())
    documents = [corpus.paragraphs[row].source for row in rows]
    scores = {name: score(gold, of_rows, documents, seed) for name, of_rows in labels.items()}
    return Evaluation(model, scores, known, sorted(labelled - set(known)), rows, labels["model"])


def scored_table(evaluation: Evaluation, corpus: LabelledCorpus) -> pd.DataFrame:
    """Every paragraph that was scored, with its hand label, what the model says, and its text."""
    paragraphs = [corpus.paragraphs[row] for row in evaluation.rows]
    return pd.DataFrame(
        {
            "source": [p.source for p in paragraphs],
            "speech": [p.speech for p in paragraphs],
            "paragraph": [p.paragraph for p in paragraphs],
            "gold": [FUNCTIONS[label] for label in corpus.gold[evaluation.rows]],
            "predicted": [FUNCTIONS[label] for label in evaluation.labels],
            "text": [p.text for p in paragraphs],
        }
    )
