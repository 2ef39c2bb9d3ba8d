"""`jianghua leaderboard`: run the experiments that are out of date, write the table of scores."""

import argparse
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jianghua.commands import FINE, SOME_FAILED
from jianghua.commands.choices import quoted
from jianghua.printing import say
from jianghua.processes import module_command
from jianghua.resources import configuration_folder

if TYPE_CHECKING:
    from jianghua.tracking.notes import About

_EXAMPLES = """\
examples:
  jianghua leaderboard
  jianghua leaderboard corpus.raw=mine corpus.gold=mine.csv --out mine.md
  jianghua leaderboard --only-write

exit status: 0 fine, 1 an experiment failed, 2 wrong usage
"""


def parser() -> argparse.ArgumentParser:
    """Flags of this verb."""
    flags = argparse.ArgumentParser(
        prog="jianghua leaderboard",
        description="Run the experiments of conf/experiment that are out of date, then write the\ntable of scores.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    flags.add_argument("--only-write", action="store_true", help="run nothing; write the table from the runs there are")
    flags.add_argument(
        "--out",
        default="experiments/LEADERBOARD.md",
        metavar="FILE",
        help="default: experiments/LEADERBOARD.md",
    )
    flags.add_argument(
        "--tracking",
        default="experiments",
        metavar="DIR",
        help="folder of the MLflow database (default: experiments)",
    )
    flags.add_argument(
        "overrides",
        nargs="*",
        metavar="OVERRIDE",
        help="settings of `jianghua train` for all experiments, such as corpus.raw=FOLDER",
    )
    return flags


def run(rest: Sequence[str]) -> int:
    """Run what is missing and write the table."""
    options = parser().parse_args(rest)
    from jianghua.tracking.leaderboard import EXPERIMENT, find_entries, run_missing, write_leaderboard

    tracking = Path(options.tracking)
    overrides = [*options.overrides, "save=null"]

    def train(name: str) -> None:
        where = [f"tracking.folder={quoted(str(tracking))}", f"tracking.experiment={EXPERIMENT}"]
        command = module_command("jianghua", "train", f"experiment={name}", *overrides, *where)
        process = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if process.returncode:
            raise RuntimeError(
                process.stderr.strip().splitlines()[-1] if process.stderr.strip() else f"status {process.returncode}"
            )

    experiments = list(_experiments(overrides))
    entries = find_entries(experiments, tracking)
    if not options.only_write:
        run_missing(entries, train, say)
        entries = find_entries(experiments, tracking)
    say(write_leaderboard(entries, Path(options.out)))
    return SOME_FAILED if any(entry.run is None for entry in entries) else FINE


def _experiments(overrides: Sequence[str]) -> Iterator[tuple["About", str]]:
    """Each file of conf/experiment with the digest of its data; a corpus that several share is read once."""
    from jianghua.commands.configuration import LABEL, TRAIN, checked, composed, purpose
    from jianghua.tracking.notes import About
    from jianghua.training.rows import data_digest

    digests: dict[str, str] = {}
    for path in sorted((configuration_folder() / "experiment").glob("*.yaml")):
        configuration = checked(composed("train", [f"experiment={path.stem}", *overrides]), TRAIN)
        data = repr([configuration[key] for key in LABEL if key != "out"])
        if data not in digests:
            digests[data] = data_digest(configuration.corpus())
        yield About(path.stem, configuration.written, path.stem, purpose(path.stem)), digests[data]
