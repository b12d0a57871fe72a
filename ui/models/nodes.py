"""The configured nodes, as a list and as a tree of groups."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt

from ui.models import words
from ui.models.roles import Category, Role
from ui.models.table import Column, Index, TableModel

_CHECKS = {
    "unknown": (Category.MUTED, "○"),
    "checking": (Category.ACTIVE, "…"),
    "ok": (Category.OK, "✔"),
    "failed": (Category.ERROR, "✖"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RungRow:
    """One rung of the check of a node: "name", "TCP", "association" or "echo"."""

    name: str
    is_ok: bool | None  # None: not reached
    milliseconds: float | None
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRow:
    """A node and what its last check said.

    Attributes:
        check: "unknown", "checking", "ok" or "failed".
        sentence: what the check found, as one sentence; empty before the first.
        latency: seconds that the echo took.
        checked_at: seconds since the epoch.
        rungs: every rung of the check, in order.
        is_demo: stands for the embedded SCP and is not kept.
    """

    name: str
    ae_title: str
    host: str
    port: int
    group: str = ""
    profile: str | None = None
    note: str = ""
    check: str = "unknown"
    sentence: str = ""
    latency: float | None = None
    checked_at: float | None = None
    rungs: tuple[RungRow, ...] = ()
    is_demo: bool = False

    @property
    def check_text(self) -> str:
        """What the check found, with its sign: "✔ 12 ms at 14:02:11", "✖ the name ... was not found"."""
        sign = _CHECKS[self.check][1]
        if self.check == "ok" and self.checked_at is not None:
            return f"{sign} {words.latency(self.latency)} at {words.clock(self.checked_at)[:-4]}"
        return (
            f"{sign} {self.sentence or {'unknown': 'not checked', 'checking': 'checking'}.get(self.check, self.check)}"
        )

    @property
    def category(self) -> Category:
        """The category of the check."""
        return _CHECKS[self.check][0]


class NodesModel(TableModel[NodeRow]):
    """The nodes as a flat list: for tables and combo boxes."""

    COLUMNS = (
        Column[NodeRow](title="Name", text=lambda row: row.name),
        Column[NodeRow](title="AE title", text=lambda row: row.ae_title, is_wire=True),
        Column[NodeRow](title="Host", text=lambda row: row.host),
        Column[NodeRow](title="Port", text=lambda row: str(row.port), sort=lambda row: row.port, is_number=True),
        Column[NodeRow](title="Group", text=lambda row: row.group),
        Column[NodeRow](
            title="Check",
            text=lambda row: row.check_text,
            category=lambda row: row.category,
            tooltip=lambda row: row.sentence or row.check_text,
        ),
    )

    def row_category(self, row: NodeRow) -> Category:
        return row.category

    def row_data(self, row: NodeRow, role: int) -> Any:
        return row.name if role == Role.KEY else None


class NodeTreeModel(QAbstractItemModel):
    """The rows of a NodesModel as a tree of one column: groups, and below each its nodes."""

    def __init__(self, nodes: NodesModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._nodes = nodes
        self._groups: list[tuple[str, list[NodeRow]]] = []
        nodes.modelReset.connect(self._regroup)
        nodes.rowsInserted.connect(self._regroup)
        nodes.dataChanged.connect(self._refresh)
        self._regroup()

    def index_of(self, name: str) -> QModelIndex:
        """Gives the index of a node by its name; an invalid one when it is not there."""
        for at, (_, rows) in enumerate(self._groups):
            for row, node in enumerate(rows):
                if node.name == name:
                    return self.createIndex(row, 0, at + 1)
        return QModelIndex()

    def node_at(self, index: Index) -> NodeRow | None:
        """Gives the node behind an index, None for a group."""
        if not index.isValid() or not index.internalId():
            return None
        return self._groups[index.internalId() - 1][1][index.row()]

    # An index of a node has its group's number plus one as internal id, that of a group has 0.

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        if column != 0 or not 0 <= row < self.rowCount(parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: Index = QModelIndex()) -> Any:  # noqa: B008
        if not index.isValid() or not index.internalId():
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, 0)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        if not parent.isValid():
            return len(self._groups)
        return 0 if parent.internalId() else len(self._groups[parent.row()][1])

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        node = self.node_at(index)
        if node is None:
            return self._group_data(index, role)
        if role == Qt.ItemDataRole.DisplayRole:
            sign, text = node.check_text.split(" ", 1)
            return f"{sign} {node.name}   {text}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{node.ae_title} at {node.host}:{node.port}\n{node.sentence or node.check_text}"
        answers: dict[int, Any] = {
            Role.ROW: node,
            Role.KEY: node.name,
            Role.CATEGORY: node.category,
            Role.ROW_CATEGORY: node.category,
        }
        return answers.get(role)

    def _group_data(self, index: Index, role: int) -> Any:
        if index.isValid() and role == Qt.ItemDataRole.DisplayRole:
            return self._groups[index.row()][0] or self.tr("Nodes")
        return None

    def _regroup(self) -> None:
        groups: dict[str, list[NodeRow]] = {}
        for row in self._nodes.rows:
            groups.setdefault(row.group, []).append(row)
        self.beginResetModel()
        self._groups = list(groups.items())
        self.endResetModel()

    def _refresh(self) -> None:
        latest = {row.name: row for row in self._nodes.rows}
        for at, (group, rows) in enumerate(self._groups):
            for place, row in enumerate(rows):
                found = latest.get(row.name)
                if found is None or found.group != group:
                    self._regroup()
                    return
                rows[place] = found
            parent = self.index(at, 0)
            self.dataChanged.emit(self.index(0, 0, parent), self.index(len(rows) - 1, 0, parent))
