"""Pages of runs → lines of text in reading order, each with what the pages show of it."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise, takewhile
from operator import itemgetter

from jianghua.corpus.decode import Mark
from jianghua.corpus.formats.pdf.columns import Row, joined_row, regions_of
from jianghua.corpus.formats.pdf.furniture import without_furniture
from jianghua.corpus.formats.pdf.glyphs import PageText
from jianghua.corpus.formats.pdf.paragraphs import MARKER, Placed, Style, ends_of, placed_rows
from jianghua.corpus.formats.pdf.rows import Piece, rows_of

Line = tuple[str, Mark]

_META = Mark("meta", ends=True)
_NOTE_SIZE = 0.88
"""Type of notes at the foot of a page, as a share of the body's."""
_NOTE = re.compile(r"[①-⑳⑴-⒇]|[\[［〔(（]?\d{1,3}[\]］〕)）]|\d{1,2}\s*\D|[*＊※†]|注\s*[:：释]|[¹²³]")
_DOTS = r"[.．·•․‥…⋯﹒]"
_LEADERS = re.compile(
    rf"(?<!{_DOTS})(?<!{_DOTS}\s)(?:{_DOTS}\s?){{4,}}+[\s(（]{{0,8}}[-—]?[\d０-９ivxIVX]{{1,4}}[-—]?[)）]?$|(?<!{_DOTS})(?<!{_DOTS}\s)(?:{_DOTS}\s?){{10,}}+$|"
    r"(?<!…)…{2,}+\s{0,8}[\d０-９]{1,4}$"
)
_ENTRY_ENDS = frozenset("0123456789０１２３４５６７８９ivxIVX)）.．·•․‥…⋯﹒-—")
_CONTENTS = re.compile(r"目[\s　]*[录錄次]$")
_NUMBER_AT_END = re.compile(r"\t\s{0,8}[-—(（]?\s{0,4}\d{1,4}\s{0,4}[-—)）]?$")
_HEADING = 1.15
"""Size of headings, as a share of the body's, from which size alone shows them."""
_LONGEST_HEADING = 80
_NO_HEADING = re.compile(r"[。；;：:，,、]$|〔\d+〕|文件$|公报$|简报$|^第.{1,8}期$")
_LONGEST_ENTRY = 3
"""Lines of an entry of a list of contents."""
_SAME_EDGE = 0.7
_ASIDE = 20
"""Characters up to which a line across the page's direction of reading is a mark at its side."""


def lines_of(pages: Sequence[PageText]) -> tuple[list[Line], list[int]]:
    """Lines of all pages, and the characters of each page's text without what stands around it.

    What stands around the text of a page comes after the paragraph that it would cut.
    """
    main = [rows_of(*page.runs[0]) if page.runs else [] for page in pages]
    sizes = Counter[float]()
    for rows in main:
        for row in rows:
            for piece in row:
                sizes[round(piece.size * 2) / 2] += len(piece.text)
    body = max(sizes, key=lambda size: (sizes[size], -size), default=1.0) or 1.0
    regions: list[list[Row]] = []
    asides: dict[int, list[Line]] = defaultdict(list)
    """What comes after so many regions."""
    letters = []
    for page, furniture in zip(pages, without_furniture(main, body), strict=True):
        letters.append(sum([len(piece.text) for row in furniture.text for piece in row]))
        rows, notes = _without_notes(furniture.text, body)
        asides[len(regions)] += [(_plain(row.text), _META) for row in furniture.above]
        regions += regions_of(rows)
        below = [(_plain(row.text), _META) for row in furniture.below]
        asides[len(regions)] += [*_notes(notes), *_across(page), *below]
    return list(_written(regions, asides, body)), letters


def _without_notes(rows: list[list[Piece]], body: float) -> tuple[list[list[Piece]], list[list[Piece]]]:
    """Rows of a page without, and only, the notes at its foot: in smaller type, the first of them numbered."""
    start = len(rows)
    while start and all(piece.size <= _NOTE_SIZE * body for piece in rows[start - 1]):
        start -= 1
    while start < len(rows) and not _NOTE.match(rows[start][0].text):
        start += 1
    return (rows[:start], rows[start:]) if start else (rows, [])


def _notes(rows: list[list[Piece]]) -> Iterator[Line]:
    """One line a note: nobody speaks them, so they are no part of the text."""
    notes: list[str] = []
    for row in map(joined_row, rows):
        if notes and not _NOTE.match(row.text):
            notes[-1] += row.text
        else:
            notes.append(row.text)
    for note in notes:
        yield _plain(note), _META


def _across(page: PageText) -> Iterator[Line]:
    """What is read in other directions than the page is; aslant are only watermarks and stamps."""
    for frame, runs in page.runs[1:]:
        for row in rows_of(frame, runs):
            text = _plain(joined_row(row).text)
            yield text, _META if len(text) <= _ASIDE else Mark(ends=True)
    for text in page.slanted:
        if text.strip():
            yield _plain(text), _META


def _plain(text: str) -> str:
    return " ".join(text.split())


def _written(regions: list[list[Row]], asides: dict[int, list[Line]], body: float) -> Iterator[Line]:
    rows = placed_rows(regions)
    roles = _roles(rows)
    style = Style([row for row, role in zip(rows, roles, strict=True) if not role])
    ends: list[bool | None] = []
    for role, group in groupby(zip(rows, roles, strict=True), key=itemgetter(1)):
        own = [row for row, _ in group]
        ends += [True] * len(own) if role else ends_of(own, style)
    _find_headings(rows, roles, ends, body)
    region, waiting = -1, []
    open_paragraph = False
    for row, role, end in zip(rows, roles, ends, strict=True):
        while region < row.region:
            region += 1
            waiting += asides[region]
        if not open_paragraph:
            yield from waiting
            waiting = []
        yield (row.row.text if role == "row" else _plain(row.row.text)), Mark(role, ends=end)
        open_paragraph = end is False
    yield from waiting
    yield from asides[len(regions)]


def _roles(rows: list[Placed]) -> list[str]:
    """“meta” for lists of contents, “row” for rows of tables, “” for everything else."""
    roles = [""] * len(rows)
    leading = [at for at, row in enumerate(rows) if row.row.text[-1] in _ENTRY_ENDS and _LEADERS.search(row.row.text)]
    contents = next((at for at, row in enumerate(rows) if _CONTENTS.match(row.row.text)), None)
    if contents is not None:
        numbered = takewhile(lambda at: _NUMBER_AT_END.search(rows[at].row.text), range(contents + 1, len(rows)))
        leading = sorted({*leading, *numbered})
    for at, following in pairwise([*leading, len(rows)]):
        length = following - at if following - at <= _LONGEST_ENTRY and following < len(rows) else 1
        roles[at : at + length] = ["meta"] * length
    if leading and contents is not None and contents < leading[0] <= contents + _LONGEST_ENTRY:
        roles[contents : leading[0]] = ["meta"] * (leading[0] - contents)
    for at, (row, after) in enumerate(pairwise(rows)):
        if roles[at] != "meta" and not roles[at + 1] and _is_table(row.row, after.row):
            roles[at] = roles[at + 1] = "row"
        elif roles[at] == "row" and not roles[at + 1] and _goes_on_in_a_cell(row.row, after.row):
            roles[at + 1] = "row"
    return roles


def _is_table(row: Row, after: Row) -> bool:
    """Whether two rows have cells that begin below each other, other than the text of numbered items."""
    if min(len(row.cells), len(after.cells)) < 2 or (len(row.cells) == 2 and MARKER.match(row.text)):
        return False
    return any(abs(left - below) < _SAME_EDGE * row.size for left in row.cells[1:] for below in after.cells[1:])


def _goes_on_in_a_cell(row: Row, after: Row) -> bool:
    """Whether a line stands below one cell of a row, not the first."""
    return len(after.cells) == 1 and any(abs(left - after.left) < _SAME_EDGE * row.size for left in row.cells[1:])


def _find_headings(rows: list[Placed], roles: list[str], ends: list[bool | None], body: float) -> None:
    """Give short blocks in larger type than the body's their role: titles before the body begins, headings after."""
    start = 0
    began = False
    for at, end in enumerate(ends):
        if end is False:
            continue
        block = range(start, at + 1)
        start = at + 1
        text = "".join(rows[one].row.text for one in block)
        if rows[at].row.size < _HEADING * body:
            began = began or len(text) > _LONGEST_HEADING or text.endswith(("。", "！", "："))
        elif (
            not roles[at]
            and len(text) <= _LONGEST_HEADING
            and not _NO_HEADING.search(text)
            and (began or (all(rows[one].is_centred for one in block) and not MARKER.match(text)))
        ):
            for one in block:
                roles[one] = "heading" if began else "title"
