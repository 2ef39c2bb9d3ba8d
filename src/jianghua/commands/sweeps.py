"""Hydra's word that a sweep begins or ends, passed on to its run in MLflow."""

from collections.abc import Mapping, Sequence
from typing import Any

from hydra.experimental.callback import Callback
from omegaconf import DictConfig, OmegaConf

from jianghua.commands.configuration import TRAIN, checked
from jianghua.tracking.sweeps import close_sweep, open_sweep


class SweepCallback(Callback):
    """Hydra callback: opens a parent run before a sweep's first job and closes it after the last."""

    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Start the parent run."""
        overrides = [str(item) for item in config.hydra.overrides.task]
        swept = swept_keys(overrides, config.hydra.sweeper.get("params") or {})
        ours = OmegaConf.masked_copy(
            config, [str(key) for key in config if key != "hydra"]
        )  # Hydra's has no values yet
        open_sweep(checked(ours, TRAIN, below="tracking.").tracking, overrides, swept)

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        """End the parent run."""
        close_sweep(all_jobs_ended=True)


def swept_keys(overrides: Sequence[str], params: Mapping[str, Any]) -> list[str]:
    """What differs between the jobs of a sweep: keys with several values, on the command line or in hydra.sweeper.params.

    >>> swept_keys(["seed=1", "unit=sentence,paragraph"], {})
    ['unit']
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser

    parsed = OverridesParser.create().parse_overrides(list(overrides))
    keys = [item.get_key_element().lstrip("+") for item in parsed if item.is_sweep_override()]
    return list(dict.fromkeys([*keys, *map(str, params)]))
