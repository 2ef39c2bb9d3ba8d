"""A saved model is data: a manifest, weights that cannot carry code, and what it was trained on.

Order of loading: read the manifest → check everything it says → check every hash → only then build (as in skops' audit).
"""

import hashlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jianghua.errors import ModelError, UsageError, access_to
from jianghua.files import replace_folder, write_bytes
from jianghua.labels import FUNCTIONS
from jianghua.model.evidence import SWITCHES, width_of
from jianghua.model.features import FEATURE_SETS, feature_set
from jianghua.model.linear import LinearModel
from jianghua.model.ngrams import LONGEST, MOST_BITS
from jianghua.model.tagger import UNITS, Context, Tagger
from jianghua.model.trees import MOST_LEAVES, MOST_THRESHOLDS, Trees

FORMAT = "jianghua-model"
FORMAT_VERSION = 2
MANIFEST = "manifest.json"
WEIGHTS = "weights.safetensors"
TRAINING = "training.json"
FILES = (WEIGHTS, TRAINING)
_LARGEST_MANIFEST = 1_000_000
_LARGEST_FILE = 200_000_000
_LARGEST_HEADER = 10_000
"""Of the weights: a file of a million empty arrays would take minutes."""
_MOST_TREES = 6000
MOST_ROUNDS = _MOST_TREES // len(FUNCTIONS)

_TREES = ("feature", "threshold", "strikes", "value", "baseline")
_MANIFEST_KEYS = {
    "format",
    "format_version",
    "name",
    "version",
    "functions",
    "unit",
    "headings",
    "context",
    "features",
    "files",
    "metrics",
    "made_with",
}


@dataclass(frozen=True, slots=True)
class SavedModel:
    """A loaded model: the tagger, its name and version, and the digests of the speeches that it was trained on.

    `digest` is the SHA-256 of the manifest, and so of all that the model is; `version` tells of its weights alone.
    """

    tagger: Tagger
    name: str
    version: str
    trained_on: Mapping[str, str]
    manifest: Mapping[str, Any]
    digest: str

    @property
    def title(self) -> str:
        """Name and version, as written beside every tag."""
        return f"{self.name} {self.version}"


def save_model(
    tagger: Tagger,
    folder: Path,
    name: str,
    training: Mapping[str, Any],
    metrics: Mapping[str, float],
    made_with: Mapping[str, str],
) -> str:
    """Write a model folder, whole or not at all; the same model gives the same bytes.

    A model that is there already stays until the new one is written beside it, loaded back and checked.

    Args:
        training: data_digest (str) and speeches (digest → name) of the training data.

    Returns:
        the version: first 8 hexadecimal digits of the SHA-256 of the weights.

    Raises:
        UsageError: the folder holds something else than a model, or the model could not be loaded again.
        AccessError: it cannot be written.
    """
    from safetensors.numpy import save

    arrays = _arrays(tagger)
    contents = {WEIGHTS: save(arrays), TRAINING: _json(training)}
    version = _sha256(contents[WEIGHTS])[:8]
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "name": name,
        "version": version,
        "functions": list(FUNCTIONS),
        "unit": tagger.unit,
        "features": tagger.text.features.as_data(),
        "headings": tagger.headings.features.as_data() if tagger.headings else None,
        "context": list(tagger.context.switches) if tagger.context else [],
        "files": {file: _sha256(data) for file, data in contents.items()},
        "metrics": dict(metrics),
        "made_with": dict(made_with),
    }
    check_place(folder)
    folder = folder.resolve()
    with access_to(folder), tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=_made(folder.parent)) as beside:
        fresh = Path(beside) / folder.name
        for file, data in {**contents, MANIFEST: _json(manifest)}.items():
            write_bytes(fresh / file, data)
        try:
            load_model(fresh)
        except ModelError as error:
            reason = str(error).replace(str(fresh), folder.name)
            raise UsageError(
                f"{folder}: not written, since the model could not be loaded again ({reason}); change the configuration"
            ) from error
        replace_folder(fresh, folder)
    return version


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def check_place(folder: Path) -> None:
    """See that a model can be written to `folder`: to a new or empty folder, or over a saved model and nothing else.

    Raises:
        UsageError: the folder holds something that is not of a saved model, and would be lost; or it lies inside one.
        AccessError: it cannot be read, or is no folder.
    """
    inside = next((above for above in folder.resolve().parents if _is_ours(above / MANIFEST)), None)
    if inside is not None:
        raise UsageError(
            f"{folder}: lies inside a saved model, {inside}, which would no longer load; save to a folder elsewhere"
        )
    with access_to(folder, "save to a folder, in a place that you may write to"):
        held = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
    strange = [name for name in held if name not in (MANIFEST, *FILES) or not (folder / name).is_file()]
    if strange:
        more = f" and {len(strange) - 1} more" if len(strange) > 1 else ""
        raise UsageError(
            f"{folder}: holds {_short(strange[0])}{more}, which a saved model would replace; "
            "save to a new folder, to an empty one, or over a saved model"
        )
    if held and not _is_ours(folder / MANIFEST):
        raise UsageError(
            f"{folder}: holds {', '.join(held)}, but its {MANIFEST} is not that of a saved model; save to another folder"
        )


def _is_ours(manifest: Path) -> bool:
    try:
        return bool(json.loads(manifest.read_bytes())["format"] == FORMAT)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def _arrays(tagger: Tagger) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {
        "text.weights": tagger.text.weights.astype(np.float16),
        "text.intercept": tagger.text.intercept,
    }
    if tagger.headings is not None:
        arrays["headings.weights"] = tagger.headings.weights.astype(np.float16)
        arrays["headings.intercept"] = tagger.headings.intercept
    if tagger.context is not None:
        trees = tagger.context.trees
        arrays |= {f"trees.{name}": getattr(trees, name) for name in _TREES}
    return arrays


def load_model(folder: Path) -> SavedModel:
    """Check and load a model folder.

    Raises:
        ModelError: the folder or a file is missing, a hash or a value is not what it must be.
    """
    manifest = _read_manifest(folder)
    _check_files(folder)
    contents = {file: _read_checked(folder, file, manifest["files"][file]) for file in FILES}
    tagger = _build(folder, manifest, contents[WEIGHTS])
    version = _sha256(contents[WEIGHTS])[:8]
    if manifest["version"] != version:
        raise ModelError(f"{folder / MANIFEST}: version is {manifest['version']}; accepted: {version}, of its weights")
    try:
        speeches = json.loads(contents[TRAINING])["speeches"]
        trained_on = {str(digest): str(source) for digest, source in speeches.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ModelError(f"{folder / TRAINING}: not a JSON object with “speeches”; train the model again") from None
    return SavedModel(tagger, manifest["name"], manifest["version"], trained_on, manifest, _sha256(_json(manifest)))


def _check_files(folder: Path) -> None:
    """No file that is not ours, none that is somewhere else: a folder is passed on as a whole."""
    for path in sorted(folder.iterdir()):
        if path.name not in (MANIFEST, *FILES):
            raise ModelError(
                f"{folder}: holds {_short(path.name)}; a model folder holds {MANIFEST}, {', '.join(FILES)}"
            )
        if path.is_symlink():
            raise ModelError(f"{path}: a symbolic link; a model folder holds the files themselves")


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not folder.is_dir():
        left = sorted(folder.parent.glob(f".{escape(folder.name)}.*.before/{escape(folder.name)}"))
        what_to_do = f"a save that was stopped left it at {left[0]}: move it back" if left else "run `jianghua train`"
        raise ModelError(f"{folder}: no such model folder; expected a folder with {MANIFEST} ({what_to_do})")
    if not path.is_file():
        raise ModelError(f"{path}: missing; a model folder holds {MANIFEST}, {', '.join(FILES)}")
    if path.stat().st_size > _LARGEST_MANIFEST:
        raise ModelError(f"{path}: {path.stat().st_size} bytes; a manifest has at most {_LARGEST_MANIFEST}")
    try:
        manifest = json.loads(path.read_bytes(), object_pairs_hook=_once, parse_constant=_refuse)
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
        type(manifest.get("format_version")) is int and manifest["format_version"] == FORMAT_VERSION,
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
    for key in ("name", "version"):
        value = manifest[key]
        check(key, isinstance(value, str) and is_name(value), NAMES)
    what = f"kind {' or '.join(FEATURE_SETS)}, 1 ≤ low ≤ high ≤ {LONGEST}, bits 1–{MOST_BITS}"
    check("features", _are_features(manifest["features"]), what)
    check("headings", manifest["headings"] is None or _are_features(manifest["headings"]), f"null, or {what}")
    context = manifest["context"]
    check(
        "context",
        isinstance(context, list) and all(item in SWITCHES for item in context),
        f"a list of {', '.join(SWITCHES)}",
    )
    check("metrics", _all_are(manifest["metrics"], int, float), "an object of numbers")
    check("made_with", _all_are(manifest["made_with"], str), "an object of strings")
    files = manifest["files"]
    check("files", isinstance(files, dict) and set(files) == set(FILES), f"exactly {', '.join(FILES)}")
    return manifest


NAMES = "up to 60 letters, digits, - _ ."
"""What a model may be called."""


def is_name(value: str) -> bool:
    """Whether a model may be called so.

    >>> is_name("jianghua-2.1"), is_name("my model")
    (True, False)
    """
    return 0 < len(value) <= 60 and all(c.isalnum() or c in "-_." for c in value)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) < len(pairs):
        raise ValueError("a key stands there twice; readers would disagree")
    return held


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _all_are(value: Any, *types: type) -> bool:
    return isinstance(value, dict) and all(type(item) in types for item in value.values())


def _are_features(value: Any) -> bool:
    try:
        return bool(value == feature_set(value).as_data())
    except (UsageError, TypeError, ValueError):
        return False


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


def _build(folder: Path, manifest: Mapping[str, Any], data: bytes) -> Tagger:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    path = folder / WEIGHTS
    header = int.from_bytes(data[:8], "little")
    if header > _LARGEST_HEADER:
        raise ModelError(
            f"{path}: not a safetensors file of ours: its header has {header} bytes; accepted: {_LARGEST_HEADER}"
        )
    try:
        arrays = load(data)
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise ModelError(f"{path}: not a safetensors file ({_short(str(error))})") from None
    expected = _expected(manifest, arrays.get("trees.feature"))
    found = {key: (array.shape, str(array.dtype)) for key, array in arrays.items()}
    for key in sorted(set(found) | set(expected)):
        if found.get(key) != expected.get(key):
            raise ModelError(
                f"{path}: array {_short(key)[1:-1]} is {found.get(key, 'missing')}; the manifest needs {expected.get(key, 'none')}"
            )
    for key, array in arrays.items():
        if not np.isfinite(array).all():
            raise ModelError(
                f"{path}: array {key} holds values that are not finite numbers; accepted: finite numbers only"
            )
    text = _linear(manifest["features"], arrays, "text")
    headings = _linear(manifest["headings"], arrays, "headings") if manifest["headings"] else None
    return Tagger(manifest["unit"], text, headings, _context(path, manifest, arrays))


def _expected(
    manifest: Mapping[str, Any], tree_features: NDArray[Any] | None
) -> dict[str, tuple[tuple[int, ...], str]]:
    """Shapes and types of the arrays that a manifest needs; the size of the trees is the file's own, within bounds."""
    functions = len(FUNCTIONS)
    shapes: dict[str, tuple[tuple[int, ...], str]] = {}
    for block in ("text", "headings"):
        features = manifest["features" if block == "text" else "headings"]
        if features:
            shapes[f"{block}.weights"] = ((2 ** features["bits"], functions), "float16")
            shapes[f"{block}.intercept"] = ((functions,), "float32")
    if manifest["context"]:
        size: tuple[int, ...] = (functions, 1)
        if tree_features is not None and tree_features.ndim == 2:
            trees, questions = tree_features.shape
            if 0 < trees <= _MOST_TREES and trees % functions == 0 and 0 < questions < MOST_LEAVES:
                size = (trees, questions)
        types = {"feature": "int16", "threshold": "float64", "strikes": "uint16"}
        shapes |= {f"trees.{name}": (size, kind) for name, kind in types.items()}
        shapes["trees.value"] = ((size[0], size[1] + 1), "float32")
        shapes["trees.baseline"] = ((functions,), "float32")
    return shapes


def _linear(features: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], block: str) -> LinearModel:
    return LinearModel(
        feature_set(features), arrays[f"{block}.weights"].astype(np.float32), arrays[f"{block}.intercept"]
    )


def _context(path: Path, manifest: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Context | None:
    """The second stage, once its trees are known to ask columns that exist."""
    if not manifest["context"]:
        return None
    trees = Trees(**{name: arrays[f"trees.{name}"] for name in _TREES})
    columns = width_of(manifest["context"])
    wrong = int(((trees.feature < 0) | (trees.feature >= columns)).sum())
    if wrong:
        raise ModelError(
            f"{path}: {wrong} questions of the trees ask columns that do not exist; accepted: columns 0–{columns - 1}"
        )
    asked = np.bincount(trees.feature.ravel())
    for column in np.flatnonzero(asked > MOST_THRESHOLDS).tolist():
        number = len(np.unique(trees.threshold[trees.feature == column]))
        if number > MOST_THRESHOLDS:
            raise ModelError(
                f"{path}: the trees compare column {column} with {number:,} values; accepted: up to {MOST_THRESHOLDS:,}"
            )
    last = trees.value.shape[1] - 1
    striking = int((trees.strikes >> last).any(axis=1).sum())
    if striking:
        raise ModelError(f"{path}: {striking} trees strike out their last leaf; accepted: trees that leave one")
    return Context(tuple(manifest["context"]), trees)


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _short(value: Any) -> str:
    said = repr(value)
    return said if len(said) <= 120 else said[:117] + "…"
