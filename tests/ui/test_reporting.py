"""The log, the hooks, the block of versions."""

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMessageLogger, qVersion

from tests.conftest import ExpectLog
from ui import reporting


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    before = (sys.excepthook, threading.excepthook, logging.getLogger().level)
    path = tmp_path / "folder" / "workbench.log"
    stop = reporting.start(path)
    yield path
    stop()
    assert (sys.excepthook, threading.excepthook, logging.getLogger().level) == before


def test_the_versions_are_those_of_a_bug_report() -> None:
    block = reporting.version_block()
    assert block.splitlines()[0].startswith("DICOM Workbench ")
    assert f"Qt {qVersion()}, PySide6 " in block
    assert "pydicom 3" in block


def test_the_log_begins_with_the_versions_and_takes_our_lines(log_file: Path) -> None:
    logging.getLogger("workbench.net").info("association %d opened", 17)
    text = log_file.read_text(encoding="utf-8")
    assert "DICOM Workbench" in text
    assert "INFO workbench.net association 17 opened" in text


def test_messages_of_qt_are_logged(log_file: Path) -> None:
    QMessageLogger().info("a word of Qt")
    assert "INFO ui.qt a word of Qt" in log_file.read_text(encoding="utf-8")


def test_uncaught_exceptions_are_logged_with_their_traceback(
    log_file: Path, expect_log: ExpectLog, capsys: pytest.CaptureFixture[str]
) -> None:
    expect_log("CRITICAL ui.reporting: ! uncaught")
    try:
        raise ValueError("nobody catches this")
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    thread = threading.Thread(target=lambda: int("not a number"))
    thread.start()
    thread.join()
    text = log_file.read_text(encoding="utf-8")
    assert "ValueError: nobody catches this" in text
    assert "not a number" in text
    assert "nobody catches this" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    stop = reporting.start(tmp_path / "file" / "workbench.log")
    stop()
    assert capsys.readouterr().err.startswith("there is no log: ")
