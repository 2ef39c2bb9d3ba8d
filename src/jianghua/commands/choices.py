"""Settings as people type them, before Hydra sees them: groups without a name, values in Chinese."""

import re
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
        if not override.is_sweep_override() and (not isinstance(override.value(), str | list) or not override.value()):
            names = sorted(path.stem for path in (configuration_folder() / group).glob("*.yaml"))
            raise UsageError(f"{argument}: expected the name of a file of conf/{group}/: {', '.join(names)}")


def readable(argument: str) -> str:
    r"""The setting as Hydra can read it: its grammar knows ASCII only, other values have to be in quotation marks.

    >>> print(readable("corpus.raw=[data/raw,讲话 2024]"), readable("name=mine"))
    corpus.raw=[data/raw,'讲话 2024'] name=mine
    """
    key, sign, value = argument.partition("=")
    if not sign or value.isascii() or "'" in value or '"' in value:
        return argument
    return key + sign + re.sub(r"[^\[\]{},:]*[^\x00-\x7f][^\[\]{},:]*", lambda words: quoted(words[0]), value)


def quoted(value: str) -> str:
    r"""A value that Hydra reads as it is, whatever is in it.

    >>> print(quoted("it's 50% (a, b)"))
    'it\'s 50% (a, b)'
    """
    escaped = re.sub(r"(\\*)('|$)", lambda found: found[1] * 2 + ("\\'" if found[2] else ""), value)
    return "'" + escaped.replace("${", "\\${") + "'"
