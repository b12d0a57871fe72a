"""The table of presentation contexts: tick with the space bar, drag a row to another place."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QDropEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView

from ui.models.contexts import ContextsModel
from ui.views.controls.delegates import CheckDelegate
from ui.views.controls.tables import TableView, Width

_COLUMNS = (
    Width(ems=12, share=3),
    Width(ems=12, share=4),
    Width(ems=3.4),
    Width(ems=3.0),
    Width(ems=7, share=1),
    Width(ems=9, share=3),
)


class ContextTable(TableView):
    """Rows can be ticked (click on the box or space) and moved (drag, Alt+Up, Alt+Down) if the list can be changed."""

    def __init__(self, model: ContextsModel, name: str, placeholder: str) -> None:
        super().__init__(name, _COLUMNS, placeholder)
        self._contexts = model
        self.show_model(model)
        self.setItemDelegate(CheckDelegate(self))
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDragEnabled(True)
        self.setDropIndicatorShown(True)
        self.setDragDropOverwriteMode(False)

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
            and CheckDelegate.box(self.visualRect(index)).adjusted(-3, -3, 3, 3).contains(event.position().toPoint())
        ):
            row = self._contexts.row_at(index)
            self._contexts.set_enabled((self._contexts.position_of(index),), not row.is_enabled)
            return
        super().mouseReleaseEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        target = self.indexAt(event.position().toPoint())
        chosen = self.chosen
        if event.source() is not self or len(chosen) != 1 or self._contexts.is_read_only:
            event.ignore()
            return
        below = target.isValid() and event.position().toPoint().y() > self.visualRect(target).center().y()
        goal = self._contexts.position_of(target) if target.isValid() else len(self._contexts.rows) - 1
        if target.isValid() and below and goal < chosen[0]:
            goal += 1
        elif target.isValid() and not below and goal > chosen[0]:
            goal -= 1
        # The model has moved the row by now: the view must not remove it once more.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.select_position(self._contexts.move(chosen[0], goal - chosen[0]))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            if is_alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                event.accept()
                return True
        return super().event(event)
