"""The training job: documents → labelled paragraphs → cross-validated scores → a model of everything, tracked."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from omegaconf import DictConfig, OmegaConf

from jianghua.labelling.cues import load_cues
from jianghua.model.store import check_place, save_model
from jianghua.model.tagger import REVIEW_BELOW
from jianghua.tracking import runs
from jianghua.tracking.champion import PREDICTIONS, Contest, contest
from jianghua.tracking.figures import draw_run
from jianghua.tracking.notes import (
    describe_version,
    error_table,
    experiment_name,
    log_configuration,
    log_data,
    log_scores,
    predictions_csv,
    purpose,
    run_name,
    run_tags,
    score_card,
    scoring_speed,
    versions,
)
from jianghua.tracking.registry import log_model
from jianghua.training.calibration import calibrate
from jianghua.training.cross_validation import cross_validate, fit, make_tagger, training_curve
from jianghua.training.metrics import Scores
from jianghua.training.rows import data_digest, read_corpus, speech_digests, training_rows
from jianghua.training.settings import TRAIN, checked


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training job found: scores by name, where the model is, the id of the run, and how it fared in the registry."""

    scores: dict[str, Scores]
    model: Path | None
    version: str | None
    run_id: str
    contest: Contest | None


def train(config: DictConfig, predict_texts: Callable[[Path, list[str]], Any]) -> Trained:
    """Run the job that a configuration describes, tracked in MLflow.

    Args:
        predict_texts: tags texts with a model folder, for the example that is logged with the model.

    Raises:
        FileNotFoundError, ValueError: the configuration or the data are wrong; the run is marked FAILED.
    """
    name = run_name()
    tracked = runs.tracking_of(checked(config, TRAIN, below="tracking."))
    with runs.tracked_run(tracked, name, run_tags(config)) as run:
        import mlflow

        log_configuration(mlflow, config)
        config = checked(config, TRAIN)
        make_tagger(config)  # a wrong configuration fails before the data are read
        if config.save:
            check_place(Path(config.save))
        corpus = read_corpus(config)
        digest = data_digest(corpus)
        mlflow.log_param("data_digest", digest)
        started = time.perf_counter()
        scores, predicted = cross_validate(config, corpus)
        seconds = time.perf_counter() - started
        tested = predicted["tested"]
        calibration = calibrate(predicted["probabilities"][tested], corpus.gold[tested])
        log_scores(mlflow, scores, calibration)
        mlflow.log_metric("cross_validation_seconds", seconds)
        log_data(mlflow, corpus, digest)
        curve = training_curve(config, corpus, tested, scores["model"])
        for point in curve:
            mlflow.log_metric("learning_curve_macro_f1", point.scores.macro_f1, step=round(point.speeches))
        cues = load_cues(OmegaConf.to_container(config.cues))  # type: ignore[arg-type]
        runs.log_images(draw_run(corpus, cues, scores, predicted, curve, REVIEW_BELOW, name))
        mlflow.log_table(error_table(corpus, predicted), "errors.json")
        mlflow.log_text(predictions_csv(corpus, predicted), PREDICTIONS)
        card = score_card(scores, calibration)
        mlflow.set_tag(runs.NOTE, f"{purpose(experiment_name())}\n\n{card}".strip())
        rows = training_rows(corpus, config.weak_weight)
        started = time.perf_counter()
        tagger = fit(config, corpus.views, rows, np.arange(len(rows.labels)))
        mlflow.log_metric("training_seconds", time.perf_counter() - started)
        mlflow.log_metric("scoring_mb_per_second", scoring_speed(tagger, corpus.views))
        folder = Path(config.save) if config.save else Path(config.tracking.folder) / "jobs" / run.info.run_id
        try:
            version = save_model(
                tagger,
                folder,
                config.name,
                {"data_digest": digest, "speeches": speech_digests(corpus)},
                {name: round(value, 6) for name, value in scores["model"].flat().items()},
                versions(),
            )
            mlflow.log_metric("model_bytes", sum(path.stat().st_size for path in folder.iterdir()))
            mlflow.set_tags({"model_version": version, "model_folder": str(folder)})
            example = [view.text for view in corpus.views[:3]]
            registered = log_model(folder, example, predict_texts(folder, example), config.tracking.register)
            outcome = None
            if registered:
                outcome = contest(config.tracking.register, registered, run.info.run_id)
                describe_version(config, registered, version, corpus, digest, card)
        finally:
            if not config.save:
                shutil.rmtree(folder, ignore_errors=True)
        return Trained(scores, Path(config.save) if config.save else None, version, run.info.run_id, outcome)
