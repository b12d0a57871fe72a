"""The worklist in the panel: who serves it, what stands in it, what can be done to it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.views.painted import Show
from tests.ui.views.stand_in import BUILT_IN, StandIn
from ui.views.worklist_panel import WorklistPanel


@pytest.fixture
def panel(show: Show, desk: StandIn) -> WorklistPanel:
    return show(WorklistPanel(desk.as_session()), 620, 400)


@pytest.fixture
def filled(panel: WorklistPanel, desk: StandIn) -> WorklistPanel:
    desk.worklist.add_examples()
    return panel


def patients(desk: StandIn) -> list[str]:
    return [row.patient_id for row in desk.worklist.model.rows]


def test_an_empty_worklist_says_how_to_fill_it(qtbot: QtBot, panel: WorklistPanel, desk: StandIn) -> None:
    assert panel.empty.isVisible()
    assert not panel.tools.isVisible()
    with qtbot.waitSignal(panel.add_asked):
        panel.empty.button.click()
    with qtbot.waitSignal(panel.import_asked):
        panel.empty.second.click()
    panel.empty.third.click()
    assert patients(desk) == ["EX-1", "EX-2", "EX-3"]
    assert panel.table.isVisible()
    assert panel.tools.isVisible()


def test_it_says_who_serves_it_and_whether_anybody_can_ask(panel: WorklistPanel, desk: StandIn) -> None:
    assert (panel.pill.text(), panel.listen_button.isVisible()) == ("off", True)
    assert panel.line.text() == "WORKBENCH 127.0.0.1:11112   ·   does not listen: nobody can query the worklist"
    desk.listen_now(True)
    desk.worklist.add_examples()
    assert (panel.pill.text(), panel.listen_button.isVisible()) == ("listening", False)
    assert panel.line.text() == "WORKBENCH 127.0.0.1:11112   ·   answers worklist queries   ·   3 entries"


def test_a_profile_that_leaves_the_worklist_out_is_said(panel: WorklistPanel, desk: StandIn) -> None:
    desk.listen_now(True)
    desk.set_accept_profile(BUILT_IN.name)
    assert panel.pill.text() == "left out"
    assert "leave the worklist out" in panel.line.text()


def test_listening_can_be_started_here(qtbot: QtBot, panel: WorklistPanel) -> None:
    with qtbot.waitSignal(panel.listen_asked):
        panel.listen_button.click()


def test_only_what_is_selected_can_be_changed(qtbot: QtBot, filled: WorklistPanel, desk: StandIn) -> None:
    filled.table.clearSelection()
    buttons = (filled.edit_button, filled.duplicate_button, filled.remove_button)
    assert not any(button.isEnabled() for button in buttons)
    filled.table.selectAll()
    assert [button.isEnabled() for button in buttons] == [False, True, True]
    with qtbot.waitSignal(filled.removal_asked, check_params_cb=lambda places: places == [0, 1, 2]):
        filled.remove_button.click()
    filled.table.selectRow(1)
    with qtbot.waitSignal(filled.edit_asked, check_params_cb=lambda place: place == 1):
        filled.edit_button.click()


def test_the_keyboard_edits_and_removes(qtbot: QtBot, filled: WorklistPanel) -> None:
    filled.table.selectRow(2)
    filled.table.setFocus()
    with qtbot.waitSignal(filled.edit_asked, check_params_cb=lambda place: place == 2):
        QTest.keyClick(filled.table, Qt.Key.Key_Return)
    with qtbot.waitSignal(filled.removal_asked, check_params_cb=lambda places: places == [2]):
        QTest.keyClick(filled.table, Qt.Key.Key_Delete)
    filled.table.selectAll()
    with qtbot.assertNotEmitted(filled.edit_asked):
        QTest.keyClick(filled.table, Qt.Key.Key_Return)


def test_a_copy_is_selected_so_that_it_can_be_changed(filled: WorklistPanel, desk: StandIn) -> None:
    filled.table.clearSelection()
    filled.table.selectRow(0)
    filled.duplicate_button.click()
    assert patients(desk) == ["EX-1", "EX-2", "EX-3", "EX-1"]
    assert filled.table.selected_rows() == [3]


def test_the_selection_survives_what_happens_to_others(qtbot: QtBot, filled: WorklistPanel, desk: StandIn) -> None:
    filled.table.clearSelection()
    with qtbot.waitSignal(filled.row_chosen, check_params_cb=lambda place: place == 1):
        filled.table.selectRow(1)
    desk.worklist.remove([0])
    assert filled.table.selected_rows() == [0]
    assert filled.edit_button.isEnabled()


def test_the_menu_of_the_table_does_what_the_buttons_do(qtbot: QtBot, filled: WorklistPanel) -> None:
    filled.table.selectRow(0)
    actions = {action.text(): action for action in filled.menu().actions()}
    assert list(actions) == ["Edit…", "Duplicate", "Remove"]
    with qtbot.waitSignal(filled.removal_asked):
        actions["Remove"].trigger()


def test_a_damaged_file_is_said_with_what_to_do(panel: WorklistPanel, desk: StandIn) -> None:
    desk.worklist.path.write_text("{")
    panel.hide()
    panel.show()  # what is shown is read then
    assert panel.damaged.isVisible()
    assert str(desk.worklist.path) in panel.damaged.sentence.text()
    assert "A700H" in panel.damaged.sentence.text()
    assert not panel.add_button.isVisible()
    panel.damaged.button.click()
    assert panel.damaged.isVisible()
    panel.damaged.second.click()
    assert panel.empty.isVisible()


def test_every_row_can_be_read_in_a_small_window(filled: WorklistPanel, desk: StandIn) -> None:
    cells = desk.worklist.model.cells(0)
    shown = [filled.table.rows.shown(cells[column].text, column) for column in range(6)]
    assert shown == [cell.text for cell in cells[:6]]
