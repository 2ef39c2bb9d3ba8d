"""The real MLflow UI in a real browser: two runs can be found, compared and looked into."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.commands.test_ui import free_port
from tests.test_cli import SMALL, run, write_corpus

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

NAMES = ("model=logistic", "model=naive_bayes")
PATIENCE = 30_000
"""Milliseconds that a page may take: the UI is large, and this machine may be busy."""


@dataclass(frozen=True)
class Site:
    """A running UI: its address, the folder it shows, and the two runs by name."""

    address: str
    folder: Path
    runs: dict[str, Any]

    def run(self, name: str, tab: str = "") -> str:
        """Address of a run's page."""
        return f"{self.address}/#/experiments/1/runs/{self.runs[name].info.run_id}{tab}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`jianghua ui` on a sweep of two small trainings, both registered."""
    pytest.importorskip("playwright.sync_api", reason="no playwright: pip install -e '.[dev]'")
    work = tmp_path_factory.mktemp("ui")
    write_corpus(work / "data")
    swept = ("model=logistic,naive_bayes", "save=null", "tracking.register=speeches")
    run("train", "--multirun", *SMALL, *swept, cwd=work)
    import mlflow

    client = mlflow.MlflowClient(f"sqlite:///{work / 'experiments/mlflow.db'}")
    runs = {found.info.run_name: found for found in client.search_runs(["1"])}
    port = free_port()
    command = [sys.executable, "-m", "jianghua", "ui", "--tracking", "experiments", "--port", str(port)]
    with (work / "ui.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=work, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        _wait_for(f"http://127.0.0.1:{port}/", work / "ui.log")
        yield Site(f"http://127.0.0.1:{port}", work / "experiments", runs)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)


def _wait_for(address: str, log: Path) -> None:
    deadline = time.monotonic() + 90
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            assert time.monotonic() < deadline, f"no answer within 90 s: {log.read_text()}"
            time.sleep(0.5)


@pytest.fixture
def page(site: Site, browser: "Browser") -> Iterator["Page"]:
    """A page that reaches the UI and nothing else; a request elsewhere fails the test."""
    elsewhere: list[str] = []

    def only_here(route: Any) -> None:
        if route.request.url.startswith((site.address, "data:", "blob:")):
            route.continue_()
        else:
            elsewhere.append(route.request.url)
            route.abort()

    context = browser.new_context(viewport={"width": 1600, "height": 2400})
    context.add_init_script("""
        localStorage.setItem("mlflow.assistant.panelOpen_v1", "false");
        localStorage.setItem("mlflow.assistant.fab.autoOpenedOnFirstLoad_v1", "true");
    """)
    context.set_default_timeout(PATIENCE)
    context.route("**/*", only_here)
    yield context.new_page()
    context.close()
    assert elsewhere == []


def missing(page: "Page", *texts: str) -> list[str]:
    """Texts that the page does not show though it was waited for them, scrolled into view where need be."""
    from playwright.sync_api import TimeoutError as Waited

    absent = []
    for text in texts:
        try:
            page.get_by_text(text).locator("visible=true").first.wait_for()
        except Waited:
            absent.append(text)
    return absent


def pictures(page: "Page", count: int) -> int:
    """How many pictures of runs are loaded and drawn, once there are `count` or nothing more is to be waited for."""
    from playwright.sync_api import TimeoutError as Waited

    drawn = "[...document.images].filter(one => one.naturalWidth > 200 && one.offsetWidth > 50).length"
    with contextlib.suppress(Waited):
        page.wait_for_function(f"count => {drawn} >= count", arg=count)
    return int(page.evaluate(drawn))


def test_the_run_table_names_runs_by_what_differs_and_shows_their_scores(site: Site, page: "Page") -> None:
    page.goto(f"{site.address}/#/experiments/1/runs?workflowType=machine_learning&viewStateShareKey=scores")
    assert missing(page, "What came of each", "sweep of model", *NAMES, "macro_f1", "no_headings/macro_f1") == []
    assert missing(page, *(str(site.runs[name].data.metrics["macro_f1"])[:6] for name in NAMES)) == []


def test_the_charts_of_two_runs_show_scores_and_pictures_side_by_side(site: Site, page: "Page") -> None:
    view = "workflowType=machine_learning&viewStateShareKey=scores&compareRunsMode=CHART"
    page.goto(f"{site.address}/#/experiments/1/runs?{view}")
    assert missing(page, "scores", "macro_f1", "figures", "figures/confusion_model") == []
    assert pictures(page, 2) >= 2


def test_the_comparison_of_two_runs_shows_parameters_metrics_and_pictures(site: Site, page: "Page") -> None:
    ids = json.dumps([site.runs[name].info.run_id for name in NAMES])
    page.goto(f'{site.address}/#/compare-runs?runs={ids}&experiments=["1"]')
    assert (
        missing(
            page, "Comparing 2 Runs from 1 Experiment", *NAMES, "LogisticRegression", "ComplementNB", "features.bits"
        )
        == []
    )
    assert missing(page, *(f"{site.runs[name].data.metrics['accuracy']:.3f}".rstrip("0") for name in NAMES)) == []
    page.get_by_text("confusion_model.png").click()
    assert pictures(page, 2) >= 2


def test_a_run_tells_its_data_scores_tags_and_errors(site: Site, page: "Page") -> None:
    found = site.runs[NAMES[0]]
    page.goto(site.run(NAMES[0]))
    assert (
        missing(
            page,
            "without headings",
            f"paragraphs ({found.data.params['data_digest'][:12]})",
            "data/raw",
            "macro_f1",
        )
        == []
    )
    assert missing(page, "sweep of model") == []
    page.goto(site.run(NAMES[0], "/artifacts"))
    page.get_by_text("errors.json").click()
    assert missing(page, "View as table", "predicted", "confidence", "headings") == []


def test_a_figure_of_a_run_opens(site: Site, page: "Page") -> None:
    page.goto(site.run(NAMES[0], "/artifacts/reliability.png"))
    assert pictures(page, 1) >= 1


def test_the_sweep_lists_its_runs_best_first(site: Site, page: "Page") -> None:
    page.goto(site.run("sweep of model"))
    assert missing(page, "95 % interval", "best_run") == []
    links = page.get_by_role("table").first.get_by_role("link").all_inner_texts()
    scores = [site.runs[name].data.metrics["macro_f1"] for name in links]
    assert len(links) == 2
    assert scores == sorted(scores, reverse=True)


def test_a_registered_model_has_card_alias_and_signature(site: Site, page: "Page") -> None:
    page.goto(f"{site.address}/#/models/speeches")
    assert (
        missing(page, "Says for each paragraph of a Chinese official speech", "champion", "Version 1", "Version 2")
        == []
    )
    page.goto(f"{site.address}/#/models/speeches/versions/1")
    assert (
        missing(page, "Learnt from 2 documents of data/raw", "judging people", "Inputs (1)", "Outputs (9)", "contest")
        == []
    )
