"""Text of a file → its speeches as paragraphs with kinds, outline and offsets (the project's record)."""

import hashlib
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from jianghua.corpus import boilerplate
from jianghua.corpus.characters import TRADITIONAL, code_points, impurities, kinds_of
from jianghua.corpus.decode import Mark
from jianghua.corpus.lines import Joining, Line, physical_lines
from jianghua.corpus.outline import HeadingPath, run_in_heading, stands_alone
from jianghua.corpus.script import simplify

_SPEECH_WORD = re.compile(
    r"(?:讲话|发言|致辞|致词|报告|主持词|主持讲话|总结讲话|表态|演讲|讲稿|讲话稿|发言稿|党课)(?:提纲|要点|稿|材料)?(?:[（(].{1,20}[）)])?$"
)
_TITLE_LENGTH = 60
_HEADING_LENGTH = 40
_NAME_ALONE = re.compile(r"^[\u4e00-\u9fff][\s\u3000]*[\u4e00-\u9fff]?[\u4e00-\u9fff×*某]$")
_ORNAMENT = re.compile(r"[◆~|»›＞>★☆_◇■]|— —")
_LAST_WORDS = re.compile(r"^(?:谢谢|散会|完了|祝|拜托|新年|再见|休会|现在散会)")
_ADDRESSES = re.compile(r"[我你您]|大家|同志|谢谢|下面|以下|今天|如下|散会")
_TOPIC_LENGTH = 28
_LONG_PARAGRAPH = 50
_LONGEST_JOINED = 10_000
"""Characters after which broken lines are no longer joined: no paragraph is that long."""
_OMITTED = re.compile(r"[（(][^（）()]{0,6}略[）)]$")
_LETTER = re.compile(r"[A-Za-z]")


class Paragraph(NamedTuple):
    """One paragraph, heading, title or meta line of a speech; fields as in the README's table of the record.

    `start` and `end` are character offsets in the decoded file; `outline` holds the headings above, outermost first.
    """

    source: str
    speech: int
    paragraph: int
    start: int
    end: int
    kind: str
    level: int | None
    outline: tuple[str, ...]
    text: str


def fingerprint(text: str) -> str:
    """First 12 hexadecimal digits of the SHA-1 of `text` without white space: how stand-off labels name a paragraph.

    >>> fingerprint("同志们， 再见。") == fingerprint("同志们，再见。")
    True
    >>> fingerprint("散会。")
    '5feb1545891d'
    """
    return hashlib.sha1("".join(text.split()).encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()[:12]


def parse(text: str, source: str = "-", marks: Sequence[Mark] = ()) -> list[Paragraph]:
    """Cut a file's text into paragraphs, in order, over all its speeches.

    Args:
        marks: what the file itself says of each line (see `Mark`); empty where it says nothing.

    Spans never overlap and every non-space character lies in exactly one of them.

    >>> for p in parse("在全县大会上的讲话\\n同志们：\\n一、成绩\\n去年粮食增产一成。\\n谢谢大家！"):
    ...     print(p.kind, p.outline, p.text)
    title () 在全县大会上的讲话
    meta () 同志们：
    heading () 一、成绩
    paragraph ('一、成绩',) 去年粮食增产一成。
    paragraph ('一、成绩',) 谢谢大家！
    """
    return list(_Parser(text, source).paragraphs())


@dataclass(slots=True)
class _Block:
    """Lines that make one record, and what they were found to be."""

    lines: list[Line]
    body: str
    kind: str = "paragraph"
    first: Line = field(init=False)

    def __post_init__(self) -> None:
        self.first = self.lines[0]


class _Parser:
    def __init__(self, text: str, source: str) -> None:
        self.text = text
        self.source = source
        codes = code_points(text)
        kinds = kinds_of(codes)
        self.simplified = text
        if (kinds & TRADITIONAL).any():
            self.simplified = simplify(text)
            codes = code_points(self.simplified)
        self.lines = physical_lines(self.simplified, impurities(self.simplified, codes, kinds))
        self.joining = Joining(self.lines)

    def paragraphs(self) -> Iterator[Paragraph]:
        for number, speech in enumerate(self._speeches()):
            blocks = list(self._blocks(speech))
            _find_topic_sentences(blocks)
            _unname_signatures(blocks)
            yield from self._records(number, blocks)

    # speeches of a page

    def _speeches(self) -> Iterator[list[Line]]:
        speech: list[Line] = []
        body = 0
        in_footer = False
        previous: Line | None = None
        for index, line in enumerate(self.lines):
            if (
                body
                and (line.look == "divider" or self._begins_speech(index, previous, in_footer))
                and (body >= 150 or line.look == "divider")
            ):
                yield speech
                speech, body, in_footer = [], 0, False
            if body >= 150 and not line.ends_sentence and boilerplate.begins_footer(line.body):
                in_footer = True
            if in_footer and line.look == "text":
                line.look = "site" if not self._prose_follows(index) else "text"
                in_footer = line.look == "site"
            if line.look == "text" and (line.ends_sentence or len(line.body) > _TITLE_LENGTH):
                body += len(line.body)
            speech.append(line)
            previous = line
        if speech:
            yield speech

    def _prose_follows(self, index: int) -> bool:
        following = self.lines[index : index + 12]
        return (
            sum(
                len(line.body)
                for line in following
                if line.look == "text" and line.ends_sentence and len(line.body) > 30
            )
            >= 150
        )

    def _begins_speech(self, index: int, previous: Line | None, in_footer: bool) -> bool:
        """Whether a title block (titles, then speaker or date, then a salutation) begins at this line."""
        line = self.lines[index]
        if not _is_title_like(line) or (previous is not None and _is_title_like(previous) and previous.look == "text"):
            return False
        evidence = False
        for ahead in self.lines[index : index + 9]:
            if ahead.look == "salutation":
                return evidence
            if ahead.look == "mark":
                evidence = True
            elif ahead.look == "divider" or (ahead.look == "text" and not _is_title_like(ahead)):
                break
            elif ahead.look == "text":
                evidence = evidence or bool(_SPEECH_WORD.search(ahead.body)) or boilerplate.is_byline(ahead.body)
        ended = previous is not None and previous.ends_sentence
        return (
            ended
            and not in_footer
            and line.marker is None
            and bool(_SPEECH_WORD.search(line.body))
            and line.body.startswith(("在", "——在"))
        )

    # lines of a speech

    def _blocks(self, lines: list[Line]) -> Iterator[_Block]:
        in_title = True
        titled = False
        index = 0
        while index < len(lines):
            line = lines[index]
            if in_title:
                kind = _title_zone_kind(line, titled)
                if kind is not None:
                    titled = titled or kind == "title"
                    in_title = line.look != "salutation"
                    yield _Block([line], line.body, kind)
                    index += 1
                    continue
                in_title = False
            if line.look != "text":
                yield _Block([line], line.body, "meta")
                index += 1
                continue
            block, index = self._join(lines, index)
            block.kind = _body_kind(block)
            yield block

    def _join(self, lines: list[Line], index: int) -> tuple[_Block, int]:
        block = _Block([lines[index]], lines[index].body)
        last = lines[index]
        index += 1
        while index < len(lines) and len(block.body) <= _LONGEST_JOINED:
            # an advertisement or a page number in mid-sentence belongs to the paragraph that it interrupts
            ahead = index
            while (
                ahead < len(lines)
                and ahead - index < 3
                and lines[ahead].look in ("site", "mark")
                and not last.ends_sentence
            ):
                ahead += 1
            if ahead >= len(lines) or not self.joining.goes_on(block.body, last, lines[ahead]):
                break
            if ahead > index and len(block.body) <= _HEADING_LENGTH:
                break
            block.lines += lines[index : ahead + 1]
            last = lines[ahead]
            block.body = _glue(block.body, last.body)
            index = ahead + 1
        return block, index

    # records

    def _records(self, speech: int, blocks: Iterable[_Block]) -> Iterator[Paragraph]:
        path = HeadingPath()
        for number, block in enumerate(blocks):
            marker = block.first.marker
            text = self._text(block)
            kind = block.kind if text else "meta"  # an advertisement over several lines, and nothing else
            outline = path.headings
            level = None
            if kind == "heading":
                path.push(text, marker)
                outline = path.headings[:-1]
                level = marker.level if marker else None
            elif kind == "paragraph" and marker is not None:
                heading = run_in_heading(block.body, marker)
                if heading is not None:
                    outline = path.with_run_in(heading, marker)
            elif kind != "paragraph":
                outline = ()
            yield Paragraph(
                self.source, speech, number, block.first.start, block.lines[-1].end, kind, level, outline, text
            )

    def _text(self, block: _Block) -> str:
        if len(block.lines) == 1 and (block.first.pure or self.simplified is self.text):
            body = self.text[block.first.start : block.first.end] if block.first.pure else block.body
            return " ".join(body.split())
        text = ""
        for line in block.lines:
            if line.look != "text" and len(block.lines) > 1:
                continue
            text = _glue(text, self.text[line.start : line.end])
        if not all(line.pure for line in block.lines):
            text = boilerplate.remove_inserts(simplify(text), text)
        return " ".join(boilerplate.ZERO_WIDTH.sub("", text).split())


def _glue(left: str, right: str) -> str:
    space = " " if _LETTER.match(left[-1:]) and _LETTER.match(right[:1]) else ""
    return left + space + right


def _is_title_like(line: Line) -> bool:
    return (
        line.look == "text"
        and (line.marker is None or line.marker.family == "dash")
        and len(line.body) <= _TITLE_LENGTH
        and not line.ends_sentence
        and not _LAST_WORDS.match(line.body)
    )


def _title_zone_kind(line: Line, titled: bool) -> str | None:
    """Kind of a line before the body of a speech begins, or None where the body begins with it."""
    if line.look != "text":
        return "meta"
    if not _is_title_like(line):
        return None
    if _ORNAMENT.search(line.body) or boilerplate.OCCASION.match(line.body):
        return "meta"
    if titled and (_NAME_ALONE.match(line.body) or (len(line.body) <= 36 and boilerplate.is_byline(line.body))):
        return "meta"
    return "title"


def _body_kind(block: _Block) -> str:
    line = block.first
    if len(block.lines) > 1:
        return "paragraph"
    if line.marker is not None and line.marker.family != "dash":
        return "heading" if stands_alone(block.body, line.marker) else "paragraph"
    if len(block.body) <= _HEADING_LENGTH and _is_title_like(line) and "。" not in block.body:
        return "heading"
    return "paragraph"


def _find_topic_sentences(blocks: list[_Block]) -> None:
    """Turn single sentences that stand alone before a paragraph of their own into headings.

    Marked ones (“一是精神状态还不够好。”) always; unmarked ones, which could be short paragraphs, if a speech has three.
    """
    unmarked = []
    for block, following in itertools.pairwise(blocks):
        if block.kind != "paragraph" or len(block.lines) > 1:
            continue
        marker = block.first.marker
        body = _OMITTED.sub("", block.body) if block.body.endswith(("略）", "略)")) else block.body
        if body != block.body and body.count("。") <= 1 and marker is not None:
            block.kind = "heading"
        elif (
            following.kind != "paragraph" or not body.endswith("。") or body.count("。") != 1 or _ADDRESSES.search(body)
        ):
            continue
        elif marker is not None:
            if marker.family in ("dash", "first"):
                continue
            deeper = following.first.marker is None or following.first.marker.level > marker.level
            own = len(following.body) >= (_LONG_PARAGRAPH if marker.level > 3 else len(body))
            if deeper and own and len(body) <= _HEADING_LENGTH and body.count("，") <= 1 + (marker.level <= 3):
                block.kind = "heading"
        elif following.first.marker is None and len(body) <= _TOPIC_LENGTH and len(following.body) >= _LONG_PARAGRAPH:
            unmarked.append(block)
    if len(unmarked) >= 3:
        for block in unmarked:
            block.kind = "heading"


def _unname_signatures(blocks: list[_Block]) -> None:
    """Unmarked “headings” with nothing below them are signatures or remains of the page."""
    for block in reversed(blocks):
        if block.kind == "paragraph":
            return
        if block.kind == "heading" and block.first.marker is None:
            block.kind = "meta"
