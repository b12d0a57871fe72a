"""Standard streams that never end the work: closed ones, full disks behind them, readers that have gone."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def kept_streams() -> Iterator[None]:
    """Puts streams that do not fail in the place of standard output and standard error.

    A tool that cannot say what it does still does it; its exit code tells how that went.
    """
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = map(_kept, streams)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        sys.stdout, sys.stderr = streams


def _kept(stream: Any) -> "KeptStream":
    if stream is None:  # the caller had it closed
        return KeptStream(open(os.devnull, "w", encoding="utf-8"))
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")  # a name in letters that the terminal has not
    return KeptStream(stream)


class KeptStream(io.TextIOBase):
    """Writes to a stream until that fails, and from then on nowhere."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Writes, or lets the text go where nothing can be written any more."""
        try:
            self._stream.write(text)
        except OSError:
            self._give_up()
        return len(text)

    def flush(self) -> None:
        """Hands on what was written."""
        try:
            self._stream.flush()
        except OSError:
            self._give_up()

    def isatty(self) -> bool:
        """Whether a person may be looking."""
        return bool(self._stream.isatty())

    def fileno(self) -> int:
        """Gives the descriptor of the stream."""
        return int(self._stream.fileno())

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """How text becomes bytes."""
        return str(self._stream.encoding)

    def _give_up(self) -> None:
        """Leads the descriptor nowhere too, so that what is buffered does not fail once more at the end."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
