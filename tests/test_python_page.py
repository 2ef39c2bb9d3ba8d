"""docs/python.md and the README's lines of Python, run as they are written."""

import doctest
import logging
import re
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
_FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Path:
    """What the page's examples find: `talks/` with the speeches of 2024, and a dozen speeches of the corpus with all labels."""
    for place, pattern, step in (("talks", "2024-*.txt", 1), ("data/raw", "*.txt", 18)):
        (tmp_path / place).mkdir(parents=True)
        for path in sorted((ROOT / "data/raw").glob(pattern))[::step]:
            shutil.copy(path, tmp_path / place)
    shutil.copy(ROOT / "data/raw/2024-county-flood-control.txt", tmp_path / "data/raw")
    shutil.copytree(ROOT / "data/labels", tmp_path / "data/labels")
    monkeypatch.chdir(tmp_path)
    caplog.set_level(logging.ERROR)  # the labels of the speeches that are not here
    return tmp_path


def unlike(page: str) -> str:
    """What the examples of a page say otherwise than the page does."""
    code = "\n".join(_BLOCK.findall(page))
    assert ">>>" in code, "the page has no examples"
    test = doctest.DocTestParser().get_doctest(code, {}, "page", None, 0)
    told: list[str] = []
    doctest.DocTestRunner(optionflags=_FLAGS).run(test, out=told.append)
    return "".join(told)


def test_the_page_for_python_says_what_happens(folder: Path) -> None:
    page = (ROOT / "docs/python.md").read_text(encoding="utf-8")
    assert unlike(page.partition("\n## Train\n")[0]) == ""


@pytest.mark.slow
def test_the_page_for_python_trains_a_model(folder: Path) -> None:
    page = (ROOT / "docs/python.md").read_text(encoding="utf-8")
    assert unlike("```python\n>>> import jianghua as jh\n```\n" + page.partition("\n## Train\n")[2]) == ""


def test_the_readme_in_python_says_what_happens(folder: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert unlike(readme.partition("\n## In Python\n")[2].partition("\n## ")[0]) == ""
