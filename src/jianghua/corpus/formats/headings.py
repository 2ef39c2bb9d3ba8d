"""Whether text that a file calls a title or a heading can be one: styles are also put on body text by mistake."""

import re

from jianghua.corpus.decode import Mark

_LONGEST = 100
_LONGEST_WITH_STOPS = 60
_CLOSING = "。！？；!?;…”’』」》）)】〕] \t\u3000"
_FULL_STOP = re.compile("[。]")
_STOP = re.compile("[！？；!?;]")
_DATE = re.compile(
    r"[（(]?\s*(?:\d{4}|[〇零○Ｏ一二三四五六七八九]{4})\s*年[\d一二三四五六七八九十\s]{1,4}月?[\d一二三四五六七八九十\s]{0,4}日?\s*[）)]?"
)
_SALUTATION = re.compile(
    r"(?:尊敬|亲爱|各位|同志|女士|先生|朋友|领导|来宾|代表|委员|同学|老师).{0,100}[：:！!,，]$|^(?:谢谢|散会|拜托).{0,6}$"
)
_MARKER = re.compile(
    r"\s*+(?:[（(〔\[]?\s*+[一二三四五六七八九十百零〇\d０-９]{1,4}\s*+(?:[）)〕\]、.．]|是|要)|"
    r"第\s*+[一二三四五六七八九十百\d]{1,4}\s*+[章节编部条款、，]|[①-⓿⒈-⒛㈠-㈩❶-❿])"
)
_OCCASION = re.compile(
    r"(?:—|─|―|-)*在.+(?:讲话|发言|致辞|致词|报告|主持词|演讲|党课)(?:提纲|稿)?[（(]?[^（()）]{0,12}[）)]?"
)


def has_marker(text: str) -> bool:
    """Whether a heading begins with a number of an outline.

    >>> has_marker("（一）抓项目"), has_marker("在全县大会上的讲话")
    (True, False)
    """
    return _MARKER.match(text) is not None


def names_a_speech(text: str) -> bool:
    """Whether text is the title of a speech by its form.

    >>> names_a_speech("在全县教育工作会议上的讲话"), names_a_speech("学习贯彻重要讲话")
    (True, False)
    """
    return len(text) <= _LONGEST and _OCCASION.fullmatch(text.strip()) is not None


def is_date(text: str) -> bool:
    """Whether text is a date and nothing else.

    >>> is_date("（2024年3月5日）"), is_date("二〇二四年三月"), is_date("2024年工作")
    (True, True, False)
    """
    return _DATE.fullmatch(text.strip()) is not None


def can_be_heading(text: str) -> bool:
    """Whether a paragraph in a heading style is one: short, of one sentence, no salutation and no date.

    Up to 100 characters without a stop, up to 60 with “？”, “！” or “；” in it or a full stop at its end; a full stop with
    more text after it makes it body text (perhaps with a heading that runs in, which is found by its own form).

    >>> can_be_heading("为什么要抓项目？"), can_be_heading("（一）加强领导。各级要把责任扛在肩上。"), can_be_heading("同志们：")
    (True, False, False)
    """
    body = " ".join(text.split())
    inner = body.rstrip(_CLOSING)
    if not inner or len(body) > _LONGEST or _FULL_STOP.search(inner) or _SALUTATION.search(body) or is_date(body):
        return False
    return len(body) <= _LONGEST_WITH_STOPS or not (_STOP.search(body) or _FULL_STOP.search(body))


def marked(text: str, role: str, level: int, ends: bool | None) -> list[tuple[str, Mark]]:
    """Lines of a paragraph whose style says title or heading, with the marks that they bear out.

    A heading over several lines by soft line breaks is one heading; a heading with body text below it is one line of it.
    """
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    plain = [(line, Mark(ends=None)) for line in lines[:-1]] + [(line, Mark(ends=ends)) for line in lines[-1:]]
    if role == "title" and any(has_marker(line) for line in lines):
        return plain
    whole = "".join(lines)
    if not can_be_heading(whole) or (len(lines) > 1 and (len(whole) > _LONGEST_WITH_STOPS or "。" in whole)):
        if len(lines) > 1 and role == "heading" and can_be_heading(lines[0]):
            plain[0] = (lines[0], Mark(role, level, ends=True))
        return plain
    found = []
    for index, line in enumerate(lines):
        last = index == len(lines) - 1
        if is_date(line):
            found.append((line, Mark(ends=True)))
            continue
        following = "" if last else lines[index + 1].lstrip()
        separate = has_marker(following) or is_date(following) or following.startswith(("（", "(", "—", "─", "―"))
        found.append((line, Mark(role, level, ends=ends if last else separate)))
    return found
