"""Tab completion, asked as a shell asks."""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jianghua.cli import main
from jianghua.commands import VERBS
from jianghua.commands.completion import SHELLS, command_line, script

_ASK = """
source "$1"
shift
COMP_LINE="$1"
COMP_POINT=${#1}
shift
COMP_WORDS=("$@")
COMP_CWORD=$(( $# - 1 ))
_jianghua jianghua "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="session")
def bash_script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed")
    path = tmp_path_factory.mktemp("completion") / "jianghua.bash"
    path.write_text(script("bash"), encoding="utf-8")
    return path


def completed(bash_script: Path, folder: Path, line: str, *words: str) -> list[str]:
    """What bash offers at the end of `line`, which it has cut into `words` (at = too)."""
    programs = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", _ASK, "ask", str(bash_script), line, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("jianghua ta", ["tag"]),
        ("jianghua tag --fo", ["--format"]),
        ("jianghua tag --format x", ["xlsx"]),
        ("jianghua tag spee", ["speeches"]),
        ("jianghua tag speeches -o out --la", ["--lang"]),
        ("jianghua review im", ["import"]),
        ("jianghua review import --an", ["--annotator"]),
        ("jianghua completion z", ["zsh"]),
        ("jianghua train --mu", ["--multirun"]),
    ],
)
def test_bash_completes_verbs_flags_choices_and_files(
    bash_script: Path, tmp_path: Path, line: str, offered: list[str]
) -> None:
    (tmp_path / "speeches").mkdir()
    assert completed(bash_script, tmp_path, line, *line.split()) == offered


def test_bash_offers_every_verb_before_the_first_letter(bash_script: Path, tmp_path: Path) -> None:
    assert completed(bash_script, tmp_path, "jianghua ", "jianghua", "") == list(VERBS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "words", "offered"),
    [
        ("jianghua train feat", ("train", "feat"), {"features=", "features."}),
        ("jianghua train features=", ("train", "features", "="), {"characters", "words"}),
        ("jianghua train features=wo", ("train", "features", "=", "wo"), {"words"}),
        ("jianghua train model.C", ("train", "model.C"), {"model.C="}),
        ("jianghua label corpus.ra", ("label", "corpus.ra"), {"corpus.raw="}),
    ],
)
def test_bash_completes_settings_although_it_cuts_words_at_the_equals_sign(
    bash_script: Path, tmp_path: Path, line: str, words: tuple[str, ...], offered: set[str]
) -> None:
    assert set(completed(bash_script, tmp_path, line, "jianghua", *words)) == offered


@pytest.mark.parametrize("shell", SHELLS)
def test_every_verb_is_in_every_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    said = capsys.readouterr().out
    assert not [verb for verb in VERBS if verb not in said]
    assert "no-resume" in said


def test_an_unknown_shell_is_told_which_are_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "cmd"]) == 2
    assert "invalid choice: 'cmd' (choose from" in capsys.readouterr().err


def test_no_argument_that_is_a_path_is_forgotten() -> None:
    forgotten = [
        f"{made.prog}: {action.dest}"
        for made in parsers(command_line())
        for action in made._actions
        if action.type is Path and not hasattr(action, "complete")
    ]
    assert forgotten == []


def parsers(made: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    below = [
        inner
        for action in made._actions
        if isinstance(action, argparse._SubParsersAction)
        for inner in action.choices.values()
    ]
    return [made, *(found for inner in below for found in parsers(inner))]
