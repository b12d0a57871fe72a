"""What holds for every test: no screen, a home of its own, no unexpected log line, no unexpected warning of Qt.

Works without Qt installed. Runs without Qt switch pytest-qt off: `-p no:pytest-qt --ignore=tests/ui`.
"""

import itertools
import logging
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.peer_programs import find_program

# Before anything imports Qt: no test opens a window on a person's screen.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ON_CI = os.environ.get("CI", "").lower() == "true"
OUR_LOGGERS = ("workbench", "ui")

# Time limits of single examples say more about a busy machine than about the code. On CI the examples never change.
settings.register_profile(
    "workbench", deadline=None, derandomize=ON_CI, database=None if ON_CI else settings().database
)
settings.load_profile("workbench")

_homes = itertools.count(1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Lets warnings of Qt fail every test; a marker, since runs without pytest-qt would not know an ini line."""
    if config.pluginmanager.hasplugin("pytest-qt"):
        for item in items:
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Gives each test a home for settings, traces and objects, in DWB_HOME; the folder is not made beforehand."""
    folder = tmp_path_factory.getbasetemp() / "homes" / str(next(_homes))
    monkeypatch.setenv("DWB_HOME", str(folder))
    return folder


class LogWatch(logging.Handler):
    """Keeps the records of a test from WARNING up and the patterns that the test expects among them.

    Attributes:
        records: what our loggers said, in order.
        expected: pattern and whether it must have been seen.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []
        self.expected: list[tuple[re.Pattern[str], bool]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps a record."""
        self.records.append(record)

    def complaints(self) -> list[str]:
        """Gives a line for each record that no pattern allows and each required pattern that no record met."""
        messages = [f"{record.levelname} {record.name}: {record.getMessage()}" for record in self.records]
        unexpected = [text for text in messages if not any(pattern.search(text) for pattern, _ in self.expected)]
        unseen = [
            pattern.pattern
            for pattern, required in self.expected
            if required and not any(pattern.search(text) for text in messages)
        ]
        return [f"unexpected log line: {text}" for text in unexpected] + [
            f"log line not seen: {text}" for text in unseen
        ]


@pytest.fixture(autouse=True)
def log_watch() -> Iterator[LogWatch]:
    """Fails a test after which our loggers hold an unexpected line, and undoes what the test did to logging."""
    watch = LogWatch()
    root = logging.getLogger()
    loggers = [root, *map(logging.getLogger, OUR_LOGGERS)]
    for logger in loggers[1:]:  # a fixture of a whole module may have run a tool, which sets up what it prints
        logger.setLevel(logging.NOTSET)
        logger.propagate, logger.disabled = True, False
        logger.handlers.clear()
    before = [(logger, logger.level, logger.propagate, logger.disabled, logger.handlers[:]) for logger in loggers]
    for logger in loggers[1:]:
        logger.addHandler(watch)
    yield watch
    for logger, level, propagate, disabled, handlers in before:
        for handler in logger.handlers[:]:
            if handler not in handlers:
                logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate, logger.disabled = propagate, disabled
    complaints = watch.complaints()
    if complaints:
        pytest.fail("\n".join(complaints), pytrace=False)


ExpectLog = Callable[..., None]


@pytest.fixture
def expect_log(log_watch: LogWatch) -> ExpectLog:
    """Gives `expect(pattern, required=True)`: lines of our loggers from WARNING up that belong to the test.

    The pattern is searched for in "LEVEL logger: message". With required=False the line may also be missing.
    """

    def expect(pattern: str, *, required: bool = True) -> None:
        log_watch.expected.append((re.compile(pattern), required))

    return expect


PeerTool = Callable[[str], Path]


@pytest.fixture(scope="session")
def peer_tool() -> PeerTool:
    """Gives a function from a peer's program to its path; where it is missing the test is skipped, on CI it fails."""

    def find(name: str) -> Path:
        found = find_program(name)
        if found:
            return found
        message = (
            f"{name} is not installed: python3 packaging/bootstrap.py setup installs it or prints the line that does"
        )
        if ON_CI:
            pytest.fail(message, pytrace=False)
        pytest.skip(message)

    return find
