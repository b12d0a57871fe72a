"""Directions have colours of their own; what is expected stays quiet."""

from pytestqt.qtbot import QtBot

from tests.ui.views.painted import colours_of
from tests.ui.views.samples import RELEASE, pdu_event
from tests.ui.views.stand_in import StandIn
from ui.models.cells import Cell
from ui.models.roles import Category
from ui.theme import LIGHT
from ui.views.controls.tables import TableView, Width
from ui.views.trace_rows import TraceRows


def test_colours_of_directions_and_of_problems(qtbot: QtBot, desk: StandIn) -> None:
    table = TableView("rows", [Width(ems=5)] * 8)
    qtbot.addWidget(table)
    table.paint_rows_with(TraceRows(table))
    table.show_model(desk.trace_model)
    table.resize(700, 200)
    desk.happen(pdu_event(1, RELEASE))
    quiet = colours_of(table.viewport())
    assert LIGHT.mark in quiet
    assert LIGHT.error not in quiet
    desk.happen(pdu_event(2))
    assert LIGHT.error in colours_of(table.viewport())


def test_success_is_not_painted_green() -> None:
    rows = TraceRows(TableView("rows", []))
    inks = {
        category: rows.ink(LIGHT, 5, Cell("P-DATA-TF", category), is_quiet=False)
        for category in (Category.OK, Category.WARNING)
    }
    assert inks == {Category.OK: LIGHT.text, Category.WARNING: LIGHT.warning}
