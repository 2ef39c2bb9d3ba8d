"""Texts made against a regular expression: runs of what it repeats, behind what leads there, before what it cannot match."""

import re
from collections.abc import Iterator
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

_ANY = "啊"
"""A character that no pattern names."""
_NEVER = "\ue000"
"""One that matches nothing but “any character”."""
_CANDIDATES = "啊 一第(（,，a1.\u3000\n-·"
_OF_CATEGORY = {
    op.CATEGORY_DIGIT: "1",
    op.CATEGORY_SPACE: " ",
    op.CATEGORY_WORD: "a",
    op.CATEGORY_NOT_SPACE: _ANY,
    op.CATEGORY_NOT_DIGIT: _ANY,
    op.CATEGORY_NOT_WORD: "，",
}
_LONG = 8
"""Repetitions of fewer cannot make a pattern slow."""


class Attack(NamedTuple):
    """A text that can be made of any length: `before`, `run` again and again, `after`; all of that again where `whole`."""

    before: str
    run: str
    after: str
    times: int = 0
    """Lengths of the runs, which are then repeated with what stands before and after them; 0: one run is all."""

    def text(self, length: int) -> str:
        """About `length` characters."""
        if not self.times:
            return self.before + self.run * (length // len(self.run)) + self.after
        part = self.before + self.run * self.times + self.after
        return part * (length // len(part) + 1)


def attacks_on(pattern: re.Pattern[Any]) -> list[Attack]:
    """Attacks on every repetition of a pattern."""
    source = pattern.pattern
    tree = _parser.parse(source.decode("latin-1") if isinstance(source, bytes) else source, pattern.flags & ~re.UNICODE)
    found: dict[Attack, None] = {}
    for before, runs in _repeats(tree, ""):
        alternated = ["".join(runs[:2]), *runs] if len(runs) > 1 else runs
        for run in alternated:
            if not run:
                continue
            for prefix in {"", before}:
                for after in ("", _NEVER):
                    found[Attack(prefix, run, after)] = None
            for times in (1, 30):
                found[Attack(before, run, "", times)] = None
    start = _example(tree)
    if start:
        found[Attack("", start, "")] = None
    for character in " \u3000，":
        found[Attack("", character, _NEVER)] = None
    return list(found)


def _repeats(tree: Any, before: str) -> Iterator[tuple[str, list[str]]]:
    """Each long repetition: what leads to it, and what it can be a run of."""
    for code, value in tree:
        if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            _, high, body = value
            if high >= _LONG:
                yield before, _samples(body)
            yield from _repeats(body, before)
        elif code is op.BRANCH:
            for branch in value[1]:
                yield from _repeats(branch, before)
        elif code is op.SUBPATTERN:
            yield from _repeats(value[-1], before)
        elif code is op.ATOMIC_GROUP:
            yield from _repeats(value, before)
        elif code in (op.ASSERT, op.ASSERT_NOT):
            yield from _repeats(value[1], before)
        before += _example([(code, value)])


def _samples(body: Any) -> list[str]:
    """What one turn of a repetition can match: a few members of a class, each branch."""
    if len(body) == 1:
        code, value = body[0]
        if code is op.IN:
            return _members(value)
        if code is op.BRANCH:
            return [_example(branch) for branch in value[1]][:6]
        if code is op.SUBPATTERN:
            return _samples(value[-1])
        if code in (op.ANY, op.NOT_LITERAL):
            return [_ANY, " "]
    return [_example(body)]


def _members(items: Any) -> list[str]:
    if items[0][0] is op.NEGATE:
        without = re.compile(_class_of(items[1:]))
        return [c for c in _CANDIDATES if not without.match(c)][:3]
    members = []
    for code, value in items:
        members += (
            [chr(value)] if code is op.LITERAL else [chr(value[0])] if code is op.RANGE else [_OF_CATEGORY[value]]
        )
    return members[:1] + members[len(members) // 2 :][:1] + members[-1:]


def _class_of(items: Any) -> str:
    parts = []
    for code, value in items:
        if code is op.LITERAL:
            parts.append(re.escape(chr(value)))
        elif code is op.RANGE:
            parts.append(f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}")
        else:
            parts.append({" ": r"\s", "1": r"\d", "a": r"\w"}.get(_OF_CATEGORY[value], ""))
    return "[" + "".join(parts) + "]"


def _example(tree: Any) -> str:
    """A short text that matches; of branches, the first."""
    text = ""
    for code, value in tree:
        if code is op.LITERAL:
            text += chr(value)
        elif code in (op.ANY, op.NOT_LITERAL):
            text += _ANY
        elif code is op.IN:
            text += (_members(value) or [""])[0]
        elif code is op.CATEGORY:
            text += _OF_CATEGORY[value]
        elif code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            text += _example(value[2]) * max(value[0], 0)
        elif code is op.BRANCH:
            text += _example(value[1][0])
        elif code is op.SUBPATTERN:
            text += _example(value[-1])
        elif code is op.ATOMIC_GROUP:
            text += _example(value)
    return text
