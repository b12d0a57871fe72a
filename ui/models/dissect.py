"""The fields of one PDU as a tree, and the way from a byte to its field."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt

from ui.models.roles import Category, Role
from ui.models.table import Index
from workbench.upper_layer.fields import Span

_TITLES = ("Field", "Value", "Bytes")
_PROBLEM = "Problem"
_MISSING = ("not kept", "Not read")


@dataclass(slots=True, eq=False)
class _Node:
    span: Span
    parent: int  # of _nodes; -1 at the top
    row: int
    children: list[int] = field(default_factory=list)


class DissectModel(QAbstractItemModel):
    """A span and the spans within it.

    An index carries the number of its node. The tree of one PDU is small, so it is laid out at once.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._nodes: list[_Node] = []

    def show(self, span: Span | None) -> None:
        """Shows another PDU; None shows nothing."""
        self.beginResetModel()
        self._nodes = []
        if span is not None:
            self._lay_out(span)
        self.endResetModel()

    def span_at(self, index: Index) -> Span:
        """Gives the span behind a valid index."""
        return self._nodes[index.internalId()].span

    def range_of(self, index: Index) -> tuple[int, int]:
        """Gives first byte and one past the last byte of the field; (0, 0) for an invalid index."""
        if not index.isValid():
            return 0, 0
        span = self.span_at(index)
        return span.start, span.end

    def path_of(self, index: Index) -> str:
        """Gives the names from the PDU down to the field: "P-DATA-TF / PDV 1 / Status"."""
        names = []
        number = index.internalId() if index.isValid() else -1
        while number >= 0:
            names.append(self._nodes[number].span.name)
            number = self._nodes[number].parent
        return " / ".join(reversed(names))

    def index_for_offset(self, offset: int) -> QModelIndex:
        """Gives the index of the deepest field that holds a byte; an invalid one when none does."""
        if not self._nodes or not _holds(self._nodes[0].span, offset):
            return QModelIndex()
        number = 0
        while (inner := self._child_with(number, offset)) is not None:
            number = inner
        return self._index(number)

    def find(self, name: str) -> QModelIndex:
        """Gives the index of the first field whose name holds this text; an invalid one when none does."""
        wanted = name.casefold()
        for number, node in enumerate(self._nodes):
            if wanted in node.span.name.casefold():
                return self._index(number)
        return QModelIndex()

    # Qt

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        if not 0 <= column < len(_TITLES) or not 0 <= row < self.rowCount(parent):
            return QModelIndex()
        if not parent.isValid():
            return self.createIndex(row, column, 0)
        return self.createIndex(row, column, self._nodes[parent.internalId()].children[row])

    def parent(self, index: Index = QModelIndex()) -> Any:  # noqa: B008
        above = self._nodes[index.internalId()].parent if index.isValid() else -1
        return self._index(above) if above >= 0 else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        if not parent.isValid():
            return 1 if self._nodes else 0
        return len(self._nodes[parent.internalId()].children) if parent.column() == 0 else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(_TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.tr(_TITLES[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        span = self.span_at(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return (span.name, _words(span), f"{span.start:04X}-{max(span.start, span.end - 1):04X}")[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{span.name}  {_words(span)}\n{span.end - span.start} bytes from {span.start} ({span.start:04X}H)"
        if role in (Role.CATEGORY, Role.ROW_CATEGORY):
            return _category(span)
        is_wire = index.column() == 2
        answers: dict[int, Any] = {Role.ROW: span, Role.START: span.start, Role.END: span.end, Role.MONOSPACE: is_wire}
        return answers.get(role)

    # The tree

    def _lay_out(self, top: Span) -> None:
        pending: list[tuple[Span, int, int]] = [(top, -1, 0)]
        while pending:
            span, parent, row = pending.pop()
            number = len(self._nodes)
            self._nodes.append(_Node(span=span, parent=parent, row=row))
            if parent >= 0:
                self._nodes[parent].children.append(number)
            pending.extend(reversed([(child, number, at) for at, child in enumerate(span.children)]))

    def _index(self, number: int) -> QModelIndex:
        return self.createIndex(self._nodes[number].row, 0, number)

    def _child_with(self, number: int, offset: int) -> int | None:
        return next((child for child in self._children(number) if _holds(self._nodes[child].span, offset)), None)

    def _children(self, number: int) -> Iterator[int]:
        return iter(self._nodes[number].children)


def _holds(span: Span, offset: int) -> bool:
    return span.start <= offset < span.end


def _words(span: Span) -> str:
    if isinstance(span.value, bytes):
        return span.value[:64].hex(" ") + (" …" if len(span.value) > 64 else "")
    return "" if span.value is None else str(span.value)


def _category(span: Span) -> Category:
    if span.name == _PROBLEM:
        return Category.ERROR
    return Category.MUTED if span.name.endswith(_MISSING) else Category.NONE
