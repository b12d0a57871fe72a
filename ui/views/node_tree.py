"""The tree of nodes by group, with a filter over it."""

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent

from ui.models.nodes import NodeTreeModel
from ui.views.controls.trees import Tree
from ui.views.node_rows import NodeDelegate

_AGE_MS = 30_000


class NodeTree(Tree):
    """Groups and their nodes; the group without a name has no row of its own.

    Signals:
        node_chosen: the name of the current node, or "" for a group or none.
        node_opened: Enter or a double click on a node.
        removal_asked: Delete on a node.
        menu_asked: the context menu, at a place of the screen.
    """

    node_chosen = Signal(str)
    node_opened = Signal(str)
    removal_asked = Signal(str)
    menu_asked = Signal(QPoint)

    def __init__(self, model: NodeTreeModel, name: str) -> None:
        super().__init__(name)
        self._nodes = model
        self._text = ""
        self._kept = ""
        self._is_restoring = False
        self.setModel(model)
        self.setExpandsOnDoubleClick(False)
        self.setItemDelegate(NodeDelegate(self))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask_menu)
        self.doubleClicked.connect(lambda _index: self._open())
        self.selectionModel().currentChanged.connect(self._choose)
        # A click on the current node asks for it again.
        self.clicked.connect(self._choose)
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._restore)
        # The age of a check is part of the text.
        self._age_timer = QTimer(self)
        self._age_timer.timeout.connect(self.viewport().update)
        self._age_timer.start(_AGE_MS)
        self._restore()

    @property
    def current_name(self) -> str:
        """The name of the current node; "" for a group or none."""
        node = self._nodes.node_at(self.currentIndex())
        return node.name if node is not None else ""

    def select(self, name: str) -> None:
        """Makes a node the current one."""
        index = self._nodes.index_of(name)
        if index.isValid():
            self.setCurrentIndex(index)

    def filter(self, text: str) -> None:
        """Shows only nodes with this text in name, AE title, host or group."""
        self._text = text.casefold().strip()
        for group in range(self._nodes.rowCount()):
            parent = self._nodes.index(group, 0)
            shown = [self._filter_row(row, parent) for row in range(self._nodes.rowCount(parent))]
            self.setRowHidden(group, QModelIndex(), not any(shown))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._open()
        elif event.key() == Qt.Key.Key_Delete and self.current_name:
            self.removal_asked.emit(self.current_name)
        else:
            super().keyPressEvent(event)

    def _filter_row(self, row: int, parent: QModelIndex) -> bool:
        node = self._nodes.node_at(self._nodes.index(row, 0, parent))
        fits = node is not None and (
            self._text in " ".join((node.name, node.ae_title, node.host, node.group)).casefold()
        )
        self.setRowHidden(row, parent, not fits)
        return fits

    def _open(self) -> None:
        if self.current_name:
            self.node_opened.emit(self.current_name)

    def _choose(self, *_: object) -> None:
        if not self._is_restoring:
            self.node_chosen.emit(self.current_name)

    def _ask_menu(self, place: QPoint) -> None:
        index = self.indexAt(place)
        if index.isValid():
            self.setCurrentIndex(index)
        self.menu_asked.emit(self.viewport().mapToGlobal(place))

    def _keep(self) -> None:
        self._kept = self.current_name or self._kept

    def _restore(self) -> None:
        self.expandAll()
        self._is_restoring = True
        if self._kept:
            self.select(self._kept)
        self._is_restoring = False
        if self._text:
            self.filter(self._text)
