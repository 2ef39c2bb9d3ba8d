"""MLflow: one SQLite database under experiments/, made once; a run for each job; a parent for each sweep.

mlflow takes seconds to import, so it is imported inside the functions.
"""

import atexit
import json
import os
import subprocess
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock
from hydra.experimental.callback import Callback
from omegaconf import DictConfig

from jianghua.modelling.store import ModelError

_PARENT = "JIANGHUA_PARENT_RUN"


@dataclass(frozen=True, slots=True)
class Tracking:
    """Where runs are kept: `folder` holds mlflow.db and the artifacts; `experiment` is the name in the UI."""

    folder: Path
    experiment: str

    @property
    def uri(self) -> str:
        """Tracking URI of the database."""
        return f"sqlite:///{(self.folder / 'mlflow.db').resolve()}"

    def prepare(self) -> str:
        """Create database and experiment if need be, one process at a time, and return the experiment's id.

        A fresh database that several jobs open at once fails in its migrations, hence the lock.
        """
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
        os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / ".mlflow.lock", timeout=300):
            import mlflow

            mlflow.set_tracking_uri(self.uri)
            found = mlflow.get_experiment_by_name(self.experiment)
            if found is not None:
                return str(found.experiment_id)
            where = (self.folder / "artifacts" / self.experiment).resolve()
            return str(mlflow.create_experiment(self.experiment, artifact_location=where.as_uri()))


def tracking_of(config: DictConfig) -> Tracking:
    """Tracking as the configuration says."""
    return Tracking(Path(config.tracking.folder), config.tracking.experiment)


@contextmanager
def tracked_run(tracking: Tracking, name: str, tags: Mapping[str, str]) -> Iterator[Any]:
    """A run that ends as FINISHED, or as FAILED with its traceback among its artifacts.

    Inside a sweep it is a child of the sweep's run.
    """
    experiment = tracking.prepare()
    import mlflow

    parent = os.environ.get(_PARENT)
    all_tags = {**tags, **({"mlflow.parentRunId": parent} if parent else {})}
    run = mlflow.start_run(experiment_id=experiment, run_name=name, tags=all_tags)
    try:
        yield run
    except BaseException:
        mlflow.log_text(traceback.format_exc(), "traceback.txt")
        mlflow.end_run("FAILED")
        raise
    mlflow.end_run("FINISHED")


class SweepCallback(Callback):
    """Hydra callback: opens a parent run before a sweep's first job and closes it after the last.

    It also makes the database before any parallel job starts.
    """

    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Start the parent run; jobs find its id in the environment, whichever process they run in."""
        tracking = Tracking(Path(config.tracking.folder), config.tracking.experiment)
        experiment = tracking.prepare()
        import mlflow

        overrides = " ".join(str(item) for item in config.hydra.overrides.task)
        client = mlflow.MlflowClient()
        run = client.create_run(
            experiment,
            run_name=f"sweep {overrides}"[:120],
            tags={"kind": "sweep", "overrides": overrides[:4000], **git_tags()},
        )
        os.environ[_PARENT] = run.info.run_id
        atexit.register(_end_sweep)  # Hydra does not call on_multirun_end when a job has failed

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        """End the parent run."""
        _end_sweep()


def _end_sweep() -> None:
    """End the sweep's run, FAILED if one of its jobs has failed; does nothing the second time."""
    parent = os.environ.pop(_PARENT, None)
    if parent is None:
        return
    import mlflow

    client = mlflow.MlflowClient()
    experiment = client.get_run(parent).info.experiment_id
    children = client.search_runs([experiment], f"tags.mlflow.parentRunId = '{parent}'")
    failed = any(child.info.status == "FAILED" for child in children)
    client.set_terminated(parent, "FAILED" if failed else "FINISHED")


def git_tags() -> dict[str, str]:
    """Commit of the working folder, with “+changes” if it is not clean; empty outside a repository."""
    try:
        commit = subprocess.run(
            ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True, timeout=10
        ).stdout.strip()
        status = subprocess.run(
            ["git", "status", "--porcelain"], capture_output=True, text=True, check=True, timeout=30
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return {}
    return {"mlflow.source.git.commit": commit, "git_commit": commit + ("+changes" if status.strip() else "")}


def flatten(node: Any, prefix: str = "") -> dict[str, str]:
    """Nested configuration → flat parameters with dotted names; lists are written as JSON.

    >>> flatten({"model": {"C": 2}, "seed": 0})
    {'model.C': '2', 'seed': '0'}
    """
    if isinstance(node, Mapping):
        return {name: value for key, item in node.items() for name, value in flatten(item, f"{prefix}{key}.").items()}
    said = json.dumps(node, ensure_ascii=False) if isinstance(node, list | tuple) else str(node)
    return {prefix.rstrip("."): said[:500]}


def log_model(folder: Path, example: list[str], predictions: Any, registered_name: str | None) -> str | None:
    """Log a saved model folder to the active run as a pyfunc model without code or pickle, and register it if asked.

    The signature's output is that of the parameter `unit`'s default, one row for each text, as Spark's UDF needs it.

    Returns:
        the version it was registered as, None where it was not.
    """
    import mlflow
    import pandas as pd
    from mlflow.models import infer_signature

    frame = pd.DataFrame({"text": example})
    info = mlflow.pyfunc.log_model(
        name="model",
        loader_module="jianghua.tagging.pyfunc",
        data_path=str(folder),
        signature=infer_signature(frame, predictions, params={"unit": "paragraph"}),
        input_example=frame,
        registered_model_name=registered_name,
        pip_requirements=["jianghua"],
    )
    return str(info.registered_model_version) if registered_name else None


def log_text_files(files: Mapping[str, str]) -> None:
    """Log small text artifacts: name → content."""
    import mlflow

    for name, content in files.items():
        mlflow.log_text(content, name)


def log_images(images: Mapping[str, bytes]) -> None:
    """Log PNG images below `figures`: name → content."""
    import mlflow

    with tempfile.TemporaryDirectory() as folder:
        for name, content in images.items():
            (Path(folder) / name).write_bytes(content)
        mlflow.log_artifacts(folder, "figures")


def download_model(uri: str, folder: Path) -> Path:
    """Folder of a registered model's data, to be loaded through `load_model` and its checks; MLflow's own loader is not used.

    Raises:
        ModelError: the registry does not hold the model, or the model is not one of ours.
    """
    if not (folder / "mlflow.db").is_file():
        raise ModelError(
            f"{uri}: there is no registry in {folder}; expected {folder / 'mlflow.db'} (run `jianghua train` first)"
        )
    Tracking(folder, "training").prepare()
    import mlflow

    try:
        local = Path(mlflow.artifacts.download_artifacts(uri))
    except (mlflow.exceptions.MlflowException, OSError) as error:
        raise ModelError(f"{uri}: not in the registry of {folder} ({error}); see the names in `jianghua ui`") from None
    found = sorted(local.glob("data/*/manifest.json")) + sorted(local.glob("data/manifest.json"))
    if len(found) != 1:
        raise ModelError(f"{uri}: holds {len(found)} model folders of ours; expected one, logged by `jianghua train`")
    return found[0].parent
