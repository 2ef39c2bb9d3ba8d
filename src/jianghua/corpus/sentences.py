"""Sentences of a paragraph."""

import re

_SENTENCE = re.compile(r"[^。！？!?；;]*(?:[。！？!?；;…]+[”’」』）)\]】》]*|$)")


def cut_sentences(text: str) -> tuple[str, ...]:
    """Cut `text` after 。！？； (and their half-width forms, with closing quotes); the pieces joined are the text again.

    >>> cut_sentences("我们有成绩，也有不足。“怎么办？”要靠实干！")
    ('我们有成绩，也有不足。', '“怎么办？”', '要靠实干！')
    >>> cut_sentences("")
    ()
    """
    return tuple(filter(None, _SENTENCE.findall(text)))
