"""`jianghua ui` starts the real MLflow server, on this machine only."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from jianghua.cli import main


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.mark.slow
def test_the_ui_answers_on_the_loopback_address_only(tmp_path: Path) -> None:
    port = free_port()
    for name in ("mlflow", "uvicorn", "yaml", "flask"):  # a stranger's, which must not be run
        (tmp_path / f"{name}.py").write_text("open('ran', 'w')\n")
    command = [sys.executable, "-m", "jianghua", "ui", "--port", str(port)]
    server = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    )
    try:
        assert server.stdout is not None
        assert f"MLflow UI on http://127.0.0.1:{port}" in server.stdout.readline()
        deadline = time.monotonic() + 90
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                    assert b"MLflow" in answer.read()
                    break
            except OSError:
                assert time.monotonic() < deadline, "the server did not answer within 90 s"
                time.sleep(0.5)
        listening = Path("/proc/net/tcp")
        if listening.is_file():
            local = {line.split()[1] for line in listening.read_text().splitlines()[1:]}
            assert f"00000000:{port:04X}" not in local, "listens on every address"
            assert f"0100007F:{port:04X}" in local
        assert not (tmp_path / "ran").exists()
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 130
        with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
            probe.connect(("127.0.0.1", port))
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        if server.stdout is not None:
            server.stdout.close()


def test_a_port_that_is_taken_is_said_and_nothing_is_opened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["ui", "--tracking", str(tmp_path / "experiments"), "--port", str(port)]) == 2
    said = capsys.readouterr()
    assert f"port {port} of 127.0.0.1 cannot be used (Address already in use)" in said.err
    assert "choose another: jianghua ui --port" in said.err
    assert said.out == ""
    assert not (tmp_path / "experiments").exists()


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "٥٠٠٠"])
def test_what_is_no_port_is_wrong_usage(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ui", f"--port={port}"]) == 2
    assert "is not a port; expected a number from 1 to 65535" in capsys.readouterr().err
