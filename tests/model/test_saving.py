"""Saving a model destroys nothing: not what else a folder holds, and not a good model for one that cannot be loaded."""

import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from jianghua import files
from jianghua.errors import ModelError, UsageError
from jianghua.model import store
from jianghua.model.store import SavedModel, check_place, load_model, save_model

NOTHING_LEARNT = {"data_digest": "0", "speeches": {}}


def save(model: SavedModel, folder: Path, name: str = "small") -> str:
    return save_model(model.tagger, folder, name, NOTHING_LEARNT, {}, {})


def other(model: SavedModel) -> SavedModel:
    """A model of other weights."""
    text = replace(model.tagger.text, weights=model.tagger.text.weights * np.float32(0.5))
    return replace(model, tagger=replace(model.tagger, text=text))


@pytest.mark.parametrize(
    "names", [["draft.docx"], ["notes/a.txt"], ["manifest.json", "index.html"], ["weights.safetensors"]]
)
def test_a_folder_with_other_things_in_it_is_not_replaced_by_a_model(
    names: list[str], tmp_path: Path, model: SavedModel
) -> None:
    folder = tmp_path / "mine"
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("years of work", encoding="utf-8")
    with pytest.raises(UsageError, match="mine: holds"):
        save(model, folder)
    assert [(folder / name).read_text() for name in names] == ["years of work"] * len(names)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_notes_beside_a_saved_model_are_not_lost_and_a_manifest_of_a_web_page_is_no_model(
    tmp_path: Path, model_folder: Path
) -> None:
    shutil.copytree(model_folder, tmp_path / "noted")
    (tmp_path / "noted" / "notes.txt").touch()
    with pytest.raises(UsageError, match=r"noted: holds 'notes.txt', which a saved model would replace"):
        check_place(tmp_path / "noted")
    (tmp_path / "page").mkdir()
    (tmp_path / "page/manifest.json").write_text('{"format": "web"}')
    with pytest.raises(UsageError, match=r"its manifest.json is not that of a saved model"):
        check_place(tmp_path / "page")


def test_a_new_an_empty_and_a_linked_folder_take_a_model(
    tmp_path: Path, model: SavedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    for folder in (tmp_path / "new/deep", tmp_path / "empty", tmp_path / "link"):
        version = save(model, folder)
        assert load_model(folder).version == version
    assert (tmp_path / "link").is_symlink()
    monkeypatch.chdir(tmp_path / "empty")
    assert save(other(model), Path()) == load_model(tmp_path / "empty").version


@pytest.mark.parametrize("name", ["my model", "a/b", "", "x" * 61])
def test_a_model_that_could_not_be_loaded_again_does_not_replace_a_good_one(
    name: str, tmp_path: Path, model: SavedModel
) -> None:
    version = save(model, tmp_path / "good")
    with pytest.raises(UsageError, match="not written, since the model could not be loaded again .*name is"):
        save(other(model), tmp_path / "good", name)
    assert load_model(tmp_path / "good").version == version
    assert [path.name for path in tmp_path.iterdir()] == ["good"]


@pytest.mark.parametrize("in_one_step", [True, False])
def test_the_old_model_is_whole_until_the_new_one_is(
    in_one_step: bool, tmp_path: Path, model: SavedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "m"
    old = save(model, folder)
    if not in_one_step:
        monkeypatch.setattr(files, "_exchange", lambda *_: False)
    monkeypatch.setattr(store, "load_model", lambda _: os.kill(os.getpid(), signal.SIGKILL))
    child = os.fork()
    if not child:
        save(other(model), folder)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL, "killed when the new model lay beside the old one"
    assert load_model(folder).version == old
    monkeypatch.setattr(store, "load_model", load_model)
    assert save(other(model), folder) == load_model(folder).version != old


def test_a_stop_between_the_two_steps_loses_neither_model(
    tmp_path: Path, model: SavedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "m"
    old = save(model, folder)
    monkeypatch.setattr(files, "_exchange", lambda *_: False)
    step = Path.replace

    def stopped(here: Path, there: Path) -> Path:
        if there == folder and here.parent.name.endswith(".before") is False:
            raise KeyboardInterrupt
        return step(here, there)

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        save(other(model), folder)
    assert load_model(folder).version == old


def test_a_model_that_a_kill_left_aside_is_named(tmp_path: Path, model: SavedModel) -> None:
    save(model, tmp_path / ".m.x1y2.before" / "m")
    with pytest.raises(ModelError, match=r"a save that was stopped left it at .*\.before/m: move it back"):
        load_model(tmp_path / "m")


def test_a_model_inside_the_folder_of_another_does_not_make_that_useless(tmp_path: Path, model: SavedModel) -> None:
    save(model, tmp_path / "good")
    for inside in ("mine", "manifest.json", "much/deeper"):
        with pytest.raises(UsageError, match="lies inside a saved model, .*good, which would no longer load"):
            save(model, tmp_path / "good" / inside)
    assert load_model(tmp_path / "good").name == "small"
