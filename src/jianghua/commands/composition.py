"""Hydra's own settings are checked before Hydra builds anything of them: callbacks, launcher, sweeper, logging.

A configuration may come from a stranger (`--config-dir DIR experiment=theirs`), and Hydra imports and calls what it names.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hydra._internal.hydra as hydra_internals
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.errors import ConfigCompositionException
from omegaconf import DictConfig, ListConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from jianghua.errors import UsageError
from jianghua.resources import configuration_folder

BUILT = (
    "hydra._internal.core_plugins.basic_launcher.BasicLauncher",
    "hydra._internal.core_plugins.basic_sweeper.BasicSweeper",
    "hydra.experimental.callbacks.LogJobReturnCallback",
    "hydra_plugins.hydra_joblib_launcher.joblib_launcher.JoblibLauncher",
    "jianghua.commands.sweeps.SweepCallback",
    "logging.FileHandler",
    "logging.Formatter",
    "logging.NullHandler",
    "logging.StreamHandler",
)
"""What Hydra may build; its launcher and its sweeper may be those of any installed plugin, too."""

_PLUGINS = ("hydra.launcher._target_", "hydra.sweeper._target_")
_HOLD_CLASSES = ("callbacks", "launcher", "sweeper", "job_logging", "hydra_logging")
_STREAMS = ("ext://sys.stdout", "ext://sys.stderr")
_PARAMS = "hydra.sweeper.params."
_ANYWHERE = ("hydra.mode", "hydra.help.", _PARAMS)
"""What files outside our folder of configuration may set of Hydra's; the command line may set the rest."""
_UNDECIDED = re.compile(r"\$\{.*\}", re.DOTALL)


class RefusedSettingError(UsageError, ConfigCompositionException):
    """A setting of Hydra's own that is not taken; Hydra prints its message without a traceback."""


class CheckedLoader(ConfigLoaderImpl):
    """Hydra's loader, which composes every configuration, those of a sweep's jobs as well."""

    def load_configuration(self, *arguments: Any, **named: Any) -> DictConfig:
        """Compose; nothing is built yet.

        Raises:
            RefusedSettingError: Hydra would build something that is not on the list.
        """
        config = super().load_configuration(*arguments, **named)
        for key, value in _settings(config.hydra, "hydra"):
            if key.rpartition(".")[2] in ("_target_", "class", "()"):
                plugin = key in _PLUGINS and str(value).startswith("hydra_plugins.")  # Hydra takes those it has found
                _refuse_unless(value in BUILT or plugin, key, value, f"allowed: {', '.join(BUILT)}")
            elif isinstance(value, str) and value.startswith("ext://"):
                _refuse_unless(value in _STREAMS, key, value, f"allowed: {', '.join(_STREAMS)}")
            elif isinstance(value, str) and key.split(".")[1] in _HOLD_CLASSES:
                _refuse_unless(not _UNDECIDED.fullmatch(value), key, value, "write out what it stands for")
        return config

    def _load_single_config(self, default: Any, repo: Any) -> Any:
        file = super()._load_single_config(default, repo)
        if file.path.startswith("structured:") or file.path in (
            "pkg://hydra.conf",
            f"file://{configuration_folder()}",
        ):
            return file
        path = f"{file.path.removeprefix('file://')}/{default.config_path}.yaml"
        ours = _settings_of_file(configuration_folder() / f"{default.config_path}.yaml")  # a copy may say the same
        for key, value in _settings_of(file.config):
            good = key.startswith(_ANYWHERE) and not _is_of_hydra(key.removeprefix(_PARAMS).lstrip("+~"))
            accepted = "a file of yours may set hydra.mode and hydra.sweeper.params; give this one on the command line"
            _refuse_unless(good or (key in ours and ours[key] == value), f"{path}: {key}", value, accepted)
        return file


def check_what_hydra_builds() -> None:
    """Make Hydra compose with `CheckedLoader` from here on; it has no other place for it."""
    hydra_internals.ConfigLoaderImpl = CheckedLoader  # type: ignore[attr-defined]


def _is_of_hydra(swept: str) -> bool:
    return re.match(r"hydra\b(?!\.(mode|help)\b)", swept) is not None


def _settings_of_file(path: Path) -> dict[str, Any]:
    return dict(_settings_of(OmegaConf.load(path))) if path.is_file() else {}


def _settings_of(config: Any) -> Iterator[tuple[str, Any]]:
    """What a configuration sets of Hydra's, as it is written."""
    content = OmegaConf.to_container(config) if isinstance(config, DictConfig) else {}
    return _settings(content.get("hydra", {}), "hydra") if isinstance(content, dict) else iter(())


def _settings(node: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Names and values below a node; an interpolation that has no value yet is its own text."""
    if isinstance(node, DictConfig | ListConfig):
        if node._is_none() or node._is_missing():
            return
        content: Any = OmegaConf.to_container(node)
    elif isinstance(node, dict | list):
        content = node
    else:
        yield where, node
        return
    for key in content if isinstance(content, dict) else range(len(content)):
        try:
            value = node[key]
        except OmegaConfBaseException:
            value = content[key]
        yield from _settings(value, f"{where}.{key}")


def _refuse_unless(good: bool, key: str, value: Any, accepted: str) -> None:
    if not good:
        raise RefusedSettingError(f"{key} is {str(value)[:120]!r}, which is not taken; {accepted}")
