"""Contexts can be ticked and put in order, by mouse and by key."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.views.stand_in import StandIn
from ui.models.contexts import ContextsModel
from ui.views.context_table import ContextTable
from ui.views.controls.delegates import CheckDelegate

CLASSES = ("1.2.840.10008.1.1", "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4")


class DropFrom(QDropEvent):
    """A drop that comes from a table: offscreen nothing can be dragged."""

    def __init__(self, table: ContextTable, place: QPoint) -> None:
        super().__init__(
            QPointF(place),
            Qt.DropAction.MoveAction,
            QMimeData(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        self._table = table

    def source(self) -> ContextTable:
        return self._table


@pytest.fixture
def table(qtbot: QtBot, desk: StandIn) -> ContextTable:
    desk.contexts_model.set_rows([desk.context_row(uid, ()) for uid in CLASSES])
    made = ContextTable(desk.contexts_model, "Contexts", "nothing")
    qtbot.addWidget(made)
    made.resize(700, 200)
    made.show()
    return made


def order(model: ContextsModel) -> str:
    return "".join(str(CLASSES.index(row.sop_class_uid)) for row in model.rows)


def ticks(model: ContextsModel) -> list[bool]:
    return [row.is_enabled for row in model.rows]


def test_a_click_on_the_box_ticks_and_beside_it_only_selects(qtbot: QtBot, table: ContextTable, desk: StandIn) -> None:
    cell = table.visualRect(desk.contexts_model.index(1, 0))
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=CheckDelegate.box(cell).center())
    assert ticks(desk.contexts_model) == [True, False, True]
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell.center())
    assert ticks(desk.contexts_model) == [True, False, True]
    assert table.chosen == [1]


def test_space_ticks_all_that_is_selected(qtbot: QtBot, table: ContextTable, desk: StandIn) -> None:
    table.selectAll()
    QTest.keyClick(table, Qt.Key.Key_Space)
    assert ticks(desk.contexts_model) == [False] * 3
    QTest.keyClick(table, Qt.Key.Key_Space)
    assert ticks(desk.contexts_model) == [True] * 3


def test_alt_and_arrows_move_the_row(qtbot: QtBot, table: ContextTable, desk: StandIn) -> None:
    table.select_position(0)
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert order(desk.contexts_model) == "102"
    assert table.chosen == [1]
    QTest.keyClick(table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert order(desk.contexts_model) == "012"


@pytest.mark.parametrize(
    ("moved", "target", "part", "expected"),
    [(0, 2, 0.9, "120"), (0, 2, 0.1, "102"), (2, 0, 0.1, "201"), (2, 0, 0.9, "021"), (1, 1, 0.9, "012")],
)
def test_a_dragged_row_lands_where_it_is_dropped(
    table: ContextTable, desk: StandIn, moved: int, target: int, part: float, expected: str
) -> None:
    table.select_position(moved)
    cell = table.visualRect(desk.contexts_model.index(target, 0))
    event = DropFrom(table, QPoint(cell.center().x(), cell.top() + round(cell.height() * part)))
    table.dropEvent(event)
    assert order(desk.contexts_model) == expected
    assert event.isAccepted()


def test_below_the_last_row_is_the_end(table: ContextTable, desk: StandIn) -> None:
    table.select_position(0)
    table.dropEvent(DropFrom(table, QPoint(20, table.viewport().height() - 2)))
    assert order(desk.contexts_model) == "120"
