"""A limit of time for tests of files that were made to hang."""

import signal
from collections.abc import Iterator
from types import FrameType

import pytest

BOUND = 20.0
"""Seconds for any one case, on a busy machine."""


@pytest.fixture
def bounded() -> Iterator[None]:
    """Fail a case that hangs instead of waiting for it."""

    def late(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"took longer than {BOUND:g} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, BOUND)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)
