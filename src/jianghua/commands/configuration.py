"""Hydra's configuration → checked values and `Settings`: what is wrong is told at the door, not after hours of training."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from jianghua.errors import UsageError
from jianghua.labelling.cues import load_cues
from jianghua.labelling.table import LABEL_MODELS, LabelledCorpus
from jianghua.model.store import NAMES, is_name
from jianghua.resources import configuration_folder
from jianghua.tracking.runs import Tracking
from jianghua.training.rows import read_corpus
from jianghua.training.settings import Check, Settings, fit, one_of, or_null, rows_of, short, text, texts


def _paths(value: Any) -> tuple[str, ...]:
    paths = texts(value)
    if not paths:
        raise ValueError("a text, or a list of texts such as [one,two]")
    return paths


def _model_name(value: Any) -> str:
    if not is_name(text(value)):
        raise ValueError(NAMES)
    return text(value)


def _registered_name(value: Any) -> str:
    """What MLflow takes: refused there only once the model is trained."""
    name = text(value)
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
    name = text(value)
    if len(name) > 200 or not name.isprintable() or {".", "..", ""} & set(name.split("/")):
        raise ValueError("up to 200 characters that can be the name of a folder")
    return name


def _cues(value: Any) -> list[Any]:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ValueError("a list of cues, each with name, votes, where and pattern")
    return value


_SETTINGS = {key: (name, check) for name, key, check in rows_of(Settings)}
"""Settings of training by their names in configurations."""

_OTHERS: dict[str, Check] = {
    "corpus.raw": _paths,
    "corpus.gold": texts,
    "corpus.corrections": texts,
    "cues": _cues,
    "label_model": one_of(*LABEL_MODELS),
    "out": or_null(text),
    "model_path": or_null(text),
    "tracking.folder": text,
    "tracking.experiment": _experiment_name,
    "tracking.register": or_null(_registered_name),
    "tracking.question": or_null(text),
    "name": _model_name,
    "save": or_null(text),
}
"""All others, by their dotted names."""

_GROUPS = {key.partition(".")[0] for key in (*_SETTINGS, *_OTHERS) if "." in key}

LABEL = ("corpus.raw", "corpus.gold", "corpus.corrections", "cues", "label_model", "out")
EVALUATE = (*LABEL, "model_path", "tracking.folder", "seed")
TRAIN = (*_SETTINGS, *(key for key in _OTHERS if key not in ("out", "model_path", "tracking.question")))
"""What each verb cannot do without; `jianghua label` writes a table, too."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a verb was told: `settings` of training, all else by its dotted name, and everything as it was written."""

    settings: Settings
    values: Mapping[str, Any]
    written: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def path(self, key: str) -> Path | None:
        """A value that is a path, or none."""
        return None if self.values[key] is None else Path(self.values[key])

    def corpus(self) -> LabelledCorpus:
        """The corpus that is configured; see `read_corpus`."""
        where = (self["corpus.raw"], self["corpus.gold"], self["corpus.corrections"])
        return read_corpus(*where, cues=load_cues(self["cues"]), label_model=self["label_model"])

    @property
    def tracking(self) -> Tracking:
        """Where its runs are kept."""
        return Tracking(
            Path(self["tracking.folder"]), self["tracking.experiment"], self.values.get("tracking.question")
        )


def checked(config: DictConfig, needed: Sequence[str], below: str = "") -> Configuration:
    """The configuration with every value of its type and in its range.

    Args:
        needed: settings that must be there.
        below: only settings whose dotted names begin so are looked at.

    Raises:
        UsageError: a setting is not known, missing, or has a value that it does not take; the message names all three.
    """
    written = as_written(config)
    leaves = {key: value for key, value in _leaves(written) if key.startswith(below)}
    missing = [key for key in needed if key.startswith(below) and key not in leaves]
    if missing:
        raise UsageError(f"setting {', '.join(missing)} is missing; see the others with --cfg job")
    arguments: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for key, value in leaves.items():
        if key in _SETTINGS:
            name, check = _SETTINGS[key]
            arguments[name] = fit(key, value, check)
        elif key in _OTHERS:
            values[key] = fit(key, value, _OTHERS[key])
        else:
            raise UsageError(f"setting {key} is not known; known are {', '.join((*_OTHERS, *_SETTINGS))}")
    return Configuration(Settings(**arguments), values, written)


def as_written(config: DictConfig) -> Mapping[str, Any]:
    """The configuration as plain data, resolved.

    Raises:
        UsageError: it cannot be resolved, or lacks a value.
    """
    try:
        plain: Any = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    except OmegaConfBaseException as error:
        raise UsageError(f"configuration: {str(error).splitlines()[0]}; see it with --cfg job") from error
    written: Mapping[str, Any] = plain
    return written


def composed(verb: str, overrides: Sequence[str]) -> DictConfig:
    """What Hydra makes of the overrides, for verbs that are no Hydra applications.

    Raises:
        UsageError: an override is wrong.
    """
    from hydra import compose, initialize_config_dir
    from hydra.errors import HydraException

    with initialize_config_dir(str(configuration_folder()), version_base="1.3"):
        try:
            return compose(verb, list(overrides))
        except (HydraException, ValueError) as error:
            raise UsageError(f"settings {' '.join(overrides)}: {error}") from error


def purpose(experiment: str) -> str:
    """What a file of conf/experiment says it is for, in its second line; empty where there is no such file."""
    path = configuration_folder() / "experiment" / f"{experiment}.yaml"
    return path.read_text(encoding="utf-8").splitlines()[1].lstrip("# ") if experiment and path.is_file() else ""


def _leaves(node: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every setting by its dotted name."""
    for name, value in node.items():
        if name not in _GROUPS:
            yield name, value
        elif isinstance(value, dict):
            yield from ((f"{name}.{key}", item) for key, item in value.items())
        else:
            raise UsageError(f"{name} is {short(value)}; expected the settings of a file of conf/{name}/")
