"""What the MLflow database says of experiments, sweeps, commits and registered models."""

import json
import os
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jianghua.commands.configuration import purpose
from jianghua.commands.sweeps import swept_keys
from jianghua.processes import make_children_safe
from jianghua.resources import configuration_folder
from jianghua.tracking.experiment_page import NOTE, SCORES_VIEW
from jianghua.tracking.registry import describe_model
from jianghua.tracking.runs import Tracking, git_tags
from jianghua.tracking.sweeps import sweep_note
from tests.speeches import COUNTY


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a tracking database that is made once: that takes seconds."""
    folder = tmp_path_factory.mktemp("tracking")
    Tracking(folder, "training").prepare()
    return folder


def client_of(folder: Path) -> Any:
    import mlflow

    return mlflow.MlflowClient(Tracking(folder, "training").uri)


def test_an_experiment_says_what_it_asks_and_how_its_numbers_are_read(folder: Path) -> None:
    client = client_of(folder)
    own = Tracking(folder, "my n-grams", "Do longer n-grams help?").prepare()
    for experiment, question in (("1", "What came of each `jianghua train`?"), (own, "Do longer n-grams help?")):
        note = client.get_experiment(experiment).tags[NOTE]
        assert note.startswith(question)
        assert "`macro_f1`" in note


def test_what_people_wrote_about_an_experiment_stays(folder: Path) -> None:
    client = client_of(folder)
    where = Tracking(folder, "mine")
    experiment = where.prepare()
    client.set_experiment_tag(experiment, NOTE, "my words")
    assert where.prepare() == experiment
    assert client.get_experiment(experiment).tags[NOTE] == "my words"


def test_an_experiment_of_an_earlier_version_gets_what_it_lacks(folder: Path) -> None:
    client = client_of(folder)
    experiment = client.create_experiment("leaderboard")
    assert Tracking(folder, "leaderboard").prepare() == experiment
    assert "what does each part of it add" in client.get_experiment(experiment).tags[NOTE]


def test_the_saved_view_fits_into_a_tag(folder: Path) -> None:
    view = client_of(folder).get_experiment("1").tags[f"mlflow.sharedViewState.{SCORES_VIEW}"]
    assert len(view) < 5000, "what MLflow allows"
    assert "metrics.`macro_f1`" in json.loads(json.loads(view)["state"])["selectedColumns"]


@pytest.mark.parametrize(
    ("name", "value"), [("MLFLOW_DISABLE_TELEMETRY", "true"), ("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false")]
)
def test_nothing_is_told_to_others_and_the_server_starts_no_jobs_for_language_models(
    name: str, value: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(name, raising=False)
    Tracking(folder, "training").prepare()
    assert os.environ[name] == value


def test_the_name_of_a_sweep_is_what_differs_in_it() -> None:
    overrides = ["corpus.raw=[a,b]", "seed=1", "model=logistic,naive_bayes", "model.C=choice(1,2)", "unit=sentence"]
    assert swept_keys(overrides, {"weak_weight": "0.1,0.3"}) == ["model", "model.C", "weak_weight"]


def run_of(name: str, status: str, **metrics: float) -> Any:
    metrics = {key.replace("__", "/"): value for key, value in metrics.items()}
    info = SimpleNamespace(run_name=name, run_id=f"id-{name}", experiment_id="1", status=status)
    return SimpleNamespace(info=info, data=SimpleNamespace(metrics=metrics))


def test_the_table_of_a_sweep_links_its_runs_and_names_those_that_failed() -> None:
    scores = {"macro_f1": 0.75, "macro_f1_low": 0.7, "macro_f1_high": 0.8, "no_headings__macro_f1": 0.72}
    note = sweep_note([run_of("C=1", "FINISHED", accuracy=0.76, **scores), run_of("C=2", "FAILED")])
    assert note.splitlines()[2:] == [
        "| [C=1](#/experiments/1/runs/id-C=1) | 0.750 | 0.700–0.800 | 0.720 | 0.760 |",
        "| [C=2](#/experiments/1/runs/id-C=2) | failed | – | – | – |",
    ]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit of one speech, the working folder."""
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "speech.txt").write_text(COUNTY, encoding="utf-8")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "-c", "user.name=li", "-c", "user.email=li@example.org", "commit", "--quiet", "--message", "a speech")
    monkeypatch.chdir(folder)
    return folder


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def test_a_commit_with_changes_is_not_taken_for_the_commit(repository: Path) -> None:
    (repository / ".git/info").mkdir(exist_ok=True)
    (repository / ".git/info/exclude").write_text("*.log\n")
    (repository / "train.log").touch()
    commit = git(repository, "rev-parse", "HEAD")
    assert git_tags() == {"mlflow.source.git.commit": commit, "git_commit": commit, "git_dirty": "false"}
    (repository / "speech.txt").write_text(COUNTY + "谢谢！\n", encoding="utf-8")
    assert git_tags()["git_dirty"] == "true"


def test_programs_that_a_repository_names_are_not_run(repository: Path, tmp_path: Path) -> None:
    ran, program = tmp_path / "ran", tmp_path / "program"
    program.write_text(f'#!/bin/sh\necho "$@" >> {ran}\n')
    program.chmod(0o755)
    (repository / ".gitattributes").write_text("* filter=theirs\n")
    for name in ("core.fsmonitor", "core.sshCommand", "core.pager", "filter.theirs.clean", "filter.theirs.process"):
        git(repository, "config", name, f"{program} {name}")
    (repository / "speech.txt").write_text(COUNTY + "谢谢！\n", encoding="utf-8")
    assert git_tags()["git_dirty"] == "true"
    assert not ran.exists(), ran.read_text()
    subprocess.run(["git", "status"], cwd=repository, capture_output=True)
    assert "core.fsmonitor" in ran.read_text(), "git itself runs them"


def test_nothing_is_fetched_from_where_a_repository_says(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran, commit = tmp_path / "ran", git(repository, "rev-parse", "HEAD")
    (repository / ".git/objects" / commit[:2] / commit[2:]).unlink()
    settings = {
        "remote.origin.url": f"ext::touch {ran}",
        "remote.origin.promisor": "true",
        "protocol.ext.allow": "always",
    }
    for name, value in {"extensions.partialClone": "origin", **settings}.items():
        git(repository, "config", name, value)
    monkeypatch.setattr(os, "environ", os.environ.copy())
    make_children_safe()
    from mlflow.utils.git_utils import get_git_commit

    get_git_commit(str(repository))
    git_tags()
    assert not ran.exists()


def test_where_there_is_no_repository_no_commit_is_claimed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert git_tags() == {}


def test_a_new_version_gets_its_card_and_the_model_keeps_its_description(folder: Path) -> None:
    import mlflow

    client = client_of(folder)
    mlflow.set_tracking_uri(Tracking(folder, "training").uri)
    client.create_registered_model("speeches")
    for version in ("1", "2"):
        client.create_model_version("speeches", str(folder))
        describe_model("speeches", version, f"about {version}", f"card {version}", {"corpus": "raw"})
    assert client.get_registered_model("speeches").description == "about 1"
    second = client.get_model_version("speeches", "2")
    assert (second.description, second.tags) == ("card 2", {"corpus": "raw"})


def test_every_experiment_file_says_what_it_is_for() -> None:
    names = [path.stem for path in (configuration_folder() / "experiment").glob("*.yaml")]
    assert "best" in names
    assert not [name for name in names if len(purpose(name)) < 20]
    assert purpose("") == purpose("no_such_experiment") == ""
