"""MLflow: one SQLite database under experiments/, made once; a run for each job; a parent for each sweep.

mlflow takes seconds to import, so it is imported inside the functions.
"""

import atexit
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from filelock import FileLock, Timeout

from jianghua.errors import TrackingError, access_to
from jianghua.tracking.experiment_page import COMPARED, experiment_tags, image_key
from jianghua.tracking.relocation import artifacts_of, relocate
from jianghua.tracking.shortages import told_as_shortage

PARENT = "JIANGHUAPARENT_RUN"

_ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # the UI's background jobs, for language models: eight processes, 2 GB
    "MLFLOW_WORKERS": "1",
    "MLFLOW_UV_AUTO_DETECT": "false",  # it would log the uv.lock of whatever folder this is as what the model needs
}

_ELSEWHERE = (
    "MLFLOW_TRACKING_URI",
    "MLFLOW_REGISTRY_URI",
    "MLFLOW_EXPERIMENT_ID",
    "MLFLOW_EXPERIMENT_NAME",
    "MLFLOW_RUN_ID",
    "MLFLOW_RUN_CONTEXT",
    "MLFLOW_ACTIVE_MODEL_ID",
    "_MLFLOW_ACTIVE_MODEL_ID",
    "MLFLOW_WORKSPACE",
    "MLFLOW_WORKSPACE_STORE_URI",
    "MLFLOW_ENABLE_WORKSPACES",
    "MLFLOW_TRACKING_DIR",
    "MLFLOW_REGISTRY_DIR",
    "MLFLOW_BACKEND_STORE_URI",
    "MLFLOW_READ_REPLICA_BACKEND_STORE_URI",
    "MLFLOW_REGISTRY_STORE_URI",
    "MLFLOW_DEFAULT_ARTIFACT_ROOT",
    "MLFLOW_ARTIFACTS_DESTINATION",
    "MLFLOW_ARTIFACTS_ONLY",
    "MLFLOW_SERVE_ARTIFACTS",
)
"""Variables that say where another project's runs go: with MLFLOW_RUN_ID, ours would be written over a finished one."""

_REMEDIES = {
    "not a database": "it is no SQLite database, or damaged: move it away",
    "malformed": "it is damaged: move it away",
    "readonly": "make it writable",
    "unable to open": "make its folder readable and writable",
    "locked": "another program works on it: try again later",
    "out-of-date database schema": "another version of MLflow wrote it: install that version, or, where it was an older one, "
    "`mlflow db upgrade` it after a copy",
}
"""What the database says → what to do."""


@dataclass(frozen=True, slots=True)
class Tracking:
    """Where runs are kept: `folder` holds mlflow.db and the artifacts; `experiment` is the name in the UI.

    `question` is what the experiment asks, in Markdown; by default what is known of `experiment`.
    """

    folder: Path
    experiment: str
    question: str | None = None

    @property
    def database(self) -> Path:
        """The file that MLflow keeps runs and models in."""
        return (self.folder / "mlflow.db").resolve()

    @property
    def uri(self) -> str:
        """Tracking URI of the database."""
        path = str(self.database)
        if not set("?%") & set(path):
            return f"sqlite:///{path}"
        from sqlalchemy import URL

        # MLflow would take the quoted path of a plain “sqlite:” for a folder that it has to make
        return URL.create("sqlite+pysqlite", database=path).render_as_string()

    def prepare(self) -> str:
        """Create database and experiment if need be, one process at a time, and return the experiment's id.

        A fresh database that several jobs open at once fails in its migrations, hence the lock. Runs whose process was
        killed are marked so; artifacts are looked for where the folder is, not where it was.

        Raises:
            AccessError: the folder cannot be made, or not written to.
            TrackingError: its database cannot be used.
        """
        for name in _ELSEWHERE:
            os.environ.pop(name, None)
        for name, value in _ENVIRONMENT.items():
            os.environ.setdefault(name, value)
        with access_to(
            self.folder, "choose a folder that you may write to: tracking.folder=FOLDER, or --tracking FOLDER"
        ):
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._alone(), self._usable():
                relocate(self.folder)
                import mlflow

                mlflow.set_tracking_uri(self.uri)
                mlflow.set_registry_uri(self.uri)
                self._notice_killed()
                return self._experiment()

    def _alone(self) -> FileLock:
        return FileLock(self.folder / ".mlflow.lock", timeout=300)

    @contextmanager
    def _usable(self) -> Iterator[None]:
        """Tell what is wrong with the database in one line."""
        try:
            yield
        except Exception as error:
            if not isinstance(error, sqlite3.Error) and type(error).__module__.partition(".")[0] not in _DATABASE:
                raise
            said = str(error)
            remedy = next(
                (remedy for words, remedy in _REMEDIES.items() if words in said), "see that it is one of MLflow's"
            )
            raise TrackingError(
                f"{self.database}: cannot be used ({said.splitlines()[0][:200]}); {remedy}, or choose another folder"
            ) from error

    def _experiment(self) -> str:
        import mlflow

        client = mlflow.MlflowClient()
        experiment = client.get_experiment_by_name(self.experiment)
        if experiment is not None and experiment.lifecycle_stage == "active":
            self._describe(experiment)
            return str(experiment.experiment_id)
        if experiment is not None:  # deleted in the UI: it stays so, and gives its name to a new one
            client.restore_experiment(experiment.experiment_id)
            client.rename_experiment(
                experiment.experiment_id, f"{self.experiment} (deleted, {experiment.experiment_id})"
            )
            client.delete_experiment(experiment.experiment_id)
        where = f"{artifacts_of(self.folder)}/{quote(self.experiment)}"
        return str(client.create_experiment(self.experiment, where, experiment_tags(self.experiment, self.question)))

    @contextmanager
    def running(self, start: Callable[[], Any]) -> Iterator[Any]:
        """Start a run and hold its lock, which the system lets go if this process is killed."""
        with self._alone():
            run = start()
            lock = FileLock(self.folder / ".runs" / f"{run.info.run_id}.lock")
            Path(lock.lock_file).parent.mkdir(exist_ok=True)
            lock.acquire()
        try:
            yield run
        finally:
            lock.release()
            Path(lock.lock_file).unlink(missing_ok=True)

    def _notice_killed(self) -> None:
        """Mark the runs whose lock nobody holds any more."""
        import mlflow

        client = mlflow.MlflowClient()
        for path in sorted((self.folder / ".runs").glob("*.lock")):
            with suppress(Timeout), FileLock(path, timeout=0):
                with suppress(mlflow.exceptions.MlflowException):  # it was deleted
                    if client.get_run(path.stem).info.status == "RUNNING":
                        client.set_terminated(path.stem, "KILLED")
                path.unlink(missing_ok=True)

    def _describe(self, experiment: Any) -> None:
        """Add the tags that an experiment of an earlier version lacks; what people wrote in the UI stays."""
        import mlflow

        for key, value in experiment_tags(self.experiment, self.question).items():
            if key not in experiment.tags:
                mlflow.MlflowClient().set_experiment_tag(experiment.experiment_id, key, value)


_DATABASE = ("mlflow", "sqlalchemy", "alembic")
"""Packages whose exceptions say that a database cannot be used, while it is opened."""


@contextmanager
def tracked_run(tracking: Tracking, name: str, tags: Mapping[str, str]) -> Iterator[Any]:
    """A run that ends as FINISHED, as FAILED with its traceback among its artifacts, or as KILLED where it was stopped.

    Inside a sweep it is a child of the sweep's run.
    """
    experiment = tracking.prepare()
    import mlflow

    parent = os.environ.get(PARENT)
    all_tags = {**tags, **({"mlflow.parentRunId": parent} if parent else {})}
    with (
        told_as_shortage(tracking.folder),
        tracking.running(lambda: mlflow.start_run(experiment_id=experiment, run_name=name, tags=all_tags)) as run,
    ):
        atexit.register(_end_killed)  # before MLflow's own, which says FINISHED
        status = "KILLED"
        try:
            yield run
            status = "FINISHED"
        except BaseException as error:
            status = "FAILED" if isinstance(error, Exception) else "KILLED"
            with suppress(Exception):  # the disk may be full
                mlflow.log_text(traceback.format_exc(), "traceback.txt")
            raise
        finally:
            mlflow.end_run(status)
            atexit.unregister(_end_killed)


def _end_killed() -> None:
    import mlflow

    if mlflow.active_run() is not None:
        mlflow.end_run("KILLED")


def git_tags() -> dict[str, str]:
    """Commit of the working folder, and whether it has changes that are not in it; empty outside a repository.

    The repository may be a stranger's. `git status` runs the programs that a repository's configuration names (fsmonitor,
    filters), so it is asked with that repository's index and objects, but a fresh configuration.
    """
    try:
        commit = _git("rev-parse", "HEAD")
        names = ("--show-toplevel", "--git-path", "index", "--git-path", "objects", "--git-path", "info/exclude")
        top, index, objects, exclude = map(Path, _git("rev-parse", *names).splitlines())
        with tempfile.TemporaryDirectory() as folder:
            hash_name = _git("rev-parse", "--show-object-format")
            _git("init", "--quiet", "--bare", "--template=", f"--object-format={hash_name}", folder)
            (Path(folder) / "HEAD").write_text(f"{commit}\n")
            if exclude.is_file():
                (Path(folder) / "info").mkdir(exist_ok=True)
                shutil.copyfile(exclude, Path(folder) / "info" / "exclude")
            places = {"GIT_DIR": folder, "GIT_WORK_TREE": str(top), "GIT_INDEX_FILE": str(index.absolute())}
            places["GIT_OBJECT_DIRECTORY"] = str(objects.absolute())
            status = _git("status", "--porcelain", "--ignore-submodules=all", places=places)
    except (OSError, ValueError, subprocess.SubprocessError):
        return {}
    dirty = "true" if status else "false"
    return {"mlflow.source.git.commit": commit, "git_commit": commit, "git_dirty": dirty}


def _git(*arguments: str, places: Mapping[str, str] | None = None) -> str:
    command = ["git", "--no-optional-locks", "-c", "core.fsmonitor=false", *arguments]
    environment = {**os.environ, **(places or {})}
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30, env=environment)
    return done.stdout.strip()


def flatten(node: Any, prefix: str = "") -> dict[str, str]:
    """Nested configuration → flat parameters with dotted names; lists are written as JSON.

    >>> flatten({"model": {"C": 2}, "seed": 0})
    {'model.C': '2', 'seed': '0'}
    """
    if isinstance(node, Mapping):
        return {name: value for key, item in node.items() for name, value in flatten(item, f"{prefix}{key}.").items()}
    said = json.dumps(node, ensure_ascii=False) if isinstance(node, list | tuple) else str(node)
    return {prefix.rstrip("."): said[:500]}


def log_images(images: Mapping[str, bytes]) -> None:
    """Log PNG images, name → content; those worth comparing also for the charts, run beside run.

    They lie beside each other, not in a folder: MLflow's page that compares two runs looks into none.
    """
    import mlflow
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        for name, content in images.items():
            (Path(folder) / name).write_bytes(content)
        mlflow.log_artifacts(folder)
    for name in images.keys() & set(COMPARED):
        mlflow.log_image(Image.open(io.BytesIO(images[name])).convert("RGB"), key=image_key(name), step=0)
