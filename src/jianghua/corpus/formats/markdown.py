"""Markdown → the same text, of the same length, with its markup blanked in place, and what the markup says of each line.

Offsets count in the file itself, as in any text file. A parser of CommonMark gives no offsets inside lines, leaves
**重点。**然后 as it stands (its rules of emphasis want spaces between words), and takes indented paragraphs for code;
so this reads line by line what people write: no more, and in one pass.
"""

import html
import re
from typing import NamedTuple

from jianghua.corpus.decode import Mark

_GONE = "\u200b"
"""Takes no room: the parser cuts it out of the text."""
_KEPT = 0xF0000
"""Escaped characters are moved up here while markup is looked for."""
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_SPECIAL = "#*_~`[]\\<>|&={}+-:"
_KEY = re.compile(r"""^(title|date|author|标题|日期|作者)\s*[:=]\s*["'“]?(.*?)["'”]?\s*$""", re.IGNORECASE)
_KEYS = {"标题": "title", "日期": "date", "作者": "author"}
_FIELD = re.compile(r"^\s*[\w\-\u4e00-\u9fff]+\s*[:=]|^\s*-\s|^\s*[#\]\[{}]|^\s+\S")
_LONGEST_HEAD = 100

_ATX = re.compile(r"^[ \u200b]{0,12}(#{1,6})(?:[ \t\u3000]++|(?=[^\s#!/\d\w]|[\u3400-\u9fff（]))(?!\s*$)")
_ATX_END = re.compile(r"(?<![ \t])[ \t]++#++[ \t]*+$")
_HASHTAG = re.compile(r"^\s*#[^#\s]{1,30}#")
_SETEXT = re.compile(r"^ {0,3}(=+|-{2,})\s*$")
_RULE = re.compile(r"^\s{0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$")
_FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})[^`]*$")
_QUOTE = re.compile(r"^[ \u3000]{0,3}(?:>[ \t]?)+")
_BULLET = re.compile(r"^[ \t]*[-*+][ \t]+(?:\[[ xX]\][ \t]+)?")
_NUMBER = re.compile(r"^[ \t]*\d{1,3}[.)][ \t]+")
_TABLE_RULE = re.compile(r"^\s*+\|?\s*+:?-++:?\s*+(?:\|\s*+:?-++:?\s*+)*+\|?\s*+$")
_NO_TEXT = re.compile(
    r"^\s*(?:\[[^\]\[^]{1,80}\]:\s*\S.*|\[\[?toc\]?\]|:::.*|\{[:%].{0,200}\}|\{\{.{0,200}\}\})\s*$", re.IGNORECASE
)
_COMMENT = re.compile("<!--.*?(?:-->|$)")
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9:\-]{0,20}(?:\s[^<>]{0,2000})?/?>")
_IMAGE = re.compile(r"!\[[^\]\[]{0,300}\](?:\([^()]{0,2000}(?:\([^()]{0,200}\)[^()]{0,200})?\)|\[[^\]\[]{0,80}\])")
_LINK = re.compile(
    r"\[((?:[^\]\[]|\[[^\]\[]{0,80}\]){1,500})\](\([^()\n]{0,2000}(?:\([^()]{0,200}\)[^()]{0,200})?\)|\[[^\]\[]{0,80}\])"
)
_AUTOLINK = re.compile(r"<((?:https?|mailto|ftp):[^<>\s]{1,500})>")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_ENTITY = re.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,12});")
_ATTRIBUTES = re.compile(r"(?<![ \t])[ \t]*+\{[#.:][^{}]{0,100}\}[ \t]*+$")
_CLOSERS = "、，。；：！？）”’》」』】…,.;:!?)"
_EMPHASIS = [
    re.compile(
        rf"(?<!\*)(\*{{2,3}})(?![\s*{_CLOSERS}])([^*\n]+?(?:\*[^*\n]+\*[^*\n]*)?)(?<![\s（“‘《「『【])(\1)(?!\*)"
    ),
    re.compile(rf"(?<![*\d])(\*)(?![\s*{_CLOSERS}])([^*\n]+?)(?<![\s（“‘《「『【])(\*)(?!\*)"),
    re.compile(r"(?<![A-Za-z0-9_])(__?)(?![\s_])([^_\n]+?)(?<![\s_])(\1)(?![A-Za-z0-9_])"),
    re.compile(r"(~~|==)(?![\s~=])([^~=\n]+?)(?<!\s)(\1)"),
    re.compile(r"(?<!`)(``?)(?!`)([^`\n]+?)(\1)(?!`)"),
]
_END_OF_SENTENCE = tuple("。；，！、;,")
_OF_A_LIST = re.compile(r"^[\s\u200b]*[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]")
_LONGEST_TITLE = 80


class Marked(NamedTuple):
    """Text of the same length, a mark for each of its lines, and what its front matter tells."""

    text: str
    marks: list[Mark]
    properties: dict[str, str]


def read_markdown(text: str) -> Marked:
    """Blank the markup of a text.

    >>> marked = read_markdown("# 在全县会议上的讲话\\n\\n**要抓好**落实。\\n")
    >>> marked.text.replace("\u200b", "-"), [mark.role for mark in marked.marks]
    ('--在全县会议上的讲话\\n\\n--要抓好--落实。\\n', ['title', '', ''])
    """
    text = _LINE_ENDS.sub(lambda end: " \n" if len(end[0]) == 2 else "\n", text)
    lines = text.split("\n")
    page = _Page(lines)
    page.read()
    marks = page.marks[:-1] if not lines[-1] else page.marks
    page.find_title(marks)
    return Marked("\n".join(page.lines), marks, page.properties)


class _Page:
    """Lines of a file, blanked one after the other; a border marks the line of text before it."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.marks = [Mark()] * len(lines)
        self.properties: dict[str, str] = {}
        self._last = -1
        self._named: tuple[int, re.Match[str]] | None = None

    def read(self) -> None:
        """Blank all lines."""
        special = [character for character in _SPECIAL if any(character in line for line in self.lines)]
        fence = ""
        comment = False
        at = self._front_matter()
        while at < len(self.lines):
            line = self.lines[at]
            if comment:
                comment = "-->" not in line
                self._blank(at, line.find("-->") + 3 if not comment else len(line))
            elif fence:
                if line.strip().startswith(fence):
                    fence = ""
                    self._blank(at)
                else:
                    self._text(at)
            elif not line.strip():
                self._border()
            elif not any(map(line.__contains__, special)):
                if _NUMBER.match(line):
                    self._border()
                self._text(at)
            elif found := _FENCE.match(line):
                fence = found[1]
                self._blank(at)
            else:
                self._special(at, line)
                comment = "<!--" in line and "-->" not in line[line.rfind("<!--") :]
            at += 1
        self._border()

    def _front_matter(self) -> int:
        """Mark the lines of the front matter; where the text begins."""
        fence = self.lines[0].strip("\ufeff\u200b \t")
        if fence not in ("---", "+++"):
            return 0
        for end in range(1, min(len(self.lines), _LONGEST_HEAD)):
            if self.lines[end].strip() in (fence, "..."):
                break
            if self.lines[end].strip() and not _FIELD.match(self.lines[end]):
                return 0
        else:
            return 0
        for at in range(1, end):
            if self.lines[at].strip():
                self.marks[at] = Mark("meta", ends=True)
            if (found := _KEY.match(self.lines[at])) and found[2]:
                key = _KEYS.get(found[1].lower(), found[1].lower())
                if key == "title" and key not in self.properties:
                    self._named = at, found
                self.properties.setdefault(key, found[2])
        self._blank(0)
        self._blank(end)
        self._last = -1
        return end + 1

    def _special(self, at: int, line: str) -> None:
        setext = _SETEXT.match(line)
        if setext and self._is_underlined(at):
            self.marks[at - 1] = Mark("heading", 1 if setext[1][0] == "=" else 2, True)
            self._blank(at)
        elif setext or _RULE.match(line) or _NO_TEXT.match(line):
            self._blank(at)
        elif "|" in line and self._is_row(at, line):
            self._border()
            if _TABLE_RULE.match(line):
                self._blank(at)
            else:
                self.lines[at] = self._inline(line).replace("|", "\t")
                self._text(at, Mark("row", ends=True))
        else:
            self._paragraph(at, line)

    def _paragraph(self, at: int, line: str) -> None:
        mark = Mark()
        if quoted := _QUOTE.match(line):
            line = _gone(line, quoted.end())
        if (heading := _ATX.match(line)) and not _HASHTAG.match(line):
            self._border()
            mark = Mark("heading", len(heading[1]), True)
            line = _gone(line, heading.end())
            line = _ATX_END.sub(_all_gone, _ATTRIBUTES.sub(_all_gone, line))
        elif bullet := _BULLET.match(line):
            self._border()
            line = _gone(line, bullet.end())
        elif _NUMBER.match(line):
            self._border()
        line = self._inline(line)
        if not line.strip(_GONE + " \t\u3000"):
            line = " " * len(line)
        self.lines[at] = line
        if line.strip():
            self._text(at, mark)

    def _inline(self, line: str) -> str:
        """The line with the markup inside it blanked."""
        escaped = "\\" in line
        if escaped:
            line = _ESCAPE.sub(lambda found: _GONE + chr(_KEPT + ord(found[1])), line)
        if "<" in line:
            line = _COMMENT.sub(_all_gone, line)
            line = _AUTOLINK.sub(lambda found: f"{_GONE}{found[1]}{_GONE}", line)
            line = _TAG.sub(_all_gone, line)
        if "[" in line:
            line = _LINK.sub(_link, _IMAGE.sub(_all_gone, line))
            line = _LINK.sub(_link, line)  # pictures in links
        for emphasis in _EMPHASIS:
            line = emphasis.sub(lambda found: _GONE * len(found[1]) + found[2] + _GONE * len(found[3]), line)
        if "&" in line:
            line = _ENTITY.sub(_character, line)
        if escaped:
            line = "".join(chr(ord(c) - _KEPT) if _KEPT < ord(c) < _KEPT + 128 else c for c in line)
        return line

    def _is_underlined(self, at: int) -> bool:
        """Whether the line before is one that a heading may be: alone, short, and no sentence."""
        above = self.lines[at - 1].strip() if at else ""
        alone = at < 2 or not self.lines[at - 2].strip() or self.marks[at - 2].ends is True
        return (
            self._last == at - 1
            and alone
            and 0 < len(above) <= _LONGEST_TITLE
            and not above.endswith(_END_OF_SENTENCE)
            and self.marks[at - 1].role == ""
        )

    def _is_row(self, at: int, line: str) -> bool:
        if line.strip().startswith("|") and line.strip().endswith("|") and len(line.strip()) > 2:
            return True
        around = self.lines[at - 1 : at] + self.lines[at + 1 : at + 2]
        return any("|" in other and _TABLE_RULE.match(other) for other in (line, *around)) or (
            at > 0 and self.marks[at - 1].role == "row"
        )

    def find_title(self, marks: list[Mark]) -> None:
        """Mark the title: the first heading, if it is the only one of the first level or stands before all text; or the front matter's."""
        headings = [at for at, mark in enumerate(marks) if mark.role == "heading"]
        first = headings[0] if headings else 0
        if headings and marks[first].level == 1 and not _OF_A_LIST.match(self.lines[first]):
            text = next((at for at, line in enumerate(self.lines) if line.strip() and marks[at].role != "meta"), first)
            if first == text or sum(marks[at].level == 1 for at in headings) == 1:
                marks[first] = Mark("title", 0, True)
                return
        if self._named is not None:
            at, found = self._named
            start, end = found.span(2)
            self.lines[at] = _GONE * start + found[2] + _GONE * (len(self.lines[at]) - end)
            marks[at] = Mark("title", 0, True)

    def _text(self, at: int, mark: Mark | None = None) -> None:
        self._last = at
        if mark is not None:
            self.marks[at] = mark

    def _border(self) -> None:
        """The last line of text is the end of its block."""
        if self._last >= 0:
            self.marks[self._last] = self.marks[self._last]._replace(ends=True)

    def _blank(self, at: int, size: int | None = None) -> None:
        line = self.lines[at]
        size = len(line) if size is None else size
        self.lines[at] = " " * size + line[size:]
        if self.lines[at].strip():
            self._text(at)
        else:
            self._border()


def _gone(line: str, size: int) -> str:
    return _GONE * size + line[size:]


def _all_gone(found: re.Match[str]) -> str:
    return _GONE * len(found[0])


def _link(found: re.Match[str]) -> str:
    return f"{_GONE}{found[1]}{_GONE * (len(found[0]) - len(found[1]) - 1)}"


def _character(found: re.Match[str]) -> str:
    character = html.unescape(found[0])
    return character + _GONE * (len(found[0]) - 1) if len(character) == 1 else found[0]
