"""`jianghua review`: paragraphs out to people, their labels back in."""

import argparse
import getpass
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from jianghua.commands import FINE, SOME_FAILED
from jianghua.commands.subcommands import Command, parser_of
from jianghua.errors import AccessError, LabelsError, MissingError
from jianghua.printing import complain, say

if TYPE_CHECKING:
    from jianghua.review.corrections import Incoming, Place

TABLE = Path("data/interim/paragraphs.parquet")
CORRECTIONS = Path("data/labels/corrections.csv")


_EXAMPLES = """\
examples (each COMMAND has more: jianghua review COMMAND --help):
  jianghua label
  jianghua review export -o review/ --limit 100
  jianghua review import review/queue.xlsx --annotator li

exit status: 0 fine, 1 problems (nothing is imported), 2 wrong usage
"""


def parser() -> argparse.ArgumentParser:
    """Flags of this verb and its commands."""
    return parser_of(
        "review", "Have people label the paragraphs that the machine is least sure of.", _EXAMPLES, COMMANDS
    )


def run(rest: Sequence[str]) -> int:
    """Run one command."""
    options = parser().parse_args(rest)
    return COMMANDS[options.command].run(options)


# export


def _export_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--out", required=True, type=Path, metavar="OUT", help="folder for the queue")
    _texts_flag(parser)
    parser.add_argument(
        "--tags", type=Path, metavar="FOLDER", help="JSONL outputs of `jianghua tag`: suggest a model's labels"
    )
    parser.add_argument("--limit", type=_count, default=200, metavar="N", help="paragraphs at most (default: 200)")
    parser.add_argument("--all", action="store_true", help="take paragraphs that have a hand label, too")
    parser.add_argument(
        "--format",
        nargs="+",
        default=["xlsx"],
        choices=["xlsx", "labelstudio"],
        metavar="FORMAT",
        help="xlsx (default), labelstudio, or both",
    )


def _export(options: argparse.Namespace) -> int:
    from jianghua.files import write_bytes
    from jianghua.labelling.table import read_table
    from jianghua.review.queue import lay_tags, read_tags, review_queue

    sheet = options.out / "queue.xlsx"
    if "xlsx" in options.format and sheet.exists():
        raise AccessError(f"{sheet}: exists and may hold labels; import and remove it, or choose another folder")
    table = read_table(options.texts)
    if options.tags is not None:
        table = lay_tags(table, read_tags(options.tags))
    queue = review_queue(table, options.limit, options.all)
    if queue.empty:
        say("no paragraph is without a hand label; --all takes those with one, too")
        return FINE
    files: dict[Path, bytes] = {}
    if "xlsx" in options.format:
        from jianghua.review.sheets import sheet_bytes

        files[sheet] = sheet_bytes(queue)
    if "labelstudio" in options.format:
        from jianghua.review.label_studio import labelling_config, tasks_bytes

        files[options.out / "tasks.json"] = tasks_bytes(queue)
        files[options.out / "labelling_config.xml"] = labelling_config()
    for path, data in files.items():
        write_bytes(path, data)
    speeches = len(queue[["source", "speech"]].drop_duplicates())
    say(f"{len(queue)} paragraphs of {speeches} speeches to review: {', '.join(map(str, files))}")
    return FINE


# import


def _import_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="reviewed queue.xlsx, CSV that a report page saved, or JSON or JSON-MIN from Label Studio",
    )
    parser.add_argument(
        "--annotator", metavar="NAME", help="default: who labelled in Label Studio, else your user name"
    )
    parser.add_argument(
        "--corrections", type=Path, default=CORRECTIONS, metavar="FILE", help=f"labels go here (default: {CORRECTIONS})"
    )
    _texts_flag(parser)


def _import(options: argparse.Namespace) -> int:
    from jianghua.review.corrections import HISTORY, find_problems, merge
    from jianghua.review.queue import same_files

    rows, as_shown = _read_reviewed(options.file)
    fingerprints = _fingerprints(options.texts, as_shown) if options.texts.is_file() else None
    if fingerprints is not None:
        # a report page names the file as it was tagged, the table names it below its folder
        names = same_files({row.source for row in rows}, {source for source, _ in fingerprints})
        rows = [replace(row, source=names.get(row.source, row.source)) for row in rows]
    else:
        complain(f"{options.texts} is not there: cannot check that the paragraphs still exist")
    problems = find_problems(rows, fingerprints)
    if problems:
        complain("\n".join(problems))
        complain(f"{options.file}: {len(problems)} problems, nothing imported")
        return SOME_FAILED
    for row in rows:
        if row.skipped:
            say(f"{row.where}: {row.skipped}, not imported")
    if options.annotator:
        rows = [replace(row, annotator="") for row in rows]
    merged = merge(rows, options.corrections, options.annotator or _user(), date.today().isoformat())
    untouched = sum(not row.label and not row.skipped for row in rows)
    say(
        f"{options.corrections}: {merged.added} labels added, {merged.already_there} already there, {untouched} rows without one"
    )
    if merged.replaced:
        say(f"{merged.replaced} of them replace another label, kept in {options.corrections.with_name(HISTORY)}")
    return FINE


def _read_reviewed(path: Path) -> tuple[list["Incoming"], Callable[[str], str]]:
    """Rows of a reviewed file, and how its format shows a text."""
    if not path.is_file():
        raise MissingError(
            f"{path}: no such file; expected a reviewed queue.xlsx, a CSV from a report page, or an export of Label Studio"
        )
    if path.suffix.lower() == ".xlsx":
        from jianghua.review.sheets import read_sheet
        from jianghua.tables import cell_text

        return read_sheet(path), cell_text
    if path.suffix.lower() == ".csv":
        from jianghua.review.page_corrections import read_page

        return read_page(path), str
    if path.suffix.lower() == ".json":
        from jianghua.review.label_studio import read_export

        return read_export(path), str
    raise LabelsError(
        f"{path}: has the ending {path.suffix!r}; expected .xlsx, or .json from Label Studio, or .csv from a report page"
    )


def _fingerprints(texts: Path, as_shown: Callable[[str], str]) -> Mapping["Place", str]:
    from jianghua.corpus import fingerprint
    from jianghua.labelling.table import read_table

    table = read_table(texts)
    rows = table[table["kind"] == "paragraph"]
    return {
        (source, name): fingerprint(as_shown(text))
        for source, name, text in zip(rows["source"], rows["fingerprint"], rows["text"], strict=True)
    }


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise LabelsError("this account has no user name; give --annotator NAME") from None


# agreement


def _agreement_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("first", type=Path, metavar="A.csv", help="labels of the first reader")
    parser.add_argument("second", type=Path, metavar="B.csv", help="labels of the second reader")
    parser.add_argument("--show", type=int, default=20, metavar="N", help="disagreements to list (default: 20)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the bootstrap (default: 0)")


def _agreement(options: argparse.Namespace) -> int:
    from jianghua.commands.agreement import print_agreement
    from jianghua.labelling.gold import read_labels
    from jianghua.review.agreement import agreement

    result = agreement(read_labels(options.first), read_labels(options.second), options.seed)
    print_agreement(result, options.first, options.second, options.show)
    return FINE


# suspects


def _suspects_flags(parser: argparse.ArgumentParser) -> None:
    out = Path("data/interim/suspects.csv")
    parser.add_argument("-o", "--out", type=Path, default=out, metavar="FILE", help=f"default: {out}")
    parser.add_argument("--show", type=int, default=20, metavar="N", help="how many to print (default: 20)")
    parser.add_argument("overrides", nargs="*", help="Hydra overrides of `jianghua train`, such as corpus.raw=FOLDER")


def _suspects(options: argparse.Namespace) -> int:
    from jianghua.commands.configuration import TRAIN, checked, composed
    from jianghua.commands.suspects import print_suspects
    from jianghua.files import write_bytes
    from jianghua.review.suspects import suspect_table
    from jianghua.tables import table_bytes
    from jianghua.training.cross_validation import cross_validate

    configuration = checked(composed("train", options.overrides), TRAIN)
    corpus = configuration.corpus()
    validation = cross_validate(corpus, configuration.settings)
    table = suspect_table(corpus, validation.tested, validation.probabilities)
    write_bytes(options.out, table_bytes(list(table.columns), table.fillna("").itertuples(index=False)))
    print_suspects(table, int(validation.tested.sum()), options.show, options.out)
    return FINE


# flags of several


def _texts_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--texts", type=Path, default=TABLE, metavar="TABLE", help=f"written by `jianghua label` (default: {TABLE})"
    )


def _count(given: str) -> int:
    if not given.isdecimal() or int(given) == 0:
        raise argparse.ArgumentTypeError(f"{given!r} is not a number of paragraphs; expected 1 or more")
    return int(given)


COMMANDS: dict[str, Command] = {
    "export": Command(
        "write the most doubtful and most disputed paragraphs to a workbook or to Label Studio tasks",
        "  jianghua review export -o review/\n"
        "  jianghua review export -o review/ --tags tagged/ --limit 50\n"
        "  jianghua review export -o studio/ --format labelstudio",
        _export_flags,
        _export,
    ),
    "import": Command(
        "check the labels that people gave and append them to the hand labels; one wrong row and nothing is imported",
        "  jianghua review import review/queue.xlsx --annotator li\n"
        "  jianghua review import corrections.csv              # saved in a report page\n"
        "  jianghua review import project-1-at-2026-11-22.json",
        _import_flags,
        _import,
    ),
    "agreement": Command(
        "say how far two files of hand labels agree, and list where they do not",
        "  jianghua review agreement data/labels/gold.csv data/labels/second_reading.csv",
        _agreement_flags,
        _agreement,
    ),
    "suspects": Command(
        "list hand labels that a model, trained without their speech, finds most implausible",
        "  jianghua review suspects split.folds=3",
        _suspects_flags,
        _suspects,
    ),
}
