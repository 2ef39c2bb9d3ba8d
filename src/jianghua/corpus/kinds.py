"""What the lines of a speech's body are: heading, paragraph or meta; each decided by evidence from around it."""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jianghua.corpus.lazy import lazy
from jianghua.corpus.letterhead import is_letterhead
from jianghua.corpus.lines import Line
from jianghua.corpus.markers import RANK, Marker
from jianghua.corpus.opening import HEADING_LENGTH, is_label_alone, is_title_like
from jianghua.corpus.outline import begins_annex, run_in_heading, stands_alone

_MARKED_LENGTH = 60
_TOPIC_LENGTH = 28
_LONG_PARAGRAPH = 50
_ADDRESSES = re.compile(r"[我你您请]|大家|同志|谢谢|下面|以下|今天|如下|散会")
_OMITTED = re.compile(r"[（(][^（）()]{0,6}略[）)]$")
_HAN = lazy("[\u4e00-\u9fff]")
_WORD = re.compile("[A-Za-z0-9]")
_INNER_STOP = re.compile(r"[。！？!?；;](?=.)")


@dataclass(slots=True, init=False)
class Block:
    """Lines that make one record, and what they were found to be."""

    lines: list[Line]
    body: str
    kind: str
    first: Line
    marker: Marker | None
    """Marker that it begins with."""
    role: str
    """What the file itself says of it."""
    ends_sentence: bool
    """Whether it stops where a sentence stops."""
    run_in: int
    """Length of the heading that runs into it, 0 where none does."""

    def __init__(self, lines: list[Line], body: str, kind: str = "paragraph") -> None:
        first = lines[0]
        self.lines, self.body, self.kind, self.first = lines, body, kind, first
        self.marker, self.role = first.marker, first.mark.role
        self.ends_sentence, self.run_in = lines[-1].ends_sentence, 0


def decide_kinds(blocks: Sequence[Block]) -> None:
    """Give each block of the body its kind, and the headings that run into paragraphs their length."""
    runs: dict[int, list[Block]] = {}
    after: dict[int, Block | None] = {}
    for number, block in enumerate(blocks, 1):
        marker, body = block.marker, block.body
        if block.kind == "meta":
            continue
        if len(body) < _LONG_PARAGRAPH and not _HAN.search(body) and not _WORD.search(body):
            block.kind = "meta"
        elif block.role in ("paragraph", "row"):
            block.kind = "paragraph"
        elif block.role in ("heading", "title"):
            block.kind = "heading" if len(body) <= 2 * _MARKED_LENGTH else "paragraph"
        elif marker is not None and marker.family != "dash":
            runs.setdefault(id(block.first.run), []).append(block)
            after[id(block)] = blocks[number] if number < len(blocks) else None
            block.kind = "heading" if stands_alone(body, marker) and _is_short_block(block) else "paragraph"
        elif len(body) <= HEADING_LENGTH and (
            (not block.ends_sentence and _is_unmarked_heading(block))
            or (body[-1] in "：:】" and len(body) <= 12 and begins_annex(body))
        ):
            block.kind = "heading"
    for run in runs.values():
        _decide_run(run, after)
    _lists_are_no_headings(blocks)
    _find_topic_sentences(blocks)
    _unname_signatures(blocks)


def _is_short_block(block: Block) -> bool:
    """One line, or a phrase broken over several."""
    return len(block.lines) == 1 or len(block.body) <= _MARKED_LENGTH


def _decide_run(run: Sequence[Block], after: Mapping[int, Block | None]) -> None:
    """Decide together on blocks whose markers are counted together.

    Single sentences are headings where most of them have a text of their own below; headings run into paragraphs where
    most of them have one.
    """
    alone = [block for block in run if block.kind == "paragraph" and block.role == "" and _is_one_sentence(block)]
    if alone and sum(block.kind == "paragraph" and block.body[-1] in "；;" for block in run) < max(2, len(alone)):
        own = [block for block in alone if _has_own_text(block, after[id(block)])]
        standing = sum(block.kind == "heading" for block in run)
        if 2 * len(own) > len(alone) or (standing >= len(alone) and own):
            for block in own:
                block.kind = "heading"
    paragraphs = [block for block in run if block.kind == "paragraph"]
    lengths = [_run_in_length(block) for block in paragraphs]
    if 2 * sum(length > 0 for length in lengths) < len(lengths):
        return
    for block, length in zip(paragraphs, lengths, strict=True):
        block.run_in = length or _first_phrase(block)


def _run_in_length(block: Block) -> int:
    marker = block.marker
    if marker is None or block.role == "row":
        return 0
    heading = run_in_heading(block.body, marker)
    return len(heading) if heading is not None else 0


def _first_phrase(block: Block) -> int:
    """Length of the first phrase up to a comma: the heading of an item that has no short clause, as its neighbours have."""
    marker = block.marker
    if marker is None:
        return 0
    furthest = min(marker.end + 46, len(block.body))
    return next((at for at in range(marker.end + 1, furthest) if block.body[at] in "，,"), 0)


def _is_one_sentence(block: Block) -> bool:
    marker = block.marker
    return (
        marker is not None
        and len(block.body) - marker.end <= _MARKED_LENGTH
        and block.ends_sentence
        and block.body[-1] not in "：:；;"
        and not _stops_before_its_end(block.body.rstrip("”’」』）)"), marker.end)
    )


def _stops_before_its_end(body: str, start: int) -> bool:
    """Whether a stop stands within; questions and calls may follow each other."""
    stops = {match[0] for match in _INNER_STOP.finditer(body, start)}
    return bool(stops) and not (stops <= set("？?！!") and body[-1] in "？?！!" and len(body) <= HEADING_LENGTH)


def _has_own_text(block: Block, following: Block | None) -> bool:
    """Whether below a marked sentence stands a paragraph that says more of the same."""
    marker = block.marker
    if marker is None or following is None or following.kind == "meta":
        return False
    body = _OMITTED.sub("", block.body)
    deep = marker.level > 3
    if deep and _ADDRESSES.search(body):
        return False
    if len(body) - marker.end > (HEADING_LENGTH if deep else _LONG_PARAGRAPH):
        return False
    commas = body.count("，")
    if commas > (1 if deep else 3):
        return False
    if following.marker is not None and RANK[following.marker.family] <= RANK[marker.family]:
        return following.marker.family != marker.family and following.marker.family in (
            "is",
            "first",
            "ordinal",
            "dash",
        )
    if following.kind == "heading":
        return True
    return len(following.body) >= (_LONG_PARAGRAPH if deep else min(len(body), 30))


def _is_unmarked_heading(block: Block) -> bool:
    line = block.first
    return (
        (han := _HAN.search(block.body)) is not None
        and _HAN.search(block.body, han.end()) is not None
        and is_title_like(line)
        and not _INNER_STOP.search(block.body)
        and (line.marker is None or line.marker.family != "dash" or len(block.lines) == 1)
    )


def _lists_are_no_headings(blocks: Sequence[Block]) -> None:
    """Three unmarked phrases in a row, or two long ones, are a list whose stops were left out."""
    phrases: list[Block] = []
    for block in (*blocks, None):
        if block is not None and block.kind == "heading" and block.marker is None and not block.role:
            phrases.append(block)
        elif phrases:
            shortest = min(len(phrase.body) for phrase in phrases)
            if len(phrases) >= 2 and (shortest > 20 or (len(phrases) >= 4 and shortest > 12)):
                for phrase in phrases:
                    phrase.kind = "paragraph"
            phrases = []


def _find_topic_sentences(blocks: Sequence[Block]) -> None:
    """Turn single sentences that stand alone before a paragraph of their own into headings, if a speech has three of them.

    Those with a marker, and those that begin alike, are believed though they speak to the audience.
    """
    plain: list[Block] = []
    alike: dict[str, list[Block]] = {}
    for block, following in itertools.pairwise(blocks):
        body = block.body
        if block.kind != "paragraph" or len(block.lines) > 1 or block.role:
            continue
        if block.marker is not None:
            if body.endswith(("略）", "略)")) and _OMITTED.search(body) and body.count("。") <= 1:
                block.kind, block.run_in = "heading", 0
            continue
        if len(body) > HEADING_LENGTH or (
            following.kind != "paragraph"
            or following.marker is not None
            or not body.endswith("。")
            or body.count("。") != 1
        ):
            continue
        if len(following.body) < _LONG_PARAGRAPH:
            continue
        if len(body) <= _TOPIC_LENGTH and not _ADDRESSES.search(body):
            plain.append(block)
        alike.setdefault(body[:3], []).append(block)
    for group in (plain, *alike.values()):
        if len(group) >= 3:
            for block in group:
                block.kind = "heading"


def _unname_signatures(blocks: Sequence[Block]) -> None:
    """Unmarked “headings” and labels with nothing below them are signatures or remains of the page."""
    for block in reversed(blocks):
        unmarked = block.marker is None and not block.role
        if (unmarked and (block.kind == "heading" or is_label_alone(block.body))) or (
            block.kind == "paragraph"
            and block.marker is None
            and block.role in ("", "row")
            and is_letterhead(block.body)
        ):
            block.kind = "meta"
        elif block.kind == "paragraph":
            return
