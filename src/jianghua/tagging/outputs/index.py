"""The index of a batch: an HTML page with its files and their courses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from jianghua.labels import FUNCTIONS
from jianghua.tagging.jobs import Outcome
from jianghua.tagging.outputs.course import Course, bars_of_course
from jianghua.tagging.outputs.html import ORDER, render_page


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One tagged file in the index.

    `href` is the page's path relative to the index, not encoded; `courses` has one course for each speech, as from
    `courses_of`; `functions` counts paragraphs.
    """

    source: str
    href: str
    characters: int
    speeches: int
    courses: Sequence[Course]
    functions: Mapping[str, int]


def index_of(outcomes: Sequence[Outcome], ending: str, lang: str) -> bytes:
    """Index of what became of some files, whose pages have names with this ending."""
    rows = [
        IndexRow(
            outcome.source,
            f"{outcome.relative}.{ending}",
            outcome.characters,
            outcome.speeches,
            outcome.courses,
            dict(zip(FUNCTIONS, outcome.functions, strict=True)),
        )
        for outcome in outcomes
        if outcome.error is None
    ]
    failures = [(outcome.source, outcome.error) for outcome in outcomes if outcome.error is not None]
    return index_page(rows, failures, lang)


def index_page(rows: Sequence[IndexRow], failures: Sequence[tuple[str, str]], lang: str = "en") -> bytes:
    """A batch as an HTML page: its files with their courses, totals by function, and files that failed.

    Args:
        failed: source and reason of each.
        lang: of the page's own words, “en” or “zh”.

    Raises:
        ValueError: the language is not known.
    """
    totals = {name: sum(row.functions.get(name, 0) for row in rows) for name in ORDER}
    return render_page(
        "index.html",
        lang,
        rows=[
            {
                "row": row,
                "href": _link(row.href),
                "strips": [list(bars_of_course(course)) for course in row.courses],
                "count": sum(row.functions.values()),
            }
            for row in rows
        ],
        failed=failures,
        totals=totals,
        count=sum(totals.values()),
        characters=sum(row.characters for row in rows),
        speeches=sum(row.speeches for row in rows),
    )


def _link(href: str) -> str:
    """A relative link that stays one: “//host” and “javascript:” as names of files are not what they seem.

    >>> _link("//example.org/a.html"), _link("javascript:alert(1).html")
    ('.///example.org/a.html', './javascript%3Aalert%281%29.html')
    """
    return "./" + quote(href, safe="/", errors="surrogateescape")
