"""The progress bar of a tool on a terminal, drawn by rich; imported only when there is something to draw it on."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.text import Text

from workbench.cli.output import Output


class ProgressBar:
    """Shows how many of so many bytes are sent; lines of the tool go above it.

    Args:
        total: bytes of everything that is to be sent.
    """

    def __init__(self, output: Output, total: int) -> None:
        self._output = output
        self._console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )
        self._task = self._progress.add_task("sending", total=total)
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

    def show(self, sent_bytes: int, done: int, count: int) -> None:
        """Draws the state: bytes sent, and objects done of how many."""
        self._progress.update(self._task, completed=sent_bytes, description=f"{done}/{count}")

    def _print(self, line: str) -> None:
        self._console.print(Text(line), soft_wrap=True)
