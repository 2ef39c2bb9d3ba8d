"""Full disks, closed folders, files that vanish: named for that file, the others complete."""

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from jianghua.cli import main
from jianghua.corpus import extract
from jianghua.corpus.formats.limits import Limits
from jianghua.tagging.batch import Options
from jianghua.tagging.jobs import find_jobs
from jianghua.tagging.run import Workers, tag_batch
from tests.speeches import COUNTY
from tests.tagging.runs import command, contents, errors, start


def limit_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))


def test_a_file_whose_output_does_not_fit_is_named_and_the_others_come_out(
    speeches: Path, tmp_path: Path, model_folder: Path
) -> None:
    (speeches / "long.txt").write_text(COUNTY * 40, encoding="utf-8")
    out, fresh = tmp_path / "out", tmp_path / "fresh"
    arguments = command(speeches, out, model_folder, "--quiet")
    limited = start(arguments, preexec_fn=limit_files)
    said = limited.communicate(timeout=60)[1].decode()
    assert limited.returncode == 1
    assert errors(out)["long.txt"].endswith("long.txt: File too large; check the path and its permissions"), said
    assert (out / "sub/hospital.txt.jsonl").is_file()
    assert not [name for name in contents(out) if "long" in name]
    assert main(arguments) == 0, "with room it goes on"
    assert main(command(speeches, fresh, model_folder, "--quiet")) == 0
    assert contents(out) == contents(fresh)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    done = mount and subprocess.run([mount, "-t", "tmpfs", "-o", "size=400k", "tmpfs", folder], capture_output=True)
    if not done or done.returncode:
        pytest.skip("may not mount a small file system")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_full_disk_is_said_and_with_room_the_run_goes_on(
    speeches: Path, tmp_path: Path, small_disk: Path, model_folder: Path, jobs: str
) -> None:
    for number in range(30):
        (speeches / f"{number}.txt").write_text(COUNTY, encoding="utf-8")
    (small_disk / "ballast").write_bytes(bytes(200_000))
    arguments = command(speeches, small_disk / "out", model_folder, "--quiet", "--jobs", jobs)
    full = start(arguments)
    said = full.communicate(timeout=60)[1].decode()
    assert full.returncode == 1
    assert "No space left on device" in said
    assert "Traceback" not in said
    assert not [name for name in contents(small_disk) if name.endswith(".part")]
    (small_disk / "ballast").unlink()
    subprocess.run(["mount", "-o", "remount,size=4m", small_disk], check=True)
    assert main(arguments) == 0
    assert main(command(speeches, tmp_path / "fresh", model_folder, "--quiet")) == 0
    assert contents(small_disk / "out") == contents(tmp_path / "fresh")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(
    speeches: Path, tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir(mode=0o500)
    assert main(command(speeches, out, model_folder, "--quiet")) == 1
    assert f"cannot write below {out}: Permission denied" in capsys.readouterr().err


def test_a_file_where_a_folder_must_be_is_named_and_the_others_come_out(
    speeches: Path, tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "sub").write_bytes(b"")
    assert main(command(speeches, out, model_folder, "--quiet")) == 1
    assert "hospital.txt: " in errors(out)["hospital.txt"]
    assert (out / "county.txt.jsonl").is_file()
    assert main(command(speeches, out / "sub", model_folder, "--quiet")) == 1
    assert f"cannot write below {out / 'sub'}: " in capsys.readouterr().err


def test_a_file_that_vanishes_is_named_and_the_others_come_out(
    speeches: Path, tmp_path: Path, model_folder: Path
) -> None:
    jobs = list(find_jobs([str(speeches)]))
    (speeches / "county.txt").unlink()
    for workers in (Workers(), Workers(2)):
        outcomes = tag_batch(jobs, model_folder, tmp_path / "out", Options(), workers)
        assert [outcome.error is None for outcome in outcomes] == [False, True]
        assert "No such file or directory" in errors(tmp_path / "out")["county.txt"]


def test_a_file_that_changes_while_it_is_read_is_named(
    speeches: Path, tmp_path: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check_slowly(status: os.stat_result, name: str, limits: Limits) -> None:
        check(status, name, limits)
        if name.endswith("county.txt"):
            (speeches / "county.txt").write_text(COUNTY + "谢谢！\n", encoding="utf-8")

    check = extract._check_regular
    monkeypatch.setattr(extract, "_check_regular", check_slowly)
    assert main(command(speeches, tmp_path / "out", model_folder, "--quiet")) == 1
    assert errors(tmp_path / "out")["county.txt"].endswith("the file changed while it was read; try again")
    assert (tmp_path / "out/sub/hospital.txt.jsonl").is_file()
