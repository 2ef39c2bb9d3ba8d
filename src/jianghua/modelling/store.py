"""A saved model is data: a manifest, weights that cannot carry code, and what it was trained on.

Order of loading: read the manifest → check everything it says → check every hash → only then build (as in skops' audit).
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from jianghua.labels import FUNCTIONS
from jianghua.modelling.linear import UNITS, FeatureSpec, LinearTagger

FORMAT = "jianghua-model"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"
WEIGHTS = "weights.safetensors"
TRAINING = "training.json"
FILES = (WEIGHTS, TRAINING)
_LARGEST_MANIFEST = 1_000_000
_LARGEST_FILE = 200_000_000
_MOST_BITS = 20
_KINDS = ("characters", "words")
_MANIFEST_KEYS = {
    "format",
    "format_version",
    "name",
    "version",
    "functions",
    "unit",
    "headings",
    "features",
    "files",
    "metrics",
    "made_with",
}


class ModelError(ValueError):
    """A model folder that is missing, altered or unknown; the message names the file, what was found, what is accepted."""


@dataclass(frozen=True, slots=True)
class SavedModel:
    """A loaded model: the tagger, its name and version, and the digests of the speeches that it was trained on."""

    tagger: LinearTagger
    name: str
    version: str
    trained_on: Mapping[str, str]
    manifest: Mapping[str, Any]

    @property
    def title(self) -> str:
        """Name and version, as written beside every tag."""
        return f"{self.name} {self.version}"


def save_model(
    tagger: LinearTagger,
    folder: Path,
    name: str,
    training: Mapping[str, Any],
    metrics: Mapping[str, float],
    made_with: Mapping[str, str],
) -> str:
    """Write a model folder, whole or not at all; the same model gives the same bytes.

    Args:
        training: data_digest (str) and speeches (digest → name) of the training data.

    Returns:
        the version: first 8 hexadecimal digits of the SHA-256 of the weights.
    """
    from safetensors.numpy import save

    arrays = {"intercept": tagger.intercept, "text": tagger.text_weights.astype(np.float16)}
    if tagger.heading_weights is not None:
        arrays["headings"] = tagger.heading_weights.astype(np.float16)
    contents = {WEIGHTS: save(arrays), TRAINING: _json(training)}
    version = _sha256(contents[WEIGHTS])[:8]
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "name": name,
        "version": version,
        "functions": list(FUNCTIONS),
        "unit": tagger.unit,
        "headings": tagger.heading_weights is not None,
        "features": {
            "kind": tagger.spec.kind,
            "low": tagger.spec.low,
            "high": tagger.spec.high,
            "bits": tagger.spec.bits,
        },
        "files": {file: _sha256(data) for file, data in contents.items()},
        "metrics": dict(metrics),
        "made_with": dict(made_with),
    }
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    for file, data in {**contents, MANIFEST: _json(manifest)}.items():
        (fresh / file).write_bytes(data)
    fresh.chmod(0o755)
    if folder.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        folder.replace(old / "old")
        fresh.replace(folder)
        shutil.rmtree(old)
    else:
        fresh.replace(folder)
    return version


def load_model(folder: Path) -> SavedModel:
    """Check and load a model folder.

    Raises:
        ModelError: the folder or a file is missing, a hash or a value is not what it must be.
    """
    manifest = _read_manifest(folder)
    contents = {file: _read_checked(folder, file, manifest["files"][file]) for file in FILES}
    tagger = _build(folder, manifest, contents[WEIGHTS])
    try:
        speeches = json.loads(contents[TRAINING])["speeches"]
        trained_on = {str(digest): str(source) for digest, source in speeches.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ModelError(f"{folder / TRAINING}: not a JSON object with “speeches”; train the model again") from None
    return SavedModel(tagger, manifest["name"], manifest["version"], trained_on, manifest)


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not folder.is_dir():
        raise ModelError(
            f"{folder}: no such model folder; expected a folder with {MANIFEST} (run `jianghua train` to make one)"
        )
    if not path.is_file():
        raise ModelError(f"{path}: missing; a model folder holds {MANIFEST}, {', '.join(FILES)}")
    if path.stat().st_size > _LARGEST_MANIFEST:
        raise ModelError(f"{path}: {path.stat().st_size} bytes; a manifest has at most {_LARGEST_MANIFEST}")
    try:
        manifest = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path}: not JSON ({error})") from None
    if not isinstance(manifest, dict):
        raise ModelError(f"{path}: holds a {type(manifest).__name__}; expected a JSON object")

    def check(key: str, good: bool, accepted: str) -> None:
        if not good:
            raise ModelError(f"{path}: {key} is {_short(manifest.get(key))}; accepted: {accepted}")

    check("format", manifest.get("format") == FORMAT, FORMAT)
    check(
        "format_version",
        manifest.get("format_version") == FORMAT_VERSION,
        f"{FORMAT_VERSION} (a newer one needs a newer jianghua)",
    )
    unknown = set(manifest) - _MANIFEST_KEYS
    missing = _MANIFEST_KEYS - set(manifest)
    if unknown or missing:
        raise ModelError(
            f"{path}: unknown keys {_short(sorted(unknown))}, missing keys {sorted(missing)}; accepted: {sorted(_MANIFEST_KEYS)}"
        )
    check("functions", manifest["functions"] == list(FUNCTIONS), ", ".join(FUNCTIONS))
    check("unit", manifest["unit"] in UNITS, ", ".join(UNITS))
    check("headings", isinstance(manifest["headings"], bool), "true, false")
    for key in ("name", "version"):
        value = manifest[key]
        good = isinstance(value, str) and 0 < len(value) <= 60 and all(c.isalnum() or c in "-_." for c in value)
        check(key, good, "up to 60 letters, digits, - _ .")
    features = manifest["features"]
    check(
        "features",
        isinstance(features, dict)
        and set(features) == {"kind", "low", "high", "bits"}
        and features["kind"] in _KINDS
        and all(type(features[key]) is int for key in ("low", "high", "bits"))
        and 1 <= features["low"] <= features["high"] <= 5
        and 1 <= features["bits"] <= _MOST_BITS,
        f"kind {' or '.join(_KINDS)}, 1 ≤ low ≤ high ≤ 5, bits 1–{_MOST_BITS}",
    )
    files = manifest["files"]
    check("files", isinstance(files, dict) and set(files) == set(FILES), f"exactly {', '.join(FILES)}")
    return manifest


def _read_checked(folder: Path, file: str, expected: Any) -> bytes:
    path = folder / file
    if not path.is_file():
        raise ModelError(f"{path}: missing; a model folder holds {MANIFEST}, {', '.join(FILES)}")
    if path.stat().st_size > _LARGEST_FILE:
        raise ModelError(f"{path}: {path.stat().st_size} bytes; accepted: at most {_LARGEST_FILE}")
    data = path.read_bytes()
    found = _sha256(data)
    if found != expected:
        raise ModelError(
            f"{path}: altered or damaged: SHA-256 is {found}, the manifest says {_short(expected)}; fetch the model again"
        )
    return data


def _build(folder: Path, manifest: Mapping[str, Any], data: bytes) -> LinearTagger:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    path = folder / WEIGHTS
    spec = FeatureSpec(**manifest["features"])
    block = ((2**spec.bits, len(FUNCTIONS)), np.dtype(np.float16))
    expected: dict[str, tuple[tuple[int, ...], np.dtype[Any]]] = {
        "text": block,
        "intercept": ((len(FUNCTIONS),), np.dtype(np.float32)),
    }
    if manifest["headings"]:
        expected["headings"] = block
    size = sum(int(np.prod(shape)) * dtype.itemsize for shape, dtype in expected.values())
    if not size <= len(data) <= size + 10_000:
        raise ModelError(f"{path}: {len(data)} bytes; the manifest's features need {size} bytes of weights")
    try:
        arrays = load(data)
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise ModelError(f"{path}: not a safetensors file ({_short(str(error))})") from None
    found = {key: (array.shape, array.dtype) for key, array in arrays.items()}
    if found != expected:
        raise ModelError(f"{path}: holds arrays {_short(found)}; the manifest's features need {_short(expected)}")
    for key, array in arrays.items():
        if not np.isfinite(array).all():
            raise ModelError(
                f"{path}: array {key} holds values that are not finite numbers; accepted: finite numbers only"
            )
    return LinearTagger(
        spec,
        arrays["text"].astype(np.float32),
        arrays["headings"].astype(np.float32) if manifest["headings"] else None,
        arrays["intercept"],
        manifest["unit"],
    )


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _short(value: Any) -> str:
    said = repr(value)
    return said if len(said) <= 120 else said[:117] + "…"
