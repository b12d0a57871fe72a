"""Contexts: what is proposed, accepted and answered."""

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from tests.ui.views.samples import CT, EXPLICIT, association, node
from tests.ui.views.stand_in import StandIn
from ui.views.contexts_panel import ContextsPanel
from ui.views.main_window import MainWindow


@pytest.fixture
def panel(qtbot: QtBot, desk: StandIn) -> ContextsPanel:
    made = ContextsPanel(desk.as_session())
    qtbot.addWidget(made)
    made.resize(760, 420)
    made.show()
    return made


def choose(panel: ContextsPanel, text: str) -> None:
    at = panel.source.findText(text)
    assert at >= 0, text
    panel.source.setCurrentIndex(at)
    panel.source.activated.emit(at)


def test_it_begins_with_what_we_accept(panel: ContextsPanel, desk: StandIn) -> None:
    assert panel.source.currentText() == "Accepted by WORKBENCH"
    assert desk.contexts_model.rowCount() == 2
    assert panel.count.text() == "2 of 2 ticked"


def test_nodes_profiles_and_associations_are_offered(panel: ContextsPanel, desk: StandIn) -> None:
    desk.answered[4] = (desk.context_row(CT, (EXPLICIT,)),)
    desk.add_node(node("PACS1"))
    desk.associate(association(4))
    choose(panel, "Proposed to PACS1")
    assert desk.contexts_subject == "Proposed to PACS1"
    choose(panel, "Profile: Verification")
    assert desk.contexts_subject == "Profile: Verification"
    choose(panel, "Association 4: WORKBENCH → PACS1")
    assert desk.contexts_subject == "Association 4"


def test_the_window_can_ask_for_one(panel: ContextsPanel, desk: StandIn) -> None:
    desk.add_node(node("PACS1"))
    desk.answered[4] = ()
    desk.associate(association(4))
    panel.show_node("PACS1")
    assert panel.chosen_source == ("node", "PACS1")
    panel.show_association(4)
    assert panel.source.currentData() == ("association", 4)


def test_what_was_answered_cannot_be_edited(panel: ContextsPanel, desk: StandIn) -> None:
    desk.answered[4] = (desk.context_row(CT, (EXPLICIT,)),)
    desk.associate(association(4))
    panel.show_association(4)
    panel.table.selectRow(0)
    assert not panel.add_button.isEnabled()
    assert not panel.remove_button.isEnabled()
    assert panel.save_button.isEnabled()
    assert panel.count.text() == "1 context"


def test_what_was_answered_has_no_menu_of_changes(
    monkeypatch: pytest.MonkeyPatch, panel: ContextsPanel, desk: StandIn
) -> None:
    opened: list[QPoint] = []
    monkeypatch.setattr(QMenu, "popup", lambda _menu, place: opened.append(place))
    desk.answered[4] = (desk.context_row(CT, (EXPLICIT,)),) * 2
    desk.associate(association(4))
    panel.show_association(4)
    assert panel.count.text() == "2 contexts"
    panel.table.selectRow(0)
    panel.table.customContextMenuRequested.emit(QPoint(5, 5))
    assert opened == []
    choose(panel, "Accepted by WORKBENCH")
    panel.table.selectRow(0)
    panel.table.customContextMenuRequested.emit(QPoint(5, 5))
    assert len(opened) == 1


def test_search_leaves_what_fits_and_stops_moving(qtbot: QtBot, panel: ContextsPanel, desk: StandIn) -> None:
    QTest.keyClicks(panel.search_field, "ct im")
    assert desk.contexts_model.rowCount() == 1
    panel.table.selectRow(0)
    assert not panel.up_button.isEnabled()


def test_rows_can_be_moved_and_removed(qtbot: QtBot, panel: ContextsPanel, desk: StandIn) -> None:
    panel.table.selectRow(1)
    assert not panel.down_button.isEnabled()
    QTest.mouseClick(panel.up_button, Qt.MouseButton.LeftButton)
    assert desk.contexts_model.rows[0].sop_class == "CT Image"
    QTest.mouseClick(panel.remove_button, Qt.MouseButton.LeftButton)
    assert [row.sop_class for row in desk.contexts_model.rows] == ["Verification"]


def test_the_menu_gives_another_role(panel: ContextsPanel, desk: StandIn) -> None:
    panel.table.selectRow(1)
    roles = next(each for action in panel.menu().actions() if isinstance(each := action.menu(), QMenu))
    assert [action.isChecked() for action in roles.actions()] == [True, False, False, False]
    roles.actions()[3].trigger()
    assert desk.contexts_model.rows[1].role == "both"
    roles.actions()[1].trigger()
    assert (desk.contexts_model.rows[1].role, desk.contexts_model.rows[1].is_role_explicit) == ("SCU", True)


def test_the_menu_asks_for_extended_negotiation(qtbot: QtBot, panel: ContextsPanel) -> None:
    panel.table.selectRow(1)
    (action,) = [each for each in panel.menu().actions() if each.text() == "Extended negotiation…"]
    with qtbot.waitSignal(panel.extended_asked) as asked:
        action.trigger()
    assert asked.args == [1]
    panel.table.selectAll()
    (action,) = [each for each in panel.menu().actions() if each.text() == "Extended negotiation…"]
    assert not action.isEnabled()


def test_the_column_of_extended_negotiation_is_there_when_it_is_needed(panel: ContextsPanel, desk: StandIn) -> None:
    assert panel.table.isColumnHidden(3)
    desk.contexts_model.set_extended(CT, b"\1", "")
    assert not panel.table.isColumnHidden(3)
    desk.contexts_model.set_extended(CT, b"", "")
    assert panel.table.isColumnHidden(3)


def test_profiles_are_imported_and_exported(qtbot: QtBot, panel: ContextsPanel, desk: StandIn) -> None:
    assert (panel.export_one.isEnabled(), panel.export_own.isEnabled()) == (False, False)
    with qtbot.waitSignal(panel.import_asked):
        panel.files_button.menu().actions()[0].trigger()
    desk.save_contexts("Mine")
    choose(panel, "Profile: Verification")
    for action, names in ((panel.export_one, ["Verification"]), (panel.export_own, ["Mine"])):
        with qtbot.waitSignal(panel.export_asked) as asked:
            action.trigger()
        assert asked.args == [names]


def test_save_and_add_ask(qtbot: QtBot, panel: ContextsPanel) -> None:
    with qtbot.waitSignal(panel.save_asked):
        QTest.mouseClick(panel.save_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(panel.add_asked):
        QTest.mouseClick(panel.add_button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("size", [(960, 620), (1280, 800), (1600, 1000)])
def test_the_buttons_of_an_own_profile_are_shown_whole(qtbot: QtBot, desk: StandIn, size: tuple[int, int]) -> None:
    window = MainWindow(desk.as_session())
    qtbot.addWidget(window)
    window.resize(*size)
    window.show_panel("contexts")
    with qtbot.waitExposed(window):
        window.show()
    panel = window.contexts
    desk.save_contexts("Mine")
    choose(panel, "Profile: Mine")
    window.reset_layout()
    qtbot.waitUntil(lambda: panel.delete_button.isVisible() and panel.count.width() > 0)
    row = (
        panel.add_button, panel.remove_button, panel.up_button, panel.down_button,
        panel.accept_button, panel.delete_button, panel.save_button,
    )  # fmt: skip
    for part in (panel.count, panel.files_button, *row):
        assert part.width() >= part.sizeHint().width(), part
        assert panel.rect().contains(part.geometry()), part
    for left, right in pairwise(row):
        assert left.geometry().right() < right.geometry().left(), (left, right)
    assert window.size().toTuple() == size


def test_own_profiles_can_be_accepted_and_deleted(qtbot: QtBot, panel: ContextsPanel, desk: StandIn) -> None:
    desk.save_contexts("Mine")
    choose(panel, "Profile: Verification")
    assert not panel.delete_button.isVisible()
    choose(panel, "Profile: Mine")
    QTest.mouseClick(panel.accept_button, Qt.MouseButton.LeftButton)
    assert desk.settings.accept_profile == "Mine"
    QTest.mouseClick(panel.delete_button, Qt.MouseButton.LeftButton)
    assert panel.source.findText("Profile: Mine") == -1
    assert panel.source.currentText() == "Accepted by WORKBENCH"


def test_the_menu_does_what_the_keys_do(panel: ContextsPanel, desk: StandIn) -> None:
    def trigger(text: str) -> None:
        next(action for action in panel.menu().actions() if action.text() == text).trigger()

    def order() -> list[str]:
        return [row.sop_class for row in desk.contexts_model.rows]

    before = order()
    panel.table.selectRow(0)
    trigger("Move down")
    assert order() == before[::-1]
    trigger("Move up")
    assert order() == before
    trigger("Tick or untick (Space)")
    assert [row.is_enabled for row in desk.contexts_model.rows] == [False, True]
    trigger("Remove")
    assert order() == before[1:]


def test_ticks_are_counted_as_they_change(panel: ContextsPanel, desk: StandIn) -> None:
    panel.table.selectRow(0)
    QTest.keyClick(panel.table, Qt.Key.Key_Space)
    assert panel.count.text() == "1 of 2 ticked"
    panel.table.selectAll()
    QTest.mouseClick(panel.remove_button, Qt.MouseButton.LeftButton)
    assert panel.count.text() == ""
    assert not panel.save_button.isEnabled()


def test_moving_stops_at_both_ends(panel: ContextsPanel, desk: StandIn) -> None:
    assert not panel.up_button.isEnabled()
    assert not panel.down_button.isEnabled()
    panel.table.selectRow(0)
    assert (panel.up_button.isEnabled(), panel.down_button.isEnabled()) == (False, True)
    QTest.mouseClick(panel.down_button, Qt.MouseButton.LeftButton)
    assert (panel.up_button.isEnabled(), panel.down_button.isEnabled()) == (True, False)


def test_another_list_is_searched_afresh(panel: ContextsPanel, desk: StandIn) -> None:
    panel.search_field.setText("nothing")
    assert desk.contexts_model.rowCount() == 0
    choose(panel, "Profile: Verification")
    assert panel.search_field.text() == ""
    assert desk.contexts_model.rowCount() == 1


def test_only_a_profile_can_be_accepted_and_only_once(panel: ContextsPanel, desk: StandIn) -> None:
    assert panel.accept_button.isHidden()
    choose(panel, "Profile: Verification")
    assert not panel.accept_button.isHidden()
    assert panel.accept_button.isEnabled()
    QTest.mouseClick(panel.accept_button, Qt.MouseButton.LeftButton)
    assert not panel.accept_button.isEnabled()


def test_the_list_stays_when_others_come_and_goes_with_its_node(panel: ContextsPanel, desk: StandIn) -> None:
    desk.add_node(node("PACS1"))
    panel.show_node("PACS1")
    desk.add_node(node("PACS2"))
    assert panel.source.currentText() == "Proposed to PACS1"
    desk.remove_node("PACS1")
    assert panel.source.currentText() == "Accepted by WORKBENCH"
    assert desk.contexts_subject == "Accepted"


def test_the_list_of_what_we_accept_has_our_title(panel: ContextsPanel, desk: StandIn) -> None:
    desk.set_local(replace(desk.local, ae_title="BENCH2"))
    assert panel.source.currentText() == "Accepted by BENCH2"


def test_edits_of_what_is_accepted_are_said_not_to_be_in_force(panel: ContextsPanel, desk: StandIn) -> None:
    desk.is_acceptance_edited = True
    desk.contexts_model.set_enabled((0,), False)
    assert panel.count.text() == "1 of 2 ticked   ▲ not in force until saved"
