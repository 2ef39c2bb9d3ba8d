"""Fields of Word: their codes are not text, their results are, and a few (EQ, SYMBOL, form fields) have only a code."""

import re
from dataclasses import dataclass, field

from lxml import etree

from jianghua.corpus.formats.elements import child, is_on, local, number, value
from jianghua.corpus.formats.numerals import circled
from jianghua.corpus.formats.symbols import sign

_CONTENTS = frozenset(("TOC", "TOA", "INDEX"))
_LONGEST_CODE = 2_000
_TOKEN = re.compile(r'\\\*\s*(?:"[^"]*"|\S+)|\\[A-Za-z]{1,2}\s?-?\d*|\\.|[(),;，；]|[^\\(),;，；]+', re.DOTALL)
_FORMAT = re.compile(r"\\\*")
_SWITCH = re.compile(r"\\([A-Za-z]{1,2})")
_RINGS = frozenset("○〇◯□△◇")
"""What Word draws around a character; there are signs for numbers in circles only, so all become those."""
_PINYIN = re.compile(r"[a-zA-Züêāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ\s]+")
_SYMBOL = re.compile(r"SYMBOL\s+(0x[0-9a-f]+|\d+)", re.IGNORECASE)
_FONT = re.compile(r'\\f\s*(?:"([^"]*)"|(\S+))')


@dataclass(slots=True)
class _Field:
    in_code: bool
    code: list[str] = field(default_factory=list)
    form: str = ""
    """What a form field shows."""
    has_result: bool = False
    is_contents: bool = False


class Fields:
    """The fields that are open at a place of a document, outermost first."""

    def __init__(self) -> None:
        self._open: list[_Field] = []
        self._codes: list[_Field] = []
        """Those of them whose code has not ended."""
        self._contents = 0
        self._closed: set[etree._Element] = set()

    @property
    def in_code(self) -> bool:
        """Whether text here belongs to a code."""
        return bool(self._codes)

    @property
    def in_contents(self) -> bool:
        """Whether text here belongs to a table of contents."""
        return self._contents > 0

    def look_ahead(self, root: etree._Element) -> None:
        """Find the codes below `root` that end: one that does not (in a damaged document) must swallow no text."""
        self._open, self._codes, self._contents = [], [], 0
        self._closed = set()
        opened: list[etree._Element] = []
        for node in root.iter("{*}fldChar"):
            kind = value(node, "fldCharType")
            if next(node.iterancestors("{*}del", "{*}moveFrom"), None) is not None:
                continue
            if kind == "begin":
                opened.append(node)
            elif opened:
                self._closed.add(opened[-1] if kind == "separate" else opened.pop())

    def character(self, node: etree._Element) -> str:
        """Take a `w:fldChar`; the text that a field without a result shows where it ends."""
        kind = value(node, "fldCharType")
        if kind == "begin":
            self._begin(_Field(node in self._closed, form=_form(child(node, "ffData"))))
        elif kind == "separate":
            self._begin_result()
        elif kind == "end":
            return self.end()
        return ""

    def begin_simple(self, code: str) -> None:
        """Take the start of a `w:fldSimple`, which `end` ends."""
        self._begin(_Field(True, [code]))
        self._begin_result()

    def end(self) -> str:
        """Take the end of the innermost field; the text that it shows if it has no result."""
        if not self._open:
            return ""
        ended = self._open.pop()
        if ended.in_code:
            self._codes.pop()
        self._contents -= ended.is_contents
        return "" if ended.has_result else ended.form or shown_by(" ".join("".join(ended.code).split()))

    def instruct(self, text: str) -> None:
        """Take a piece of a code; in a result it is none."""
        if self._open and self._open[-1].in_code:
            self._open[-1].code.append(text)

    def swallow(self, text: str) -> bool:
        """Whether `text` belongs to a code, which then takes it."""
        if self._codes:
            self._codes[-1].code.append(text)
            return True
        if self._open and text.strip():
            self._open[-1].has_result = True
        return False

    def leave_contents(self) -> None:
        """Say that a table of contents has ended, though its field has not: what stands here is none."""
        for around in self._open:
            around.is_contents = False
        self._contents = 0

    def _begin(self, begun: _Field) -> None:
        self._open.append(begun)
        if begun.in_code:
            self._codes.append(begun)

    def _begin_result(self) -> None:
        if self._open and self._open[-1].in_code:
            begun = self._codes.pop()
            begun.in_code = False
            begun.is_contents = "".join(begun.code).strip().split(" ")[0].split("\\")[0].upper() in _CONTENTS
            self._contents += begun.is_contents


def _form(data: etree._Element | None) -> str:
    """What a check box or a drop-down list shows."""
    if data is None:
        return ""
    box = child(data, "checkBox")
    if box is not None:
        checked = child(box, "checked")
        return "☑" if is_on(checked if checked is not None else child(box, "default")) else "☐"
    options = child(data, "ddList")
    if options is None:
        return ""
    entries = [value(entry) or "" for entry in options if local(entry) == "listEntry"]
    chosen = number(value(child(options, "result"))) or number(value(child(options, "default"))) or 0
    return entries[chosen] if 0 <= chosen < len(entries) else ""


def shown_by(code: str) -> str:
    r"""Text that a field shows by its code alone.

    >>> shown_by(r"eq \o\ac(○,1)"), shown_by(r"EQ \f(2,3)"), shown_by(r"SYMBOL 254 \f Wingdings"), shown_by("PAGE")
    ('①', '2/3', '☑', '')
    """
    symbol = _SYMBOL.match(code)
    if symbol is not None:
        font = _FONT.search(code)
        return sign(
            f"{int(symbol[1], 0) if symbol[1][:1] != '0' else int(symbol[1], 16):x}", font and (font[1] or font[2])
        )
    if code[:2].upper() != "EQ" or len(code) > _LONGEST_CODE:
        return ""
    return _equation(code[2:]).strip()


def _equation(code: str) -> str:
    groups: list[tuple[str | None, list[str]]] = []
    """Switches of each open bracket (None: a bracket that is text) and its arguments so far."""
    top: list[str] = [""]
    switches = ""
    for piece in _TOKEN.findall(code):
        arguments = groups[-1][1] if groups else top
        if _FORMAT.match(piece):
            continue
        switch = _SWITCH.match(piece)
        if switch is not None:
            switches += switch[1].lower()
        elif piece == "(":
            groups.append((switches or None, [""]))
            switches = ""
        elif piece == ")" and groups:
            kind, arguments = groups.pop()
            (groups[-1][1] if groups else top)[-1] += (
                f"({arguments[0]})" if kind is None else _combined(kind, arguments)
            )
        elif piece in ",;，；" and groups and groups[-1][0] is not None:
            arguments.append("")
        else:
            arguments[-1] += piece.removeprefix("\\")
    return top[0] + "".join(argument for _, arguments in groups for argument in arguments)


def _combined(switches: str, arguments: list[str]) -> str:
    """Arguments as the switches of an EQ field combine them: over one another, as a fraction, one after the other."""
    parts = [argument.strip() for argument in arguments]
    if switches.startswith("o") and len(parts) == 2:
        for ring, inside in (parts, parts[::-1]):
            if ring in _RINGS:
                return _enclosed(inside)
        words = [part for part in parts if not _PINYIN.fullmatch(part)]
        return "".join(words or parts)
    if switches.startswith("f") and len(parts) == 2:
        return "/".join(parts)
    return "".join(parts)


def _enclosed(text: str) -> str:
    if text.isdecimal() and len(text) <= 2:
        return circled(int(text))
    if len(text) == 1 and text in "一二三四五六七八九十":
        return chr(ord("㊀") + "一二三四五六七八九十".index(text))
    if len(text) == 1 and "A" <= text <= "Z":
        return chr(ord("Ⓐ") + ord(text) - ord("A"))
    return text
