"""The table of presentation contexts: tick with the space bar, drag a row to another place."""

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import (
    QColor,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractItemView

from ui.models.contexts import ContextsModel
from ui.theme import current
from ui.views.controls.rows import box
from ui.views.controls.tables import TableView, Width

_COLUMNS = (
    Width(ems=13, share=3),
    Width(ems=11.5, share=4),
    Width(ems=3.4),
    Width(ems=5),
    Width(ems=3.0),
    Width(ems=7, share=1),
    Width(ems=9, share=3),
)

_EXTENDED = 3


class ContextTable(TableView):
    """Rows can be ticked (click on the box or space) and moved (drag, Alt+Up, Alt+Down) if the list can be changed."""

    def __init__(self, model: ContextsModel, name: str, placeholder: str) -> None:
        super().__init__(name, _COLUMNS, placeholder)
        self._contexts = model
        self._gap: int | None = None  # where the row that is dragged would come to lie
        self.show_model(model)
        self._show_extended()
        for changed in (model.modelReset, model.edited):
            changed.connect(self._show_extended)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDragEnabled(True)
        self.setDropIndicatorShown(True)
        self.setDragDropOverwriteMode(False)

    def _show_extended(self) -> None:
        """Shows the column of extended negotiation where there is one; most lists have none."""
        others = self.hidden_columns - {_EXTENDED}
        hidden = others if self._contexts.has_extended else others | {_EXTENDED}
        if hidden != self.hidden_columns:
            self.hide_columns(*hidden)

    @property
    def chosen(self) -> list[int]:
        """The positions of the selected rows."""
        return [self._contexts.position_of(self._contexts.index(row, 0)) for row in self.selected_rows()]

    def move_chosen(self, by: int) -> None:
        """Moves the selected row up or down, and keeps it selected."""
        if len(chosen := self.chosen) == 1:
            self.select_position(self._contexts.move(chosen[0], by))

    def select_position(self, position: int) -> None:
        """Selects one row."""
        index = self._contexts.index_of(position)
        if index.isValid():
            self.setCurrentIndex(index)
            self.selectRow(index.row())

    def tick_chosen(self) -> None:
        """Ticks the selected rows, or unticks them where all are ticked."""
        if chosen := self.chosen:
            self._contexts.set_enabled(chosen, not all(self._contexts.rows[at].is_enabled for at in chosen))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if event.key() == Qt.Key.Key_Space:
            self.tick_chosen()
        elif is_alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.move_chosen(-1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if (
            event.button() == Qt.MouseButton.LeftButton
            and index.isValid()
            and index.column() == 0
            and not self._contexts.is_read_only
            and box(self.visualRect(index)).adjusted(-3, -3, 3, 3).contains(event.position().toPoint())
        ):
            row = self._contexts.row_at(index)
            self._contexts.set_enabled((self._contexts.position_of(index),), not row.is_enabled)
            return
        super().mouseReleaseEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)
        can_drop = event.source() is self and not self._contexts.is_read_only
        self._gap = self._gap_at(event.position().toPoint()) if can_drop else None
        self.viewport().update()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._gap = None
        super().dragLeaveEvent(event)
        self.viewport().update()

    def dropEvent(self, event: QDropEvent) -> None:
        chosen = self.chosen
        self._gap = None
        if event.source() is not self or len(chosen) != 1 or self._contexts.is_read_only:
            event.ignore()
            return
        gap = self._gap_at(event.position().toPoint())
        goal = gap - 1 if gap > chosen[0] else gap
        # The model has moved the row by now: the view must not remove it once more.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.select_position(self._contexts.move(chosen[0], goal - chosen[0]))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._gap is not None and not self.is_empty:
            last = self.model().rowCount() - 1
            bottom = self.rowViewportPosition(last) + self.rowHeight(last)
            y = self.rowViewportPosition(self._gap) if self._gap <= last else bottom
            painter = QPainter(self.viewport())
            painter.fillRect(0, max(y - 1, 0), self.viewport().width(), 2, QColor(current().accent))
            painter.end()

    def _gap_at(self, place: QPoint) -> int:
        """How many rows would stand above a row that is dropped here."""
        target = self.indexAt(place)
        if not target.isValid():
            return self.model().rowCount()
        return target.row() + (place.y() > self.visualRect(target).center().y())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            if is_alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                event.accept()
                return True
        return super().event(event)
