"""What stands before the body of a speech: its title, and what a page or a letterhead writes around it."""

from collections.abc import Sequence

from jianghua.corpus import boilerplate
from jianghua.corpus.lazy import lazy
from jianghua.corpus.letterhead import is_issuer, is_letterhead
from jianghua.corpus.lines import Line, closed_up

SPEECH_WORD = lazy(
    r"(?:讲话|发言|致辞|致词|报告|主持词|主持讲话|总结讲话|表态|演讲|讲稿|讲话稿|发言稿|党课)(?:提纲|要点|稿|材料|摘要|节选|实录)?(?:[（(].{1,20}[）)])?$"
)
TITLE_LENGTH = 60
HEADING_LENGTH = 40
HEAD_LINES = 40
"""Lines that a head can have."""
_NAME_ALONE = lazy(r"^[\u4e00-\u9fff][\s\u3000]*[\u4e00-\u9fff]?[\u4e00-\u9fff×*某]$")
_FOREIGN_NAME = lazy(r"[\u4e00-\u9fff]{1,8}[·•][\u4e00-\u9fff]{1,10}$")
_OFFICE_AND_NAME = lazy(r"(?:长|主席|书记|总理|主任|委员|经理|专员)[\s\u3000]+[\u4e00-\u9fff·•\s]{2,16}$")
_OFFICE = lazy(
    r"^(?:中共)?[\u4e00-\u9fff]{2,16}(?:人民政府|委员会|办公室|办公厅|研究室|[市县区省]委|党委|党组|[^格布结大]局|厅|公司)(?:办公室|办公厅)?$"
)
_OFFICE_ALONE = lazy(r"^[\u4e00-\u9fff、，,\s]{0,24}(?:长|总理|书记|主席|主任|董事长|总经理|总裁)$")
_ORNAMENT = lazy(r"[◆~|»›＞>★☆_◇■]|— —")
_CRUMB = frozenset((">", "＞", "»", "›", "|", "/", "→", ">>", "【", "】", "[", "]", "｜", "·"))
_ARROWS = frozenset((">", "＞", "»", "›", "→", ">>"))
_LAST_WORDS = lazy(r"^(?:谢谢|多谢|感谢|再次感谢|衷心感谢|散会|完了|祝|拜托|新年|再见|休会|现在散会)")
_LABEL_ALONE = lazy(r"^[\u4e00-\u9fff]{1,6}\s?[:：]$")
_CAPTION = lazy(r"(?:(?<!工)作|所作的?|代表.{2,12}向大会作)(?:政府)?(?:工作)?报告。?$|(?:记者|通讯员).{1,20}$")
_LABELLED_IN_HEAD = lazy(r"^(?:地\s{0,4}点|主持人?|记录人?|整理人?|会议(?:名称|主题)|参加人员)\s?[:：]")
_REMARK = lazy(r"[（(〔【\[].{0,30}(?:\d{4}年|录音|记录|整理|摘要|节选|有删节|未经).{0,30}[）)〕】\]]$")
_EDITORS_LABEL = lazy(r"^[【\[（(]?(?:导\s?读|编者按|编\s?者\s?按|摘\s?要|内容提要|核心提示|按语|提要)[】\]）)]?[:：]?")
_OCCASION_AND_SPEAKER = lazy(
    r"^[（(]?—{0,4}(?:\d{4}|[一二三四五六七八九〇○零]{4})年.{2,50}(?:会|大会|会议|仪式)上[\s\u3000]+.{2,24}$"
)
_OCCASION_BEGINS = lazy(r"^[（(]?—{0,4}(?:\d{4}|[一二三四五六七八九〇○零]{4})年.{2,50}$")
_OCCASION_ENDS = lazy(r"(?:会|会议|大会|仪式)上[）)]?$")


def is_label_alone(line: str) -> bool:
    """Whether a line is a short word and a colon, such as “来源：”."""
    return line[-1:] in ":：" and _LABEL_ALONE.match(line) is not None


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
    for number, line in enumerate(lines[:HEAD_LINES]):
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
    return len(lines) if len(lines) <= HEAD_LINES else 0


def _is_of_the_page(line: Line) -> bool:
    return bool(
        is_label_alone(line.body)
        or (len(line.body) <= HEADING_LENGTH and line.marker is None and _is_caption(line.body))
        or is_letterhead(line.body)
    ) and line.mark.role in ("", "meta")


def _is_caption(line: str) -> bool:
    may_be = "报告" in line or "记者" in line or "通讯员" in line
    return may_be and _CAPTION.search(line) is not None


def _is_no_title(line: Line) -> bool:
    body = line.body
    if line.mark.role == "title":
        return False
    return bool(
        _ORNAMENT.search(body)
        or boilerplate.OCCASION.match(body)
        or _OCCASION_AND_SPEAKER.match(body)
        or is_issuer(body)
        or is_letterhead(body)
        or _is_caption(body)
        or _EDITORS_LABEL.match(body)
        or body in _CRUMB
        or _REMARK.match(body)
        or _LABELLED_IN_HEAD.match(body)
    )


def _is_strong_title(line: Line) -> bool:
    return line.mark.role in ("title", "heading") or SPEECH_WORD.search(closed_up(line.body)) is not None


def _is_value(head: Sequence[Line], number: int) -> bool:
    """Whether a line tells what a label before it announced (“来源：” on a line of its own)."""
    return number > 0 and head[number - 1].look in ("site", "text") and is_label_alone(head[number - 1].body)


def _is_crumb(head: Sequence[Line], number: int) -> bool:
    around = head[max(number - 1, 0) : number + 2]
    return len(head[number].body) <= 12 and any(other.body in _ARROWS for other in around if other is not head[number])


def _is_byline(spaced: str) -> bool:
    body = closed_up(spaced)
    return bool(
        (len("".join(body.split())) <= 3 and _NAME_ALONE.match(body))
        or (body[-1] in "长理记席任裁" and _OFFICE_ALONE.match(body))
        or (
            len(body) <= 36
            and (
                boilerplate.is_byline(body)
                or (len(body.split()) > 1 and _OFFICE_AND_NAME.search(body))
                or (("·" in body or "•" in body) and _FOREIGN_NAME.search(body))
            )
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
