"""Runs of sentences as spans of the file."""

from collections.abc import Sequence


def borders(cleaned: str, length: int, span: str | None) -> Sequence[int]:
    """Where each character of a paragraph's text, and the end of it, stands in its span of the file.

    Cleaning takes white space and inserts away; both are stepped over.

    Args:
        length: of the span; all there is to go by where the span itself is not at hand (None).

    >>> list(borders("去年 增产。", 8, "去年\\n  增产。"))
    [0, 1, 2, 5, 6, 7, 8]
    """
    if len(cleaned) == length:
        return range(length + 1)
    if span is None:
        return [length * index // len(cleaned) for index in range(len(cleaned) + 1)]
    places = []
    at = 0
    for character in cleaned:
        if character == " ":
            place = at
            while at < len(span) and span[at].isspace():
                at += 1
        else:
            place = span.find(character, at)
            if place < 0:  # a character that the span does not have
                place = at
            else:
                at = place + 1
        places.append(place)
    return [*places, length]
