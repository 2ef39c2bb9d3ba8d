"""MLflow: one SQLite database under experiments/, made once; a run for each job; a parent for each sweep.

mlflow takes seconds to import, so it is imported inside the functions.
"""

import io
import json
import os
import shutil
import subprocess
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock
from omegaconf import DictConfig

PARENT = "JIANGHUAPARENT_RUN"
_SWEPT = "JIANGHUA_SWEPT"

NOTE = "mlflow.note.content"
"""The tag that the UI shows as description of an experiment or a run, in Markdown."""

_ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # the UI's background jobs, for language models: eight processes, 2 GB
    "MLFLOW_WORKERS": "1",
    "MLFLOW_UV_AUTO_DETECT": "false",  # it would log the uv.lock of whatever folder this is as what the model needs
}

_QUESTIONS = {
    "training": "What came of each `jianghua train`? Jobs of a sweep stand below their sweep.",
    "leaderboard": "Which way of reading a paragraph is best, and what does each part of it add? "
    "One run for each file of `conf/experiment/`, written up in `experiments/LEADERBOARD.md`.",
}

SCORES_VIEW = "scores"
"""Key of the view that MLflow's menu “Views” shows as “Scores”; `?viewStateShareKey=scores` opens it."""

_MAIN_METRICS = ("macro_f1", "no_headings/macro_f1", "accuracy", "calibration_error", "review_share")
_COMPARED = ("confusion_model.png", "precision_recall.png", "reliability.png", "coverage.png")
"""Figures that are worth a look beside those of another run."""

_HOW_TO_READ = """
**Metrics** are on hand labels, in folds that never split a document.

- `macro_f1`: mean F1 of the six functions, best first when sorted by it; `macro_f1_low` to `macro_f1_high` is its 95 % interval.
- `f1_…`: one function each. `accuracy`: share of paragraphs that are right.
- `no_headings/…`: the same model with heading text removed. `vs_cues/…`, `vs_majority/…`: the baselines to beat.
- `calibration_error`: 0 where confidence means what it says. `review_share`: paragraphs too uncertain to go without a person;
  `accuracy_above_threshold`: how often the others are right. `review/…`: the same at other thresholds.

**Artifacts**: figures, a table of all errors (`errors.json`), every prediction (`predictions.csv`), the whole configuration.

**Comparing**: only runs on the same data set are comparable. *Views* → *Scores* has the columns that matter, best first, and
charts with figures side by side; or tick two runs, then *Compare*.
"""


@dataclass(frozen=True, slots=True)
class Tracking:
    """Where runs are kept: `folder` holds mlflow.db and the artifacts; `experiment` is the name in the UI.

    `question` is what the experiment asks, in Markdown; by default what is known of `experiment`.
    """

    folder: Path
    experiment: str
    question: str | None = None

    @property
    def uri(self) -> str:
        """Tracking URI of the database."""
        return f"sqlite:///{(self.folder / 'mlflow.db').resolve()}"

    def prepare(self) -> str:
        """Create database and experiment if need be, one process at a time, and return the experiment's id.

        A fresh database that several jobs open at once fails in its migrations, hence the lock.
        """
        for name, value in _ENVIRONMENT.items():
            os.environ.setdefault(name, value)
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / ".mlflow.lock", timeout=300):
            import mlflow

            mlflow.set_tracking_uri(self.uri)
            found = mlflow.get_experiment_by_name(self.experiment)
            if found is not None:
                self._describe(found)
                return str(found.experiment_id)
            where = (self.folder / "artifacts" / self.experiment).resolve()
            return str(mlflow.create_experiment(self.experiment, where.as_uri(), self._tags()))

    def _tags(self) -> dict[str, str]:
        """Tags of the experiment: description, a saved view, and that it holds runs, not traces of a language model."""
        question = self.question or _QUESTIONS.get(self.experiment, "")
        return {
            NOTE: f"{question}\n{_HOW_TO_READ}".strip(),
            "mlflow.experimentKind": "custom_model_development",
            f"mlflow.sharedViewState.{SCORES_VIEW}": json.dumps(_saved_view()),
        }

    def _describe(self, experiment: Any) -> None:
        """Add the tags that an experiment of an earlier version lacks; what people wrote in the UI stays."""
        import mlflow

        for key, value in self._tags().items():
            if key not in experiment.tags:
                mlflow.MlflowClient().set_experiment_tag(experiment.experiment_id, key, value)


def _saved_view() -> dict[str, Any]:
    """Columns, order and charts of the table of runs, as MLflow's “Save as new view” writes them.

    Its default shows no metric at all, and in its charts the metrics without a prefix come last.
    """
    charts: list[dict[str, Any]] = [
        {"type": "BAR", "metricKey": name, "displayName": name, "metricSectionId": "scores"} for name in _MAIN_METRICS
    ]
    charts += [
        {
            "type": "IMAGE",
            "imageKeys": [_image_key(name)],
            "step": 0,
            "showRunParams": False,
            "metricSectionId": "figures",
        }
        for name in _COMPARED
    ]
    state = {
        "searchFilter": "",
        "orderByKey": "metrics.`macro_f1`",
        "orderByAsc": False,
        "startTime": "ALL",
        "lifecycleFilter": "Active",
        "datasetsFilter": [],
        "modelVersionFilter": "All Runs",
        "selectedColumns": [f"metrics.`{name}`" for name in _MAIN_METRICS],
        "columnOrder": [],
        "columnWidths": {},
        "compareRunCharts": [
            {"uuid": f"chart{number}", "runsCountToCompare": 10, "deleted": False, "isGenerated": True, **chart}
            for number, chart in enumerate(charts)
        ],
        "compareRunSections": [
            {"uuid": name, "name": name, "display": True, "isReordered": True, "deleted": False, "isGenerated": False}
            for name in ("scores", "figures")
        ],
        "isAccordionReordered": True,
        "viewMaximized": False,
        "runListHidden": False,
        "useGroupedValuesInCharts": True,
        "hideEmptyCharts": True,
        "groupBy": None,
        "groupsExpanded": {},
        "globalLineChartConfig": {"xAxisKey": "step", "lineSmoothness": 0, "selectedXAxisMetricKey": ""},
    }
    return {"name": "Scores", "createdAt": int(time.time() * 1000), "state": json.dumps(state)}


def _image_key(name: str) -> str:
    """Key of a figure in the charts; the UI makes a section of what stands before the slash."""
    return f"figures/{name.removesuffix('.png')}"


def tracking_of(config: DictConfig) -> Tracking:
    """Tracking as the configuration says."""
    return Tracking(Path(config.tracking.folder), config.tracking.experiment, config.tracking.get("question"))


@contextmanager
def tracked_run(tracking: Tracking, name: str, tags: Mapping[str, str]) -> Iterator[Any]:
    """A run that ends as FINISHED, or as FAILED with its traceback among its artifacts.

    Inside a sweep it is a child of the sweep's run.
    """
    experiment = tracking.prepare()
    import mlflow

    parent = os.environ.get(PARENT)
    all_tags = {**tags, **({"mlflow.parentRunId": parent} if parent else {})}
    run = mlflow.start_run(experiment_id=experiment, run_name=name, tags=all_tags)
    try:
        yield run
    except BaseException:
        mlflow.log_text(traceback.format_exc(), "traceback.txt")
        mlflow.end_run("FAILED")
        raise
    mlflow.end_run("FINISHED")


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
    for name in images.keys() & set(_COMPARED):
        mlflow.log_image(Image.open(io.BytesIO(images[name])).convert("RGB"), key=_image_key(name), step=0)
