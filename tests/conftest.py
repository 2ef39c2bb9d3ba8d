"""Fixtures shared by all tests: the reference corpus where there is one, a small trained model, quiet MLflow."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from jianghua.corpus import parse
from jianghua.corpus.views import views
from jianghua.model.store import SavedModel, load_model, save_model
from tests.speeches import COUNTY, COUNTY_LABELS, HOSPITAL, HOSPITAL_LABELS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    """Commands make their children safe by the environment, which must not outlive the test that runs one."""
    before = dict(os.environ)
    yield
    for name in set(os.environ) - set(before):
        del os.environ[name]
    os.environ.update(before)


@pytest.fixture(scope="session")
def root() -> Path:
    """Top of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def reference() -> Path:
    """Folder of the reference corpus (raw/ and gold.csv); the test is skipped where it is absent."""
    folder = os.environ.get("JIANGHUA_REFERENCE")
    if not folder or not Path(folder, "gold.csv").is_file():
        pytest.skip("no reference corpus: set JIANGHUA_REFERENCE to a folder with raw/ and gold.csv")
    return Path(folder)


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model trained on two short speeches."""
    from sklearn.linear_model import LogisticRegression

    from jianghua.labels import FUNCTIONS
    from jianghua.model.features import CharacterNgrams
    from jianghua.training.fitting import FunctionTagger

    seen = views(parse(COUNTY, "county.txt") + parse(HOSPITAL, "hospital.txt"))
    labels = np.array([FUNCTIONS.index(label) for label in (*COUNTY_LABELS, *HOSPITAL_LABELS)])
    tagger = FunctionTagger(CharacterNgrams(1, 2, 12), LogisticRegression(C=5.0)).fit(seen, labels)
    folder = tmp_path_factory.mktemp("models") / "small"
    save_model(tagger.tagger_, folder, "small", {"data_digest": "0", "speeches": {}}, {}, {})
    return folder


@pytest.fixture(scope="session")
def model(model_folder: Path) -> SavedModel:
    """The small model, loaded."""
    return load_model(model_folder)


@pytest.fixture
def speeches(tmp_path: Path) -> Path:
    """A folder with two speeches, one of them below it and in GB18030."""
    folder = tmp_path / "speeches"
    (folder / "sub").mkdir(parents=True)
    (folder / "county.txt").write_text(COUNTY, encoding="utf-8")
    (folder / "sub" / "hospital.txt").write_bytes(HOSPITAL.encode("gb18030"))
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """One Chromium for all tests, for Playwright runs once in a process; they are skipped where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="no playwright: pip install -e '.[dev]'")
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("no Chromium: apt-get install chromium (fonts-noto-cjk for the look of the text)")
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=found, args=_FLAGS)
        yield chromium
        chromium.close()
