"""`jianghua ui` starts the real MLflow server, on this machine only."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.mark.slow
def test_the_ui_answers_on_the_loopback_address_only(tmp_path: Path) -> None:
    port = free_port()
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
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)
        if server.stdout is not None:
            server.stdout.close()
