"""The README's recipes, run as they are written, and its links."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from jianghua.commands import VERBS
from jianghua.labelling.gold import read_labels
from jianghua.model.store import load_model
from tests.speeches import COUNTY, COUNTY_LABELS, HOSPITAL, HOSPITAL_LABELS

ROOT = Path(__file__).resolve().parent.parent
_RECIPE = re.compile(r"<!-- recipe: (\w+) -->\n```bash\n(.*?)```\n", re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)#]+?)(#[^)]*)?\)")
_OWN = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
_LABELS = {"county.txt": COUNTY_LABELS, "hospital.txt": HOSPITAL_LABELS}


def recipes() -> dict[str, str]:
    return dict(_RECIPE.findall((ROOT / "README.md").read_text(encoding="utf-8")))


def test_every_command_block_of_the_recipes_is_run() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert list(recipes()) == ["tag", "train", "ask", "retrain", "compare"]
    assert text.count("```bash") == len(recipes())


@pytest.mark.parametrize("page", [*_OWN, *(str(p.relative_to(ROOT)) for p in sorted((ROOT / "docs").glob("*.md")))])
def test_no_link_leads_nowhere(page: str) -> None:
    path = ROOT / page
    links = [match[1] for match in _LINK.finditer(path.read_text(encoding="utf-8"))]
    missing = [link for link in links if "://" not in link and not (path.parent / link).exists()]
    assert missing == []


def test_the_readme_names_every_verb_and_stays_short() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [verb for verb in VERBS if f"`jianghua {verb}`" not in text] == []
    assert len(text.splitlines()) <= 200


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What the recipes touch of a checkout, with the labels of a dozen speeches, and a folder of speeches without any."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "conf", folder / "conf")
    names = sorted(path.name for path in (ROOT / "data/raw").glob("*.txt"))[::18]
    (folder / "data/raw").mkdir(parents=True)
    for name in names:
        shutil.copy(ROOT / "data/raw" / name, folder / "data/raw")
    (folder / "data/labels").mkdir()
    header, *rows = (ROOT / "data/labels/gold.csv").read_text(encoding="utf-8").splitlines()
    kept = [row for row in rows if row.split(",")[1] in names]
    (folder / "data/labels/gold.csv").write_text("\n".join([header, *kept]) + "\n", encoding="utf-8")
    (folder / "my-speeches").mkdir()
    (folder / "my-speeches/county.txt").write_text(COUNTY, encoding="utf-8")
    (folder / "my-speeches/hospital.txt").write_text(HOSPITAL, encoding="gb18030")
    yield folder
    shutil.rmtree(folder)


def follow(recipe: str, checkout: Path) -> str:
    programs = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", recipes()[recipe]],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.slow
def test_recipe_tag(checkout: Path) -> None:
    follow("tag", checkout)
    assert "county.txt" in (checkout / "tagged/_index.html").read_text(encoding="utf-8")
    assert {path.name for path in (checkout / "tagged").glob("hospital.txt.*")} == {
        "hospital.txt.html",
        "hospital.txt.xlsx",
    }


@pytest.mark.slow
def test_recipes_train_correct_and_retrain(checkout: Path) -> None:
    follow("train", checkout)
    first = load_model(checkout / "models/mine")
    assert {"county.txt#0", "hospital.txt#0"} <= set(first.trained_on.values())
    assert (checkout / "tagged-mine/county.txt.jsonl").is_file()

    follow("ask", checkout)
    correct(checkout / "review/queue.xlsx")
    said = follow("retrain", checkout)
    corrections = read_labels(checkout / "data/labels/corrections.csv")
    assert len(corrections) == len(COUNTY_LABELS) + len(HOSPITAL_LABELS)
    assert "14 labels added" in said
    assert load_model(checkout / "models/mine").version != first.version, "the corrections were not learnt"


def correct(queue: Path) -> None:
    """Choose the right label in every row, as a person would."""
    book = openpyxl.load_workbook(queue)
    sheet = book.worksheets[0]
    label_column = next(cell.column for cell in sheet[1] if cell.value == "label")
    assert label_column is not None
    rows = pd.read_excel(queue)
    assert set(rows["source"]) == set(_LABELS), "only speeches without hand labels are asked about"
    for source, labels in _LABELS.items():
        own = rows[rows["source"] == source].sort_values("paragraph")
        for row, label in zip(own.index, labels, strict=True):
            sheet.cell(int(row) + 2, label_column, label)
    book.save(queue)


@pytest.mark.slow
def test_recipe_compare(checkout: Path) -> None:
    follow("compare", checkout)
    import mlflow

    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(f"sqlite:///{checkout / 'experiments/mlflow.db'}")
    try:
        experiment = mlflow.get_experiment_by_name("training")
        found = mlflow.search_runs([experiment.experiment_id], output_format="list")
    finally:
        mlflow.set_tracking_uri(before)
    (parent,) = [run for run in found if run.data.tags.get("kind") == "sweep"]
    children = [run for run in found if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id]
    assert len(children) == 3
    assert all(run.info.status == "FINISHED" and "macro_f1" in run.data.metrics for run in children)
