"""`jianghua find`, as people use it."""

import csv
import io
import re
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from rich.cells import cell_len

from jianghua.archive.excerpts import EXCERPT_FORMATS, Excerpts, renderer_for
from jianghua.archive.search import Hit, Passage
from jianghua.cli import main

HOSTILE = Passage(
    *("=cmd|' /C'!A0.txt", 1, "<b>题</b>", "@某人", None, "2020", None, 3, "paragraph"),
    *(
        ("一、<script>alert(1)</script>", "*二*"),
        "requirements",
        0.9,
        "=1+1 <img src=x>要\x00\x1b[1m`狠抓`\ufffe安全。",
    ),
    hits=(Hit(16, 17, "requirements"),),
)


def found(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = main(["find", *map(str, arguments)])
    return status, *capsys.readouterr()


def test_words_stand_one_below_the_other_in_eighty_columns(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = found(capsys, "要", archive)
    assert status == 0
    lines = out.splitlines()
    assert max(map(cell_len, lines)) <= 80
    in_context = [line for line in lines if not re.match(r"(\d{4}|----| {2}\S)", line)]
    assert len(in_context) >= 4
    assert {line[len(_columns(line, 39)) :].lstrip()[:1] for line in in_context} == {"要"}


def _columns(line: str, width: int) -> str:
    """The beginning of a line, `width` columns of it."""
    while cell_len(line) > width:
        line = line[:-1]
    return line


def test_a_speech_is_told_once_and_a_passage_with_section_and_function(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, told = found(capsys, "责任", archive, "--year", "2021")
    first = out.splitlines()[0]
    assert first.startswith("2021-09 在全縣「秋糧」生產會議上的講話 · 羅景行 · 縣長 ")
    assert first.endswith("…/traditional.txt") or first.endswith(" speeches/traditional.txt")
    assert out.count("羅景行") == 1
    assert "2 passages in 1 speech" in told
    _, out, _ = found(capsys, "责任", archive, "--title", "秋收")
    assert "二、下一步工作要求 › （二）加强组织领导" in out


def test_functions_are_named_in_english_or_chinese(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    by_english = found(capsys, "要", archive, "--function", "requirements,closing")
    assert by_english == found(capsys, "要", archive, "--function", "工作 要求", "--function", "结尾号召")
    assert by_english[0] == 0
    status, _, told = found(capsys, "要", archive, "--function", "号召")
    assert (status, "closing (结尾号召)" in told) == (2, True)


def test_exit_status_is_that_of_grep(archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert found(capsys, "责任", archive)[0] == 0
    status, out, told = found(capsys, "航天", archive)
    assert (status, out, told) == (1, "", "nothing found: 航天\n")
    status, _, told = found(capsys, "责任", tmp_path)
    assert (status, f"make it: jianghua tag SPEECHES -o {tmp_path} --format sqlite" in told) == (2, True)
    assert found(capsys, "责任", tmp_path / "nowhere")[0] == 2
    for years in ("20", "2024..2015", "..", "x"):
        assert found(capsys, "责任", archive, "--year", years)[0] == 2
    assert found(capsys, "责任", archive, "--to", tmp_path / "x.pdf")[2].endswith(
        "use one of .docx, .xlsx, .csv, .html, .md\n"
    )


@pytest.mark.parametrize("years", ["2019", "2019..2020", "..2020", "2019年至2020年", "2019-2020"])
def test_years_are_taken_as_people_write_them(archive: Path, capsys: pytest.CaptureFixture[str], years: str) -> None:
    status, out, _ = found(capsys, "责任", archive, "--year", years)
    assert (status, "2019-08-20" in out, "2021" in out) == (0, True, False)


def test_what_is_not_shown_is_told(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = found(capsys, "要", archive, "--limit", "1")[2]
    assert "here are the first 1 (--limit N for more, --to FILE for all)" in told
    assert "more in speeches whose date is not known" in found(capsys, "要", archive, "--year", "2019")[2]


def test_a_word_file_holds_each_passage_with_its_source_by_function(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "excerpts.docx"
    status, out, told = found(capsys, "责任", archive, "--to", path)
    assert (status, out, f"→ {path}" in told) == (0, "", True)
    paragraphs = docx.Document(str(path)).paragraphs
    headings = [p.text for p in paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert headings
    assert all(re.fullmatch(r"[一-鿿]{4} [a-z]+|标题 heading", heading) for heading in headings)
    bold = ["".join(run.text for run in p.runs if run.bold) for p in paragraphs]
    at = bold.index("責任")
    assert paragraphs[at + 1].text.startswith("——羅景行（縣長），《在全縣「秋糧」生產會議上的講話》，2021-09")
    assert paragraphs[at + 1].text.endswith("traditional.txt ¶5］")


def test_groups_are_speeches_where_that_is_asked_for(archive: Path, tmp_path: Path) -> None:
    path = tmp_path / "excerpts.md"
    assert main(["find", "责任", str(archive), "--to", str(path), "--group", "speech"]) == 0
    groups = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("## ")]
    assert groups == [
        "## 2021-09 在全縣「秋糧」生產會議上的講話 羅景行",
        "## 2019-08-20 在全县秋收工作会议上的讲话",
    ]


@pytest.mark.parametrize("suffix", EXCERPT_FORMATS)
def test_the_same_passages_give_the_same_bytes(archive: Path, tmp_path: Path, suffix: str) -> None:
    for name in "ab":
        assert main(["find", "责任", str(archive), "--to", str(tmp_path / f"{name}{suffix}")]) == 0
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


def test_a_workbook_holds_text_as_text() -> None:
    book = openpyxl.load_workbook(io.BytesIO(excerpts_of(HOSTILE, ".xlsx")))
    head, row = book["excerpts"].iter_rows()
    held = {str(name.value): cell for name, cell in zip(head, row, strict=True)}
    assert held["source"].value == HOSTILE.source
    assert str(held["text"].value).startswith("=1+1 <img")
    assert {cell.data_type for cell in row if isinstance(cell.value, str)} == {"s"}
    assert (held["function"].value, held["paragraph"].value) == ("工作要求 requirements", 3)


def test_a_table_of_excerpts_is_guarded_against_formulas() -> None:
    (row,) = csv.DictReader(io.StringIO(excerpts_of(HOSTILE, ".csv").decode("utf-8-sig"), newline=""))
    assert (row["text"][:4], row["source"][:5], row["speaker"]) == ("'=1+", "'=cmd", "'@某人")


def test_nothing_in_a_passage_becomes_markup() -> None:
    page = excerpts_of(HOSTILE, ".html").decode()
    assert "<img" not in page
    assert "<script>alert" not in page
    assert "<mark>要</mark>" in page
    text = excerpts_of(HOSTILE, ".md").decode()
    assert "<img" not in re.sub(r"\\.", "", text)
    assert "**要**" in text
    assert r"\`狠抓\`" in text


def test_characters_that_xml_forbids_do_not_spoil_a_word_file() -> None:
    data = excerpts_of(HOSTILE, ".docx")
    assert "狠抓" in docx.Document(io.BytesIO(data)).paragraphs[2].text
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None


def test_words_that_touch_or_overlap_are_one_mark() -> None:
    hits = tuple(Hit(start, end, None) for start, end in ((0, 2), (2, 4), (5, 7), (6, 8)))
    passage = Passage(
        "a", 0, None, None, None, None, None, 0, "paragraph", (), None, None, "经济发展和经济社会。", hits
    )
    assert [piece for piece in passage.marked() if piece[0]] == [
        ("经济发展", True),
        ("和", False),
        ("经济社", True),
        ("会。", False),
    ]


def excerpts_of(passage: Passage, suffix: str) -> bytes:
    return renderer_for(Path(f"x{suffix}"))(Excerpts(["要"], [passage]))
