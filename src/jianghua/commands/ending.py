"""How a verb ends that cannot go on: what it says, and its exit status."""

import sys
import traceback

from jianghua.commands import SOME_FAILED, WRONG_USAGE
from jianghua.errors import REMEDIES, InUseError, JianghuaError, MissingError, ModelError, UsageError
from jianghua.printing import complain

_NO_MEMORY = "not enough memory; close other programs, or give it less at once (fewer files, fewer --jobs)"
_FAULT = (
    "this is a fault of jianghua, not yours; please report it to its maintainers with the command and the lines above"
)
_OF_MANY_FILES = ("tag", "corpus fetch")
"""Commands that return 1 for files that failed, hence 2 where they could not begin."""
_LIKE_GREP = ("find",)
"""Commands that return 1 where nothing is found, hence 2 for whatever else."""
_WRONG_FROM_THE_START = (UsageError, MissingError, ModelError, InUseError, ConnectionError)


def end(error: BaseException, verb: str) -> int:
    """Say on standard error why `jianghua verb` cannot go on, and return its exit status.

    What the user can mend, and what the machine has no more of, is a message; all else is our fault, and its traceback
    helps to find it.
    """
    message = reason(error)
    if message is None:
        complain("".join(traceback.format_exception(error)).rstrip("\n"))
        message = _FAULT
    complain(f"{f'jianghua {verb}'.strip()}: {message}")
    wrong = verb in _LIKE_GREP or (verb in _OF_MANY_FILES and isinstance(error, _WRONG_FROM_THE_START))
    return WRONG_USAGE if wrong else SOME_FAILED


def reason(error: BaseException) -> str | None:
    """What a user is told of an error; None for a fault of ours.

    >>> reason(MissingError("gold.csv: no such file")), reason(KeyError("gold"))
    ('gold.csv: no such file', None)
    """
    if isinstance(error, JianghuaError | ConnectionError):
        return str(error)
    if isinstance(error, getattr(sys.modules.get("hydra.errors"), "CompactHydraException", ())):  # of a configuration
        return str(error) if error.__cause__ is None else f"{error}\n{error.__cause__}"
    if isinstance(
        error, getattr(sys.modules.get("omegaconf.errors"), "OmegaConfBaseException", ())
    ):  # a setting is gone
        return f"{str(error).splitlines()[0]}; `--cfg job` shows the settings that there must be"
    if isinstance(error, MemoryError):
        return _NO_MEMORY
    if isinstance(error, OSError) and error.errno in REMEDIES:
        where = "" if error.filename is None else f"{error.filename}: "
        return f"{where}{error.strerror}; {REMEDIES[error.errno]}"
    return None
