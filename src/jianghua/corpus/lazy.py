"""Regular expressions that are compiled when they are first used.

Each `[\\u4e00-\\u9fff]` in a pattern takes a millisecond, and most files never need most patterns.
"""

import re
from typing import TYPE_CHECKING, Any


class LazyPattern:
    """Stands for a compiled pattern; keeps each method of it that was asked for.

    >>> LazyPattern("[一二三]、").match("二、").end()
    2
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # nobody asks a pattern for these
            raise AttributeError(name)
        attribute = getattr(re.compile(self.pattern), name)
        setattr(self, name, attribute)
        return attribute


if TYPE_CHECKING:
    lazy = re.compile
else:
    lazy = LazyPattern
