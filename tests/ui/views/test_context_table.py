"""Contexts can be ticked and put in order, by mouse and by key."""

import pytest
from PySide6.QtCore import QEvent, QMimeData, QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QDragLeaveEvent, QDragMoveEvent, QDropEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.views.painted import Show, colours_in
from tests.ui.views.stand_in import StandIn
from ui.models.contexts import ContextsModel
from ui.theme import Colours
from ui.views.context_table import ContextTable
from ui.views.controls.rows import box

CLASSES = ("1.2.840.10008.1.1", "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4")


class DropFrom(QDropEvent):
    """A drop that comes from a table: offscreen nothing can be dragged."""

    def __init__(self, table: ContextTable, place: QPoint) -> None:
        self._data = QMimeData()  # the event keeps no reference
        super().__init__(
            QPointF(place),
            table.model().supportedDragActions(),
            self._data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        self._table = table

    def source(self) -> ContextTable:
        return self._table


class MoveFrom(QDragMoveEvent):
    """A drag over a table that comes from that table."""

    def __init__(self, table: ContextTable, place: QPoint) -> None:
        self._data = table.model().mimeData([])  # the event keeps no reference
        action = Qt.DropAction.MoveAction
        super().__init__(place, action, self._data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
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
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=box(cell).center())
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


def test_after_a_drop_the_view_removes_nothing(table: ContextTable, desk: StandIn) -> None:
    table.select_position(0)
    event = DropFrom(table, table.visualRect(desk.contexts_model.index(2, 0)).center())
    table.dropEvent(event)
    # The view removes the rows of a MoveAction; the model has moved them already.
    assert event.dropAction() == Qt.DropAction.CopyAction
    assert event.isAccepted()
    assert table.chosen == [desk.contexts_model.position_of(table.currentIndex())]


@pytest.mark.parametrize("selected", [(), (0, 1)], ids=["none", "two"])
def test_only_one_row_of_its_own_can_be_dropped(table: ContextTable, desk: StandIn, selected: tuple[int, ...]) -> None:
    table.setSelectionMode(ContextTable.SelectionMode.MultiSelection)
    for row in selected:
        table.selectRow(row)
    event = DropFrom(table, table.visualRect(desk.contexts_model.index(2, 0)).center())
    table.dropEvent(event)
    assert not event.isAccepted()
    assert order(desk.contexts_model) == "012"


def test_what_comes_from_elsewhere_is_not_taken(table: ContextTable, desk: StandIn) -> None:
    other = ContextTable(desk.contexts_model, "Other", "")
    other.setParent(table)
    table.select_position(0)
    event = DropFrom(other, table.visualRect(desk.contexts_model.index(2, 0)).center())
    table.dropEvent(event)
    assert not event.isAccepted()
    assert order(desk.contexts_model) == "012"


class Dragged(ContextTable):
    """A table that tells that a drag began."""

    begun: Qt.DropAction | None = None

    def startDrag(self, supported_actions: Qt.DropAction) -> None:  # noqa: N802 (Qt's name)
        self.begun = supported_actions


def pull(table: ContextTable) -> None:
    """Pulls the second row down by the mouse."""
    place = table.visualRect(table.model().index(1, 1)).center()
    viewport = table.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=place)
    for distance in (10, 20, 30):
        QTest.mouseMove(viewport, place + QPoint(0, distance))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=place + QPoint(0, 30))


def test_pulling_a_row_begins_a_drag(desk: StandIn, show: Show) -> None:
    desk.contexts_model.set_rows([desk.context_row(uid, ()) for uid in CLASSES])
    table = show(Dragged(desk.contexts_model, "Contexts", ""), 700, 200)
    pull(table)
    assert table.begun is not None
    assert table.begun & Qt.DropAction.MoveAction  # without it the view takes no drop of its own rows


def test_its_model_takes_rows_between_rows(table: ContextTable, desk: StandIn) -> None:
    model = desk.contexts_model
    data = model.mimeData([model.index(0, 0)])
    assert model.canDropMimeData(data, Qt.DropAction.MoveAction, 2, 0, QModelIndex())
    assert model.flags(QModelIndex()) & Qt.ItemFlag.ItemIsDropEnabled
    assert not model.flags(model.index(0, 0)) & Qt.ItemFlag.ItemIsDropEnabled


def test_rows_can_be_dragged_between_rows_only(table: ContextTable) -> None:
    assert table.dragEnabled()
    assert table.showDropIndicator()
    assert not table.dragDropOverwriteMode()
    assert table.dragDropMode() == ContextTable.DragDropMode.InternalMove


@pytest.mark.parametrize(
    ("key", "modifier", "is_ours"),
    [
        (Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier, True),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier, True),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier, False),
        (Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier, False),
    ],
)
def test_its_own_keys_are_not_shortcuts_of_the_window(
    table: ContextTable, key: Qt.Key, modifier: Qt.KeyboardModifier, is_ours: bool
) -> None:
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifier)
    event.ignore()
    QApplication.sendEvent(table, event)
    assert event.isAccepted() is is_ours


def test_a_tick_is_painted(scheme: Colours, table: ContextTable, desk: StandIn) -> None:
    desk.contexts_model.set_enabled([1], is_enabled=False)
    ticks_at = [box(table.visualRect(desk.contexts_model.index(row, 0))) for row in (0, 1)]
    accents = [colours_in(table.viewport().grab(each).toImage())[scheme.accent] for each in ticks_at]
    assert accents[0] > 60
    assert accents[1] == 0


def test_the_row_that_was_moved_is_the_current_one(table: ContextTable) -> None:
    table.select_position(2)
    assert table.currentIndex().row() == 2
    table.move_chosen(-1)
    assert table.currentIndex().row() == 1


def test_what_became_of_an_association_cannot_be_changed(scheme: Colours, table: ContextTable, desk: StandIn) -> None:
    desk.contexts_model.show_rows([desk.context_row(uid, ()) for uid in CLASSES], is_read_only=True)
    before = list(desk.contexts_model.rows)
    table.select_position(1)
    cell = table.visualRect(desk.contexts_model.index(1, 0))
    QTest.keyClick(table, Qt.Key.Key_Space)
    QTest.keyClick(table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=box(cell).center())
    event = DropFrom(table, table.visualRect(desk.contexts_model.index(2, 0)).center())
    table.dropEvent(event)
    assert not event.isAccepted()
    assert list(desk.contexts_model.rows) == before
    assert table.chosen == [1]
    assert colours_in(table.viewport().grab(box(cell)).toImage())[scheme.accent] == 0


def test_no_drag_begins_where_nothing_can_move(desk: StandIn, show: Show) -> None:
    desk.contexts_model.show_rows([desk.context_row(uid, ()) for uid in CLASSES], is_read_only=True)
    table = show(Dragged(desk.contexts_model, "Contexts", ""), 700, 200)
    pull(table)
    assert table.begun is None


@pytest.mark.parametrize(("part", "line"), [(0.1, 1), (0.9, 2)], ids=["above", "below"])
def test_a_line_tells_where_a_dragged_row_would_go(
    scheme: Colours, table: ContextTable, desk: StandIn, part: float, line: int
) -> None:
    table.select_position(0)
    before = colours_in(table.viewport().grab().toImage())[scheme.accent]
    cell = table.visualRect(desk.contexts_model.index(1, 0))
    table.dragMoveEvent(MoveFrom(table, QPoint(cell.center().x(), cell.top() + round(cell.height() * part))))
    picture = table.viewport().grab().toImage()
    y = line * table.rowHeight(0)
    assert scheme.accent in {picture.pixelColor(3, at).name() for at in (y - 1, y)}
    table.dragLeaveEvent(QDragLeaveEvent())
    assert colours_in(table.viewport().grab().toImage())[scheme.accent] == before
