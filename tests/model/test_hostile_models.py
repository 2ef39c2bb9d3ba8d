"""Model folders and registries made to do harm: each is refused with its reason, and no code of theirs runs."""

import json
import os
import pickle
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pytest

import jianghua as jh
from jianghua.cli import main
from jianghua.errors import ModelError
from jianghua.model.store import MANIFEST, TRAINING, WEIGHTS, load_model
from jianghua.tracking.pyfunc import predict_texts
from jianghua.tracking.registry import log_model
from jianghua.tracking.runs import Tracking
from tests.model.test_store import change_arrays, change_file, change_manifest
from tests.speeches import COUNTY


class _Bomb:
    """Unpickling it makes a file."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> Any:
        return (open, (str(self.canary), "w"))


def bomb(canary: Path) -> bytes:
    return pickle.dumps(_Bomb(canary))


def test_the_payload_would_run_if_anything_loaded_it(tmp_path: Path) -> None:
    pickle.loads(bomb(tmp_path / "ran")).close()
    assert (tmp_path / "ran").exists()


def manifest(**changes: object) -> Callable[[Path, Path], None]:
    return lambda folder, canary: change_manifest(folder, lambda held: held.update(changes))


def header(**arrays: object) -> Callable[[Path, Path], None]:
    """Weights with a header that lies, and 64 bytes."""

    def change(folder: Path, canary: Path) -> None:
        said = json.dumps(arrays).encode()
        change_file(folder, WEIGHTS, len(said).to_bytes(8, "little") + said + bytes(64))

    return change


def array(shape: list[int], end: int, dtype: str = "F16") -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [0, end]}


def weights(data: Callable[[bytes, Path], bytes], vouched: bool = True) -> Callable[[Path, Path], None]:
    """Other weights; the manifest vouches for them, or not."""

    def change(folder: Path, canary: Path) -> None:
        changed = data((folder / WEIGHTS).read_bytes(), canary)
        if vouched:
            change_file(folder, WEIGHTS, changed)
        else:
            (folder / WEIGHTS).write_bytes(changed)

    return change


def numbers(**arrays: Any) -> Callable[[Path, Path], None]:
    return lambda folder, canary: change_arrays(folder, **{name.replace("_", "."): a for name, a in arrays.items()})


def linked(file: str, target: str) -> Callable[[Path, Path], None]:
    def change(folder: Path, canary: Path) -> None:
        (folder / file).unlink()
        (folder / file).symlink_to(target)

    return change


def replaced(file: str, data: Callable[[Path], bytes]) -> Callable[[Path, Path], None]:
    def change(folder: Path, canary: Path) -> None:
        (folder / file).write_bytes(data(canary))

    return change


def pipe(folder: Path, canary: Path) -> None:
    (folder / WEIGHTS).unlink()
    os.mkfifo(folder / WEIGHTS)


def secret_elsewhere(folder: Path, canary: Path) -> None:
    canary.with_name("secret").write_bytes(b"secret")
    linked(WEIGHTS, str(canary.with_name("secret")))(folder, canary)


def moved_and_linked(folder: Path, canary: Path) -> None:
    (folder / WEIGHTS).rename(canary.with_name("weights"))
    (folder / WEIGHTS).symlink_to(canary.with_name("weights"))


NOT_SAFETENSORS = r"weights\.safetensors: not a safetensors file"
LINKED = r"weights\.safetensors: (missing|a symbolic link); a model folder holds"
ALTERED = r"weights\.safetensors: altered or damaged: SHA-256 is [0-9a-f]{64}, the manifest says"

ATTACKS: dict[str, tuple[Callable[[Path, Path], None], str]] = {
    "weights are a pickle": (weights(lambda data, canary: bomb(canary)), NOT_SAFETENSORS),
    "weights are a pickle of the old length": (
        weights(lambda data, canary: bomb(canary).ljust(len(data), b".")),
        NOT_SAFETENSORS,
    ),
    "weights end in a pickle": (weights(lambda data, canary: data + bomb(canary)), NOT_SAFETENSORS),
    "weights the manifest does not vouch for": (weights(lambda data, canary: bomb(canary), vouched=False), ALTERED),
    "training list is a pickle": (
        lambda folder, canary: change_file(folder, TRAINING, bomb(canary)),
        r"training\.json: not a JSON object",
    ),
    "manifest is a pickle": (replaced(MANIFEST, bomb), r"manifest\.json: not JSON"),
    "manifest trusts code": (manifest(trusted=["os.system"]), r"unknown keys \['trusted'\]"),
    "manifest names a loader": (
        manifest(loader_module="os", python_model="python_model.pkl"),
        r"unknown keys \['loader_module', 'python_model'\]",
    ),
    "features are a class": (
        manifest(features={"_target_": "os.system", "kind": "characters", "low": 1, "high": 2, "bits": 12}),
        "features is .*accepted: kind characters or words",
    ),
    "features are methods": (
        manifest(features={"kind": "__import__", "low": 1, "high": 2, "bits": 12}),
        "features is .*accepted: kind characters or words",
    ),
    "a path leads out": (manifest(files={"../../etc/passwd": "0"}), "files is .*accepted: exactly weights.safetensors"),
    "one path of three leads out": (
        lambda folder, canary: change_manifest(folder, lambda held: held["files"].update({"../x": "0"})),
        "files is .*accepted: exactly weights.safetensors",
    ),
    "an absolute path": (manifest(files={"/etc/passwd": "0", WEIGHTS: "0"}), "files is .*accepted: exactly weights"),
    "files are a list": (manifest(files=[WEIGHTS, TRAINING]), "files is .*accepted: exactly weights"),
    "weights are a link to another file": (secret_elsewhere, f"{ALTERED}|a symbolic link"),
    "weights are a link to an endless device": (linked(WEIGHTS, "/dev/zero"), LINKED),
    "weights are a link to themselves": (linked(WEIGHTS, WEIGHTS), LINKED),
    "weights are a pipe that never speaks": (pipe, "weights.safetensors: missing"),
    "manifest is a link to an endless device": (linked(MANIFEST, "/dev/zero"), "manifest.json: missing"),
    "wrong hash": (manifest(files={WEIGHTS: "0" * 64, TRAINING: "0" * 64}), ALTERED),
    "a hash that is none": (manifest(files={WEIGHTS: None, TRAINING: []}), ALTERED),
    "truncated weights": (weights(lambda data, canary: data[: len(data) // 2], vouched=False), ALTERED),
    "truncated weights, vouched for": (weights(lambda data, canary: data[: len(data) // 2]), NOT_SAFETENSORS),
    "no weights": (weights(lambda data, canary: b""), NOT_SAFETENSORS),
    "a terabyte of weights": (
        lambda folder, canary: os.truncate(folder / WEIGHTS, 10**12),
        "1000000000000 bytes; accepted: at most 200000000",
    ),
    "2^60 elements": (header(a=array([2**60], 2**61)), NOT_SAFETENSORS),
    "2^60 elements in 64 bytes": (header(a=array([2**60], 64)), NOT_SAFETENSORS),
    "a size that overflows": (header(a=array([2**63, 2], 0)), NOT_SAFETENSORS),
    "a size below zero": (header(a=array([-1], 64)), NOT_SAFETENSORS),
    "arrays over each other": (header(a=array([32], 64), b=array([32], 64)), NOT_SAFETENSORS),
    "an array of objects": (header(a=array([8], 64, "O")), NOT_SAFETENSORS),
    "a type that numpy lacks": (header(a=array([32], 64, "BF16")), NOT_SAFETENSORS),
    "a header without end": (weights(lambda data, canary: b"\xff" * 8 + data[8:]), NOT_SAFETENSORS),
    "a deep header": (
        weights(lambda data, canary: (10**6).to_bytes(8, "little") + b"[" * 10**6),
        NOT_SAFETENSORS,
    ),
    "weights are not numbers": (numbers(text_intercept=np.full(6, np.nan, np.float32)), "not finite numbers"),
    "weights are endless": (numbers(text_weights=np.full((4096, 6), np.inf, np.float16)), "not finite numbers"),
    "weights of another shape": (numbers(text_intercept=np.zeros(7, np.float32)), r"array text.intercept is \(\(7,\)"),
    "weights of another type": (numbers(text_intercept=np.zeros(6)), r"array text.intercept is \(\(6,\), 'float64'\)"),
    "an array too many": (numbers(a_b=np.zeros(1)), "array a.b is .*; the manifest needs none"),
    "labels with HTML": (manifest(functions=["<img src=x onerror=alert(1)>"] * 6), "functions is .*accepted: achie"),
    "labels in another order": (
        lambda folder, canary: change_manifest(folder, lambda held: held["functions"].reverse()),
        "functions is .*accepted: achievements",
    ),
    "a name with HTML": (manifest(name="<script>alert(1)</script>"), "name is .*accepted: up to 60"),
    "a name that steers the terminal": (manifest(name="\x1b[2J"), r"name is '\\x1b\[2J'; accepted: up to 60"),
    "a name that is a path": (manifest(name="../../x"), "name is .*accepted: up to 60"),
    "a version that is a formula": (manifest(version="=1+1"), "version is .*accepted: up to 60"),
    "a format of the future": (manifest(format_version=99), "format_version is 99; accepted: 2"),
    "a format that is text": (manifest(format_version="2"), "format_version is '2'; accepted: 2"),
    "another format": (manifest(format="pickle"), "format is 'pickle'; accepted: jianghua-model"),
    "deep JSON": (replaced(MANIFEST, lambda canary: b'{"a":' * 100_000), r"manifest\.json: not JSON"),
    "a number of 5000 digits": (
        replaced(MANIFEST, lambda canary: b'{"format_version": ' + b"9" * 5000 + b"}"),
        r"manifest\.json: not JSON",
    ),
    "a huge manifest": (
        manifest(metrics={str(number): 0.0 for number in range(100_000)}),
        r"manifest\.json: \d{7} bytes; a manifest has at most 1000000",
    ),
    "a version of other weights": (manifest(version="00000000"), "version is 00000000; accepted: [0-9a-f]{8}, of its"),
    "a key twice": (
        lambda folder, canary: replaced(
            MANIFEST, lambda c: (folder / MANIFEST).read_bytes().replace(b"{", b'{"format": "pickle",', 1)
        )(folder, canary),
        r"manifest\.json: not JSON \(a key stands there twice",
    ),
    "metrics that are no numbers": (manifest(metrics={"macro_f1": "<script>"}), "metrics is .*an object of numbers"),
    "metrics that are no JSON": (manifest(metrics={"macro_f1": float("nan")}), r"not JSON \(NaN is no JSON"),
    "a format that is a fraction": (manifest(format_version=2.0), "format_version is 2.0; accepted: 2"),
    "a pickle beside the weights": (
        lambda folder, canary: replaced("model.pkl", bomb)(folder, canary),
        "holds 'model.pkl'; a model folder holds manifest.json, weights.safetensors, training.json",
    ),
    "weights are a link to the right ones": (moved_and_linked, "weights.safetensors: a symbolic link"),
    "a million empty arrays": (
        header(**{str(number): array([0], 0) for number in range(20_000)}),
        "its header has [0-9]+ bytes; accepted: 10000",
    ),
    "an array whose name steers the terminal": (header(**{"\x1b[2J": array([32], 64)}), r"array \\x1b\[2J is"),
    "a context that is code": (
        manifest(context=[{"__reduce__": "os.system"}]),
        "context is .*accepted: a list of text",
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_hostile_folder_is_refused_and_nothing_of_it_runs(attack: str, model_folder: Path, tmp_path: Path) -> None:
    change, reason = ATTACKS[attack]
    folder = Path(shutil.copytree(model_folder, tmp_path / "model"))
    canary = tmp_path / "ran"
    change(folder, canary)
    with pytest.raises(ModelError, match=reason) as caught:
        load_model(folder)
    assert not canary.exists()
    assert str(folder) in str(caught.value), "the file is named"
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 1500


def test_there_are_attacks_enough() -> None:
    assert len(ATTACKS) >= 15


def test_a_command_with_a_hostile_model_says_why_and_writes_nothing(
    model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(model_folder, tmp_path / "model"))
    change_file(folder, WEIGHTS, bomb(tmp_path / "ran"))
    (tmp_path / "county.txt").write_text(COUNTY, encoding="utf-8")
    assert main(["tag", str(tmp_path / "county.txt"), "-o", str(tmp_path / "out"), "--model", str(folder)]) == 2
    assert "weights.safetensors: not a safetensors file" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "ran").exists()


# the registry


class Registry:
    """A registry with one model of ours, to be tampered with."""

    def __init__(self, folder: Path, model_folder: Path) -> None:
        self.folder = folder
        tracking = Tracking(folder, "training")
        texts = ["谢谢大家！"]
        with mlflow.start_run(experiment_id=tracking.prepare()):
            version = log_model(model_folder, texts, predict_texts(model_folder, texts), "speeches")
        mlflow.MlflowClient().set_registered_model_alias("speeches", "champion", version)
        (mlmodel,) = folder.rglob("MLmodel")
        self.artifacts = mlmodel.parent
        (found,) = folder.rglob(MANIFEST)
        self.model = found.parent

    def move(self, location: str) -> None:
        """Let the database say that the model is elsewhere."""
        with sqlite3.connect(self.folder / "mlflow.db") as database:
            database.execute("UPDATE model_versions SET source = ?, storage_location = ?", (location, location))
        database.close()


@pytest.fixture
def registry(model_folder: Path, tmp_path: Path) -> Iterator[Registry]:
    before = mlflow.get_tracking_uri()
    yield Registry(tmp_path / "registry", model_folder)
    mlflow.set_tracking_uri(before)


def tag(registry: Registry, tmp_path: Path) -> int:
    (tmp_path / "county.txt").write_text(COUNTY, encoding="utf-8")
    flags = ["--model", "models:/speeches@champion", "--tracking", str(registry.folder), "--quiet"]
    return main(["tag", str(tmp_path / "county.txt"), "-o", str(tmp_path / "out"), *flags])


def test_python_loads_a_registered_model_as_the_command_does(registry: Registry, model_folder: Path) -> None:
    tagger = jh.load("models:/speeches@champion", tracking=registry.folder)
    assert tagger.version == jh.load(model_folder).version


def evil_module(registry: Registry, canary: Path) -> None:
    """What makes MLflow's own loader run code of the model's folder."""
    (registry.artifacts / "code").mkdir()
    (registry.artifacts / "code" / "evil.py").write_text(f"open({str(canary)!r}, 'w')\ndef _load_pyfunc(path): ...\n")
    (registry.artifacts / "python_model.pkl").write_bytes(bomb(canary))
    text = (registry.artifacts / "MLmodel").read_text()
    text = text.replace(
        "loader_module: jianghua.tracking.pyfunc", "loader_module: evil\n    python_model: python_model.pkl"
    )
    (registry.artifacts / "MLmodel").write_text(text.replace("code: null", "code: code"))


def second_model(registry: Registry, canary: Path) -> None:
    shutil.copytree(registry.model, registry.model.with_name("second"))


def bomb_instead(registry: Registry, canary: Path) -> None:
    change_file(registry.model, WEIGHTS, bomb(canary))


def altered(registry: Registry, canary: Path) -> None:
    data = bytearray((registry.model / WEIGHTS).read_bytes())
    data[-1] ^= 1
    (registry.model / WEIGHTS).write_bytes(data)


def another_manifest(registry: Registry, canary: Path) -> None:
    change_manifest(registry.model, lambda held: held.update(trusted=["os.system"]))


def pickle_elsewhere(registry: Registry, canary: Path) -> None:
    elsewhere = canary.with_name("elsewhere")
    elsewhere.mkdir()
    (elsewhere / "model.pkl").write_bytes(bomb(canary))
    registry.move(elsewhere.as_uri())


def the_same_elsewhere(registry: Registry, canary: Path) -> None:
    shutil.copytree(registry.artifacts, canary.with_name("elsewhere"))
    registry.move(canary.with_name("elsewhere").as_uri())


def on_the_network(registry: Registry, canary: Path) -> None:
    registry.move("http://127.0.0.1:9/model")


def linked_out(registry: Registry, canary: Path) -> None:
    registry.model.rename(canary.with_name("elsewhere"))
    registry.model.symlink_to(canary.with_name("elsewhere"))


def nowhere(registry: Registry, canary: Path) -> None:
    shutil.rmtree(registry.artifacts)


REGISTRIES: dict[str, tuple[Callable[[Registry, Path], None], str]] = {
    "altered weights": (altered, "weights.safetensors: altered or damaged: SHA-256 is"),
    "a pickle for weights": (bomb_instead, "weights.safetensors: not a safetensors file"),
    "a manifest that trusts code": (another_manifest, "unknown keys ['trusted']"),
    "a second model": (second_model, "models:/speeches@champion: holds 2 model folders of ours; expected one"),
    "a pickle elsewhere": (pickle_elsewhere, "models:/speeches@champion: "),
    "the same elsewhere": (the_same_elsewhere, "elsewhere'; expected a folder below "),
    "an address of the network": (
        on_the_network,
        "its files are at 'http://127.0.0.1:9/model'; expected a folder below ",
    ),
    "a folder that is a link": (linked_out, "models:/speeches@champion: a symbolic link leads out of "),
    "no files": (nowhere, "models:/speeches@champion: "),
}


@pytest.mark.slow
@pytest.mark.parametrize("attack", REGISTRIES)
def test_a_tampered_registry_is_refused_and_nothing_of_it_runs(
    attack: str, registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tag(registry, tmp_path) == 0
    shutil.rmtree(tmp_path / "out")
    change, reason = REGISTRIES[attack]
    change(registry, tmp_path / "ran")
    capsys.readouterr()
    assert tag(registry, tmp_path) == 2
    assert reason in capsys.readouterr().err
    assert not (tmp_path / "ran").exists()
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_what_mlflow_would_run_is_not_run_by_tag(registry: Registry, tmp_path: Path) -> None:
    evil_module(registry, tmp_path / "ran")
    assert tag(registry, tmp_path) == 0, "the model's data is untouched, and nothing else is read"
    assert not (tmp_path / "ran").exists()


@pytest.mark.slow
@pytest.mark.parametrize("attack", ["altered weights", "a pickle for weights", "a manifest that trusts code"])
def test_mlflows_own_loader_meets_the_same_checks(attack: str, registry: Registry, tmp_path: Path) -> None:
    change, reason = REGISTRIES[attack]
    change(registry, tmp_path / "ran")
    with pytest.raises(ModelError) as caught:
        mlflow.pyfunc.load_model("models:/speeches@champion")
    assert reason in str(caught.value)
    assert not (tmp_path / "ran").exists()
