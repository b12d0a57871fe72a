"""Every action does what it says, from the keyboard as well."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from tests.ui.views.samples import association, node, pdu_event, send_row
from tests.ui.views.stand_in import StandIn
from ui.actions import ACTIONS
from ui.session import SendProgress
from ui.views.commands import Commands
from ui.views.main_window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, desk: StandIn) -> MainWindow:
    made = MainWindow(desk.as_session())
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


@pytest.fixture
def commands(window: MainWindow) -> Commands:
    return window.commands


def dialogs(window: MainWindow) -> list[QDialog]:
    return [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]


def test_every_row_is_an_action_of_the_window(window: MainWindow, commands: Commands) -> None:
    assert {row.id for row in ACTIONS} == set(commands.actions)
    assert set(commands.actions.values()) <= set(window.actions())


@pytest.mark.parametrize(
    ("key", "panel"),
    [("1", "send"), ("2", "receive"), ("3", "query"), ("4", "worklist"), ("5", "contexts"), ("6", "verify")],
)
def test_keys_show_the_panels(qtbot: QtBot, window: MainWindow, key: str, panel: str) -> None:
    QTest.keySequence(window, QKeySequence(f"Ctrl+{key}"))
    assert window.panels[panel].isVisible()


def test_f11_gives_the_trace_the_window_and_takes_it_back(qtbot: QtBot, window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_F11)
    assert window.is_trace_alone
    assert window.commands.actions["view.maximise_trace"].isChecked()
    QTest.keyClick(window, Qt.Key.Key_F11)
    assert not window.is_trace_alone


def test_what_cannot_be_done_is_disabled(commands: Commands, desk: StandIn) -> None:
    for name in (
        "node.edit_node",
        "node.echo",
        "node.start_sending",
        "node.abort_now",
        "node.retry_failed",
        "edit.undo",
    ):
        assert not commands.actions[name].isEnabled(), name
    desk.add_node(node())
    desk.send_model.set_rows([send_row("IM1"), send_row("IM2", "failed")])
    for name in ("node.edit_node", "node.echo", "node.start_sending", "node.retry_failed"):
        assert commands.actions[name].isEnabled(), name
    desk.is_sending = True
    desk.send_changed.emit()
    assert commands.actions["node.abort_now"].isEnabled()
    assert not commands.actions["node.start_sending"].isEnabled()


def test_actions_reach_the_session(commands: Commands, desk: StandIn) -> None:
    desk.add_node(node("PACS1"))
    desk.send_model.set_rows([send_row("IM1"), send_row("IM2", "failed")])
    for name in (
        "node.echo",
        "node.echo_all",
        "node.start_sending",
        "node.retry_failed",
        "file.open_storage",
        "node.listen",
        "node.start_demo",
    ):
        commands.actions[name].trigger()
    assert desk.asked == [
        ("echo", "PACS1"),
        ("echo_all",),
        ("send", "PACS1", 1),
        ("retry_failed",),
        ("open_storage_folder",),
        ("start_listening",),
        ("start_demo",),
    ]
    desk.send_model.set_rows([send_row("IM1", "stored")])
    desk.send_progress = SendProgress(node="PACS1", total=1, stored=1)
    desk.send_changed.emit()
    commands.actions["node.request_commitment"].trigger()
    assert desk.asked[-1] == ("request_commitment",)
    desk.is_sending = True
    desk.send_changed.emit()
    assert not commands.actions["node.request_commitment"].isEnabled()
    commands.actions["node.release_after_this"].trigger()
    commands.actions["node.abort_now"].trigger()
    assert desk.asked[-2:] == [("release_after_this",), ("abort_now",)]


@pytest.mark.parametrize("name", ["file.settings", "node.add_node", "node.edit_node", "help.shortcuts", "help.about"])
def test_dialogs_open_without_blocking(window: MainWindow, commands: Commands, desk: StandIn, name: str) -> None:
    desk.add_node(node())
    commands.actions[name].trigger()
    (dialog,) = dialogs(window)
    dialog.reject()


@pytest.mark.parametrize("name", ["file.add_files", "file.add_folder"])
def test_files_are_picked_without_blocking(window: MainWindow, commands: Commands, desk: StandIn, name: str) -> None:
    commands.actions[name].trigger()
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    if name == "file.add_files":
        dialog.filesSelected.emit(["/data/a"])
    else:
        dialog.fileSelected.emit("/data/a")
    assert [str(part) for part in desk.asked[0]] == ["add_files", "/data/a"]
    dialog.reject()


def test_removing_a_node_can_be_undone(qtbot: QtBot, window: MainWindow, desk: StandIn) -> None:
    desk.add_node(node("PACS1"))
    window.commands.actions["node.remove_node"].trigger()
    assert desk.node("PACS1") is None
    window.commands.refresh()
    QTest.keySequence(window, QKeySequence("Ctrl+Z"))
    assert [row.name for row in desk.nodes_model.rows] == ["PACS1"]


def test_removing_a_worklist_entry_can_be_undone(window: MainWindow, desk: StandIn) -> None:
    desk.worklist.add_examples()
    window.removals.remove_scheduled([1])
    QTest.keySequence(window, QKeySequence("Ctrl+Z"))
    assert [row.patient_id for row in desk.worklist.model.rows] == ["EX-1", "EX-2", "EX-3"]
    assert not window.commands.actions["edit.undo"].isEnabled()


def test_slash_and_ctrl_f_lead_into_the_filter(qtbot: QtBot, window: MainWindow) -> None:
    field = window.trace.tools.filter_field
    QTest.keySequence(window, QKeySequence("Ctrl+F"))
    assert field.hasFocus()
    QTest.keyClicks(field, "a/b")
    assert field.text() == "a/b"


def test_the_view_of_the_trace_is_ruled_by_its_menu(window: MainWindow, commands: Commands, desk: StandIn) -> None:
    desk.associate(association(17), association(18))
    desk.happen(pdu_event(1), pdu_event(2, association=18))
    window.select_trace(2)
    commands.actions["trace.only_association"].trigger()
    assert desk.trace_model.rowCount() == 1
    commands.actions["trace.only_association"].trigger()
    assert desk.trace_model.rowCount() == 2
    commands.actions["trace.pause"].trigger()
    assert desk.trace_model.is_paused
    assert window.trace.tools.pause_button.isChecked()
    window.trace.tools.pause_button.click()
    assert not commands.actions["trace.pause"].isChecked()
    commands.actions["trace.clock_times"].trigger()
    assert ":" in str(desk.trace_model.index(0, 2).data())
    commands.actions["trace.follow"].trigger()
    assert window.trace.tools.follow_button.isChecked() is commands.actions["trace.follow"].isChecked()
    commands.actions["trace.clear_trace"].trigger()
    assert desk.trace_model.rowCount() == 0


def test_bytes_of_the_field_are_copied(window: MainWindow, commands: Commands, desk: StandIn) -> None:
    desk.happen(pdu_event(1))
    window.select_trace(1)
    window.trace.pdu.tree.choose_byte(7)
    commands.actions["edit.copy_bytes"].trigger()
    assert QGuiApplication.clipboard().text() == "01"


@pytest.mark.parametrize("name", ["light", "dark", "system"])
def test_themes_exclude_one_another(commands: Commands, desk: StandIn, name: str) -> None:
    commands.actions[f"view.theme_{name}"].trigger()
    assert desk.settings.theme == name
    checked = [each for each in ("light", "dark", "system") if commands.actions[f"view.theme_{each}"].isChecked()]
    assert checked == [name]


def test_parts_can_be_hidden_and_the_layout_reset(window: MainWindow, commands: Commands) -> None:
    commands.actions["view.show_nodes"].trigger()
    commands.actions["view.show_details"].trigger()
    assert not window.left_dock.isVisible()
    assert not window.right_dock.isVisible()
    commands.actions["view.reset_layout"].trigger()
    assert window.left_dock.isVisible()
    assert window.right_dock.isVisible()


def test_the_send_list_can_be_cleared(commands: Commands, desk: StandIn) -> None:
    desk.send_model.set_rows([send_row("IM1")])
    commands.actions["edit.clear_files"].trigger()
    assert desk.send_model.rowCount() == 0


def test_quit_asks_the_application(qtbot: QtBot, window: MainWindow, commands: Commands) -> None:
    with qtbot.waitSignal(window.closing):
        commands.actions["file.quit"].trigger()


def test_next_pane_has_a_key(qtbot: QtBot, window: MainWindow, desk: StandIn) -> None:
    desk.add_node(node())
    desk.send_model.set_rows([send_row("IM1")])
    window.nodes.tree.setFocus()
    QTest.keyClick(window, Qt.Key.Key_F6)
    assert window.send.table.hasFocus()
