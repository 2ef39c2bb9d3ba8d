"""A reader with a browser: a fresh profile without a network, and pages of records opened from files."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jianghua.tagging.outputs.page import speech_page
from tests.tagging.pages import DESKTOP, Open
from tests.tagging.test_page import mixed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page


@pytest.fixture
def context(browser: "Browser") -> Iterator["BrowserContext"]:
    """A reader with a fresh profile and no network."""
    fresh = browser.new_context(viewport=DESKTOP, offline=True)  # type: ignore[arg-type]
    yield fresh
    fresh.close()


@pytest.fixture
def opened(context: "BrowserContext", tmp_path: Path) -> Iterator[Open]:
    """Opens a page of records; after the test, none may have had an error."""
    errors: list[str] = []

    def open_page(records: list[dict[str, Any]] | None = None, source: str = "county.txt", lang: str = "en") -> "Page":
        file = tmp_path / "page.html"
        file.write_bytes(speech_page(mixed() if records is None else records, source, lang))
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(file.as_uri())
        return page

    yield open_page
    assert errors == []
