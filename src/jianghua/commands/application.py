"""Verbs that are Hydra applications: settings as NAME=VALUE, `--multirun`, `--cfg job`, as Hydra users expect."""

import logging
import os
import sys
from collections.abc import Callable, Sequence
from multiprocessing import current_process

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from jianghua.commands import FINE, WRONG_USAGE
from jianghua.commands.choices import check_choices, readable
from jianghua.commands.composition import check_what_hydra_builds
from jianghua.commands.ending import end
from jianghua.printing import PrintableFormatter
from jianghua.processes import end_with_parent
from jianghua.resources import configuration_folder


def run_application(verb: str, job: Callable[[DictConfig], None], rest: Sequence[str]) -> int:
    """Let Hydra compose the configuration of `verb` from what was typed, and run `job` with it, once or for each job of a sweep."""
    rest = [readable(argument) for argument in rest]
    check_choices(rest)

    def guarded(config: DictConfig) -> None:
        _quieten()
        if current_process().name != "MainProcess":  # a worker of a sweep
            end_with_parent(os.getppid())
        try:
            job(config)
        except Exception as error:
            log_traceback(error)
            if HydraConfig.get().mode == RunMode.MULTIRUN:
                raise  # Hydra finishes the other jobs first
            raise SystemExit(end(error, verb)) from error

    if any(len(flag) > 2 and "--experimental-rerun".startswith(flag.partition("=")[0]) for flag in rest):
        print(
            f"jianghua {verb}: --experimental-rerun reads a pickle, which can run code; give the settings",
            file=sys.stderr,
        )
        return WRONG_USAGE
    check_what_hydra_builds()
    os.environ["HYDRA_FULL_ERROR"] = "1"  # it hands errors on: they are told in one place, see `main`
    sys.argv = [f"jianghua {verb}", *rest]
    decorated = hydra.main(version_base="1.3", config_path=str(configuration_folder()), config_name=verb)(guarded)
    decorated()
    return FINE


def log_traceback(error: Exception) -> None:
    """Put the traceback into the job's own log file, where Hydra leaves none in a sweep."""
    record = logging.LogRecord(
        "jianghua", logging.ERROR, __file__, 0, "the job failed", None, (type(error), error, error.__traceback__)
    )
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.FileHandler):
            handler.emit(record)


def _quieten() -> None:
    for handler in logging.getLogger().handlers:
        handler.setFormatter(PrintableFormatter(handler.formatter or logging.Formatter()))
    for name in ("alembic", "mlflow", "matplotlib"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("mlflow.utils.environment").setLevel(logging.ERROR)
