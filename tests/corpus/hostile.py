"""What becomes of a file that was made to do harm."""

from jianghua.corpus.extract import extract_bytes
from jianghua.corpus.formats.limits import Limits
from jianghua.errors import UnreadableError
from tests.corpus.test_offsets import check_invariants

FAST = Limits(seconds=3.0)
SLOW = Limits(seconds=15.0)
READS = ""
"""Expectation of a case that must come out as text."""


def outcome(data: bytes, name: str, limits: Limits = SLOW) -> str:
    """Empty where the file comes out as text that keeps the invariants of the record; else the message."""
    try:
        text = extract_bytes(data, name, limits).text
    except UnreadableError as error:
        message = str(error)
    else:
        check_invariants(text)
        return READS
    assert message.startswith(name), "a message begins with the name of the file"
    assert len(message) < 600, "a message is for people, not a copy of the file"
    return message


def check(data: bytes, name: str, expected: str, limits: Limits = SLOW) -> None:
    found = outcome(data, name, limits)
    assert (expected in found and bool(found)) if expected else found == READS, (
        f"expected {expected!r}, found {found!r}"
    )


DECLARATION = '<?xml version="1.0"?><!DOCTYPE w:document [{}]>'


LAUGHS = '<!ENTITY a "哈哈哈哈">' + "".join(f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9))


def changed(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new)
