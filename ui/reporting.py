"""What is needed to find out why something went wrong: a log file, hooks for what nobody caught, a block of versions."""

import faulthandler
import logging
import platform
import sys
import threading
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


def start(log_file: Path) -> None:
    """Logs into a file from now on: our own lines, Qt's, and every exception that nobody caught.

    A crash of the interpreter itself leaves its traceback in a file beside it. A folder that cannot be written to is told
    on stderr and does not keep the application from running.
    """
    try:
        log_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = RotatingFileHandler(log_file, maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8")
        faulthandler.enable(log_file.with_suffix(".crash.txt").open("a", encoding="utf-8"))
    except OSError as error:
        sys.stderr.write(f"there is no log: {error}\n")
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    qInstallMessageHandler(_qt_message)
    _log.info("%s", version_block().replace("\n", "; "))


def stop() -> None:
    """Takes the hooks away and closes the log file."""
    qInstallMessageHandler(None)
    sys.excepthook = sys.__excepthook__
    threading.excepthook = threading.__excepthook__
    faulthandler.disable()
    root = logging.getLogger()
    for handler in root.handlers[:]:
        if isinstance(handler, RotatingFileHandler):
            root.removeHandler(handler)
            handler.close()


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
