"""Whether the time of something grows faster than the text that it is done to."""

import time
from collections.abc import Callable

SIZES = (20, 300, 1_250, 5_000, 20_000)
"""Characters; each is about four times the one before, so that what never ends is seen while it is small."""
_FAST = 0.03
"""Seconds below which the longest text is no trouble, whatever the ratio: what grows with the square takes far more."""
_TOO_LONG = 8.0
"""Ratio of the times of a text and of one four times as long; 4 is linear, 16 the square."""


def grows_too_fast(work: Callable[[str], object], text: Callable[[int], str]) -> str:
    """Empty, or what was measured. Time of this process alone counts, the best of some: other work on the machine does not."""
    seconds = [0.0]
    for size in SIZES:
        seconds.append(_time(work, text(size)))
        if seconds[-1] > _FAST and seconds[-1] > _TOO_LONG * seconds[-2]:
            again = [min(_time(work, text(of)) for _ in range(3)) for of in (size // 4, size)]
            if again[1] > _FAST and again[1] > _TOO_LONG * again[0]:
                return f"{size // 4:,} characters: {again[0]:.4f} s, {size:,}: {again[1]:.4f} s"
    return ""


def _time(work: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    work(text)
    return time.process_time() - began
