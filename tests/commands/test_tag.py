"""`jianghua tag`, run as people run it."""

import csv
import io
import json
import os
import sys
import zipfile
from pathlib import Path

import pytest

from jianghua.cli import main
from jianghua.corpus import simplify
from tests.speeches import COUNTY, COUNTY_LABELS


def read_csv(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def test_a_folder_comes_out_in_both_formats_with_the_same_content(
    speeches: Path, tmp_path: Path, model_folder: Path
) -> None:
    out = tmp_path / "out"
    assert (
        main(
            ["tag", str(speeches), "-o", str(out), "--format", "jsonl", "csv", "--model", str(model_folder), "--quiet"]
        )
        == 0
    )
    assert {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()} == {
        "county.txt.jsonl",
        "county.txt.csv",
        "sub/hospital.txt.jsonl",
        "sub/hospital.txt.csv",
        "_summary.csv",
        "_errors.csv",
        ".jianghua-journal",
        ".jianghua-lock",
    }
    rows = [json.loads(line) for line in (out / "county.txt.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["label"] for row in rows if row["kind"] == "paragraph"] == list(COUNTY_LABELS)
    assert all(row["label"] is None for row in rows if row["kind"] != "paragraph")
    table = read_csv(out / "county.txt.csv")
    assert [row["label"] or None for row in table] == [row["label"] for row in rows]
    assert [json.loads(row["segments"]) if row["segments"] else None for row in table] == [
        row["segments"] for row in rows
    ]
    summary = {Path(row["source"]).name: row for row in read_csv(out / "_summary.csv")}
    assert summary["county.txt"]["closing"] == "2"
    assert summary["county.txt"]["title"] == "在全县秋收工作会议上的讲话"
    assert summary["county.txt"]["date"] == "2019-08-20"
    assert (summary["county.txt"]["date_start"], summary["county.txt"]["date_end"]) == ("15", "25")
    assert summary["hospital.txt"]["paragraphs"] == "6"
    assert read_csv(out / "_errors.csv") == []


def test_bad_files_are_named_and_the_others_come_out(
    speeches: Path, tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (speeches / "empty.txt").write_bytes(b"")
    (speeches / "binary.txt").write_bytes(b"\x00\x01\x02" * 100)
    (speeches / "encoding.txt").write_bytes(b"\xff" * 41 + b"\x80\xff" * 21)
    out = tmp_path / "out"
    assert main(["tag", str(speeches), str(tmp_path / "none.txt"), "-o", str(out), "--model", str(model_folder)]) == 1
    reasons = {Path(row["source"]).name: row["reason"] for row in read_csv(out / "_errors.csv")}
    assert sorted(reasons) == ["binary.txt", "empty.txt", "encoding.txt", "none.txt"]
    assert "the file is empty (0 characters of text)" in reasons["empty.txt"]
    assert "looks like a binary file" in reasons["binary.txt"]
    assert "byte 0xff at 0 is not UTF-8" in reasons["encoding.txt"]
    assert "No such file" in reasons["none.txt"]
    assert (out / "county.txt.jsonl").is_file()
    said = capsys.readouterr().err
    assert "tagged 2 files, 14 paragraphs" in said
    assert "4 failed" in said


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_read_permission_is_named(speeches: Path, tmp_path: Path, model_folder: Path) -> None:
    (speeches / "county.txt").chmod(0)
    assert main(["tag", str(speeches), "-o", str(tmp_path / "out"), "--model", str(model_folder), "--quiet"]) == 1
    (row,) = read_csv(tmp_path / "out" / "_errors.csv")
    assert "Permission denied; check the path and its permissions" in row["reason"]


def test_a_file_that_may_not_be_read_is_named_even_for_root(
    speeches: Path, tmp_path: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, name: str) -> bytes:
        if path.name == "county.txt":
            raise PermissionError(13, "Permission denied", str(path))
        return path.read_bytes()

    monkeypatch.setattr("jianghua.tagging.batch.read_regular", refuse)
    assert main(["tag", str(speeches), "-o", str(tmp_path / "out"), "--model", str(model_folder), "--quiet"]) == 1
    (row,) = read_csv(tmp_path / "out" / "_errors.csv")
    assert row["reason"].endswith("county.txt: Permission denied; check the path and its permissions")
    assert (tmp_path / "out" / "sub" / "hospital.txt.jsonl").is_file()


def test_a_folder_without_speeches_says_what_is_expected(tmp_path: Path, model_folder: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert (
        main(["tag", str(tmp_path / "empty"), "-o", str(tmp_path / "out"), "--model", str(model_folder), "--quiet"])
        == 1
    )
    (row,) = read_csv(tmp_path / "out" / "_errors.csv")
    assert "empty: holds no speeches; expected files that end in .txt" in row["reason"]


def test_two_inputs_never_write_one_output(speeches: Path, tmp_path: Path, model_folder: Path) -> None:
    out, other = tmp_path / "out", tmp_path / "other"
    other.mkdir()
    (other / "COUNTY.txt").write_text(COUNTY, encoding="utf-8")
    arguments = ["tag", str(other / "COUNTY.txt"), str(speeches), "-o", str(out), "--model", str(model_folder)]
    assert main([*arguments, "--quiet"]) == 1
    (row,) = read_csv(out / "_errors.csv")
    assert row["reason"].endswith("has the name county.txt below OUT too; tag it into another folder")


def test_names_that_no_file_system_takes_for_one_are_two(tmp_path: Path, model_folder: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("straße.txt", "strasse.txt", "Strasse.TXT", "u\u0308ber.txt", "\u00fcber.txt"):
        (folder / name).write_text(COUNTY, encoding="utf-8")
    if len(list(folder.iterdir())) < 5:
        pytest.skip("this file system takes some of them for one")
    out = tmp_path / "out"
    assert main(["tag", str(folder), "-o", str(out), "--model", str(model_folder), "--quiet"]) == 1
    assert {Path(row["source"]).name for row in read_csv(out / "_errors.csv")} == {"strasse.txt", "\u00fcber.txt"}


def test_a_file_that_is_named_twice_is_one_speech(speeches: Path, tmp_path: Path, model_folder: Path) -> None:
    once, twice = tmp_path / "once", tmp_path / "twice"
    hospital = str(speeches / "sub" / "hospital.txt")
    for out, paths in ((once, [hospital]), (twice, [hospital, str(speeches), f"{speeches}/../speeches/county.txt"])):
        assert main(["tag", *paths, "-o", str(out), "--model", str(model_folder), "--quiet"]) == 0
    assert (once / "hospital.txt.jsonl").read_bytes() == (twice / "hospital.txt.jsonl").read_bytes()
    assert len(read_csv(twice / "_summary.csv")) == 2


def test_outputs_are_not_tagged_as_speeches(
    speeches: Path, tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def tag(path: Path, out: Path) -> int:
        formats = ["--format", "html", "jsonl"]
        return main(["tag", str(path), "-o", str(out), "--model", str(model_folder), "--quiet", *formats])

    before = sorted(speeches.rglob("*"))
    assert tag(speeches, speeches) == 2
    assert "is the folder of the speeches and of the outputs, which would be tagged; give another -o" in (
        capsys.readouterr().err
    )
    assert sorted(speeches.rglob("*")) == before
    for _ in range(2):
        assert tag(speeches, speeches / "tagged") == 0
        assert len(read_csv(speeches / "tagged/_summary.csv")) == 2
    assert tag(speeches, tmp_path / "out") == 1, "outputs of an earlier run among the speeches"
    (row,) = read_csv(tmp_path / "out/_errors.csv")
    assert "tagged: holds outputs of `jianghua tag`, which are no speeches" in row["reason"]
    (speeches / "speeches").mkdir()
    (speeches / "speeches/county.txt").write_text(COUNTY, encoding="utf-8")
    assert tag(speeches, tmp_path) == 1
    reasons = {Path(row["source"]).name: row["reason"] for row in read_csv(tmp_path / "_errors.csv")}
    assert "its outputs would lie among the speeches; tag into another folder" in reasons["county.txt"]
    assert (tmp_path / "sub/hospital.txt.jsonl").is_file()


def test_outputs_beside_a_speech_are_not_tagged_where_the_shell_names_all_files(
    speeches: Path, model_folder: Path
) -> None:
    for status in (0, 1, 1):
        paths = sorted(str(path) for path in speeches.iterdir() if path.is_file())
        arguments = ["tag", *paths, "-o", str(speeches), "--format", "html", "--model", str(model_folder), "--quiet"]
        assert main(arguments) == status
        names = {path.name for path in speeches.iterdir() if path.is_file() and not path.name.startswith((".", "_"))}
        assert names == {"county.txt", "county.txt.html"}
    reasons = [row["reason"] for row in read_csv(speeches / "_errors.csv")]
    assert f"county.txt.html: made by an earlier run into {speeches}; outputs are not tagged" in "".join(reasons)


def test_a_missing_model_is_wrong_usage(speeches: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tag", str(speeches), "-o", str(tmp_path / "out"), "--model", str(tmp_path / "nowhere")]) == 2
    assert "nowhere: no such model folder; expected a folder with manifest.json" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("arguments", [["tag"], ["tag", "x"], ["tag", "x", "-o", "y", "--format", "doc"], ["tagg"], []])
def test_wrong_usage_has_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert "jianghua" in captured.err + captured.out


def test_standard_input_is_a_file_too(tmp_path: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(COUNTY.encode())))
    assert main(["tag", "-", "-o", str(tmp_path), "--model", str(model_folder), "--quiet"]) == 0
    assert len((tmp_path / "stdin.jsonl").read_text(encoding="utf-8").splitlines()) == 14


def test_text_is_simplified_only_if_asked(tmp_path: Path, model_folder: Path) -> None:
    text = "各位同志：\n今年以來，全縣糧食增產，農民收入增長，各項工作取得進步。\n"
    path = tmp_path / "traditional.txt"
    path.write_text(text, encoding="utf-8")
    for out, flags in (("plain", []), ("simplified", ["--simplified"])):
        assert main(["tag", str(path), "-o", str(tmp_path / out), "--model", str(model_folder), "--quiet", *flags]) == 0
    texts = [
        json.loads((tmp_path / out / "traditional.txt.jsonl").read_text(encoding="utf-8").splitlines()[1])["text"]
        for out in ("plain", "simplified")
    ]
    assert texts == [text.splitlines()[1], simplify(text.splitlines()[1])]


def test_a_cell_that_begins_like_a_formula_stays_text(tmp_path: Path, model_folder: Path) -> None:
    path = tmp_path / "formula.txt"
    path.write_text('同志们：\n=HYPERLINK("http://x")这样的文字要当作文字看待，不能当公式。\n', encoding="utf-8")
    assert (
        main(
            ["tag", str(path), "-o", str(tmp_path / "out"), "--format", "csv", "--model", str(model_folder), "--quiet"]
        )
        == 0
    )
    cells = [row["text"] for row in read_csv(tmp_path / "out" / "formula.txt.csv")]
    assert not any(cell.startswith("=") for cell in cells)


def test_an_explanation_names_cues_and_pieces_of_the_text(tmp_path: Path, model_folder: Path) -> None:
    path = tmp_path / "county.txt"
    path.write_text(COUNTY, encoding="utf-8")
    flags = ["--explain", "--format", "jsonl", "csv", "--model", str(model_folder), "--quiet"]
    assert main(["tag", str(path), "-o", str(tmp_path / "out"), *flags]) == 0
    rows = [json.loads(line) for line in (tmp_path / "out/county.txt.jsonl").read_text(encoding="utf-8").splitlines()]
    assert rows[0]["explanation"] is None, "a title has no label to explain"
    said = {row["label"]: row["explanation"] for row in rows if row["label"]}
    assert "conduct:discipline" in said["discipline"]["cues"]
    for row in rows:
        for feature in row["explanation"]["features"] if row["label"] else ():
            piece, _, weight = feature.rpartition(" +")
            assert piece in row["text"]
            assert 0 < float(weight) <= 1
    table = read_csv(tmp_path / "out/county.txt.csv")
    assert [json.loads(row["explanation"]) if row["explanation"] else None for row in table] == [
        row["explanation"] for row in rows
    ]


def test_each_speech_of_a_page_has_its_own_row_and_head(tmp_path: Path, model_folder: Path) -> None:
    filler = "这项工作事关全局，各村各组都要高度重视，认真抓好落实。" * 8
    (tmp_path / "page.txt").write_text(
        f"第一篇：在全縣春耕工作會議上的講話\n同志们：\n{filler}\n谢谢大家！\n"
        f"第二篇：在全县防汛工作会议上的讲话\n县长　骆维桢\n（2024年6月3日）\n同志们：\n{filler}\n谢谢大家！\n",
        encoding="utf-8",
    )
    arguments = ["tag", str(tmp_path / "page.txt"), "--model", str(model_folder), "--quiet", "--simplified"]
    assert main([*arguments, "-o", str(tmp_path / "out"), "--format", "jsonl", "csv", "parquet", "xlsx", "html"]) == 0
    first, second = read_csv(tmp_path / "out" / "_summary.csv")
    assert [first["speech"], first["title"], first["speaker"]] == ["0", "在全县春耕工作会议上的讲话", ""]
    head = {"title": "在全县防汛工作会议上的讲话", "speaker": "骆维桢", "office": "县长", "date": "2024-06-03"}
    assert {field: second[field] for field in head} == head
    text = (tmp_path / "page.txt").read_text(encoding="utf-8")
    assert text[int(second["office_start"]) : int(second["office_end"])] == "县长"
    assert [int(row["paragraphs"]) for row in (first, second)] == [2, 2]
    lines = (tmp_path / "out" / "page.txt.jsonl").read_text(encoding="utf-8").splitlines()
    assert {(r["speech"], r["title"], r["date"]) for r in map(json.loads, lines)} == {
        (0, first["title"], None),
        (1, second["title"], "2024-06-03"),
    }


@pytest.mark.parametrize(
    ("lang", "line"), [("en", "not documents: 2 .db, 1 hidden"), ("zh", "非文档文件：.db 2 个、隐藏文件 1 个")]
)
def test_files_that_are_no_documents_are_counted_in_one_line(
    lang: str, line: str, speeches: Path, tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.db", "b.db", ".hidden"):
        (speeches / name).write_bytes(b"x")
    assert main(["tag", str(speeches), "-o", str(tmp_path / "out"), "--model", str(model_folder), "--lang", lang]) == 0
    assert line in capsys.readouterr().err.splitlines()


def test_an_archive_of_speeches_is_tagged_like_a_folder(speeches: Path, tmp_path: Path, model_folder: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(speeches / "county.txt", "县/county.txt")
    (speeches / "more.zip").write_bytes((tmp_path / "a.zip").read_bytes())
    out = tmp_path / "out"
    arguments = [str(tmp_path / "a.zip"), str(speeches), "-o", str(out), "--model", str(model_folder), "--quiet"]
    assert main(["tag", *arguments]) == 0
    tagged = [
        json.loads((out / name).read_text(encoding="utf-8").splitlines()[0])
        for name in ("县/county.txt.jsonl", "more.zip/县/county.txt.jsonl")
    ]
    assert [record["text"] for record in tagged] == [COUNTY.splitlines()[0]] * 2


def test_a_name_too_long_for_one_output_leaves_none(speeches: Path, tmp_path: Path, model_folder: Path) -> None:
    name = "a" * 246 + ".txt"  # .csv can be written, .jsonl cannot
    (speeches / name).write_text(COUNTY, encoding="utf-8")
    (speeches / ("b" * 240 + ".txt")).write_text(COUNTY, encoding="utf-8")
    out = tmp_path / "out"
    arguments = [str(speeches), "-o", str(out), "--model", str(model_folder), "--quiet", "--format", "csv", "jsonl"]
    assert main(["tag", *arguments]) == 1
    assert not list(out.glob("aaa*"))
    assert len(list(out.glob("bbb*"))) == 2
    (error,) = read_csv(out / "_errors.csv")
    assert "its output would have a name of 256 bytes" in error["reason"]


def test_speeches_in_the_folder_of_the_outputs_are_not_left_out_without_a_word(
    speeches: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tag", str(speeches), "-o", str(speeches / "sub"), "--model", str(model_folder)]) == 2
    assert "sub: the folder of the outputs lies in" in (said := capsys.readouterr().err)
    assert "holds hospital.txt, which would not be tagged; give a new or empty folder with -o" in said
    assert [path.name for path in (speeches / "sub").iterdir()] == ["hospital.txt"]


@pytest.mark.parametrize("words", [["", "-o", "out"], [".", "-o", ""]])
def test_an_empty_word_is_not_the_working_folder(
    words: list[str], speeches: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(speeches)
    before = sorted(speeches.rglob("*"))
    assert main(["tag", *words]) == 2
    assert "one of the words given is empty" in capsys.readouterr().err
    assert sorted(speeches.rglob("*")) == before
