"""`jianghua ui`: the MLflow UI on this machine only."""

import argparse
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from jianghua.commands import WRONG_USAGE
from jianghua.processes import module_command

_SECONDS_TO_END = 10
_LAST_PORT = 65_535


def parser() -> argparse.ArgumentParser:
    """Flags of this verb."""
    flags = argparse.ArgumentParser(
        prog="jianghua ui",
        description="Open the MLflow UI on 127.0.0.1: runs, their scores and figures, and models.",
        epilog="examples:\n  jianghua ui\n  jianghua ui --port 8080 --tracking /data/experiments",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    flags.add_argument(
        "--tracking",
        default="experiments",
        metavar="DIR",
        help="folder of the MLflow database (default: experiments)",
    )
    flags.add_argument("--port", type=_port, default=5000, metavar="N", help="default: 5000")
    return flags


def _port(given: str) -> int:
    if not (given.isascii() and given.isdecimal() and 0 < int(given) <= _LAST_PORT):
        raise argparse.ArgumentTypeError(f"{given!r} is not a port; expected a number from 1 to {_LAST_PORT}")
    return int(given)


def run(rest: Sequence[str]) -> int:
    """Serve until Ctrl-C."""
    options = parser().parse_args(rest)
    problem = _problem_of(options.port)
    if problem is not None:
        print(f"jianghua ui: {problem}", file=sys.stderr)
        return WRONG_USAGE
    from jianghua.tracking.experiment_page import SCORES_VIEW
    from jianghua.tracking.runs import Tracking

    tracking = Tracking(Path(options.tracking), "training")
    # without these words a browser that is new to it opens on MLflow's pages for language models
    page = f"#/experiments/{tracking.prepare()}/runs?workflowType=machine_learning&viewStateShareKey={SCORES_VIEW}"
    print(f"MLflow UI on http://127.0.0.1:{options.port}/{page} (Ctrl-C stops it)", flush=True)
    where = ["--host", "127.0.0.1", "--port", str(options.port), "--backend-store-uri", tracking.uri]
    return _serve(module_command("mlflow", "ui", *where))


def _problem_of(port: int) -> str | None:
    """Why nothing can listen on the port, None where something can."""
    with socket.socket() as probe:
        if os.name == "posix":  # connections that were closed just now are no hindrance
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            other = port + 1 if port < _LAST_PORT else port - 1
            return (
                f"port {port} of 127.0.0.1 cannot be used ({error.strerror or error}), another program may have it, "
                f"such as an earlier `jianghua ui`; choose another: jianghua ui --port {other}"
            )
    return None


def _serve(command: Sequence[str]) -> int:
    """Run a server and the processes that it starts; none of them outlives this function."""
    server = subprocess.Popen(command, start_new_session=True)
    try:
        return server.wait()
    finally:
        _tell(server, signal.SIGTERM)
        try:
            server.wait(_SECONDS_TO_END)
        finally:
            _tell(server, getattr(signal, "SIGKILL", signal.SIGTERM))


def _tell(server: "subprocess.Popen[bytes]", number: int) -> None:
    try:
        if sys.platform == "win32":
            server.terminate()
        else:
            os.killpg(server.pid, number)
    except ProcessLookupError:
        pass
