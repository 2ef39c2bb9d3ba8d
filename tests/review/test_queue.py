from pathlib import Path
from typing import Any

import orjson
import pandas as pd
import pytest

from jianghua.corpus import fingerprint
from jianghua.review.queue import COLUMNS, lay_tags, read_tags, review_queue


def table_of(*rows: dict[str, Any]) -> pd.DataFrame:
    """A table as `jianghua label` writes it; each row says only what matters to the test."""
    numbers: dict[str, int] = {}
    records = []
    for row in rows:
        source = row.get("source", "county.txt")
        number = numbers[source] = numbers.get(source, -1) + 1
        text = row.get("text", f"{source}第{number}段。")
        plain = {
            "source": source,
            "speech": 0,
            "paragraph": number,
            "start": number * 10,
            "end": number * 10 + 9,
            "kind": "paragraph",
            "outline": [],
            "text": text,
            "fingerprint": fingerprint(text),
            "votes": [],
            "weak_label": None,
            "confidence": 0.0,
            "gold_label": None,
        }
        records.append(plain | row)
    return pd.DataFrame(records)


def doubtful(source: str, function: str, confidence: float) -> dict[str, Any]:
    return {"source": source, "weak_label": function, "confidence": confidence, "votes": [f"cue:{function}"]}


def test_disputed_paragraphs_come_before_those_that_no_cue_knows_and_sure_ones_last() -> None:
    table = table_of(
        {"text": "祝大家好！", "votes": ["wish:closing"], "weak_label": "closing", "confidence": 1.0},
        {"text": "散会。"},
        {
            "text": "成绩要看到，纪律要严明。",
            "votes": ["done:achievements", "conduct:discipline", "modal:requirements"],
            "weak_label": "achievements",
            "confidence": 1 / 3,
        },
    )
    queue = review_queue(table, 9)
    assert list(queue["text"]) == ["成绩要看到，纪律要严明。", "散会。", "祝大家好！"]
    assert queue["cues"][0] == "done → achievements; conduct → discipline; modal → requirements"
    assert list(queue.columns) == list(COLUMNS)


def test_no_speech_fills_the_top_of_the_queue() -> None:
    worst = [doubtful("a.txt", "closing", 0.1)] * 6
    queue = review_queue(
        table_of(*worst, doubtful("b.txt", "closing", 0.6), doubtful("c.txt", "closing", 0.7)),
        4,
    )
    assert list(queue["source"]) == ["a.txt", "b.txt", "c.txt", "a.txt"]


def test_no_function_fills_the_top_of_the_queue() -> None:
    many = [doubtful(f"{number}.txt", "context", 0.1) for number in range(6)]
    queue = review_queue(
        table_of(*many, doubtful("x.txt", "discipline", 0.6), doubtful("y.txt", "closing", 0.7)),
        5,
    )
    assert list(queue["suggested"]) == ["context", "discipline", "closing", "context", "context"]


def test_an_undisputed_paragraph_waits_even_if_its_speech_was_never_asked() -> None:
    rows = [doubtful("a.txt", "closing", 0.5), doubtful("a.txt", "closing", 0.6), doubtful("b.txt", "closing", 1.0)]
    assert list(review_queue(table_of(*rows), 3)["source"]) == ["a.txt", "a.txt", "b.txt"]


def test_hand_labelled_paragraphs_are_not_asked_for_again_unless_all_are_wanted() -> None:
    table = table_of({"text": "一。", "gold_label": "context"}, {"text": "二。"})
    assert list(review_queue(table, 9)["text"]) == ["二。"]
    assert sorted(review_queue(table, 9, everything=True)["text"]) == ["一。", "二。"]


def test_headings_are_neither_asked_for_nor_shown_as_neighbours() -> None:
    table = table_of(
        {"text": "一。"},
        {"text": "一、工作回顾", "kind": "heading", "votes": None},
        {"text": "二。", "outline": ["一、工作回顾", "（一）农业"]},
        {"text": "别处。", "source": "other.txt"},
    )
    queue = review_queue(table, 9).set_index("text")
    assert sorted(queue.index) == ["一。", "二。", "别处。"]
    assert queue[["before", "after", "outline"]].T["二。"].tolist() == ["一。", "", "一、工作回顾 › （一）农业"]


def test_a_text_that_stands_twice_in_a_source_is_asked_for_once() -> None:
    twice = [{"text": "谢谢大家！"}, {"text": "谢谢大家！"}, {"text": "谢谢大家！", "source": "other.txt"}]
    assert sorted(review_queue(table_of(*twice), 9)["source"]) == ["county.txt", "other.txt"]


def test_the_queue_does_not_depend_on_the_order_of_the_table() -> None:
    rows = [doubtful(f"{n % 3}.txt", ("closing", "context")[n % 2], n % 4 / 4) for n in range(12)]
    table = table_of(*rows)
    queue = review_queue(table, 9)
    shuffled = review_queue(table.sample(frac=1, random_state=7).sort_values(["source", "paragraph"]), 9)
    assert list(queue["fingerprint"]) == list(shuffled["fingerprint"])


# tags


def tags_of(table: pd.DataFrame, folder: str) -> pd.DataFrame:
    place = table[["source", "speech", "paragraph", "start", "end"]]
    return place.assign(
        source=folder + place["source"], label="discipline", secondary="closing", confidence=0.4, model="small 0.1"
    )


def test_tags_replace_the_weak_label_where_their_path_is_longer_than_the_source() -> None:
    table = table_of(doubtful("2019/a.txt", "context", 1.0), doubtful("b.txt", "context", 0.5))
    tagged = lay_tags(table, tags_of(table.iloc[:1], "/home/li/"))
    queue = review_queue(tagged, 9).set_index("source")
    columns = ["suggested", "suggested_secondary", "confidence", "suggested_by"]
    assert queue[columns].T["2019/a.txt"].tolist() == ["discipline", "closing", 0.4, "small 0.1"]
    assert queue[columns].T["b.txt"].tolist() == ["context", "", 0.5, "cues"]


def test_tags_of_another_version_of_the_text_are_refused_not_laid_on_the_wrong_paragraph() -> None:
    table = table_of(doubtful("a.txt", "context", 1.0))
    moved = tags_of(table, "").assign(start=99)
    with pytest.raises(ValueError, match="match none of the table's 1 paragraphs"):
        lay_tags(table, moved)


def test_tags_of_two_runs_are_refused() -> None:
    table = table_of(doubtful("a.txt", "context", 1.0))
    with pytest.raises(ValueError, match=r"1 tags are for a paragraph that has one already, the first in a\.txt"):
        lay_tags(table, pd.concat([tags_of(table, ""), tags_of(table, "/run2/")]))


def test_tags_that_could_be_of_two_sources_are_refused() -> None:
    table = table_of(doubtful("2018/a.txt", "context", 1.0), doubtful("2019/a.txt", "context", 1.0))
    with pytest.raises(ValueError, match=r"tags of a\.txt could be of 2018/a\.txt or 2019/a\.txt"):
        lay_tags(table, tags_of(table_of(doubtful("a.txt", "context", 1.0)), ""))


def test_a_line_that_is_no_tag_is_named(tmp_path: Path) -> None:
    good = {"kind": "heading"}
    (tmp_path / "a.txt.jsonl").write_bytes(orjson.dumps(good) + b"\n" + orjson.dumps({"kind": "paragraph"}) + b"\n")
    with pytest.raises(
        ValueError, match=r"a\.txt\.jsonl line 2: is not a record of `jianghua tag` \(KeyError: 'source'"
    ):
        read_tags(tmp_path)


def test_a_folder_without_tags_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="holds no tagged paragraphs"):
        read_tags(tmp_path)
