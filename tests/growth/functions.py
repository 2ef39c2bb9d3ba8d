"""Every function of the packages that takes one text, found by looking, so that a new one is covered too."""

import contextlib
import inspect
from collections.abc import Callable
from typing import NamedTuple

from jianghua.errors import JianghuaError
from tests.growth.patterns import modules


class TextFunction(NamedTuple):
    """A function of one text, and where it stands."""

    where: str
    call: Callable[[str], object]

    def run(self, text: str) -> None:
        """Call it; that it refuses the text is fine, and so is that a helper presupposes a form of it."""
        with contextlib.suppress(JianghuaError, AttributeError, ValueError, LookupError, TypeError):
            self.call(text)


def text_functions() -> list[TextFunction]:
    """Functions of `jianghua.corpus` and `jianghua.labelling` whose only argument without a default is a `str`."""
    found = {}
    for module in modules():
        for name, function in vars(module).items():
            if inspect.isfunction(function) and function.__module__ == module.__name__:
                needed = [p for p in inspect.signature(function).parameters.values() if p.default is p.empty]
                if [parameter.annotation for parameter in needed] == [str]:
                    found[f"{module.__name__}.{name}"] = function
    return [TextFunction(where, found[where]) for where in sorted(found)]
