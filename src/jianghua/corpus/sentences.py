"""Sentences of paragraphs."""

import numpy as np
from numpy.typing import NDArray

from jianghua.corpus.characters import CLOSING, ELLIPSIS, TERMINAL, code_points, kinds_of


def cut_sentences(text: str) -> tuple[str, ...]:
    """Cut `text` after 。！？； (and their half-width forms, with closing quotes); the pieces joined are the text again.

    >>> cut_sentences("我们有成绩，也有不足。“怎么办？”要靠实干！")
    ('我们有成绩，也有不足。', '“怎么办？”', '要靠实干！')
    >>> cut_sentences("")
    ()
    """
    ends = sentence_ends(code_points(text)).tolist()
    return tuple(text[at:to] for at, to in zip([0, *ends], [*ends, len(text)], strict=True) if at < to)


def sentence_ends(codes: NDArray[np.uint32]) -> NDArray[np.intp]:
    """Where sentences end in a text, or in many with a line end between them; the ends of the texts are not among them.

    A sentence ends behind a run of 。！？； and …, of which the first is no …, and the closing quotes and brackets after it.

    Args:
        codes: shape (characters,).

    >>> sentence_ends(code_points("抓落实！！抓细节……好。”\\n散会")).tolist()
    [5, 13]
    """
    kinds = kinds_of(codes) & (TERMINAL | ELLIPSIS | CLOSING)
    places = np.flatnonzero(kinds != 0)
    kind = kinds[places]
    number = np.arange(len(places))

    def before(run: int) -> NDArray[np.intp]:
        """For each place in an unbroken run of one kind, the place just before the run; -1 where text stands there."""
        last = np.maximum.accumulate(np.where(kind != run, number, -1))
        return np.where((last >= 0) & (places - places[last] == number - last), last, -1)

    ellipsis_after, closing_after = before(ELLIPSIS), before(CLOSING)
    in_run = (kind == TERMINAL) | ((kind == ELLIPSIS) & (ellipsis_after >= 0) & (kind[ellipsis_after] == TERMINAL))
    closing = (kind == CLOSING) & (closing_after >= 0) & in_run[closing_after]
    goes_on = np.zeros(len(places), dtype=bool)
    goes_on[:-1] = (places[1:] == places[:-1] + 1) & (closing[1:] | (in_run[:-1] & in_run[1:]))
    ends: NDArray[np.intp] = places[(in_run | closing) & ~goes_on] + 1
    return ends
