"""Text of a file → its speeches as paragraphs with kinds, outline and offsets (the project's record)."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from itertools import islice
from typing import NamedTuple

from jianghua.corpus import boilerplate
from jianghua.corpus.characters import TRADITIONAL, code_points, impurities, kinds_of
from jianghua.corpus.decode import Mark
from jianghua.corpus.kinds import Block, decide_kinds
from jianghua.corpus.lines import Joining, Line, physical_lines
from jianghua.corpus.nesting import paragraphs_below, ranks_of
from jianghua.corpus.opening import HEAD_LINES, HEADING_LENGTH, SPEECH_WORD, TITLE_LENGTH, head_kinds, is_title_like
from jianghua.corpus.outline import HeadingPath, begins_annex
from jianghua.corpus.script import simplify

_LONGEST_JOINED = 10_000
"""Characters after which broken lines are no longer joined: no paragraph is that long."""
_MOST_BETWEEN = 12
"""Lines of furniture (footer, page number, header) that a paragraph goes on behind."""
_LETTER = re.compile(r"[A-Za-z]")
_ADDRESS = re.compile(r"^(?:各位(?:代表|委员|领导|来宾|同志)|同志们|朋友们|代表们)(?:、[^，。！、]{2,10}){0,4}[！!，,]")
_APPEAL = re.compile(
    r"让我们|共同奋斗|努力奋斗|而奋斗|谢谢(?:大家|各位)?[！。]|祝(?:大家|各位|同志们|愿)|再创.{0,6}(?:辉煌|佳绩)|新的更大(?:的)?贡献|携手.{0,10}(?:前进|奋进)|散会|完了"
)
_FEW = 4


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

    Spans never overlap and every non-space character lies in exactly one of them.

    Args:
        marks: what the file itself says of each line (see `Mark`); empty where it says nothing.

    >>> for p in parse("在全县大会上的讲话\\n同志们：\\n一、成绩\\n去年粮食增产一成。\\n谢谢大家！"):
    ...     print(p.kind, p.outline, p.text)
    title () 在全县大会上的讲话
    meta () 同志们：
    heading () 一、成绩
    paragraph ('一、成绩',) 去年粮食增产一成。
    paragraph ('一、成绩',) 谢谢大家！
    """
    return list(_Parser(text, source, marks).paragraphs())


class _Parser:
    def __init__(self, text: str, source: str, marks: Sequence[Mark]) -> None:
        self.text = text
        self.source = source
        codes = code_points(text)
        kinds = kinds_of(codes)
        self.simplified = text
        if (kinds & TRADITIONAL).any():
            self.simplified = simplify(text)
            codes = code_points(self.simplified)
        self.lines = physical_lines(self.simplified, impurities(self.simplified, codes, kinds), marks)
        self.joining = Joining(self.lines, codes)

    def paragraphs(self) -> Iterator[Paragraph]:
        for number, speech in enumerate(self._speeches()):
            groups = list(islice(_unbroken(speech), HEAD_LINES + 1))  # one more shows that there are more
            whole = [_as_one(group) for group in groups]
            kinds = head_kinds(whole)
            head = [Block(*block) for block in zip(groups, (line.body for line in whole), kinds, strict=False)]
            body = list(self._blocks(speech[sum(len(block.lines) for block in head) :]))
            decide_kinds(body)
            yield from self._records(number, [*head, *body])

    # speeches of a page

    def _speeches(self) -> Iterator[list[Line]]:
        speech: list[Line] = []
        body = 0
        in_footer = False
        previous: Line | None = None
        for index, line in enumerate(self.lines):
            if body and (
                line.look == "divider"
                or (
                    (not line.ends_sentence or line.mark.role) and self._begins_speech(index, previous, in_footer, body)
                )
            ):
                yield speech
                speech, body, in_footer = [], 0, False
            if body >= 150 and not line.ends_sentence and boilerplate.begins_footer(line.body):
                in_footer = True
            if in_footer and line.look == "text":
                line.look = "site" if not self._prose_follows(index) else "text"
                in_footer = line.look == "site"
            if line.look == "text" and (line.ends_sentence or len(line.body) > TITLE_LENGTH):
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

    def _begins_speech(self, index: int, previous: Line | None, in_footer: bool, body: int) -> bool:
        """Whether a title block (titles, then speaker or date, then a salutation) begins at this line."""
        line = self.lines[index]
        if not is_title_like(line) or (previous is not None and is_title_like(previous) and previous.look == "text"):
            return False
        evidence = speaks = False
        for ahead in self.lines[index : index + 9]:
            if ahead.look == "salutation":
                return evidence and (body >= 150 or speaks)
            if ahead.look == "mark":
                evidence = True
            elif ahead.look == "divider" or (ahead.look == "text" and not is_title_like(ahead)):
                break
            elif ahead.look == "text":
                speaks = speaks or bool(SPEECH_WORD.search(ahead.body))
                evidence = evidence or speaks or boilerplate.is_byline(ahead.body)
        ended = previous is not None and previous.ends_sentence
        return (
            body >= 150
            and ended
            and not in_footer
            and line.marker is None
            and bool(SPEECH_WORD.search(line.body))
            and line.body.startswith(("在", "——在"))
        )

    # lines of a speech

    def _blocks(self, lines: list[Line]) -> Iterator[Block]:
        index = 0
        while index < len(lines):
            line = lines[index]
            if line.look != "text":
                yield Block([line], line.body, "meta")
                index += 1
                continue
            block, index = self._join(lines, index)
            yield block

    def _join(self, lines: list[Line], index: int) -> tuple[Block, int]:
        held = [lines[index]]
        body = lines[index].body
        last = lines[index]
        index += 1
        while index < len(lines) and len(body) <= _LONGEST_JOINED:
            # an advertisement or a page number in mid-sentence belongs to the paragraph that it interrupts
            ahead = index
            most = _MOST_BETWEEN if last.mark.ends is False else 3
            while (
                ahead < len(lines)
                and ahead - index < most
                and lines[ahead].look in ("site", "mark")
                and (last.mark.ends is False or (last.mark.ends is None and not last.ends_sentence))
            ):
                ahead += 1
            if ahead >= len(lines) or not self.joining.goes_on(body, last, lines[ahead]):
                break
            if ahead > index and len(body) <= HEADING_LENGTH and last.mark.ends is None:
                break
            held += lines[index : ahead + 1]
            last = lines[ahead]
            body = _glue(body, last.body)
            index = ahead + 1
        return Block(held, body), index

    # records

    def _records(self, speech: int, blocks: Sequence[Block]) -> Iterator[Paragraph]:
        ranks = ranks_of(blocks)
        path = HeadingPath(ranks)
        below = paragraphs_below(blocks, ranks)
        closings = _closings(blocks)
        in_section = 0
        for number, block in enumerate(blocks):
            marker = block.marker
            first, last = block.first, block.lines[-1]
            text = self._text(block)
            kind = block.kind if text else "meta"  # an advertisement over several lines, and nothing else
            outline: tuple[str, ...] = ()
            level = None
            if kind == "heading" or (kind == "paragraph" and block.run_in):
                left, is_last = below.get(id(block), (None, False))
                style = first.mark.level
                runs_in = kind == "paragraph"
                heading = text[: block.run_in].strip() if runs_in else text
                path.push(heading, marker, style, left, is_last, runs_in, first.run)
                in_section = 0 if len(path.headings) == 1 else in_section + 1
                outline = path.headings if runs_in else path.headings[:-1]
                if not runs_in:
                    level = marker.level if marker else style or None
            elif kind == "paragraph":
                address = _ADDRESS.match(block.body) if block.body[0] in "各同朋代" else None
                if number in closings and (
                    len(path.headings) > 1 or in_section >= _FEW or (address and address[0][-1] in "！!" and in_section)
                ):
                    path.clear()
                elif marker is None or marker.family == "dash":
                    path.begin_paragraph(address[0] if address else "")
                else:
                    path.begin_item(marker, first.run)
                in_section += 1
                outline = path.headings
            yield Paragraph(self.source, speech, number, first.start, last.end, kind, level, outline, text)

    def _text(self, block: Block) -> str:
        first = block.first
        if len(block.lines) == 1 and (first.pure or self.simplified is self.text):
            body = self.text[first.start : first.end] if first.pure else block.body
            return " ".join(body.split())
        text = ""
        for line in block.lines:
            if line.look != "text" and len(block.lines) > 1:
                continue
            text = _glue(text, self.text[line.start : line.end])
        if not all(line.pure for line in block.lines):
            text = boilerplate.ZERO_WIDTH.sub("", boilerplate.remove_inserts(simplify(text), text))
        return " ".join(text.split())


def _closings(blocks: Sequence[Block]) -> set[int]:
    """Numbers of the paragraphs that close the speech with an appeal: the last ones, or the last before its annexes."""
    closings: set[int] = set()
    is_end = True
    for number in range(len(blocks) - 1, -1, -1):
        block = blocks[number]
        if block.kind == "heading" and begins_annex(block.body):
            is_end = True
        elif block.kind == "meta" or (block.kind == "heading" and is_end and not block.run_in and block.marker is None):
            continue
        elif is_end and block.kind == "paragraph" and block.marker is None and _APPEAL.search(block.body[-400:]):
            closings.add(number)
        else:
            is_end = False
    return closings


def _unbroken(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines in groups of those that the file itself shows to be one line that was wrapped."""
    group = [lines[0]]
    for line in islice(lines, 1, None):
        last = group[-1]
        if last.mark.ends is False and line.look == last.look == "text":
            group.append(line)
        else:
            yield group
            group = [line]
    yield group


def _as_one(group: Sequence[Line]) -> Line:
    """The line that a group of lines is."""
    first, *others = group
    if not others:
        return first
    body = reduce(_glue, (line.body for line in others), first.body)
    return replace(first, body=body, ends_sentence=others[-1].ends_sentence)


def _glue(left: str, right: str) -> str:
    space = " " if _LETTER.match(left[-1:]) and _LETTER.match(right[:1]) else ""
    return left + space + right
