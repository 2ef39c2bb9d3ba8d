"""What the machine lacks while a model is trained (memory, space, a disk that can be written), told as such."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jianghua.errors import AccessError, JianghuaError, TrackingError, UsageError

_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE}


@contextmanager
def told_as_shortage(folder: Path) -> Iterator[None]:
    """Tell what the machine lacks as an error of ours; whatever else is raised goes through.

    Args:
        folder: where runs are kept.

    Raises:
        UsageError: there is not enough memory.
        AccessError: a disk is full or cannot be written.
        TrackingError: the database of runs failed while it was used.
    """
    try:
        yield
    except JianghuaError:
        raise
    except Exception as error:
        shortage = _shortage(error, folder)
        if shortage is None:
            raise
        raise shortage from error


def _shortage(error: BaseException, folder: Path) -> JianghuaError | None:
    """MLflow and joblib wrap what the system said, hence the walk along the causes."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, MemoryError) or type(cause).__name__ == "TerminatedWorkerError":
            return UsageError(
                "not enough memory to train; use fewer processes (jobs=1), fewer columns (features.bits=15), or fewer speeches"
            )
        if isinstance(cause, OSError) and cause.errno in _DISK:
            return AccessError(f"{cause.filename or folder}: {cause.strerror}; make room, or use another disk")
        if isinstance(cause, sqlite3.OperationalError):
            return TrackingError(
                f"{folder / 'mlflow.db'}: {cause}; see that nothing else works on it and the disk has room"
            )
        cause = cause.__cause__
    return None
