"""Verbs that have commands of their own: `jianghua review export`, `jianghua corpus fetch`."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from textwrap import fill


@dataclass(frozen=True, slots=True)
class Command:
    """A command: what it does, examples of its use, its flags, the function that runs it, and what else its help says."""

    does: str
    examples: str
    add_flags: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
    ending: str = ""


def parser_of(verb: str, description: str, examples: str, commands: Mapping[str, Command]) -> argparse.ArgumentParser:
    """Flags of a verb and its commands."""
    made = argparse.ArgumentParser(
        prog=f"jianghua {verb}",
        description=description,
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subparsers = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in commands.items():
        subparser = subparsers.add_parser(
            name,
            help=command.does,
            description=fill(command.does[0].upper() + command.does[1:] + ".", 78),
            epilog=f"examples:\n{command.examples}" + (f"\n\n{command.ending}" if command.ending else ""),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_flags(subparser)
    return made
