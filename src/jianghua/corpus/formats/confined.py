"""Starts a program that must not do more than it has to: `python -I confined.py MEMORY FILE SECONDS PROGRAM ARGUMENT...`.

It gets limits of address space, of the size of a file and of processor time, no network where the system can take it away,
and ends when its parent does. It runs before anything of this project is imported.
"""

import ctypes
import os
import signal
import sys

_NEW_USER = 0x10000000
_NEW_NETWORK = 0x40000000
_END_WITH_PARENT = 1


def confine(memory: int, file: int, seconds: int) -> None:
    """Bound this process and all that it starts."""
    import resource

    for kind, amount in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, file),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        amount = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(kind, (amount, amount))
    if sys.platform == "linux":
        system = ctypes.CDLL(None)
        system.prctl(_END_WITH_PARENT, signal.SIGKILL)
        # an empty network: at once for root, else in a name space of its own; where neither may be, the profile of the
        # program leads all connections nowhere
        if system.unshare(_NEW_NETWORK) != 0:
            system.unshare(_NEW_USER | _NEW_NETWORK)


if __name__ == "__main__":
    confine(*map(int, sys.argv[1:4]))
    os.execv(sys.argv[4], sys.argv[4:])  # noqa: S606 - a program with its arguments, and no shell to read them
