"""A small archive: two speeches that are tagged, and what can be asked of it."""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest

from jianghua.archive.opening import open_archive
from jianghua.archive.search import Findings, Query, find
from jianghua.cli import main
from tests.speeches import COUNTY, HOSPITAL

TRADITIONAL = """在全縣「秋糧」生產會議上的講話
縣長　羅景行
（2021年9月）
同志們：
今年糧食“產量”增長一成，農業發展形勢很好。
但是，安全  生產的問題仍然存在，個別鄉鎮責任不落實。
各鄉鎮要狠抓安全。生產一線的同志要帶頭落實責任。
"""

Ask = Callable[..., Findings]


def tag(speeches: Path, out: Path, model: Path, *flags: str) -> int:
    return main(["tag", str(speeches), "-o", str(out), "--model", str(model), "--format", "sqlite", "--quiet", *flags])


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory, model_folder: Path) -> Path:
    """Folder of the outputs of three speeches, of which only the last has a speaker and traditional characters."""
    folder = tmp_path_factory.mktemp("archive")
    speeches = folder / "speeches"
    (speeches / "sub").mkdir(parents=True)
    for name, text in (("county.txt", COUNTY), ("sub/hospital.txt", HOSPITAL), ("traditional.txt", TRADITIONAL)):
        (speeches / name).write_text(text, encoding="utf-8")
    with contextlib.chdir(folder), patch.dict(os.environ):  # a command makes its children safe by it
        assert tag(Path("speeches"), Path("out"), model_folder) == 0
    return folder / "out"


@pytest.fixture
def ask(archive: Path) -> Ask:
    """What is found by words, and by other fields of a query."""

    def asked(*words: str, **fields: object) -> Findings:
        with open_archive(archive) as connection:
            return find(connection, Query(words, **fields))  # type: ignore[arg-type]

    return asked
