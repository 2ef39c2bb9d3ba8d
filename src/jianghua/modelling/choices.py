"""Groups of the configuration that are chosen by name: Hydra meets `context=null` with a traceback."""

from collections.abc import Sequence

from jianghua.errors import UsageError
from jianghua.resources import configuration_folder


def check_choices(arguments: Sequence[str]) -> None:
    """See that every group on the command line is given a name, or several.

    Raises:
        UsageError: a group is given null or a number.

    >>> check_choices(["--multirun", "features=words,characters", "context=none", "seed=1"])
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    for argument in arguments:
        group = argument.partition("=")[0].lstrip("+")
        if not (configuration_folder() / group).is_dir() or "=" not in argument or group in ("", ".", ".."):
            continue
        try:
            (override,) = OverridesParser.create().parse_overrides([argument])
        except HydraException:
            continue  # Hydra tells what is wrong with it
        if not override.is_sweep_override() and not isinstance(override.value(), str | list):
            names = sorted(path.stem for path in (configuration_folder() / group).glob("*.yaml"))
            raise UsageError(f"{argument}: expected the name of a file of conf/{group}/: {', '.join(names)}")
