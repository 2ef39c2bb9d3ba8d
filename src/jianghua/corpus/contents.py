"""Tables of contents: lines that name what follows, and are no headings themselves."""

from collections.abc import Sequence

from jianghua.corpus.lazy import lazy

_TITLE = lazy(r"(?i)^[【\[（(]?(?:[目纲]\s{0,8}[录次目]|提\s{0,8}纲|主要内容|内容提要|contents)[】\]）)]?[:：]?$")
_LEADER = lazy(
    r"(?:(?<![.．…·•。・_\-—─])[.．…·•。・_\-—─]{3,}+|(?<![.．…· ])(?:[.．…·] ?){4,}+|(?<!\s)(?:\t| {3,}+|\u3000{2,}+))"
    r"\s{0,8}(?:第\s{0,4})?[（(\-—－]{0,2}\s{0,4}(?:[0-9０-９]{1,4}|[ivxIVX]{1,6})\s{0,4}[）)\-—－]{0,2}页?$"
)
_PAGE_ENDS = frozenset("0123456789０１２３４５６７８９ivxIVX）)-—－页")
_AFTER_NAME = " \t\u3000.．…·•。・_-—－─（()）0123456789０１２３４５６７８９"
"""Leaders and page numbers."""
_MOST = 200
_LONGEST, _LONGEST_TITLE = 60, 13


def contents_lines(bodies: Sequence[str]) -> set[int]:
    """Numbers of the lines of a table of contents, its title among them.

    A line belongs to one if leaders and a page number end it, or if it stands below the title and comes again later.

    >>> sorted(contents_lines(["目  录", "一、成绩", "二、任务", "同志们：", "一、成绩", "粮食增产。", "二、任务", "要抓落实。"]))
    [0, 1, 2]
    >>> sorted(contents_lines(["一、成绩……………1", "二、任务……………3", "一、成绩", "粮食增产。"]))
    [0, 1]
    """
    led = [
        index
        for index, body in enumerate(bodies)
        if body and body[-1] in _PAGE_ENDS and len(body) <= 2 * _LONGEST and _LEADER.search(body)
    ]
    found = set(led) if len(led) >= 2 else set()
    for index, body in enumerate(bodies):
        if len(body) <= _LONGEST_TITLE and body[:1] in "目纲提主内Cc【[（(" and _TITLE.match(body):
            listed = _listed_below(bodies, index)
            if listed or index + 1 in found:
                found.update(listed, [index])
    return found


def _listed_below(bodies: Sequence[str], title: int) -> list[int]:
    """Lines below the title of a contents list that come again after it."""
    below = range(title + 1, min(title + 1 + _MOST, len(bodies)))
    later: dict[str, int] = {}
    for index in range(len(bodies) - 1, title, -1):
        if len(bodies[index]) <= _LONGEST:
            later.setdefault("".join(bodies[index].rstrip(_AFTER_NAME).split()), index)
    listed = []
    for index in below:
        name = "".join(bodies[index].rstrip(_AFTER_NAME).split())
        if not name or later.get(name, -1) <= index:
            break
        listed.append(index)
    return listed
