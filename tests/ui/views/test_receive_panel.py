"""Receiving: the listener and what came."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.views.samples import association, node, received_row
from tests.ui.views.stand_in import StandIn
from ui.models.roles import Category, Role
from ui.views.controls.buttons import Button
from ui.views.receive_panel import ReceivePanel


@pytest.fixture
def panel(qtbot: QtBot, desk: StandIn) -> ReceivePanel:
    made = ReceivePanel(desk.as_session())
    qtbot.addWidget(made)
    made.resize(760, 420)
    made.show()
    return made


def test_a_listener_that_is_off_can_be_started(qtbot: QtBot, panel: ReceivePanel, desk: StandIn) -> None:
    assert panel.empty.isVisible()
    assert panel.pill.text() == "off"
    with qtbot.waitSignal(panel.listen_toggled) as told:
        QTest.mouseClick(panel.empty.button, Qt.MouseButton.LeftButton)
    assert told.args == [True]
    with qtbot.waitSignal(panel.settings_asked):
        QTest.mouseClick(panel.empty.second, Qt.MouseButton.LeftButton)


def test_a_listener_that_is_on_says_where_and_can_be_stopped(qtbot: QtBot, panel: ReceivePanel, desk: StandIn) -> None:
    desk.listen_now(True)
    assert not panel.empty.isVisible()
    assert panel.pill.text() == "listening"
    assert "WORKBENCH 127.0.0.1:11112" in panel.line.text()
    assert panel.services.text() == "answers queries, retrieval, worklist, procedure steps   ·   commitment off"
    with qtbot.waitSignal(panel.listen_toggled) as told:
        QTest.mouseClick(panel.stop_button, Qt.MouseButton.LeftButton)
    assert told.args == [False]


def test_only_open_associations_of_peers_are_under_way(panel: ReceivePanel, desk: StandIn) -> None:
    desk.listen_now(True)
    desk.associate(association(1), association(2, is_requestor=False))
    model = panel.associations.model()
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["#2"]
    desk.associate(association(2, is_requestor=False, outcome="released"))
    assert model.rowCount() == 0


def test_received_objects_are_counted_and_can_be_chosen(qtbot: QtBot, panel: ReceivePanel, desk: StandIn) -> None:
    desk.listen_now(True)
    desk.received_model.append([received_row(1), received_row(2)])
    desk.received_added.emit([])
    assert panel.received_caption.text() == "2 received objects"
    with qtbot.waitSignal(panel.row_chosen) as told:
        place = panel.received.visualRect(desk.received_model.index(1, 0)).center()
        QTest.mouseClick(panel.received.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told.args == [1]


def test_what_came_stays_when_listening_ends(panel: ReceivePanel, desk: StandIn) -> None:
    desk.received_model.append([received_row(1)])
    desk.listen_now(True)
    desk.listen_now(False)
    assert not panel.empty.isVisible()
    assert panel.listen_button.isVisible()


def test_choosing_an_association_tells_its_number(qtbot: QtBot, panel: ReceivePanel, desk: StandIn) -> None:
    desk.listen_now(True)
    desk.associate(association(5, is_requestor=False))
    with qtbot.waitSignal(panel.association_chosen) as told:
        panel.associations.selectRow(0)
    assert told.args == [5]


def test_who_was_turned_away_can_be_let_in(qtbot: QtBot, panel: ReceivePanel, desk: StandIn) -> None:
    desk.listen_now(True)
    desk.refused_callers = ("MR7",)
    desk.listening_changed.emit()
    (button,) = [each for each in panel.refused.findChildren(Button) if each.isVisible()]
    assert button.text() == "Allow MR7"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert desk.asked == [("allow_caller", "MR7")]
    desk.refused_callers = ()
    desk.listening_changed.emit()
    assert not panel.refused.isVisible()


def test_the_folder_can_be_opened(qtbot: QtBot, panel: ReceivePanel, desk: StandIn) -> None:
    QTest.mouseClick(panel.folder_button, Qt.MouseButton.LeftButton)
    assert desk.asked == [("open_storage_folder",)]


def test_the_line_says_whom_it_serves_with_all_in_its_tool_tip(panel: ReceivePanel, desk: StandIn) -> None:
    for name in ("PACS1", "PACS2", "PACS3"):
        desk.add_node(node(name))
    assert "serves WORKBENCH, PACS1 + 2 more" in panel.line.text()
    assert {"PACS2", "PACS3", str(desk.storage_folder)} <= set(panel.line.toolTip().splitlines())


def test_what_was_acknowledged_and_not_kept_is_red(panel: ReceivePanel, desk: StandIn) -> None:
    desk.listen_now(True)
    lost = received_row(1, path="", result="✖ acknowledged, not kept", category=Category.ERROR, is_not_kept=True)
    desk.received_model.append([lost])
    index = desk.received_model.index(0, 6)
    assert (index.data(), index.data(Role.CATEGORY)) == ("✖ acknowledged, not kept", Category.ERROR)
    assert index.data(Role.ROW_CATEGORY) is Category.ERROR
