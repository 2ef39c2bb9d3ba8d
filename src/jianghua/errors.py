"""What a user can mend, as one tree of exceptions; anything else that is raised is a bug, and the command says so.

    JianghuaError
    ├── UsageError        (ValueError)         an argument, a setting or a configuration that does not fit
    ├── MissingError      (FileNotFoundError)  a file or folder that is not there
    ├── AccessError       (OSError)            a file or folder that cannot be opened, read or written
    │   └── InUseError                         another process works on it
    ├── UnreadableError   (ValueError)         a file that is not the text of a speech
    │   └── UnfinishedError                    reading it came to no end: whether it is one is not known
    ├── LabelsError       (ValueError)         a table of labels, corrections or votes that does not fit
    ├── ArchiveError      (ValueError)         a database of tagged speeches that is damaged, unknown, or none of ours
    ├── ModelError        (ValueError)         a saved model that is damaged, unknown, or not safe to build
    └── TrackingError     (ValueError)         a database of runs, a run or a registered model that cannot be used

The built-in classes in brackets are second bases, for callers who know Python's exceptions better than ours.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class JianghuaError(Exception):
    """Something that the user can mend; the message says what was given, what was expected, and what to do."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class UsageError(JianghuaError, ValueError):
    """An argument, a setting or a configuration does not fit."""


class MissingError(JianghuaError, FileNotFoundError):
    """A file or folder is not there."""


class AccessError(JianghuaError, OSError):
    """A file or folder cannot be opened, read or written."""


class InUseError(AccessError):
    """Another process works on the file or folder."""


class UnreadableError(JianghuaError, ValueError):
    """A file is not the text of a speech; the message says what was found and what is accepted."""


class UnfinishedError(UnreadableError):
    """Reading a file came to no end (time, memory, a killed parser, a file that changes): nothing is known of its text."""


class LabelsError(JianghuaError, ValueError):
    """A table of labels, corrections or votes does not fit."""


class ArchiveError(JianghuaError, ValueError):
    """A database of tagged speeches is damaged, of another version, or none of ours."""


class ModelError(JianghuaError, ValueError):
    """A saved model is damaged, not known, or not safe to build."""


class TrackingError(JianghuaError, ValueError):
    """A database of runs, a run or a registered model cannot be used."""


REMEDIES = {
    errno.ENOSPC: "make room there, or choose another place",
    errno.EDQUOT: "make room there, or choose another place",
    errno.EMFILE: "allow more (`ulimit -n`), or give it less at once",
    errno.ENFILE: "close other programs, or give it less at once",
    errno.ENOMEM: "close other programs, or give it less at once",
}
"""What the machine can have no more of, wherever that shows, and what to do then."""


@contextmanager
def access_to(path: Path | str, what_to_do: str = "check the path and its permissions") -> Iterator[None]:
    """Turn what the system says of `path` into errors of ours, where a path of the user's is opened.

    Raises:
        MissingError: it is not there.
        AccessError: it cannot be opened, read or written.

    >>> with access_to("gold.csv"):
    ...     open("no/such/gold.csv")
    Traceback (most recent call last):
    jianghua.errors.MissingError: gold.csv: no such file or folder; check the path and its permissions
    """
    try:
        yield
    except (JianghuaError, ConnectionError):
        raise
    except FileNotFoundError as error:
        raise _told(MissingError(f"{path}: no such file or folder; {what_to_do}"), error) from error
    except OSError as error:
        what_to_do = REMEDIES.get(error.errno or 0, what_to_do)
        raise _told(AccessError(f"{path}: {error.strerror or error}; {what_to_do}"), error) from error


def _told(ours: OSError, error: OSError) -> OSError:
    """Our error, with what the system said of the other one for those who look at that."""
    ours.errno, ours.strerror = error.errno, error.strerror
    return ours
