"""A recorder writes a training job into an MLflow run: what it was told, what it learnt from, how good it is, the model."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jianghua.labelling.table import LabelledCorpus
from jianghua.model.tagger import REVIEW_BELOW
from jianghua.tracking.champion import PREDICTIONS, Contest, contest
from jianghua.tracking.experiment_page import NOTE
from jianghua.tracking.figures import draw_run
from jianghua.tracking.notes import (
    ABOUT_THE_MODEL,
    About,
    card_of_version,
    error_table,
    log_configuration,
    log_data,
    log_scores,
    predictions_csv,
    run_tags,
    score_card,
    scoring_speed,
)
from jianghua.tracking.pyfunc import predict_texts
from jianghua.tracking.registry import describe_model, log_model
from jianghua.tracking.runs import Tracking, log_images, tracked_run
from jianghua.training.cross_validation import CrossValidation
from jianghua.training.rows import data_digest
from jianghua.training.training import Training


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where a trained model is: its version, the id of its run, and how it fared in the registry (None if not registered)."""

    version: str
    run_id: str
    contest: Contest | None


class Recorder:
    """Writes one training job into the run that is open."""

    def __init__(self, tracking: Tracking, about: About, run_id: str) -> None:
        self._tracking, self._about, self._run_id = tracking, about, run_id

    def corpus(self, corpus: LabelledCorpus) -> None:
        """What is learnt from."""
        log_data(corpus, data_digest(corpus))

    def validation(self, validation: CrossValidation, corpus: LabelledCorpus) -> None:
        """Scores, figures, all predictions and all errors."""
        import mlflow

        log_scores(validation.all_scores, validation.calibration)
        mlflow.log_metric("cross_validation_seconds", validation.seconds)
        for point in validation.curve:
            mlflow.log_metric("learning_curve_macro_f1", point.scores.macro_f1, step=round(point.speeches))
        log_images(draw_run(corpus, validation, REVIEW_BELOW, self._about.name))
        mlflow.log_table(error_table(corpus, validation), "errors.json")
        mlflow.log_text(predictions_csv(corpus, validation), PREDICTIONS)
        card = score_card(validation.all_scores, validation.calibration)
        mlflow.set_tag(NOTE, f"{self._about.purpose}\n\n{card}".strip())

    def model(
        self, training: Training, validation: CrossValidation, save: Path | None, name: str, register: str | None
    ) -> Recorded:
        """The model itself: saved to a folder, logged, and registered if asked.

        Args:
            save: folder of the model; None keeps it in MLflow only.
            name: of the model.
            register: name in the registry; None registers nothing.
        """
        import mlflow

        views = training.corpus.views
        mlflow.log_metric("training_seconds", training.seconds)
        mlflow.log_metric("scoring_mb_per_second", scoring_speed(training.tagger, views))
        folder = save or self._tracking.folder / "jobs" / self._run_id
        try:
            version = training.save(folder, name, validation.scores.flat())
            mlflow.log_metric("model_bytes", sum(path.stat().st_size for path in folder.iterdir()))
            mlflow.set_tags({"model_version": version, "model_folder": str(folder)})
            example = [view.text for view in views[:3]]
            registered = log_model(folder, example, predict_texts(folder, example), register)
            outcome = None
            if register and registered:
                outcome = contest(register, registered, self._run_id)
                self._describe(register, registered, version, training.corpus, validation)
        finally:
            if save is None:
                shutil.rmtree(folder, ignore_errors=True)
        return Recorded(version, self._run_id, outcome)

    def _describe(
        self, register: str, registered: str, version: str, corpus: LabelledCorpus, validation: CrossValidation
    ) -> None:
        digest = data_digest(corpus)[:12]
        card = card_of_version(self._about, corpus, digest, score_card(validation.all_scores, validation.calibration))
        tags = {"model_version": version, "data_digest": digest, "corpus": self._about.corpus}
        describe_model(register, registered, ABOUT_THE_MODEL, card, tags)


@contextmanager
def recording(tracking: Tracking, about: About, tags: Mapping[str, str] | None = None) -> Iterator[Recorder]:
    """A run for one training job, FAILED with its traceback where the job fails.

    Args:
        tags: beside those of every run.
    """
    with tracked_run(tracking, about.name, {**run_tags(about), **(tags or {})}) as run:
        log_configuration(about)
        yield Recorder(tracking, about, str(run.info.run_id))
