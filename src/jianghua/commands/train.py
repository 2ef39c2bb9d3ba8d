"""`jianghua train`: cross-validate on hand labels, train a model of everything, record both in MLflow."""

from collections.abc import Sequence

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from jianghua.commands.application import run_application
from jianghua.commands.configuration import TRAIN, as_written, checked, purpose
from jianghua.commands.console import console
from jianghua.commands.terminal import functions_table, scores_table
from jianghua.model.store import check_place
from jianghua.tracking.notes import About, name_of
from jianghua.tracking.recording import recording
from jianghua.tracking.sweeps import swept_here
from jianghua.training.cross_validation import cross_validate
from jianghua.training.fitting import make_tagger
from jianghua.training.training import train


def run(rest: Sequence[str]) -> int:
    """Run the verb."""
    return run_application("train", train_and_record, rest)


def train_and_record(config: DictConfig) -> None:
    """Run the job that a configuration describes; a job that fails is a FAILED run."""
    tracking = checked(config, TRAIN, below="tracking.").tracking
    with recording(tracking, _about(config)) as recorder:
        configuration = checked(config, TRAIN)
        settings, save, register = (
            configuration.settings,
            configuration.path("save"),
            configuration["tracking.register"],
        )
        make_tagger(settings)  # a wrong configuration fails before the data are read
        if save is not None:
            check_place(save)
        corpus = configuration.corpus()
        recorder.corpus(corpus)
        validation = cross_validate(corpus, settings)
        recorder.validation(validation, corpus)
        training = train(corpus, settings)
        recorded = recorder.model(training, validation, save, configuration["name"], register)
    target = console()
    title = f"Cross-validated on {validation.scores.count} hand-labelled paragraphs"
    target.print(scores_table(validation.all_scores, title))
    target.print(functions_table(validation.all_scores))
    if save is not None:
        target.print(f"model {recorded.version}: {save!s}")
    if recorded.contest is not None:
        moved = "is now" if recorded.contest.moved else "does not become"
        target.print(f"{register} {moved} the champion: {recorded.contest.said}")
    target.print(f"run {recorded.run_id} in {tracking.folder!s}/mlflow.db (see it with `jianghua ui`)")


def _about(config: DictConfig) -> About:
    overrides: Sequence[str] = []
    experiment = ""
    if HydraConfig.initialized():
        overrides = HydraConfig.get().overrides.task
        experiment = str(HydraConfig.get().runtime.choices.get("experiment") or "")
    return About(name_of(overrides, swept_here()), as_written(config), experiment, purpose(experiment))
