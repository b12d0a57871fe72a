"""Sending: from the empty list to the last answer."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.views.painted import Show
from tests.ui.views.samples import node, send_row
from tests.ui.views.stand_in import StandIn
from ui.session import CommitmentProgress, ScanProgress, SendProgress
from ui.views.send_panel import SendPanel


@pytest.fixture
def panel(qtbot: QtBot, desk: StandIn) -> SendPanel:
    made = SendPanel(desk.as_session())
    qtbot.addWidget(made)
    made.resize(720, 420)
    made.show()
    return made


ROWS = (
    send_row("IM1", "stored"),
    send_row("IM2", "warning"),
    send_row("IM3", "failed"),
    send_row("IM4", "not sent"),
    send_row("IM5"),
    send_row("IM6"),
)


def click(qtbot: QtBot, widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_without_node_the_demo_is_offered(qtbot: QtBot, panel: SendPanel, desk: StandIn) -> None:
    assert panel.offer.isVisible()
    with qtbot.waitSignal(panel.demo_asked):
        click(qtbot, panel.offer.button)
    with qtbot.waitSignal(panel.node_asked):
        click(qtbot, panel.offer.second)
    desk.add_node(node())
    assert not panel.offer.isVisible()
    assert panel.empty.isVisible()


def test_an_empty_list_asks_for_files(qtbot: QtBot, panel: SendPanel, desk: StandIn) -> None:
    desk.add_node(node())
    with qtbot.waitSignal(panel.files_asked):
        click(qtbot, panel.empty.button)
    with qtbot.waitSignal(panel.folder_asked):
        click(qtbot, panel.empty.second)
    assert not panel.start_button.isEnabled()


def test_chips_count_and_choose(qtbot: QtBot, panel: SendPanel, desk: StandIn) -> None:
    desk.add_node(node())
    desk.send_model.set_rows(ROWS)
    chips = panel.chips.chips
    assert [chip.text() for chip in chips.values()] == ["All 6", "Failed 2", "Warning 1", "Waiting 2"]
    click(qtbot, chips["failed"])
    assert desk.send_model.rowCount() == 2
    click(qtbot, chips["all"])
    assert desk.send_model.rowCount() == 6


def test_start_sends_to_the_chosen_node(qtbot: QtBot, panel: SendPanel, desk: StandIn) -> None:
    desk.add_node(node("PACS1"))
    desk.add_node(node("RIS"))
    desk.send_model.set_rows(ROWS)
    panel.choose_node("RIS")
    panel.jobs.setCurrentIndex(2)
    assert (panel.node_name, panel.job_count, panel.can_start) == ("RIS", 3, True)
    with qtbot.waitSignal(panel.start_asked):
        click(qtbot, panel.start_button)


def test_while_sending_it_can_only_be_ended(qtbot: QtBot, panel: SendPanel, desk: StandIn) -> None:
    desk.add_node(node("PACS1"))
    desk.send_model.set_rows(ROWS)
    desk.is_sending = True
    desk.send_progress = SendProgress(node="PACS1", is_running=True, total=6, stored=1, warnings=1, failed=2)
    desk.send_changed.emit()
    assert panel.title.text() == "Send to PACS1"
    assert panel.note.text() == "10.1.2.3:104"
    assert not panel.start_button.isVisible()
    assert not panel.node.isVisible()
    assert not panel.can_start
    assert panel.line.text().startswith("4 of 6")
    click(qtbot, panel.release_button)
    click(qtbot, panel.abort_button)
    assert desk.asked == [("release_after_this",), ("abort_now",)]


def test_what_failed_can_be_sent_again(qtbot: QtBot, panel: SendPanel, desk: StandIn) -> None:
    desk.add_node(node())
    desk.send_model.set_rows(ROWS)
    assert panel.can_retry
    click(qtbot, panel.retry_button)
    assert desk.asked == [("retry_failed",)]
    desk.send_model.set_rows(ROWS[:2])
    assert not panel.retry_button.isVisible()


def test_all_that_is_sent_can_only_go_to_another_node(panel: SendPanel, desk: StandIn) -> None:
    desk.add_node(node("PACS1"))
    desk.add_node(node("RIS"))
    desk.send_model.set_rows(ROWS[:1])
    desk.send_progress = SendProgress(node="PACS1", total=1, stored=1)
    desk.send_changed.emit()
    panel.choose_node("PACS1")
    assert not panel.start_button.isEnabled()
    panel.choose_node("RIS")
    assert panel.start_button.isEnabled()


def test_progress_shows_good_warned_and_failed(panel: SendPanel, desk: StandIn) -> None:
    desk.add_node(node())
    desk.send_model.set_rows(ROWS)
    assert panel.progress.fraction == pytest.approx(4 / 6)


def test_clear_empties_the_list(qtbot: QtBot, panel: SendPanel, desk: StandIn) -> None:
    desk.add_node(node())
    desk.send_model.set_rows(ROWS)
    click(qtbot, panel.clear_button)
    assert panel.empty.isVisible()


def test_skipped_files_can_be_looked_at(qtbot: QtBot, panel: SendPanel, desk: StandIn) -> None:
    desk.add_node(node())
    desk.scan_progress = ScanProgress(found=0, skipped=13)
    desk.scan_changed.emit()
    assert panel.skipped_button.text() == "13 skipped…"
    with qtbot.waitSignal(panel.skipped_asked):
        click(qtbot, panel.skipped_button)


def test_a_clicked_row_is_told_by_its_place_in_the_list(qtbot: QtBot, panel: SendPanel, desk: StandIn) -> None:
    desk.add_node(node())
    desk.send_model.set_rows(ROWS)
    panel.chips.choose("failed")
    with qtbot.waitSignal(panel.row_chosen) as told:
        place = panel.table.visualRect(desk.send_model.index(1, 0)).center()
        QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told.args == [3]


def test_the_node_survives_a_change_of_the_list(panel: SendPanel, desk: StandIn) -> None:
    desk.add_node(node("PACS1"))
    desk.add_node(node("RIS"))
    panel.choose_node("RIS")
    desk.add_node(node("WS"))
    assert panel.node_name == "RIS"


def test_what_was_stored_can_be_committed(panel: SendPanel, desk: StandIn) -> None:
    desk.add_node(node("PACS1"))
    desk.send_model.set_rows([send_row("IM1"), send_row("IM2", "failed")])
    desk.send_progress = SendProgress(node="PACS1", total=1, failed=1)
    desk.send_changed.emit()
    assert not panel.commitment_button.isVisible()
    desk.send_model.set_rows(ROWS)
    desk.send_changed.emit()
    panel.commitment_button.click()
    assert desk.asked == [("request_commitment",)]
    desk.is_sending = True
    desk.send_changed.emit()
    assert not panel.commitment_button.isVisible()


def test_a_request_for_commitment_is_told_until_it_is_over(panel: SendPanel, desk: StandIn) -> None:
    desk.add_node(node("PACS1"))
    desk.send_model.set_rows(ROWS[:1])
    desk.send_progress = SendProgress(node="PACS1", total=1, stored=1)
    desk.commitment_progress = CommitmentProgress(is_running=True, sentence="Asking PACS1 to answer for 1 object…")
    desk.send_changed.emit()
    assert panel.line.text() == "Asking PACS1 to answer for 1 object…"
    assert not panel.commitment_button.isVisible()
    panel.waiting_button.click()
    assert desk.asked == [("cancel_commitment",)]
    desk.commitment_progress = CommitmentProgress()
    desk.send_changed.emit()
    assert panel.line.text().startswith("1 of 1")
    assert not panel.waiting_button.isVisible()


def test_what_is_committed_can_be_read_in_a_small_window(desk: StandIn, show: Show) -> None:
    desk.add_node(node("PACS1"))
    desk.send_model.set_rows([send_row("IM1", "stored", reason="0000H Success", commitment="committed")])
    desk.commitment_progress = CommitmentProgress(sentence="PACS1 answers for 1 object")
    panel = show(SendPanel(desk.as_session()), 620, 388)
    text = desk.send_model.cells(0)[4].text
    assert panel.table.rows.shown(text, 4) == text == "✔ 0000H Success · committed"


def test_what_is_not_committed_is_among_the_failed(panel: SendPanel, desk: StandIn) -> None:
    desk.add_node(node("PACS1"))
    desk.send_model.set_rows([send_row("IM1", "not committed"), send_row("IM2", "stored")])
    assert panel.chips.chips["failed"].text() == "Failed 1"
    assert panel.can_retry
    panel.chips.choose("failed")
    assert desk.send_model.rowCount() == 1


def test_names_and_results_can_be_read_in_a_small_window(desk: StandIn, show: Show) -> None:
    desk.send_model.set_rows([send_row("ct_explicit_1.dcm", "stored", reason="0000H Success", size=74_600)])
    panel = show(SendPanel(desk.as_session()), 620, 388)  # its room in a window of 1280 x 800
    cells = desk.send_model.cells(0)
    shown = [panel.table.rows.shown(cells[column].text, column) for column in (0, 2, 3, 4)]
    assert shown == ["ct_explicit_1.dcm", "Explicit VR LE", "74.6 KB", "✔ 0000H Success"]
