"""Workbooks that were damaged, or made to take gigabytes: rows or a message, in little memory and time."""

import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from jianghua.errors import LabelsError
from jianghua.review.cells import read_cells
from jianghua.review.corrections import Incoming
from jianghua.review.sheets import WIDTHS, read_sheet, sheet_bytes
from tests.review.test_sheets import filled, queue_of

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"


def parts_of(path: Path) -> dict[str, bytes]:
    """Parts of a review workbook with one paragraph, labelled, strings kept apart from the cells as Excel does."""
    filled(path, queue_of("散会。"), label_2="closing")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    strings: list[str] = []

    def share(found: re.Match[str]) -> str:
        strings.append(f"<si>{found[1]}</si>")
        return f't="s"><v>{len(strings) - 1}</v>'

    sheet = re.sub('t="inlineStr"><is>(.*?)</is>', share, parts[SHEET].decode())
    relation = f'<Relationship Id="rId9" Type="x/sharedStrings" Target="/{STRINGS}"/></Relationships>'
    relations = parts[RELATIONS].decode().replace("</Relationships>", relation)
    return parts | {
        SHEET: sheet.encode(),
        STRINGS: f"<sst>{''.join(strings)}</sst>".encode(),
        RELATIONS: relations.encode(),
    }


def changed(path: Path, part: str, change: Callable[[str], str | None]) -> Path:
    """That workbook with one part of it changed, or left out (None)."""
    parts = parts_of(path)
    content = change(parts[part].decode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in (parts | {part: content or ""}).items():
            if name != part or content is not None:
                archive.writestr(name, data)
    return path


def peak_and_rows(path: Path) -> tuple[int, str]:
    """Megabytes that a process took which read the workbook, beyond those of its libraries, and what it said."""
    code = """
import resource, sys, time
from pathlib import Path
from jianghua.review.sheets import read_sheet
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
before = peak()
try:
    said = f"{len(read_sheet(Path(sys.argv[1])))} rows"
except ValueError as error:
    said = str(error)
print(peak() - before, said)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    megabytes, said = done.stdout.split(" ", 1)
    return int(megabytes), said.strip()


FAR = '</row><row r="200000"><c r="CV200000" {}</c></row></sheetData>'


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (FAR.format('s="0">'), "1 rows"),
        (
            FAR.format('t="inlineStr"><is><t>不确定</t></is>'),
            "row 200000 has '不确定' outside the known columns; put remarks into `note`",
        ),
        ('</row></sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>', "1 rows"),
        ("</row>" + "<row/>" * 300_000 + "</sheetData>", "1 rows"),
        ("</row>" + '<row><c r="XFD9"/></row>' * 100_000 + "</sheetData>", "1 rows"),
        ("</row></sheetData>" + "<x>" * 100_000 + "</x>" * 100_000, "1 rows"),
    ],
    ids=["far", "far-typed", "merged", "rows", "wide-rows", "deep"],
)
def test_a_small_workbook_does_not_take_gigabytes_wherever_its_cells_are(end: str, said: str, tmp_path: Path) -> None:
    path = changed(tmp_path / "q.xlsx", SHEET, lambda xml: xml.replace("</row></sheetData>", end))
    assert path.stat().st_size < 300_000
    megabytes, found = peak_and_rows(path)
    assert found.removeprefix(f"{path}: ") == said
    assert megabytes < 100


def test_more_text_than_any_speech_has_is_refused_before_it_is_kept(tmp_path: Path) -> None:
    text = "<si><t>" + "好" * 20_100_000 + "</t></si></sst>"
    path = changed(tmp_path / "q.xlsx", STRINGS, lambda xml: xml.replace("</sst>", text))
    megabytes, said = peak_and_rows(path)
    assert "holds more than 20,000,000 characters; export fewer paragraphs at once" in said
    assert megabytes < 200


def test_more_elements_than_any_queue_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jianghua.review.cells._MOST_ELEMENTS", 10_000)
    path = changed(
        tmp_path / "q.xlsx", SHEET, lambda xml: xml.replace("</sheetData>", "<row/>" * 10_000 + "</sheetData>")
    )
    with pytest.raises(LabelsError, match="holds more than 10,000 elements"):
        read_sheet(path)


@pytest.mark.parametrize(
    ("part", "change", "complaint"),
    [
        (SHEET, lambda xml: None, "is not an XLSX workbook that can be read .*There is no item named"),
        (SHEET, lambda xml: xml[: len(xml) // 2], "is not an XLSX workbook that can be read"),
        (SHEET, lambda xml: re.sub(r"<v>\d+</v>", "<v>99999</v>", xml), "list index out of range"),
        (
            SHEET,
            lambda xml: xml.replace("</row></sheetData>", '</row><row r="1048577"/></sheetData>'),
            "more than 1,048,576 rows",
        ),
        (SHEET, lambda xml: re.sub(r"<v>\d+</v>", "<v>好</v>", xml), "'好' is not the number of a string"),
        (SHEET, lambda xml: re.sub(r"<v>\d+</v>", "<v>-1</v>", xml), "'-1' is not the number of a string"),
        (SHEET, lambda xml: xml.replace('r="A1"', 'r="1A"'), "'1A' is not the place of a cell"),
        (
            SHEET,
            lambda xml: '<!DOCTYPE x [<!ENTITY a "b">]>' + xml.partition("?>")[2],
            "has a document type declaration, which no workbook has",
        ),
        (STRINGS, lambda xml: None, "There is no item named"),
        ("xl/workbook.xml", lambda xml: xml.replace('name="queue"', 'name="Queue"'), "expected one named 'queue'"),
        (RELATIONS, lambda xml: None, "sheet 'queue' is not in the file"),
        ("_rels/.rels", lambda xml: "", "is not an XLSX workbook that can be read"),
    ],
)
def test_a_damaged_workbook_is_named(
    part: str, change: Callable[[str], str | None], complaint: str, tmp_path: Path
) -> None:
    with pytest.raises(LabelsError, match=rf"q\.xlsx: .*{complaint}"):
        read_sheet(changed(tmp_path / "q.xlsx", part, change))


def test_a_workbook_damaged_anywhere_is_a_message(tmp_path: Path) -> None:
    """Bytes of the file, and characters of its parts, changed at random: rows, or a LabelsError."""
    numbers = random.Random(7)
    path = tmp_path / "q.xlsx"
    parts = parts_of(path)
    whole = changed(path, SHEET, lambda xml: xml).read_bytes()
    outcomes = {"read": 0, "refused": 0}
    for turn in range(600):
        data = bytearray(whole)
        if turn % 2:
            data[numbers.randrange(len(data))] = numbers.randrange(256)
            path.write_bytes(data)
        else:
            name = numbers.choice([SHEET, STRINGS, "xl/workbook.xml", RELATIONS, "_rels/.rels"])
            start = numbers.randrange(len(parts[name]))
            cut = parts[name][:start] + numbers.choice([b"", b"0", b'"', b"<", b"-1"]) + parts[name][start + 3 :]
            with zipfile.ZipFile(path, "w") as archive:
                for other, content in (parts | {name: cut}).items():
                    archive.writestr(other, content)
        try:
            read_sheet(path)
            outcomes["read"] += 1
        except LabelsError:
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 50


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = filled(tmp_path / "q.xlsx", queue_of("散会。"), label_2="closing")
    book = load_workbook(path)
    book["queue"].cell(1, len(WIDTHS) + 1).value = "label"
    book["queue"].cell(2, len(WIDTHS) + 1).value = "context"
    book.save(path)
    with pytest.raises(LabelsError, match="sheet 'queue' has two columns called 'label'; delete one of them"):
        read_sheet(path)


def test_cells_are_read_as_openpyxl_reads_them(tmp_path: Path) -> None:
    """Shared, inline and formatted strings, numbers, truths, errors, formulas, gaps between cells and rows."""
    path = tmp_path / "q.xlsx"
    path.write_bytes(sheet_bytes(queue_of("=1+1", "a\tb", "  两端 ", "\U00020000", "x" * 40_000, note="&<>\"'")))
    book = load_workbook(path)
    sheet = book["queue"]
    values: list[object] = [1, "=A1+1", "#N/A", "", "同志们：\n第二行"]
    for place, value in enumerate(values):
        sheet.cell(9 + 2 * place, 3 + 2 * place).value = value  # type: ignore[assignment]
    book.save(path)
    expected = {
        cell.coordinate: str(cell.value)
        for row in load_workbook(path)["queue"].iter_rows()
        for cell in row
        if cell.value not in (None, "")
    }
    letters = {index: letter for letter, index in zip("ABCDEFGHIJKLMNOP", range(1, 17), strict=True)}
    found = {
        f"{letters[column]}{row}": text
        for row, cells in read_cells(path, "queue").items()
        for column, text in cells.items()
    }
    assert found == expected


def test_a_label_in_formatted_text_is_read_without_how_it_is_pronounced(tmp_path: Path) -> None:
    rich = "<si><r><rPr><b/></rPr><t>clo</t></r><r><t>sing</t></r><rPh sb='0' eb='1'><t>ke</t></rPh></si>"
    path = changed(tmp_path / "q.xlsx", STRINGS, lambda xml: re.sub("<si><t>closing</t></si>", rich, xml))
    assert rich in zipfile.ZipFile(path).read(STRINGS).decode()
    assert read_sheet(path) == [Incoming("row 2", "5feb1545891d", "county.txt", "散会。", "closing")]
