"""Sentences of a paragraph, as spans that cover it."""

import re

_SENTENCE = re.compile(r"[^。！？!?；;]*(?:[。！？!?；;…]+[”’」』）)\]】》]*|$)")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Cut `text` after 。！？； (and their half-width forms, with closing quotes) into spans that cover all of it.

    >>> text = "我们有成绩，也有不足。“怎么办？”要靠实干！"
    >>> [text[start:end] for start, end in sentence_spans(text)]
    ['我们有成绩，也有不足。', '“怎么办？”', '要靠实干！']
    >>> sentence_spans("")
    []
    """
    return [match.span() for match in _SENTENCE.finditer(text) if match.end() > match.start()]
