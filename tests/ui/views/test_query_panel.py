"""Asking a node and retrieving what it has, from the panel."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.views.stand_in import StandIn
from ui.models.query import MatchRow
from ui.session import Fields, QueryProgress, RetrieveProgress
from ui.views.query_panel import QueryPanel
from workbench.config import Node

PACS = Node(name="PACS", host="127.0.0.1", port=104, ae_title="PACS1")
STUDY = MatchRow(level="STUDY", keys=((0x0020000D, "1.2.3"),), patient="DOE JOHN", uid="1.2.3")


@pytest.fixture
def panel(qtbot: QtBot, desk: StandIn) -> QueryPanel:
    desk.add_node(PACS)
    made = QueryPanel(desk.as_session())
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    return made


def found(desk: StandIn, **progress: object) -> None:
    """A query has found one study."""
    desk.matches_model.set_rows([STUDY])
    desk.query_progress = QueryProgress(node="PACS", can_retrieve=True, sentence="1 match", **progress)  # type: ignore[arg-type]
    desk.query_changed.emit()


def test_without_a_node_it_offers_one(qtbot: QtBot, desk: StandIn) -> None:
    panel = QueryPanel(desk.as_session())
    qtbot.addWidget(panel)
    panel.show()
    assert panel.offer.isVisible()
    assert not panel.ask_button.isEnabled()
    with qtbot.waitSignal(panel.demo_asked):
        panel.offer.button.click()
    desk.add_node(PACS)
    assert panel.hint.isVisible()


def test_enter_in_a_field_asks_the_chosen_node(qtbot: QtBot, panel: QueryPanel, desk: StandIn) -> None:
    panel.question.setCurrentIndex(1)
    QTest.keyClicks(panel.keys.patient, "DOE*")
    QTest.keyClicks(panel.keys.date, "2026-11-22")
    QTest.keyClick(panel.keys.date, Qt.Key.Key_Return)
    assert desk.asked == [("ask", "PACS", 1, Fields(patient="DOE*", date="2026-11-22"))]


def test_while_it_asks_only_cancel_can_be_clicked(panel: QueryPanel, desk: StandIn) -> None:
    desk.query_progress = QueryProgress(node="PACS", is_running=True, sentence="Asking PACS…")
    desk.query_changed.emit()
    assert not panel.ask_button.isVisible()
    assert not panel.keys.isEnabled()
    panel.ask()
    panel.cancel_button.click()
    assert desk.asked == [("cancel_query",)]


def test_a_match_is_opened_by_enter_and_left_by_back(qtbot: QtBot, panel: QueryPanel, desk: StandIn) -> None:
    found(desk)
    panel.table.selectRow(0)
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert desk.asked == [("open_match", 0)]
    found(desk, path=("DOE JOHN, CT",))
    assert not panel.keys.isVisible()
    assert panel.path.text() == "DOE JOHN, CT"
    assert panel.table.isColumnHidden(0)  # the patient is in the path
    panel.up_button.click()
    assert desk.asked[-1] == ("close_match",)


def test_the_chosen_match_is_told(qtbot: QtBot, panel: QueryPanel, desk: StandIn) -> None:
    found(desk)
    with qtbot.waitSignal(panel.row_chosen, check_params_cb=lambda position: position == 0):
        panel.table.selectRow(0)


@pytest.mark.parametrize(("way", "destination"), [(0, None), (1, ""), (2, "PACS")])
def test_the_selected_matches_are_retrieved_the_chosen_way(
    panel: QueryPanel, desk: StandIn, way: int, destination: str | None
) -> None:
    found(desk)
    assert not panel.retrieve.button.isEnabled()
    panel.table.selectRow(0)
    panel.retrieve.way.setCurrentIndex(way)
    panel.retrieve.button.click()
    assert desk.asked == [("retrieve", (0,), destination)]


def test_a_retrieval_under_way_shows_its_counts_and_can_be_cancelled(panel: QueryPanel, desk: StandIn) -> None:
    found(desk)
    desk.retrieve_progress = RetrieveProgress(
        is_running=True, completed=3, failed=1, remaining=4, sentence="Retrieving from PACS by C-GET…"
    )
    desk.query_changed.emit()
    assert panel.retrieve.progress.fraction == 0.5
    assert panel.retrieve.line.text() == "Retrieving from PACS by C-GET…"
    assert not panel.retrieve.button.isVisible()
    panel.retrieve.stop_button.click()
    assert desk.asked == [("cancel_retrieve",)]


def test_what_cannot_be_retrieved_cannot_be_asked_for(panel: QueryPanel, desk: StandIn) -> None:
    found(desk)
    desk.query_progress = QueryProgress(node="PACS", sentence="1 match")
    desk.query_changed.emit()
    panel.table.selectRow(0)
    assert not panel.retrieve.button.isEnabled()


def test_the_node_chosen_elsewhere_is_asked(panel: QueryPanel, desk: StandIn) -> None:
    desk.add_node(Node(name="RIS", host="127.0.0.1", port=105, ae_title="RIS"))
    panel.choose_node("RIS")
    assert panel.node_name == "RIS"
