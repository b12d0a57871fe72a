"""The window by keyboard, in its usual sizes and in both themes."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.ui.views.painted import Show
from tests.ui.views.samples import node, pdu_event, send_row
from tests.ui.views.stand_in import StandIn
from ui.actions import ACTIONS, MENUS
from ui.theme import MARKS, Colours
from ui.views.main_window import MainWindow

CTRL, PLAIN = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def window(desk: StandIn, show: Show) -> MainWindow:
    return show(MainWindow(desk.as_session()), 1280, 800)


def test_the_menus_hold_the_table_in_its_order(window: MainWindow) -> None:
    menus = [menu for action in window.menuBar().actions() if isinstance(menu := action.menu(), QMenu)]
    assert len(menus) == len(MENUS)
    for name, menu in zip(MENUS, menus, strict=True):
        shown = [action.objectName() for action in menu.actions() if not action.isSeparator()]
        assert shown == [row.id for row in ACTIONS if row.menu == name]


def test_every_menu_has_a_letter_of_its_own(window: MainWindow) -> None:
    letters = [title[title.index("&") + 1] for title in (action.text() for action in window.menuBar().actions())]
    assert len(set(letters)) == len(letters) == len(MENUS)


def test_slash_and_ctrl_f_lead_into_the_filter(window: MainWindow) -> None:
    field = window.trace.tools.filter_field
    for key, modifier in ((Qt.Key.Key_Slash, PLAIN), (Qt.Key.Key_F, CTRL)):
        window.activity.buttons["send"].setFocus()
        QTest.keyClick(window, key, modifier)
        assert window.focusWidget() is field
        assert field.text() == ""


def test_f6_goes_round_all_panes(desk: StandIn, window: MainWindow) -> None:
    desk.add_node(node("PACS1"))
    desk.send_model.append([send_row("a.dcm")])
    desk.happen(pdu_event(1))
    window.select_trace(1)
    window.nodes.tree.setFocus()
    trace = window.trace
    panes = [window.nodes.tree, window.send.table, trace.table, trace.pdu.tree, trace.pdu.hex, window.nodes.tree]
    for pane, following in pairwise(panes):
        assert window.focusWidget() is pane
        QTest.keyClick(pane, Qt.Key.Key_F6)
        assert window.focusWidget() is following


def test_ctrl_q_asks_to_close(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.closing):
        QTest.keyClick(window, Qt.Key.Key_Q, CTRL)
    assert window.isVisible()


def test_a_second_close_does_not_wait_for_the_network(window: MainWindow) -> None:
    assert window.close() is False
    assert window.close() is True
    assert not window.isVisible()


def test_the_focus_begins_where_something_can_be_done(desk: StandIn, show: Show) -> None:
    first = show(MainWindow(desk.as_session()), 1280, 800)
    assert first.focusWidget() is first.send.offer.button
    desk.add_node(node("PACS1"))
    second = show(MainWindow(desk.as_session()), 1280, 800)
    assert second.focusWidget() is second.nodes.tree


def test_addresses_of_the_web_are_no_files(desk: StandIn, window: MainWindow) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/a.dcm")])
    event = QDragEnterEvent(QPoint(600, 400), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, PLAIN)
    event.ignore()
    QApplication.sendEvent(window, event)
    assert not event.isAccepted()
    assert not window.overlay.isVisible()


@pytest.mark.parametrize("severity", ["note", "ok", "warning", "error"])
def test_messages_carry_the_mark_of_their_severity(desk: StandIn, window: MainWindow, severity: str) -> None:
    desk.message.emit(severity, "The peer said something.")
    (toast,) = window.toasts.shown
    assert toast.tone.value == severity
    assert MARKS[toast.tone]


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
def test_every_part_is_within_the_window(window: MainWindow, size: tuple[int, int]) -> None:
    window.resize(*size)
    for part in (window.activity, window.nodes, window.local_ae, window.stack, window.details, window.trace):
        assert window.rect().contains(part.mapTo(window, part.rect().topLeft())), part
        assert window.rect().contains(part.mapTo(window, part.rect().bottomRight())), part


def test_the_ground_is_that_of_the_theme(scheme: Colours, desk: StandIn, show: Show) -> None:
    window = show(MainWindow(desk.as_session()), 1280, 800)
    below = window.activity.mapTo(window, window.activity.rect().bottomLeft())
    assert window.grab().toImage().pixelColor(below.x() - 5, below.y()).name() == scheme.ground
