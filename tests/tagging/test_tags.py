from hypothesis import given, settings
from hypothesis import strategies as st

from jianghua.corpus import parse
from jianghua.labels import FUNCTIONS
from jianghua.model.store import SavedModel
from jianghua.tagging.tags import COLUMNS, _segments, as_record, tag_paragraphs
from tests.speeches import COUNTY, COUNTY_LABELS


def test_a_speech_is_tagged_as_its_labels_say(model: SavedModel) -> None:
    tags = tag_paragraphs(model, parse(COUNTY))
    assert [tag.label for tag in tags if tag] == list(COUNTY_LABELS)


def test_only_paragraphs_have_a_function(model: SavedModel) -> None:
    records = parse(COUNTY)
    assert [tag is not None for tag in tag_paragraphs(model, records)] == [p.kind == "paragraph" for p in records]


@given(
    st.lists(
        st.sampled_from(
            ["要抓落实。", "取得了成绩；", "问题不少！", "\n", "(www.example.com)", "　　", "abc", "同志们，"]
        ),
        max_size=30,
    ).map("".join)
)
@settings(max_examples=100, deadline=None)
def test_scores_sum_to_one_and_segments_cover_the_paragraph(model: SavedModel, text: str) -> None:
    records = parse(text)
    for p, tag in zip(records, tag_paragraphs(model, records, {"-": text}), strict=True):
        if tag is None:
            continue
        assert abs(sum(tag.scores.values()) - 1) < 1e-9
        assert tag.confidence == max(tag.scores.values()) == tag.scores[tag.label]
        assert tag.secondary in (None, *FUNCTIONS)
        assert tag.secondary != tag.label
        assert [s["start"] for s in tag.segments] == [p.start, *(s["end"] for s in tag.segments[:-1])]
        assert tag.segments[-1]["end"] == p.end
        assert all(s["start"] <= s["end"] for s in tag.segments)


def test_a_record_has_every_column_of_the_contract(model: SavedModel) -> None:
    records = parse(COUNTY, "county.txt")
    row = as_record(records[3], tag_paragraphs(model, records)[3], model.title)
    assert tuple(row) == COLUMNS
    assert COLUMNS == (
        "source", "speech", "paragraph", "start", "end", "kind", "level", "outline", "text",
        "label", "secondary", "confidence", "scores", "segments",
        "title", "speaker", "office", "date", "occasion", "model",
    )  # fmt: skip
    assert row["source"] == "county.txt"
    assert row["model"].startswith("small ")


def test_a_border_stands_behind_its_sentence_though_cleaning_shortened_the_text() -> None:
    achieved = "去年粮食增产一成，\n农民收入增长百分之八，\n新建了(本文来自某某范文网www.example.com)三座桥。"
    lacking = "但是作风还不够扎实，短板仍然不少，问题突出，\n基础薄弱。"
    text = f"在大会上的讲话\n同志们：\n{achieved}{lacking}\n谢谢大家！\n"
    paragraph = parse(text)[2]
    runs = [(paragraph.text.index("但是"), "achievements", 0.9), (len(paragraph.text), "shortcomings", 0.8)]
    segments = _segments(paragraph, runs, text)
    assert [text[s["start"] : s["end"]] for s in segments] == [achieved, lacking]
