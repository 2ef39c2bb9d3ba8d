from pathlib import Path

import pytest

from jianghua.modelling import leaderboard
from tests.test_cli import CORPUS, run, write_corpus


@pytest.mark.slow
def test_only_what_is_out_of_date_runs_again(tmp_path: Path) -> None:
    write_corpus(tmp_path / "data")
    small = [*CORPUS, "split.folds=2", "features.bits=10", "context.iterations=3"]
    first = run("leaderboard", *small, cwd=tmp_path).stdout
    assert "best: running" in first
    table = (tmp_path / "experiments/LEADERBOARD.md").read_text(encoding="utf-8")
    names = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")]
    assert {"best", "baseline_words", "without_outline", "cues alone (label model)", "majority class"} <= set(names)
    second = run("leaderboard", *small, cwd=tmp_path).stdout
    assert "running" not in second
    assert "best: up to date" in second
    assert (tmp_path / "experiments/LEADERBOARD.md").read_text(encoding="utf-8") == table
    with (tmp_path / "data/raw/county.txt").open("a", encoding="utf-8") as stream:
        stream.write("散会后请各单位抓紧落实。\n")
    assert "best: running" in run("leaderboard", *small, cwd=tmp_path).stdout, "other data, other runs"


def test_a_table_of_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no experiment has a finished run; run `make leaderboard`"):
        leaderboard.write_leaderboard([], tmp_path / "table.md")
