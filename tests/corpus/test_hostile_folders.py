"""Links, names and kinds of file that would lead out of a folder, or never end: each comes out as text, or as an error that names its cause, in a bounded time."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from jianghua.corpus.extract import extract
from jianghua.corpus.folder import JOURNAL, find_files, search
from jianghua.errors import UnreadableError
from jianghua.tagging.batch import Options
from jianghua.tagging.jobs import Job, Outcome, find_jobs
from jianghua.tagging.run import tag_batch
from tests.speeches import COUNTY

pytestmark = pytest.mark.usefixtures("bounded")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A folder with one good speech, and a secret outside it."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.txt").write_text(COUNTY, encoding="utf-8")
    (tmp_path / "secret.txt").write_text("同志们：这是文件夹外的秘密。", encoding="utf-8")
    return folder


def link_out(folder: Path) -> None:
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")


def link_out_by_dots(folder: Path) -> None:
    (folder / "link.txt").symlink_to("../secret.txt")


def link_to_a_device(folder: Path) -> None:
    (folder / "link.txt").symlink_to("/dev/zero")


def link_to_a_folder_outside(folder: Path) -> None:
    (folder / "out").symlink_to(folder.parent, target_is_directory=True)


def link_to_itself(folder: Path) -> None:
    (folder / "link.txt").symlink_to("link.txt")


def link_to_nothing(folder: Path) -> None:
    (folder / "link.txt").symlink_to("none.txt")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")


def folder_named_like_a_file(folder: Path) -> None:
    (folder / "folder.txt").mkdir()


def empty(folder: Path) -> None:
    (folder / "empty.txt").touch()


def old_word_file(folder: Path) -> None:
    (folder / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))


def very_long_name(folder: Path) -> None:
    (folder / ("长" * 83 + ".txt")).write_text(COUNTY, encoding="utf-8")


def odd_names(folder: Path) -> None:
    for name in (
        "a\nb.txt",
        "-o.txt",
        "..txt",
        "...txt",
        "a\\..\\..\\b.txt",
        "=1+1.txt",
        "a\tb.txt",
        "a;b|c$(touch x).txt",
        "..x.txt",
    ):
        (folder / name).write_text(COUNTY, encoding="utf-8")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.txt")).write_text(COUNTY, encoding="utf-8")


FILES: dict[Callable[[Path], None], str] = {
    link_out: "leads out of the folder",
    link_out_by_dots: "leads out of the folder",
    link_to_a_device: "leads out of the folder",
    link_to_a_folder_outside: "leads out of the folder",
    link_to_itself: "it leads in a circle",
    link_to_nothing: "its target is missing",
    pipe: "a pipe, not a file",
    folder_named_like_a_file: "",
    empty: "the file is empty",
    old_word_file: "save it as .docx",
    very_long_name: "give the file a shorter name",
    odd_names: "",
}


def below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.mark.parametrize("make", FILES)
def test_nothing_is_read_outside_the_folder_or_written_outside_out(
    make: Callable[[Path], None], archive: Path, tmp_path: Path, model_folder: Path
) -> None:
    make(archive)
    before = below(tmp_path)
    out = tmp_path / "out"
    outcomes = tag_batch(list(find_jobs([str(archive)])), model_folder, out, Options(("jsonl", "csv")))
    errors = [outcome.error for outcome in outcomes if outcome.error is not None]
    assert [FILES[make] in error for error in errors] == ([True] if FILES[make] else []), errors
    assert {name for name in below(tmp_path) if not name.startswith("out")} == before - {"out"}
    written = b"".join(path.read_bytes() for path in out.rglob("*") if path.is_file())
    assert "秘密".encode() not in written
    assert (out / "good.txt.jsonl").is_file()
    assert not list(out.rglob("*.part"))


def test_nothing_is_written_or_removed_through_a_link_in_out(archive: Path, tmp_path: Path, model_folder: Path) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    (archive / "sub").mkdir()
    (archive / "sub" / "county.txt").write_text(COUNTY, encoding="utf-8")
    jobs = list(find_jobs([str(archive)]))
    tag_batch(jobs, model_folder, out, Options())
    (out / "sub").rename(elsewhere)
    (out / "sub").symlink_to(elsewhere)
    (tmp_path / "mine.jsonl").write_text("mine")
    (out / "good.txt.jsonl").unlink()
    (out / "good.txt.jsonl").symlink_to(tmp_path / "mine.jsonl")
    before = (elsewhere / "county.txt.jsonl").read_bytes()
    for text in (COUNTY + "谢谢！\n", "\0\1\2\3" * 500):
        (archive / "sub" / "county.txt").write_text(text, encoding="utf-8")
        errors = [outcome.error for outcome in tag_batch(jobs, model_folder, out, Options()) if outcome.error]
        assert len(errors) == 1
        assert "its outputs would be written through the symbolic link" in errors[0]
        assert [path.name for path in elsewhere.iterdir()] == ["county.txt.jsonl"]
        assert (elsewhere / "county.txt.jsonl").read_bytes() == before
    assert (tmp_path / "mine.jsonl").read_text() == "mine"
    assert not (out / "good.txt.jsonl").is_symlink()


@pytest.mark.parametrize("name", [JOURNAL, ".jianghua-lock", "_summary.csv"])
def test_what_stands_where_our_own_files_are_kept_neither_blocks_nor_is_written(
    archive: Path, tmp_path: Path, model_folder: Path, name: str
) -> None:
    mine = tmp_path / "mine"
    mine.write_text("mine")
    jobs = list(find_jobs([str(archive)]))
    for make in (os.mkfifo, lambda path: path.symlink_to(mine), lambda path: path.hardlink_to(mine)):
        out = tmp_path / f"out{len(list(tmp_path.iterdir()))}"
        out.mkdir()
        make(out / name)
        assert [outcome.error for outcome in tag_batch(jobs, model_folder, out, Options())] == [None]
        assert (out / name).is_file()
        assert not (out / name).is_symlink()
        assert mine.read_text() == "mine"
    out = tmp_path / "folder"
    (out / name).mkdir(parents=True)
    with pytest.raises(OSError, match="a folder, where a file is kept|Is a directory"):
        tag_batch(jobs, model_folder, out, Options())


@pytest.mark.parametrize(
    ("path", "message"),
    [("/dev/zero", "a device, not a file"), ("/", "a folder, not a file"), ("a\0b.txt", "not the name of a file")],
)
def test_a_path_that_is_no_file_is_refused_before_it_is_read(path: str, message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        extract(Path(path))


def test_a_file_on_the_command_line_that_is_no_file_is_an_outcome(
    archive: Path, tmp_path: Path, model_folder: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    jobs = list(find_jobs([str(tmp_path / "pipe"), "/dev/zero", str(archive / "good.txt")]))
    outcomes = tag_batch(jobs, model_folder, tmp_path / "out", Options())
    assert [bool(outcome.error) for outcome in outcomes] == [True, True, False]


def test_links_inside_the_folder_are_followed_to_files_only(archive: Path) -> None:
    (archive / "sub").mkdir()
    (archive / "sub" / "real.txt").write_text(COUNTY, encoding="utf-8")
    (archive / "again").symlink_to("sub")
    (archive / "sub" / "circle").symlink_to("..")
    (archive / "copy.txt").symlink_to("sub/real.txt")
    assert [found[1:] for found in search(archive)] == [("copy.txt", None), ("good.txt", None), ("sub/real.txt", None)]


def test_hidden_files_and_lock_files_are_passed_over(archive: Path) -> None:
    for name in ("~$good.docx", ".good.txt", ".~lock.good.docx#"):
        (archive / name).write_bytes(b"x")
    (archive / ".git").mkdir()
    (archive / ".git" / "x.txt").write_text("x")
    assert [path.name for path in find_files(archive)] == ["good.txt"]


def test_a_job_that_leaves_out_is_not_found(archive: Path) -> None:
    jobs = list(find_jobs([str(archive / ".." / "in" / "good.txt"), str(archive)]))
    assert all(
        isinstance(job, Outcome) or (isinstance(job, Job) and ".." not in Path(job.relative).parts) for job in jobs
    )
