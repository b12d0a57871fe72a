"""Docks have no title bar until they float."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMainWindow

from tests.ui.views.painted import Show
from ui.views.docks import Dock


def docked(show: Show) -> tuple[QMainWindow, Dock, QLabel]:
    window, contents = QMainWindow(), QLabel("contents")
    dock = Dock("nodes", "Nodes and local AE", contents, (10, 10, 2, 2))
    window.setCentralWidget(QLabel("middle"))
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    return show(window, 600, 400), dock, contents


def test_the_contents_stand_in_their_margins(show: Show) -> None:
    _, dock, contents = docked(show)
    corner = contents.mapTo(dock, contents.rect().topLeft())
    assert (corner.x(), corner.y()) == (10, 10)
    assert dock.titleBarWidget().height() == 0


def test_it_is_named_for_the_memory_and_for_a_screen_reader(show: Show) -> None:
    _, dock, _ = docked(show)
    assert (dock.objectName(), dock.accessibleName(), dock.windowTitle()) == (
        "nodes", "Nodes and local AE", "Nodes and local AE",
    )  # fmt: skip


def test_a_floating_dock_can_be_moved_and_closed_by_its_title_bar(show: Show) -> None:
    window, dock, contents = docked(show)
    dock.setFloating(True)
    # None is Qt's own title bar.
    assert dock.titleBarWidget() is None
    assert contents.isVisible()
    dock.setFloating(False)
    assert dock.titleBarWidget().height() == 0
    assert window.isAncestorOf(contents)
