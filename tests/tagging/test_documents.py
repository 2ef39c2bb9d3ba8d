"""A tagged document as Python sees it."""

import pickle
import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

import jianghua as jh
from jianghua.tagging.outputs.cell import MOST
from jianghua.tagging.tags import COLUMNS
from tests.speeches import COUNTY, COUNTY_LABELS
from tests.tagging.test_page import HOSTILE


@pytest.fixture(scope="module")
def document(model_folder: Path) -> jh.Document:
    return jh.load(model_folder).tag(COUNTY.encode(), name="talks/county.txt")


def test_a_document_is_a_sequence_of_its_paragraphs(document: jh.Document) -> None:
    assert repr(document) == "county.txt: 1 speech, 8 paragraphs"
    assert len(document) == len(list(document)) == len(document[:]) == 8
    assert [p.label for p in document] == list(COUNTY_LABELS)
    assert document[-1].text == "谢谢大家！"
    third = document[3]
    assert (third.kind, third.outline) == ("paragraph", ("二、下一步工作要求", "（一）抓好机具准备"))
    assert third.confidence == third.scores[third.label] == max(third.scores.values())
    assert (
        repr(third)
        == f"requirements {third.confidence:.0%}: （一）抓好机具准备。各乡镇要在月底前检修完所有收割机，确保机…"
    )


def test_offsets_count_in_the_text_of_the_document(document: jh.Document) -> None:
    assert document.text == COUNTY
    for p in document:
        assert document.text[p.start : p.end] == p.text
        assert (p.segments[0].start, p.segments[-1].end) == (p.start, p.end)


def test_a_speech_has_its_head_and_its_lines(document: jh.Document) -> None:
    (speech,) = document.speeches
    assert (speech.title, speech.date, speech.speaker) == ("在全县秋收工作会议上的讲话", "2019-08-20", None)
    assert speech.paragraphs == tuple(document)
    assert speech.lines == document.lines
    assert [line.kind for line in document.lines[:4]] == ["title", "meta", "meta", "paragraph"]
    assert repr(speech) == "在全县秋收工作会议上的讲话: 8 paragraphs"
    assert repr(document.lines[0]) == "title: 在全县秋收工作会议上的讲话"


def test_a_page_of_several_speeches_has_them_all(root: Path) -> None:
    document = jh.load().tag(root / "data/raw/web-three-office-speeches.txt")
    assert len(document.speeches) == 3
    assert [p for speech in document.speeches for p in speech.paragraphs] == list(document)
    assert len({speech.title for speech in document.speeches}) == 3
    assert repr(document).startswith("web-three-office-speeches.txt: 3 speeches, ")


def test_a_table_has_the_columns_of_the_command_and_types_that_do_not_depend_on_the_rows(
    document: jh.Document, model_folder: Path
) -> None:
    frame = document.to_frame()
    assert list(frame.columns) == list(COLUMNS)
    assert frame["label"].dropna().tolist() == list(COUNTY_LABELS)
    untitled = jh.load(model_folder).tag("谢谢大家！").to_frame()
    assert dict(untitled.dtypes) == dict(frame.dtypes)
    assert dict(pd.concat([frame, untitled]).dtypes) == dict(frame.dtypes)


def test_a_document_comes_back_from_another_process(document: jh.Document) -> None:
    assert pickle.loads(pickle.dumps(document)).to_records() == document.to_records()


class Fragment(HTMLParser):
    """Elements, attributes and text of a fragment; it must be well-formed."""

    def __init__(self, fragment: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.style = ""
        self.open: list[str] = []
        self.feed(fragment)
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attributes}
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            self.style += data
        else:
            self.text += data


def test_a_notebook_shows_the_document_in_the_colours_of_the_page(document: jh.Document) -> None:
    shown = Fragment(document._repr_html_())
    assert "county.txt: 1 speech, 8 paragraphs" in shown.text
    assert all(line.text in shown.text for line in document.lines if line.kind != "meta")
    style = re.search(r"--requirements-s: (#\w+)", document.to_html())
    assert style is not None
    assert f"--requirements-s: {style[1]}" in shown.style


def test_text_with_markup_is_text_in_a_notebook_and_nothing_leaks_out_of_the_cell(model_folder: Path) -> None:
    text = COUNTY.replace("谢谢大家！", f"谢谢大家！{HOSTILE}谢谢。")
    document = jh.load(model_folder).tag(text.encode(), name="<img src=x onerror=alert(1)>.txt")
    shown = Fragment(document._repr_html_())
    assert set(shown.elements) <= {"div", "style", "p", "b", "span", "br"}
    assert shown.attributes <= {"class", "lang", "title"}
    assert "<script>alert(1)</script>" in shown.text
    rules = list(re.findall(r"^([^\n{]+)\{", shown.style, re.MULTILINE))
    assert len(rules) > 10
    assert [r for rule in rules for r in rule.split(",") if ".jianghua" not in r] == [], "a rule for the whole notebook"
    assert "url(" not in shown.style
    assert "@import" not in shown.style


def test_a_book_does_not_fill_a_notebook(model_folder: Path) -> None:
    document = jh.load(model_folder).tag("\n".join(f"第{n}次会议要抓好落实。" for n in range(MOST + 1234)))
    shown = Fragment(document._repr_html_())
    assert "… 1,234 more lines: see to_html()" in shown.text
    assert f"第{MOST}次" not in shown.text


def test_half_characters_in_the_name_of_a_file_can_be_shown(model_folder: Path) -> None:
    document = jh.load(model_folder).tag(COUNTY.encode(), name="\udcff.txt")
    assert "\\udcff.txt" in document._repr_html_().encode().decode()
