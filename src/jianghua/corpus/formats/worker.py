"""One child process that parses untrusted files, used for many of them, and replaced when it hangs or dies."""

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import asdict

from jianghua.corpus.decode import Decoded, Mark
from jianghua.corpus.formats.limits import Limits
from jianghua.errors import UnfinishedError, UnreadableError

_LONGEST_HEADER = 64 * 1024
_SERVES = 1_000
"""Files after which the child is replaced, so that leaks of the libraries do not add up."""
_BYTES_OF_A_MARK = 32
_ROLES = frozenset(("", "title", "heading", "paragraph", "row", "meta"))
_START = 20.0
"""Seconds that the child may take to start, on top of the time for the file."""


class Worker:
    """Takes text out of files, one after the other, in a process of its own.

    The answer is JSON and text, never a pickle: a parser that was taken over can lie about the text but do no more here.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._served = 0
        self._lock = threading.Lock()

    def take_text(self, format: str, data: bytes, name: str, limits: Limits) -> Decoded:
        """Text of a file of a known format.

        Raises:
            UnreadableError: the file has no text that can be read.
            UnfinishedError: it took too long or too much memory, or its parser crashed or was killed.
        """
        with self._lock:
            header = {"format": format, "name": name, "size": len(data), "limits": asdict(limits)}
            fresh = self._process is None
            process = self._started()
            late = threading.Event()

            def end() -> None:
                late.set()
                process.kill()

            timer = threading.Timer(limits.seconds + (_START if fresh else 0), end)
            timer.daemon = True
            timer.start()
            try:
                answer = self._ask(process, json.dumps(header).encode("ascii") + b"\n", data, limits)
            finally:
                timer.cancel()
            if answer is None:
                self.close()
                # the child's own alarm may be the first to end it
                timed_out = late.is_set() or process.returncode == -getattr(signal, "SIGALRM", 0)
                raise UnfinishedError(
                    f"{name}: took longer than {limits.seconds:g} seconds to be read as {format}; it may have been made to do harm; "
                    "save it as .txt and try again"
                    if timed_out
                    else f"{name}: the parser of {format} crashed on it (or ran out of {limits.memory:,} bytes of memory); "
                    "it may be damaged; save it as .txt and try again"
                )
            self._served += 1
            if self._served >= _SERVES:
                self.close()
        if isinstance(answer, UnreadableError):
            raise answer
        return answer

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self.close()
            # -P: the working folder, which may be the archive, is no place to import from; -B: write no bytecode
            command = [sys.executable, "-P", "-B", "-m", "jianghua.corpus.formats.child"]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            self._served = 0
        return self._process

    @staticmethod
    def _ask(
        process: "subprocess.Popen[bytes]", header: bytes, data: bytes, limits: Limits
    ) -> Decoded | UnreadableError | None:
        """Answer of the child: text, or why there is none; None where it gave no answer that makes sense."""
        if process.stdin is None or process.stdout is None:
            return None
        try:
            process.stdin.write(header + data)
            process.stdin.flush()
            line = process.stdout.readline(_LONGEST_HEADER)
            answer = json.loads(line)
            if "error" in answer:
                return (UnfinishedError if answer.get("unfinished") else UnreadableError)(str(answer["error"]))
            size, length = int(answer["size"]), int(answer["marks"])
            if not (0 <= size <= 8 * limits.characters and 0 <= length <= _BYTES_OF_A_MARK * (limits.lines + 1)):
                return None
            text = process.stdout.read(size).decode("utf-8")
            marks = _read_marks(process.stdout.read(length), text)
            properties = {str(key): str(value) for key, value in answer["properties"].items()}
            return Decoded(text, str(answer["encoding"]), marks, properties)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def close(self) -> None:
        """End the child."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        self.forget(process)

    @staticmethod
    def forget(process: "subprocess.Popen[bytes] | None") -> None:
        """Close our ends of the pipes."""
        for pipe in (process.stdin, process.stdout) if process is not None else ():
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:  # what was left to write cannot be written
                pass


def _read_marks(answer: bytes, text: str) -> list[Mark]:
    """Marks as the child sent them.

    Raises:
        ValueError, TypeError: they are no marks of this text.
    """
    marks = [Mark(role, level, ends) for role, level, ends in json.loads(answer)]
    for mark in marks:
        if mark.role not in _ROLES or mark.level not in range(10) or mark.ends not in (True, False, None):
            raise ValueError(f"{mark} is no mark")
    if marks and len(marks) != text.count("\n"):
        raise ValueError(f"{len(marks)} marks for {text.count(chr(10))} lines")
    return marks


_worker = Worker()


def take_text(format: str, data: bytes, name: str, limits: Limits) -> Decoded:
    """Text of a file of a known format, taken out by the child of this process.

    Raises:
        UnreadableError: see `Worker.take_text`.
    """
    return _worker.take_text(format, data, name, limits)


def _after_fork() -> None:
    """A forked process starts a child of its own; its parent's would answer both."""
    global _worker
    Worker.forget(_worker._process)
    _worker = Worker()


atexit.register(lambda: _worker.close())
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
