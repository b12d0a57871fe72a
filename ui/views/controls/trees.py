"""What every tree shares: no header, rows of one height, a quiet selection over the whole row."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QStyleOptionViewItem, QTreeView

from ui.theme import current
from ui.views.controls.scrolling import thin_scroll_bars
from ui.views.controls.styling import em


class Tree(QTreeView):
    """A tree of one visible column."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setHeaderHidden(True)
        self.setIndentation(em(self, 0.75))
        self.setUniformRowHeights(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QTreeView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        thin_scroll_bars(self)

    def drawRow(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        # The ground of the branches comes from the palette, that of the cell from the delegate: make them one.
        palette = QPalette(option.palette)
        palette.setColor(QPalette.ColorRole.Highlight, QColor(current().selection))
        option.palette = palette
        super().drawRow(painter, option, index)
