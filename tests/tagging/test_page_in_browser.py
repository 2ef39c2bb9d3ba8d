"""The pages in a real browser, from files, as a reader has them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jianghua.tagging.outputs.html import ORDER
from jianghua.tagging.outputs.index import index_page
from jianghua.tagging.outputs.page import speech_page
from tests.tagging.pages import ACHIEVEMENT, DESKTOP, PHONE, SHORTCOMING, Open, says, shown
from tests.tagging.test_page import LINES, Line, mixed, records_of, row_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "data", [speech_page(mixed(), "a.txt"), index_page([], []), speech_page([], "")], ids=["speech", "index", "empty"]
)
def test_a_page_loads_from_a_file_without_errors_or_requests(
    data: bytes, context: "BrowserContext", tmp_path: Path
) -> None:
    file = tmp_path / "a.html"
    file.write_bytes(data)
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(file.as_uri())
    page.wait_for_timeout(50)
    assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()]
    assert said == []


def test_a_speech_can_be_read_where_scripts_are_off(browser: "Browser", tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(speech_page(records_of(LINES), "a.txt"))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((tmp_path / "a.html").as_uri())
    assert shown(page) == [text for _, text, *_ in LINES]
    assert page.locator(f"{SHORTCOMING} .label").inner_text().split()[:2] == ["问题不足", "shortcomings"]
    context.close()


def test_a_script_in_a_speech_does_not_run(opened: Open) -> None:
    attack = "</p></script><script>window.taken = 1</script><img src=x onerror='window.taken = 1'>"
    lines: list[Line] = [(name, text + attack) for name, text, *_ in LINES]
    page = opened(records_of(lines, attack), attack)
    assert shown(page) == [text for _, text, *_ in lines]
    page.locator(f"{SHORTCOMING} .label").click()
    page.get_by_label("Note").fill(attack)
    page.get_by_role("button", name="Keep").click()
    page.get_by_role("searchbox").fill("<script>")
    says(page, f"Hits: {len(LINES)} · lines: {len(LINES)}")
    page.reload()
    assert page.evaluate("window.taken") is None


def test_the_policy_stops_a_script_that_slipped_through_escaping(opened: Open) -> None:
    page = opened()
    page.evaluate("""() => {
        document.querySelector("main").insertAdjacentHTML("beforeend", "<img src='data:,' onerror='window.taken = 1'>");
        const script = document.createElement("script");
        script.textContent = "window.taken = 1";
        document.body.append(script);
    }""")
    page.wait_for_timeout(100)
    assert page.evaluate("window.taken") is None


def test_a_filter_shows_its_paragraphs_with_the_headings_above_them(opened: Open) -> None:
    page = opened()
    page.locator("[data-show=requirements]").click()
    assert shown(page) == [LINES[0][1], LINES[6][1], LINES[7][1]]
    says(page, "Shown: 1 of 6 paragraphs")
    page.locator("[data-show=shortcomings]").click()
    assert len(shown(page)) == 6  # the mixed paragraph counts for both of its functions
    page.get_by_role("button", name="Show everything").click()
    assert len(shown(page)) == len(LINES)


def test_search_finds_paints_counts_and_steps(opened: Open) -> None:
    page = opened()
    page.keyboard.press("/")
    page.keyboard.type("秋收")
    says(page, "Hits: 3 · lines: 3")
    assert shown(page) == [LINES[n][1] for n in (0, 2, 6, 8)]  # and the heading above the last hit
    painted = "[...CSS.highlights.get('%s')].map(String)"
    assert page.evaluate(painted % "hit") == ["秋收"] * 3
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    says(page, "Hit 2 of 3")
    assert page.evaluate(painted % "hit-here") == ["秋收"]
    assert page.locator("[aria-current=true].item").get_attribute("id") == "p0-2"
    page.keyboard.press("Escape")
    assert len(shown(page)) == len(LINES)


def test_a_hit_may_cross_the_border_of_two_segments(opened: Open) -> None:
    page = opened()
    text = LINES[4][1]
    page.get_by_role("searchbox").fill(text[7:11])
    says(page, "Hits: 1 · lines: 1")
    assert page.evaluate("[...CSS.highlights.get('hit')].map(String)") == [text[7:11]]


@pytest.mark.parametrize("typed", [".*", "[", "\\", "8.4", "a" * 300])
def test_search_takes_what_is_typed_literally(typed: str, opened: Open) -> None:
    page = opened()
    page.get_by_role("searchbox").fill(typed)
    expected = "Hits: 1 · lines: 1" if typed == "8.4" else "Nothing matches"
    says(page, expected)
    assert page.get_by_role("status").inner_text() == expected


def test_the_outline_and_the_strip_lead_into_the_text(opened: Open) -> None:
    long = records_of([(name, text * 12) if name in ORDER else (name, text) for name, text, *_ in LINES])
    page = opened(long)
    page.get_by_role("link", name=LINES[6][1]).click()
    page.wait_for_timeout(100)
    top = page.locator("#p0-6").bounding_box()
    strip = page.locator(".course").bounding_box()
    assert top is not None
    assert strip is not None
    assert top["y"] >= strip["y"] + strip["height"]  # not hidden below what sticks
    page.locator("#strip").click(position={"x": 1, "y": 40})
    assert page.locator("[aria-current=true].item").get_attribute("id") == "p0-2"


def test_the_copy_button_copies_the_paragraph_and_nothing_else(context: "BrowserContext", opened: Open) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened()
    page.locator(f"{ACHIEVEMENT} .copy").click()
    says(page, "Copied")
    assert page.evaluate("navigator.clipboard.readText()") == LINES[4][1]


def test_the_theme_chosen_stays(opened: Open) -> None:
    page = opened()
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Light or dark").click()
    dark = page.evaluate(ground)
    page.reload()
    assert page.evaluate(ground) == dark != light


def test_print_leaves_the_tools_out_and_the_labels_in(opened: Open) -> None:
    page = opened()
    page.emulate_media(media="print")
    assert [page.locator(part).is_visible() for part in (".side", ".buttons", f"{ACHIEVEMENT} .copy")] == [False] * 3
    assert page.locator(f"{ACHIEVEMENT} .label").is_visible()
    assert len(shown(page)) == len(LINES)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_phone_needs_no_sideways_scrolling(lang: str, browser: "Browser", tmp_path: Path) -> None:
    records = mixed()
    (tmp_path / "a.html").write_bytes(speech_page(records, "data/" + "long-name-" * 9 + ".txt", lang))
    rows = [row_of("data/" + "long-name-" * 9 + ".txt", "a.html", records)]
    (tmp_path / "b.html").write_bytes(index_page(rows, [("b.txt", "reason " * 30)], lang))
    context = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True)  # type: ignore[arg-type]
    page = context.new_page()
    for name in ("a.html", "b.html"):
        page.goto((tmp_path / name).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.goto((tmp_path / "a.html").as_uri())
    assert not page.locator("#outline ol").is_visible()
    page.locator("#outline summary").click()
    assert page.locator("#outline ol").is_visible()
    context.close()


def test_two_thousand_paragraphs_are_usable_within_a_second(context: "BrowserContext", tmp_path: Path) -> None:
    from playwright.sync_api import expect

    lines: list[Line] = [
        (ORDER[n % 6], f"第{n}段。" + "要抓好落实，确保各项任务按期完成。" * 10, 0.5 if n % 40 == 0 else 0.9)
        for n in range(2000)
    ]
    file = tmp_path / "book.html"
    file.write_bytes(speech_page(records_of(lines), "book.txt"))
    loading, acting = [], []
    for _ in range(3):  # processor time of the page's thread: other programs may keep this machine busy
        page = context.new_page()
        page.goto("about:blank")
        meter = context.new_cdp_session(page)
        meter.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.goto(file.as_uri())
        loaded = _task_time(meter)
        page.locator("[data-show=requirements]").click()
        page.locator("#query").fill("第1707段")
        expect(page.locator("#said")).to_have_text("Hits: 1 · lines: 1")
        page.locator("#everything").click()
        page.keyboard.press("u")
        page.keyboard.press("1")
        loading.append(loaded)
        acting.append(_task_time(meter) - loaded)
        page.close()
    assert min(loading) < 1, loading
    assert min(acting) < 1, acting


def _task_time(meter: Any) -> float:
    metrics = meter.send("Performance.getMetrics")["metrics"]
    return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_serious(scheme: Any, size: Any, browser: "Browser", tmp_path: Path) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe: pip install -e '.[dev]'").Axe()
    records = mixed()
    (tmp_path / "a.html").write_bytes(speech_page(records, "a.txt"))
    (tmp_path / "b.html").write_bytes(index_page([row_of("a.txt", "a.html", records)], [("b.txt", "empty")]))
    context = browser.new_context(viewport=size, color_scheme=scheme)
    page = context.new_page()
    states = [("a.html", keys) for keys in ("", "u1k", "ue", "?")] + [("b.html", "")]
    found = []
    for name, keys in states:
        page.goto((tmp_path / name).as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
        for key in keys:
            page.keyboard.press(key)
        found += axe.run(page).response["violations"]
    context.close()
    assert [f"{one['impact']} {one['id']}: {one['help']}: {one['nodes'][0]['html']}" for one in found] == []


def test_the_index_sorts_searches_and_leads_to_a_speech_of_any_name(context: "BrowserContext", tmp_path: Path) -> None:
    name = "第1篇 a&b#?%25.txt.html"
    (tmp_path / name).write_bytes(speech_page(mixed(), "first.txt"))
    short, long = records_of(LINES[:3]), mixed()
    rows = [row_of("b.txt", "b.html", short), row_of("first.txt", name, long)]
    (tmp_path / "index.html").write_bytes(index_page(rows, [("c.txt", "empty")]))
    page = context.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    names = page.locator("#table tbody th")
    page.get_by_role("button", name="Paragraphs").click()
    assert names.all_inner_texts() == ["first.txt", "b.txt"]
    page.get_by_role("button", name="File").click()
    assert names.all_inner_texts() == ["b.txt", "first.txt"]
    page.get_by_role("searchbox").fill("FIRST")
    says(page, "Shown: 1 of 2 files")
    page.get_by_role("link", name="first.txt").click()
    assert page.get_by_role("heading", level=1).inner_text() == "first.txt"
