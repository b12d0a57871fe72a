"""How the rows of a table are painted: text in its tone, wire data in the fixed font, a line for what is under way.

Qt would ask a delegate cell by cell and the model role by role. Each of these calls is one into Python, which has to
wait until the network's thread lets go of the interpreter; under load a full table took longer than a frame. So a table
is painted in one call, and the model is asked once a row.
"""

from collections.abc import Sequence
from typing import NamedTuple, cast

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QCursor, QFontMetrics, QPainter
from PySide6.QtWidgets import QTableView

from ui.models.cells import Cell, HasCells
from ui.models.roles import Role
from ui.theme import Colours, current, fixed_font
from ui.views.controls.checks import SIDE, paint_box
from ui.views.controls.delegates import PADDING, category_ink

_KEPT = 4096  # shortened texts; about two hundred screens of rows


class _Column(NamedTuple):
    number: int
    x: int
    width: int
    flags: int
    is_fixed: bool
    keeps_end: bool


class RowPainter:
    """Paints the rows of one table view."""

    def __init__(self, view: QTableView) -> None:
        self._view = view
        self._traits: dict[int, tuple[int, bool, bool]] = {}
        self._kept: dict[tuple[str, int, bool], str] = {}
        self.forget()

    def forget(self) -> None:
        """Asks the columns again: call it when the view gets another model or font."""
        self._traits.clear()
        self._kept.clear()
        self._plain = self._view.font()
        self._fixed = fixed_font(self._plain)
        self._plain_metrics, self._fixed_metrics = QFontMetrics(self._plain), QFontMetrics(self._fixed)

    def paint(self, painter: QPainter, exposed: QRect) -> None:
        """Paints the rows that touch a rectangle of the viewport."""
        view, scheme = self._view, current()
        first = view.rowAt(max(exposed.top(), 0))
        if first < 0:
            return
        last = view.rowAt(exposed.bottom())
        last = last if last >= 0 else view.model().rowCount() - 1
        model = cast("HasCells", view.model())
        columns = self._columns()
        selected = _selected_rows(view)
        hovered = self._hovered_row()
        for row in range(first, last + 1):
            is_selected = any(top <= row <= bottom for top, bottom in selected)
            area = QRect(0, view.rowViewportPosition(row), view.viewport().width(), view.rowHeight(row))
            if is_selected or row == hovered:
                painter.fillRect(area, QColor(scheme.selection if is_selected else scheme.hover))
            self._paint_row(painter, scheme, area, columns, model.cells(row), is_selected=is_selected)

    def shown(self, text: str, column: int) -> str:
        """Gives a text as it is painted in a column: as much of it as fits."""
        (place,) = (each for each in self._columns() if each.number == column)
        return self._fitted(text, place.width - 2 * PADDING, place)

    def ink(self, scheme: Colours, column: int, cell: Cell, *, is_quiet: bool) -> str:
        """The colour of a cell's text; what is quiet is in the fixed font and not selected."""
        return scheme.muted if is_quiet and not cell.category else category_ink(scheme, cell.category)

    def _paint_row(
        self,
        painter: QPainter,
        scheme: Colours,
        area: QRect,
        columns: Sequence[_Column],
        cells: Sequence[Cell],
        *,
        is_selected: bool,
    ) -> None:
        top, height = area.top(), area.height()
        for column in columns:
            cell = cells[column.number]
            left, width = column.x + PADDING, column.width - 2 * PADDING
            if cell.is_ticked is not None:
                paint_box(painter, box(QRect(column.x, top, column.width, height)), scheme, is_on=cell.is_ticked)
                left, width = left + SIDE + PADDING, width - SIDE - PADDING
            if cell.text:
                is_quiet = column.is_fixed and not is_selected
                painter.setPen(QColor(self.ink(scheme, column.number, cell, is_quiet=is_quiet)))
                painter.setFont(self._fixed if column.is_fixed else self._plain)
                painter.drawText(left, top, width, height, column.flags, self._fitted(cell.text, width, column))
            if cell.progress is not None:
                paint_progress(painter, QRect(left, top, width, height), cell.progress, scheme)

    def _columns(self) -> list[_Column]:
        view = self._view
        header = view.horizontalHeader()
        numbers = [at for at in range(header.count()) if not header.isSectionHidden(at)]
        return [_Column(at, view.columnViewportPosition(at), view.columnWidth(at), *self._column(at)) for at in numbers]

    def _column(self, number: int) -> tuple[int, bool, bool]:
        known = self._traits.get(number)
        if known is None:
            model = self._view.model()
            alignment, is_fixed, keeps_end = (
                model.headerData(number, Qt.Orientation.Horizontal, role)
                for role in (Qt.ItemDataRole.TextAlignmentRole, Role.MONOSPACE, Role.KEEPS_END)
            )
            known = int(Qt.AlignmentFlag(alignment)), bool(is_fixed), bool(keeps_end)
            self._traits[number] = known
        return known

    def _fitted(self, text: str, width: int, column: _Column) -> str:
        """The text as far as it fits, kept for the next time."""
        key = (text, width, column.is_fixed)
        fitted = self._kept.get(key)
        if fitted is None:
            metrics = self._fixed_metrics if column.is_fixed else self._plain_metrics
            mode = Qt.TextElideMode.ElideMiddle if column.keeps_end else Qt.TextElideMode.ElideRight
            fitted = metrics.elidedText(text, mode, width)
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[key] = fitted
        return fitted

    def _hovered_row(self) -> int:
        viewport = self._view.viewport()
        if not viewport.underMouse():
            return -1
        return self._view.rowAt(viewport.mapFromGlobal(QCursor.pos()).y())


def box(cell: QRect) -> QRect:
    """Where the box to tick is in a cell."""
    return QRect(cell.left() + PADDING, cell.center().y() - SIDE // 2 + 1, SIDE, SIDE)


def paint_progress(painter: QPainter, area: QRect, fraction: float, scheme: Colours) -> None:
    """Paints a line at the foot of a cell, as long as its share."""
    track = QRect(area.left(), area.bottom() - 3, area.width(), 2)
    painter.fillRect(track, QColor(scheme.line))
    track.setWidth(round(track.width() * fraction))
    painter.fillRect(track, QColor(scheme.accent))


def _selected_rows(view: QTableView) -> list[tuple[int, int]]:
    """The first and the last row of each selected range."""
    selection = view.selectionModel().selection()
    ranges = [selection.at(number) for number in range(selection.count())]
    return [(each.top(), each.bottom()) for each in ranges]
