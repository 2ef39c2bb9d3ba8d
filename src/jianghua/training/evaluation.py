"""Scores of a saved model on labelled speeches, leaving out those that it was trained on."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from omegaconf import DictConfig

from jianghua.errors import UsageError, access_to
from jianghua.files import write_bytes
from jianghua.labels import ABSTAIN, FUNCTIONS
from jianghua.model.store import SavedModel, load_model
from jianghua.tables import table_bytes
from jianghua.training.cross_validation import cue_predictions
from jianghua.training.metrics import Scores, score
from jianghua.training.rows import hide_outline, read_corpus, speech_digests


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores by name (model, model_no_outline, cues, cues_no_outline, majority), and the speeches left out."""

    model: SavedModel
    scores: dict[str, Scores]
    trained_on: list[str]
    scored: list[str]


def evaluate(config: DictConfig, folder: Path) -> Evaluation:
    """Score the model in `folder` on the hand labels of the configured corpus.

    Raises:
        ModelError: see `load_model`.
        ValueError: every labelled speech was in the training data, or none is labelled.
    """
    model = load_model(folder)
    corpus = read_corpus(config)
    names = {name: digest for digest, name in speech_digests(corpus).items()}
    speech_of_row = [f"{p.source}#{p.speech}" for p in corpus.paragraphs]
    labelled = {speech for speech, gold in zip(speech_of_row, corpus.gold, strict=True) if gold != ABSTAIN}
    known = sorted(speech for speech in labelled if names.get(speech) in model.trained_on)
    if not labelled:
        raise UsageError(
            f"no speech below {config.corpus.raw} has hand labels in {config.corpus.gold}; nothing to score"
        )
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
    documents = [corpus.paragraphs[row].source for row in rows]
    views = {"": corpus.views, "_no_outline": hide_outline(corpus.views)}
    predicted = {name: labels[rows] for name, labels in cue_predictions(config, corpus, views).items()}
    for suffix, seen in views.items():
        predicted[f"model{suffix}"] = model.tagger.predict_proba(seen).argmax(axis=1)[rows]
    predicted["majority"] = np.full(len(rows), np.bincount(gold, minlength=len(FUNCTIONS)).argmax())
    if config.out:
        table = pd.DataFrame(
            {
                "source": documents,
                "speech": [corpus.paragraphs[row].speech for row in rows],
                "paragraph": [corpus.paragraphs[row].paragraph for row in rows],
                "gold": [FUNCTIONS[label] for label in gold],
                "predicted": [FUNCTIONS[label] for label in predicted["model"]],
                "text": [corpus.paragraphs[row].text for row in rows],
            }
        )
        with access_to(config.out):
            write_bytes(Path(config.out), table_bytes(list(table.columns), table.itertuples(index=False)))
    scores = {name: score(gold, labels, documents, config.seed) for name, labels in predicted.items()}
    return Evaluation(model, scores, known, sorted(labelled - set(known)))
