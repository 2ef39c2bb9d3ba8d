"""The bar that long work over files shows on standard error."""

import sys
import time
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar


class FilesBar:
    """How many files are done, how fast, and how many failed; nothing is shown in pipes or when `quiet`."""

    def __init__(self, doing: str, total: int, quiet: bool = False) -> None:
        self.failed = 0
        self._bytes = 0
        self._began = time.monotonic()
        target = Console(file=sys.stderr)
        self._bar = Bar(
            TextColumn(doing),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TextColumn("{task.fields[speed]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[failed]} failed"),
            console=target,
            expand=True,
            disable=quiet or not target.is_terminal,
        )
        self._task = self._bar.add_task("files", total=total, failed=0, speed="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *reason: object) -> None:
        self._bar.stop()

    def advance(self, size: int, failed: bool) -> None:
        """One more file, of `size` bytes, is done."""
        self.failed += failed
        self._bytes += size
        if self._bar.disable:
            return
        speed = f"{self._bytes / 1e6 / max(time.monotonic() - self._began, 1e-3):.1f} MB/s"
        self._bar.update(self._task, advance=1, failed=self.failed, speed=speed)
