"""A manifest may come from a stranger: nothing of it leaves the folder, and what does not fit is named."""

import re
from pathlib import Path

import pytest

from jianghua.corpus.public.manifest import COLUMNS, read_manifest
from jianghua.errors import MissingError, UsageError
from tests.corpus.public.texts import COMMIT, row, write_manifest

ADDRESS = f"https://raw.example.org/wang/reports/{COMMIT}/a.txt"


def changed(**cells: str) -> list[str]:
    good = dict(zip(COLUMNS, row("a.txt", ADDRESS, "散会。", "text"), strict=True))
    return list({**good, **cells}.values())


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ({"name": "../a.txt"}, "name", "expected a file name without a folder"),
        ({"name": "/etc/a.txt"}, "name", "expected a file name without a folder"),
        ({"name": "..\\a.txt"}, "name", "expected a file name without a folder"),
        ({"name": "C:a.txt"}, "name", "expected a file name without a folder"),
        ({"name": "con.txt"}, "name", "expected a file name without a folder"),
        ({"name": ".bashrc.txt"}, "name", "expected a file name without a folder"),
        ({"name": "a\nb.txt"}, "name", "expected a file name without a folder"),
        ({"name": "a\x1b[2J.txt"}, "name", "expected a file name without a folder"),
        ({"name": "a.py"}, "name", "ends in .txt or .md"),
        ({"name": ""}, "name", "ends in .txt or .md"),
        ({"name": "讲" * 80 + ".txt"}, "name", "expected at most 200 bytes"),
        ({"address": "http://raw.example.org/a.txt"}, "address", "expected https://"),
        ({"address": "file:///etc/passwd"}, "address", "expected https://HOST/PATH"),
        ({"address": "https:///a.txt"}, "address", "expected https://HOST/PATH"),
        ({"address": "https://[::1/a.txt"}, "address", "expected https://HOST/PATH"),
        ({"address": "https://a.org:99999/a.txt"}, "address", "expected https://HOST/PATH"),
        ({"address": "http://127.0.0.1.example.org/a.txt"}, "address", "expected https://"),
        ({"address": "http://127.0.0.1@example.org/a.txt"}, "address", "expected https://"),
        ({"address": "https://wang:secret@example.org/a.txt"}, "address", "leave them out"),
        ({"address": "https://a.org/x\r\nHost: b.org"}, "address", "holds blanks or control characters"),
        ({"address": f"https://a.org/../../{COMMIT}/a.txt"}, "address", "leads out of its folder"),
        ({"address": f"https://a.org/%2e%2e/%2E./{COMMIT}/a.txt"}, "address", "leads out of its folder"),
        ({"address": f"https://a.org/w/r/{COMMIT}/..%5Ca.txt"}, "address", "leads out of its folder"),
        ({"address": f"https://a.org/w/r/{COMMIT}/a%00.txt"}, "address", "leads out of its folder"),
        ({"format": "zip"}, "format", "expected one of text, jsonl, csv"),
        ({"record": "3"}, "record", "must be empty"),
        ({"field": "text"}, "field", "must be empty"),
        ({"format": "jsonl", "record": "2019", "field": "text"}, "record", "expected KEY=VALUE"),
        ({"format": "jsonl", "record": "year=2019"}, "field", "expected a key or a column"),
        ({"format": "csv", "record": "-1", "field": "text"}, "record", "expected one from 0"),
        ({"format": "csv", "record": "³", "field": "text"}, "record", "expected one from 0"),
        ({"breaks": "all"}, "breaks", "expected one of nothing, lf, indents"),
        ({"rights": " "}, "rights", "under what rights"),
        ({"sha256": "ABC"}, "sha256", "expected 64 hexadecimal digits"),
    ],
)
def test_a_row_that_does_not_fit_is_named_with_line_column_and_value(
    tmp_path: Path, cells: dict[str, str], column: str, said: str
) -> None:
    path = write_manifest(tmp_path / "m.csv", [changed(name="b.txt"), changed(**cells)])
    with pytest.raises(UsageError) as caught:
        read_manifest(path)
    value = {"name": "b.txt", **cells}.get(column, "")[:200]
    assert str(caught.value).startswith(f"{path} line 3, column {column}: {value!r} ")
    assert said in str(caught.value)


@pytest.mark.parametrize(("one", "other"), [("a.txt", "a.txt"), ("a.txt", "A.txt"), ("é.txt", "e\u0301.txt")])
def test_two_texts_that_would_be_one_file_are_refused(tmp_path: Path, one: str, other: str) -> None:
    path = write_manifest(tmp_path / "m.csv", [changed(name=one), changed(name=other)])
    with pytest.raises(UsageError, match=re.escape(f"line 3, column name: {other!r} is that of line 2")):
        read_manifest(path)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"name,address\na,b\n", "line 1: has the columns ['name', 'address']; expected name, address, format"),
        (b"", "line 1: has the columns []"),
        (b"\xff\xfe\x00", "is not UTF-8"),
        (",".join(COLUMNS).encode() + b"\na.txt,b\n", "line 2: has 2 cells; expected 8"),
        (",".join(COLUMNS).encode() + b'\n"a.txt,b\n', "line 2: is not CSV"),
        (",".join(COLUMNS).encode() + b"\n" + b"x" * 200_000, "line 2: is not CSV (field larger than field limit"),
        (",".join(COLUMNS).encode() + b"\n" * 9_000_000, "9,000,"),
    ],
)
def test_a_file_that_is_no_manifest_is_told_from_one(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "m.csv").write_bytes(data)
    with pytest.raises(UsageError) as caught:
        read_manifest(tmp_path / "m.csv")
    assert str(tmp_path / "m.csv") in str(caught.value)
    assert said in str(caught.value)


def test_an_empty_manifest_and_none_at_all_are_told(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="names no texts"):
        read_manifest(write_manifest(tmp_path / "m.csv", []))
    with pytest.raises(MissingError, match="no such file"):
        read_manifest(tmp_path / "none.csv")


def test_the_projects_own_manifest_names_96_texts_at_fixed_commits(root: Path) -> None:
    texts = read_manifest(root / "data/public.csv")
    assert len(texts) == 96
    assert all(text.address.startswith("https://") and text.in_clone for text in texts)
    assert len({text.address for text in texts}) == 44
