"""Types and ranges of the configuration, in one table: what is wrong is told at the door, not after hours of training."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from jianghua.errors import UsageError
from jianghua.labelling.table import LABEL_MODELS
from jianghua.model.evidence import SWITCHES
from jianghua.model.store import MOST_BITS, MOST_CHARACTERS, MOST_ROUNDS, NAMES, is_name
from jianghua.model.tagger import UNITS
from jianghua.model.trees import MOST_LEAVES
from jianghua.training.folds import SPLITS

Check = Callable[[Any], Any]
"""Takes a value, returns it as it is used, or raises ValueError with what is expected."""

_BUILT = ("features", "model")
"""Groups that name a class: it says itself which other keys it takes."""


def _text(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)  # a folder called 2024
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise ValueError("a text (in quotes where it looks like a number or a list)")
    return value


def _texts(value: Any) -> list[str]:
    """A list of texts; one text is a list of one."""
    try:
        return [_text(item) for item in (value if isinstance(value, list) else [value])]
    except ValueError:
        raise ValueError("a text, or a list of texts such as [one,two]") from None


def _paths(value: Any) -> Any:
    """One path or a list of them, as `as_list` reads it."""
    paths = _texts(value)
    if not paths:
        raise ValueError("at least one path")
    return paths if isinstance(value, list) else paths[0]


def _or_null(check: Check) -> Check:
    def checked(value: Any) -> Any:
        try:
            return None if value is None else check(value)
        except ValueError as error:
            raise ValueError(f"{error}, or null") from None

    return checked


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _integer(low: int, high: int) -> Check:
    def checked(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return value

    return checked


def _number(low: float, high: float) -> Check:
    def checked(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(
                f"a number from {low:g} to {high:g}" if math.isfinite(high) else f"a number from {low:g} on"
            )
        if math.isinf(value):
            raise ValueError("a finite number")
        return value

    return checked


def _one_of(*choices: str) -> Check:
    def checked(value: Any) -> str:
        if value not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return str(value)

    return checked


def _some_of(*choices: str) -> Check:
    def checked(value: Any) -> list[str]:
        if not isinstance(value, list) or not all(item in choices for item in value):
            raise ValueError(f"a list of some of {', '.join(choices)}")
        return value

    return checked


def _shares(value: Any) -> list[float]:
    try:
        return [_number(1e-9, 1)(item) for item in value] if isinstance(value, list) else [_number(1e-9, 1)(value)]
    except ValueError:
        raise ValueError("a list of numbers above 0 and up to 1") from None


def _model_name(value: Any) -> str:
    if not is_name(_text(value)):
        raise ValueError(NAMES)
    return _text(value)


def _registered_name(value: Any) -> str:
    """What MLflow takes: refused there only once the model is trained."""
    name = _text(value)
    if (
        any(c in "/:" or not c.isprintable() for c in name)
        or name != name.strip()
        or name in (".", "..")
        or len(name) > 200
    ):
        raise ValueError("up to 200 characters without / and :")
    return name


def _experiment_name(value: Any) -> str:
    """The artifacts are kept in a folder of this name."""
    name = _text(value)
    if len(name) > 200 or not name.isprintable() or {".", "..", ""} & set(name.split("/")):
        raise ValueError("up to 200 characters that can be the name of a folder")
    return name


def _cues(value: Any) -> list[Any]:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ValueError("a list of cues, each with name, votes, where and pattern")
    return value


SETTINGS: dict[str, Check] = {
    "corpus.raw": _paths,
    "corpus.gold": _or_null(_paths),
    "corpus.corrections": _or_null(_paths),
    "cues": _cues,
    "label_model": _one_of(*LABEL_MODELS),
    "out": _or_null(_text),
    "model_path": _or_null(_text),
    "features._target_": _text,
    "features.low": _integer(1, MOST_CHARACTERS),
    "features.high": _integer(1, MOST_CHARACTERS),
    "features.bits": _integer(1, MOST_BITS),
    "model._target_": _text,
    "context.see": _some_of(*SWITCHES),
    "context.iterations": _integer(0, MOST_ROUNDS),
    "context.leaves": _integer(0, MOST_LEAVES),
    "context.learning_rate": _number(0, 1000),
    "split.kind": _one_of(*SPLITS),
    "split.folds": _integer(0, 1_000_000),
    "split.test": _or_null(_texts),
    "tracking.folder": _text,
    "tracking.experiment": _experiment_name,
    "tracking.register": _or_null(_registered_name),
    "tracking.question": _or_null(_text),
    "name": _model_name,
    "seed": _integer(0, 2**32 - 1),
    "unit": _one_of(*UNITS),
    "headings": _boolean,
    "weak_weight": _number(0, 1000),
    "jobs": _integer(1, 1024),
    "learning_curve": _or_null(_shares),
    "save": _or_null(_text),
}
"""Every setting of label, train and evaluate, by its dotted name."""

LABEL = ("corpus.raw", "corpus.gold", "corpus.corrections", "cues", "label_model", "out")
EVALUATE = (*LABEL, "model_path", "tracking.folder", "seed")
TRAIN = tuple(key for key in SETTINGS if key not in ("out", "model_path", "features.low", "tracking.question"))
"""What each verb cannot do without; `jianghua label` writes a table, too."""


def checked(config: DictConfig, needed: Iterable[str], below: str = "") -> DictConfig:
    """The configuration with every value of its type and in its range, in a copy.

    Args:
        needed: settings that must be there.
        below: only settings whose dotted names begin so are checked.

    Raises:
        UsageError: a setting is not known, missing, or has a value that it does not take; the message names all three.
    """
    try:
        plain: Any = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    except OmegaConfBaseException as error:
        raise UsageError(f"configuration: {str(error).splitlines()[0]}; see it with --cfg job") from error
    values = {key: value for key, value in _leaves(plain) if key.startswith(below)}
    missing = [key for key in needed if key.startswith(below) and key not in values]
    if missing:
        raise UsageError(f"setting {', '.join(missing)} is missing; see the others with --cfg job")
    copy = config.copy()
    with open_dict(copy):
        for key, value in values.items():
            fitting = _check(key, value)
            if fitting != value:
                OmegaConf.update(copy, key, fitting)
    if not below:
        _check_together(values)
    return copy


def _leaves(node: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every setting by its dotted name."""
    groups = {key.partition(".")[0] for key in SETTINGS if "." in key}
    for name, value in node.items():
        if name not in groups:
            yield name, value
        elif isinstance(value, dict):
            yield from ((f"{name}.{key}", item) for key, item in value.items())
        else:
            raise UsageError(f"{name} is {_short(value)}; expected the settings of a file of conf/{name}/")


def _check(key: str, value: Any) -> Any:
    if key not in SETTINGS:
        if key.partition(".")[0] in _BUILT:
            return value
        raise UsageError(f"setting {key} is not known; known are {', '.join(SETTINGS)}")
    try:
        return SETTINGS[key](value)
    except ValueError as error:
        words = "is not known; use" if str(error).startswith("one of") else "does not fit; expected"
        raise UsageError(f"{key} {_short(value)} {words} {error}") from None


def _check_together(values: Mapping[str, Any]) -> None:
    """What fits alone and not together."""
    low, high = values.get("features.low", 1), values.get("features.high", MOST_CHARACTERS)
    if low > high:
        raise UsageError(f"features.low {low} does not fit features.high {high}; expected low up to high")
    if values.get("context.see"):
        if values["unit"] != "sentence":
            raise UsageError(f"unit {values['unit']} does not fit a second stage; use unit=sentence, or context=none")
        for name, least in (("iterations", 1), ("leaves", 2), ("learning_rate", 1e-9)):
            value = values[f"context.{name}"]
            if value < least:
                raise UsageError(f"context.{name} {value} does not fit context.see; expected more, or context=none")
    if values.get("split.kind") == "grouped" and values["split.folds"] < 2:
        raise UsageError(f"split.folds {values['split.folds']} does not fit; expected a whole number from 2 on")


def _short(value: Any) -> str:
    said = repr(value)
    return said if len(said) <= 120 else said[:117] + "…"
