"""The report pages: one self-contained HTML file for each tagged file, and an index of a batch.

Nothing in a page comes from elsewhere, and its security policy lets no other script run than ours, by hash: a speech that
contains markup shows it as text, and would be harmless even if it did not.
"""

import base64
import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, groupby
from operator import itemgetter
from pathlib import PurePath
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jianghua.corpus import cut_sentences, fingerprint
from jianghua.errors import UsageError
from jianghua.labels import ALONG_A_SPEECH, CHINESE
from jianghua.model.tagger import REVIEW_BELOW

if TYPE_CHECKING:
    from jinja2 import Environment

ORDER = tuple(function.name for function in ALONG_A_SPEECH)
"""Lanes of a course, from the top."""

LANGUAGES = ("en", "zh")

Course = Sequence[tuple[str, int]]
"""A speech from first to last: runs of one function with their lengths in characters."""


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


def speech_page(records: Sequence[dict[str, Any]], source: str, lang: str = "en") -> bytes:
    """One file's tagged records, as made by `as_record`, as an HTML page.

    Args:
        records: of one file, in order; it may hold several speeches.
        source: the file as named by the user.
        lang: of the page's own words, “en” or “zh”.

    Raises:
        ValueError: the language is not known.
    """
    source = source.encode("utf-8", "backslashreplace").decode()
    tagged = [record for record in records if record["label"]]
    head = _head(records)
    items = [_item(record) for record in records]
    return _render(
        "speech.html",
        lang,
        source=source,
        name=PurePath(source).name or source,
        title=head[0] if head else "",
        head=head,
        model=records[0]["model"] if records else "",
        items=items,
        digest=hashlib.sha256("".join(item.fingerprint for item in items).encode()).hexdigest()[:16],
        bars=list(_bars(records)),
        ticks=list(_ticks(records)),
        count=len(tagged),
        characters=sum(len(record["text"]) for record in records),
        functions={name: sum(name in (r["label"], r["secondary"]) for r in tagged) for name in ORDER},
        uncertain=sum(record["confidence"] < REVIEW_BELOW for record in tagged),
    )


def _head(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Title, speaker and date of a file's speech; of several, the first title."""
    titles = [record["text"] for record in records if record["kind"] == "title"][:1]
    first = records[0] if records else {}
    if first.get("title") is None or records[-1]["speech"] != first["speech"]:
        return titles
    who = " ".join(filter(None, (first["office"], first["speaker"])))
    return [fact for fact in (first["title"], who, first["date"]) if fact]


def index_page(rows: Sequence[IndexRow], failed: Sequence[tuple[str, str]], lang: str = "en") -> bytes:
    """A batch as an HTML page: its files with their courses, totals by function, and files that failed.

    Args:
        failed: source and reason of each.
        lang: of the page's own words, “en” or “zh”.

    Raises:
        ValueError: the language is not known.
    """
    totals = {name: sum(row.functions.get(name, 0) for row in rows) for name in ORDER}
    return _render(
        "index.html",
        lang,
        rows=[
            {
                "row": row,
                "href": _link(row.href),
                "strips": [list(_lanes(course)) for course in row.courses],
                "count": sum(row.functions.values()),
            }
            for row in rows
        ],
        failed=failed,
        totals=totals,
        count=sum(totals.values()),
        characters=sum(row.characters for row in rows),
        speeches=sum(row.speeches for row in rows),
    )


def courses_of(records: Sequence[dict[str, Any]]) -> list[Course]:
    """Course of each speech of a file, neighbours of one function joined.

    >>> record = {"speech": 0, "label": "closing", "text": "谢谢！", "start": 0, "end": 3, "segments": []}
    >>> courses_of([record, record, record | {"label": None}])
    [[('closing', 6)]]
    """
    courses: list[Course] = []
    for _, speech in groupby(records, itemgetter("speech")):
        pieces = [piece for record in speech if record["label"] for piece in segments_of_text(record)]
        courses.append(
            [(label, sum(len(text) for _, text in run)) for label, run in groupby(pieces, lambda piece: str(piece[0]))]
        )
    return courses


def segments_of_text(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A paragraph's text, cut at its segments.

    Segments are spans of the file, the text is cleaned: where their lengths differ, a border is placed in proportion and
    then moved to the nearest end of a sentence.

    >>> segments = [{"start": 10, "end": 16, "label": "achievements"}, {"start": 16, "end": 20, "label": "shortcomings"}]
    >>> record = {"text": "有成绩。也有不足。", "start": 10, "end": 20, "label": "achievements", "segments": segments}
    >>> segments_of_text(record)
    [('achievements', '有成绩。'), ('shortcomings', '也有不足。')]
    """
    text, segments = record["text"], record["segments"]
    if not segments:
        return [(record["label"], text)]
    cuts = _cuts([segment["end"] - record["start"] for segment in segments[:-1]], record["end"] - record["start"], text)
    borders = [0, *cuts, len(text)]
    pieces = [(s["label"], text[a:b]) for s, a, b in zip(segments, borders[:-1], borders[1:], strict=True)]
    return [piece for piece in pieces if piece[1]] or [(record["label"], text)]


def _cuts(ends: Sequence[int], length: int, text: str) -> Iterator[int]:
    """Where in `text` the segments end that end at `ends` in a span of `length`; never going back."""
    exact = length == len(text)
    sentences = [] if exact else list(accumulate(map(len, cut_sentences(text))))
    last = 0
    for end in ends:
        cut = end if exact else round(end * len(text) / max(length, 1))
        first, past = bisect_right(sentences, last), bisect_left(sentences, len(text))
        if first < past:
            after = bisect_left(sentences, cut, first, past)
            nearest = sentences[max(after - 1, first) : min(after + 1, past)]
            cut = min(nearest, key=lambda sentence, wanted=cut: abs(sentence - wanted))  # type: ignore[misc]
        last = min(max(cut, last), len(text))
        yield last


@dataclass(frozen=True, slots=True)
class _Item:
    """What a template shows of a record: its place on the page, and its text in pieces (label or None, text)."""

    id: str
    record: dict[str, Any]
    pieces: list[tuple[str | None, str]]
    fingerprint: str
    scores: str

    @property
    def depth(self) -> int:
        """Depth of a heading below its speech, from 1."""
        return min(len(self.record["outline"]) + 1, 4)


def _item(record: dict[str, Any]) -> _Item:
    pieces: list[tuple[str | None, str]] = [(None, record["text"])]
    scores = ""
    if record["label"]:
        segments = segments_of_text(record)
        if {label for label, _ in segments} != {record["label"]}:
            pieces = list(segments)
        scores = " ".join(f"{record['scores'][name]:.4f}" for name in ORDER)
    return _Item(_id(record), record, pieces, fingerprint(record["text"]), scores)


def _id(record: Mapping[str, Any]) -> str:
    return f"p{record['speech']}-{record['paragraph']}"


@dataclass(frozen=True, slots=True)
class _Bar:
    """A run of one function in a strip, in percent of its width."""

    id: str
    label: str
    x: str
    width: str


def _bars(records: Sequence[Mapping[str, Any]]) -> Iterator[_Bar]:
    """The course of a whole file, a bar for each segment of each paragraph."""
    pieces = [
        (_id(record), label, len(text))
        for record in records
        if record["label"]
        for label, text in segments_of_text(record)
    ]
    total = sum(length for _, _, length in pieces)
    at = 0
    for id, label, length in pieces:
        yield _Bar(id, label, _percent(at, total), _percent(length, total))
        at += length


def _ticks(records: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Where in the strip a speech (“speech”) or a chapter (“chapter”) begins."""
    total = sum(len(record["text"]) for record in records if record["label"])
    at, speech = 0, None
    for record in records:
        if speech not in (None, record["speech"]):
            yield "speech", _percent(at, total)
        elif record["kind"] == "heading" and not record["outline"]:
            yield "chapter", _percent(at, total)
        speech = record["speech"]
        at += len(record["text"]) if record["label"] else 0


def _lanes(course: Course) -> Iterator[_Bar]:
    total = sum(length for _, length in course)
    at = 0
    for label, length in course:
        yield _Bar("", label, _percent(at, total), _percent(length, total))
        at += length


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / max(whole, 1):.3f}".rstrip("0").rstrip(".") + "%"


def _link(href: str) -> str:
    """A relative link that stays one: “//host” and “javascript:” as names of files are not what they seem.

    >>> _link("//example.org/a.html"), _link("javascript:alert(1).html")
    ('.///example.org/a.html', './javascript%3Aalert%281%29.html')
    """
    return "./" + quote(href, safe="/", errors="surrogateescape")


# templates


def _render(template: str, lang: str, **values: Any) -> bytes:
    """The page as bytes; halves of characters, as in names of files that are no UTF-8, are written out."""
    if lang not in LANGUAGES:
        raise UsageError(f"language {lang!r} is not known; use one of {', '.join(LANGUAGES)}")
    environment = _environment()
    words = _words(lang)
    style = environment.get_template("page.css").render(functions=ALONG_A_SPEECH)
    script = _read("theme.js") + _read("page.js" if template == "speech.html" else "index.js")
    page = environment.get_template(template).render(
        lang=lang,
        t=SimpleNamespace(**words),  # not the mapping: `t.copy` would be its method
        words=words,
        style=_inline(style),
        style_hash=_hash(style),
        script=_inline(script),
        script_hash=_hash(script),
        order=ORDER,
        chinese=CHINESE,
        marks={function.name: function.mark for function in ALONG_A_SPEECH},
        low=REVIEW_BELOW,
        lanes={name: f"{100 * place / len(ORDER):.3f}%" for place, name in enumerate(ORDER)},
        **values,
    )
    return page.encode("utf-8", "backslashreplace")


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("jianghua.tagging.outputs"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"thousands": lambda number: f"{number:,}", "percent": lambda share: f"{share:.0%}"}
    return environment


@cache
def _read(name: str) -> str:
    from importlib.resources import files

    return files("jianghua.tagging.outputs").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _words(lang: str) -> dict[str, str]:
    """The page's own words: the templates hold none."""
    import orjson

    return {key: both[LANGUAGES.index(lang)] for key, both in orjson.loads(_read("words.json")).items()}


def _inline(text: str) -> Any:
    """Our own style or script, which must stand in the page as it is."""
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 – from the package, never from a speech


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
