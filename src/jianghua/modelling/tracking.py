"""MLflow: one SQLite database under experiments/, made once; a run for each job; a parent for each sweep.

mlflow takes seconds to import, so it is imported inside the functions.
"""

import atexit
import io
import json
import os
import subprocess
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock
from hydra.experimental.callback import Callback
from omegaconf import DictConfig

from jianghua.modelling.store import ModelError

_PARENT = "JIANGHUA_PARENT_RUN"
_SWEPT = "JIANGHUA_SWEPT"

NOTE = "mlflow.note.content"
"""The tag that the UI shows as description of an experiment or a run, in Markdown."""

_ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # the UI's background jobs, for language models: eight processes, 2 GB
    "MLFLOW_WORKERS": "1",
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
        experiment = tracking_of(config).prepare()
        import mlflow

        overrides = [str(item) for item in config.hydra.overrides.task]
        swept = swept_keys(overrides, config.hydra.sweeper.get("params") or {})
        run = mlflow.MlflowClient().create_run(
            experiment,
            run_name=f"sweep of {' × '.join(swept)}"[:120],
            tags={"kind": "sweep", "overrides": " ".join(overrides)[:4000], **git_tags()},
        )
        os.environ[_PARENT], os.environ[_SWEPT] = run.info.run_id, " ".join(swept)
        atexit.register(_end_sweep)  # Hydra does not call on_multirun_end when a job has failed

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        """End the parent run."""
        _end_sweep()


def swept_keys(overrides: Sequence[str], params: Mapping[str, Any]) -> list[str]:
    """What differs between the jobs of a sweep: keys with several values, on the command line or in hydra.sweeper.params.

    >>> swept_keys(["seed=1", "unit=sentence,paragraph"], {})
    ['unit']
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser

    parsed = OverridesParser.create().parse_overrides(list(overrides))
    found = [item.get_key_element().lstrip("+") for item in parsed if item.is_sweep_override()]
    return list(dict.fromkeys([*found, *map(str, params)]))


def swept_here() -> list[str]:
    """What differs between the jobs of the sweep that this process runs in; empty outside a sweep."""
    return os.environ.get(_SWEPT, "").split()


def _end_sweep() -> None:
    """End the sweep's run, FAILED if one of its jobs has failed; does nothing the second time."""
    parent = os.environ.pop(_PARENT, None)
    os.environ.pop(_SWEPT, None)
    if parent is None:
        return
    import mlflow

    client = mlflow.MlflowClient()
    experiment = client.get_run(parent).info.experiment_id
    children = list(client.search_runs([experiment], f"tags.mlflow.parentRunId = '{parent}'"))
    children.sort(key=lambda child: child.data.metrics.get("macro_f1", -1.0), reverse=True)
    client.set_tag(parent, NOTE, sweep_note(children))
    if children and "macro_f1" in children[0].data.metrics:
        client.set_tag(parent, "best_run", children[0].info.run_name)
        client.set_tag(parent, "best_run_id", children[0].info.run_id)
    failed = any(child.info.status == "FAILED" for child in children)
    client.set_terminated(parent, "FAILED" if failed else "FINISHED")


def sweep_note(children: Sequence[Any]) -> str:
    """Table of a sweep's runs in Markdown, in the order given (best first), each with a link."""
    lines = ["| run | macro-F1 | 95 % interval | no headings | accuracy |", "| --- | --- | --- | --- | --- |"]
    for child in children:
        info, m = child.info, child.data.metrics
        link = f"[{info.run_name}](#/experiments/{info.experiment_id}/runs/{info.run_id})"
        if {"macro_f1", "macro_f1_low", "macro_f1_high", "no_headings/macro_f1", "accuracy"} <= set(m):
            lines.append(
                f"| {link} | {m['macro_f1']:.3f} | {m['macro_f1_low']:.3f}–{m['macro_f1_high']:.3f} | "
                f"{m['no_headings/macro_f1']:.3f} | {m['accuracy']:.3f} |"
            )
        else:
            lines.append(f"| {link} | {info.status.lower()} | – | – | – |")
    return "\n".join(lines)


def git_tags() -> dict[str, str]:
    """Commit of the working folder, and whether it has changes that are not in it; empty outside a repository."""
    try:
        commit = subprocess.run(
            ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True, timeout=10
        ).stdout.strip()
        status = subprocess.run(
            ["git", "status", "--porcelain"], capture_output=True, text=True, check=True, timeout=30
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return {}
    dirty = "true" if status.strip() else "false"
    return {"mlflow.source.git.commit": commit, "git_commit": commit, "git_dirty": dirty}


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


def describe_model(name: str, version: str, about: str, card: str, tags: Mapping[str, str]) -> None:
    """Describe a registered model, where nobody has yet, and one of its versions.

    Args:
        about: what the model is for, whatever its version.
        card: what this version learnt from, how good it is, what it must not be used for.
    """
    import mlflow

    client = mlflow.MlflowClient()
    if not client.get_registered_model(name).description:
        client.update_registered_model(name, about)
    client.update_model_version(name, version, card)
    for key, value in tags.items():
        client.set_model_version_tag(name, version, key, value)


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


def download_model(uri: str, folder: Path) -> Path:
    """Folder of a registered model's data, to be loaded through `load_model` and its checks; MLflow's own loader is not used.

    Raises:
        ModelError: the registry does not hold the model, its files are not below `folder`, or it is not one of ours.
    """
    if not (folder / "mlflow.db").is_file():
        raise ModelError(
            f"{uri}: there is no registry in {folder}; expected {folder / 'mlflow.db'} (run `jianghua train` first)"
        )
    Tracking(folder, "training").prepare()
    from mlflow.exceptions import MlflowException
    from mlflow.store.artifact.models_artifact_repo import ModelsArtifactRepository
    from mlflow.utils.file_utils import local_file_uri_to_path

    try:
        where = str(ModelsArtifactRepository.get_underlying_uri(uri))
    except (MlflowException, OSError) as error:
        raise ModelError(f"{uri}: not in the registry of {folder} ({error}); see the names in `jianghua ui`") from None
    local = Path(local_file_uri_to_path(where)) if where.startswith("file:") else None
    # MLflow would fetch them from any address, and write a file of its own beside them
    if local is None or not local.resolve().is_relative_to(folder.resolve()):
        raise ModelError(f"{uri}: its files are at {where!r}; expected a folder below {folder.resolve()}")
    found = sorted(local.glob("data/*/manifest.json")) + sorted(local.glob("data/manifest.json"))
    if len(found) != 1:
        raise ModelError(f"{uri}: holds {len(found)} model folders of ours; expected one, logged by `jianghua train`")
    if not found[0].resolve().is_relative_to(folder.resolve()):
        raise ModelError(f"{uri}: a symbolic link leads out of {folder}, to {found[0].resolve()}; it is not followed")
    return found[0].parent
