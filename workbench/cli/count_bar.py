"""The progress bar of getscu and movescu on a terminal, which counts instances; drawn by rich."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from workbench.cli.output import Level, Output
from workbench.cli.retrieve_report import RetrieveReport


@contextmanager
def counting(output: Output, report: RetrieveReport, *, as_json: bool) -> Iterator[None]:
    """Draws a bar while retrieves go on, where there is a terminal and nothing else is drawn on it."""
    if as_json or not sys.stderr.isatty() or output.level != Level.WARNING:
        yield
        return
    with CountBar(output) as bar:
        report.show = bar.show
        yield


class CountBar:
    """Shows how many of so many instances have come; lines of the tool go above it."""

    def __init__(self, output: Output) -> None:
        from rich.console import Console  # and the rest of it, which takes longer than a small retrieve
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._output = output
        self._console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )
        self._task = self._progress.add_task("retrieving", total=None)
        self._write = output.write

    def __enter__(self) -> Self:
        self._output.write = self._print
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._progress.stop()
        self._output.write = self._write

    def show(self, done: int, total: int | None) -> None:
        """Draws the state; `total` is None when the peer does not tell it."""
        self._progress.update(self._task, completed=done, total=total)

    def _print(self, line: str) -> None:
        from rich.text import Text

        self._console.print(Text(line), soft_wrap=True)
