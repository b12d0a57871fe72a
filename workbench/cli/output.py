"""What a tool says: lines for people on standard error, events for programs on standard output."""

import importlib
import logging
import sys
import time
from collections.abc import Callable
from enum import IntEnum

from workbench.errors import AssociationAborted, AssociationRejected, AssociationReleased, WorkbenchError


class Level(IntEnum):
    """How much is said; the letter before each line is the first of its level, as in DCMTK."""

    TRACE = 5
    DEBUG = logging.DEBUG
    INFO = logging.INFO
    WARNING = logging.WARNING
    ERROR = logging.ERROR
    FATAL = logging.CRITICAL


class Output:
    """The two streams of a tool.

    Args:
        level: lines below it are not printed.
        as_json: print events.

    Attributes:
        write: takes a finished line; replaced while a progress bar owns the terminal.
    """

    def __init__(self, *, level: Level, as_json: bool) -> None:
        self.level = level
        self.write: Callable[[str], None] = _write_error
        # Imported only where it is needed: a short echo notices 3 ms.
        self._encode: Callable[[object], str] | None = importlib.import_module("json").dumps if as_json else None
        handler = _Handler(self)
        handler.setFormatter(logging.Formatter("%(message)s"))
        logger = logging.getLogger("workbench")
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(level)

    def line(self, level: Level, text: str) -> None:
        """Prints a line for people; what came from the network or the disk cannot control the terminal."""
        if level >= self.level:
            self.write(f"{level.name[0]}: {printable(text)}")

    def info(self, text: str) -> None:
        """Says what happens, asked for by -v."""
        self.line(Level.INFO, text)

    def warning(self, text: str) -> None:
        """Says what may surprise."""
        self.line(Level.WARNING, text)

    def error(self, text: str) -> None:
        """Says what failed."""
        self.line(Level.ERROR, text)

    def fatal(self, text: str) -> None:
        """Says what ends the tool."""
        self.line(Level.FATAL, text)

    def failed(self, what: str, error: WorkbenchError, *, association: int | None = None) -> None:
        """Says what could not be done and why: the words of DCMTK with its condition code, then ours.

        Args:
            what: "Association Request", "Store" and the like.
        """
        from workbench.cli.conditions import condition, rejection  # which only failures need

        if isinstance(error, AssociationRejected):
            self.fatal("Association Rejected:")
            for line in rejection(error.result, error.source, error.reason):
                self.fatal(line)
        code = condition(error)
        words = str(error).removeprefix("TLS: ") if code else str(error)  # the code says it
        self.fatal(f"{what} Failed: {code}: {words}" if code else f"{what} Failed: {words}")
        self.failure(error, association=association)

    def failure(self, error: WorkbenchError, *, association: int | None = None) -> None:
        """Prints the event for an error that kept or ended an association."""
        match error:
            case AssociationRejected(result=result, source=source, reason=reason):
                self.event(
                    "rejected", association=association, reason=str(error), result=result, source=source, code=reason
                )
            case AssociationAborted(source=source, by_peer=by_peer, reason=reason):
                self.event(
                    "aborted", association=association, reason=str(error), by_peer=by_peer, source=source, code=reason
                )
            case AssociationReleased():
                self.event("released", association=association, reason=str(error))
            case _:
                self.event("error", association=association, reason=str(error))

    def event(self, name: str, *, association: int | None = None, **fields: object) -> None:
        """Prints an event for programs, with the time in seconds since the epoch; fields that are None are left out."""
        if self._encode is None:
            return
        event: dict[str, object] = {"event": name, "time": time.time()}
        fields = {"association": association, **fields}
        event.update((key, value) for key, value in fields.items() if value is not None)
        print(self._encode(event), flush=True)


def printable(text: str) -> str:
    """Gives the text with control characters, and others that are not for printing, as escapes."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def _write_error(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


class _Handler(logging.Handler):
    """Prints what the library logs among the lines of the tool."""

    def __init__(self, output: Output) -> None:
        super().__init__()
        self._output = output

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        for line in text.splitlines() if record.exc_info else (text,):
            self._output.line(Level(max(Level.DEBUG, record.levelno // 10 * 10)), line)
