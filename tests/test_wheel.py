"""The wheel, installed into an environment that knows nothing of the checkout."""

import json
import os
import re
import site
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from jianghua import __version__
from jianghua.commands import VERBS
from tests.speeches import COUNTY

ROOT = Path(__file__).resolve().parent.parent
FORMATS = ("jsonl", "csv", "parquet", "xlsx", "html")


def run(line: Sequence[str | Path], folder: Path, code: int = 0) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run(
        [str(word) for word in line], cwd=folder, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the programs of a fresh environment: the wheel, and the dependencies of this environment."""
    home = tmp_path_factory.mktemp("environment")
    run([sys.executable, "-m", "venv", home], home)
    programs = home / ("Scripts" if os.name == "nt" else "bin")
    run([programs / "python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel], home)
    # a path named in a .pth file is searched, but .pth files in it (the editable install) are not read
    theirs = [path for path in {sysconfig.get_path("purelib"), *site.getsitepackages()} if Path(path).is_dir()]
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    ours = Path(run([programs / "python", "-c", code], home).strip())
    (ours / "dependencies.pth").write_text("\n".join(theirs) + "\n", encoding="utf-8")
    return programs


@pytest.mark.slow
def test_the_wheel_holds_all_that_the_package_needs_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    package = {path for path in (ROOT / "src/jianghua").rglob("*") if path.is_file() and path.suffix != ".pyc"}
    needed = {f"jianghua/{path.relative_to(ROOT / 'src/jianghua').as_posix()}" for path in package}
    for inside, folder in (("conf", ROOT / "conf"), ("released", ROOT / "models/released")):
        needed |= {
            f"jianghua/{inside}/{path.relative_to(folder).as_posix()}" for path in folder.rglob("*") if path.is_file()
        }
    needed.add("jianghua/public.csv")
    information = {name for name in names if name.startswith(f"jianghua-{__version__}.dist-info/")}
    assert needed - names == set()
    assert names - needed - information == set()
    assert {
        "jianghua/py.typed",
        "jianghua/conf/train.yaml",
        "jianghua/released/manifest.json",
        "jianghua/tagging/outputs/templates/speech.html",
        "jianghua/tracking/fonts/JianghuaSans-Regular.otf",
    } <= names
    licences = {name.partition("/licenses/")[2] for name in information}
    assert {"LICENSE", "data/LICENSE", "src/jianghua/tracking/fonts/OFL.txt"} <= licences


@pytest.mark.slow
def test_the_installed_command_works_in_an_empty_folder(programs: Path, tmp_path: Path) -> None:
    where = run([programs / "python", "-c", "import jianghua; print(jianghua.__file__)"], tmp_path)
    assert Path(where.strip()).is_relative_to(programs.parent), "the checkout was imported, not the wheel"
    assert run([programs / "jianghua", "--version"], tmp_path) == f"jianghua {__version__}\n"
    said = run([programs / "python", "-m", "jianghua", "--help"], tmp_path)
    assert [verb for verb in VERBS if verb not in said] == []
    assert "features:" in run([programs / "jianghua", "train", "--cfg", "job"], tmp_path)
    assert "_jianghua" in run([programs / "jianghua", "completion", "bash"], tmp_path)


@pytest.mark.slow
def test_the_installed_command_tags_with_the_released_model_in_every_format(programs: Path, tmp_path: Path) -> None:
    (tmp_path / "county.txt").write_text(COUNTY, encoding="utf-8")
    run([programs / "jianghua", "tag", "county.txt", "-o", "tagged", "--format", *FORMATS, "--explain"], tmp_path)
    assert {path.name for path in (tmp_path / "tagged").glob("county.txt.*")} == {f"county.txt.{f}" for f in FORMATS}
    lines = (tmp_path / "tagged/county.txt.jsonl").read_text(encoding="utf-8").splitlines()
    labels = [record["label"] for record in map(json.loads, lines) if record["label"]]
    assert labels[2:6] == ["shortcomings", "requirements", "requirements", "discipline"]


@pytest.mark.parametrize("name", ["pyproject.toml", "CITATION.cff"])
def test_no_second_place_says_another_version(name: str) -> None:
    assert re.search(r"(?m)^version\s*[:=]", (ROOT / name).read_text(encoding="utf-8")) is None
