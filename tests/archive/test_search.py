"""What is found, and what is not."""

import json
from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest

from jianghua.archive.build import build_archive
from jianghua.archive.opening import open_archive
from jianghua.archive.search import Findings, Query, Years, find
from jianghua.corpus import Paragraph
from jianghua.corpus.heads import Speech
from jianghua.errors import UsageError
from jianghua.tagging.jobs import Outcome
from jianghua.tagging.summary import pack
from jianghua.tagging.tags import Tag, as_record
from tests.archive.conftest import Ask


def hits(findings: Findings) -> list[list[str]]:
    return [[passage.text[hit.start : hit.end] for hit in passage.hits] for passage in findings.first]


def places(findings: Findings) -> list[tuple[str, int]]:
    return [(Path(passage.source).name, passage.paragraph) for passage in findings.first]


@pytest.mark.parametrize("word", ["纪", "机具", "收割机", "确保机等粮、不让粮等机"])
def test_words_of_any_length_are_found_short_ones_too(ask: Ask, word: str) -> None:
    found = ask(word)
    assert found.passages > 0
    assert {hit for passage in hits(found) for hit in passage} == {word}


def test_a_simplified_word_finds_traditional_text_and_the_other_way_round(ask: Ask) -> None:
    assert hits(ask("农业发展")) == [["農業發展"]] == hits(ask("農業發展"))
    assert hits(ask("糧食增產")) == hits(ask("粮食增产")) == []
    assert hits(ask("機具準備")) == [["机具准备"]]


def test_quotation_marks_and_blanks_do_not_part_a_phrase_but_ends_of_sentences_do(ask: Ask) -> None:
    assert hits(ask("粮食产量增长")) == [["糧食“產量”增長"]]
    assert hits(ask("“粮食产量” 增长")) == [["糧食“產量”增長"]]
    assert hits(ask("安全生产")) == [["安全 生產"]]  # not “狠抓安全。生產一線”


def test_full_width_letters_and_digits_are_the_same_as_others(ask: Ask) -> None:
    assert hits(ask("８．４万吨")) == [["8.4万吨"]] == hits(ask("8.4万吨"))
    assert hits(ask("84万吨")) == []


def test_a_passage_has_all_the_words(ask: Ask) -> None:
    assert ask("责任").passages > 1
    found = ask("落实", "责任", "带头")
    assert places(found) == [("traditional.txt", 6)]
    assert hits(found) == [["帶頭", "落實", "責任"]]


def test_what_is_typed_is_never_taken_for_the_language_of_the_index(ask: Ask) -> None:
    for word in ('责任" OR "安', "责任*", "NEAR(责 任)", "meta : 责任", "責任'); DROP TABLE words --", "^责任"):
        assert ask(word).passages == 0
    with pytest.raises(UsageError, match="holds nothing that can be searched"):
        ask("“ ”")
    with pytest.raises(UsageError, match="a phrase of 1,001 characters"):
        ask("好" * 1001)
    assert ask("好" * 1000).passages == 0


def test_a_function_is_that_of_the_segment_in_which_the_word_stands(tmp_path: Path) -> None:
    text = "粮食增产，成绩喜人。农机老旧，问题不少。粮食要颗粒归仓。"
    labels = ("achievements", "shortcomings", "achievements")
    segments = [
        {"start": start, "end": end, "label": label, "confidence": 0.9}
        for (start, end), label in zip(((0, 10), (10, 20), (20, 28)), labels, strict=True)
    ]
    p = Paragraph("a.txt", 0, 0, 0, len(text), "paragraph", None, (), text)
    lines = orjson.dumps(as_record(p, Tag("achievements", "shortcomings", 0.9, {}, segments), "small 1"))
    (tmp_path / "a.txt.jsonl").write_bytes(lines)
    heads = pack([Speech("a.txt", 0)], [(p, "achievements")])
    outcome = Outcome("a.txt", "a.txt", heads=heads, outputs=(("jsonl", len(lines)),))
    assert build_archive(tmp_path, [outcome], "small 1") == []

    def functions(*words: str, of: Sequence[str] = ()) -> list[str | None]:
        with open_archive(tmp_path) as connection:
            return [hit.function for p in find(connection, Query(words, of)).first for hit in p.hits]

    assert functions("粮食") == ["achievements", "achievements"]
    assert functions("问题") == functions("问题", of=["shortcomings"]) == ["shortcomings"]
    assert functions("问题", of=["achievements"]) == functions("粮食", of=["shortcomings"]) == []
    assert functions("粮食", "问题") == ["achievements", "shortcomings", "achievements"]
    assert functions("粮食", "问题", of=["achievements"]) == []  # each in a part with that function
    assert functions("喜人。粮食") == []  # the parts before and after another are not one


def test_headings_are_found_unless_a_function_is_asked_for(ask: Ask) -> None:
    (passage,) = ask("严明工作纪律").first
    assert (passage.kind, passage.function) == ("heading", None)
    assert ask("严明工作纪律", functions=["discipline"]).passages == 0


def test_speeches_without_a_date_are_counted_where_years_are_asked_for(ask: Ask) -> None:
    assert {name for name, _ in places(ask("要"))} == {"traditional.txt", "county.txt", "hospital.txt"}
    found = ask("要", years=Years(2019, 2020))
    assert {name for name, _ in places(found)} == {"county.txt"}
    assert found.undated == ask("要").passages - ask("要", years=Years(None, None)).passages > 0
    assert ask("要", years=Years(2022, None)).passages == 0


def test_the_newest_speech_comes_first_and_those_without_a_date_last(ask: Ask) -> None:
    names = list(dict.fromkeys(name for name, _ in places(ask("要"))))
    assert names == ["traditional.txt", "county.txt", "hospital.txt"]
    assert len(ask("要", limit=2).first) == 2
    assert ask("要", limit=2).passages == ask("要").passages > 2


def test_a_speech_is_known_by_part_of_its_title_speaker_or_office(ask: Ask) -> None:
    for fields in ({"speaker": "罗景"}, {"speaker": "羅景行"}, {"office": "县长"}, {"title": "秋粮生产"}):
        assert {name for name, _ in places(ask("落实", **fields))} == {"traditional.txt"}, fields
    assert ask("落实", speaker="罗景", title="秋收").passages == 0


def test_relevance_puts_a_short_paragraph_about_the_word_first(ask: Ask) -> None:
    assert set(places(ask("要", sort="relevance"))) == set(places(ask("要")))
    assert json.dumps(places(ask("要", sort="relevance"))) != json.dumps(places(ask("要")))
