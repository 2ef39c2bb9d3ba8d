"""No run is written over, counted though it was killed, or written to a folder that this one is only a copy of."""

import errno
import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jianghua.errors import AccessError, TrackingError, UsageError
from jianghua.tracking.pyfunc import predict_texts
from jianghua.tracking.registry import download_model, log_model
from jianghua.tracking.runs import Tracking, tracked_run
from jianghua.tracking.sweeps import sweep_status


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tracking folder that is made once, since that takes seconds."""
    folder = tmp_path_factory.mktemp("made") / "experiments"
    Tracking(folder, "training").prepare()
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of it: which is the first thing that is tested here."""
    import mlflow

    before = mlflow.get_tracking_uri()
    yield Path(shutil.copytree(made, tmp_path / "experiments"))
    mlflow.set_tracking_uri(before)
    mlflow.set_registry_uri(before)


def client() -> Any:
    import mlflow

    return mlflow.MlflowClient()


def one_run(folder: Path, text: str = "kept") -> str:
    import mlflow

    with tracked_run(Tracking(folder, "training"), "one", {}) as run:
        mlflow.log_text(text, "note.txt")
    return str(run.info.run_id)


def status_of(folder: Path, run_id: str) -> str:
    Tracking(folder, "training").prepare()
    return str(client().get_run(run_id).info.status)


def test_a_copy_writes_nothing_into_the_folder_that_it_was_copied_from(folder: Path, tmp_path: Path) -> None:
    first = one_run(folder)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    copy = Path(shutil.copytree(folder, tmp_path / "a copy"))
    second = one_run(copy, "new")
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()} == before
    assert (copy / f"artifacts/training/{second}/artifacts/note.txt").read_text() == "new"
    (copy / f"artifacts/training/{first}/artifacts/note.txt").write_text("of the copy")
    assert Path(client().download_artifacts(first, "note.txt")).read_text() == "of the copy"


@pytest.mark.parametrize("name", ["50%20 off", "what?#", "县 讲话"])
def test_a_moved_folder_keeps_its_runs_and_registered_models_whatever_it_is_called(
    name: str, folder: Path, model_folder: Path, tmp_path: Path
) -> None:
    texts = ["谢谢大家！"]
    with tracked_run(Tracking(folder, "training"), "one", {}) as run:
        version = log_model(model_folder, texts, predict_texts(model_folder, texts), "speeches")
    assert version == "1"
    moved = Path(shutil.move(folder, tmp_path / name))
    data = download_model("models:/speeches/1", moved)
    assert data.is_relative_to(moved)
    assert (data / "manifest.json").read_bytes() == (model_folder / "manifest.json").read_bytes()
    assert status_of(moved, run.info.run_id) == "FINISHED"
    one_run(moved)
    assert sorted(path.name for path in tmp_path.iterdir()) == [name], "no folder of another spelling beside it"


def test_addresses_that_were_never_in_the_folder_stay(folder: Path) -> None:
    Tracking(folder, "training").prepare()
    for where in ("file:///elsewhere/artifacts/other", "s3://bucket/artifacts/mine"):
        client().create_experiment(where.rpartition("/")[2] + " data", where)
    copy = Path(shutil.copytree(folder, folder.parent / "copy"))
    Tracking(copy, "training").prepare()
    with sqlite3.connect(copy / "mlflow.db") as database:
        rows = database.execute("SELECT artifact_location FROM experiments WHERE name LIKE '% data'").fetchall()
    database.close()
    assert sorted(rows) == [("file:///elsewhere/artifacts/other",), ("s3://bucket/artifacts/mine",)]


def test_variables_of_another_project_do_not_send_a_run_there_or_over_a_finished_one(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished = one_run(folder)
    for name, value in (
        ("MLFLOW_RUN_ID", finished),
        ("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/theirs.db"),
        ("MLFLOW_REGISTRY_URI", f"sqlite:///{tmp_path}/theirs.db"),
        ("MLFLOW_EXPERIMENT_ID", "77"),
        ("MLFLOW_EXPERIMENT_NAME", "theirs"),
    ):
        monkeypatch.setenv(name, value)
    assert one_run(folder, "another") != finished
    assert Path(client().download_artifacts(finished, "note.txt")).read_text() == "kept"
    assert not (tmp_path / "theirs.db").exists()


@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt(), "KILLED"), (KeyError("a fault"), "FAILED")])
def test_a_run_that_was_stopped_or_failed_is_not_finished(error: BaseException, status: str, folder: Path) -> None:
    with pytest.raises(type(error)), tracked_run(Tracking(folder, "training"), "one", {}) as run:
        raise error
    assert status_of(folder, run.info.run_id) == status
    assert "Traceback" in Path(client().download_artifacts(run.info.run_id, "traceback.txt")).read_text()


def test_a_run_whose_process_was_killed_is_noticed_and_one_that_runs_is_left_alone(folder: Path) -> None:
    tracking = Tracking(folder, "training")
    experiment = tracking.prepare()
    dying = client().create_run(experiment)
    child = os.fork()
    if not child:
        with tracking.running(lambda: dying):
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    killed = str(dying.info.run_id)
    assert str(client().get_run(killed).info.status) == "RUNNING"
    with tracked_run(Tracking(folder, "training"), "two", {}) as run:
        assert status_of(folder, killed) == "KILLED"
        assert status_of(folder, run.info.run_id) == "RUNNING"
    assert status_of(folder, run.info.run_id) == "FINISHED"


def test_a_sweep_is_finished_only_if_all_of_its_jobs_are() -> None:
    assert sweep_status({"FINISHED"}, all_jobs_ended=True) == "FINISHED"
    assert sweep_status({"FINISHED"}, all_jobs_ended=False) == "FAILED"
    assert sweep_status(set(), all_jobs_ended=False) == "FAILED"
    assert sweep_status({"FINISHED", "FAILED"}, all_jobs_ended=True) == "FAILED"
    assert sweep_status({"FINISHED", "RUNNING"}, all_jobs_ended=False) == "KILLED"
    assert sweep_status({"KILLED", "FAILED"}, all_jobs_ended=False) == "KILLED"


def test_an_experiment_that_was_deleted_in_the_ui_stays_deleted_and_a_new_one_takes_its_name(folder: Path) -> None:
    tracking = Tracking(folder, "training")
    old_run, old = one_run(folder), tracking.prepare()
    client().delete_experiment(old)
    new_run, new = one_run(folder), tracking.prepare()
    assert new != old
    assert client().get_run(new_run).info.experiment_id == new
    assert client().get_experiment(old).lifecycle_stage == "deleted"
    assert client().get_run(old_run).info.lifecycle_stage == "deleted"


def set_version(database: Path) -> None:
    with sqlite3.connect(database) as opened:
        opened.execute("UPDATE alembic_version SET version_num = 'ffff'")
    opened.close()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda database: database.write_bytes(b"no database at all" * 60), "it is no SQLite database, or damaged"),
        (set_version, "another version of MLflow wrote it"),
    ],
)
def test_a_database_that_cannot_be_used_is_a_message(spoil: Any, message: str, folder: Path) -> None:
    spoil(folder / "mlflow.db")
    with pytest.raises(TrackingError, match=message):
        Tracking(folder, "training").prepare()
    with pytest.raises(TrackingError, match=message):
        download_model("models:/speeches/1", folder)


def test_a_file_where_the_folder_should_be_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(AccessError, match=r"file: File exists; choose a folder that you may write to"):
        Tracking(tmp_path / "file", "training").prepare()


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/full/x"), AccessError, "/full/x: No space left on device"),
        (MemoryError(), UsageError, "not enough memory to train; use fewer processes"),
    ],
)
def test_no_space_and_no_memory_are_told_as_such(error: Exception, kind: Any, message: str, folder: Path) -> None:
    with pytest.raises(kind, match=message), tracked_run(Tracking(folder, "training"), "one", {}) as run:
        raise error
    assert status_of(folder, run.info.run_id) == "FAILED"
