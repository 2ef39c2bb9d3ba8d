"""Processes that we start: they run no code of the working folder, which may be a stranger's archive, and end with us."""

import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from jianghua.errors import UnfinishedError

if TYPE_CHECKING:
    from joblib import Parallel

Result = TypeVar("Result")

_SAFE = {
    "PYTHONSAFEPATH": "1",  # Python's -m and -c import from the working folder first
    "UVICORN_APP_DIR": str(Path(os.__file__).parent),  # so does MLflow's server, whatever Python was told
    "NoDefaultCurrentDirectoryInExePath": "1",  # Windows looks for git.exe in the working folder first
    "GIT_ALLOW_PROTOCOL": "none",  # git fetches what a repository says is elsewhere, by programs that it names
}
_SECONDS_BETWEEN_LOOKS = 0.05


def make_children_safe() -> None:
    """Set what every process that is started from here on inherits, those that libraries start too."""
    os.environ.update(_SAFE)


@contextmanager
def _children_safe() -> Iterator[None]:
    """As `make_children_safe`, for a while: in a process that is not ours, others may start children as they like."""
    before = {name: os.environ.get(name) for name in _SAFE}
    make_children_safe()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def in_processes(count: int, **how: Any) -> "Parallel":
    """Joblib's `Parallel` with `count` worker processes, which end when this one does."""
    from joblib import Parallel

    return Parallel(count, initializer=end_with_parent, initargs=(os.getpid(),), **how)


def cores() -> int:
    """Processors that this process may use."""
    from joblib import cpu_count

    return int(cpu_count())


def in_order(
    count: int, work: Callable[..., Result], arguments: Sequence[Any], items: Iterable[Any]
) -> Iterator[Result]:
    """`work(*arguments, item)` of each item, in the order of the items, by `count` worker processes.

    The arguments go to each worker once. Items are taken as their results are, a few ahead.

    Raises:
        UnfinishedError: a worker was killed.
    """
    from joblib.externals.loky import ProcessPoolExecutor
    from joblib.externals.loky.process_executor import BrokenProcessPool

    initial = (os.getpid(), work, tuple(arguments))
    with _children_safe():  # the process that keeps loky's books starts here, workers with the first item
        pool = ProcessPoolExecutor(count, initializer=_begin, initargs=initial, env=_SAFE.copy())
    try:
        waiting: deque[Any] = deque()
        for item in items:
            with _children_safe():
                waiting.append(pool.submit(_continue, item))
            if len(waiting) > 2 * count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise UnfinishedError(
            "a worker process was killed, perhaps for want of memory; try again with fewer jobs"
        ) from None
    finally:
        pool.shutdown(kill_workers=True)


_work: Callable[[Any], Any]


def _begin(parent: int, work: Callable[..., Any], arguments: Sequence[Any]) -> None:
    global _work
    end_with_parent(parent)
    _work = partial(work, *arguments)


def _continue(item: Any) -> Any:
    return _work(item)


def module_command(module: str, *arguments: str) -> list[str]:
    """Command line that runs a module as `python -m` does, in a process that ends when this one does."""
    code = f"from jianghua.processes import run_module; run_module({module!r}, {os.getpid()})"
    return [sys.executable, "-P", "-c", code, *arguments]


def run_module(module: str, parent: int) -> None:
    """Run a module as `python -m` does, until it ends or `parent` is gone."""
    import runpy

    end_with_parent(parent)
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def end_with_parent(parent: int) -> None:
    """End this process, a worker, as soon as `parent`, which started it, is gone: it would write into a later run.

    A parent that is killed tells nobody, hence a thread that looks. A process that leads a group takes it along.
    """

    def watch() -> None:
        if sys.platform == "win32":  # where a process keeps its parent's number for ever, but is given its handle
            import multiprocessing
            from multiprocessing.connection import wait

            started_by = multiprocessing.parent_process()
            if started_by is None:
                return
            wait([started_by.sentinel])
        else:
            while os.getppid() == parent:
                time.sleep(_SECONDS_BETWEEN_LOOKS)
            if os.getpgrp() == os.getpid():
                os.killpg(os.getpid(), signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=watch, name="jianghua-parent", daemon=True).start()
