"""The command `jianghua`: finds the verb, imports what it needs and nothing else."""

import signal
import sys
import threading
from collections.abc import Callable, Sequence
from importlib import import_module

from jianghua import __version__
from jianghua.commands import FINE, INTERRUPTED, SOME_FAILED, VERBS, WRONG_USAGE
from jianghua.commands.ending import end
from jianghua.errors import UsageError
from jianghua.printing import complain, drop_output, open_streams
from jianghua.processes import make_children_safe

_USAGE = """usage: jianghua VERB ...

Says what each paragraph of a Chinese official speech is for.

verbs:
{verbs}

examples:
  jianghua tag speeches/ -o tagged/                     # JSON lines
  jianghua tag speeches/ -o tagged/ --format html xlsx  # pages and workbooks
  jianghua find 安全生产 tagged/ --to excerpts.docx      # after --format sqlite
  jianghua train experiment=baseline_words save=null    # another model
  jianghua review export -o review/                     # a workbook to correct

label, train and evaluate are Hydra applications: settings are given as
NAME=VALUE, and --multirun, --cfg job and --help work as Hydra users expect.
The other verbs take flags. Each has its own help: jianghua VERB --help
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit status: 0 done, 1 something failed, 2 wrong usage, 130 stopped."""
    make_children_safe()
    _take_signals()
    open_streams()
    arguments = list(sys.argv[1:] if argv is None else argv)
    called = " ".join(arguments[: 2 if arguments[:1] in (["corpus"], ["review"]) else 1])
    try:
        status = _guarded(arguments, called)
        sys.stdout.flush()
    except OSError as error:  # a full disk behind standard output, which cannot be told there
        status = end(error, called)
        drop_output()
    return status


def _guarded(arguments: list[str], called: str) -> int:
    """The one place where it is told why a verb cannot go on."""
    try:
        return _main(arguments)
    except SystemExit as leaving:  # argparse leaves like this
        return leaving.code if isinstance(leaving.code, int) else SOME_FAILED
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:
        return end(error, called)


def _take_signals() -> None:
    """Ends as after Ctrl-C when a cluster's scheduler says so, or a terminal is closed (unless nohup had it ignored)."""
    if threading.current_thread() is not threading.main_thread():
        return
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def _main(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_USAGE.format(verbs="\n".join(f"  {verb:13}{what}" for verb, what in VERBS.items())))
        return FINE if arguments else WRONG_USAGE
    verb, rest = arguments[0], arguments[1:]
    if verb == "--version":
        print(f"jianghua {__version__}")
        return FINE
    if verb not in VERBS:
        complain(f"jianghua: verb {verb!r} is not known; use one of {', '.join(VERBS)}")
        return WRONG_USAGE
    if "" in rest:  # pathlib takes it for the working folder: all of it would be read, or written to
        raise UsageError(
            "one of the words given is empty, as from a variable of the shell that is not set; write it out"
        )
    run: Callable[[Sequence[str]], int] = import_module(f"jianghua.commands.{verb}").run
    return run(rest)


if __name__ == "__main__":
    raise SystemExit(main())
