"""One adapter from a list of row dataclasses to a Qt table, with a filter and an order of its own."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ui.models.cells import Cell
from ui.models.roles import Category, Role

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_KEPT_CELLS = 512  # rows; some screens of them


# No slots: on Python 3.11 a frozen generic with slots cannot be made by its subscripted name.
@dataclass(frozen=True, kw_only=True)
class Column(Generic[R]):
    """One column: how a row is shown in it.

    Attributes:
        sort: what the column is ordered by; its text when not given.
        is_number: right-aligned.
        is_wire: in the fixed font.
        keeps_end: what does not fit loses its middle: names that begin alike.
    """

    title: str
    text: Callable[[R], str]
    category: Callable[[R], Category] | None = None
    sort: Callable[[R], Any] | None = None
    tooltip: Callable[[R], str] | None = None
    is_number: bool = False
    is_wire: bool = False
    keeps_end: bool = False


class TableModel(QAbstractTableModel, Generic[R]):
    """A list of rows as a table.

    A row is known by its position in the list, which neither the filter nor the order changes. New rows come last,
    whatever the order: a list that is read must not move by itself.
    """

    COLUMNS: ClassVar[tuple[Column[Any], ...]] = ()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[R] = []
        self._shown: list[int] = []
        self._accepts: Callable[[R], bool] | None = None
        self._text = ""
        self._is_sorted = False
        self._cells: dict[int, tuple[R, tuple[Cell, ...]]] = {}  # by identity; the row is kept, so no other has it

    # Rows

    @property
    def rows(self) -> Sequence[R]:
        """Every row, shown or not, by position."""
        return self._rows

    def row_at(self, index: Index) -> R:
        """Gives the row behind a valid index."""
        return self._rows[self._shown[index.row()]]

    def position_of(self, index: Index) -> int:
        """Gives the position in `rows` of what a valid index shows."""
        return self._shown[index.row()]

    def index_of(self, position: int) -> QModelIndex:
        """Gives the index that shows a position; an invalid one when the filter hides it."""
        row = self._row_of(position)
        return self.index(row, 0) if row is not None else QModelIndex()

    def set_rows(self, rows: Iterable[R]) -> None:
        """Replaces all rows."""
        self.beginResetModel()
        self._rows = list(rows)
        self._show_all_accepted()
        self.endResetModel()

    def append(self, rows: Sequence[R]) -> None:
        """Adds rows at the end, in one batch."""
        first = len(self._rows)
        self._rows.extend(rows)
        accepted = [first + offset for offset, row in enumerate(rows) if self._is_accepted(row)]
        if accepted:
            self.beginInsertRows(QModelIndex(), len(self._shown), len(self._shown) + len(accepted) - 1)
            self._shown.extend(accepted)
            self.endInsertRows()

    def update(self, changes: Mapping[int, R]) -> None:
        """Replaces the rows at some positions, in one batch."""
        changed: list[int] = []
        for position, row in changes.items():
            self._rows[position] = row
            at, accepted = self._row_of(position), self._is_accepted(row)
            if at is not None and accepted:
                changed.append(position)
            elif at is not None:
                self._hide(at)
            elif accepted:
                self._show(position)
        if changed:
            places = [place for position in changed if (place := self._row_of(position)) is not None]
            self.dataChanged.emit(self.index(min(places), 0), self.index(max(places), len(self.COLUMNS) - 1))

    def clear(self) -> None:
        """Removes every row."""
        self.set_rows(())

    # Filter

    def set_filter(self, accepts: Callable[[R], bool] | None) -> None:
        """Shows only the rows that `accepts` returns true for; None shows all."""
        self._accepts = accepts
        self._refilter()

    def search(self, text: str) -> None:
        """Shows only the rows with this text in any column; empty shows all."""
        if text.casefold() != self._text:
            self._text = text.casefold()
            self._refilter()

    # Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        """Gives the number of rows shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Gives the number of columns."""
        return 0 if parent.isValid() else len(self.COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Gives title and alignment of a column."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.COLUMNS):
            return None
        column = self.COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.tr(column.title)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.is_number else _LEFT
        if role == Role.MONOSPACE:
            return column.is_wire
        return column.keeps_end or column.is_wire if role == Role.KEEPS_END else None

    def cells(self, row: int) -> Sequence[Cell]:
        """Gives the cells of a row that is shown, made once for each row object."""
        shown = self._rows[self._shown[row]]
        kept = self._cells.get(id(shown))
        if kept is None or kept[0] is not shown:
            if len(self._cells) >= _KEPT_CELLS:
                self._cells.clear()
            kept = self._cells[id(shown)] = (shown, self.cells_of(shown))
        return kept[1]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Looks up one cell."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        column, row = self.COLUMNS[index.column()], self.row_at(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.is_number else _LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tooltip(row) if column.tooltip is not None else column.text(row)
        if role == Role.ROW:
            return row
        if role == Role.CATEGORY:
            return column.category(row) if column.category is not None else Category.NONE
        if role == Role.ROW_CATEGORY:
            return self.row_category(row)
        if role == Role.MONOSPACE:
            return column.is_wire
        if role == Role.SORT:
            return _sort_key(column, row)
        return self.row_data(row, role)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Orders what is shown now; column -1 takes the order of arrival again."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        positions = [self._shown[index.row()] for index in before]
        if column < 0:
            self._shown.sort()
            self._is_sorted = False
        else:
            shown_in = self.COLUMNS[column]
            self._shown.sort(
                key=lambda position: _sort_key(shown_in, self._rows[position]),
                reverse=order == Qt.SortOrder.DescendingOrder,
            )
            self._is_sorted = True
        place = {position: row for row, position in enumerate(self._shown)}
        after = [self.index(place[p], index.column()) for p, index in zip(positions, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    # For subclasses

    def cells_of(self, row: R) -> tuple[Cell, ...]:
        """Makes the cells of a row."""
        return tuple(
            Cell(column.text(row), column.category(row) if column.category is not None else Category.NONE)
            for column in self.COLUMNS
        )

    def row_category(self, row: R) -> Category:
        """Gives the category of a whole row."""
        return Category.NONE

    def row_data(self, row: R, role: int) -> Any:
        """Answers the roles that only one model has."""
        return None

    # What is shown

    def _is_accepted(self, row: R) -> bool:
        if self._accepts is not None and not self._accepts(row):
            return False
        return not self._text or any(self._text in column.text(row).casefold() for column in self.COLUMNS)

    def _show_all_accepted(self) -> None:
        self._shown = [position for position, row in enumerate(self._rows) if self._is_accepted(row)]
        self._is_sorted = False

    def _refilter(self) -> None:
        self.beginResetModel()
        self._show_all_accepted()
        self.endResetModel()

    def _row_of(self, position: int) -> int | None:
        if len(self._shown) == len(self._rows) and not self._is_sorted:
            return position
        if self._is_sorted:
            return self._shown.index(position) if position in self._shown else None
        row = bisect_left(self._shown, position)
        return row if row < len(self._shown) and self._shown[row] == position else None

    def _hide(self, row: int) -> None:
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._shown[row]
        self.endRemoveRows()

    def _show(self, position: int) -> None:
        row = len(self._shown) if self._is_sorted else bisect_left(self._shown, position)
        self.beginInsertRows(QModelIndex(), row, row)
        self._shown.insert(row, position)
        self.endInsertRows()


def _sort_key(column: Column[Any], row: object) -> Any:
    return column.sort(row) if column.sort is not None else column.text(row).casefold()
