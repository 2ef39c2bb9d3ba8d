from pathlib import Path

import pytest

from jianghua.tracking import leaderboard
from tests.test_cli import run


@pytest.mark.slow
def test_only_what_is_out_of_date_runs_again(root: Path, tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    names = sorted(path.name for path in (root / "data/raw").glob("202*.txt"))[:6]
    for name in names:
        (tmp_path / "raw" / name).write_bytes((root / "data/raw" / name).read_bytes())
    gold = root / "data/labels/gold.csv"
    (tmp_path / "gold.csv").write_bytes(gold.read_bytes())
    small = ["corpus.raw=raw", "corpus.gold=gold.csv", "corpus.corrections=null", "split.folds=2", "features.bits=10"]
    first = run("leaderboard", *small, cwd=tmp_path).stdout
    assert "best: running" in first
    table = (tmp_path / "experiments/LEADERBOARD.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")]
    assert {"best", "baseline_words", "without_outline", "cues alone (label model)", "majority class"} <= set(rows)
    second = run("leaderboard", *small, cwd=tmp_path).stdout
    assert "running" not in second
    assert "best: up to date" in second
    assert (tmp_path / "experiments/LEADERBOARD.md").read_text(encoding="utf-8") == table
    with (tmp_path / "raw" / names[0]).open("a", encoding="utf-8") as stream:
        stream.write("散会后请各单位抓紧落实。\n")
    stale = run("leaderboard", "--only-write", *small, cwd=tmp_path, code=1)
    assert "no experiment has a finished run" in stale.stderr, "other data, other runs"


def test_a_table_of_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no experiment has a finished run; run `make leaderboard`"):
        leaderboard.write_leaderboard([], tmp_path / "table.md")
