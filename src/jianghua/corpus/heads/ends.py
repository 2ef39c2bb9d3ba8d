"""What stands below a speech, and what else tells of it: notes, signatures, a year, the file's properties."""

from collections.abc import Mapping, Sequence

from jianghua.corpus.heads import patterns
from jianghua.corpus.heads.bylines import find_byline
from jianghua.corpus.heads.dates import date_of_property, find_date, find_month_and_day
from jianghua.corpus.heads.evidence import Evidence, Piece, Value
from jianghua.corpus.heads.lines import lines_of
from jianghua.corpus.script import simplify
from jianghua.corpus.speech import Paragraph

_RECORDS = 3
_LONGEST_SIGNATURE = 40
_LONGEST_NOTE = 300
_LONGEST_AUTHOR = 12


def read_end(evidence: Evidence, records: Sequence[Paragraph]) -> None:
    """Signature and date behind the last paragraph of a speech, and a note about it at its end."""
    last = next((at for at in range(len(records) - 1, -1, -1) if _is_spoken(records[at])), None)
    if last is None:
        return
    below = [line.piece for line in lines_of(evidence.text, records[last + 1 : last + 1 + _RECORDS])]
    signature = [piece for piece in below if _can_be_signature(piece.body)]
    dated = [evidence.add_date("end", piece, find_date(piece.body)) for piece in signature if "年" in piece.body]
    for piece in signature:
        byline = find_byline(piece.body)
        if byline and (byline.office or dated):  # a name alone may be a word of the page
            evidence.add_byline("end", piece, byline)
    for record in records[last : last + _RECORDS]:
        begin = max(record.start, record.end - _LONGEST_NOTE)
        raw = evidence.text[begin : record.end]
        if any(mark in raw for mark in "）)这這"):
            _read_note(evidence, Piece(begin, simplify(raw)))


def _can_be_signature(line: str) -> bool:
    return len(line) <= _LONGEST_SIGNATURE and not patterns.PAGE.search(line) and not line.endswith("印发")


def _is_spoken(record: Paragraph) -> bool:
    return record.kind == "paragraph" and (len(record.text) > _LONGEST_SIGNATURE or record.text[-1:] in "。！？!?…”")


def _read_note(evidence: Evidence, piece: Piece) -> None:
    for pattern in patterns.NOTES:
        note = pattern.search(piece.body)
        if note is None:
            continue
        evidence.add_piece("occasion", "note", piece.group(note, "occasion"))
        if note["when"]:
            evidence.add_date("note", piece.group(note, "when"), find_date(note["when"]))
        if note["who"]:
            who = piece.group(note, "who")
            named = patterns.NAME_AND_TITLE.match(who.body)
            if named:
                evidence.add_piece("speaker", "note", who.group(named, "name"))
            else:
                evidence.add_byline("note", who, find_byline(who.body))
    newspaper = patterns.NEWSPAPER.search(piece.body)
    if newspaper:  # it came out on the day after the agency's report
        report = patterns.REPORT.search(piece.body)
        if report:
            day = find_month_and_day(report["day"], newspaper["when"][:4])
            evidence.add_date("page", piece.group(report, "day"), day)
        evidence.add_date("page", piece.group(newspaper, "when"), find_date(newspaper["when"]))


def read_year(evidence: Evidence, days: Sequence[Piece]) -> None:
    """The year in the name of a speech or of its occasion, for it and for `days` that lack theirs (3月5日)."""
    for field in ("occasion", "title"):
        value = evidence.best(field)
        if (
            value is None
            or value.start is None
            or "年" not in value.text
            or patterns.OF_ANOTHER_YEAR.search(simplify(value.text))
        ):
            continue
        name = Piece(value.start, simplify(evidence.text[value.start : value.end]))
        name = name.cut(name.body.startswith("在"))
        year = find_date(name.body)
        if year is None or year.start > 0:
            continue
        for piece in days:
            evidence.add_date("head", piece, find_month_and_day(piece.body, year.iso[:4]))
        evidence.add_date("name", name, year)


def read_properties(evidence: Evidence, properties: Mapping[str, str], alone: bool) -> None:
    """What a file says of itself; its title counts only where it holds one speech.

    An author counts only where it is the name of a person: most often it is the program's user.
    """
    title = patterns.NAME_OF_SITE.sub("", " ".join(properties.get("title", "").split()))
    if alone and len(patterns.HAN.findall(title)) >= 4 and not patterns.UNTITLED.search(title):
        evidence.add("title", "property", Value(_encodable(title)))
    author = properties.get("author", "").strip()
    byline = find_byline(simplify(author)) if len(author) <= _LONGEST_AUTHOR else None
    if byline and byline.name and not byline.office:
        evidence.add("speaker", "property", Value(_encodable("".join(author[slice(*byline.name)].split()))))
    date = date_of_property(properties.get("date", ""))
    if date:
        evidence.add("date", "property", Value(date))


def _encodable(text: str) -> str:
    """Properties come through JSON, which can hold halves of characters."""
    return text.encode("utf-8", "replace").decode()
