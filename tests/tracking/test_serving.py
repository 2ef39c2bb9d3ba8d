"""The registered model behind `mlflow models serve`: asked over HTTP, as programs ask it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
import pytest

from jianghua.cli import main
from jianghua.errors import ModelError
from jianghua.labels import FUNCTIONS
from jianghua.model.store import WEIGHTS, load_model
from jianghua.tracking.pyfunc import OUTPUT, SPEECH_OUTPUT, UNITS, PyfuncTagger, predict_speeches, predict_texts
from jianghua.tracking.registry import log_model
from jianghua.tracking.runs import Tracking
from tests.speeches import COUNTY, HOSPITAL

TEXTS = ["谢谢大家！", "要落实包村责任，加大督促力度。", "半年来，门诊量增长了一成。"]


def register(model_folder: Path, folder: Path) -> str:
    """Log and register a model as training does, with the alias champion; returns the tracking URI."""
    tracking = Tracking(folder, "training")
    with mlflow.start_run(experiment_id=tracking.prepare()):
        version = log_model(model_folder, TEXTS, predict_texts(model_folder, TEXTS), "speeches")
    mlflow.MlflowClient().set_registered_model_alias("speeches", "champion", version)
    return tracking.uri


@pytest.fixture(scope="module")
def registry(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    before = mlflow.get_tracking_uri()
    yield register(model_folder, tmp_path_factory.mktemp("registry"))
    mlflow.set_tracking_uri(before)


def start_server(registry: str, folder: Path) -> tuple[subprocess.Popen[bytes], str, Path]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    programs = Path(sys.executable).parent  # MLflow calls uvicorn by name
    environment = {
        **os.environ,
        "MLFLOW_TRACKING_URI": registry,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "NO_PROXY": "*",
    }
    line = [sys.executable, "-m", "mlflow", "models", "serve", "-m", "models:/speeches@champion"]
    line += ["--env-manager", "local", "-h", "127.0.0.1", "-p", str(port)]
    log = folder / "server.log"
    with log.open("wb") as stream:
        server = subprocess.Popen(
            line, stdout=stream, stderr=stream, cwd=folder, env=environment, start_new_session=True
        )
    return server, f"http://127.0.0.1:{port}", log


def is_up(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/ping", timeout=5):
            return True
    except OSError:
        return False


@pytest.fixture(scope="module")
def server(registry: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    process, address, log = start_server(registry, tmp_path_factory.mktemp("server"))
    try:
        end = time.monotonic() + 120
        while not is_up(address):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.2)
        yield address
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def post(address: str, body: bytes | dict[str, Any]) -> tuple[int, Any]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(f"{address}/invocations", data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read(), parse_constant=pytest.fail)  # NaN is no JSON
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def texts(*rows: object, **params: object) -> dict[str, Any]:
    return {"dataframe_split": {"columns": ["text"], "data": [[row] for row in rows]}, "params": params}


@pytest.mark.slow
def test_a_whole_speech_comes_back_as_tag_would_write_it(server: str, model_folder: Path, tmp_path: Path) -> None:
    status, answer = post(server, texts(COUNTY, HOSPITAL, unit="speech"))
    assert status == 200
    rows = answer["predictions"]
    for number, text in enumerate((COUNTY, HOSPITAL)):
        (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8")
        assert (
            main(["tag", str(tmp_path / f"{number}.txt"), "-o", str(tmp_path), "--model", str(model_folder), "--quiet"])
            == 0
        )
        lines = (tmp_path / f"{number}.txt.jsonl").read_text(encoding="utf-8").splitlines()
        expected = []
        for line in lines:
            record = json.loads(line)
            scores = record["scores"] or dict.fromkeys(FUNCTIONS)
            expected.append({name: record[name] if name in record else scores[name] for name in SPEECH_OUTPUT[1:]})
        found = [{name: row[name] for name in SPEECH_OUTPUT[1:]} for row in rows if row["row"] == number]
        for row in found:
            row["outline"] = json.loads(row["outline"])
            row["segments"] = json.loads(row["segments"]) if row["segments"] is not None else None
        assert found == expected
    assert {tuple(row) for row in rows} == {SPEECH_OUTPUT}
    assert rows[0]["kind"] == "title"
    assert [rows[0][name] for name in ("level", "label", "secondary", "confidence", "closing", "segments")] == [
        None
    ] * 6


@pytest.mark.slow
def test_three_rows_get_three_answers(server: str, model_folder: Path) -> None:
    expected = predict_texts(model_folder, TEXTS).to_dict("records")
    split = {"dataframe_split": {"columns": ["text"], "data": [[text] for text in TEXTS]}}
    for body in (split, {"dataframe_records": [{"text": text} for text in TEXTS]}, {"inputs": {"text": TEXTS}}):
        assert post(server, body) == (200, {"predictions": expected})
    assert post(server, texts()) == (200, {"predictions": []})
    assert post(server, texts("  \n", unit="speech")) == (200, {"predictions": []})


@pytest.mark.slow
def test_a_null_has_no_label_and_does_not_shift_the_others(server: str) -> None:
    status, answer = post(server, texts(TEXTS[0], None, TEXTS[1]))
    assert status == 200
    assert [row["label"] for row in answer["predictions"]] == ["closing", "", "requirements"]
    assert answer["predictions"][1]["confidence"] is None
    status, answer = post(server, texts(None, TEXTS[0], unit="speech"))
    assert (status, [row["row"] for row in answer["predictions"]]) == (200, [1])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"nonsense", "valid JSON"),
        ({"text": "x"}, "exactly one of the input fields"),
        ({"dataframe_split": {"columns": ["words"], "data": [["x"]]}}, "Model is missing inputs ['text']"),
        (texts(3), "text of row 0 is of type int; expected a string or null"),
        (texts("x", ["y"]), "text of row 1 is of type list; expected a string or null"),
        (texts("\ud800"), "surrogates not allowed"),
        (texts("x", unit="page"), "unit is 'page'; expected one of paragraph, speech"),
        (texts("x", unit=3), "'unit': string (default: paragraph)"),
    ],
)
def test_wrong_input_is_answered_with_400_and_the_reason(server: str, body: Any, message: str) -> None:
    status, answer = post(server, body)
    assert status == 400
    assert message in answer["message"]
    assert post(server, texts(TEXTS[0]))[0] == 200, "the server goes on"


@pytest.fixture
def tampered(model_folder: Path, tmp_path: Path) -> Iterator[str]:
    before = mlflow.get_tracking_uri()
    uri = register(model_folder, tmp_path / "tampered")
    (weights,) = (tmp_path / "tampered").rglob(WEIGHTS)
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    yield uri
    mlflow.set_tracking_uri(before)


@pytest.mark.slow
def test_a_model_altered_in_the_artifact_store_is_not_served(tampered: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="altered or damaged: SHA-256 is"):
        mlflow.pyfunc.load_model("models:/speeches@champion")
    process, address, log = start_server(tampered, tmp_path)
    try:
        assert process.wait(120) != 0
        assert "altered or damaged: SHA-256 is" in log.read_text()
        assert not is_up(address)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_an_answer_has_the_index_of_its_question(model_folder: Path) -> None:
    tagger = PyfuncTagger(model_folder)
    texts = pd.Series([*TEXTS, None], index=["c", "a", "b", "none"])
    for question in (texts, texts.to_frame("text")):
        assert tagger.predict(question).index.tolist() == ["c", "a", "b", "none"]
    assert predict_texts(model_folder, texts)["label"].to_dict()["c"] == "closing"
    speeches = tagger.predict(pd.DataFrame({"text": [COUNTY, HOSPITAL]}, index=[7, 3]), {"unit": "speech"})
    assert speeches.index.tolist() == speeches["row"].map({0: 7, 1: 3}).tolist()
    assert predict_texts(model_folder, TEXTS).index.tolist() == [0, 1, 2]


def test_what_is_no_text_is_refused_and_null_is_not_tagged(model_folder: Path) -> None:
    tagger = PyfuncTagger(model_folder)
    for wrong in (["x"], {"text": ["x"]}, pd.DataFrame({"words": ["x"]}), pd.DataFrame({"text": [b"x"]})):
        with pytest.raises(mlflow.exceptions.MlflowException, match="expected a"):
            tagger.predict(wrong)
    for nothing in (None, float("nan"), pd.NA, pd.NaT):
        answer = tagger.predict(pd.DataFrame({"text": pd.Series([nothing, TEXTS[0]], dtype="object")}))
        assert answer.label.tolist() == ["", "closing"]
        assert answer.confidence.tolist()[0] is None


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (["散会。\n" * 900_000], "too many lines (900,000; accepted: up to 100,000)"),
        (["散会。\n" * 60_000] * 2, "too many lines (120,000; accepted: up to 100,000)"),
        (["要抓好落实。\n" * 90_000] * 20, "too much text (12,600,019 characters; accepted: up to 10,000,000)"),
        (["要" * 2_000_001], "line 1 is too long (2,000,001 characters; accepted: up to 2,000,000)"),
        ([None] * 100_001, "input has 100,001 rows; accepted: up to 100,000 in a request"),
    ],
)
def test_one_request_does_not_take_gigabytes(
    model_folder: Path, monkeypatch: pytest.MonkeyPatch, unit: str, sent: list[str | None], message: str
) -> None:
    tagger = PyfuncTagger(model_folder)
    monkeypatch.setattr(tagger, "model", None)  # nothing is tagged before it is refused
    with pytest.raises(
        mlflow.exceptions.MlflowException, match=re.escape(message) + ".* send several requests"
    ) as refused:
        tagger.predict(pd.DataFrame({"text": sent}), {"unit": unit})
    assert refused.value.get_http_status_code() == 400


def test_no_rows_have_the_columns_of_many(model_folder: Path) -> None:
    model = load_model(model_folder)
    assert tuple(predict_texts(model, []).columns) == OUTPUT
    assert tuple(predict_speeches(model, []).columns) == SPEECH_OUTPUT
    assert predict_texts(model, []).dtypes.equals(predict_texts(model, TEXTS).dtypes)
