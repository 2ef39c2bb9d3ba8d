"""Many files → many outputs, side by side, and an account of every one."""

import gc
import signal
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jianghua.errors import InUseError, ModelError
from jianghua.files import write_bytes
from jianghua.model.store import SavedModel, load_model
from jianghua.processes import in_processes
from jianghua.tables import table_bytes
from jianghua.tagging.batch import Options, tag_jobs
from jianghua.tagging.jobs import INDEX, Job, Outcome
from jianghua.tagging.journal import Journal, make_own, remove_parts
from jianghua.tagging.summary import summary

SUMMARY = "_summary.csv"
ERRORS = "_errors.csv"
_LOCK = ".jianghua-lock"
_SECONDS_TO_CONNECT = 20
_KILLED = ("TerminatedWorkerError", "BrokenProcessPool", "KilledWorker")
"""What loky and Dask raise when a worker is no more; Dask, after it has lost a few over the same files."""
_GROUP = 500_000
"""Bytes of files that are tagged together."""
_MOST_IN_A_GROUP = 256


@dataclass(frozen=True, slots=True)
class Workers:
    """Who works: `jobs` processes of this machine (loky), or a Dask cluster with its scheduler at HOST:PORT."""

    jobs: int = 1
    backend: str = "loky"
    scheduler: str | None = None


def tag_batch(
    jobs: Sequence[Job | Outcome],
    model: Path,
    out: Path,
    options: Options,
    workers: Workers = Workers(),
    resume: bool = True,
    report: Callable[[Outcome], None] = lambda outcome: None,
    finish: Callable[[Iterable[Outcome], str], None] = lambda outcomes, model: None,
) -> list[Outcome]:
    """Tag all jobs, then write the summary, the table of errors and indexes. The outputs do not depend on the workers.

    Args:
        model: folder of the model; on a cluster, all machines see it, the inputs and `out` under the same names.
        resume: keep outputs that an earlier run with the same input, model and options has finished.
        report: is told of every file when it is done.
        finish: is told at the end, while nobody else writes there, of all files whose outputs `out` holds, those of earlier
            runs too, in the order of their names; and of the model's name and version.

    Returns:
        outcomes in the order of the jobs.

    Raises:
        OSError: OUT cannot be written; InUseError: another run is writing there.
        ModelError: the model cannot be loaded.
        ConnectionError: the scheduler does not answer.
    """
    from filelock import FileLock, Timeout

    loaded = load_model(model)
    out.mkdir(parents=True, exist_ok=True)
    make_own(out / _LOCK)
    try:
        with FileLock(out / _LOCK, timeout=0):
            remove_parts(out)
            with Journal(out, resume) as journal:
                task = Task(model.resolve(), loaded.digest, out.resolve(), options)
                outcomes = _tag_all(jobs, task, workers, journal, report)
                finish((journal.outcomes[name] for name in sorted(journal.outcomes)), loaded.title)
                return outcomes
    except Timeout:
        raise InUseError(f"another jianghua is writing into {out}; wait for it, or choose another folder") from None


@dataclass(frozen=True, slots=True, eq=False)  # joblib's Dask backend looks functions up by hash
class Task:
    """All that a worker needs for one job beside the job."""

    model: Path
    digest: str
    out: Path
    options: Options

    def begin(self, jobs: Sequence[Job], earlier: Mapping[str, Outcome]) -> Iterator[Outcome]:
        """Tag some files; see `tag_jobs`. The model is loaded once in each process."""
        with _without_collector():
            return tag_jobs(jobs, _model(self.model, self.digest), self.out, self.options, earlier)

    def __call__(self, jobs: Sequence[Job], earlier: Mapping[str, Outcome]) -> list[Outcome]:
        """Tag some files and wait until their outputs are complete."""
        return list(self.begin(jobs, earlier))


@contextmanager
def _without_collector() -> Iterator[None]:
    """No search for cycles of garbage: there are none, and looking through all records takes a twentieth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@cache
def _model(folder: Path, digest: str) -> SavedModel:
    model = load_model(folder)
    if model.digest != digest:
        raise ModelError(
            f"{folder}: manifest {model.digest[:8]} ({model.title}) here, {digest[:8]} where the job began; use the same model"
        )
    return model


def _tag_all(
    jobs: Sequence[Job | Outcome], task: Task, workers: Workers, journal: Journal, report: Callable[[Outcome], None]
) -> list[Outcome]:
    outcome_of: dict[str, Outcome] = {}
    failure_of: dict[str, Outcome] = {}
    todo = [job for job in jobs if isinstance(job, Job)]
    for outcomes in _outcomes(todo, task, workers, journal.outcomes):
        journal.add(outcome for outcome in outcomes if outcome.error is None)
        for outcome in outcomes:
            if outcome.error is None:
                outcome_of[outcome.source] = outcome
            else:
                failure_of[outcome.source] = outcome
            report(outcome)
    for job in jobs:
        if isinstance(job, Outcome):
            report(job)
    ordered = [
        job if isinstance(job, Outcome) else outcome_of.get(job.source) or failure_of[job.source] for job in jobs
    ]
    remove_parts(task.out)  # a worker may have been killed
    journal.finish()
    write_bytes(task.out / SUMMARY, summary(ordered))
    errors = ((o.source, o.error) for o in ordered if o.error is not None)
    write_bytes(task.out / ERRORS, table_bytes(("source", "reason"), errors))
    for format in task.options.output_formats():
        if format.index:
            write_bytes(task.out / f"{INDEX}.{format.ending}", format.render_index(ordered, task.options.lang))
    return ordered


def _outcomes(
    jobs: Sequence[Job], task: Task, workers: Workers, earlier: Mapping[str, Outcome]
) -> Iterator[list[Outcome]]:
    """Outcomes as they are ready, a group of files at a time."""
    calls = [
        (group, {job.relative: earlier[job.relative] for job in group if job.relative in earlier})
        for group in _groups(jobs)
    ]
    here = [call for call in calls if call[0][0].path is None]  # standard input is read by this process
    there = [call for call in calls if call[0][0].path is not None]
    if workers.backend == "loky" and (workers.jobs == 1 or len(there) == 1):
        here, there = [*here, *there], []
    writing: Iterator[Outcome] = iter(())
    for call in here:
        begun = task.begin(*call)
        yield list(writing)
        writing = begun
    yield list(writing)
    if not there:
        return
    from joblib import Parallel, delayed, parallel_config

    delayed_calls = (delayed(task)(*call) for call in there)
    try:
        if workers.backend == "loky":
            with _interrupts_ignored():
                results = in_processes(workers.jobs, batch_size=1, return_as="generator_unordered")(delayed_calls)
            yield from results
            return
        with _client(workers.scheduler) as client, parallel_config("dask", client=client):
            yield from Parallel(return_as="generator_unordered")(delayed_calls)
    except Exception as error:
        if type(error).__name__ not in _KILLED:
            raise
        raise ConnectionError(
            "a worker process was killed, perhaps for want of memory; the same command goes on from there, "
            "with fewer --jobs if it happens again"
        ) from None


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Processes that are started here get no Ctrl-C of the terminal and not its end; only this one says what they mean."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}  # inherited; joblib undoes a mask
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


def _groups(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    """Jobs in groups of about so many bytes that what is paid once a group does not matter; large files stand alone."""
    group: list[Job] = []
    size = 0
    for job in jobs:
        if job.path is None:
            yield [job]
            continue
        group.append(job)
        try:
            size += job.path.stat().st_size
        except (OSError, ValueError):
            size += 0  # its own turn will say what is wrong
        if size >= _GROUP or len(group) == _MOST_IN_A_GROUP:
            yield group
            group, size = [], 0
    if group:
        yield group


def _client(scheduler: str | None) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise ConnectionError("--backend dask needs Dask: pip install 'jianghua[cluster]'") from None
    host, _, port = str(scheduler).rpartition("://")[2].rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), _SECONDS_TO_CONNECT).close()  # Dask would try for long
        client = Client(scheduler, timeout=_SECONDS_TO_CONNECT)
    except (OSError, ValueError, OverflowError) as error:
        raise ConnectionError(
            f"no Dask scheduler answers at {scheduler} ({error}); expected HOST:PORT; start one: dask scheduler"
        ) from None
    try:
        client.wait_for_workers(1, timeout=_SECONDS_TO_CONNECT)
    except TimeoutError:
        client.close()
        raise ConnectionError(
            f"the Dask scheduler at {scheduler} has no workers; start one: dask worker {scheduler}"
        ) from None
    return client
