"""The arrangement of the window is found again at the next start, and only if it was kept."""

from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from tests.ui.views.painted import Show
from ui.views import layout_memory
from ui.views.controls.splitters import Splitter
from ui.views.layout_memory import LayoutMemory


class Window(QMainWindow):
    """A window with a dock and a splitter."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.splitter = Splitter(Qt.Orientation.Horizontal, "trace", QLabel("a"), QLabel("b"))
        self.setCentralWidget(self.splitter)
        self.dock = QDockWidget("Nodes")
        self.dock.setObjectName("nodes")
        self.dock.setWidget(QLabel("nodes"))
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.dock)
        self.memory = LayoutMemory(self, path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "window.ini"


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes are kept after 10 ms instead of seconds."""
    monkeypatch.setattr(layout_memory, "_AFTER_CHANGE_MS", 10)


def test_the_first_start_has_nothing_to_restore(path: Path, show: Show) -> None:
    window = show(Window(path), 640, 400)
    assert window.memory.restore() is False
    assert window.size().toTuple() == (640, 400)


def test_size_docks_and_splitters_come_back(path: Path, show: Show) -> None:
    first = show(Window(path), 700, 450)
    first.splitter.setSizes([100, 400])
    sizes = first.splitter.sizes()
    first.dock.hide()
    first.memory.save()
    second = Window(path)
    assert second.memory.restore() is True
    show(second)
    assert second.size().toTuple() == (700, 450)
    assert not second.dock.isVisible()
    second.dock.show()
    second.dock.hide()
    ratio = second.splitter.sizes()[0] / sum(second.splitter.sizes())
    assert ratio == pytest.approx(sizes[0] / sum(sizes), abs=0.15)


@pytest.mark.parametrize("text", ["", "[General]\ngeometry=nonsense\nstate=5\n", "\x00\xff binary"])
def test_a_file_that_holds_no_arrangement_does_no_harm(path: Path, show: Show, text: str) -> None:
    path.write_text(text, encoding="latin-1")
    window = show(Window(path), 640, 400)
    assert window.memory.restore() is False
    assert window.size().toTuple() == (640, 400)


def test_an_arrangement_of_another_version_is_left(path: Path, show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    first = show(Window(path), 700, 450)
    first.memory.save()
    monkeypatch.setattr(layout_memory, "VERSION", layout_memory.VERSION + 1)
    assert Window(path).memory.restore() is False


def test_a_change_is_kept_without_being_asked(path: Path, show: Show, qtbot: QtBot, soon: None) -> None:
    window = show(Window(path), 640, 400)
    window.memory.watch()
    assert not path.exists()
    window.resize(720, 480)
    qtbot.waitUntil(path.exists)
    again = Window(path)
    assert again.memory.restore() is True
    assert again.size().toTuple() == (720, 480)


def test_moving_a_splitter_is_a_change(path: Path, show: Show, qtbot: QtBot, soon: None) -> None:
    window = show(Window(path), 640, 400)
    window.memory.watch()
    window.splitter.moveSplitter(150, 1)
    window.splitter.splitterMoved.emit(150, 1)
    qtbot.waitUntil(path.exists)


def test_nothing_is_kept_before_watching_or_after_stopping(path: Path, show: Show, qtbot: QtBot, soon: None) -> None:
    window = show(Window(path), 640, 400)
    window.resize(700, 420)
    window.memory.watch()
    window.memory.stop()
    window.setGeometry(QRect(0, 0, 720, 480))
    qtbot.wait(40)  # four times as long as a change would wait
    assert not path.exists()
