"""Text of strangers on a terminal, and output that nobody reads: names, texts and messages may hold anything."""

import io
import logging
import os
import stat
import sys
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


def printable(text: str) -> str:
    """Text that cannot steer a terminal: what is no printable character is shown escaped.

    >>> print(printable("a\\n\\x1b[2Jb。"))
    a\\n\\x1b[2Jb。
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text)


def printable_lines(text: str) -> str:
    """The same for text of several lines, which stay lines."""
    return "\n".join(map(printable, text.split("\n")))


def say(text: object = "", stream: TextIO | None = None) -> None:
    """Print what may hold text of strangers, on standard output by default."""
    print(printable_lines(str(text)), file=stream or sys.stdout, flush=True)


def complain(text: object) -> None:
    """Print on standard error what may hold text of strangers."""
    say(text, sys.stderr)


class PrintableFormatter(logging.Formatter):
    """Another formatter's lines, in which nothing of a stranger's can steer the terminal."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return printable_lines(self._inner.format(record))


class _Pipe(io.FileIO):
    """A pipe whose reader may leave, as `head` does: the work goes on, and what is still said goes nowhere."""

    has_reader = True

    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            return super().write(data) or 0
        except BrokenPipeError:
            self.has_reader = False
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return len(bytes(data))


def open_streams() -> None:
    """Make standard input and output usable whatever the shell did to them.

    Those that are closed (`<&-`, `>&-`) lead nowhere, instead of to the next file that is opened; pipes may lose their
    reader; and no character is refused because the terminal's encoding lacks it.
    """
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(PrintableFormatter(logging.Formatter()))
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            mode = os.fstat(number).st_mode
        except OSError:
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
            os.set_inheritable(number, True)  # processes that we start must not get a file there, either
            mode = None
        if mode is None or getattr(sys, name) is None:
            setattr(sys, name, open(number, "w" if number else "r", closefd=False))  # noqa: SIM115
        elif number:
            _keep_open(name, number, mode)


def _keep_open(name: str, number: int, mode: int) -> None:
    stream: Any = getattr(sys, name)
    if stream is not getattr(sys, f"__{name}__"):
        return  # somebody's own, such as a test's
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
        stream.flush()
        pipe = _Pipe(number, "w", closefd=False)
        stream = io.TextIOWrapper(
            io.BufferedWriter(pipe),
            stream.encoding,
            newline="\n",
            line_buffering=stream.line_buffering,
            write_through=stream.write_through,
        )
        setattr(sys, name, stream)
    stream.reconfigure(errors="backslashreplace")


def has_reader() -> bool:
    """Whether somebody still reads standard output."""
    pipe = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return not isinstance(pipe, _Pipe) or pipe.has_reader


def drop_output() -> None:
    """Let what is left in the buffers of the streams go nowhere: writing it has failed already."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(nowhere, number)
    os.close(nowhere)
