"""The title block of a speech, line by line."""

import re
from collections.abc import Iterator

from jianghua.corpus.heads import patterns
from jianghua.corpus.heads.bylines import find_byline
from jianghua.corpus.heads.dates import find_date, find_month_and_day
from jianghua.corpus.heads.evidence import BLANK, Evidence, Piece
from jianghua.corpus.heads.lines import LONGEST, Unit

_AROUND = BLANK + "，,·:：•—―─－"
_LINES_OF_TITLE = 3
_SHORTEST_TITLE, _SHORTEST_GENRE = 5, 3
"""Chinese characters of a line of a title, and of one that has a word for speech: 领导讲话 can be a part of a site."""
_LONGEST_BESIDE_DATE = 44


class TitleBlock:
    """Reads the lines of a title block; what they say goes into `evidence`, days without a year into `days`."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.days: list[Piece] = []
        self._run: list[Unit] = []
        """Lines just read that look like a title and like nothing else."""
        self._titled = False
        self._behind_office = self._is_office = False
        """Whether the line before is an office, and whether this one is."""

    def read(self, unit: Unit) -> None:
        """Read a line."""
        subtitle = patterns.SUBTITLE.search(unit.piece.body) if "在" in unit.piece.body else None
        if subtitle:
            self.read(unit._replace(piece=unit.piece.cut(0, subtitle.start()).stripped()))
            unit = unit._replace(piece=unit.piece.cut(subtitle.start()))
        self._behind_office, self._is_office = self._is_office, False
        piece = unit.piece
        body = piece.body
        if len(body) > LONGEST:
            self._end_title("line")
        elif patterns.MARK_OF_LABEL.search(body) and (label := patterns.LABEL.match(body)):
            self._end_title("above" if find_date(body) else "line")
            self._read_label(piece, label)
        elif divider := patterns.divider_of(body):
            self._end_title("line")
            if divider["title"]:
                self._read_name(piece.group(divider, "title"), "divider")
        elif notice := patterns.notice_of(body):
            self._run = []
            self.evidence.clear()
            self.evidence.covered = True
            self._read_name(piece.group(notice, "title"), "cover")
        elif patterns.RED_HEAD.search(body) and not patterns.title_of(body):
            self._run = []
        else:
            self._read_text(unit)

    def finish(self) -> None:
        """All lines are read."""
        self._end_title("above")
        self.evidence.covered = self._behind_office = False

    def read_title_with_brackets(self, piece: Piece) -> bool:
        """A title with its date in brackets and perhaps a name, at the beginning of a line that may go on."""
        match = patterns.title_with_brackets(piece.body)
        if match is None or find_date(match["when"]) is None:
            return False
        if match.end() < len(piece.body) and not match["who"] and not patterns.title_of(match["title"]):
            return False
        self._read_piece(Unit("title", piece.group(match, "title"), False))
        self._end_title("head")
        self._read_date_line(piece.group(match, "when"))
        if match["who"]:
            self._read_byline(piece.group(match, "who"), "head")
        return True

    def _read_text(self, unit: Unit) -> None:
        piece = unit.piece
        brackets = patterns.brackets_at_end(piece.body)
        if brackets and brackets.start() == 0:
            return self._read_piece(unit._replace(piece=piece.group(brackets, "inner")), in_brackets=True)
        if self.read_title_with_brackets(piece):
            return None
        inner = []
        rest = piece
        while brackets:
            inner.append(rest.group(brackets, "inner"))
            rest = rest.cut(0, brackets.start()).stripped(BLANK + "※*＊")
            brackets = patterns.brackets_at_end(rest.body)
        self._read_piece(unit._replace(piece=rest))
        for part in inner:
            self._read_piece(unit._replace(piece=part), in_brackets=True)
        return None

    def _read_piece(self, unit: Unit, in_brackets: bool = False) -> None:
        """A line without the brackets at its end, or what stands in them."""
        piece = unit.piece
        body = piece.body
        can_be_title = not in_brackets and unit.kind in ("title", "heading")
        title = patterns.title_of(body)
        occasion = patterns.OCCASION.match(body) if title is None and "在" in body else None
        if title:
            self._read_title(unit, title, in_brackets)
        elif occasion and not patterns.PAGE.search(occasion["when"]):
            self._end_title("subtitle")
            self.evidence.add_piece("occasion", "head", piece.group(occasion, "occasion"))
            self._read_date(piece.group(occasion, "when"), "head")
            if occasion["who"]:
                self._read_byline(piece.group(occasion, "who"), "head")
        elif patterns.PAGE.search(body):
            self._end_title("above" if self._read_date(piece, "page") else "line")
        elif not in_brackets and patterns.ends_in_genre(body):
            self._end_title("line")
            self.evidence.covered = self.evidence.covered and not can_be_title
            without_in = patterns.TITLE_WITHOUT_IN.match(body)
            if without_in:
                self.evidence.add_piece("occasion", "head", piece.group(without_in, str(without_in.lastgroup)))
            if self._goes_on_with_title(unit, _SHORTEST_GENRE):
                self._end_title("head" if can_be_title and len(body) > _SHORTEST_TITLE else "line")
        elif not (
            self._read_date_line(piece, unit.kind == "title" and not in_brackets) or self._read_byline(piece, "head")
        ):
            if patterns.MEETING.match(body):
                self._end_title("above")
                self.evidence.add_piece("occasion", "line", piece)
            elif can_be_title and unit.kind == "title":
                self._goes_on_with_title(unit)
            elif not in_brackets:
                self._end_title("line")

    # titles

    def _goes_on_with_title(self, unit: Unit, shortest: int = _SHORTEST_TITLE) -> bool:
        """Take a line for one of a title's; whether it can be one."""
        body = unit.piece.body
        if len(patterns.HAN.findall(body)) < shortest or body[-1] in "：:。，；！!":
            self._end_title("line")
            return False
        if self._run:
            between = self.evidence.text[self._run[-1].piece.end : unit.piece.start]
            if unit.marked or between.strip(BLANK) or len(self._run) == _LINES_OF_TITLE:
                self._end_title("line")
        self._run.append(unit)
        self._titled = True
        return True

    def _end_title(self, place: str) -> None:
        """The lines of a title are complete; they are believed as much as `place` says."""
        if self._run:
            pieces = [unit.piece for unit in self._run]
            if len(pieces) == 1 and pieces[0].body[0] + pieces[0].body[-1] == "《》":
                pieces = [pieces[0].cut(1, -1)]
            self.evidence.add_piece("title", place, *pieces)
        self._run = []

    def _read_title(self, unit: Unit, match: re.Match[str], in_brackets: bool) -> None:
        """在…会上的讲话, with a dash if it stands below the title."""
        piece = unit.piece
        who = piece.group(match, "who")
        begin = match.end("dash")
        if any(mark in who.body for mark in ">|»：:】]"):  # where a page stands in its site
            begin = match.start("occasion") - 1
        self.evidence.covered = False
        is_subtitle = in_brackets or bool(match["dash"])
        if is_subtitle and self._run:
            self._end_title("subtitle")
        else:
            self._run = [unit._replace(piece=piece.cut(begin))]
            self._end_title("head" if unit.kind in ("title", "heading") and not in_brackets else "line")
        self._titled = True
        self.evidence.add_piece("occasion", "subtitle", piece.group(match, "occasion"))
        lead = patterns.LEAD.match(who.body)
        who = who.cut(lead.end()) if lead else who
        date = find_date(who.body)
        self.evidence.add_date("head", who, date)
        for part in (who.cut(0, date.start), who.cut(date.end)) if date else (who,):
            self._read_byline(part, "name")

    def _read_name(self, piece: Piece, place: str) -> None:
        """Title of a speech in a line that says more: a divider, a notice that sends it round."""
        piece = piece.stripped(BLANK + "《》\"'“”")
        self.evidence.add_piece("title", place, piece)
        match = patterns.title_of(piece.body)
        if match:
            self.evidence.add_piece("occasion", place, piece.group(match, "occasion"))
            self._read_byline(piece.group(match, "who"), place)

    # who and when

    def _read_byline(self, piece: Piece, place: str) -> bool:
        piece = piece.stripped(_AROUND)
        byline = find_byline(piece.body, self._behind_office)
        if byline is None or (byline.name is None and place == "head" and not self._titled):
            return False
        if place == "head":
            self._end_title("above")
            if byline.office is None and not self._behind_office:
                place = "line"
            self._is_office = byline.name is None
        self.evidence.add_byline(place, piece, byline)
        return True

    def _read_date(self, piece: Piece, place: str) -> bool:
        return self.evidence.add_date(place, piece, find_date(piece.body))

    def _read_date_line(self, piece: Piece, can_be_title: bool = False) -> bool:
        """A date, with offices and names before and behind it."""
        date = find_date(piece.body)
        if date is None:
            if len(piece.body) <= 20 and find_month_and_day(piece.body, "2000"):
                self._end_title("above")
                self.days.append(piece)
                return True
            return False
        behind = piece.cut(date.end).stripped()
        if can_be_title and (
            len(piece.body) - (date.end - date.start) > _LONGEST_BESIDE_DATE
            or (patterns.HAN.search(behind.body[2:]) and not find_byline(behind.body))
        ):
            return False
        self._end_title("above")
        self.evidence.add_date("page" if date.of_page else "head" if self._titled else "line", piece, date)
        for part in (*_parts(piece.cut(0, date.start)), *_parts(behind)):
            if patterns.MEETING.match(part.body):
                self.evidence.add_piece("occasion", "line", part)
            elif part.start < behind.start or not _is_name_alone(part):  # else it is a place: 2024年3月5日于云泽
                self._read_byline(part, "head")
        return True

    def _read_label(self, piece: Piece, label: re.Match[str]) -> None:
        """讲话人：…, 时间：…"""
        value = piece.cut(label.end())
        following = patterns.NEXT_LABEL.search(value.body)
        if following:
            value = value.cut(0, following.start())
        match label.lastgroup:
            case "speaker" | "author" if find_date(value.body):
                self._read_date_line(value)
            case "speaker":
                if not self._read_byline(value, "label") and 2 <= len(value.body) <= 12:
                    self.evidence.add_piece("speaker", "label", value)
            case "author":
                self._read_byline(value, "front matter")
            case "title":
                self._read_name(value, "front matter")
            case "occasion" if len(value.body) >= _SHORTEST_TITLE:
                self.evidence.add_piece("occasion", "label", value)
            case "date":
                of_speech = "年" in value.body or label["date"] in patterns.DATES_OF_SPEECHES
                place = "label" if of_speech else "front matter" if label["date"].isascii() else "page"
                self._read_date(value, place)
            case _:
                self._read_date(value, "page")


def _is_name_alone(piece: Piece) -> bool:
    byline = find_byline(piece.stripped(_AROUND).body)
    return byline is not None and byline.office is None


def _parts(piece: Piece) -> Iterator[Piece]:
    """A piece, cut at its commas and brackets."""
    for part in patterns.PART.finditer(piece.body):
        yield piece.cut(*part.span())
