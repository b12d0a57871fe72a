"""The fields of a PDU as a tree: name and value in one line, the wire's own order."""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.models.dissect import DissectModel
from ui.models.roles import Category, Role
from ui.theme import current
from ui.views.controls.delegates import category_ink, elided, paint_ground, row_height
from ui.views.controls.trees import Tree

UNFOLDED_LEVELS = 3
Index = QModelIndex | QPersistentModelIndex


class FieldDelegate(QStyledItemDelegate):
    """Paints a field's name and, after a gap, its value."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        width = option.fontMetrics.horizontalAdvance(line_of(index)) + 12
        return QSize(width, row_height(option.font) - 5)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        scheme = current()
        paint_ground(painter, option, scheme)
        category = index.data(Role.CATEGORY)
        painter.setFont(option.font)
        area = option.rect.adjusted(2, 0, -4, 0)
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        name, value = _parts(index)
        painter.setPen(QColor(category_ink(scheme, category) if category else scheme.muted if value else scheme.text))
        painter.drawText(area, flags, elided(painter, name, area.width()))
        if value:
            area.setLeft(area.left() + painter.fontMetrics().horizontalAdvance(name) + 12)
            painter.setPen(QColor(category_ink(scheme, category) if category is Category.ERROR else scheme.text))
            painter.drawText(area, flags, elided(painter, value, area.width()))


class DissectTree(Tree):
    """The tree of one PDU.

    Signals:
        field_chosen: first byte, one past the last byte and whether the field is at fault.
        field_hovered: first byte and one past the last byte; (0, 0) for none.
    """

    field_chosen = Signal(int, int, bool)
    field_hovered = Signal(int, int)

    def __init__(self, model: DissectModel, name: str) -> None:
        super().__init__(name)
        self._fields = model
        self.setModel(model)
        for column in range(1, model.columnCount()):
            self.setColumnHidden(column, True)
        self.setItemDelegate(FieldDelegate(self))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for text, method in (
            (self.tr("Copy value"), self.copy_value),
            (self.tr("Copy field and value"), self.copy_line),
            (self.tr("Copy path"), self.copy_path),
        ):
            action = QAction(text, self)
            action.triggered.connect(method)
            self.addAction(action)
        self.selectionModel().currentChanged.connect(self._choose)
        self.entered.connect(self._hover)
        model.modelReset.connect(self._unfold)

    def choose_byte(self, offset: int) -> None:
        """Selects the deepest field that holds a byte."""
        index = self._fields.index_for_offset(offset)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def field_range(self, offset: int) -> tuple[int, int]:
        """The range of the deepest field that holds a byte; (0, 0) for none."""
        return self._fields.range_of(self._fields.index_for_offset(offset))

    def copy_value(self) -> None:
        """Puts the value of the current field on the clipboard."""
        self._copy(_parts(self.currentIndex())[1] or _parts(self.currentIndex())[0])

    def copy_line(self) -> None:
        """Puts name and value of the current field on the clipboard."""
        self._copy(line_of(self.currentIndex()))

    def copy_path(self) -> None:
        """Puts the names from the PDU down to the current field on the clipboard."""
        self._copy(self._fields.path_of(self.currentIndex()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_line()
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.field_hovered.emit(0, 0)
        super().leaveEvent(event)

    def _copy(self, text: str) -> None:
        if text:
            QGuiApplication.clipboard().setText(text)

    def _choose(self, current: QModelIndex) -> None:
        start, end = self._fields.range_of(current)
        self.field_chosen.emit(start, end, current.data(Role.CATEGORY) is Category.ERROR)

    def _hover(self, index: QModelIndex) -> None:
        self.field_hovered.emit(*self._fields.range_of(index))

    def _unfold(self) -> None:
        """Opens the upper levels: down to the elements of a command, not the insides of each context."""
        level = [self._fields.index(0, 0)] if self._fields.rowCount() else []
        for _ in range(UNFOLDED_LEVELS):
            for index in level:
                self.setExpanded(index, True)
            level = [
                self._fields.index(row, 0, above) for above in level for row in range(self._fields.rowCount(above))
            ]


def _parts(index: Index) -> tuple[str, str]:
    name = str(index.data() or "")
    value = str(index.sibling(index.row(), 1).data() or "")
    return name, value


def line_of(index: Index) -> str:
    """Name and value of a field in one line."""
    return "   ".join(part for part in _parts(index) if part)
