"""Sweeps in MLflow: a parent run for each, with a table of what came of its jobs.

mlflow takes seconds to import, so it is imported inside the functions.
"""

import atexit
import os
from collections.abc import Sequence, Set
from contextlib import ExitStack
from typing import Any

from jianghua.tracking.experiment_page import NOTE
from jianghua.tracking.runs import PARENT, Tracking, git_tags

_SWEPT = "JIANGHUA_SWEPT"
_HELD = ExitStack()
"""Lock of the sweep's run, as long as this process lives."""


def open_sweep(tracking: Tracking, overrides: Sequence[str], swept: Sequence[str]) -> None:
    """Start the parent run of a sweep; jobs find its id in the environment, whichever process they run in.

    It also makes the database before any parallel job starts.

    Args:
        overrides: as they were typed.
        swept: keys that differ between the jobs.
    """
    experiment = tracking.prepare()
    import mlflow

    name = f"sweep of {' × '.join(swept)}"[:120]
    tags = {"kind": "sweep", "overrides": " ".join(overrides)[:4000], **git_tags()}
    client = mlflow.MlflowClient()
    run = _HELD.enter_context(tracking.running(lambda: client.create_run(experiment, run_name=name, tags=tags)))
    os.environ[PARENT], os.environ[_SWEPT] = run.info.run_id, " ".join(swept)
    atexit.register(close_sweep)  # Hydra does not say that a sweep has ended when a job has failed


def swept_here() -> list[str]:
    """What differs between the jobs of the sweep that this process runs in; empty outside a sweep."""
    return os.environ.get(_SWEPT, "").split()


def close_sweep(all_jobs_ended: bool = False) -> None:
    """End the sweep's run, FINISHED if all of its jobs have; does nothing the second time."""
    parent = os.environ.pop(PARENT, None)
    os.environ.pop(_SWEPT, None)
    if parent is None:
        return
    import mlflow

    client = mlflow.MlflowClient()
    experiment = client.get_run(parent).info.experiment_id
    children = list(client.search_runs([experiment], f"tags.mlflow.parentRunId = '{parent}'"))
    children.sort(key=lambda child: child.data.metrics.get("macro_f1", -1.0), reverse=True)
    client.set_tag(parent, NOTE, sweep_note(children))
    if children and "macro_f1" in children[0].data.metrics:
        client.set_tag(parent, "best_run", children[0].info.run_name)
        client.set_tag(parent, "best_run_id", children[0].info.run_id)
    client.set_terminated(parent, sweep_status({child.info.status for child in children}, all_jobs_ended))
    _HELD.close()


def sweep_status(jobs: Set[str], all_jobs_ended: bool) -> str:
    """Status of a sweep, given those of its jobs; one that runs when its sweep ends was killed with it.

    >>> sweep_status({"FINISHED"}, True), sweep_status({"FINISHED"}, False), sweep_status({"FINISHED", "RUNNING"}, False)
    ('FINISHED', 'FAILED', 'KILLED')
    """
    if jobs & {"KILLED", "RUNNING"}:
        return "KILLED"
    return "FINISHED" if all_jobs_ended and "FAILED" not in jobs else "FAILED"


def sweep_note(children: Sequence[Any]) -> str:
    """Table of a sweep's runs in Markdown, in the order given (best first), each with a link."""
    lines = ["| run | macro-F1 | 95 % interval | without headings | accuracy |", "| --- | --- | --- | --- | --- |"]
    for child in children:
        info, m = child.info, child.data.metrics
        link = f"[{info.run_name}](#/experiments/{info.experiment_id}/runs/{info.run_id})"
        if {"macro_f1", "macro_f1_low", "macro_f1_high", "no_headings/macro_f1", "accuracy"} <= set(m):
            lines.append(
                f"| {link} | {m['macro_f1']:.3f} | {m['macro_f1_low']:.3f}–{m['macro_f1_high']:.3f} | "
                f"{m['no_headings/macro_f1']:.3f} | {m['accuracy']:.3f} |"
            )
        else:
            lines.append(f"| {link} | {info.status.lower()} | – | – | – |")
    return "\n".join(lines)
