"""What the lines of a speech are: title, heading, paragraph or meta; each decided by evidence from around it."""

import itertools
import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from jianghua.corpus import boilerplate
from jianghua.corpus.letterhead import ISSUER, is_letterhead
from jianghua.corpus.lines import Line, closed_up
from jianghua.corpus.markers import RANK, Marker
from jianghua.corpus.outline import begins_annex, run_in_heading, stands_alone

SPEECH_WORD = re.compile(
    r"(?:讲话|发言|致辞|致词|报告|主持词|主持讲话|总结讲话|表态|演讲|讲稿|讲话稿|发言稿|党课)(?:提纲|要点|稿|材料|摘要|节选|实录)?(?:[（(].{1,20}[）)])?$"
)
TITLE_LENGTH = 60
HEADING_LENGTH = 40
_MARKED_LENGTH = 60
_TOPIC_LENGTH = 28
_LONG_PARAGRAPH = 50
_HEAD_LINES = 40
_NAME_ALONE = re.compile(r"^[\u4e00-\u9fff][\s\u3000]*[\u4e00-\u9fff]?[\u4e00-\u9fff×*某]$")
_FOREIGN_NAME = re.compile(r"[\u4e00-\u9fff]{1,8}[·•][\u4e00-\u9fff]{1,10}$")
_OFFICE_AND_NAME = re.compile(r"(?:长|主席|书记|总理|主任|委员|经理|专员)[\s\u3000]+[\u4e00-\u9fff·•\s]{2,16}$")
_OFFICE = re.compile(
    r"^(?:中共)?[\u4e00-\u9fff]{2,16}(?:人民政府|委员会|办公室|办公厅|研究室|[市县区省]委|党委|党组|[^格布结大]局|厅|公司)(?:办公室|办公厅)?$"
)
_OFFICE_ALONE = re.compile(r"^[\u4e00-\u9fff、，,\s]{0,24}(?:长|总理|书记|主席|主任|董事长|总经理|总裁)$")
_ORNAMENT = re.compile(r"[◆~|»›＞>★☆_◇■]|— —")
_CRUMB = frozenset((">", "＞", "»", "›", "|", "/", "→", ">>", "【", "】", "[", "]", "｜", "·"))
_ARROWS = frozenset((">", "＞", "»", "›", "→", ">>"))
_LAST_WORDS = re.compile(r"^(?:谢谢|多谢|感谢|再次感谢|衷心感谢|散会|完了|祝|拜托|新年|再见|休会|现在散会)")
_ADDRESSES = re.compile(r"[我你您请]|大家|同志|谢谢|下面|以下|今天|如下|散会")
_OMITTED = re.compile(r"[（(][^（）()]{0,6}略[）)]$")
_HAN = re.compile("[\u4e00-\u9fff]")
_WORD = re.compile("[A-Za-z0-9]")
_INNER_STOP = re.compile(r"[。！？!?；;](?=.)")
_LABEL_ALONE = re.compile(r"^[\u4e00-\u9fff]{1,6}\s?[:：]$")
_CAPTION = re.compile(r"(?:(?<!工)作|所作的?|代表.{2,12}向大会作)(?:政府)?(?:工作)?报告。?$|(?:记者|通讯员).{1,20}$")
_LABELLED_IN_HEAD = re.compile(r"^(?:地\s{0,4}点|主持人?|记录人?|整理人?|会议(?:名称|主题)|参加人员)\s?[:：]")
_REMARK = re.compile(r"[（(〔【\[].{0,30}(?:\d{4}年|录音|记录|整理|摘要|节选|有删节|未经).{0,30}[）)〕】\]]$")
_EDITORS_LABEL = re.compile(
    r"^[【\[（(]?(?:导\s?读|编者按|编\s?者\s?按|摘\s?要|内容提要|核心提示|按语|提要)[】\]）)]?[:：]?"
)
_OCCASION_AND_SPEAKER = re.compile(
    r"^[（(]?—{0,4}(?:\d{4}|[一二三四五六七八九〇○零]{4})年.{2,50}(?:会|大会|会议|仪式)上[\s\u3000]+.{2,24}$"
)
_OCCASION_BEGINS = re.compile(r"^[（(]?—{0,4}(?:\d{4}|[一二三四五六七八九〇○零]{4})年.{2,50}$")
_OCCASION_ENDS = re.compile(r"(?:会|会议|大会|仪式)上[）)]?$")


@dataclass(slots=True)
class Block:
    """Lines that make one record, and what they were found to be."""

    lines: list[Line]
    body: str
    kind: str = "paragraph"
    first: Line = field(init=False)
    marker: Marker | None = field(init=False)
    """Marker that it begins with."""
    role: str = field(init=False)
    """What the file itself says of it."""
    ends_sentence: bool = field(init=False)
    """Whether it stops where a sentence stops."""
    run_in: int = 0
    """Length of the heading that runs into it, 0 where none does."""

    def __post_init__(self) -> None:
        self.first = self.lines[0]
        self.marker = self.first.marker
        self.role = self.first.mark.role
        self.ends_sentence = self.lines[-1].ends_sentence


# before the body


def is_title_like(line: Line) -> bool:
    """Whether a line could be a title, or belong to one."""
    if line.look != "text" or line.mark.role == "paragraph":
        return False
    if line.mark.role in ("title", "heading"):
        return len(line.body) <= 2 * TITLE_LENGTH and (line.marker is None or line.marker.family == "dash")
    return (
        (line.marker is None or line.marker.family == "dash")
        and len(line.body) <= TITLE_LENGTH
        and not line.ends_sentence
        and not _LAST_WORDS.match(line.body)
    )


def head_kinds(lines: Sequence[Line]) -> list[str]:
    """Kinds of the lines before the body of a speech: “title” and “meta”; as many as there are such lines.

    A title is known by its words (…讲话), by what the file says, or by being all there is; what stands around it and is
    shorter, or names an office, a person, a date or a site, is no title.
    """
    end = _end_of_head(lines)
    head = lines[:end]
    candidate = [
        is_title_like(line) and not _is_no_title(line) and not _is_value(head, number) and not _is_crumb(head, number)
        for number, line in enumerate(head)
    ]
    strong = [could_be and _is_strong_title(line) for could_be, line in zip(candidate, head, strict=True)]
    first = strong.index(True) if True in strong else len(head)
    lead = first  # lines of a title that begins above its certain line
    while lead and candidate[lead - 1] and len(head[lead - 1].body) > 6:
        lead -= 1
    kinds: list[str] = []
    for number, line in enumerate(head):
        is_title = candidate[number]
        if True in strong and not strong[number]:
            is_title = is_title and number >= lead and len(line.body) > 6
        if "title" in kinds or True in strong:
            is_title = is_title and not _is_byline(line.body) and not ("title" in kinds and _OFFICE.match(line.body))
        kinds.append("title" if is_title else "meta")
    _occasions_over_two_lines(head, kinds)
    return kinds


def _end_of_head(lines: Sequence[Line]) -> int:
    """Number of lines before the body: up to the greeting where it comes soon, else up to the first prose or heading."""
    prose = first = None
    for number, line in enumerate(lines[:_HEAD_LINES]):
        if line.look == "salutation":
            return number + 1 if prose is None or prose <= HEADING_LENGTH else first or 0
        if line.look == "text" and not is_title_like(line) and not _is_of_the_page(line):
            if first is None:
                first = number
            prose = (prose or 0) + len(line.body)
            if line.marker is not None or prose > 3 * HEADING_LENGTH:
                break
    if first is not None:
        return first
    return len(lines) if len(lines) <= _HEAD_LINES else 0


def _is_of_the_page(line: Line) -> bool:
    return bool(
        _LABEL_ALONE.match(line.body)
        or (len(line.body) <= HEADING_LENGTH and line.marker is None and _CAPTION.search(line.body))
        or is_letterhead(line.body)
    ) and line.mark.role in ("", "meta")


def _is_no_title(line: Line) -> bool:
    body = line.body
    if line.mark.role == "title":
        return False
    return bool(
        _ORNAMENT.search(body)
        or boilerplate.OCCASION.match(body)
        or _OCCASION_AND_SPEAKER.match(body)
        or ISSUER.match(body)
        or is_letterhead(body)
        or _CAPTION.search(body)
        or _EDITORS_LABEL.match(body)
        or body in _CRUMB
        or _REMARK.match(body)
        or _LABELLED_IN_HEAD.match(body)
    )


def _is_strong_title(line: Line) -> bool:
    return line.mark.role in ("title", "heading") or SPEECH_WORD.search(closed_up(line.body)) is not None


def _is_value(head: Sequence[Line], number: int) -> bool:
    """Whether a line tells what a label before it announced (“来源：” on a line of its own)."""
    return number > 0 and head[number - 1].look in ("site", "text") and bool(_LABEL_ALONE.match(head[number - 1].body))


def _is_crumb(head: Sequence[Line], number: int) -> bool:
    around = head[max(number - 1, 0) : number + 2]
    return len(head[number].body) <= 12 and any(other.body in _ARROWS for other in around if other is not head[number])


def _is_byline(spaced: str) -> bool:
    body = closed_up(spaced)
    return bool(
        _NAME_ALONE.match(body)
        or _OFFICE_ALONE.match(body)
        or (
            len(body) <= 36
            and (boilerplate.is_byline(body) or _OFFICE_AND_NAME.search(body) or _FOREIGN_NAME.search(body))
        )
    )


def _occasions_over_two_lines(head: Sequence[Line], kinds: list[str]) -> None:
    for number in range(len(head) - 1):
        one, other = head[number].body, head[number + 1].body
        if (
            kinds[number] == kinds[number + 1] == "title"
            and _OCCASION_BEGINS.match(one)
            and not _OCCASION_ENDS.search(one)
            and _OCCASION_ENDS.search(other)
            and len(other) <= HEADING_LENGTH
        ):
            kinds[number] = kinds[number + 1] = "meta"


# the body


def decide_kinds(blocks: Sequence[Block]) -> None:
    """Give each block of the body its kind, and the headings that run into paragraphs their length."""
    runs: dict[int, list[Block]] = {}
    after = dict(zip(map(id, blocks), [*blocks[1:], None], strict=False))
    for block in blocks:
        marker = block.marker
        if block.kind == "meta":
            continue
        if len(block.body) < _LONG_PARAGRAPH and not _HAN.search(block.body) and not _WORD.search(block.body):
            block.kind = "meta"
        elif block.role in ("paragraph", "row"):
            block.kind = "paragraph"
        elif block.role in ("heading", "title"):
            block.kind = "heading" if len(block.body) <= 2 * _MARKED_LENGTH else "paragraph"
        elif marker is not None and marker.family != "dash":
            runs.setdefault(id(block.first.run), [])
            runs[id(block.first.run)].append(block)
            block.kind = "heading" if stands_alone(block.body, marker) and _is_short_block(block) else "paragraph"
        elif _is_unmarked_heading(block) or (
            block.body[-1] in "：:】" and len(block.body) <= 12 and begins_annex(block.body)
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
        len(block.body) <= HEADING_LENGTH
        and len(_HAN.findall(block.body)) >= 2
        and is_title_like(line)
        and not block.ends_sentence
        and not _INNER_STOP.search(block.body)
        and (line.marker is None or line.marker.family != "dash" or len(block.lines) == 1)
        and (len(block.lines) == 1 or len(block.body) <= HEADING_LENGTH)
    )


def _lists_are_no_headings(blocks: Sequence[Block]) -> None:
    """Three unmarked phrases in a row, or two long ones, are a list whose stops were left out."""
    for is_phrase, group in itertools.groupby(
        blocks, key=lambda block: block.kind == "heading" and block.marker is None and not block.role
    ):
        phrases = list(group)
        if is_phrase and len(phrases) >= 2:
            lengths = [len(block.body) for block in phrases]
            if min(lengths) > 20 or (len(phrases) >= 4 and min(lengths) > 12):
                for block in phrases:
                    block.kind = "paragraph"


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
        if (unmarked and (block.kind == "heading" or _LABEL_ALONE.match(block.body))) or (
            block.kind == "paragraph"
            and block.marker is None
            and block.role in ("", "row")
            and is_letterhead(block.body)
        ):
            block.kind = "meta"
        elif block.kind == "paragraph":
            return


# what may stand below a heading


def paragraphs_below(blocks: Iterable[Block], ranks: Mapping[str, float] = RANK) -> dict[int, tuple[int | None, bool]]:
    """For each marked block that is or has a heading: how many unmarked paragraphs can stand below, and whether it is the
    last of its run; by the identity of the block.

    The last item of a list holds no more paragraphs than those before it; what follows belongs to the section again.
    """
    below: dict[int, int] = {}
    runs: dict[int, list[Block]] = {}
    open_blocks: list[Block] = []
    for block in blocks:
        marker = block.marker
        if marker is not None and marker.family != "dash" and (block.kind == "heading" or block.run_in):
            rank = ranks[marker.family]
            for at, other in enumerate(open_blocks):
                family = other.marker.family  # type: ignore[union-attr]
                if family == marker.family or ranks[family] > rank:
                    del open_blocks[at:]
                    break
            open_blocks.append(block)
            below[id(block)] = 0
            runs.setdefault(id(block.first.run), []).append(block)
        elif block.kind == "paragraph":
            for other in open_blocks:
                below[id(other)] += 1
    found: dict[int, tuple[int | None, bool]] = {}
    for run in runs.values():
        for block in run[:-1]:
            found[id(block)] = (None, False)
        last = run[-1]
        is_section = RANK[last.marker.family] <= RANK["han_bracket"]  # type: ignore[union-attr]
        if last.kind == "heading" and (is_section or len(run) == 1 or last.role):
            limit = None
        else:
            limit = max((below[id(block)] for block in run[:-1]), default=0)
        found[id(last)] = (limit, True)
    return found


def ranks_of(blocks: Iterable[Block]) -> Mapping[str, float]:
    """Which family of markers stands above which in a speech: as usual (`RANK`), unless lists of one are found between the
    items of another that is usually below it, and never the other way round.
    """
    runs: dict[int, tuple[str, list[int]]] = {}
    for number, block in enumerate(blocks):
        if block.marker is not None and block.marker.number and (block.kind == "heading" or block.run_in):
            runs.setdefault(id(block.first.run), (block.marker.family, []))[1].append(number)
    ranks: dict[str, float] = dict(RANK)
    families = {family for family, _ in runs.values()}
    if len(families) < 2:
        return ranks
    holds: Counter[tuple[str, str]] = Counter()
    ordered = sorted((items[0], items[-1], family) for family, items in runs.values())
    for family in families:
        gaps = sorted(gap for name, items in runs.values() if name == family for gap in itertools.pairwise(items))
        begins = [begin for begin, _ in gaps]
        for first, last, other in ordered:
            at = bisect(begins, first) - 1
            if other != family and at >= 0 and last < gaps[at][1]:
                holds[family, other] += 1
    for (above, below), count in sorted(holds.items()):
        if count and not holds[below, above] and ranks[above] > ranks[below]:
            if any(holds[other, above] for other in families):
                ranks[below] = ranks[above] + 0.5
            else:
                ranks[above] = ranks[below] - 0.5
    return ranks
