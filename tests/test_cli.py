"""The Hydra verbs as people run them: in a process of their own."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from jianghua.labelling.gold import read_labels
from jianghua.model.store import load_model
from jianghua.tracking.pyfunc import predict_texts
from tests.speeches import COUNTY, COUNTY_LABELS, HOSPITAL, HOSPITAL_LABELS


def run(*arguments: str, cwd: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, "-m", "jianghua", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


def write_corpus(folder: Path) -> None:
    from jianghua.corpus import fingerprint, parse

    raw = folder / "raw"
    raw.mkdir(parents=True)
    rows = ["fingerprint,source,label,secondary,annotator,date,note"]
    for name, text, labels in (("county.txt", COUNTY, COUNTY_LABELS), ("hospital.txt", HOSPITAL, HOSPITAL_LABELS)):
        (raw / name).write_text(text, encoding="utf-8")
        marked = [p for p in parse(text, name) if p.kind == "paragraph"]
        rows += [
            f"{fingerprint(p.text)},{name},{label},,test,2026-01-01," for p, label in zip(marked, labels, strict=True)
        ]
    (folder / "gold.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


@pytest.fixture
def work(tmp_path: Path) -> Path:
    write_corpus(tmp_path / "data")
    return tmp_path


CORPUS = ("corpus.raw=data/raw", "corpus.gold=data/gold.csv", "corpus.corrections=null")
SMALL = (*CORPUS, "features.bits=10", "features.high=2", "split.folds=2", "context=none")


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; from jianghua.cli import main; main(['--help']); "
        "print(sorted({'mlflow', 'sklearn', 'pandas', 'hydra', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "jianghua tag speeches/ -o tagged/" in done.stdout


def test_tagging_imports_neither_scikit_learn_nor_pandas_nor_mlflow(work: Path, model_folder: Path) -> None:
    code = (
        "import sys; from jianghua.cli import main; "
        f"main(['tag', 'data/raw', '-o', 'out', '--model', {str(model_folder)!r}, '--quiet']); "
        "print(sorted({'mlflow', 'sklearn', 'pandas', 'hydra'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=work)
    assert done.stdout.splitlines()[-1] == "[]"


def test_label_writes_the_table_and_prints_every_cue(work: Path) -> None:
    said = run("label", *CORPUS, cwd=work).stdout
    assert "cues cover 92.9% of the paragraphs; 14 have a hand label" in said
    assert "majority_vote: macro-F1" in said
    assert "dawid_skene: macro-F1" in said
    assert "near-duplicates: 0 clusters of speeches" in said
    assert "last_appeal" in said
    table = pd.read_parquet(work / "data/interim/paragraphs.parquet")
    rows = table[table.kind == "paragraph"]
    assert rows.gold_label.tolist() == [*COUNTY_LABELS, *HOSPITAL_LABELS]
    assert rows[rows.source == "county.txt"].weak_label.tolist() == list(COUNTY_LABELS)
    for votes, weak in zip(rows.votes, rows.weak_label, strict=True):
        assert (len(votes) > 0) == isinstance(weak, str)
        assert not isinstance(weak, str) or any(vote.endswith(":" + weak) for vote in votes), (
            "every weak label names its cues"
        )
    assert table[table.kind != "paragraph"].weak_label.isna().all()


def test_a_correction_wins_over_gold(work: Path) -> None:
    gold = read_labels(work / "data/gold.csv")[0]
    (work / "data/corrections.csv").write_text(
        "fingerprint,source,label,secondary,annotator,date,note\n"
        f"{gold.fingerprint},county.txt,requirements,,someone,2026-02-02,\n"
        "0123456789ab,county.txt,closing,,someone,2026-02-02,\n",
        encoding="utf-8",
    )
    done = run("label", *CORPUS[:2], "corpus.corrections=data/corrections.csv", cwd=work)
    assert pd.read_parquet(work / "data/interim/paragraphs.parquet").gold_label.dropna().tolist()[0] == "requirements"
    assert "corrections.csv line 3 (county.txt, 0123456789ab, closing)" in done.stderr


def test_train_tracks_a_run_and_the_model_works_everywhere(work: Path) -> None:
    said = run("train", *SMALL, "tracking.register=speeches", cwd=work).stdout
    assert "this model, without headings" in said
    assert "majority class" in said
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{work / 'experiments/mlflow.db'}")
    mlflow.set_registry_uri(f"sqlite:///{work / 'experiments/mlflow.db'}")
    experiment = mlflow.get_experiment_by_name("training")
    (found,) = mlflow.search_runs([experiment.experiment_id], output_format="list")
    assert found.info.status == "FINISHED"
    assert found.data.params["features.bits"] == "10"
    assert len(found.data.params["data_digest"]) == 64
    assert {"macro_f1", "no_headings/macro_f1", "vs_cues/macro_f1", "vs_majority/accuracy", "f1_closing"} <= set(
        found.data.metrics
    )
    client = mlflow.MlflowClient()
    artifacts = {item.path for item in client.list_artifacts(found.info.run_id)}
    assert {
        "config.yaml",
        "errors.json",
        "predictions.csv",
        "confusion_model.png",
        "confusion_model_without_headings.png",
        "coverage.png",
        "cues.png",
        "positions.png",
        "precision_recall.png",
        "reliability.png",
    } <= artifacts
    png = Path(client.download_artifacts(found.info.run_id, "confusion_model.png")).read_bytes()
    assert png.startswith(b"\x89PNG")
    assert found.inputs.dataset_inputs[0].dataset.name == "paragraphs"

    saved = load_model(work / "models/latest")
    assert sorted(saved.trained_on.values()) == ["county.txt#0", "hospital.txt#0"]
    pyfunc = mlflow.pyfunc.load_model("models:/speeches/1")
    assert pyfunc.metadata.signature.inputs.input_names() == ["text"]
    texts = ["谢谢大家！", "要落实包村责任，加大督促力度。", "半年来，门诊量增长了一成。"]
    answer = pyfunc.predict(pd.DataFrame({"text": texts}))
    assert answer.equals(predict_texts(work / "models/latest", texts)), "three rows in, three rows out"
    assert answer.label.tolist()[::2] == ["closing", "achievements"]
    stored = {path.suffix for path in (work / "experiments/artifacts").rglob("*") if path.is_file()}
    assert not stored & {".pkl", ".pickle", ".joblib", ".skops"}

    run("tag", "data/raw", "-o", "out", "--model", "models:/speeches/1", cwd=work)
    rows = [json.loads(line) for line in (work / "out/county.txt.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["label"] for row in rows if row["label"]] == list(COUNTY_LABELS)

    # every labelled speech was in training: nothing to score, and it says which
    done = run("evaluate", *CORPUS, cwd=work, code=1)
    assert "all 2 labelled speeches were in the training data of jianghua" in done.stderr
    assert "county.txt#0" in done.stderr


def test_evaluate_leaves_out_what_training_saw(work: Path, model_folder: Path) -> None:
    run("train", *SMALL, "corpus.raw=data/raw", "weak_weight=0", cwd=work)
    write_corpus(work / "other")
    (work / "other/raw/hospital.txt").write_text(HOSPITAL.replace("门诊量", "住院量"), encoding="utf-8")
    said = run(
        "evaluate", "corpus.raw=other/raw", "corpus.gold=other/gold.csv", "corpus.corrections=null", cwd=work
    ).stdout
    assert "1 labelled speeches were in the training data of this model and are not scored:\n  county.txt#0" in said
    assert "on 5 hand-labelled paragraphs of 1 unseen speeches" in said


def test_no_cell_of_the_predictions_runs_as_a_formula(work: Path, model_folder: Path) -> None:
    (work / "data/raw/county.txt").rename(work / "data/raw/=cmd|x!A0.txt")
    gold = (work / "data/gold.csv").read_text(encoding="utf-8").replace("county.txt", "'=cmd|x!A0.txt")
    (work / "data/gold.csv").write_text(gold, encoding="utf-8")
    run("evaluate", *CORPUS, f"model_path={model_folder}", "out=p.csv", cwd=work)
    with (work / "p.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len(COUNTY_LABELS) + len(HOSPITAL_LABELS)
    assert {row["source"] for row in rows} == {"'=cmd|x!A0.txt", "hospital.txt"}


def test_the_same_configuration_gives_the_same_model_bytes(work: Path) -> None:
    for name in ("a", "b"):
        run("train", *SMALL, f"save=models/{name}", "tracking.experiment=twice", cwd=work)
    files = ["manifest.json", "weights.safetensors", "training.json"]
    assert [(work / "models/a" / file).read_bytes() for file in files] == [
        (work / "models/b" / file).read_bytes() for file in files
    ]


@pytest.mark.slow
def test_a_sweep_is_a_parent_with_children_and_a_failed_job_leaves_its_traceback(work: Path) -> None:
    run(
        "train", "--multirun", "hydra/launcher=joblib", "hydra.launcher.n_jobs=2", *SMALL, "save=null",
        "model=logistic,naive_bayes", "unit=sentence,paragraph,page", cwd=work, code=1,
    )  # fmt: skip
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{work / 'experiments/mlflow.db'}")
    mlflow.set_registry_uri(f"sqlite:///{work / 'experiments/mlflow.db'}")
    found = mlflow.search_runs([mlflow.get_experiment_by_name("training").experiment_id], output_format="list")
    (parent,) = [item for item in found if item.data.tags.get("kind") == "sweep"]
    children = [item for item in found if item.data.tags.get("mlflow.parentRunId") == parent.info.run_id]
    assert len(children) == 6
    assert sorted(item.info.status for item in children) == ["FAILED"] * 2 + ["FINISHED"] * 4
    assert parent.info.status == "FAILED"
    failed = next(item for item in children if item.info.status == "FAILED")
    trace = Path(mlflow.MlflowClient().download_artifacts(failed.info.run_id, "traceback.txt")).read_text()
    assert "unit 'page' is not known; use one of sentence, paragraph" in trace
    logs = [path.read_text() for path in sorted((work / "experiments/sweeps").rglob("*.log"))]
    assert len(logs) == 6
    assert sum("Traceback" in log and "unit 'page' is not known" in log for log in logs) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("train", "colour=blue"), "Key 'colour' is not in struct"),
        (("train", "features=emoji"), "Could not find 'features/emoji'"),
        (
            ("train", "model.kind=joblib.load"),
            "model.kind 'joblib.load' is not known; use one of logistic, naive_bayes",
        ),
        (
            ("train", "split.folds=2", "context=none", "model.C=much"),
            "The 'C' parameter of LogisticRegression must be a float",
        ),
        (("label", "corpus.raw=nowhere"), "nowhere: no such folder; expected a folder with speeches (.txt"),
        (("label", "corpus.gold=none.csv"), "none.csv: no such file; expected a CSV of hand labels"),
        (("evaluate", "model_path=nowhere"), "nowhere: no such model folder; expected a folder with manifest.json"),
        (("evaluate", "model_path=models:/x@champion"), "models:/x@champion: there is no registry in experiments"),
    ],
)
def test_bad_input_says_what_was_given_and_what_is_expected(
    work: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = run(arguments[0], *CORPUS[:2], *arguments[1:], cwd=work, code=1)
    assert message in done.stderr + done.stdout


def test_an_unreadable_file_is_left_out_and_the_others_are_labelled(work: Path) -> None:
    (work / "data/raw/broken.txt").write_bytes(b"\xff" * 41 + b"\x80\xff" * 21)
    done = run("label", *CORPUS, cwd=work)
    assert "left out: broken.txt: not a text file in a known encoding (byte 0xff at 0 is not UTF-8)" in done.stderr
    assert len(pd.read_parquet(work / "data/interim/paragraphs.parquet").source.unique()) == 2


@pytest.mark.parametrize("verb", ["label", "train", "evaluate"])
def test_hydra_flags_work_as_hydra_users_expect(verb: str, tmp_path: Path) -> None:
    assert "corpus:" in run(verb, "--cfg", "job", cwd=tmp_path).stdout
    assert "Powered by Hydra" in run(verb, "--help", cwd=tmp_path).stdout


@pytest.mark.slow
def test_suspects_lists_a_label_that_is_plainly_wrong(root: Path, tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    names = sorted(path.name for path in (root / "data/raw").glob("201*.txt"))[:40]
    for name in names:
        (tmp_path / "raw" / name).write_bytes((root / "data/raw" / name).read_bytes())
    header, *rows = (root / "data/labels/gold.csv").read_text(encoding="utf-8").splitlines()
    chosen = [row for row in rows if row.split(",")[1] in names]
    wrong = next(number for number, row in enumerate(chosen) if ",closing,,,3," in row)
    chosen[wrong] = chosen[wrong].replace(",closing,", ",shortcomings,")
    (tmp_path / "gold.csv").write_text("\n".join([header, *chosen]) + "\n", encoding="utf-8")
    corpus = ("corpus.raw=raw", "corpus.gold=gold.csv", "corpus.corrections=null")
    said = run(
        "review", "suspects", *corpus, "split.folds=3", "features.bits=14", "context.iterations=40", cwd=tmp_path
    ).stdout
    assert f"of {len(chosen)} hand labels look implausible" in said
    table = pd.read_csv(tmp_path / "data/interim/suspects.csv")
    assert len(table) < len(chosen) / 4
    row = table[table.fingerprint == chosen[wrong].split(",")[0]].iloc[0]
    assert (row["label"], row["suggested"]) == ("shortcomings", "closing")


def test_agreement_of_two_readings_is_reported(work: Path) -> None:
    second = (
        (work / "data/gold.csv").read_text(encoding="utf-8").replace("county.txt,shortcomings", "county.txt,context")
    )
    (work / "data/second.csv").write_text(second, encoding="utf-8")
    said = run("review", "agreement", "data/gold.csv", "data/second.csv", cwd=work).stdout
    assert "92.9" in said or "0.929" in said
    assert "shortcomings" in said
