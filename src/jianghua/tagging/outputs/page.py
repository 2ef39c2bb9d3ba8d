"""The report page of a file: one self-contained HTML file with the speech, its course, and a desk to correct its labels."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from jianghua.corpus import fingerprint
from jianghua.model.tagger import REVIEW_BELOW
from jianghua.tagging.outputs.course import bars_of, place_of, segments_of_text, ticks_of
from jianghua.tagging.outputs.html import ORDER, render_page


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
    head = head_of(records)
    items = [_item(record) for record in records]
    return render_page(
        "speech.html",
        lang,
        source=source,
        name=PurePath(source).name or source,
        title=head[0] if head else "",
        head=head,
        model=records[0]["model"] if records else "",
        items=items,
        digest=hashlib.sha256("".join(item.fingerprint for item in items).encode()).hexdigest()[:16],
        bars=list(bars_of(records)),
        ticks=list(ticks_of(records)),
        count=len(tagged),
        characters=sum(len(record["text"]) for record in records),
        functions={name: sum(name in (r["label"], r["secondary"]) for r in tagged) for name in ORDER},
        uncertain=sum(record["confidence"] < REVIEW_BELOW for record in tagged),
    )


def head_of(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Title, speaker and date of a file's speech; of several, the first title."""
    titles = [record["text"] for record in records if record["kind"] == "title"][:1]
    first = records[0] if records else {}
    if first.get("title") is None or records[-1]["speech"] != first["speech"]:
        return titles
    who = " ".join(filter(None, (first["office"], first["speaker"])))
    return [fact for fact in (first["title"], who, first["date"]) if fact]


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
    scores = " ".join(f"{record['scores'][name]:.4f}" for name in ORDER) if record["label"] else ""
    return _Item(place_of(record), record, pieces_of(record), fingerprint(record["text"]), scores)


def pieces_of(record: Mapping[str, Any]) -> list[tuple[str | None, str]]:
    """A line's text in pieces, each with its function; in one without, where the line has none or one for all of it."""
    pieces = segments_of_text(record) if record["label"] else []
    if {label for label, _ in pieces} <= {record["label"]}:
        return [(None, record["text"])]
    return list(pieces)
