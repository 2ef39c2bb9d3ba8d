"""The process that takes text out of untrusted files: `python -m jianghua.corpus.formats.child`, started by `worker`.

Reads requests on standard input and answers on standard output until the input ends. A request is a line of JSON
(`format`, `name`, `size`, `limits`) and `size` bytes of the file; an answer is a line of JSON (`error`, and `unfinished`
where memory ended first; or `encoding`, `properties`, `size` and `marks`), `size` bytes of text in UTF-8 and `marks` bytes
of JSON. It opens no file of the user's, and may write none.
"""

import json
import os
import select
import signal
import sys
import threading
from typing import Any, BinaryIO

from jianghua.corpus.decode import Decoded
from jianghua.corpus.formats.limits import Limits
from jianghua.corpus.formats.table import input_format
from jianghua.errors import UnreadableError

LONGEST_PROPERTY = 1_000
"""Characters of a property that are told."""
_GRACE = 5.0
"""Seconds after which the process ends by itself where its parent failed to end it."""


def take_text(format: str, data: bytes, name: str, limits: Limits) -> Decoded:
    """Text of a file of a known format, in this process.

    Raises:
        UnreadableError: see the format's own function.
    """
    return input_format(format).load_reader()(data, name, limits)


def _answer(request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    limits = Limits(**request["limits"])
    name = request["name"]
    try:
        decoded = take_text(request["format"], data, name, limits)
    except UnreadableError as error:
        return {"error": str(error)}, b""
    except MemoryError:
        return {
            "error": f"{name}: needs more than {limits.memory:,} bytes of memory to be read; split it into single speeches",
            "unfinished": True,
        }, b""
    except Exception as error:  # whatever a parser raises on hostile bytes is the fault of this one file
        return {
            "error": f"{name}: cannot be read as {request['format']} ({type(error).__name__}: {str(error)[:160]}); "
            "save it as .txt and try again"
        }, b""
    text = decoded.text.encode("utf-8", "replace")
    marks = json.dumps(decoded.marks, separators=(",", ":")).encode("ascii")
    properties = {key: value[:LONGEST_PROPERTY] for key, value in decoded.properties.items()}
    header = {"encoding": decoded.encoding, "properties": properties, "size": len(text), "marks": len(marks)}
    return header, text + marks


def _limit(limits: dict[str, Any]) -> None:
    """Bound this process by the system's own means, which hold even while a C library does not come back."""
    if sys.platform == "win32":
        return
    import resource

    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    memory = limits["memory"] if hard == resource.RLIM_INFINITY else min(limits["memory"], hard)
    resource.setrlimit(resource.RLIMIT_AS, (memory, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, limits["seconds"] + _GRACE)


def _die_with_parent() -> None:
    poll = select.poll()
    poll.register(0, 0)
    poll.poll()  # comes back when nobody can write to standard input any more
    os._exit(0)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more."""
    while line := requests.readline():
        request = json.loads(line)
        data = requests.read(request["size"])
        _limit(request["limits"])
        header, text = _answer(request, data)
        if sys.platform != "win32":
            signal.setitimer(signal.ITIMER_REAL, 0)
        answers.write(json.dumps(header).encode("ascii") + b"\n" + text)
        answers.flush()


if __name__ == "__main__":
    for signals in ("SIGINT", "SIGHUP"):  # a terminal's; the process that started this one says what they mean
        if hasattr(signal, signals):
            signal.signal(getattr(signal, signals), signal.SIG_IGN)
    if hasattr(select, "poll"):
        threading.Thread(target=_die_with_parent, daemon=True).start()
    serve(sys.stdin.buffer, sys.stdout.buffer)
