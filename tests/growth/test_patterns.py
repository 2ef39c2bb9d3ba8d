"""No regular expression that sees text of strangers takes time that grows with the square of the text."""

import pytest

from tests.growth.attacks import attacks_on
from tests.growth.clock import grows_too_fast
from tests.growth.patterns import Use, all_uses


@pytest.mark.parametrize("use", all_uses(), ids=lambda use: use.where)
def test_a_pattern_takes_no_longer_than_the_length_of_the_text_allows(use: Use) -> None:
    slow = {repr(attack): said for attack in attacks_on(use.pattern) if (said := grows_too_fast(use.run, attack.text))}
    assert not slow, f"{use.pattern.pattern!r} on " + "; ".join(f"{text}: {said}" for text, said in slow.items())
