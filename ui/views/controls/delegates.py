"""How a cell of a table is painted: text in its tone, wire data in the fixed font, a line for what is under way."""

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.models.roles import Category, Role
from ui.theme import Colours, Tone, current, fixed_font
from ui.views.controls.checks import SIDE, paint_box

Index = QModelIndex | QPersistentModelIndex

PADDING: Final = 6
TONES: Final = {
    Category.NONE: Tone.NEUTRAL,
    Category.OK: Tone.OK,
    Category.WARNING: Tone.WARNING,
    Category.ERROR: Tone.ERROR,
    Category.NOTE: Tone.NEUTRAL,
    Category.ACTIVE: Tone.NOTE,
}
_CENTRE_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def category_ink(scheme: Colours, category: Category | None) -> str:
    """The colour of text of a category."""
    if category is Category.MUTED:
        return scheme.muted
    return scheme.ink(TONES[category or Category.NONE])


def paint_ground(painter: QPainter, option: QStyleOptionViewItem, scheme: Colours) -> None:
    """Paints the ground of a selected cell or one under the mouse."""
    if option.state & QStyle.StateFlag.State_Selected:
        painter.fillRect(option.rect, QColor(scheme.selection))
    elif option.state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(option.rect, QColor(scheme.hover))


class RowDelegate(QStyledItemDelegate):
    """Paints the cells of a table model of `ui.models`.

    Alignment and font are asked once a column, text and category once a cell: a repaint of a full window stays within a
    frame although the model is Python.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._columns: dict[int, tuple[Qt.AlignmentFlag, bool]] = {}
        self._fixed = fixed_font(parent.font())

    def forget(self) -> None:
        """Asks the columns again: call it when the view gets another model or font."""
        self._columns.clear()
        parent = self.parent()
        if isinstance(parent, QWidget):
            self._fixed = fixed_font(parent.font())

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        text = str(index.data() or "")
        font = self._fixed if index.data(Role.MONOSPACE) else option.font
        metrics = QFontMetrics(font)
        return QSize(metrics.horizontalAdvance(text) + 2 * PADDING + 2, row_height(option.font))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        scheme = current()
        paint_ground(painter, option, scheme)
        alignment, is_fixed = self._column(index)
        text = index.data()
        if text:
            category = index.data(Role.CATEGORY)
            painter.setPen(QColor(self.ink(scheme, option, index, category, is_fixed=is_fixed)))
            painter.setFont(self._fixed if is_fixed else option.font)
            area = self._text_area(option.rect, index)
            painter.drawText(area, int(alignment), elided(painter, str(text), area.width(), in_the_middle=is_fixed))
            if category is Category.ACTIVE:
                self._paint_progress(painter, option.rect, index, scheme)

    def ink(
        self,
        scheme: Colours,
        option: QStyleOptionViewItem,
        index: Index,
        category: Category | None,
        *,
        is_fixed: bool,
    ) -> str:
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        is_quiet = is_fixed and category in (None, Category.NONE) and not is_selected
        return scheme.muted if is_quiet else category_ink(scheme, category)

    def _text_area(self, rect: QRect, index: Index) -> QRect:
        return rect.adjusted(PADDING, 0, -PADDING, 0)

    def _column(self, index: Index) -> tuple[Qt.AlignmentFlag, bool]:
        known = self._columns.get(index.column())
        if known is None:
            alignment = index.data(Qt.ItemDataRole.TextAlignmentRole)
            known = (
                Qt.AlignmentFlag(alignment) if alignment is not None else _CENTRE_LEFT,
                bool(index.data(Role.MONOSPACE)),
            )
            self._columns[index.column()] = known
        return known

    @staticmethod
    def _paint_progress(painter: QPainter, rect: QRect, index: Index, scheme: Colours) -> None:
        fraction = index.data(Role.PROGRESS)
        if fraction is not None:
            track = QRect(rect.left() + PADDING, rect.bottom() - 3, rect.width() - 2 * PADDING, 2)
            painter.fillRect(track, QColor(scheme.line))
            track.setWidth(round(track.width() * float(fraction)))
            painter.fillRect(track, QColor(scheme.accent))


class CheckDelegate(RowDelegate):
    """A row delegate whose first column has a box to tick."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        state = index.data(Qt.ItemDataRole.CheckStateRole)
        if state is None:
            return
        is_on = Qt.CheckState(state) == Qt.CheckState.Checked
        paint_box(painter, self.box(option.rect), current(), is_on=is_on)

    @staticmethod
    def box(rect: QRect) -> QRect:
        """Where the box of a cell is."""
        return QRect(rect.left() + PADDING, rect.center().y() - SIDE // 2 + 1, SIDE, SIDE)

    def _text_area(self, rect: QRect, index: Index) -> QRect:
        has_box = index.data(Qt.ItemDataRole.CheckStateRole) is not None
        return rect.adjusted(PADDING + (SIDE + PADDING if has_box else 0), 0, -PADDING, 0)


def elided(painter: QPainter, text: str, width: int, *, in_the_middle: bool = False) -> str:
    """The text as far as it fits, with "…" at its end or, for UIDs, in its middle where it does not."""
    mode = Qt.TextElideMode.ElideMiddle if in_the_middle else Qt.TextElideMode.ElideRight
    return painter.fontMetrics().elidedText(text, mode, width)


def row_height(font: QFont) -> int:
    """The height of a row of a table."""
    return QFontMetrics(font).height() + 8
