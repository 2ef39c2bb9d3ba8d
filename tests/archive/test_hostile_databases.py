"""Databases of strangers, given to `jianghua find`."""

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from jianghua.archive.opening import open_archive
from jianghua.archive.schema import ARCHIVE
from jianghua.cli import main
from jianghua.errors import ArchiveError


@pytest.fixture
def copy(archive: Path, tmp_path: Path) -> Path:
    shutil.copy(archive / ARCHIVE, tmp_path / ARCHIVE)
    return tmp_path


def change(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / ARCHIVE, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW more AS SELECT * FROM speeches",
        "CREATE TRIGGER more AFTER INSERT ON speeches BEGIN SELECT 1; END",
        "ALTER TABLE speeches ADD COLUMN more TEXT",
        "CREATE VIRTUAL TABLE more USING fts5 (x)",
        "DROP TABLE about",
        "DROP TABLE words",
    ],
)
def test_a_database_with_another_schema_is_not_asked(copy: Path, statement: str) -> None:
    change(copy, statement)
    with pytest.raises(ArchiveError, match="is not trusted"), open_archive(copy):
        pass


def test_a_view_in_place_of_a_table_does_not_run(copy: Path) -> None:
    change(
        copy,
        "DROP TABLE speeches",
        "CREATE VIEW speeches AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) SELECT x AS id FROM n",
    )
    with pytest.raises(ArchiveError, match="'speeches' is not as"), open_archive(copy):
        pass


def test_another_database_and_another_version_are_told_apart(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(copy, "PRAGMA user_version = 99")
    assert main(["find", "安全", str(copy)]) == 2
    assert "is of version 99, this jianghua reads version 1; make it anew" in capsys.readouterr().err
    change(copy, "PRAGMA application_id = 0")
    assert main(["find", "安全", str(copy / ARCHIVE)]) == 2
    assert "is not a database that `jianghua tag … --format sqlite` has written" in capsys.readouterr().err
    (copy / ARCHIVE).write_bytes(b"no database at all" * 400)
    assert main(["find", "安全", str(copy)]) == 2
    assert "the database is damaged (file is not a database)" in capsys.readouterr().err


def test_a_journal_beside_it_is_not_played_back(copy: Path) -> None:
    before = (copy / ARCHIVE).read_bytes()
    for suffix in ("-journal", "-wal", "-shm"):
        (copy / f"{ARCHIVE}{suffix}").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(4096))
    assert main(["find", "机具", str(copy)]) == 0
    assert (copy / ARCHIVE).read_bytes() == before
    assert (copy / f"{ARCHIVE}-journal").is_file()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE paragraphs SET text = 7",
        "UPDATE paragraphs SET text = x'ff00'",
        "UPDATE paragraphs SET text = CAST(x'ff' AS TEXT)",
        "UPDATE paragraphs SET outline = 'no JSON'",
        "UPDATE paragraphs SET outline = '7'",
        "UPDATE paragraphs SET paragraph = 'x'",
        "UPDATE segments SET text_end = 'x', text_start = -5",
        "UPDATE segments SET label = x'00'",
        "UPDATE speeches SET source = x'ff', date = 7, title = 9",
        "UPDATE words_data SET block = x'00'",
        "DELETE FROM words_data",
        "UPDATE words_config SET v = 99",
    ],
)
def test_rows_that_we_never_write_are_a_message(copy: Path, statement: str, capsys: pytest.CaptureFixture[str]) -> None:
    change(copy, statement)
    status = main(["find", "机具", str(copy)])
    message = capsys.readouterr().err
    assert "Traceback" not in message
    assert status == 2 or "nothing found" in message or "passage" in message


def test_damage_anywhere_is_a_message(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(4)
    whole = (copy / ARCHIVE).read_bytes()
    ends = set()
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(chance.choice([1, 4, 400])):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        (copy / ARCHIVE).write_bytes(damaged[: chance.choice([len(damaged), chance.randrange(len(damaged))])])
        ends.add(main(["find", "落实", str(copy), "--sort", "relevance"]))
        message = capsys.readouterr().err
        assert "Traceback" not in message, message
    assert ends >= {0, 2}


def test_steering_characters_in_a_database_do_not_reach_the_terminal(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(
        copy,
        "UPDATE speeches SET title = 'a' || char(27) || '[2J', source = char(27) || ']0;x' || char(7)",
        "UPDATE paragraphs SET text = char(27) || '[31m机具' || char(10) || char(155), outline = json_array(char(27))",
    )
    assert main(["find", "机具", str(copy)]) == 0
    assert not set(capsys.readouterr().out) & {"\x1b", "\x07", "\x9b"}
