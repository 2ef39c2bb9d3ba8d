"""`jianghua ui`: the MLflow UI on this machine only."""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def parser() -> argparse.ArgumentParser:
    """Flags of this verb."""
    made = argparse.ArgumentParser(
        prog="jianghua ui",
        description="Open the MLflow UI on 127.0.0.1: runs, their scores and figures, and models.",
        epilog="examples:\n  jianghua ui\n  jianghua ui --port 8080 --tracking /data/experiments",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument(
        "--tracking",
        default="experiments",
        metavar="DIR",
        help="folder of the MLflow database (default: experiments)",
    )
    made.add_argument("--port", type=int, default=5000, metavar="N", help="default: 5000")
    return made


def run(rest: Sequence[str]) -> int:
    """Serve until Ctrl-C."""
    options = parser().parse_args(rest)
    from jianghua.modelling.tracking import SCORES_VIEW, Tracking

    tracking = Tracking(Path(options.tracking), "training")
    # without these words a browser that is new to it opens on MLflow's pages for language models
    page = f"#/experiments/{tracking.prepare()}/runs?workflowType=machine_learning&viewStateShareKey={SCORES_VIEW}"
    print(f"MLflow UI on http://127.0.0.1:{options.port}/{page} (Ctrl-C stops it)", flush=True)
    command: list[Any] = [sys.executable, "-m", "mlflow", "ui", "--host", "127.0.0.1", "--port", str(options.port)]
    return subprocess.call([*command, "--backend-store-uri", tracking.uri])
