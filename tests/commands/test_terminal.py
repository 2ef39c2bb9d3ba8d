"""What strangers' texts and names do to a terminal: nothing, and what matters is seen in 80 columns."""

import io
import logging
from pathlib import Path

import pandas as pd
import pytest

from jianghua.cli import main
from jianghua.commands.agreement import print_agreement
from jianghua.commands.console import console
from jianghua.commands.suspects import print_suspects
from jianghua.labelling.gold import COLUMNS, HandLabel
from jianghua.printing import PrintableFormatter
from jianghua.review.agreement import agreement

EVIL = "\x1b[2J\x1b]0;x\x07[/red][bold]:smile:\x9b31m\u202e"
SHOWN = r"\x1b[2J\x1b]0;x\x07[/red][bold]:smile:\x9b31m\u202e"
STEERING = ("\x1b", "\x07", "\x9b", "\u202e", "\r")


def suspects(*sources: str) -> pd.DataFrame:
    text = "要继续抓好春耕生产，切实把各项措施落到实处，确保粮食面积不减、单产不降。"
    rows = [(source, 0, 7, "shortcomings", 0.0123, "achievements", text) for source in sources]
    return pd.DataFrame(rows, columns=["source", "speech", "paragraph", "label", "plausibility", "suggested", "text"])


@pytest.mark.parametrize("width", [80, 100, 200])
def test_suspects_show_label_suggestion_and_text_in_any_width(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    folder = "县里/很长很长的目录名称/2019年/"
    print_suspects(suspects("a.txt", f"{folder}在全县政法工作会议上的讲话.txt"), 9, 20, Path("s.csv"))
    said = capsys.readouterr().out
    assert said.count("shortcomings   achievements") == 2
    assert said.count("  1%  ") == 2
    assert said.count("要继续抓好春耕生产，") == 2
    assert "a.txt#0 ¶7" in said
    assert "会议上的讲话.txt#0 ¶7" in said


def test_names_of_suspects_do_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_suspects(suspects(f"{EVIL}.txt").assign(text=EVIL), 9, 20, Path(f"{EVIL}.csv"))
    said = capsys.readouterr().out
    assert not [character for character in STEERING if character in said]
    assert f"{SHOWN[:20]}" in said


def test_names_of_disagreements_do_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    first = [HandLabel(f"{EVIL}.txt", str(number), "closing") for number in range(3)]
    second = [HandLabel(f"{EVIL}.txt", str(number), "context") for number in range(3)]
    print_agreement(agreement(first, second, resamples=10), Path(f"{EVIL}a.csv"), Path("b.csv"), 5)
    said = capsys.readouterr().out
    assert not [character for character in STEERING if character in said]
    assert r"A: \x1b[2J\x1b]0;x[/red][bold]:smile:\x9b31m\u202ea.csv" in said  # rich leaves the bell out


def test_a_speech_shown_does_not_steer_the_terminal(
    tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "柳河\x1b[2J[red].txt"
    path.write_text(
        f"同志们：\n{'今年全县上下团结一心，各项工作都有进步。' * 9}要\x1b[2J继\u202e续抓好[/red]落实。\n",
        encoding="utf-8",
    )
    assert main(["tag", str(path), "-o", str(tmp_path / "out"), "--show", "--model", str(model_folder)]) == 0
    said = "".join(capsys.readouterr())
    assert not [character for character in STEERING if character in said]
    assert "柳河" in said


def test_names_in_messages_of_review_do_not_steer_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"{EVIL.replace('/', '')}.csv"
    for content in (f"{EVIL},label\n", f"{','.join(COLUMNS)},text\n5feb1545891d,{EVIL},praise,,,,{EVIL},散会。\n"):
        path.write_text(content, encoding="utf-8")
        assert main(["review", "import", str(path), "--texts", str(tmp_path / "none")]) == 1
        said = "".join(capsys.readouterr())
        assert "散会" not in said
        assert "\\x1b" in said
        assert not [character for character in STEERING if character in said]


def test_colours_of_ours_stay_where_there_is_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    stream = io.StringIO()
    console(stream).print("柳河\x1b[2J县\n[red]", style="bold")
    assert stream.getvalue() == "\x1b[1m柳河\\x1b[2J县\x1b[0m\n\x1b[1m[red]\x1b[0m\n"


def test_lines_of_a_log_do_not_steer_the_terminal() -> None:
    record = logging.LogRecord("jianghua", logging.WARNING, "", 0, "left out: %s", (EVIL,), None)
    assert PrintableFormatter(logging.Formatter()).format(record) == f"left out: {SHOWN}"
