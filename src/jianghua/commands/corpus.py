"""`jianghua corpus`: the real texts that anyone can fetch."""

import argparse
from collections.abc import Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from jianghua.commands import FINE, INTERRUPTED, SOME_FAILED
from jianghua.commands.subcommands import Command, parser_of
from jianghua.errors import UsageError
from jianghua.printing import complain

if TYPE_CHECKING:
    from jianghua.corpus.public.fetching import Outcome
    from jianghua.corpus.public.manifest import PublicText

PUBLIC = Path("data/public")

_EXAMPLES = """\
examples (more: jianghua corpus COMMAND --help):
  jianghua corpus fetch
"""
_ENDING = """\
A text that is there is not fetched again. Each is verified by its SHA-256,
and written whole or not at all.

exit status: 0 all are there; 1 some failed, each is named with the reason;
2 wrong usage; 130 stopped with Ctrl-C (the same command goes on from there)"""


def parser() -> argparse.ArgumentParser:
    """Flags of this verb and its commands."""
    return parser_of("corpus", "Real texts that anyone can fetch, to train and to test on.", _EXAMPLES, COMMANDS)


def run(rest: Sequence[str]) -> int:
    """Run one command."""
    options = parser().parse_args(rest)
    return COMMANDS[options.command].run(options)


# fetch


def _fetch_flags(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("names", nargs="*", metavar="NAME", help="texts to bring, such as gwr_2019.txt or 'gwr_*' (default: all)")
    add("-o", "--out", type=Path, default=PUBLIC, metavar="OUT", help=f"folder for the texts (default: {PUBLIC})")
    add(
        "--from",
        dest="copy",
        type=Path,
        metavar="FOLDER",
        help="take them from a local copy: a folder of the texts, or one of clones, OWNER/NAME",
    )
    add("--manifest", type=Path, metavar="FILE", help="table of the texts (default: data/public.csv of the project)")
    add("--quiet", action="store_true", help="no progress bar, no final line")


def _fetch(options: argparse.Namespace) -> int:
    from jianghua.commands.progress import FilesBar
    from jianghua.corpus.public.fetching import fetch
    from jianghua.corpus.public.manifest import read_manifest
    from jianghua.resources import public_manifest

    texts = chosen(read_manifest(options.manifest or public_manifest()), options.names)
    outcomes: list[Outcome] = []
    with FilesBar("fetching", len(texts), options.quiet) as bar:

        def advance(outcome: "Outcome") -> None:
            outcomes.append(outcome)
            bar.advance(outcome.bytes, outcome.error is not None)

        try:
            fetch(texts, options.out, options.copy, advance)
            stopped = False
        except KeyboardInterrupt:
            stopped = True
    return _ended(outcomes, len(texts), stopped, options)


def _ended(outcomes: Sequence["Outcome"], wanted: int, stopped: bool, options: argparse.Namespace) -> int:
    failed = [outcome for outcome in outcomes if outcome.error is not None]
    there = len(outcomes) - len(failed)
    for reason in dict.fromkeys(outcome.error for outcome in failed):  # one for all texts of a file, or of a host
        names = ", ".join(outcome.text.name for outcome in failed if outcome.error == reason)
        complain(f"failed: {names}: {reason}")
    if stopped:
        complain(f"stopped: {there} of {wanted} texts are there; the same command goes on from there")
        return INTERRUPTED
    if not options.quiet:
        kept = sum(outcome.kept for outcome in outcomes)
        said = f" ({kept} were there already)" if kept else ""
        said += f"; {len(failed)} failed, the same command tries them again" if failed else ""
        complain(f"{there} texts → {options.out}{said}")
    return SOME_FAILED if failed else FINE


def chosen(texts: Sequence["PublicText"], names: Sequence[str]) -> list["PublicText"]:
    """The texts that names or patterns mean; all of them without any.

    Raises:
        UsageError: one of them means none.
    """
    known = [text.name for text in texts]
    for name in names:
        if not any(fnmatchcase(one, name) for one in known):
            near = (get_close_matches(name, known, 1) or known)[0]
            raise UsageError(f"no text is called {name!r}; expected names of the manifest, such as {near}, or patterns")
    return [text for text in texts if not names or any(fnmatchcase(text.name, name) for name in names)]


COMMANDS: dict[str, Command] = {
    "fetch": Command(
        "download the texts that the manifest names, or take them from a local copy",
        "  jianghua corpus fetch\n  jianghua corpus fetch 'gwr_*' -o reports/\n  jianghua corpus fetch --from ../texts",
        _fetch_flags,
        _fetch,
        _ENDING,
    ),
}
