"""No function that reads a text of strangers takes time that grows with the square of the text."""

from functools import cache

import pytest

from tests.growth.attacks import Attack, attacks_on
from tests.growth.clock import grows_too_fast
from tests.growth.functions import TextFunction, text_functions
from tests.growth.patterns import all_uses

pytestmark = pytest.mark.slow

_RUNS = [
    "书记、",
    "同志们，",
    "代表",
    "《",
    "“",
    "（",
    "）",
    "第一",
    "一、",
    "一是",
    "……",
    "。”",
    "本站",
    "A.com/",
    "更多请访问",
    "要抓好，",
    "一、抓好。",
]
"""Beside what patterns are made of: what the functions look for by other means."""


@cache
def _attacks() -> list[Attack]:
    """On every pattern, each once."""
    runs = [Attack("", run, "") for run in _RUNS]
    return list(dict.fromkeys([*runs, *(attack for use in all_uses() for attack in attacks_on(use.pattern))]))


@pytest.mark.parametrize("function", text_functions(), ids=lambda function: function.where)
def test_a_function_of_a_text_takes_no_longer_than_its_length_allows(function: TextFunction) -> None:
    slow = {repr(attack): said for attack in _attacks() if (said := grows_too_fast(function.run, attack.text))}
    assert not slow, "; ".join(f"{text}: {said}" for text, said in slow.items())
