"""Which paragraphs a person should label next: the doubtful and the disputed, spread over speeches and functions."""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import PurePath

import pandas as pd

COLUMNS = (
    "fingerprint",
    "source",
    "speech",
    "paragraph",
    "outline",
    "before",
    "text",
    "after",
    "suggested",
    "suggested_secondary",
    "confidence",
    "suggested_by",
    "cues",
)
"""Columns of a review queue; text is empty, and confidence NaN, where nothing is known."""

TAG_COLUMNS = ("source", "speech", "paragraph", "start", "end", "label", "secondary", "confidence", "model")
"""What `lay_tags` takes from each line that `jianghua tag` wrote."""

_PLACE = ["source", "speech", "paragraph", "start", "end"]


def review_queue(table: pd.DataFrame, limit: int, everything: bool = False) -> pd.DataFrame:
    """Choose paragraphs for review, the most doubtful first.

    A paragraph's doubt is 1 - confidence, plus the share of its votes that go against the favourite. Functions take turns;
    each gives the most doubtful paragraph of the speeches that were asked least so far, so that neither a speech nor a
    function fills the top. A text that stands twice in one source is asked for once: its label counts for both.

    Args:
        table: as written by `jianghua label`, perhaps after `lay_tags`.
        limit: number of rows at most.
        everything: take paragraphs that have a hand label, too.

    Returns:
        one row for each paragraph, with COLUMNS.

    >>> votes = [["回顾:achievements", "要求:requirements"], ["祝愿:closing"], []]
    >>> table = pd.DataFrame({"source": "a.txt", "speech": 0, "paragraph": [2, 3, 4], "kind": "paragraph",
    ...     "outline": [["一、回顾"], [], []], "text": ["要看到成绩。", "祝大家好！", "散会。"], "fingerprint": ["1", "2", "3"],
    ...     "votes": votes, "weak_label": ["achievements", "closing", None], "confidence": [0.5, 1.0, 0.0],
    ...     "gold_label": [None, "closing", None]})
    >>> review_queue(table, 9)[["outline", "text", "after", "suggested", "cues"]].values.tolist()
    [['一、回顾', '要看到成绩。', '祝大家好！', 'achievements', '回顾 → achievements; 要求 → requirements'],
     ['', '散会。', '', '', '']]
    """
    rows = table[table["kind"] == "paragraph"].copy()
    neighbours = rows.groupby(["source", "speech"], sort=False)["text"]
    rows["before"], rows["after"] = neighbours.shift(1), neighbours.shift(-1)
    if not everything:
        rows = rows[rows["gold_label"].isna()]
    rows = rows.drop_duplicates(["source", "fingerprint"])
    voted = [[vote.rpartition(":")[2] for vote in votes] for votes in rows["votes"]]
    rows["doubt"] = (1 - rows["confidence"].astype(float)) + [_against(functions) for functions in voted]
    rows = rows.sort_values(["doubt", "fingerprint", "source"], ascending=[False, True, True])
    speeches = list(zip(rows["source"], rows["speech"], strict=True))
    rows = rows.iloc[list(islice(_take_turns(_text(rows["weak_label"]), speeches), limit))]
    return pd.DataFrame(
        {
            "fingerprint": rows["fingerprint"],
            "source": rows["source"],
            "speech": rows["speech"],
            "paragraph": rows["paragraph"],
            "outline": [" › ".join(headings) for headings in rows["outline"]],
            "before": _text(rows["before"]),
            "text": rows["text"],
            "after": _text(rows["after"]),
            "suggested": _text(rows["weak_label"]),
            "suggested_secondary": _text(rows["secondary"]) if "secondary" in rows else "",
            "confidence": rows["confidence"].where(rows["weak_label"].notna()),
            "suggested_by": rows.get("suggested_by", "cues"),
            "cues": ["; ".join(" → ".join(vote.rsplit(":", 1)) for vote in votes) for votes in rows["votes"]],
        },
        columns=list(COLUMNS),
    ).reset_index(drop=True)


def lay_tags(table: pd.DataFrame, tags: pd.DataFrame) -> pd.DataFrame:
    """Let a model's tags stand in for the weak labels of the paragraphs that they match by place.

    Args:
        table: as written by `jianghua label`.
        tags: columns TAG_COLUMNS; a source may be a longer or shorter path than the table's for the same file.

    Returns:
        the table with weak_label and confidence replaced, and the columns secondary and suggested_by (“cues”, or the model).

    Raises:
        ValueError: tags match no paragraph, two for the same paragraph, or a file that could be either of two sources.
    """
    names = _same_files(tags["source"].unique(), table["source"].unique())
    tags = tags.assign(source=tags["source"].map(names)).dropna(subset=["source"])
    twice = tags[tags.duplicated(_PLACE)]
    if len(twice):
        raise ValueError(
            f"{len(twice)} tags are for a paragraph that has one already, the first in {twice['source'].iloc[0]}; "
            "give the outputs of one run of `jianghua tag`"
        )
    joined = table[_PLACE].merge(tags, "left", _PLACE).set_index(table.index)
    tagged = joined["label"].notna()
    if not tagged.any():
        raise ValueError(
            f"the tags match none of the table's {len(table)} paragraphs (source, speech, paragraph, start and end must be "
            "the same); tag the files that `jianghua label` read"
        )
    return table.assign(
        weak_label=joined["label"].where(tagged, table["weak_label"]),
        confidence=joined["confidence"].where(tagged, table["confidence"]),
        secondary=joined["secondary"],
        suggested_by=joined["model"].where(tagged, "cues"),
    )


def _against(functions: Sequence[str]) -> float:
    """Share of the votes that do not go to the favourite.

    >>> _against(["closing", "closing", "context", "requirements"]), _against([])
    (0.5, 0.0)
    """
    return 1 - max(Counter(functions).values()) / len(functions) if functions else 0.0


def _take_turns(functions: Sequence[str], speeches: Sequence[tuple[str, int]]) -> Iterator[int]:
    """Row numbers in order of review; rows come most doubtful first.

    >>> list(_take_turns(["a", "a", "a", "b"], [("x", 0), ("x", 0), ("y", 0), ("x", 0)]))
    [0, 3, 2, 1]
    """
    waiting: dict[str, list[tuple[int, int]]] = {}
    for row, function in enumerate(functions):
        waiting.setdefault(function, []).append((0, row))  # in order, so already a heap
    asked: Counter[tuple[str, int]] = Counter()
    while waiting:
        for function, heap in list(waiting.items()):
            while heap[0][0] < (times := asked[speeches[heap[0][1]]]):
                heapq.heapreplace(heap, (times, heap[0][1]))
            _, row = heapq.heappop(heap)
            asked[speeches[row]] += 1
            if not heap:
                del waiting[function]
            yield row


def _same_files(tagged: Iterable[str], sources: Iterable[str]) -> dict[str, str]:
    """Source of the table that each tagged file is: the one with the same name and most folders in common.

    >>> _same_files(["/home/li/raw/2019/a.txt", "c.txt"], ["2018/a.txt", "2019/a.txt", "b.txt"])
    {'/home/li/raw/2019/a.txt': '2019/a.txt'}
    """
    by_name: dict[str, list[str]] = {}
    for source in sources:
        by_name.setdefault(PurePath(source).name, []).append(source)
    same = {}
    for name in tagged:
        candidates = by_name.get(PurePath(name).name, [])
        shared = [_parts_in_common(name, source) for source in candidates]
        if shared.count(max(shared, default=0)) > 1:
            raise ValueError(
                f"the tags of {name} could be of {' or '.join(candidates)}; tag with the path that the table names"
            )
        if candidates:
            same[name] = candidates[shared.index(max(shared))]
    return same


def _parts_in_common(left: str, right: str) -> int:
    pairs = zip(reversed(PurePath(left).parts), reversed(PurePath(right).parts), strict=False)
    return next(
        (count for count, (a, b) in enumerate(pairs) if a != b),
        min(len(PurePath(left).parts), len(PurePath(right).parts)),
    )


def _text(column: pd.Series) -> list[str]:
    return ["" if pd.isna(value) else str(value) for value in column]
