"""Corrections that a reader makes in the pages, in a real browser."""

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jianghua.corpus import fingerprint
from tests.tagging.pages import ACHIEVEMENT, DISCIPLINE, SHORTCOMING, Open, imported, saved, says
from tests.tagging.test_page import LINES, records_of

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.slow


def test_a_correction_survives_closing_and_is_imported(opened: Open, tmp_path: Path) -> None:
    page = opened(source="data/raw/county.txt")
    page.locator(f"{SHORTCOMING} .label").click()
    page.get_by_role("radio", name="requirements").check()
    page.get_by_label("Second function").select_option("discipline")
    page.get_by_label("Note").fill('他说“改”，"quoted"\n=1+1')
    page.get_by_role("button", name="Keep").click()
    assert page.locator(f"{SHORTCOMING} .label").inner_text().split()[:2] == ["工作要求", "requirements"]
    page.close()
    page = opened(source="data/raw/county.txt")
    assert page.locator(f"{SHORTCOMING} .label").inner_text().split()[:2] == ["工作要求", "requirements"]
    assert page.locator(f"{SHORTCOMING} .state").inner_text() == "✎ Corrected"
    file = saved(page, tmp_path)
    assert file.name == "county.txt.corrections.csv"
    assert imported(file, tmp_path) == [("data/raw/county.txt", "requirements", "discipline")]
    with file.open(encoding="utf-8-sig", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert row["fingerprint"] == fingerprint(row["text"]) == fingerprint(LINES[5][1])
    assert row["note"] == '他说“改”，"quoted"\n=1+1'


@pytest.mark.parametrize("text", ["=1+1，要落实。", "-去年增产。", "'引号开头。", "'=都有。", '@甲，"乙"。', "+86。"])
def test_nothing_in_the_saved_file_runs_as_a_formula_and_all_of_it_comes_back(
    text: str, opened: Open, tmp_path: Path
) -> None:
    page = opened(records_of([("context", text)], "-"), "-")
    page.keyboard.press("j")
    page.keyboard.press("4")
    file = saved(page, tmp_path)
    with file.open(encoding="utf-8-sig", newline="") as stream:
        assert not [cell for row in csv.reader(stream) for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert imported(file, tmp_path) == [("-", "requirements", None)]


def test_the_keys_set_labels_second_labels_and_take_them_back(opened: Open) -> None:
    page = opened()
    label = page.locator(f"{SHORTCOMING} .label")
    before = label.inner_text()
    page.keyboard.press("u")
    page.keyboard.press("2")
    page.keyboard.press("Shift+Digit6")
    assert label.inner_text().split()[:4] == ["成绩回顾", "achievements", "＋结尾号召", "closing"]
    page.keyboard.press("6")  # the second function becomes the first: it cannot be both
    assert label.inner_text().split()[:2] == ["结尾号召", "closing"]
    assert "＋" not in label.inner_text()
    page.keyboard.press("0")
    assert label.inner_text() == before
    page.keyboard.press("e")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    assert label.inner_text().split()[:2] == ["背景铺垫", "context"]


def test_typing_in_a_field_sets_no_label(opened: Open) -> None:
    page = opened()
    page.keyboard.press("j")
    page.get_by_role("searchbox").click()
    page.keyboard.type("12u0?")
    assert page.locator(".checked").count() == 0
    assert page.locator("dialog[open]").count() == 0
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.get_by_label("Single keys do this").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("2")
    assert page.locator(".checked").count() == 0


def test_doubtful_paragraphs_are_walked_one_after_another(opened: Open) -> None:
    page = opened()
    here = page.locator("[aria-current=true].item")
    walked = []
    for _ in range(3):
        page.get_by_role("button", name="Next to check").click()
        walked.append("#" + (here.get_attribute("id") or ""))
    assert walked == [SHORTCOMING, DISCIPLINE, SHORTCOMING]
    page.keyboard.press("3")  # as the model has it: confirmed
    assert page.locator(f"{SHORTCOMING} .state").inner_text() == "✓ Checked"
    page.keyboard.press("u")
    page.keyboard.press("1")
    page.keyboard.press("u")
    says(page, "Nothing left to check")


def test_a_correction_changes_counts_strip_and_segments(opened: Open) -> None:
    page = opened()
    page.locator(f"{ACHIEVEMENT} .words").click()
    page.keyboard.press("6")
    page.keyboard.press("Shift+Digit3")  # takes the second function away
    bars = [bar.get_attribute("data-f") for bar in page.locator("#strip [data-p=p0-4]").all()]
    assert bars == ["closing", "closing"]
    assert page.locator("[data-show=closing] .count").inner_text() == "2"
    assert not page.locator(f"{ACHIEVEMENT} .sure").is_visible()  # the model was not sure of this label
    segment = page.locator(f"{ACHIEVEMENT} .segment").first
    assert segment.evaluate("node => getComputedStyle(node, '::before').display") == "none"


def test_twins_are_corrected_together_and_saved_once(opened: Open, tmp_path: Path) -> None:
    page = opened(records_of([("closing", "谢谢大家！"), ("context", "开会。"), ("closing", "谢谢 大家！")]))
    page.keyboard.press("j")
    page.keyboard.press("1")
    assert page.locator(".corrected").count() == 2
    assert imported(saved(page, tmp_path), tmp_path) == [("county.txt", "context", None)]


def test_two_windows_do_not_lose_each_others_corrections(opened: Open) -> None:
    first, second = opened(), opened()
    for page, digit in ((first, "1"), (second, "2")):
        page.get_by_role("button", name="Next to check").click()
        if page is second:
            page.keyboard.press("u")
        page.keyboard.press(digit)
    first.reload()
    assert first.locator(".corrected").count() == 2


def test_corrections_do_not_leak_into_a_file_of_the_same_name_in_another_archive(opened: Open) -> None:
    """Both are opened from the same folder of the browser's, and both end with the same thanks."""
    first = opened(records_of([("context", "今年雨水多。"), ("closing", "谢谢大家！")]), "2019/讲话.txt")
    first.keyboard.press("j")
    first.keyboard.press("j")
    first.keyboard.press("1")
    assert first.locator(".corrected").count() == 1
    other = opened(records_of([("context", "今年雨水少。"), ("closing", "谢谢大家！")]), "2019/讲话.txt")
    assert other.locator(".corrected").count() == 0
    again = opened(records_of([("closing", "今年雨水多。"), ("closing", "谢谢大家！")]), "2019/讲话.txt")
    assert again.locator(".corrected").count() == 1, "the same file, tagged again, keeps them"


def test_where_storage_is_refused_the_page_works_and_says_so(
    context: "BrowserContext", opened: Open, tmp_path: Path
) -> None:
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    page = opened()
    page.keyboard.press("u")
    page.keyboard.press("1")
    page.keyboard.press("u")
    page.keyboard.press("1")
    assert page.locator(".corrected").count() == 2
    assert page.get_by_text("This browser keeps nothing").is_visible()
    assert len(imported(saved(page, tmp_path), tmp_path)) == 2


@pytest.mark.parametrize("stored", ["{", "[]", "7", '{"x": 1}', '{"FINGERPRINT": {"label": "evil", "secondary": ""}}'])
def test_what_another_program_left_in_the_storage_does_no_harm(stored: str, opened: Open) -> None:
    page = opened()
    stored = stored.replace("FINGERPRINT", fingerprint(LINES[5][1]))
    digest = page.evaluate("JSON.parse(document.querySelector('#data').textContent).digest")
    page.evaluate(f"localStorage.setItem('jianghua:corrections:county.txt:{digest}', {json.dumps(stored)})")
    page.reload()
    assert page.locator(".checked").count() == 0
    page.keyboard.press("u")
    page.keyboard.press("1")
    assert page.locator(".corrected").count() == 1
