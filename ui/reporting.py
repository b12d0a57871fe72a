"""What helps to find out why something went wrong: a log file, hooks for what nobody caught, a block of versions."""

import faulthandler
import logging
import platform
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from importlib.metadata import PackageNotFoundError, version
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

import PySide6
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler, qVersion

_log = logging.getLogger(__name__)
_qt_log = logging.getLogger("ui.qt")

_LOG_BYTES, _LOG_FILES = 1_000_000, 3
_LIBRARIES = ("qasync", "pydicom", "platformdirs", "msgspec")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def start(log_file: Path) -> Callable[[], None]:
    """Logs into a file from now on: our own lines, Qt's, and every exception that nobody caught.

    A crash of the interpreter itself leaves its traceback in a file beside it. A folder that cannot be written to is
    told on stderr and does not keep the application from running.

    Returns:
        What ends it and puts everything back as it was.
    """
    with ExitStack() as stack:
        try:
            log_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            crashes = stack.enter_context(log_file.with_suffix(".crash.txt").open("a", encoding="utf-8"))
            handler = RotatingFileHandler(log_file, maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8")
        except OSError as error:
            sys.stderr.write(f"there is no log: {error}\n")
            return lambda: None
        stack.callback(handler.close)
        faulthandler.enable(crashes)
        stack.callback(faulthandler.disable)
        _log_into(handler, stack)
        _take_hooks(stack)
        _log.info("%s", version_block().replace("\n", "; "))
        return stack.pop_all().close


def _log_into(handler: logging.Handler, stack: ExitStack) -> None:
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    stack.callback(root.setLevel, root.level)
    root.setLevel(logging.INFO)
    stack.callback(root.removeHandler, handler)
    root.addHandler(handler)


def _take_hooks(stack: ExitStack) -> None:
    stack.callback(setattr, sys, "excepthook", sys.excepthook)
    sys.excepthook = _uncaught
    stack.callback(setattr, threading, "excepthook", threading.excepthook)
    threading.excepthook = _uncaught_in_thread
    stack.callback(qInstallMessageHandler, qInstallMessageHandler(_qt_message))


def version_block() -> str:
    """Gives the lines that a bug report needs."""
    lines = [
        f"DICOM Workbench {_version('dicom-workbench')}",
        f"Python {platform.python_version()} ({platform.python_implementation()})",
        f"System {platform.platform()}",
        f"Qt {qVersion()}, PySide6 {PySide6.__version__}",
        *(f"{name} {_version(name)}" for name in _LIBRARIES),
    ]
    return "\n".join(lines)


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    _log.critical("! uncaught", exc_info=(kind, error, trace))
    sys.__excepthook__(kind, error, trace)


def _uncaught_in_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None:
        _uncaught(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)


def _qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s%s", text, f" ({context.category})" if context.category else "")
