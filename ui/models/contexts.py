"""Presentation contexts: what is proposed or accepted, and what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from PySide6.QtCore import QMimeData, QModelIndex, QObject, Qt, Signal

from ui.models.cells import Cell
from ui.models.roles import Category, Role
from ui.models.table import Column, Index, TableModel

ContextRole = Literal["SCU", "SCP", "both"]
_BYTES_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextRow:
    """One presentation context of the list.

    Attributes:
        transfer_syntaxes: UIDs in the order of preference; empty means any.
        names: their short names.
        role: "SCU", "SCP" or "both": the requestor's.
        is_role_explicit: the role is negotiated although it is SCU, the default.
        extended: the application information of its extended negotiation; empty when there is none.
        extended_meaning: what it says, in words; empty where nothing is known of it.
        context_ids: under which it was last proposed.
        result: what the acceptor answered, in words; empty before.
        reason: why, and what was chosen.
        category: OK, ERROR or WARNING by the result; MUTED before.
    """

    sop_class_uid: str
    sop_class: str
    transfer_syntaxes: tuple[str, ...]
    names: tuple[str, ...]
    role: ContextRole = "SCU"
    is_role_explicit: bool = False
    extended: bytes = b""
    extended_meaning: str = ""
    is_enabled: bool = True
    context_ids: tuple[int, ...] = ()
    result: str = ""
    reason: str = ""
    category: Category = Category.MUTED


def _few_bytes(information: bytes) -> str:
    few = len(information) <= _BYTES_SHOWN
    return information.hex(" ").upper() if few else f"{len(information):,} bytes"


def _role_in_words(row: ContextRow) -> str:
    words = {"SCU": "the requestor is SCU", "SCP": "the requestor is SCP", "both": "the requestor is SCU and SCP"}
    how = "; negotiated, though it is the default" if row.is_role_explicit and row.role == "SCU" else ""
    return words[row.role] + how


class ContextsModel(TableModel[ContextRow]):
    """A list of presentation contexts that can be ticked and put in order.

    The tick is Qt's check state of the first column. Order can be changed while no filter and no sorting is on. What an
    association agreed on is past: such a list has no ticks, and asking for a change does nothing.
    """

    edited = Signal()  # the user ticked, moved, added, removed or changed something

    COLUMNS = (
        Column[ContextRow](
            title="SOP class",
            text=lambda row: row.sop_class,
            tooltip=lambda row: f"{row.sop_class}\n{row.sop_class_uid}",
        ),
        Column[ContextRow](
            title="Transfer syntaxes",
            text=lambda row: ", ".join(row.names) or "any",
            tooltip=lambda row: "\n".join(row.transfer_syntaxes) or "any transfer syntax",
        ),
        Column[ContextRow](
            title="Role",
            text=lambda row: f"{row.role}*" if row.is_role_explicit and row.role == "SCU" else row.role,
            tooltip=lambda row: _role_in_words(row),
        ),
        Column[ContextRow](
            title="Extended",
            text=lambda row: _few_bytes(row.extended),
            tooltip=lambda row: "\n".join(filter(None, (row.extended.hex(" ").upper(), row.extended_meaning))),
            is_wire=True,
        ),
        Column[ContextRow](
            title="ID",
            text=lambda row: ", ".join(str(each) for each in row.context_ids),
            sort=lambda row: row.context_ids,
            is_number=True,
        ),
        Column[ContextRow](title="Result", text=lambda row: row.result, category=lambda row: row.category),
        Column[ContextRow](title="Reason", text=lambda row: row.reason),
    )

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_read_only = False

    @property
    def is_read_only(self) -> bool:
        """Whether the user cannot change the list."""
        return self._is_read_only

    def show_rows(self, rows: Iterable[ContextRow], *, is_read_only: bool) -> None:
        """Replaces the list by one that the user may or may not change."""
        self._is_read_only = is_read_only
        self._cells.clear()
        self.set_rows(rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if self._is_read_only:
            return flags
        if not index.isValid():
            return flags | Qt.ItemFlag.ItemIsDropEnabled  # rows are dropped between rows, never on one
        flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else flags

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction | Qt.DropAction.CopyAction

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction | Qt.DropAction.CopyAction

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Marks a drag as one of rows; what is moved is the selection of the view."""
        data = QMimeData()
        data.setData(self.mimeTypes()[0], b"")
        return data

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.CheckStateRole:
            if self._is_read_only or not index.isValid() or index.column() != 0:
                return None
            return Qt.CheckState.Checked if self.row_at(index).is_enabled else Qt.CheckState.Unchecked
        return super().data(index, role)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        is_tick = role == Qt.ItemDataRole.CheckStateRole and index.isValid() and index.column() == 0
        if self._is_read_only or not is_tick:
            return False
        self.set_enabled((self.position_of(index),), Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def set_enabled(self, positions: Iterable[int], is_enabled: bool) -> None:
        """Ticks or unticks the rows at some positions."""
        self._change({position: replace(self._rows[position], is_enabled=is_enabled) for position in positions})

    def set_role(self, position: int, role: ContextRole, *, is_explicit: bool = False) -> None:
        """Gives one row another role of the requestor; an explicit SCU is negotiated, though it is the default."""
        self._change({position: replace(self._rows[position], role=role, is_role_explicit=is_explicit)})

    def set_extended(self, sop_class_uid: str, information: bytes, meaning: str) -> None:
        """Gives every row of a SOP class this extended negotiation; it is negotiated of classes, not of contexts."""
        self._change(
            {
                position: replace(row, extended=information, extended_meaning=meaning)
                for position, row in enumerate(self._rows)
                if row.sop_class_uid == sop_class_uid
            }
        )

    @property
    def has_extended(self) -> bool:
        """Whether any row has an extended negotiation."""
        return any(row.extended for row in self._rows)

    def set_transfer_syntaxes(self, position: int, uids: Sequence[str], names: Sequence[str]) -> None:
        """Gives one row other transfer syntaxes."""
        changed = replace(self._rows[position], transfer_syntaxes=tuple(uids), names=tuple(names))
        self._change({position: changed})

    def move(self, position: int, by: int) -> int:
        """Moves a row up (negative) or down and gives its new position; the same when the list ends there."""
        target = min(max(position + by, 0), len(self._rows) - 1)
        is_whole = len(self._shown) == len(self._rows) and not self._is_sorted
        if self._is_read_only or target == position or not is_whole:
            return position
        at = target + 1 if target > position else target
        self.beginMoveRows(QModelIndex(), position, position, QModelIndex(), at)
        self._rows.insert(target, self._rows.pop(position))
        self.endMoveRows()
        self.edited.emit()
        return target

    def add(self, rows: Sequence[ContextRow]) -> None:
        """Adds rows at the end on behalf of the user."""
        if not self._is_read_only:
            self.append(rows)
            self.edited.emit()

    def remove(self, positions: Iterable[int]) -> None:
        """Removes the rows at some positions on behalf of the user."""
        gone = set(positions)
        if not self._is_read_only:
            self.set_rows(row for position, row in enumerate(self._rows) if position not in gone)
            self.edited.emit()

    def _change(self, changes: Mapping[int, ContextRow]) -> None:
        if not self._is_read_only:
            self.update(changes)
            self.edited.emit()

    def cells_of(self, row: ContextRow) -> tuple[Cell, ...]:
        first, *others = super().cells_of(row)
        return (first._replace(is_ticked=None if self._is_read_only else row.is_enabled), *others)

    def row_category(self, row: ContextRow) -> Category:
        return row.category if row.is_enabled else Category.MUTED

    def row_data(self, row: ContextRow, role: int) -> Any:
        return row.sop_class_uid if role == Role.KEY else None
