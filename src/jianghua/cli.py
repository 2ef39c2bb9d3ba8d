"""The command `jianghua`: finds the verb, imports what it needs and nothing else."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jianghua import __version__
from jianghua.commands import FINE, INTERRUPTED, SOME_FAILED, VERBS, WRONG_USAGE
from jianghua.commands.ending import end
from jianghua.errors import UsageError
from jianghua.printing import PrintableFormatter, complain, drop_output, open_streams
from jianghua.processes import end_with_parent, make_children_safe

if TYPE_CHECKING:
    from omegaconf import DictConfig


_USAGE = """usage: jianghua VERB ...

Says what each paragraph of a Chinese official speech is for.

verbs:
{verbs}

examples:
  jianghua tag speeches/ -o tagged/                     # JSON lines
  jianghua tag speeches/ -o tagged/ --format html xlsx  # pages and workbooks
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
    called = " ".join(arguments[: 2 if arguments[:1] == ["review"] else 1])
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
    if verb in ("label", "train", "evaluate"):
        from jianghua.commands.choices import check_choices, readable

        rest = [readable(argument) for argument in rest]
        check_choices(rest)
        return _hydra(verb, {"label": _label, "train": _train, "evaluate": _evaluate}[verb], rest)
    from importlib import import_module

    run: Callable[[Sequence[str]], int] = import_module(f"jianghua.commands.{verb}").run
    return run(rest)


# Hydra applications


def _hydra(verb: str, job: Callable[["DictConfig"], None], rest: Sequence[str]) -> int:
    import hydra

    from jianghua.commands.composition import check_what_hydra_builds
    from jianghua.resources import configuration_folder

    def guarded(config: "DictConfig") -> None:
        from multiprocessing import current_process

        from hydra.core.hydra_config import HydraConfig
        from hydra.types import RunMode

        _quieten()
        if current_process().name != "MainProcess":  # a worker of a sweep
            end_with_parent(os.getppid())
        try:
            job(config)
        except Exception as error:
            log_traceback(error)
            if HydraConfig.get().mode == RunMode.MULTIRUN:
                raise  # Hydra finishes the other jobs first
            raise SystemExit(end(error, verb)) from error

    if any(len(flag) > 2 and "--experimental-rerun".startswith(flag.partition("=")[0]) for flag in rest):
        print(
            f"jianghua {verb}: --experimental-rerun reads a pickle, which can run code; give the settings",
            file=sys.stderr,
        )
        return WRONG_USAGE
    check_what_hydra_builds()
    os.environ["HYDRA_FULL_ERROR"] = "1"  # it hands errors on: they are told in one place, see `main`
    sys.argv = [f"jianghua {verb}", *rest]
    decorated = hydra.main(version_base="1.3", config_path=str(configuration_folder()), config_name=verb)(guarded)
    decorated()
    return FINE


def log_traceback(error: Exception) -> None:
    """Put the traceback into the job's own log file, where Hydra leaves none in a sweep."""
    record = logging.LogRecord(
        "jianghua", logging.ERROR, __file__, 0, "the job failed", None, (type(error), error, error.__traceback__)
    )
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.FileHandler):
            handler.emit(record)


def _quieten() -> None:
    for handler in logging.getLogger().handlers:
        handler.setFormatter(PrintableFormatter(handler.formatter or logging.Formatter()))
    for name in ("alembic", "mlflow", "matplotlib"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("mlflow.utils.environment").setLevel(logging.ERROR)


def _label(config: "DictConfig") -> None:
    from omegaconf import OmegaConf

    from jianghua.commands.terminal import print_cues, print_duplicates
    from jianghua.corpus.duplicates import find_duplicates
    from jianghua.errors import access_to
    from jianghua.labelling.analysis import cue_table
    from jianghua.labelling.cues import load_cues
    from jianghua.labelling.label_model import compare_label_models
    from jianghua.labelling.table import to_table, write_table
    from jianghua.labels import ABSTAIN
    from jianghua.training.rows import read_corpus
    from jianghua.training.settings import LABEL, checked

    config = checked(config, LABEL)
    if config.out is None:
        raise UsageError("out is null; expected the file that the table is written to, such as out=paragraphs.parquet")
    corpus = read_corpus(config)
    cues = load_cues(OmegaConf.to_container(config.cues))  # type: ignore[arg-type]
    table = to_table(corpus, cues)
    with access_to(config.out):
        write_table(table, Path(config.out))
    models = None
    if (corpus.gold != ABSTAIN).any():
        models = compare_label_models(corpus.votes, corpus.gold, [p.source for p in corpus.paragraphs])
    print_cues(cue_table(cues, corpus.votes, corpus.gold), corpus, Path(config.out), models)
    print_duplicates(find_duplicates(corpus.paragraphs))


def _train(config: "DictConfig") -> None:
    from jianghua.commands.terminal import print_training
    from jianghua.tracking.pyfunc import predict_texts
    from jianghua.tracking.training import train

    print_training(train(config, predict_texts), config)


def _evaluate(config: "DictConfig") -> None:
    from jianghua.commands.terminal import print_evaluation
    from jianghua.resources import find_model
    from jianghua.training.evaluation import evaluate
    from jianghua.training.settings import EVALUATE, checked

    config = checked(config, EVALUATE)
    print_evaluation(evaluate(config, find_model(config.model_path, Path(config.tracking.folder))))


if __name__ == "__main__":
    raise SystemExit(main())
