"""What the painting of rows and of trees has in common: inks, grounds, heights."""

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.models.roles import Category, Role
from ui.theme import Colours, Tone, fixed_font

Index = QModelIndex | QPersistentModelIndex

PADDING: Final = 5
TONES: Final = {
    Category.NONE: Tone.NEUTRAL,
    Category.OK: Tone.OK,
    Category.WARNING: Tone.WARNING,
    Category.ERROR: Tone.ERROR,
    Category.NOTE: Tone.NEUTRAL,
    Category.ACTIVE: Tone.NOTE,
}


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
    """Says how much room a cell would like; the rows themselves are painted by a RowPainter."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        text = str(index.data() or "")
        font = fixed_font(option.font) if index.data(Role.MONOSPACE) else option.font
        return QSize(QFontMetrics(font).horizontalAdvance(text) + 2 * PADDING + 2, row_height(option.font))


def elided(painter: QPainter, text: str, width: int) -> str:
    """The text as far as it fits, with "…" at its end where it does not."""
    return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width)


def row_height(font: QFont) -> int:
    """The height of a row of a table."""
    return QFontMetrics(font).height() + 8
