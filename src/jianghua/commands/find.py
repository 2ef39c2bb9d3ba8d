"""`jianghua find`: passages of tagged speeches, by their words."""

import argparse
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from jianghua.commands import FINE
from jianghua.labels import FUNCTIONS, function_named

NOTHING_FOUND = 1
_SHOWN = 20
"""Passages in the terminal, where nobody says how many."""
_YEARS = re.compile(r"(\d{4})?\s*(?:\.\.+|…|-|–|—|至|到)\s*(\d{4})?")
_EXAMPLES = """\
examples:
  jianghua tag speeches/ -o tagged/ --format sqlite html
  jianghua find 安全生产 tagged/
  jianghua find 安全生产 tagged/ --function shortcomings --year 2015..2024
  jianghua find 乡村 产业 tagged/ --function 工作要求,纪律要求 --sort relevance
  jianghua find 安全生产 tagged/ --to excerpts.docx --group speech

Each word is found as it is written, however long, in simplified and traditional
characters; quotation marks, brackets and blanks do not count. Of several words
a passage has all. With --function, they stand in a part with that function.

exit status, as grep's: 0 something is found, 1 nothing is, 2 something is wrong
"""


def parser() -> argparse.ArgumentParser:
    """Flags of this verb."""
    made = argparse.ArgumentParser(
        prog="jianghua find",
        usage="jianghua find WORD [WORD ...] OUT [options]",
        description="Find passages in a folder that `jianghua tag … --format sqlite` has written.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = made.add_argument
    add("words", nargs="+", metavar="WORD", help="word or phrase; a passage has all of them")
    add("out", type=Path, metavar="OUT", help="folder of the outputs")
    add(
        "--function",
        action="append",
        default=[],
        metavar="FUNCTION",
        help=f"{', '.join(FUNCTIONS)}, or in Chinese; several with commas",
    )
    add("--year", type=_years, metavar="YEARS", help="2019, 2015..2024, 2015.. or ..2024")
    add("--title", metavar="TEXT", help="part of the speech's title")
    add("--speaker", metavar="NAME", help="part of the speaker's name")
    add("--office", metavar="TEXT", help="part of the speaker's office")
    add("--sort", default="date", choices=["date", "relevance"], help="newest first (the default), or best first")
    add(
        "--limit",
        type=_count,
        metavar="N",
        help=f"passages at the most (default: {_SHOWN} in the terminal, all in a file)",
    )
    add("--to", type=Path, metavar="FILE", help="write excerpts: .docx, .xlsx, .csv, .html or .md")
    add("--group", default="function", choices=["function", "speech"], help="of excerpts (default: function)")
    return made


def run(rest: Sequence[str]) -> int:
    """Find what the arguments name."""
    options = parser().parse_args(rest)
    from jianghua.archive.opening import open_archive
    from jianghua.archive.search import Query, find
    from jianghua.commands.find_screen import print_findings, print_written

    renderer = None
    if options.to is not None:
        from jianghua.archive.excerpts import renderer_for

        renderer = renderer_for(options.to)
    limit = options.limit or (_SHOWN if renderer is None else None)
    query = Query(
        options.words,
        list(_functions(options.function)),
        options.year,
        options.title,
        options.speaker,
        options.office,
        options.sort,
        limit,
    )
    with open_archive(options.out) as connection:
        findings = find(connection, query)
    if renderer is not None and findings.first:
        from jianghua.archive.excerpts import Excerpts
        from jianghua.files import write_bytes

        write_bytes(options.to, renderer(Excerpts(options.words, findings.first, options.group)))
        print_written(findings, query, options.to)
    else:
        print_findings(findings, query)
    return FINE if findings.passages else NOTHING_FOUND


def _functions(given: Iterable[str]) -> Iterable[str]:
    words = (word for some in given for word in re.split("[,，、;；]", some) if word.strip())
    return dict.fromkeys(function_named(word).name for word in words)


def _years(given: str) -> Any:
    from jianghua.archive.search import Years

    plain = given.strip().removesuffix("年")
    if re.fullmatch(r"\d{4}", plain):
        return Years(int(plain), int(plain))
    found = _YEARS.fullmatch(plain.replace("年", ""))
    first, last = found.groups() if found else (None, None)
    if not first and not last:
        raise argparse.ArgumentTypeError(
            f"{given!r} is not a year or years; expected 2019, 2015..2024, 2015.. or ..2024"
        )
    years = Years(int(first) if first else None, int(last) if last else None)
    if first and last and int(first) > int(last):
        raise argparse.ArgumentTypeError(f"{given!r}: the first year is after the last; expected {last}..{first}")
    return years


def _count(given: str) -> int:
    if not given.isdecimal() or int(given) < 1:
        raise argparse.ArgumentTypeError(f"{given!r} is not a number of passages; expected 1 or more")
    return int(given)
