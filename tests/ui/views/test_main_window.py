"""The window: dropped files, closing in two steps, its arrangement kept."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.views.samples import node
from tests.ui.views.stand_in import StandIn
from ui import theme
from ui.views.main_window import MainWindow


def make(qtbot: QtBot, desk: StandIn) -> MainWindow:
    window = MainWindow(desk.as_session())
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    return window


@pytest.fixture
def window(qtbot: QtBot, desk: StandIn) -> MainWindow:
    return make(qtbot, desk)


def drag(window: MainWindow, *names: str) -> QDragEnterEvent:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(name) for name in names])
    event = QDragEnterEvent(
        QPoint(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(window, event)
    return event


def drop(window: MainWindow, *names: str) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(name) for name in names])
    event = QDropEvent(
        QPointF(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(window, event)


def test_files_may_be_dropped_anywhere(window: MainWindow, desk: StandIn) -> None:
    desk.add_node(node("PACS1"))
    assert drag(window, "/data/a", "/data/b").isAccepted()
    assert window.overlay.isVisible()
    assert window.overlay.text == "Add 2 items to the send list, to be sent to PACS1"
    drop(window, "/data/a", "/data/b")
    assert not window.overlay.isVisible()
    assert desk.asked == [("add_files", Path("/data/a"), Path("/data/b"))]


def test_leaving_without_dropping_takes_the_overlay_away(window: MainWindow, desk: StandIn) -> None:
    drag(window, "/data/a")
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not window.overlay.isVisible()
    assert desk.asked == []


def test_nothing_can_be_dropped_while_sending(window: MainWindow, desk: StandIn) -> None:
    desk.is_sending = True
    assert not drag(window, "/data/a").isAccepted()
    assert not window.overlay.isVisible()


def test_text_is_not_accepted(window: MainWindow) -> None:
    data = QMimeData()
    data.setText("words")
    event = QDragEnterEvent(
        QPoint(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(window, event)
    assert not window.overlay.isVisible()


def test_closing_asks_first_and_closes_then(qtbot: QtBot, window: MainWindow) -> None:
    first = QCloseEvent()
    with qtbot.waitSignal(window.closing):
        QApplication.sendEvent(window, first)
    assert not first.isAccepted()
    assert window.isVisible()
    window.finish()
    assert not window.isVisible()


def test_the_arrangement_is_kept(qtbot: QtBot, window: MainWindow, desk: StandIn) -> None:
    window.right_dock.hide()
    window.trace.splitter.setSizes([300, 500])
    kept = window.trace.splitter.saveState()
    window.close()
    again = make(qtbot, desk)
    assert again.trace.splitter.saveState() == kept
    assert not again.right_dock.isVisible()
    assert not again.commands.actions["view.show_details"].isChecked()


def restart(qtbot: QtBot, window: MainWindow, desk: StandIn, width: int, height: int) -> MainWindow:
    """Closes the window and opens it again in another size, as `--size` does."""
    window.close()
    window.memory.stop()
    again = MainWindow(desk.as_session())
    qtbot.addWidget(again)
    again.resize(width, height)
    again.show()
    return again


def test_details_that_gave_way_come_back_at_a_wider_start(qtbot: QtBot, window: MainWindow, desk: StandIn) -> None:
    window.resize(960, 620)
    assert not window.right_dock.isVisible()
    narrow = restart(qtbot, window, desk, 960, 620)
    assert not narrow.right_dock.isVisible()
    wide = restart(qtbot, narrow, desk, 1280, 800)
    assert wide.right_dock.isVisible()
    assert wide.commands.actions["view.show_details"].isChecked()


def test_details_give_way_at_a_first_start_that_is_narrow(qtbot: QtBot, desk: StandIn) -> None:
    narrow = MainWindow(desk.as_session())
    qtbot.addWidget(narrow)
    narrow.resize(960, 620)
    with qtbot.waitExposed(narrow):
        narrow.show()
    qtbot.waitUntil(lambda: narrow.left_dock.width() < 200)
    assert not narrow.right_dock.isVisible()
    assert narrow.width() == 960


def test_details_that_the_user_has_hidden_stay_so_after_a_narrow_start(
    qtbot: QtBot, window: MainWindow, desk: StandIn
) -> None:
    window.commands.actions["view.show_details"].trigger()
    narrow = restart(qtbot, window, desk, 960, 620)
    wide = restart(qtbot, narrow, desk, 1600, 1000)
    assert not wide.right_dock.isVisible()


def test_the_menu_bar_has_every_menu(window: MainWindow) -> None:
    titles = [action.text().replace("&", "") for action in window.menuBar().actions()]
    assert titles == ["File", "Edit", "View", "Node", "Trace", "Help"]


def test_icons_of_the_menus_follow_the_theme(qtbot: QtBot, qapp: QApplication, window: MainWindow) -> None:
    action = window.commands.actions["file.settings"]
    before = action.icon().pixmap(16).toImage()
    theme.apply(qapp, "dark")
    qtbot.waitUntil(lambda: action.icon().pixmap(16).toImage() != before)
