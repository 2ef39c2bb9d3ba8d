"""Public texts come whole, verified and once, whatever the network does."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from jianghua import __version__
from jianghua.corpus.public.download import Manners, _followed
from jianghua.corpus.public.fetching import Outcome, fetch
from jianghua.corpus.public.manifest import PublicText, read_manifest
from jianghua.errors import AccessError, MissingError
from tests.corpus.public.texts import (
    COMMIT,
    MINE,
    QUICK,
    RECORDS,
    REPORTS,
    SHEET,
    TALK,
    TEXTS,
    Answer,
    Server,
    contents,
    row,
    write_manifest,
)
from tests.tagging.runs import wait_for


def fetched(manifest: Path, out: Path, copy: Path | None = None, manners: Manners = QUICK) -> dict[str, Outcome]:
    outcomes = fetch(read_manifest(manifest), out, copy, manners=manners)
    return {outcome.text.name: outcome for outcome in outcomes}


def errors(outcomes: dict[str, Outcome]) -> dict[str, str]:
    return {name: outcome.error for name, outcome in outcomes.items() if outcome.error is not None}


def test_every_text_is_cut_out_of_one_download_of_its_file(server: Server, manifest: Path, tmp_path: Path) -> None:
    outcomes = fetched(manifest, tmp_path / "out")
    assert errors(outcomes) == {}
    assert contents(tmp_path / "out") == TEXTS
    assert set(server.asked.values()) == {1}, "two texts of one file came of two downloads"
    assert {headers["User-Agent"] for headers in server.headers} == {f"jianghua/{__version__} (corpus fetch)"}


def test_what_is_there_is_not_fetched_again_and_what_is_damaged_is(
    server: Server, manifest: Path, tmp_path: Path
) -> None:
    fetched(manifest, tmp_path / "out")
    (tmp_path / "out/school.txt").write_text("半篇", encoding="utf-8")
    (tmp_path / "out/note.txt").write_text("我的笔记", encoding="utf-8")
    server.asked.clear()
    outcomes = fetched(manifest, tmp_path / "out")
    assert server.asked == {SHEET: 1}
    assert [name for name, outcome in outcomes.items() if not outcome.kept] == ["school.txt"]
    assert contents(tmp_path / "out") == {**TEXTS, "note.txt": "我的笔记"}


def test_a_text_that_changed_is_named_and_the_others_come(server: Server, manifest: Path, tmp_path: Path) -> None:
    server.files[REPORTS] = RECORDS.replace("堤段", "渠段").encode()
    said = errors(fetched(manifest, tmp_path / "out"))
    assert list(said) == ["flood.txt"]
    assert re.search(
        r"has changed: .* another text \(SHA-256 [0-9a-f]{12}… instead of [0-9a-f]{12}…\)", said["flood.txt"]
    )
    assert sorted(contents(tmp_path / "out")) == ["harvest.txt", "school.txt", "矿山.md"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"year": 2020}\n', "has changed: it holds no record with year=2019"),
        (
            '{"year": 2019, "text": null}\n',
            "has changed: it has no text in the field 'text' of the record with year=2019",
        ),
        ("<html>not here</html>", "has changed: it is not JSON lines (line 1 is not JSON)"),
        ('["year", 2019]\n' * 3, "has changed: it holds no record with year=2019"),
        ("[" * 100_000, "has changed: it is not JSON lines (line 1 is not JSON)"),
    ],
)
def test_a_file_of_another_form_is_a_reason_and_no_traceback(
    server: Server, manifest: Path, tmp_path: Path, body: str, said: str
) -> None:
    server.files[REPORTS] = body.encode()
    assert errors(fetched(manifest, tmp_path / "out"))["flood.txt"].endswith(said)
    assert "school.txt" in contents(tmp_path / "out")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Date,Body\n1,2\n", "has no column 'Text'"),
        ("Date,Text\n1,2\n", "has no row 1 with a column 'Text'; it has 1 rows"),
        ("", "has no column 'Text'"),
        ("\udcff", "is not CSV in UTF-8"),
    ],
)
def test_a_table_of_another_form_is_a_reason_and_no_traceback(
    server: Server, manifest: Path, tmp_path: Path, body: str, said: str
) -> None:
    server.files[SHEET] = body.encode("utf-8", "surrogateescape")
    assert said in errors(fetched(manifest, tmp_path / "out"))["school.txt"]


def test_of_several_records_with_one_key_the_one_with_the_right_bytes_is_taken(
    server: Server, manifest: Path, tmp_path: Path
) -> None:
    server.files[REPORTS] = ('{"year": "2019", "text": "同一年的另一篇。"}\n' + RECORDS).encode()
    assert errors(fetched(manifest, tmp_path / "out")) == {}


def test_a_text_that_is_gone_is_named_and_the_others_come(server: Server, manifest: Path, tmp_path: Path) -> None:
    del server.files[REPORTS]
    said = errors(fetched(manifest, tmp_path / "out"))
    assert sorted(said) == ["flood.txt", "harvest.txt"]
    assert said["flood.txt"].endswith("is gone (the server answers 404 Not Found)")
    assert server.asked[REPORTS] == 1, "what is gone is not asked for again"


@pytest.mark.parametrize(
    "bad",
    [
        Answer(429),
        Answer(429, headers=(("Retry-After", "0"),)),
        Answer(503, headers=(("Retry-After", "Wed, 25 Nov 2026 07:28:00 GMT"),)),
        Answer(500),
        Answer(200, TALK.encode()[:20], promised=40),
        Answer(200, b"\x1f\x8b not gzip", headers=(("Content-Encoding", "gzip"),)),
    ],
    ids=["429", "429 with Retry-After", "503 with a date", "500", "half a download", "damaged on the way"],
)
def test_what_goes_wrong_once_is_tried_again(server: Server, manifest: Path, tmp_path: Path, bad: Answer) -> None:
    server.answers[MINE] = [bad, bad]
    assert errors(fetched(manifest, tmp_path / "out")) == {}
    assert contents(tmp_path / "out") == TEXTS
    assert server.asked[MINE] == 3


def test_half_a_download_is_never_a_file(server: Server, manifest: Path, tmp_path: Path) -> None:
    server.answers[MINE] = [Answer(200, TALK.encode()[:20], promised=40)] * 9
    said = errors(fetched(manifest, tmp_path / "out"))
    assert "what came is not whole" in said["矿山.md"]
    assert said["矿山.md"].endswith("(asked 3 times)")
    assert sorted(contents(tmp_path / "out")) == ["flood.txt", "harvest.txt", "school.txt"]


def many(server: Server, folder: Path) -> tuple[Path, list[str]]:
    """A manifest of twelve files, and their paths."""
    paths = [f"/zhao/notes/{COMMIT}/{number}.txt" for number in range(12)]
    server.files.update(dict.fromkeys(paths, "散会。".encode()))
    lines = [row(f"{number}.txt", server.base + path, "散会。", "text") for number, path in enumerate(paths)]
    return write_manifest(folder / "many.csv", lines), paths


def test_a_server_that_asks_for_a_pause_is_left_alone_by_all_connections(server: Server, tmp_path: Path) -> None:
    manifest, paths = many(server, tmp_path)
    server.answers[paths[0]] = [Answer(429, headers=(("Retry-After", "1"),))]
    assert errors(fetched(manifest, tmp_path / "out", manners=replace(QUICK, connections=2, pause=0.05))) == {}
    after = [moment - server.moments[0] for moment in server.moments]
    assert len(after) == 13
    assert [moment for moment in after if 0.2 < moment < 0.95] == []


def test_a_server_that_asks_for_an_hour_is_not_asked_again(server: Server, manifest: Path, tmp_path: Path) -> None:
    server.answers[REPORTS] = [Answer(429, headers=(("Retry-After", "3600"),))]
    said = errors(fetched(manifest, tmp_path / "out", manners=replace(QUICK, connections=1)))
    assert set(said) == set(TEXTS)
    assert "asks to come again in 3,600 seconds" in said["矿山.md"]
    assert server.asked == {REPORTS: 1}


def test_no_more_connections_than_agreed(server: Server, tmp_path: Path) -> None:
    wait = threading.Event()
    manifest, paths = many(server, tmp_path)
    for path in paths:
        server.answers[path] = [Answer(200, server.files[path], until=wait)]
    threading.Timer(0.3, wait.set).start()
    assert errors(fetched(manifest, tmp_path / "out")) == {}
    assert 1 < server.most_at_once <= QUICK.connections


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("http://example.org/a.md", "which is not encrypted"),
        ("ftp://example.org/a.md", "which is no address"),
        ("file:///etc/passwd", "which is no address"),
        ("http://wang:secret@127.0.0.1/a.md", "which holds a user name"),
        ("http://[", "cannot be asked for"),
    ],
)
def test_a_redirection_to_elsewhere_is_not_followed(
    server: Server, manifest: Path, tmp_path: Path, target: str, said: str
) -> None:
    server.answers[MINE] = [Answer(302, headers=(("Location", target),))]
    assert said in errors(fetched(manifest, tmp_path / "out"))["矿山.md"]


def test_nothing_in_the_network_redirects_to_this_machine() -> None:
    with pytest.raises(AccessError, match="which is this machine; it is not followed"):
        _followed("https://example.org/a.md", "https://example.org/a.md", "http://127.0.0.1:8080/admin")


def test_a_redirection_that_may_be_followed_is_and_one_in_a_circle_ends(
    server: Server, manifest: Path, tmp_path: Path
) -> None:
    server.files["/moved.md"] = TALK.encode()
    server.answers[MINE] = [Answer(301, headers=(("Location", "/moved.md"),))]
    server.answers[SHEET] = [Answer(302, headers=(("Location", SHEET.encode().decode("latin-1")),))] * 99
    said = errors(fetched(manifest, tmp_path / "out"))
    assert list(said) == ["school.txt"]
    assert "is redirected more than 5 times" in said["school.txt"]


def test_a_file_without_end_is_given_up(server: Server, manifest: Path, tmp_path: Path) -> None:
    server.answers[MINE] = [Answer(200, b"x" * 100_000)]
    said = errors(fetched(manifest, tmp_path / "out", manners=replace(QUICK, bytes=50_000)))
    assert "has more than 50,000 bytes" in said["矿山.md"]


def test_a_server_that_falls_silent_is_given_up(server: Server, manifest: Path, tmp_path: Path) -> None:
    wait = threading.Event()
    server.answers[MINE] = [Answer(200, TALK.encode(), until=wait)] * 2
    said = errors(fetched(manifest, tmp_path / "out", manners=replace(QUICK, silence=0.2, tries=2)))
    wait.set()
    assert "timed out" in said["矿山.md"]


def test_a_server_whose_headers_never_end_holds_up_nobody(server: Server, manifest: Path, tmp_path: Path) -> None:
    """Every byte is in time, and there is always another one."""
    hour = tuple((f"X-{number}", "x") for number in range(60))
    server.answers[REPORTS] = [Answer(200, headers=hour, between_headers=0.1)]
    hurried = replace(QUICK, connections=1, silence=0.3, seconds=0.5)
    begun = time.monotonic()
    said = errors(fetched(manifest, tmp_path / "out", manners=hurried))
    assert time.monotonic() - begun < 3
    assert sorted(said) == ["flood.txt", "harvest.txt"]
    assert said["flood.txt"].endswith("is not there after 0.5 seconds")


def test_a_host_that_cannot_be_reached_is_told_once_and_not_waited_for_by_each_text(
    server: Server, manifest: Path, tmp_path: Path
) -> None:
    server.close()
    said = errors(fetched(manifest, tmp_path / "out", manners=replace(QUICK, connections=1)))
    assert set(said) == set(TEXTS)
    assert len(set(said.values())) == 1
    assert re.match(r"127\.0\.0\.1:\d+: cannot be reached \(.+\); check the network", said["矿山.md"])


def test_no_password_of_the_users_goes_to_an_address_of_a_strangers(
    server: Server, manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login wang password secret\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert errors(fetched(manifest, tmp_path / "out")) == {}
    assert len(server.headers) == 3
    assert [headers for headers in server.headers if "Authorization" in headers] == []


def test_a_copy_of_the_finished_texts_is_as_good(manifest: Path, tmp_path: Path, server: Server) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for name, text in TEXTS.items():
        (copy / name).write_bytes(text.encode())
    assert errors(fetched(manifest, tmp_path / "out", copy)) == {}
    assert contents(tmp_path / "out") == TEXTS
    assert not server.asked


def test_clones_of_the_repositories_are_as_good(manifest: Path, tmp_path: Path, clones: Path, server: Server) -> None:
    assert errors(fetched(manifest, tmp_path / "out", clones)) == {}
    assert contents(tmp_path / "out") == TEXTS
    assert not server.asked


def test_what_a_copy_lacks_is_named_and_the_others_come(manifest: Path, tmp_path: Path, clones: Path) -> None:
    (clones / "wang/reports/reports.jsonl").unlink()
    (clones / "li/talks/表/all.csv").write_text("Date,Text\n", encoding="utf-8")
    (clones / "school.txt").write_text("不是那一篇", encoding="utf-8")
    said = errors(fetched(manifest, tmp_path / "out", clones))
    assert sorted(said) == ["flood.txt", "harvest.txt", "school.txt"]
    inside = Path("wang/reports/reports.jsonl")
    assert said["flood.txt"] == f"{clones}: holds neither the text (these bytes under its name) nor {inside}"
    assert said["school.txt"].startswith(f"{clones / 'li/talks/表/all.csv'}: has changed: it has no row 1")
    assert list(contents(tmp_path / "out")) == ["矿山.md"]


def test_a_copy_that_is_not_there_is_told(manifest: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="nowhere: no such folder; expected a copy of the texts, or clones"):
        fetched(manifest, tmp_path / "out", tmp_path / "nowhere")


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_no_link_in_a_copy_leads_out_of_it(manifest: Path, tmp_path: Path, clones: Path) -> None:
    (clones / "li").rename(tmp_path / "elsewhere")
    (clones / "li").symlink_to(tmp_path / "elsewhere")
    assert sorted(errors(fetched(manifest, tmp_path / "out", clones))) == ["school.txt", "矿山.md"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_a_pipe_where_a_text_should_be_does_not_block(manifest: Path, tmp_path: Path, clones: Path) -> None:
    os.mkfifo(clones / "flood.txt")
    (tmp_path / "out").mkdir()
    os.mkfifo(tmp_path / "out/school.txt")
    assert errors(fetched(manifest, tmp_path / "out", clones)) == {}
    assert contents(tmp_path / "out") == TEXTS


def test_a_folder_that_cannot_be_written_is_the_users_to_mend(manifest: Path, tmp_path: Path, clones: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(AccessError, match="Not a directory; check the path"):
        fetched(manifest, tmp_path / "out", clones)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_leaves_whole_files_only_and_the_same_command_goes_on(
    server: Server, manifest: Path, tmp_path: Path
) -> None:
    wait = threading.Event()
    server.answers[MINE] = [Answer(200, TALK.encode(), until=wait)]
    out = tmp_path / "out"
    line = [sys.executable, "-m", "jianghua", "corpus", "fetch", "--manifest", str(manifest), "-o", str(out)]
    with subprocess.Popen(line, stderr=subprocess.PIPE, text=True) as process:
        wait_for(lambda: len(list(out.glob("[!.]*"))) == 3 or process.poll() is not None, 20)
        time.sleep(0.3)  # it counts a text after it has written it
        process.send_signal(signal.SIGINT)
        begun = time.monotonic()
        said = process.communicate(timeout=20)[1]
    took = time.monotonic() - begun
    wait.set()
    assert (process.returncode, said) == (
        130,
        "stopped: 3 of 4 texts are there; the same command goes on from there\n",
    )
    assert took < 5, "it waited for a server that says nothing"
    assert contents(out) == {name: text for name, text in TEXTS.items() if name != "矿山.md"}
    again = subprocess.run(line, capture_output=True, text=True, timeout=60, check=True)
    assert again.stderr == f"4 texts → {out} (3 were there already)\n"
    assert contents(out) == TEXTS


@pytest.mark.slow
def test_a_copy_of_the_reference_brings_all_96_texts(root: Path, reference: Path, tmp_path: Path) -> None:
    """And so do clones, whose files are made here from the finished texts, the way back."""
    copied = fetched(root / "data/public.csv", tmp_path / "out", reference / "raw")
    assert errors(copied) == {}
    assert len(contents(tmp_path / "out")) == 96
    write_clones(read_manifest(root / "data/public.csv"), reference / "raw", tmp_path / "clones")
    cut = fetched(root / "data/public.csv", tmp_path / "cut", tmp_path / "clones")
    assert errors(cut) == {}
    assert contents(tmp_path / "cut") == contents(tmp_path / "out")


def write_clones(texts: list[PublicText], finished: Path, clones: Path) -> None:
    files: dict[Path, list[PublicText]] = defaultdict(list)
    for text in texts:
        files[clones / (text.in_clone or "")].append(text)
    for path, of_file in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        bodies = [(text, (finished / text.name).read_bytes().decode()) for text in of_file]
        kind = of_file[0].format
        if kind == "text":
            path.write_bytes(bodies[0][1].encode())
        elif kind == "jsonl":
            records = [{**dict([text.record.split("=")]), text.field: body} for text, body in bodies]
            path.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
        else:
            cells = {int(text.record): uncut(body, text.breaks) for text, body in bodies}
            table = [["Date", of_file[0].field], *(["", cells.get(row, "")] for row in range(max(cells) + 1))]
            with path.open("w", encoding="utf-8", newline="") as stream:
                csv.writer(stream).writerows(table)


def uncut(text: str, breaks: str) -> str:
    return {"lf": text.replace("\n", "\r\n"), "indents": text.replace("\n　　", "　　")}.get(breaks, text)
