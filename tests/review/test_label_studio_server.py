"""Our tasks, configuration and import against a real Label Studio, installed for the test alone (minutes, and a network)."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from jianghua.review.corrections import find_problems
from jianghua.review.label_studio import labelling_config, read_export, tasks_bytes
from tests.review.test_label_studio import choice, note
from tests.review.test_sheets import queue_of

pytestmark = pytest.mark.integration

TOKEN = "0123456789abcdef0123456789abcdef01234567"
STARTS_WITHIN = 180  # seconds: the first start builds its database


@dataclass(frozen=True)
class Server:
    """A running Label Studio."""

    address: str

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Answer to a request, parsed."""
        request = urllib.request.Request(
            self.address + path,
            method=method,
            headers={"Authorization": f"Token {TOKEN}", "Content-Type": "application/json"},
            data=None if body is None else orjson.dumps(body),
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return orjson.loads(answer.read())


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Label Studio in an environment of its own; the test is skipped where it cannot be installed."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    bin_folder = folder / ("Scripts" if os.name == "nt" else "bin")
    try:
        done = subprocess.run(
            [str(bin_folder / "python"), "-m", "pip", "install", "-q", "label-studio"],
            capture_output=True,
            text=True,
            timeout=900,
        )
    except subprocess.TimeoutExpired:
        pytest.skip("Label Studio was not installed within 15 minutes")
    if done.returncode:
        pytest.skip(f"Label Studio cannot be installed here: {done.stderr.strip().splitlines()[-1]}")
    return bin_folder / "label-studio"


@pytest.fixture(scope="module")
def server(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The program, started on a free port of this machine with a data folder, a user and a token of its own."""
    folder = tmp_path_factory.mktemp("label-studio")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = {"COLLECT_ANALYTICS": "false", "LATEST_VERSION_CHECK": "false", "SENTRY_DSN": "", "FRONTEND_SENTRY_DSN": ""}
    command = [str(program), "start", "--no-browser", "--data-dir", str(folder), "--internal-host", "127.0.0.1"]
    command += ["--port", str(port), "--username", "li@example.com", "--password", "for-this-test-only"]
    command += ["--user-token", TOKEN, "--enable-legacy-api-token"]
    log = folder / "log.txt"
    with log.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream, env=os.environ | quiet, cwd=folder)
    try:
        running = Server(f"http://127.0.0.1:{port}")
        for _ in range(STARTS_WITHIN):
            assert process.poll() is None, log.read_text(encoding="utf-8")[-2000:]
            try:
                running.call("GET", "/api/projects/")
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(1)
        else:
            pytest.fail(f"Label Studio did not start: {log.read_text(encoding='utf-8')[-2000:]}")
        yield running
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.parametrize("export", ["JSON", "JSON_MIN"])
def test_label_studio_takes_our_tasks_and_we_take_its_export(export: str, server: Server, tmp_path: Path) -> None:
    texts = ("<b>散会</b>。", "谢谢大家！")
    queue = queue_of(*texts, suggested="closing", suggested_secondary="context")
    project = server.call(
        "POST", "/api/projects/", {"title": f"review {export}", "label_config": labelling_config().decode()}
    )["id"]
    imported = server.call("POST", f"/api/projects/{project}/import", orjson.loads(tasks_bytes(queue)))
    assert (imported["task_count"], imported["prediction_count"]) == (2, 2)
    first, second = server.call("GET", f"/api/tasks?project={project}&fields=all")["tasks"]
    assert (first["predictions"][0]["score"], first["data"]["text"]) == (0.5, "<b>散会</b>。")
    result = [choice("label", "requirements"), choice("secondary", "closing"), note("再看 <i>一遍</i>")]
    server.call("POST", f"/api/tasks/{first['id']}/annotations/", {"result": result})
    path = tmp_path / "export.json"
    query = f"exportType={export}&download_all_tasks=true"
    path.write_bytes(orjson.dumps(server.call("GET", f"/api/projects/{project}/export?{query}")))
    labelled, untouched = sorted(read_export(path), key=lambda row: row.text)
    assert find_problems([labelled, untouched]) == []
    assert (labelled.label, labelled.secondary, labelled.note) == ("requirements", "closing", "再看 <i>一遍</i>")
    assert labelled.annotator == "1"
    assert (untouched.text, untouched.label, untouched.where) == ("谢谢大家！", "", f"task {second['id']}")
