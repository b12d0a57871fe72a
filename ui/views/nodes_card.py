"""The card of the nodes: filter, tree, adding, checking and removing with undo."""

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QMenu, QStackedWidget

from ui.session import Session
from ui.views.controls.buttons import IconButton
from ui.views.controls.card import Card
from ui.views.controls.empty import EmptyState
from ui.views.controls.fields import LineEdit
from ui.views.node_tree import NodeTree


class NodesCard(Card):
    """The configured nodes.

    Signals:
        node_chosen: the name of the current node, "" for none.
        add_asked, edit_asked, removal_asked, echo_asked, send_asked, query_asked, contexts_asked: what the user wants.
    """

    node_chosen = Signal(str)
    add_asked = Signal()
    edit_asked = Signal(str)
    removal_asked = Signal(str)
    echo_asked = Signal(str)
    send_asked = Signal(str)
    query_asked = Signal(str)
    contexts_asked = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.set_title(self.tr("Nodes"))
        self._session = session
        self.echo_button = IconButton("verify", self.tr("Check the node (Ctrl+E)"))
        self.echo_button.clicked.connect(lambda: self.echo_asked.emit(self.current_name))
        self.add_button = IconButton("add", self.tr("Add a node (Ctrl+N)"))
        self.add_button.clicked.connect(self.add_asked)
        self.header.addWidget(self.echo_button)
        self.header.addWidget(self.add_button)
        self.filter_field = LineEdit(name=self.tr("Filter the nodes"), hint=self.tr("Filter"))
        self.filter_field.setClearButtonEnabled(True)
        self.tree = NodeTree(session.nodes_tree, self.tr("Nodes"))
        self.empty = EmptyState(
            "",
            self.tr("No node yet"),
            self.tr("Nodes you add appear here."),
            self.tr("Add a node…"),
        )
        self._pages = QStackedWidget()
        self._pages.addWidget(self.tree)
        self._pages.addWidget(self.empty)
        self.body.addWidget(self.filter_field)
        self.body.addWidget(self._pages, 1)
        self.filter_field.textChanged.connect(self.tree.filter)
        self.tree.node_chosen.connect(self._choose)
        self.tree.node_opened.connect(self.edit_asked)
        self.tree.removal_asked.connect(self.removal_asked)
        self.tree.menu_asked.connect(self._show_menu)
        self.empty.acted.connect(self.add_asked)
        session.nodes_changed.connect(self._refresh)
        self._refresh()

    @property
    def current_name(self) -> str:
        """The name of the current node, "" for none."""
        return self.tree.current_name

    def menu_for(self, name: str) -> QMenu:
        """The context menu of a node."""
        menu = QMenu(self)
        for text, signal in (
            (self.tr("Check"), self.echo_asked),
            (self.tr("Send to it"), self.send_asked),
            (self.tr("Query it"), self.query_asked),
            (self.tr("Contexts proposed to it"), self.contexts_asked),
            (self.tr("Edit…"), self.edit_asked),
            (self.tr("Remove"), self.removal_asked),
        ):
            menu.addAction(text).triggered.connect(lambda _checked=False, signal=signal: signal.emit(name))
        return menu

    def _show_menu(self, place: QPoint) -> None:
        if self.current_name:
            self.menu_for(self.current_name).popup(place)

    def _choose(self, name: str) -> None:
        self.echo_button.setEnabled(bool(name))
        self.node_chosen.emit(name)

    def _refresh(self) -> None:
        names = [node.name for node in self._session.nodes]
        self._pages.setCurrentWidget(self.tree if names else self.empty)
        self.filter_field.setVisible(len(names) > 1 or bool(self.filter_field.text()))
        if names and not self.current_name:
            self.tree.select(names[0])
        self.echo_button.setEnabled(bool(self.current_name))
