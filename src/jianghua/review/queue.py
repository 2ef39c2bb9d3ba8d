"""Which paragraphs a person should label next: the doubtful and the disputed, spread over speeches and functions."""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path, PurePath

import orjson
import pandas as pd

from jianghua.errors import LabelsError, MissingError, access_to
from jianghua.labels import FUNCTIONS

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
    function fills the top. Paragraphs without doubt come last in their function. A text that stands twice in one source is asked for once: its label counts for both.

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
    functions_of = [[vote.rpartition(":")[2] for vote in votes] for votes in rows["votes"]]
    rows["doubt"] = (1 - rows["confidence"].astype(float)) + [_against(functions) for functions in functions_of]
    rows = rows.sort_values(["doubt", "fingerprint", "source"], ascending=[False, True, True])
    speeches = list(zip(rows["source"], rows["speech"], strict=True))
    rows = rows.iloc[list(islice(_take_turns(_text(rows["weak_label"]), speeches, list(rows["doubt"] == 0)), limit))]
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


def read_tags(folder: Path) -> pd.DataFrame:
    """Tags of paragraphs from all JSONL files below a folder that `jianghua tag` wrote.

    Raises:
        FileNotFoundError: there is none.
        ValueError: a line is not a tagged record; the message names file and line.
    """
    tags = []
    for path in sorted(folder.rglob("*.jsonl")):
        with access_to(path):
            lines = path.read_bytes().splitlines()
        for number, line in enumerate(lines, 1):
            try:
                record = orjson.loads(line)
                if record["kind"] == "paragraph":
                    tags.append([_checked(column, record[column]) for column in TAG_COLUMNS])
            except (orjson.JSONDecodeError, KeyError, TypeError, _WrongValueError) as error:
                raise LabelsError(
                    f"{path} line {number}: is not a record of `jianghua tag` ({type(error).__name__}: {error})"
                ) from None
    if not tags:
        raise MissingError(f"{folder}: holds no tagged paragraphs; expected JSONL files that `jianghua tag` wrote")
    return pd.DataFrame(tags, columns=list(TAG_COLUMNS))


class _WrongValueError(ValueError):
    """A value that no record of a paragraph has."""


def _checked(column: str, value: object) -> object:
    """The value of one of TAG_COLUMNS, which must be what `jianghua tag` writes there."""
    if column in ("label", "secondary"):
        right = value in FUNCTIONS or (column == "secondary" and value is None)
    elif column == "confidence":
        right = type(value) in (int, float) and 0 <= value <= 1  # type: ignore[operator]
    elif column in ("source", "model"):
        right = isinstance(value, str)
    else:
        right = type(value) is int and 0 <= value < 1 << 63
    if not right:
        raise _WrongValueError(f"{column} is {str(value)[:40]!r}")
    return value


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
    names = same_files(tags["source"].unique(), table["source"].unique())
    tags = tags.assign(source=tags["source"].map(names)).dropna(subset=["source"])
    twice = tags[tags.duplicated(_PLACE)]
    if len(twice):
        raise LabelsError(
            f"{len(twice)} tags are for a paragraph that has one already, the first in {twice['source'].iloc[0]}; "
            "give the outputs of one run of `jianghua tag`"
        )
    matches = table[_PLACE].merge(tags, "left", _PLACE).set_index(table.index)
    tagged = matches["label"].notna()
    if not tagged.any():
        raise LabelsError(
            f"the tags match none of the table's {len(table)} paragraphs (source, speech, paragraph, start and end must be "
            "the same); tag the files that `jianghua label` read"
        )
    return table.assign(
        weak_label=matches["label"].where(tagged, table["weak_label"]),
        confidence=matches["confidence"].where(tagged, table["confidence"]),
        secondary=matches["secondary"],
        suggested_by=matches["model"].where(tagged, "cues"),
    )


def _against(functions: Sequence[str]) -> float:
    """Share of the votes that do not go to the favourite.

    >>> _against(["closing", "closing", "context", "requirements"]), _against([])
    (0.5, 0.0)
    """
    return 1 - max(Counter(functions).values()) / len(functions) if functions else 0.0


def _take_turns(functions: Sequence[str], speeches: Sequence[tuple[str, int]], sure: Sequence[bool]) -> Iterator[int]:
    """Row numbers in order of review; rows come most doubtful first, those without doubt last.

    >>> list(_take_turns(["a", "a", "a", "b"], [("x", 0), ("x", 0), ("y", 0), ("x", 0)], [False] * 4))
    [0, 3, 2, 1]
    """
    waiting: dict[str, list[tuple[bool, int, int]]] = {}
    for row, function in enumerate(functions):
        waiting.setdefault(function, []).append((sure[row], 0, row))  # in order, so already a heap
    times_asked: Counter[tuple[str, int]] = Counter()
    while waiting:
        for function, heap in list(waiting.items()):
            _, times, row = heap[0]
            while times < times_asked[speeches[row]]:
                heapq.heapreplace(heap, (sure[row], times_asked[speeches[row]], row))
                _, times, row = heap[0]
            heapq.heappop(heap)
            times_asked[speeches[row]] += 1
            if not heap:
                del waiting[function]
            yield row


def same_files(tagged: Iterable[str], sources: Iterable[str]) -> dict[str, str]:
    """Source of the table that each tagged file is: one path is the other, or its end.

    >>> same_files(["/home/li/raw/2019/a.txt", "2020/a.txt", "b.txt"], ["2018/a.txt", "2019/a.txt", "sub/b.txt"])
    {'/home/li/raw/2019/a.txt': '2019/a.txt', 'b.txt': 'sub/b.txt'}
    """
    by_name: dict[str, list[str]] = {}
    for source in sources:
        by_name.setdefault(PurePath(source).name, []).append(source)
    same = {}
    for name in tagged:
        namesakes = by_name.get(PurePath(name).name, [])
        ends = [source for source in namesakes if _ends_with(name, source)]
        longer = [source for source in namesakes if _ends_with(source, name)]
        if not ends and len(longer) > 1:
            raise LabelsError(f"the tags of {name} could be of {' or '.join(longer)}; tag the whole folder at once")
        if ends or longer:
            same[name] = max(ends, key=len) if ends else longer[0]
    return same


def _ends_with(path: str, end: str) -> bool:
    parts = PurePath(end).parts
    return PurePath(path).parts[-len(parts) :] == parts


def _text(column: pd.Series) -> list[str]:
    return ["" if pd.isna(value) else str(value) for value in column]
