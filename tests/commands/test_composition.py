"""A stranger's configuration: what Hydra would build of it by itself is refused, what experiments need is not."""

import shutil
import subprocess
import sys
from pathlib import Path

import hydra._internal.hydra as hydra_internals
import pytest
from hydra import compose, initialize_config_dir
from hydra.errors import ConfigCompositionException
from omegaconf import DictConfig

from jianghua.cli import main
from jianghua.commands.composition import CheckedLoader
from jianghua.resources import configuration_folder


@pytest.fixture
def theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of configuration that is not ours, with an experiment to be filled."""
    monkeypatch.setattr(hydra_internals, "ConfigLoaderImpl", CheckedLoader)
    (tmp_path / "experiment").mkdir()
    (tmp_path / "logging").mkdir()
    (tmp_path / "logging/call.yaml").write_text('handlers: {x: {"()": os.system, command: id}}\n')
    return tmp_path


def composed(theirs: Path, text: str, *overrides: str) -> DictConfig:
    (theirs / "experiment" / "theirs.yaml").write_text(f"# @package _global_\n{text}\n", encoding="utf-8")
    with initialize_config_dir(str(configuration_folder()), version_base="1.3"):
        given = [f"hydra.searchpath=[file://{theirs}]", "experiment=theirs", *overrides]
        return compose("train", given, return_hydra_config=True)


@pytest.mark.parametrize(
    "text",
    [
        "hydra: {callbacks: {x: {_target_: os.system, command: id}}}",
        "hydra: {callbacks: {tracking: {_target_: jianghua.commands.sweeps.SweepCallback, x: {_target_: os.system}}}}",
        'hydra: {job_logging: {handlers: {x: {"()": os.system, command: id}}}}',
        "hydra: {hydra_logging: {handlers: {file: {class: logging.handlers.SMTPHandler}}}}",
        "hydra: {job_logging: {handlers: {file: {filename: /tmp/of-the-user, mode: w}}}}",
        "hydra: {launcher: {_target_: joblib.load, filename: x}}",
        "hydra: {launcher: {x: {_target_: os.system, command: id}}}",
        "hydra: {callbacks: '${evil}'}\nevil: {x: {_target_: os.system}}",
        "hydra: {job: {env_set: {PYTHONPATH: /tmp}}}",
        "hydra: {run: {dir: ../of-the-user}}",
        "hydra: {sweeper: {params: {+hydra.job.env_set.PYTHONPATH: /tmp}}}",
        "defaults: [/logging@hydra.job_logging: call]",
        "defaults: [override /hydra/job_logging: theirs]",
    ],
)
def test_what_hydra_would_build_of_a_strangers_file_is_refused(theirs: Path, text: str) -> None:
    (theirs / "hydra/job_logging").mkdir(parents=True)
    (theirs / "hydra/job_logging/theirs.yaml").write_text("version: 1\nroot: {level: ERROR}\n")
    with pytest.raises(ConfigCompositionException, match="which is not taken; (allowed|a file of yours may set)"):
        composed(theirs, text)


@pytest.mark.parametrize(
    "text",
    [
        "seed: 3",
        "hydra: {mode: MULTIRUN, sweeper: {params: {model.C: '1,2'}}}",
        "defaults: [override /hydra/launcher: joblib, override /hydra/job_logging: stdout]\nseed: 3",
    ],
)
def test_what_experiments_need_is_taken(theirs: Path, text: str) -> None:
    assert composed(theirs, text).name == "jianghua"


def test_a_copy_of_the_configuration_may_say_what_ours_says_and_no_more(theirs: Path) -> None:
    copy = theirs / "copy"
    shutil.copytree(configuration_folder(), copy)
    with initialize_config_dir(str(copy), version_base="1.3"):
        assert compose("train").name == "jianghua"
        text = (copy / "train.yaml").read_text(encoding="utf-8")
        (copy / "train.yaml").write_text(text.replace("experiments/runs/", "/home/li/"), encoding="utf-8")
        with pytest.raises(ConfigCompositionException, match=r"copy/train.yaml: hydra.run.dir is '/home/li/"):
            compose("train")


@pytest.mark.parametrize(
    ("override", "good"),
    [
        ("hydra.launcher.n_jobs=2", True),
        ("hydra.run.dir=here", True),
        ("+hydra.job.env_set.A=b", True),
        ("hydra/job_logging=disabled", True),
        ("+hydra.callbacks.log={_target_: hydra.experimental.callbacks.LogJobReturnCallback}", True),
        ("+hydra.callbacks.log={_target_: hydra.experimental.callbacks.PickleJobInfoCallback}", False),
        ("hydra.launcher._target_=subprocess.Popen", False),
        ("+hydra.launcher.x={_target_: subprocess.Popen}", False),
        ("hydra.job_logging.handlers.console.stream=ext://os.system", False),
    ],
)
def test_the_command_line_may_set_what_hydra_has_and_name_no_other_code(
    theirs: Path, override: str, good: bool
) -> None:
    if good:
        composed(theirs, "seed: 3", "hydra/launcher=joblib", override)
        return
    with pytest.raises(ConfigCompositionException, match="which is not taken; allowed: "):
        composed(theirs, "seed: 3", "hydra/launcher=joblib", override)


@pytest.mark.parametrize(
    "flags",
    [["experiment=theirs"], pytest.param(["--multirun", "experiment=theirs,best"], marks=pytest.mark.slow)],
)
def test_a_strangers_experiment_runs_no_code_of_theirs(theirs: Path, tmp_path: Path, flags: list[str]) -> None:
    ran = tmp_path / "ran"
    callback = f"{{_target_: pathlib.Path.touch, self: {{_target_: pathlib.Path, _args_: [{ran}]}}}}"
    text = f"# @package _global_\nhydra: {{callbacks: {{x: {callback}}}, job_logging: {{handlers: {{x: {{'()': os.abort}}}}}}}}"
    (theirs / "experiment/theirs.yaml").write_text(text)
    command = [sys.executable, "-m", "jianghua", "train", "--config-dir", str(theirs), *flags]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert "theirs.yaml: hydra.callbacks.x._target_ is 'pathlib.Path.touch', which is not taken" in done.stderr
    assert "Traceback" not in done.stderr
    assert not ran.exists()


@pytest.mark.parametrize("flag", ["--experimental-rerun=job.pickle", "--exp"])
def test_a_pickle_of_a_job_is_not_run(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", flag, "job.pickle"]) == 2
    assert "reads a pickle" in capsys.readouterr().err
