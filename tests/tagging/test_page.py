import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from html.parser import HTMLParser
from importlib.resources import files
from itertools import accumulate, cycle, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianghua.corpus import fingerprint
from jianghua.labels import ALONG_A_SPEECH, CHINESE, FUNCTIONS, TABLE
from jianghua.tagging.outputs.course import courses_of, segments_of_text
from jianghua.tagging.outputs.html import ORDER
from jianghua.tagging.outputs.index import IndexRow, index_page
from jianghua.tagging.outputs.page import speech_page
from tests.growth.clock import grows_too_fast

TEMPLATES = files("jianghua.tagging.outputs") / "templates"
HOSTILE = "</p></script><script>alert(1)</script><img src=x onerror=alert(2)>\u2028'\"&amp;{{ 7 * 7 }}"

Line = tuple[str, str] | tuple[str, str, float]
"""Kind or label, text, and for a paragraph the model's confidence."""

LINES: tuple[Line, ...] = (
    ("title", "在全县秋收工作会议上的讲话"),
    ("meta", "同志们："),
    ("context", "今天把大家请来，主要任务是安排秋收工作。"),
    ("heading", "一、上半年工作回顾"),
    ("achievements", "全县夏粮总产达到8.4万吨，比去年增长6%。"),
    ("shortcomings", "农机老旧的问题仍然存在，个别村组织不力。", 0.52),
    ("heading", "二、下一步工作要求"),
    ("requirements", "各乡镇要在月底前检修完所有收割机。"),
    ("discipline", "秋收期间所有干部一律不得外出。", 0.61),
    ("closing", "谢谢大家！"),
)


def records_of(lines: Sequence[Line], source: str = "county.txt") -> list[dict[str, Any]]:
    """Records as `jianghua tag` makes them: each line one paragraph, the headings before it its outline."""
    records: list[dict[str, Any]] = []
    at = 0
    outline: list[str] = []
    for number, (name, text, *rest) in enumerate(lines):
        label = name if name in FUNCTIONS else None
        confidence = float(rest[0]) if rest else 0.95
        others = (1 - confidence) / 5
        end = at + len(text)
        records.append(
            {
                "source": source,
                "speech": 0,
                "paragraph": number,
                "start": at,
                "end": end,
                "kind": "paragraph" if label else name,
                "level": 1 if name == "heading" else None,
                "outline": [] if name == "heading" else list(outline),
                "text": text,
                "label": label,
                "secondary": None,
                "confidence": confidence if label else None,
                "scores": {f: confidence if f == label else others for f in FUNCTIONS} if label else None,
                "segments": [{"start": at, "end": end, "label": label, "confidence": confidence}] if label else None,
                "model": "small 1",
            }
        )
        outline = [text] if name == "heading" else outline
        at = end + 1
    return records


def row_of(source: str, href: str, records: Sequence[dict[str, Any]]) -> IndexRow:
    labels = [record["label"] for record in records if record["label"]]
    counts = {label: labels.count(label) for label in set(labels)}
    return IndexRow(source, href, sum(len(r["text"]) for r in records), 1, courses_of(records), counts)


class Seen(HTMLParser):
    """What a browser would make of a page: its elements, and the text in those that the tests ask for."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.raw: dict[str, list[str]] = {"style": [], "script": []}
        self._open: list[str] = []
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attributes}
        self.elements.append((tag, given))
        if "words" in given.get("class", "").split():
            self.words.append("")
            self._open = [tag]
        elif self._open:
            self._open.append(tag)
        if tag in self.raw:
            self.raw[tag].append("")
            self._raw = tag

    def handle_endtag(self, tag: str) -> None:
        if self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open:
            self.words[-1] += data
        elif self.cdata_elem in self.raw:
            self.raw[self.cdata_elem or ""][-1] += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def of_class(self, name: str) -> list[dict[str, str]]:
        return [attributes for _, attributes in self.elements if name in attributes.get("class", "").split()]


def test_every_word_of_the_speech_is_on_the_page_once_and_in_order() -> None:
    assert Seen(speech_page(records_of(LINES), "county.txt")).words == [text for _, text, *_ in LINES]


def test_markup_in_a_speech_is_shown_as_text() -> None:
    lines: list[Line] = [(name, HOSTILE + text) for name, text, *_ in LINES]
    records = records_of(lines, HOSTILE)
    for record in records:
        record["model"] = HOSTILE
        record["explanation"] = {"cues": [HOSTILE], "features": [HOSTILE]} if record["label"] else None
    seen = Seen(speech_page(records, HOSTILE))
    assert seen.words == [text for _, text, *_ in lines]
    assert [len(seen.all(tag)) for tag in ("script", "img", "style")] == [2, 0, 1]
    assert not [key for _, attributes in seen.elements for key in attributes if key.startswith("on") or key == "style"]


def test_a_hostile_file_name_cannot_leave_the_data_block() -> None:
    page = speech_page(records_of(LINES), HOSTILE)
    block = re.search(rb'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert block is not None
    assert not re.search("[<>&\u2028\u2029]", block[1].decode())
    assert json.loads(block[1])["source"] == HOSTILE


@pytest.mark.parametrize("page", [speech_page(records_of(LINES), "a.txt"), index_page([], [])], ids=["speech", "index"])
def test_no_script_or_style_but_ours_may_run(page: bytes) -> None:
    import base64
    import hashlib

    seen = Seen(page)
    (policy,) = [meta["content"] for meta in seen.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    ours = {"script-src": seen.raw["script"][-1], "style-src": seen.raw["style"][0]}
    for rule, text in ours.items():
        assert rules[rule] == f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"


@pytest.mark.parametrize("page", [speech_page(records_of(LINES), "a.txt"), index_page([], [])], ids=["speech", "index"])
def test_a_page_asks_for_nothing_from_elsewhere(page: bytes) -> None:
    seen = Seen(page)
    wanted = [a[key] for _, a in seen.elements for key in ("src", "href", "action", "data", "srcset") if key in a]
    assert [link for link in wanted if not link.startswith(("#", "data:,"))] == []
    assert not re.search(r"@import|url\((?!\"data:)", seen.raw["style"][0])


def test_the_same_records_make_the_same_bytes() -> None:
    command = "import sys; from tests.tagging.test_page import *; sys.stdout.buffer.write(speech_page(records_of(LINES), 'a'))"
    pages = {subprocess.run([sys.executable, "-c", command], capture_output=True, check=True).stdout for _ in range(2)}
    assert pages == {speech_page(records_of(LINES), "a")}


def test_starting_the_command_does_not_load_the_templates_engine() -> None:
    command = "import sys, jianghua.tagging.outputs.page; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", command], check=False).returncode == 0


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pages_speak_both_languages(lang: str) -> None:
    page = speech_page(records_of(LINES), "a.txt", lang).decode()
    assert ("Save corrections" in page) == (lang == "en")
    assert ("achievements</span>" in page) == (lang == "en")
    assert all(name in page for name in CHINESE.values())
    assert "built-in" not in page
    assert "Tagged speeches" in index_page([], []).decode()
    assert "讲话标注目录" in index_page([], [], "zh").decode()


def test_an_unknown_language_is_refused_with_those_known() -> None:
    with pytest.raises(ValueError, match="language 'fr' is not known; use one of en, zh"):
        speech_page([], "a.txt", "fr")


def test_the_pages_hold_no_word_that_nobody_uses() -> None:
    words = json.loads((TEMPLATES / "words.json").read_text(encoding="utf-8"))
    sources = "".join(file.read_text(encoding="utf-8") for file in TEMPLATES.iterdir() if file.name != "words.json")
    used = set(re.findall(r"\b(?:t|words)\.(\w+)", sources))
    assert used == set(words)
    assert [key for key, both in words.items() if len(both) != 2 or not all(both)] == []


def test_an_empty_file_makes_a_page_that_says_so() -> None:
    assert "This file holds no text." in speech_page([], "empty.txt").decode()


def test_a_file_name_that_is_no_utf8_does_not_break_the_page() -> None:
    name = "讲话\udcff.txt"
    assert "讲话\\udcff.txt" in speech_page(records_of(LINES, name), name).decode()
    seen = Seen(index_page([row_of(name, f"{name}.html", [])], [(name, "x")]))
    assert [a["href"] for a in seen.all("a")][-1] == "./%E8%AE%B2%E8%AF%9D%FF.txt.html"


# segments and courses


def test_segments_of_an_uncleaned_paragraph_are_cut_exactly() -> None:
    segments = [{"start": 5, "end": 8, "label": "achievements"}, {"start": 8, "end": 15, "label": "shortcomings"}]
    record = {"text": "有成绩，也有不足。。", "start": 5, "end": 15, "label": "achievements", "segments": segments}
    assert segments_of_text(record) == [("achievements", "有成绩"), ("shortcomings", "，也有不足。。")]


def test_segments_of_a_cleaned_paragraph_end_with_a_sentence() -> None:
    segments = [
        {"start": 0, "end": 11, "label": "achievements"},
        {"start": 11, "end": 17, "label": "shortcomings"},
        {"start": 17, "end": 30, "label": "requirements"},
    ]
    record = {
        "text": "粮食增产一成。也有不足！要抓紧整改；不能拖。",
        "start": 0,
        "end": 30,
        "label": "achievements",
        "segments": segments,
    }
    expected = [
        ("achievements", "粮食增产一成。"),
        ("shortcomings", "也有不足！"),
        ("requirements", "要抓紧整改；不能拖。"),
    ]
    assert segments_of_text(record) == expected


@given(
    st.text("成绩。；！ ，", min_size=1, max_size=30),
    st.lists(st.integers(-3, 60), max_size=6),
    st.integers(0, 50),
)
def test_no_character_is_lost_or_doubled_whatever_the_segments_say(text: str, ends: list[int], length: int) -> None:
    borders = [10, *(10 + end for end in ends), 10 + length]
    segments = [{"start": a, "end": b, "label": "closing"} for a, b in pairwise(borders)]
    record = {"text": text, "start": 10, "end": 10 + length, "label": "context", "segments": segments}
    assert "".join(piece for _, piece in segments_of_text(record)) == text


def mixed() -> list[dict[str, Any]]:
    """Records whose fifth is half achievements, half shortcomings."""
    records = records_of(LINES)
    record = records[4]
    middle, end = record["start"] + 9, record["end"]
    record["segments"] = [
        {"start": record["start"], "end": middle, "label": "achievements", "confidence": 0.9},
        {"start": middle, "end": end, "label": "shortcomings", "confidence": 0.8},
    ]
    record["secondary"] = "shortcomings"
    return records


def test_segments_show_in_mixed_paragraphs_only_with_a_mark_beside_the_colour() -> None:
    marks = [(s["data-f"], s["data-mark"]) for s in Seen(speech_page(mixed(), "a.txt")).of_class("segment")]
    assert marks == [("achievements", "成"), ("shortcomings", "问")]


def test_the_strip_is_filled_from_end_to_end() -> None:
    bars = [a for a in Seen(speech_page(mixed(), "a.txt")).all("rect") if "data-p" in a]
    assert [bar["data-f"] for bar in bars][:4] == ["context", "achievements", "shortcomings", "shortcomings"]
    at = 0.0
    for bar in bars:
        assert float(bar["x"].rstrip("%")) == pytest.approx(at, abs=0.01)
        at += float(bar["width"].rstrip("%"))
    assert at == pytest.approx(100, abs=0.05)


def test_each_speech_of_a_file_has_its_own_course() -> None:
    records = records_of(LINES) + [record | {"speech": 1} for record in records_of(LINES[:3])]
    first, second = courses_of(records)
    assert [label for label, _ in first] == [name for name, *_ in LINES if name in FUNCTIONS]
    assert second == (("context", len(LINES[2][1])),)


def test_corrections_name_a_paragraph_as_the_label_files_do() -> None:
    paragraphs = Seen(speech_page(records_of(LINES), "a.txt")).of_class("paragraph")
    expected = [fingerprint(text) for name, text, *_ in LINES if name in FUNCTIONS]
    assert [p["data-fingerprint"] for p in paragraphs] == expected


def test_paragraphs_that_the_model_doubts_are_marked_in_words() -> None:
    seen = Seen(speech_page(records_of(LINES), "a.txt", "zh"))
    assert [p["data-label"] for p in seen.of_class("low")] == ["shortcomings", "discipline"]
    assert speech_page(records_of(LINES), "a.txt", "zh").decode().count('<span class="flag">待核</span>') == 2


# index


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("a b/第1篇#?%.txt.html", "./a%20b/%E7%AC%AC1%E7%AF%87%23%3F%25.txt.html"),
        ("//example.org/x.html", ".///example.org/x.html"),
        ("javascript:alert(1)", "./javascript%3Aalert%281%29"),
        ('"><script>\n', "./%22%3E%3Cscript%3E%0A"),
    ],
)
def test_a_link_of_the_index_leads_to_its_file_and_nowhere_else(href: str, expected: str) -> None:
    seen = Seen(index_page([row_of("a.txt", href, records_of(LINES))], []))
    assert [a["href"] for a in seen.all("a") if not a["href"].startswith("#")] == [expected]


def test_the_index_escapes_names_and_reasons() -> None:
    seen = Seen(index_page([row_of(HOSTILE, "a.html", records_of(LINES))], [(HOSTILE, HOSTILE)]))
    assert [len(seen.all(tag)) for tag in ("script", "img")] == [2, 0]


def test_totals_of_the_index_are_the_sums_of_its_rows() -> None:
    rows = [row_of(f"{n}.txt", f"{n}.html", records_of(LINES)) for n in range(1200)]
    page = index_page(rows, []).decode()
    assert re.findall(r'<span class="count">([\d,]+)</span>', page) == ["1,200"] * 6
    assert "7,200 paragraphs" in page


# the look


def test_every_function_has_a_place_and_a_mark_of_its_own() -> None:
    assert [function.place for function in ALONG_A_SPEECH] == list(range(len(FUNCTIONS)))
    assert len({function.mark for function in TABLE}) == len(FUNCTIONS)


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2) of “#rrggbb”."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [':root[data-theme="dark"] {', ":root {"], ids=["dark", "light"])
def test_colours_stand_out_enough_to_be_read(theme: str) -> None:
    style = speech_page(records_of(LINES), "talk.txt").decode()
    named = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", style.partition(theme)[2].partition("}")[0]))
    for function in FUNCTIONS:
        strong, tint, ink = (named[f"{function}-{part}"] for part in "sti")
        assert contrast(ink, tint) >= 4.5, f"{function}: label on its tint"
        assert contrast(named["ink"], tint) >= 4.5, f"{function}: text of a segment"
        assert contrast(strong, named["lane"]) >= 3, f"{function}: bar of the strip"
        assert contrast(strong, named["paper"]) >= 3, f"{function}: edge of a paragraph"
    for ground in ("paper", "panel"):
        assert contrast(named["ink"], named[ground]) >= 7
        assert contrast(named["soft"], named[ground]) >= 4.5
        assert contrast(named["accent"], named[ground]) >= 4.5
    assert contrast(named["ink"], named["hit"]) >= 4.5


def test_a_book_of_two_thousand_paragraphs_is_a_page_within_a_second() -> None:
    records = records_of(
        [(ORDER[n % 6], f"第{n}段。" + "要抓好落实，确保各项任务按期完成。" * 10) for n in range(2000)]
    )
    times = []
    for _ in range(3):
        begun = time.process_time()
        speech_page(records, "book.txt")
        times.append(time.process_time() - begun)
    assert min(times) < 1


def test_what_the_browser_keeps_is_kept_by_name_and_contents() -> None:
    """Two archives may have files of the same name with some of the same sentences."""

    def digest_of(*texts: str) -> str:
        page = speech_page(records_of([("closing", text) for text in texts]), "2019/讲话.txt").decode()
        (digest,) = re.findall(r'"digest": "([0-9a-f]{16})"', page)
        return str(digest)

    assert digest_of("今年雨水多。", "谢谢大家！") != digest_of("今年雨水少。", "谢谢大家！")
    assert digest_of("今年雨水多。", "谢谢大家！") == digest_of("今年雨水多。", "谢谢 大家！")


def test_a_long_paragraph_of_many_segments_takes_no_longer_than_its_length_allows() -> None:
    def of_segments(number: int) -> dict[str, Any]:
        sentences = ["粮食增产一成。", "作风不够扎实。"] * (number // 2)
        ends = list(accumulate(map(len, sentences)))
        labels = cycle(["achievements", "shortcomings"])
        segments: list[dict[str, Any]] = [
            {"start": end - 7, "end": end, "label": label} for end, label in zip(ends, labels, strict=False)
        ]
        segments[-1]["end"] += 40  # white space that cleaning took out
        return {
            "text": "".join(sentences),
            "start": 0,
            "end": segments[-1]["end"],
            "label": "achievements",
            "segments": segments,
        }

    assert not grows_too_fast(lambda text: segments_of_text(of_segments(len(text))), lambda size: "段" * size)
