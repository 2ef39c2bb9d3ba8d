"""The database: the same whatever happened on the way, whole or not at all."""

import json
import shutil
import sqlite3
from pathlib import Path

import orjson
import pytest

from jianghua.archive.build import build_archive
from jianghua.archive.indexed import spaced
from jianghua.archive.opening import open_archive
from jianghua.archive.schema import ARCHIVE, TABLES
from jianghua.cli import main
from jianghua.corpus.folder import JOURNAL
from jianghua.errors import ArchiveError
from jianghua.tagging.journal import read
from tests.archive.conftest import tag
from tests.speeches import COUNTY


def rows(out: Path, sql: str) -> list[tuple[object, ...]]:
    with open_archive(out) as connection:
        return connection.execute(sql).fetchall()


def test_the_database_holds_what_the_json_lines_hold(archive: Path) -> None:
    records = [
        orjson.loads(line)
        for path in ("county.txt", "sub/hospital.txt", "traditional.txt")
        for line in (archive / f"{path}.jsonl").read_bytes().splitlines()
    ]
    fields = (
        "source",
        "paragraph",
        "start",
        "end",
        "kind",
        "level",
        "label",
        "secondary",
        "confidence",
        "text",
        "title",
    )
    held = rows(
        archive,
        'SELECT source, paragraph, start, "end", kind, level, label, secondary, confidence, text, title '
        "FROM paragraphs AS p JOIN speeches AS s ON s.id = p.speech ORDER BY p.id",
    )
    assert held == [tuple(record[field] for field in fields) for record in records]
    outlines = rows(archive, "SELECT outline FROM paragraphs ORDER BY id")
    assert [json.loads(str(outline)) for (outline,) in outlines] == [record["outline"] for record in records]
    segments = [
        (s["start"], s["end"], s["label"], s["confidence"]) for record in records for s in record["segments"] or ()
    ]
    assert rows(archive, 'SELECT start, "end", label, confidence FROM segments ORDER BY paragraph, segment') == segments
    assert rows(archive, "SELECT value FROM about WHERE key = 'model'") == [(records[0]["model"],)]
    assert rows(archive, "SELECT speaker, office, date, year FROM speeches WHERE year = 2021") == [
        ("羅景行", "縣長", "2021-09", 2021)
    ]


def test_two_workers_and_an_interrupted_run_give_the_same_bytes(
    speeches: Path, tmp_path: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tag(speeches, tmp_path / "one", model_folder) == 0
    with monkeypatch.context() as patch:
        patch.setattr("jianghua.tagging.run._MOST_IN_A_GROUP", 1)
        assert tag(speeches, tmp_path / "two", model_folder, "--jobs", "2") == 0

    def killed(*given: object) -> list[str]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("jianghua.archive.build.build_archive", killed)
        assert tag(speeches, tmp_path / "three", model_folder) == 130
    assert not (tmp_path / "three" / ARCHIVE).exists()
    assert tag(speeches, tmp_path / "three", model_folder) == 0
    first, *others = ((tmp_path / name / ARCHIVE).read_bytes() for name in ("one", "two", "three"))
    assert [other == first for other in others] == [True, True]


def test_a_file_that_is_tagged_again_is_replaced_and_one_that_is_added_joins_the_others(
    speeches: Path, tmp_path: Path, model_folder: Path
) -> None:
    out = tmp_path / "out"
    assert tag(speeches, out, model_folder) == 0
    (speeches / "county.txt").write_text(COUNTY.replace("8.4", "9.7"), encoding="utf-8")
    assert tag(speeches, out, model_folder) == 0
    texts = "".join(str(text) for (text,) in rows(out, "SELECT text FROM paragraphs"))
    assert ("9.7万吨" in texts, "8.4万吨" in texts) == (True, False)
    (tmp_path / "new.txt").write_text(COUNTY.replace("8.4", "7.1"), encoding="utf-8")
    assert tag(tmp_path / "new.txt", out, model_folder) == 0
    assert rows(out, "SELECT file FROM speeches ORDER BY id") == [("county.txt",), ("new.txt",), ("sub/hospital.txt",)]
    (out / "new.txt.jsonl").unlink()  # as one takes a speech out of the archive
    assert tag(speeches, out, model_folder) == 0
    assert rows(out, "SELECT file FROM speeches ORDER BY id") == [("county.txt",), ("sub/hospital.txt",)]


def test_speeches_that_another_model_tagged_are_left_out_and_told(
    speeches: Path, tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert tag(speeches, out, model_folder) == 0
    outcomes = sorted(read(out / JOURNAL), key=lambda outcome: outcome.relative)
    assert build_archive(out, outcomes, "other 2") == [outcome.source for outcome in outcomes]
    assert rows(out, "SELECT count(*) FROM speeches") == [(0,)]
    lines = (out / "county.txt.jsonl").read_bytes()
    old = lines.replace(b'"model":"small', b'"model":"smalT')
    assert (len(old), old == lines) == (len(lines), False)
    (out / "county.txt.jsonl").write_bytes(old)
    assert tag(speeches, out, model_folder) == 0
    assert "not in the database, for another model than small" in capsys.readouterr().err
    assert rows(out, "SELECT file FROM speeches") == [("sub/hospital.txt",)]


def test_a_full_disk_leaves_the_database_that_was_there(
    speeches: Path,
    tmp_path: Path,
    model_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    assert tag(speeches, out, model_folder) == 0
    before = (out / ARCHIVE).read_bytes()
    monkeypatch.setattr("jianghua.archive.build._SETTINGS", ("PRAGMA max_page_count = 12",))
    (speeches / "county.txt").write_text(COUNTY * 40, encoding="utf-8")
    assert tag(speeches, out, model_folder) == 1
    assert "database or disk is full; make room there" in capsys.readouterr().err
    assert (out / ARCHIVE).read_bytes() == before
    assert list(out.glob(".*.part*")) == []


def test_json_lines_that_were_edited_are_named(
    speeches: Path, tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert tag(speeches, out, model_folder) == 0
    path = out / "county.txt.jsonl"
    good = path.read_bytes()
    first = good.split(b"\n")[0]
    only_model = orjson.dumps({"model": orjson.loads(first)["model"]})
    for bad in (b"[]", b"{}", only_model, b"\xff", first.replace(b'"start":0', b'"start":[')):
        path.write_bytes(bad.ljust(len(first)) + good[len(first) :])
        assert tag(speeches, out, model_folder) == 1
        message = capsys.readouterr().err
        assert "county.txt.jsonl: is not what `jianghua tag` writes" in message
        assert "Traceback" not in message
    path.unlink()
    assert tag(speeches, out, model_folder) == 0
    assert path.read_bytes() == good


@pytest.mark.parametrize(
    "text", ["前\0后安全", "安全\ud800", "安全" * 200_000, "\u200b\u0301e\u0301 “安全”\r\n\u2028安全", "﷽ ㍿ ½ 安全"]
)
def test_hostile_texts_are_held_and_found(tmp_path: Path, model_folder: Path, text: str) -> None:
    speech = tmp_path / "a.txt"
    speech.write_bytes((COUNTY + text + "。\n").encode("utf-8", "surrogatepass"))
    assert tag(speech, tmp_path / "out", model_folder) == 0
    assert main(["find", "安全", str(tmp_path / "out")]) == 0


def test_texts_for_the_index_stay_apart_whatever_they_hold() -> None:
    assert spaced(["安\n全", "", "\0"]) == ["安   全 ", "", "  "]
    assert spaced([]) == [""]  # of no text, there is no row


def test_a_link_in_the_outputs_is_not_followed(speeches: Path, tmp_path: Path, model_folder: Path) -> None:
    out = tmp_path / "out"
    assert tag(speeches, out, model_folder) == 0
    secret = tmp_path / "elsewhere.jsonl"
    shutil.move(out / "county.txt.jsonl", secret)
    (out / "county.txt.jsonl").symlink_to(secret)
    outcomes = list(read(out / JOURNAL))
    build_archive(out, outcomes, str(rows(out, "SELECT value FROM about WHERE key = 'model'")[0][0]))
    assert rows(out, "SELECT file FROM speeches") == [("sub/hospital.txt",)]


def test_the_documentation_has_the_tables_as_they_are(root: Path) -> None:
    text = (root / "docs" / "archive.md").read_text(encoding="utf-8")
    assert [statement for statement in TABLES if statement not in text] == []


def test_sql_of_the_documentation_runs(root: Path, archive: Path) -> None:
    text = (root / "docs" / "archive.md").read_text(encoding="utf-8")
    queries = [block.partition("```")[0] for block in text.split("```sql\n")[1:] if block.startswith("SELECT")]
    assert len(queries) >= 3
    for query in queries:
        with sqlite3.connect(archive / ARCHIVE) as connection:
            assert connection.execute(query).description
        connection.close()


def test_an_archive_error_is_what_a_user_can_mend() -> None:
    assert issubclass(ArchiveError, ValueError)
