"""What tests of pages in a browser share: sizes, places in the speech that they open, and what a reader sees and saves."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from jianghua.commands.review import run as review
from jianghua.labelling.gold import read_labels

if TYPE_CHECKING:
    from playwright.sync_api import Page

DESKTOP, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
ACHIEVEMENT, SHORTCOMING, DISCIPLINE = "#p0-4", "#p0-5", "#p0-8"

Open = Callable[..., "Page"]
"""Opens a page of records, by default those of a mixed speech."""


def shown(page: "Page") -> list[str]:
    """Texts that a reader sees, in order."""
    return [node.text_content() or "" for node in page.locator("main .item .words").all() if node.is_visible()]


def says(page: "Page", text: str) -> None:
    """Wait until the page's live region says it."""
    from playwright.sync_api import expect

    expect(page.get_by_role("status")).to_have_text(text)


def saved(page: "Page", folder: Path) -> Path:
    """The file that “Save corrections” downloads."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Save corrections").click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def imported(file: Path, folder: Path) -> list[tuple[str, str, str | None]]:
    """What `jianghua review import` makes of it: source, label and second label of each row."""
    corrections = folder / "labels" / "corrections.csv"
    flags = ["--annotator", "li", "--corrections", str(corrections), "--texts", str(folder / "none.parquet")]
    assert review(["import", str(file), *flags]) == 0
    return [(label.source, label.label, label.secondary) for label in read_labels(corrections)]
