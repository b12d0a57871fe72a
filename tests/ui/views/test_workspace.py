"""The parts of the window work together."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.views.samples import CT, EXPLICIT, association, node, pdu_event, send_row
from tests.ui.views.stand_in import StandIn
from ui.theme import Tone
from ui.views.controls.buttons import Button
from ui.views.worklist_dialog import WorklistDialog
from ui.views.workspace import Workspace


@pytest.fixture
def window(qtbot: QtBot, desk: StandIn) -> Workspace:
    made = Workspace(desk.as_session())
    qtbot.addWidget(made)
    made.resize(1280, 800)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_every_panel_can_be_shown_and_is_marked(qtbot: QtBot, window: Workspace) -> None:
    for name, panel in window.panels.items():
        QTest.mouseClick(window.activity.buttons[name], Qt.MouseButton.LeftButton)
        assert panel.isVisible()
        assert window.activity.buttons[name].isChecked()
    window.show_panel("nodes")
    assert window.verify.isVisible()


def test_the_trace_alone_and_back(qtbot: QtBot, window: Workspace) -> None:
    window.reset_layout()
    qtbot.waitUntil(lambda: window.left_dock.width() < 250)
    before = window.left_dock.width(), window.right_dock.width(), window.trace_dock.height()
    QTest.mouseClick(window.activity.buttons["trace"], Qt.MouseButton.LeftButton)
    assert not window.middle.isVisible()
    assert not window.left_dock.isVisible()
    QTest.mouseClick(window.activity.buttons["trace"], Qt.MouseButton.LeftButton)
    assert not window.is_trace_alone
    qtbot.waitUntil(lambda: (window.left_dock.width(), window.right_dock.width(), window.trace_dock.height()) == before)


@pytest.mark.parametrize("size", [(1280, 800), (1600, 1000)])
def test_nothing_is_pushed_out_of_the_window(
    qtbot: QtBot, window: Workspace, desk: StandIn, size: tuple[int, int]
) -> None:
    window.resize(*size)
    window.reset_layout()
    desk.add_node(node())
    desk.send_model.set_rows([send_row("IM1", "failed", reason="A700H")])
    desk.associate(association(1))
    for name, panel in window.panels.items():
        window.show_panel(name)
        qtbot.waitUntil(panel.isVisible)
        for part in panel.findChildren(QWidget):
            if part.isVisible() and part.parentWidget() is panel:
                assert panel.rect().contains(part.geometry()), (name, part)
        assert window.rect().contains(panel.rect().translated(panel.mapTo(window, panel.rect().topLeft())))


def test_the_details_give_way_where_it_is_narrow_and_come_back(window: Workspace) -> None:
    window.resize(960, 640)
    assert not window.right_dock.isVisible()
    window.resize(1280, 800)
    assert window.right_dock.isVisible()


def test_details_that_the_user_has_hidden_stay_hidden(window: Workspace) -> None:
    window.right_dock.hide()
    window.resize(960, 640)
    window.resize(1280, 800)
    assert not window.right_dock.isVisible()


def test_docks_keep_their_widths_while_controls_come_and_go(qtbot: QtBot, window: Workspace, desk: StandIn) -> None:
    window.reset_layout()
    desk.add_node(node())
    qtbot.waitUntil(lambda: window.left_dock.width() > 200)
    before = window.left_dock.width(), window.right_dock.width()
    desk.send_model.set_rows([send_row("IM1")])
    desk.is_sending = True
    desk.send_changed.emit()
    desk.associate(association(1))
    desk.is_sending = False
    desk.send_changed.emit()
    window.send.table.selectRow(0)
    window.repaint()
    assert (window.left_dock.width(), window.right_dock.width()) == before


def test_a_selected_object_is_explained(window: Workspace, desk: StandIn) -> None:
    desk.add_node(node())
    desk.send_model.set_rows([send_row("IM1", "failed", reason="A700H Refused", association=3)])
    window.send.table.selectRow(0)
    assert window.details.pill.text() == "failed"
    assert "A700H Refused" in window.details.why.words.toPlainText()


def test_the_card_follows_a_new_association_past_an_older_selection(window: Workspace, desk: StandIn) -> None:
    desk.associate(association(3, outcome="released"))
    desk.send_model.set_rows([send_row("IM1", "failed", association=3)])
    window.send.table.selectRow(0)
    assert window.details.association.number == 3
    desk.associate(association(4))
    desk.send_changed.emit()
    assert window.details.association.number == 4
    window.selection.choose_sent(0)
    desk.associate(association(4, requests=9))
    assert window.details.association.number == 3


def test_why_leads_into_the_trace(qtbot: QtBot, window: Workspace, desk: StandIn) -> None:
    desk.associate(association(3))
    desk.happen(pdu_event(1, association=3), pdu_event(2, association=4))
    desk.send_model.set_rows([send_row("IM1", "failed", association=3)])
    window.send.table.selectRow(0)
    QTest.mouseClick(window.details.why.trace_button, Qt.MouseButton.LeftButton)
    assert desk.trace_model.rowCount() == 1
    QTest.mouseClick(window.details.why.retry_button, Qt.MouseButton.LeftButton)
    assert desk.asked == [("retry_failed",)]


def test_selecting_in_the_trace_shows_pdu_and_explanation(window: Workspace, desk: StandIn) -> None:
    desk.happen(pdu_event(1))
    assert window.select_trace(1)
    assert window.trace.pdu.number == 1
    assert window.details.pill.text() == "problem"
    assert not window.select_trace(99)


def test_a_chosen_node_is_explained_and_becomes_the_target(window: Workspace, desk: StandIn) -> None:
    desk.add_node(node("PACS1"))
    desk.add_node(node("RIS"))
    window.nodes.tree.select("RIS")
    assert window.send.node_name == "RIS"
    assert "RIS at 10.1.2.3:104" in window.details.why.words.toPlainText()


def test_start_and_echo_reach_the_session(qtbot: QtBot, window: Workspace, desk: StandIn) -> None:
    window.start_sending()
    assert desk.asked == []
    desk.add_node(node("PACS1"))
    desk.send_model.set_rows([send_row("IM1")])
    QTest.mouseClick(window.send.start_button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(window.nodes.echo_button, Qt.MouseButton.LeftButton)
    assert desk.asked == [("send", "PACS1", 1), ("echo", "PACS1")]


def test_one_click_starts_the_demo(qtbot: QtBot, window: Workspace, desk: StandIn) -> None:
    QTest.mouseClick(window.send.offer.button, Qt.MouseButton.LeftButton)
    assert desk.asked == [("start_demo",)]


def test_added_files_are_shown_where_they_wait(window: Workspace, desk: StandIn) -> None:
    window.show_panel("verify")
    window.add_paths([])
    assert window.verify.isVisible()
    window.add_paths([Path("/data/a")])
    assert window.send.isVisible()
    assert desk.asked == [("add_files", Path("/data/a"))]


def test_what_is_removed_can_come_back_from_the_toast(qtbot: QtBot, window: Workspace, desk: StandIn) -> None:
    desk.add_node(node("PACS1"))
    window.nodes.removal_asked.emit("PACS1")
    assert desk.node("PACS1") is None
    (toast,) = window.toasts.shown
    assert toast.action_button is not None
    QTest.mouseClick(toast.action_button, Qt.MouseButton.LeftButton)
    assert [row.name for row in desk.nodes_model.rows] == ["PACS1"]


def test_a_worklist_entry_is_added_edited_explained_and_removed(window: Workspace, desk: StandIn) -> None:
    window.show_panel("worklist")
    window.worklist.empty.third.click()
    window.worklist.table.selectRow(0)
    assert window.details.pill.text() == "worklist entry"
    assert "Phantom^Anna" in window.details.why.words.toPlainText()
    window.worklist.edit_button.click()
    dialog = window.findChild(WorklistDialog)
    assert dialog is not None
    dialog.fields["patient_name"].setText("Phantom^Berta")  # type: ignore[union-attr]
    dialog.accept()
    assert desk.worklist.model.rows[0].patient == "Phantom Berta"
    assert "Phantom^Berta" in window.details.why.words.toPlainText()
    window.worklist.remove_button.click()
    assert [row.patient_id for row in desk.worklist.model.rows] == ["EX-2", "EX-3"]
    assert window.details.why.words.toPlainText() == ""


@pytest.mark.parametrize("way", ["import", "export"])
def test_a_worklist_file_is_picked_without_blocking(window: Workspace, desk: StandIn, way: str) -> None:
    desk.worklist.add_examples()
    window.show_panel("worklist")
    (window.worklist.import_button if way == "import" else window.worklist.export_button).click()
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit("/data/day.csv")
    assert desk.asked == [("run", f"{way.capitalize()} day.csv")]
    dialog.reject()


def test_messages_of_the_session_are_toasts(window: Workspace, desk: StandIn) -> None:
    desk.message.emit("error", "PACS1: connection refused")
    (toast,) = window.toasts.shown
    assert (toast.text, toast.tone) == ("PACS1: connection refused", Tone.ERROR)


def test_listening_is_started_and_stopped(qtbot: QtBot, window: Workspace, desk: StandIn) -> None:
    QTest.mouseClick(window.local_ae.button, Qt.MouseButton.LeftButton)
    assert window.receive.isVisible()
    desk.listen_now(True)
    QTest.mouseClick(window.local_ae.button, Qt.MouseButton.LeftButton)
    assert desk.asked == [("start_listening",), ("stop_listening",)]


def test_the_menu_of_a_node_leads_to_its_panels(window: Workspace, desk: StandIn) -> None:
    desk.add_node(node("PACS1"))
    desk.add_node(node("RIS"))
    actions = {action.text(): action for action in window.nodes.menu_for("RIS").actions()}
    actions["Contexts proposed to it"].trigger()
    assert window.contexts.isVisible()
    assert desk.contexts_subject == "Proposed to RIS"
    actions["Send to it"].trigger()
    assert window.send.isVisible()
    assert window.send.node_name == "RIS"


def test_negotiated_contexts_stand_beside_the_association(window: Workspace, desk: StandIn) -> None:
    desk.answered[1] = (desk.context_row(CT, (EXPLICIT,)),)
    desk.associate(association(1))
    assert window.details.contexts_model.rowCount() == 1


def test_focus_goes_round_the_panes(qtbot: QtBot, window: Workspace, desk: StandIn) -> None:
    desk.add_node(node())
    desk.send_model.set_rows([send_row("IM1")])
    desk.happen(pdu_event(1))
    window.select_trace(1)
    window.activateWindow()
    panes = [window.nodes.tree, window.send.table, window.trace.table, window.trace.pdu.tree, window.trace.pdu.hex]
    panes[0].setFocus()
    for pane in [*panes[1:], panes[0]]:
        window.focus_next_pane()
        qtbot.waitUntil(pane.hasFocus)


def test_every_control_has_an_accessible_name(window: Workspace) -> None:
    nameless = [
        widget
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not widget.accessibleName()
        and not widget.objectName().startswith("qt_")
        and widget.focusProxy() is None
        # What an empty state does not offer is never shown.
        and not (isinstance(widget, Button) and widget.isHidden())
    ]
    assert nameless == []
