"""What is selected, whichever list it is in, and its explanation kept up to date."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal

from ui.models.roles import Category, Role
from ui.models.trace import Line
from ui.session import Session
from ui.views.explain import (
    Explanation,
    explain_event,
    explain_match,
    explain_node,
    explain_received,
    explain_scheduled,
    explain_sent,
)

_WHAT, _DETAIL = 5, 6  # columns of the trace model

Subject = Callable[[], Explanation | None]


class Selection(QObject):
    """The last thing chosen: a node, an object sent or received, a match, a worklist entry, a row of the trace.

    Signals:
        explained: an Explanation, or None when nothing is selected; again whenever it may have changed.
        association_chosen: what was chosen just now belongs to this association.
    """

    explained = Signal(object)
    association_chosen = Signal(int)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._subject: Subject = lambda: None
        session.nodes_model.dataChanged.connect(lambda *_: self.refresh())
        for signal in (session.nodes_changed, session.send_changed):
            signal.connect(self.refresh)
        session.associations_changed.connect(lambda _rows: self.refresh())
        for model in (
            session.send_model,
            session.received_model,
            session.nodes_model,
            session.matches_model,
            session.worklist.model,
        ):
            model.modelReset.connect(self.refresh)

    def refresh(self) -> None:
        """Explains again what is selected."""
        self.explained.emit(self._subject())

    def choose_sent(self, position: int) -> None:
        """An object of the send list."""
        self._set(lambda: self._sent(position))

    def choose_received(self, position: int) -> None:
        """A received object."""
        self._set(lambda: self._received(position))

    def choose_match(self, position: int) -> None:
        """A match of a query."""
        self._set(lambda: self._match(position))

    def choose_scheduled(self, position: int) -> None:
        """An entry of the worklist; it stays the same one when others come or go."""
        rows = self._session.worklist.model.rows
        key = rows[position].key if 0 <= position < len(rows) else None
        self._set(lambda: self._scheduled(key))

    def choose_node(self, name: str) -> None:
        """A node."""
        self._set(lambda: self._node(name))

    def choose_event(self, number: int) -> None:
        """A row of the trace."""
        self._set(lambda: self._event(number))

    def _set(self, subject: Subject) -> None:
        self._subject = subject
        self.refresh()
        explanation = subject()
        if explanation is not None and explanation.association is not None:
            self.association_chosen.emit(explanation.association)

    def _sent(self, position: int) -> Explanation | None:
        rows = self._session.send_model.rows
        if not 0 <= position < len(rows):
            return None
        node = self._session.send_progress.node or self.tr("the node")
        return explain_sent(rows[position], node)

    def _received(self, position: int) -> Explanation | None:
        rows = self._session.received_model.rows
        return explain_received(rows[position]) if 0 <= position < len(rows) else None

    def _match(self, position: int) -> Explanation | None:
        rows = self._session.matches_model.rows
        return explain_match(rows[position], self._session.query_progress.node) if 0 <= position < len(rows) else None

    def _scheduled(self, key: tuple[str, str] | None) -> Explanation | None:
        worklist = self._session.worklist
        position = next((at for at, row in enumerate(worklist.model.rows) if row.key == key), None)
        return explain_scheduled(worklist.elements(position)) if position is not None else None

    def _node(self, name: str) -> Explanation | None:
        row = next((row for row in self._session.nodes_model.rows if row.name == name), None)
        return explain_node(row) if row is not None else None

    def _event(self, number: int) -> Explanation | None:
        event = self._session.trace.get(number)
        index = self._session.trace_model.index_of_number(number)
        if event is None or not index.isValid():
            return None
        line = Line(
            what=str(index.siblingAtColumn(_WHAT).data(Qt.ItemDataRole.DisplayRole) or ""),
            detail=str(index.siblingAtColumn(_DETAIL).data(Qt.ItemDataRole.DisplayRole) or ""),
            category=index.data(Role.ROW_CATEGORY) or Category.NONE,
        )
        return explain_event(event, line, self._session.association(event.association))
