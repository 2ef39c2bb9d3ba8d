"""What speaks for a field of a speech's head, and how much it is believed."""

import re
from typing import NamedTuple

from jianghua.corpus.heads.bylines import Byline
from jianghua.corpus.heads.dates import Date

FIELDS = ("title", "speaker", "office", "date", "occasion")

PLACES = (
    "property",  # what the file says of itself
    "page",  # 发布时间：…, a newspaper's date
    "cover",  # the document that a speech was sent round with
    "front matter",  # date: …, 文章标题：…
    "divider",  # 第二篇：…
    "name",  # the year in the name of an occasion; who is named in a title (李某某在…会上的讲话)
    "end",  # signature and date below the speech
    "line",  # a line of the head that could be something else
    "above",  # the line above who speaks, or when
    "note",  # 这是…在…会上的讲话
    "head",  # a line of the head that can be nothing else
    "subtitle",  # ——在…会上的讲话
    "label",  # 讲话人：…
)
"""Where evidence stands, from the least to the most believed; of two at the same place the first counts."""

_STRENGTH = {place: strength for strength, place in enumerate(PLACES, 1)}
_OF_COVER = ("line", "above", "head", "name")
BLANK = " \t\r\n\f\v\x1c\x1d\x1e\x85\u2028\u2029\u00a0\u2002\u2003\u3000\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\xad"
_ZERO_WIDTH = re.compile("[\u200b-\u200f\u2060\ufeff\xad]")


class Value(NamedTuple):
    """What a text says, white space folded, and where it stands in it; nowhere if the file's properties say it."""

    text: str
    start: int | None = None
    end: int | None = None


class Piece(NamedTuple):
    """A piece of a file in simplified characters (one for one), and where it begins."""

    start: int
    body: str

    @property
    def end(self) -> int:
        return self.start + len(self.body)

    def cut(self, begin: int, end: int | None = None) -> "Piece":
        """A part of it."""
        return Piece(self.start + begin, self.body[begin:end])

    def group(self, match: re.Match[str], name: str) -> "Piece":
        """A group of a match in it."""
        return self.cut(*match.span(name))

    def stripped(self, characters: str = BLANK) -> "Piece":
        """It without these characters at its ends."""
        if self.body and self.body[0] not in characters and self.body[-1] not in characters:
            return self
        left = self.body.lstrip(characters)
        return Piece(self.start + len(self.body) - len(left), left.rstrip(characters))


class Evidence:
    """The best evidence for each field of one speech, in a file's text.

    `covered` is true as long as lines of a document are read that the speech was sent round with.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._best: dict[str, tuple[int, Value]] = {}
        self.covered = False

    def best(self, field: str) -> Value | None:
        """What is known of a field."""
        return self._best[field][1] if field in self._best else None

    def clear(self) -> None:
        """Forget all: what was read belongs to something else."""
        self._best.clear()

    def add(self, field: str, place: str, value: Value) -> None:
        """Take note of a value that was found at one of PLACES."""
        strength = self._strength(field, place)
        if value.text and strength:
            self._best[field] = (strength, value)
        elif field == "date" and place == "head" and value.text.startswith(self._best[field][1].text):
            self._best[field] = (self._best[field][0], value)  # the same, more exactly

    def _strength(self, field: str, place: str) -> int:
        """How much the place is believed, from 1; 0 if no more than where the best so far stands."""
        strength = _STRENGTH["cover" if self.covered and place in _OF_COVER else place]
        return strength if field not in self._best or strength > self._best[field][0] else 0

    def add_piece(self, field: str, place: str, *pieces: Piece) -> None:
        """Take note of a value that stands in the text, in one piece or in lines that follow each other."""
        if not self._strength(field, place):
            return
        first, last = pieces[0].stripped(), pieces[-1].stripped()
        text = " ".join(folded(self.text[piece.start : piece.end], field == "speaker") for piece in pieces)
        self.add(field, place, Value(text, first.start, last.end))

    def add_date(self, place: str, piece: Piece, date: Date | None) -> bool:
        """Take note of a date that was found in a piece; whether there is one."""
        if date:
            self.add("date", place, Value(date.iso, piece.start + date.start, piece.start + date.end))
        return date is not None

    def add_byline(self, place: str, piece: Piece, byline: Byline | None) -> None:
        """Take note of office and name that were found in a piece."""
        if byline and byline.office:
            self.add_piece("office", place, piece.cut(*byline.office))
        if byline and byline.name:
            self.add_piece("speaker", place, piece.cut(*byline.name))


def folded(text: str, is_name: bool = False) -> str:
    r"""Text without line breaks, with single spaces; without any in names and where characters stand apart.

    >>> folded("张　伟", is_name=True), folded("县 委 书 记"), folded("振奋精神　扎实\n工作"), folded("在大会上的讲　话")
    ('张伟', '县委书记', '振奋精神 扎实工作', '在大会上的讲话')
    """
    text = _ZERO_WIDTH.sub("", text)
    words = text.split()
    if len(words) < 2:
        return text.strip()
    words = "".join(line.strip(BLANK) for line in text.splitlines()).split()
    apart = is_name or (len(words) > 1 and all(len(word) == 1 for word in words))
    if len(words) > 1 and len(words[-1]) == 1:
        words[-2:] = [words[-2] + words[-1]]
    return ("" if apart else " ").join(words)
