"""The trace: live rows that never move under the reader."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.views.painted import Show
from tests.ui.views.samples import RELEASE, association, pdu_event
from tests.ui.views.stand_in import StandIn
from ui.views.trace_card import TraceCard


@pytest.fixture
def card(qtbot: QtBot, desk: StandIn) -> TraceCard:
    made = TraceCard(desk.as_session())
    qtbot.addWidget(made)
    made.resize(1100, 320)
    made.show()
    return made


def fill(desk: StandIn, count: int, first: int = 1) -> None:
    desk.happen(*(pdu_event(number, RELEASE, 1 + number % 2) for number in range(first, first + count)))


def test_before_the_first_row_it_says_what_will_come(card: TraceCard, desk: StandIn) -> None:
    assert card.empty.isVisible()
    fill(desk, 1)
    assert not card.empty.isVisible()
    assert card.table.isVisible()


def test_selecting_a_row_shows_its_pdu(qtbot: QtBot, card: TraceCard, desk: StandIn) -> None:
    fill(desk, 3)
    with qtbot.waitSignal(card.row_chosen) as told:
        place = card.table.visualRect(desk.trace_model.index(1, 5)).center()
        QTest.mouseClick(card.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told.args == [2]
    assert card.pdu.number == 2
    assert card.chosen_association == 1


def test_new_rows_are_followed(card: TraceCard, desk: StandIn) -> None:
    fill(desk, 100)
    bar = card.table.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    fill(desk, 100, 101)
    assert bar.value() == bar.maximum()


def test_who_looks_at_a_row_is_not_carried_away(qtbot: QtBot, card: TraceCard, desk: StandIn) -> None:
    fill(desk, 100)
    card.select_number(50)
    assert not card.tools.follow_button.isChecked()
    before = card.table.verticalScrollBar().value()
    fill(desk, 100, 101)
    assert card.table.verticalScrollBar().value() == before
    assert card.pdu.number == 50
    QTest.mouseClick(card.tools.follow_button, Qt.MouseButton.LeftButton)
    assert card.table.verticalScrollBar().value() == card.table.verticalScrollBar().maximum()


def test_scrolling_up_ends_following_and_down_begins_it(qtbot: QtBot, card: TraceCard, desk: StandIn) -> None:
    fill(desk, 100)
    bar = card.table.verticalScrollBar()
    bar.triggerAction(bar.SliderAction.SliderPageStepSub)
    qtbot.waitUntil(lambda: not card.tools.follow_button.isChecked())
    bar.triggerAction(bar.SliderAction.SliderToMaximum)
    qtbot.waitUntil(card.tools.follow_button.isChecked)


def test_pause_holds_the_rows_and_counts_what_waits(qtbot: QtBot, card: TraceCard, desk: StandIn) -> None:
    fill(desk, 10)
    QTest.mouseClick(card.tools.pause_button, Qt.MouseButton.LeftButton)
    fill(desk, 38, 11)
    assert desk.trace_model.rowCount() == 10
    assert card.new_rows.isVisible()
    assert card.new_rows.text() == "38 new rows"
    QTest.mouseClick(card.new_rows, Qt.MouseButton.LeftButton)
    assert desk.trace_model.rowCount() == 48
    assert not card.new_rows.isVisible()
    assert not card.tools.pause_button.isChecked()


def test_typing_a_filter_leaves_what_fits(qtbot: QtBot, card: TraceCard, desk: StandIn) -> None:
    fill(desk, 4)
    desk.happen(pdu_event(5))
    QTest.keyClicks(card.tools.filter_field, "associate-rj")
    qtbot.waitUntil(lambda: desk.trace_model.rowCount() == 1)


def test_one_association_alone(qtbot: QtBot, card: TraceCard, desk: StandIn) -> None:
    fill(desk, 10)
    desk.associate(association(1), association(2))
    with qtbot.waitSignal(card.association_shown) as told:
        card.show_association(2)
    assert told.args == [2]
    assert desk.trace_model.rowCount() == 5
    assert card.filters.association.currentData() == 2


def test_a_row_that_is_hidden_cannot_be_selected(card: TraceCard, desk: StandIn) -> None:
    fill(desk, 4)
    card.show_association(2)
    assert card.select_number(3)
    assert not card.select_number(2)


def test_clear_forgets_the_rows(qtbot: QtBot, card: TraceCard, desk: StandIn) -> None:
    fill(desk, 4)
    QTest.mouseClick(card.tools.clear_button, Qt.MouseButton.LeftButton)
    assert card.empty.isVisible()


def test_the_filter_gets_the_focus_on_demand(card: TraceCard) -> None:
    card.activateWindow()
    card.tools.filter_field.setText("old")
    card.focus_filter()
    assert card.tools.filter_field.selectedText() == "old"


def test_times_of_the_clock_have_room(desk: StandIn, show: Show) -> None:
    card = show(TraceCard(desk.as_session()), 1160, 340)
    desk.happen(pdu_event(1, RELEASE))
    for form in ("clock", "relative", "clock"):
        desk.trace_model.set_time(form)
        cells = desk.trace_model.cells(0)
        for column in (0, 1, 2, 4, 5, 7):
            assert card.table.rows.shown(cells[column].text, column) == cells[column].text


def test_the_first_row_is_whole_wherever_the_list_is_scrolled_to(card: TraceCard, desk: StandIn) -> None:
    fill(desk, 100)
    for number in (50, 3, 100, 71):
        card.select_number(number)
        assert card.table.rowViewportPosition(card.table.rowAt(1)) == 0
        shown = card.table.visualRect(desk.trace_model.index(number - 1, 0))
        assert 0 <= shown.top() <= shown.bottom() < card.table.viewport().height()


@pytest.mark.parametrize("number", [1, 9_999, 10_000, 123_456, 9_999_999])
def test_numbers_are_shown_whole_however_large(card: TraceCard, desk: StandIn, number: int) -> None:
    fill(desk, 1, number)
    assert card.table.rows.shown(str(number), 0) == str(number)


@pytest.mark.parametrize("seconds", [0.5, 25.9, 1234.5, 90_000.5])
def test_every_digit_of_a_time_is_shown(card: TraceCard, desk: StandIn, seconds: float) -> None:
    first = pdu_event(1, RELEASE)
    desk.happen(first, pdu_event(2, RELEASE)._replace(time=first.time + seconds))
    text = str(desk.trace_model.index(1, 2).data())
    assert card.table.rows.shown(text, 2) == text
