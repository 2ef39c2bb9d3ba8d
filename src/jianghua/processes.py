"""Processes that we start: they run no code of the working folder, which may be a stranger's archive, and end with us."""

import os
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from joblib import Parallel

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


def in_processes(count: int, **how: Any) -> "Parallel":
    """Joblib's `Parallel` with `count` worker processes, which end when this one does."""
    from joblib import Parallel

    return Parallel(count, initializer=end_with_parent, initargs=(os.getpid(),), **how)


def end_with_parent(parent: int) -> None:
    """End this process, a worker, as soon as `parent`, which started it, is gone: it would write into a later run.

    A parent that is killed tells nobody, hence a thread that looks.
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
        os._exit(1)

    threading.Thread(target=watch, name="jianghua-parent", daemon=True).start()
