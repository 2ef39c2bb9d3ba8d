"""Output formats: whatever they are read back with, the records are the same."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl
import pandas
import pytest
from pyarrow import parquet

from jianghua.corpus import parse
from jianghua.model.store import SavedModel
from jianghua.tagging.batch import Options
from jianghua.tagging.outputs import FORMAT_NAMES, OUTPUT_FORMATS, TEXT_ENDING, OutputFormat, output_format
from jianghua.tagging.tags import COLUMNS, as_record, tag_paragraphs
from tests.speeches import COUNTY, HOSPITAL

Record = dict[str, Any]
NESTED = ("outline", "scores", "segments")
FORMATS = ("jsonl", "csv", "parquet", "xlsx")
"""Those that give all of a record back."""


def render(records: Sequence[Record], format: str) -> bytes:
    return output_format(format).render(records)


@pytest.fixture(scope="module")
def records(model: SavedModel) -> list[Record]:
    found = []
    for name, text in (("county.txt", COUNTY), ("夏\n会,“x”.txt", HOSPITAL)):
        paragraphs = parse(text, name)
        found += [
            as_record(p, tag, model.title)
            for p, tag in zip(paragraphs, tag_paragraphs(model, paragraphs, {name: text}), strict=True)
        ]
    return found


def made_up(text: str) -> Record:
    return as_record(parse("同志们：今天开会。", "a.txt")[0], None, "model 1", text)


def unpacked(row: Mapping[str, Any]) -> Record:
    """A row of a table as the record that it was."""
    nested = {name: json.loads(row[name]) if isinstance(row[name], str) and row[name] else None for name in NESTED}
    return {**row, **nested}


def sheet(data: bytes) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return list(book.active.iter_rows(values_only=True)) if book.active is not None else []


def test_jsonl_gives_the_records_back(records: list[Record]) -> None:
    lines = render(records, "jsonl").decode().splitlines()
    assert [json.loads(line) for line in lines] == records
    assert list(json.loads(lines[0])) == list(COLUMNS)


def test_csv_gives_the_records_back(records: list[Record]) -> None:
    data = render(records, "csv")
    assert data.startswith(b"\xef\xbb\xbf"), "without the mark Excel takes UTF-8 for GBK"
    assert data.count(b"\r\n") >= len(records) + 1
    rows = [unpacked(row) for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))]
    for row, record in zip(rows, records, strict=True):
        assert {key: "" if value is None else str(value) for key, value in record.items() if key not in NESTED} == {
            key: value for key, value in row.items() if key not in NESTED
        }
        assert {key: row[key] for key in NESTED} == {key: record[key] for key in NESTED}
    assert pandas.read_csv(io.BytesIO(data)).shape == (len(records), len(COLUMNS))


def test_parquet_gives_the_records_back(records: list[Record]) -> None:
    data = render(records, "parquet")
    table = parquet.read_table(io.BytesIO(data))
    assert table.column_names == list(COLUMNS)
    assert [unpacked(row) for row in table.to_pylist()] == records
    assert parquet.ParquetFile(io.BytesIO(data)).metadata.row_group(0).column(0).compression == "ZSTD"
    assert list(pandas.read_parquet(io.BytesIO(data))["text"]) == [record["text"] for record in records]


def test_a_workbook_gives_the_records_back(records: list[Record]) -> None:
    header, *rows = sheet(render(records, "xlsx"))
    assert header == COLUMNS
    assert [unpacked(dict(zip(COLUMNS, row, strict=True))) for row in rows] == records


def test_a_workbook_is_ready_to_be_read(records: list[Record]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(render(records, "xlsx")))
    page = book.active
    assert page is not None
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == f"A1:T{len(records) + 1}"
    assert page.column_dimensions["I"].width > 70


def test_types_of_a_parquet_file_do_not_depend_on_its_rows(records: list[Record]) -> None:
    schemas = {str(parquet.read_schema(io.BytesIO(render(rows, "parquet")))) for rows in (records, records[:1], [])}
    assert len(schemas) == 1


@pytest.mark.parametrize("format", FORMAT_NAMES)
def test_the_same_records_give_the_same_bytes(format: str, records: list[Record]) -> None:
    code = (
        "import sys; from jianghua.tagging.outputs import output_format; import json\n"
        "records = [json.loads(line) for line in sys.stdin.buffer]\n"
        "sys.stdout.buffer.write(output_format(sys.argv[1]).render(records))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, format], input=render(records, "jsonl"), capture_output=True, check=True
    )
    assert done.stdout == render(records, format)


@pytest.mark.parametrize("format", FORMATS)
def test_explanations_come_out_in_every_format(format: str, records: list[Record]) -> None:
    data = render([{**record, "explanation": {"cues": ["甲"]}} for record in records], format)
    if format == "xlsx":
        assert sheet(data)[0][-1] == "explanation"
        assert sheet(data)[1][-1] == '{"cues":["甲"]}'
    elif format == "parquet":
        assert parquet.read_table(io.BytesIO(data)).column_names[-1] == "explanation"
    else:
        assert "explanation" in data.decode()
        assert "甲" in data.decode()


@pytest.mark.parametrize("format", FORMATS)
def test_no_records_make_a_file_all_the_same(format: str) -> None:
    data = render([], format)
    assert data == b"" if format == "jsonl" else len(data) > 20


@pytest.mark.parametrize(
    "text", ["=1+1", '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "http://example.com", "0123", "1e5", "{=A1}"]
)
def test_text_of_a_workbook_is_never_run_linked_or_counted(text: str) -> None:
    data = render([made_up(text)], "xlsx")
    assert sheet(data)[1][8] == text
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    assert "<hyperlink" not in xml


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_text_of_a_csv_is_never_run(text: str) -> None:
    (row,) = csv.DictReader(io.StringIO(render([made_up(text)], "csv").decode("utf-8-sig"), newline=""))
    assert row["text"] == "'" + text


def test_a_text_too_long_for_a_cell_is_cut_where_one_sees_it() -> None:
    text = "好" * 20_000 + "\U00020000" * 10_000
    (row,) = sheet(render([made_up(text)], "xlsx"))[1:]
    assert len(str(row[8]).encode("utf-16-le")) // 2 <= 32_767
    assert str(row[8]).endswith("more characters: see the JSONL or CSV]")
    assert str(row[8]).startswith("好" * 20_000 + "\U00020000")
    for format in ("jsonl", "csv", "parquet"):
        assert len(render([made_up(text)], format)) > (500 if format == "parquet" else len(text))


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "text", ["a\0b\x01\x0b\x1f", "_x0041_", "\ufffe\uffff", "\ud800 \udcff", "a\r\nb\u2028c", "\U0010ffff"]
)
def test_characters_that_a_format_cannot_hold_do_not_break_the_file(format: str, text: str) -> None:
    data = render([{**made_up(text), "source": text}], format)
    if format == "xlsx":
        assert len(sheet(data)) == 2
    elif format == "parquet":
        assert parquet.read_table(io.BytesIO(data)).num_rows == 1
    elif format == "csv":
        assert len(list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))) == 1
    else:
        assert json.loads(data)["source"]


@pytest.mark.parametrize("format", FORMAT_NAMES)
@pytest.mark.parametrize("text", ["a\0b\x01\x0b\x1f", "\ufffe\uffff", "\ud800 \udcff", "=1+1", "</script>"])
def test_no_format_stumbles_over_a_character(format: str, text: str, records: list[Record]) -> None:
    assert render([{**record, "text": text, "source": text} for record in records], format)


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jianghua.tagging.outputs.workbook.LAST_ROW", 4)
    book = openpyxl.load_workbook(io.BytesIO(render([made_up(str(at)) for at in range(7)], "xlsx")))
    assert [[row[8].value for row in page.iter_rows(min_row=2)] for page in book.worksheets] == [
        ["0", "1", "2"],
        ["3", "4", "5"],
        ["6"],
    ]


def test_an_unknown_format_names_those_there_are() -> None:
    with pytest.raises(ValueError, match=f"format 'doc' is not known; use one of {', '.join(FORMAT_NAMES)}"):
        output_format("doc")


@pytest.mark.parametrize("format", OUTPUT_FORMATS, ids=lambda format: format.name)
def test_no_two_outputs_of_a_file_that_differ_have_the_same_name(format: OutputFormat) -> None:
    assert {other.renderer for other in OUTPUT_FORMATS if other.ending == format.ending} == {format.renderer}
    assert format.ending != TEXT_ENDING


def test_an_unknown_format_is_told_before_a_file_is_read() -> None:
    with pytest.raises(ValueError, match=r"format 'docx' is not known; use one of jsonl, csv"):
        Options(("jsonl", "docx"))
