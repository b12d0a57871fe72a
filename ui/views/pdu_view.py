"""Tree and bytes of one row of the trace, linked in both directions."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ui.models.dissect import DissectModel
from ui.session import Session
from ui.views.controls.empty import EmptyState
from ui.views.controls.labels import ElidedLabel
from ui.views.controls.splitters import Splitter
from ui.views.dissect_tree import DissectTree
from ui.views.hex_view import HexView
from workbench.trace.events import PduEvent, TraceEvent


class PduView(QWidget):
    """Shows the PDU of an event: choosing a field highlights its bytes, choosing a byte selects its deepest field.

    Signals:
        field_named: the path of the field that is chosen.
    """

    field_named = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._number: int | None = None
        self.fields = DissectModel(self)
        self.tree = DissectTree(self.fields, self.tr("Fields of the PDU"))
        self.hex = HexView(self.tr("Bytes of the PDU"))
        self.path = ElidedLabel()
        self.path.setForegroundRole(self.path.foregroundRole().PlaceholderText)
        lower = QWidget()
        column = QVBoxLayout(lower)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.hex, 1)
        column.addWidget(self.path)
        self.splitter = Splitter(Qt.Orientation.Vertical, "pdu", self.tree, lower)
        self.splitter.setSizes([210, 170])
        self.empty = EmptyState(
            "trace", self.tr("No PDU selected"), self.tr("Select a PDU to see its fields and bytes.")
        )
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.splitter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        self.tree.field_chosen.connect(self._choose_field)
        self.tree.field_hovered.connect(self.hex.tint)
        self.hex.byte_chosen.connect(self.tree.choose_byte)
        self.hex.byte_hovered.connect(lambda offset: self.hex.tint(*self.tree.field_range(offset)))

    @property
    def number(self) -> int | None:
        """The event shown."""
        return self._number

    def show_event(self, event: TraceEvent | None) -> None:
        """Shows the bytes of an event that has some; else says that there are none."""
        if not isinstance(event, PduEvent):
            self._number = None
            self.fields.show(None)
            self._pages.setCurrentWidget(self.empty)
            return
        if event.number == self._number:
            return
        self._number = event.number
        self.hex.show_bytes(self._session.kept_bytes(event.number), event.length)
        self.fields.show(self._session.dissect(event.number))
        self.path.setText("")
        self._pages.setCurrentWidget(self.splitter)

    def _choose_field(self, start: int, end: int, is_fault: bool) -> None:
        self.hex.highlight(start, end, is_fault=is_fault)
        path = self.fields.path_of(self.tree.currentIndex())
        self.path.setText(self.tr("Bytes {0} to {1}   {2}").format(start, max(start, end - 1), path) if path else "")
        self.field_named.emit(path)
