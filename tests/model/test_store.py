import hashlib
import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load, save

from jianghua.errors import ModelError
from jianghua.model.features import CharacterNgrams
from jianghua.model.linear import LinearModel
from jianghua.model.store import MANIFEST, TRAINING, WEIGHTS, load_model, save_model
from jianghua.model.tagger import Context, Tagger
from jianghua.model.trees import Trees


@pytest.fixture
def copy(model_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model_folder, tmp_path / "copy"))


def change_manifest(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    change(manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest))


def change_file(folder: Path, file: str, data: bytes) -> None:
    """Replace a file and let the manifest vouch for it, as an attacker would."""
    (folder / file).write_bytes(data)
    change_manifest(folder, lambda manifest: manifest["files"].update({file: hashlib.sha256(data).hexdigest()}))
    if file == WEIGHTS:
        change_manifest(folder, lambda manifest: manifest.update(version=hashlib.sha256(data).hexdigest()[:8]))


def change_arrays(folder: Path, **arrays: Any) -> None:
    held = {
        key: value for key, value in {**load((folder / WEIGHTS).read_bytes()), **arrays}.items() if value is not None
    }
    change_file(folder, WEIGHTS, save(held))


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    text = rng.normal(size=(64, 6)).astype(np.float16).astype(np.float32)
    tagger = Tagger("sentence", LinearModel(CharacterNgrams(1, 2, 6), text, np.zeros(6, np.float32)), None, None)
    version = save_model(
        tagger, tmp_path / "m", "mine", {"data_digest": "d", "speeches": {"abc": "a.txt#0"}}, {"macro_f1": 0.5}, {}
    )
    loaded = load_model(tmp_path / "m")
    assert np.array_equal(loaded.tagger.text.weights, text)
    assert loaded.tagger.headings is None
    assert (loaded.title, dict(loaded.trained_on)) == (f"mine {version}", {"abc": "a.txt#0"})


def test_saving_twice_gives_the_same_bytes_and_replaces_the_folder(tmp_path: Path, model_folder: Path) -> None:
    held = load_model(model_folder)
    for _ in range(2):
        save_model(held.tagger, tmp_path / "m", "small", {"data_digest": "0", "speeches": {}}, {}, {})
    assert {path.name for path in tmp_path.iterdir()} == {"m"}
    for file in (MANIFEST, WEIGHTS, TRAINING):
        assert (tmp_path / "m" / file).read_bytes() == (model_folder / file).read_bytes()


def test_a_missing_folder_or_file_is_named(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nowhere: no such model folder; expected a folder with manifest\.json"):
        load_model(tmp_path / "nowhere")
    (copy / WEIGHTS).unlink()
    with pytest.raises(ModelError, match=r"weights\.safetensors: missing; a model folder holds"):
        load_model(copy)
    (copy / MANIFEST).unlink()
    with pytest.raises(ModelError, match=r"manifest\.json: missing"):
        load_model(copy)


def test_an_altered_file_is_refused_with_both_hashes(copy: Path) -> None:
    data = bytearray((copy / WEIGHTS).read_bytes())
    data[-1] ^= 1
    (copy / WEIGHTS).write_bytes(data)
    expected = json.loads((copy / MANIFEST).read_text())["files"][WEIGHTS]
    with pytest.raises(
        ModelError,
        match=f"altered or damaged: SHA-256 is {hashlib.sha256(data).hexdigest()}, the manifest says '{expected}'",
    ):
        load_model(copy)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("format", "other", "format is 'other'; accepted: jianghua-model"),
        ("format_version", 3, r"format_version is 3; accepted: 2 \(a newer one needs a newer jianghua\)"),
        ("functions", ["<b>", "x"], r"functions is \['<b>', 'x'\]; accepted: achievements"),
        ("unit", "page", "unit is 'page'; accepted: sentence, paragraph"),
        ("name", "<script>", "name is '<script>'; accepted: up to 60 letters"),
        ("name", "x" * 61, "name is 'x{61}'; accepted"),
        (
            "features",
            {"kind": "os.system", "low": 1, "high": 2, "bits": 12},
            "features is .*os.system.*accepted: kind characters or words",
        ),
        ("features", {"kind": "words", "low": 1, "high": 2, "bits": 60}, "accepted: .*bits 1–20"),
        ("features", {"kind": "words", "low": True, "high": 2, "bits": 9}, "accepted: kind"),
        ("files", {"../../etc/passwd": "0"}, r"files is \{'../../etc/passwd': '0'\}; accepted: exactly weights"),
        ("context", ["text", "os"], r"context is \['text', 'os'\]; accepted: a list of text, position"),
        ("headings", {"kind": "words"}, "headings is .*; accepted: null, or kind"),
        ("trusted", ["os.system"], r"unknown keys \['trusted'\]"),
    ],
)
def test_a_manifest_that_says_something_unknown_is_refused(copy: Path, key: str, value: Any, message: str) -> None:
    change_manifest(copy, lambda manifest: manifest.update({key: value}))
    with pytest.raises(ModelError, match=message):
        load_model(copy)


@pytest.mark.parametrize("content", [b"[]", b"{", b"[" * 100_000, b"\xff\xfe", b"null"])
def test_a_manifest_that_is_no_json_object_is_refused(copy: Path, content: bytes) -> None:
    (copy / MANIFEST).write_bytes(content)
    with pytest.raises(ModelError, match=r"manifest\.json: (not JSON|holds a)"):
        load_model(copy)


class _Bomb:
    def __reduce__(self) -> Any:
        return (print, ("code from a model file ran",))


def test_a_pickle_in_disguise_does_not_run(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    size = (copy / WEIGHTS).stat().st_size
    change_file(copy, WEIGHTS, pickle.dumps(_Bomb()).ljust(size, b"\0"))
    with pytest.raises(ModelError, match="not a safetensors file"):
        load_model(copy)
    assert "ran" not in capsys.readouterr().out


def test_truncated_or_oversized_weights_are_refused(copy: Path) -> None:
    data = (copy / WEIGHTS).read_bytes()
    change_file(copy, WEIGHTS, data[: len(data) // 2])
    with pytest.raises(ModelError, match="not a safetensors file"):
        load_model(copy)
    change_file(copy, WEIGHTS, data + bytes(20_000))
    with pytest.raises(ModelError, match="not a safetensors file"):
        load_model(copy)


def test_a_header_that_promises_huge_arrays_is_refused(copy: Path) -> None:
    data = (copy / WEIGHTS).read_bytes()
    change_file(copy, WEIGHTS, (2**62).to_bytes(8, "little") + data[8:])
    with pytest.raises(ModelError, match="not a safetensors file"):
        load_model(copy)


def test_wrong_arrays_are_refused(copy: Path) -> None:
    change_arrays(copy, extra=np.zeros(3, np.float32))
    with pytest.raises(ModelError, match=r"array extra is \(\(3,\), 'float32'\); the manifest needs none"):
        load_model(copy)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_no_numbers_are_refused(copy: Path, value: float) -> None:
    change_arrays(copy, **{"text.intercept": np.full(6, value, np.float32)})
    with pytest.raises(ModelError, match="array text.intercept holds values that are not finite numbers"):
        load_model(copy)


def two_stage_folder(folder: Path) -> Path:
    """A model with trees: one root with two leaves for each function."""
    spec = CharacterNgrams(1, 1, 4)
    text = LinearModel(spec, np.zeros((16, 6), np.float32), np.zeros(6, np.float32))
    feature, strikes = np.zeros((6, 1), np.int16), np.ones((6, 1), np.uint16)
    trees = Trees(feature, np.zeros((6, 1)), strikes, np.ones((6, 2), np.float32), np.zeros(6, np.float32))
    tagger = Tagger("sentence", text, None, Context(("text", "position"), trees))
    save_model(tagger, folder, "trees", {"data_digest": "0", "speeches": {}}, {}, {})
    return folder


@pytest.mark.parametrize("column", [999, -5, 32767])
def test_trees_that_would_read_elsewhere_are_refused(tmp_path: Path, column: int) -> None:
    folder = two_stage_folder(tmp_path / "trees")
    assert load_model(folder).tagger.predict_proba([]).shape == (0, 6)
    change_arrays(folder, **{"trees.feature": np.full((6, 1), column, np.int16)})
    with pytest.raises(
        ModelError, match=r"6 questions of the trees ask columns that do not exist; accepted: columns 0–"
    ):
        load_model(folder)


def test_trees_that_strike_out_every_leaf_are_refused(tmp_path: Path) -> None:
    folder = two_stage_folder(tmp_path / "trees")
    change_arrays(folder, **{"trees.strikes": np.full((6, 1), 0xFFFF, np.uint16)})
    with pytest.raises(ModelError, match="6 trees strike out their last leaf; accepted: trees that leave one"):
        load_model(folder)


def test_trees_with_more_thresholds_than_can_be_ranked_are_refused(tmp_path: Path) -> None:
    folder = two_stage_folder(tmp_path / "trees")
    shape = (6000, 6)
    change_arrays(
        folder,
        **{
            "trees.feature": np.zeros(shape, np.int16),
            "trees.threshold": np.arange(36_000, dtype=np.float64).reshape(shape),
            "trees.strikes": np.zeros(shape, np.uint16),
            "trees.value": np.zeros((6000, 7), np.float32),
        },
    )
    with pytest.raises(ModelError, match="compare column 0 with 36,000 values; accepted: up to 32,767"):
        load_model(folder)


@pytest.mark.parametrize("shape", [(6006, 1), (6, 16), (5, 1), (6, 0)])
def test_trees_of_another_size_are_refused(tmp_path: Path, shape: tuple[int, int]) -> None:
    folder = two_stage_folder(tmp_path / "trees")
    change_arrays(folder, **{"trees.feature": np.zeros(shape, np.int16)})
    with pytest.raises(ModelError, match=r"array trees\.(feature|threshold|strikes|value) is"):
        load_model(folder)


@pytest.mark.parametrize("content", [b"{}", b"[]", b'{"speeches": [1]}', b"[" * 100_000])
def test_a_wrong_list_of_training_speeches_is_refused(copy: Path, content: bytes) -> None:
    change_file(copy, TRAINING, content)
    with pytest.raises(ModelError, match=r"training\.json: not a JSON object with “speeches”"):
        load_model(copy)
