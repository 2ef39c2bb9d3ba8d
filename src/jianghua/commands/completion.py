"""`jianghua completion`: a script that completes verbs, flags and settings in the user's shell."""

import argparse
from collections.abc import Sequence
from importlib import import_module

from jianghua.commands import FINE, VERBS

SHELLS = ("bash", "zsh", "fish")
HYDRA_VERBS = ("label", "train", "evaluate")
_PLACES = (
    "paths",
    "out",
    "to",
    "model",
    "tracking",
    "tags",
    "texts",
    "corrections",
    "file",
    "first",
    "second",
    "config_dir",
    "copy",
    "manifest",
)
"""Arguments that are files or folders."""

_EXAMPLES = """\
examples:
  eval "$(jianghua completion bash)"            # a line for ~/.bashrc
  jianghua completion zsh > ~/.zfunc/_jianghua  # a folder of your fpath
  jianghua completion fish > ~/.config/fish/completions/jianghua.fish

All complete verbs, flags and files; bash completes settings, too, such as
features= after train.
"""

_BASH_SETTINGS = """\
# settings of Hydra: it is asked itself, for it knows the configuration; $1 is what bash takes for the word
_jianghua_settings() {
  local before="${COMP_LINE:0:COMP_POINT}" verb=train given part found
  given="${before##*[[:space:]]}"
  part="$1"
  [[ $part == [=:] ]] && part=""
  case "${COMP_WORDS[1]}" in label|evaluate) verb="${COMP_WORDS[1]}" ;; esac
  for found in $(COMP_LINE="jianghua $given" "${COMP_WORDS[0]}" "$verb" -sc query=bash 2>/dev/null); do
    [[ $found == "$given"* ]] && printf '%s\\n' "${found#"${given%"$part"}"}"
  done
}
"""

_BASH_END = """
# a setting goes on after its = or dot
_jianghua() {
  _shtab_jianghua "$@"
  [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=.] ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -o bashdefault -o default -F _jianghua jianghua
"""


def parser() -> argparse.ArgumentParser:
    """Flags of this verb."""
    flags = argparse.ArgumentParser(
        prog="jianghua completion",
        description="Print a script that completes verbs, flags and settings in your shell.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    flags.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))
    return flags


def run(rest: Sequence[str]) -> int:
    """Print the script for one shell."""
    print(script(parser().parse_args(rest).shell), end="")
    return FINE


def script(shell: str) -> str:
    """The script; `shell` is one of `SHELLS`."""
    import shtab

    preamble = _BASH_SETTINGS if shell == "bash" else ""
    text = str(shtab.complete(command_line(), shell, preamble=preamble)).rstrip("\n") + "\n"
    return text + _BASH_END if shell == "bash" else text


def command_line() -> argparse.ArgumentParser:
    """One parser of all verbs, for completion only: each verb parses its own arguments when it runs."""

    whole = argparse.ArgumentParser(prog="jianghua")
    whole.add_argument("--version", action="store_true", help="print the version")
    verbs = whole.add_subparsers(dest="verb")
    for verb, what in VERBS.items():
        if verb in HYDRA_VERBS:
            _add_hydra_flags(verbs.add_parser(verb, help=what, description=what))
            continue
        own = import_module(f"jianghua.commands.{verb}").parser()
        verbs.add_parser(verb, help=what, description=what, parents=[own], add_help=False)
    _say_what_fits(whole)
    return whole


def _add_hydra_flags(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--cfg", choices=["job", "hydra", "all"], help="print the configuration instead of running")
    verb.add_argument("--multirun", "-m", action="store_true", help="run all combinations of the given settings")
    verb.add_argument("--config-dir", metavar="DIR", help="more configuration files")
    verb.add_argument("--hydra-help", action="store_true", help="flags of Hydra")
    verb.add_argument("overrides", nargs="*", help="settings, such as features=words")


def _say_what_fits(flags: argparse.ArgumentParser) -> None:
    """Tell shtab which arguments are files or folders, and which are settings."""
    import shtab

    for action in flags._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                _say_what_fits(inner)
        if action.dest in _PLACES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        if action.dest == "overrides":
            action.complete = {"bash": "_jianghua_settings"}  # type: ignore[attr-defined]
