"""How rows are painted: the ink of the category, the ground of the selection, progress, ticks, text that fits."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QWidget

from tests.ui.views.painted import Show, colours_in, colours_of
from ui.models.cells import Cell
from ui.models.contexts import ContextRow, ContextsModel
from ui.models.send import SENDING, SendModel, SendRow
from ui.theme import Colours
from ui.views.controls.checks import SIDE
from ui.views.controls.delegates import row_height
from ui.views.controls.rows import box as box_of
from ui.views.controls.tables import TableView, Width

ROW = SendRow(
    name="████████", path="a.dcm", sop_class_uid="1.2", sop_class="CT", sop_instance_uid="1.2.3",
    transfer_syntax_uid="1.2.840.10008.1.2", transfer_syntax="Implicit", size=1000,
)  # fmt: skip
# Blocks instead of letters: their pixels have the very colour of the ink.
SOLID = "████"


def table_of(show: Show, *rows: SendRow) -> TableView:
    model = SendModel()
    table = TableView("Objects", [Width(ems=6)] * 7)
    model.setParent(table)
    model.set_rows(rows)
    table.show_model(model)
    return show(table, 900, 200)


@pytest.mark.parametrize(
    ("state", "ink"), [("stored", "ok"), ("warning", "warning"), ("failed", "error"), ("waiting", "muted")]
)
def test_a_result_has_the_colour_of_its_category(scheme: Colours, show: Show, state: str, ink: str) -> None:
    table = table_of(show, replace(ROW, state=state, reason=SOLID))
    assert colours_of(table.viewport())[getattr(scheme, ink)] > 100


def test_the_selected_row_has_a_ground_over_all_columns(scheme: Colours, show: Show) -> None:
    table = table_of(show, ROW, ROW)
    assert colours_of(table.viewport())[scheme.selection] == 0
    table.selectRow(0)
    selected = colours_of(table.viewport())[scheme.selection]
    whole = sum(table.columnWidth(at) for at in range(7)) * row_height(table.font())
    assert selected > 0.6 * whole  # the rest is ink


def test_what_is_under_way_has_a_line_as_long_as_its_share(scheme: Colours, show: Show) -> None:
    lengths = []
    for sent in (250, 750):
        table = table_of(show, replace(ROW, state=SENDING, sent=sent))
        rect = table.visualRect(table.model().index(0, 4))
        picture = table.viewport().grab(rect).toImage()
        y = rect.height() - 3  # the lower of the two rows of the line; text ends above
        lengths.append(sum(picture.pixelColor(x, y).name() == scheme.accent for x in range(rect.width())))
    assert lengths[1] == pytest.approx(3 * lengths[0], abs=3)


def test_a_context_shows_its_tick(scheme: Colours, show: Show) -> None:
    rows = [ContextRow(sop_class_uid=uid, sop_class="CT", transfer_syntaxes=(), names=()) for uid in ("1.2", "1.3")]
    table = TableView("Contexts", [Width(ems=6)] * 6)
    model = ContextsModel(table)
    model.set_rows(rows)
    table.show_model(model)
    show(table, 700, 120)
    model.set_enabled((1,), is_enabled=False)
    ticked, unticked = (box_of(table.visualRect(model.index(row, 0))) for row in (0, 1))
    assert colours_in(table.viewport().grab(ticked).toImage())[scheme.accent] > 60
    assert colours_in(table.viewport().grab(unticked).toImage())[scheme.accent] == 0


def test_the_box_lies_within_its_cell() -> None:
    cell = QRect(40, 100, 200, 26)
    box = box_of(cell)
    assert cell.contains(box)
    assert box.size().width() == SIDE
    assert abs(box.center().y() - cell.center().y()) <= 1


def shown_texts(table: TableView, column: int) -> list[str]:
    """What is painted into a column, from the top."""
    model = table.model()
    assert isinstance(model, SendModel)
    rows = range(model.rowCount())
    return [table.rows.shown(model.cells(row)[column].text, column) for row in rows]


def test_a_name_that_does_not_fit_keeps_its_end_and_other_text_its_beginning(show: Show) -> None:
    table = table_of(show, replace(ROW, name="series_of_thorax_0001.dcm", sop_class="Enhanced CT Image of the thorax"))
    (name,), (sop_class,) = shown_texts(table, 0), shown_texts(table, 1)
    assert name.startswith("ser")
    assert "…" in name
    assert name.endswith(".dcm")
    assert sop_class.startswith("Enhanced")
    assert sop_class.endswith("…")
    table.setColumnWidth(0, 400)
    assert shown_texts(table, 0) == ["series_of_thorax_0001.dcm"]


def test_the_row_under_the_mouse_has_a_ground(scheme: Colours, show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    table = table_of(show, ROW, ROW)
    assert colours_of(table.viewport())[scheme.hover] == 0
    place = table.viewport().mapToGlobal(table.visualRect(table.model().index(1, 1)).center())
    monkeypatch.setattr(QWidget, "underMouse", lambda _widget: True)
    monkeypatch.setattr(QCursor, "pos", lambda: place)
    assert colours_of(table.viewport())[scheme.hover] > 1000


def test_only_what_is_exposed_is_asked_for(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    table = table_of(show, *[ROW] * 1000)
    asked: list[int] = []
    cells = SendModel.cells

    def listening(model: SendModel, row: int) -> Sequence[Cell]:
        asked.append(row)
        return cells(model, row)

    monkeypatch.setattr(SendModel, "cells", listening)
    table.verticalScrollBar().setValue(100 * table.rowHeight(0))
    asked.clear()
    table.viewport().grab()
    assert min(asked) == 100
    assert len(asked) < 12
