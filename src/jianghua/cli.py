"""The command `jianghua`: finds the verb, imports what it needs and nothing else."""

import argparse
import logging
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jianghua import __version__
from jianghua.commands import FINE, SOME_FAILED, WRONG_USAGE

if TYPE_CHECKING:
    from omegaconf import DictConfig


VERBS = {
    "label": "vote with every cue, lay hand labels over the votes, write one table of paragraphs",
    "train": "cross-validate, train and track a model",
    "evaluate": "score a saved model on labelled speeches",
    "tag": "tag speeches with a saved model",
    "review": "queue for hand correction, import of corrections, agreement of two readings",
    "leaderboard": "run the experiments that are out of date and write the table of scores",
    "ui": "open the MLflow UI on this machine",
}

_USAGE = """usage: jianghua VERB ...

Says what each paragraph of a Chinese official speech is for.

{verbs}

label, train and evaluate are Hydra applications: `jianghua train features=words model=naive_bayes`,
`jianghua train --multirun features=words,characters`, `jianghua train --cfg job`, `jianghua train --help`.
tag and ui take flags: `jianghua tag speeches/ -o tagged/`, `jianghua tag --help`.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit status: 0 done, 1 something failed, 2 wrong usage."""
    try:
        return _main(list(sys.argv[1:] if argv is None else argv))
    except SystemExit as leaving:  # argparse leaves like this
        return leaving.code if isinstance(leaving.code, int) else SOME_FAILED


def _main(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_USAGE.format(verbs="\n".join(f"  {verb:10}{what}" for verb, what in VERBS.items())))
        return FINE if arguments else WRONG_USAGE
    verb, rest = arguments[0], arguments[1:]
    if verb == "--version":
        print(f"jianghua {__version__}")
        return FINE
    if verb not in VERBS:
        print(f"jianghua: verb {verb!r} is not known; use one of {', '.join(VERBS)}", file=sys.stderr)
        return WRONG_USAGE
    if verb in ("label", "train", "evaluate"):
        return _hydra(verb, {"label": _label, "train": _train, "evaluate": _evaluate}[verb], rest)
    from jianghua.commands import tag

    return {"tag": tag.run, "review": _review, "leaderboard": _leaderboard, "ui": _ui}[verb](rest)


# Hydra applications


def _hydra(verb: str, job: Callable[["DictConfig"], None], rest: Sequence[str]) -> int:
    import hydra

    from jianghua.resources import configuration_folder

    def guarded(config: "DictConfig") -> None:
        from hydra.core.hydra_config import HydraConfig
        from hydra.types import RunMode

        _quieten()
        try:
            job(config)
        except Exception as error:
            log_traceback(error)
            if HydraConfig.get().mode == RunMode.MULTIRUN:
                raise  # Hydra finishes the other jobs first
            print(f"jianghua {verb}: {error}", file=sys.stderr)
            expected = isinstance(error, ValueError | OSError)
            if not expected:
                raise
            raise SystemExit(SOME_FAILED) from error

    sys.argv = [f"jianghua {verb}", *rest]
    decorated = hydra.main(version_base="1.3", config_path=str(configuration_folder()), config_name=verb)(guarded)
    try:
        decorated()
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else SOME_FAILED
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
    for name in ("alembic", "mlflow", "matplotlib"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("mlflow.utils.environment").setLevel(logging.ERROR)


def _label(config: "DictConfig") -> None:
    from omegaconf import OmegaConf

    from jianghua.corpus.duplicates import find_duplicates
    from jianghua.labelling.analysis import cue_table
    from jianghua.labelling.cues import ABSTAIN, load_cues
    from jianghua.labelling.label_model import compare_label_models
    from jianghua.labelling.table import to_table, write_table
    from jianghua.modelling.training import read_corpus
    from jianghua.reporting.terminal import print_cues, print_duplicates

    corpus = read_corpus(config)
    cues = load_cues(OmegaConf.to_container(config.cues))  # type: ignore[arg-type]
    table = to_table(corpus, cues)
    write_table(table, Path(config.out))
    models = None
    if (corpus.gold != ABSTAIN).any():
        models = compare_label_models(corpus.votes, corpus.gold, [p.source for p in corpus.paragraphs])
    print_cues(cue_table(cues, corpus.votes, corpus.gold), corpus, Path(config.out), models)
    print_duplicates(find_duplicates(corpus.paragraphs))


def _train(config: "DictConfig") -> None:
    from jianghua.modelling.training import train
    from jianghua.reporting.terminal import print_training
    from jianghua.tagging.pyfunc import predict_texts

    print_training(train(config, predict_texts), config)


def _evaluate(config: "DictConfig") -> None:
    from jianghua.modelling.evaluation import evaluate
    from jianghua.reporting.terminal import print_evaluation
    from jianghua.resources import find_model

    print_evaluation(evaluate(config, find_model(config.model_path, Path(config.tracking.folder))))


# verbs with flags


def _review(rest: Sequence[str]) -> int:
    if rest[:1] == ["agreement"]:
        from jianghua.labelling.agreement_command import agreement

        return agreement(rest[1:])
    if rest[:1] == ["suspects"]:
        return _suspects(rest[1:])
    from jianghua.review import review

    return review(rest)


def _suspects(rest: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="jianghua review suspects",
        description="List hand labels that a model, trained without their speech, finds most implausible.",
        epilog="example: jianghua review suspects -o data/interim/suspects.csv split.folds=3",
    )
    parser.add_argument("-o", "--out", default="data/interim/suspects.csv", help="default: data/interim/suspects.csv")
    parser.add_argument("--show", type=int, default=20, metavar="N", help="how many to print (default: 20)")
    parser.add_argument("overrides", nargs="*", help="Hydra overrides of `jianghua train`, such as corpus.raw=FOLDER")
    options = parser.parse_args(rest)
    from hydra import compose, initialize_config_dir

    from jianghua.files import write_bytes
    from jianghua.modelling.suspects import suspect_table
    from jianghua.modelling.training import cross_validate, read_corpus
    from jianghua.reporting.terminal import print_suspects
    from jianghua.resources import configuration_folder
    from jianghua.tagging.writers import table_bytes

    try:
        with initialize_config_dir(str(configuration_folder()), version_base="1.3"):
            config = compose("train", options.overrides)
        corpus = read_corpus(config)
        predicted = cross_validate(config, corpus)[1]
        table = suspect_table(corpus, predicted["tested"], predicted["probabilities"])
    except (ValueError, OSError) as error:
        print(f"jianghua review suspects: {error}", file=sys.stderr)
        return SOME_FAILED
    write_bytes(Path(options.out), table_bytes(list(table.columns), table.fillna("").itertuples(index=False)))
    print_suspects(table, int(predicted["tested"].sum()), options.show, Path(options.out))
    return FINE


def _leaderboard(rest: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="jianghua leaderboard",
        description="Run the experiments of conf/experiment that are out of date, then write the table of scores.",
    )
    parser.add_argument(
        "--only-write", action="store_true", help="run nothing; write the table from the runs there are"
    )
    parser.add_argument("--out", default="experiments/LEADERBOARD.md", help="default: experiments/LEADERBOARD.md")
    parser.add_argument(
        "--tracking", default="experiments", help="folder of the MLflow database (default: experiments)"
    )
    parser.add_argument("overrides", nargs="*", help="Hydra overrides for all experiments, such as corpus.raw=FOLDER")
    options = parser.parse_args(rest)
    from jianghua.modelling.leaderboard import EXPERIMENT, find_entries, run_missing, write_leaderboard

    tracking = Path(options.tracking)
    overrides = [*options.overrides, "save=null"]

    def train(name: str) -> None:
        where = [f"tracking.folder={tracking}", f"tracking.experiment={EXPERIMENT}"]
        command = [sys.executable, "-m", "jianghua", "train", f"experiment={name}", *overrides, *where]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise RuntimeError(
                done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"status {done.returncode}"
            )

    try:
        entries = find_entries(overrides, tracking)
        if not options.only_write:
            run_missing(entries, train, lambda line: print(line, flush=True))
            entries = find_entries(overrides, tracking)
        print(write_leaderboard(entries, Path(options.out)))
    except (ValueError, OSError) as error:
        print(f"jianghua leaderboard: {error}", file=sys.stderr)
        return SOME_FAILED
    return SOME_FAILED if any(entry.run is None for entry in entries) else FINE


def _ui(rest: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="jianghua ui", description="Open the MLflow UI on 127.0.0.1.")
    parser.add_argument(
        "--tracking", default="experiments", help="folder of the MLflow database (default: experiments)"
    )
    parser.add_argument("--port", type=int, default=5000)
    options = parser.parse_args(rest)
    from jianghua.modelling.tracking import Tracking

    uri = Tracking(Path(options.tracking), "training").uri
    Tracking(Path(options.tracking), "training").prepare()
    print(f"MLflow UI on http://127.0.0.1:{options.port} (Ctrl-C stops it)", flush=True)
    command: list[Any] = [sys.executable, "-m", "mlflow", "ui", "--host", "127.0.0.1", "--port", str(options.port)]
    return subprocess.call([*command, "--backend-store-uri", uri])


if __name__ == "__main__":
    raise SystemExit(main())
