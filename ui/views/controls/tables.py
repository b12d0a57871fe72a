"""Tables: quiet headers, rows of one height, selection over the whole row, copy with Ctrl+C."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ui.theme import current, scaled
from ui.views.controls.delegates import PADDING, Index, RowDelegate, row_height
from ui.views.controls.rows import RowPainter
from ui.views.controls.scrolling import thin_scroll_bars
from ui.views.controls.styling import em


@dataclass(frozen=True, slots=True, kw_only=True)
class Width:
    """The width of a column in heights of the font.

    Attributes:
        share: its share of the room that is left; what has none keeps its width.
        is_spare: hidden where there is no room for all columns.
    """

    ems: float
    share: int = 0
    is_spare: bool = False


class Header(QHeaderView):
    """Column titles in the quiet colour over one line."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setStretchLastSection(False)
        self.setMinimumSectionSize(24)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), row_height(self.font()) + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        scheme = current()
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), QColor(scheme.card))
        painter.setPen(QColor(scheme.line))
        bottom = self.viewport().height() - 1
        painter.drawLine(0, bottom, self.viewport().width(), bottom)
        painter.end()
        super().paintEvent(event)

    def paintSection(self, painter: QPainter, rect: QRect, logical_index: int) -> None:
        scheme = current()
        model = self.model()
        text = str(model.headerData(logical_index, Qt.Orientation.Horizontal) or "")
        alignment = model.headerData(logical_index, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        flags = int(Qt.AlignmentFlag(alignment)) if alignment is not None else int(Qt.AlignmentFlag.AlignVCenter)
        if self.isSortIndicatorShown() and self.sortIndicatorSection() == logical_index:
            text += " ↑" if self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder else " ↓"
        painter.setFont(scaled(self.font(), 0.95, QFont.Weight.DemiBold))
        painter.setPen(QColor(scheme.muted))
        area = rect.adjusted(PADDING, 0, -PADDING, 0)
        painter.drawText(area, flags, painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width()))


class TableView(QTableView):
    """A table of rows.

    Signals:
        activated_row: Enter or a double click on a row of the model.
        row_chosen: the row that was selected or clicked, -1 when none is selected any more.
    """

    activated_row = Signal(int)
    row_chosen = Signal(int)

    def __init__(self, name: str, widths: Sequence[Width], placeholder: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._widths = tuple(widths)
        self._hidden: frozenset[int] = frozenset()
        self._placeholder = placeholder
        self.setHorizontalHeader(Header(self))
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        # The columns always share the width there is.
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(RowDelegate(self))
        self.rows = RowPainter(self)
        self.setCornerButtonEnabled(False)
        thin_scroll_bars(self)
        self.doubleClicked.connect(lambda index: self.activated_row.emit(index.row()))
        self._fit_rows()

    def show_model(self, model: QAbstractItemModel) -> None:
        """Shows the rows of a model that has cells; call it once."""
        self.setModel(model)
        self.rows.forget()
        self.selectionModel().selectionChanged.connect(lambda *_: self._choose())
        # A click on the selected row asks for it again.
        self.clicked.connect(lambda _index: self._choose())
        self._share_widths()

    @property
    def placeholder(self) -> str:
        """The sentence shown while no row is shown."""
        return self._placeholder

    @property
    def is_empty(self) -> bool:
        """Whether no row is shown."""
        return self.model().rowCount() == 0

    def selected_rows(self) -> list[int]:
        """The rows selected, from the top."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def copy_selected(self) -> None:
        """Puts the selected rows on the clipboard, columns separated by tabs."""
        model = self.model()
        lines = [
            "\t".join(str(model.index(row, column).data() or "") for column in range(model.columnCount()))
            for row in self.selected_rows()
        ]
        if lines:
            QGuiApplication.clipboard().setText("\n".join(lines))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selected()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated_row.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.rows.forget()
            self._fit_rows()
            self._share_widths()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_widths()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        self.rows.paint(painter, event.rect())
        if self._placeholder and self.is_empty:
            painter.setPen(QColor(current().muted))
            area = self.viewport().rect().adjusted(12, 12, -12, -12)
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(area, int(flags), self._placeholder)
        painter.end()

    def updateGeometries(self) -> None:
        super().updateGeometries()
        self._align_first_row()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self._align_first_row()

    def dataChanged(self, top_left: Index, bottom_right: Index, roles: Sequence[int] = ()) -> None:
        # Rows that nobody sees need no painting.
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        if bottom_right.row() >= first and (last < 0 or top_left.row() <= last):
            super().dataChanged(top_left, bottom_right, roles)

    def paint_rows_with(self, painter: RowPainter) -> None:
        """Has the rows painted in another way."""
        self.rows = painter

    def hide_columns(self, *columns: int) -> None:
        """Hides these columns, and shows the others where there is room."""
        self._hidden = frozenset(columns)
        for column in columns:
            self.setColumnHidden(column, True)
        self._share_widths()

    @property
    def hidden_columns(self) -> frozenset[int]:
        """The columns that are hidden whatever room there is."""
        return self._hidden

    def set_width(self, column: int, width: Width) -> None:
        """Gives a column another width."""
        self._widths = (*self._widths[:column], width, *self._widths[column + 1 :])
        self._share_widths()

    def set_placeholder(self, text: str) -> None:
        """The sentence shown while no row is shown."""
        self._placeholder = text
        self.viewport().update()

    def _choose(self) -> None:
        rows = self.selected_rows()
        current_row = self.currentIndex().row()
        self.row_chosen.emit(current_row if current_row in rows else rows[0] if rows else -1)

    def _align_first_row(self) -> None:
        """At its end, Qt puts the last row to the bottom and cuts the first; scrolled by rows, the first is whole."""
        bar, header = self.verticalScrollBar(), self.verticalHeader()
        is_by_rows = self.verticalScrollMode() == QAbstractItemView.ScrollMode.ScrollPerItem
        if is_by_rows and bar.value() == bar.maximum() > 0:
            before = header.offset()
            header.setOffsetToSectionPosition(bar.value())
            if header.offset() != before:
                self.viewport().update()

    def _fit_rows(self) -> None:
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(row_height(self.font()))
        self.verticalHeader().setMinimumSectionSize(16)

    def _share_widths(self) -> None:
        """Gives each column its width and shares out what is left, or takes what is missing from those that share."""
        model: QAbstractItemModel | None = self.model()
        if model is None or not self._widths:
            return
        room = self.viewport().width()
        columns = [at for at in range(min(model.columnCount(), len(self._widths))) if at not in self._hidden]
        is_tight = room < sum(em(self, self._widths[at].ems) for at in columns)
        for at in columns:
            self.setColumnHidden(at, is_tight and self._widths[at].is_spare)
        shown = [at for at in columns if not self.isColumnHidden(at)]
        base = {at: em(self, self._widths[at].ems) for at in shown}
        left = room - sum(base.values())
        sharing = [at for at in shown if self._widths[at].share]
        weights = {at: self._widths[at].share if left > 0 else base[at] for at in sharing}
        for at in shown:
            extra = left * weights[at] // sum(weights.values()) if at in weights else 0
            self.setColumnWidth(at, max(base[at] + extra, em(self, 2.5)))
