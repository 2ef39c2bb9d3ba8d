"""`jianghua tag`: speeches in, tagged paragraphs out."""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from jianghua.commands import FINE, INTERRUPTED, SOME_FAILED
from jianghua.errors import access_to
from jianghua.printing import complain, has_reader
from jianghua.tagging.outputs import FORMAT_NAMES, LANGUAGES

_EXAMPLES = """\
examples:
  jianghua tag speeches/ -o tagged/
  jianghua tag speech.docx archive/ -o tagged/ --format jsonl xlsx html
  jianghua tag archive/ -o tagged/ --jobs 0 --format html --lang zh
  jianghua tag archive/ -o tagged/ --format sqlite html   # for jianghua find
  jianghua tag speech.txt -o tagged/ --model models:/jianghua@champion --explain
  jianghua tag archive/ -o tagged/ --backend dask --scheduler HOST:8786

exit status: 0 all tagged; 1 some files failed, OUT/_errors.csv says which;
2 wrong usage; 130 stopped with Ctrl-C (the same command goes on from there)
"""


def parser() -> argparse.ArgumentParser:
    """Flags of this verb."""
    flags = argparse.ArgumentParser(
        prog="jianghua tag",
        usage="jianghua tag PATH [PATH ...] -o OUT [options]",  # --format takes all words after it: PATH comes first
        description="Tag speeches: what is each paragraph for?",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = flags.add_argument
    add(
        "paths",
        nargs="+",
        metavar="PATH",
        help="file, folder or zip archive (searched for speeches), or - for standard input",
    )
    add("-o", "--out", required=True, type=Path, metavar="OUT", help="folder for the outputs")
    add(
        "--format",
        nargs="+",
        default=["jsonl"],
        choices=FORMAT_NAMES,
        metavar="FORMAT",
        help=f"one or more of {', '.join(FORMAT_NAMES)} (default: jsonl)",
    )
    add("--model", metavar="MODEL", help="model folder, or models:/NAME@ALIAS (default: the released model)")
    add("--tracking", default="experiments", metavar="DIR", help="folder of the MLflow database for models:/…")
    add("--jobs", type=_processes, default=1, metavar="N", help="processes side by side (default: 1; 0: all cores)")
    add(
        "--backend", default="loky", choices=["loky", "dask"], help="this machine (loky, the default) or a Dask cluster"
    )
    add("--scheduler", metavar="HOST:PORT", help="of the Dask cluster; its machines see the same folders")
    add("--no-resume", action="store_true", help="tag again what an earlier run has finished")
    add("--ocr", action="store_true", help="recognise scanned PDFs and pictures (needs the extra ocr; slow)")
    add("--explain", action="store_true", help="say which cues fired and which pieces of text weighed most")
    add("--simplified", action="store_true", help="write text in simplified characters")
    add("--lang", default="en", choices=LANGUAGES, help="language of the report pages and of the final line")
    add("--show", action="store_true", help="print the tagged paragraphs as a table too")
    add("--quiet", action="store_true", help="no progress bar, no final line")
    return flags


def run(rest: Sequence[str]) -> int:
    """Tag what the arguments name."""
    options = parser().parse_args(rest)
    if (options.backend == "dask") != (options.scheduler is not None):
        parser().error("--backend dask and --scheduler HOST:PORT go together")
    from jianghua.commands.tag_screen import Progress, print_speech
    from jianghua.model.store import load_model
    from jianghua.tagging.jobs import find_jobs
    from jianghua.tagging.run import Workers, tag_batch
    from jianghua.tracking.registry import find_model

    jobs: list[Any] = []
    passed: Counter[str] = Counter()
    progress = Progress(jobs, quiet=True)
    try:
        model = find_model(options.model, Path(options.tracking))
        jobs = list(find_jobs(options.paths, options.out, passed, pictures=options.ocr))
        writable = access_to(
            f"cannot write below {options.out}", "give another folder with -o, or mend its permissions"
        )
        with writable, Progress(jobs, quiet=options.quiet, lang=options.lang) as progress:
            workers = Workers(options.jobs, options.backend, options.scheduler)
            what = _options(options)
            finish = _archive(options.out) if any(format.database for format in what.output_formats()) else _nothing
            outcomes = tag_batch(
                jobs, model, options.out, what, workers, not options.no_resume, progress.advance, finish
            )
    except KeyboardInterrupt:
        print(
            f"stopped: {progress.count} of {len(jobs)} files are done; the same command goes on from there",
            file=sys.stderr,
        )
        return INTERRUPTED
    progress.finish(outcomes, options.out, passed)
    if options.show:
        saved_model = load_model(model)
        for job in jobs:
            if not has_reader():
                break
            print_speech(job, saved_model, sys.stdout)
    return SOME_FAILED if any(outcome.error is not None for outcome in outcomes) else FINE


def _archive(out: Path) -> Callable[[Iterable[Any], str], None]:
    from jianghua.archive.build import build_archive

    def finish(outcomes: Iterable[Any], model: str) -> None:
        left_out = build_archive(out, outcomes, model)
        if left_out:
            names = ", ".join(left_out[:3]) + (f" and {len(left_out) - 3} more" if len(left_out) > 3 else "")
            complain(
                f"not in the database, for another model than {model} tagged them: {names}; tag them with this one, too"
            )

    return finish


def _nothing(outcomes: Iterable[Any], model: str) -> None:
    """Without a database, nothing is to be done at the end."""


def _processes(given: str) -> int:
    if not given.isdecimal():
        raise argparse.ArgumentTypeError(
            f"{given!r} is not a number of processes; expected 1 or more, or 0 for all cores"
        )
    return int(given) or -1


def _options(options: argparse.Namespace) -> Any:
    from jianghua.tagging.batch import Options

    cues = None
    if options.explain:
        from jianghua.labelling.cues import default_cues

        cues = default_cues()
    formats = tuple(dict.fromkeys(options.format))
    return Options(formats, options.simplified, cues, options.lang, options.ocr)
