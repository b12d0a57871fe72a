"""Receiving: the listener, the associations under way, the objects that came."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ui.models.associations import AssociationRow, AssociationsModel
from ui.session import Session
from ui.theme import Tone
from ui.views.controls.buttons import Button
from ui.views.controls.card import Card
from ui.views.controls.empty import EmptyState
from ui.views.controls.labels import ElidedLabel, ToneLabel, muted
from ui.views.controls.pills import Pill
from ui.views.controls.splitters import Splitter
from ui.views.controls.tables import TableView, Width
from ui.views.local_ae_card import callers_explained, callers_words, services_words

_ASSOCIATIONS = (
    Width(ems=2.6),
    Width(ems=8.6, share=1),
    Width(ems=0),
    Width(ems=7.6, share=1),
    Width(ems=9, share=2),
    Width(ems=0),
    Width(ems=4.6, is_spare=True),
    Width(ems=4.4),
    Width(ems=4.2),
    Width(ems=0),
)
# Direction and outcome are the same for all that is under way, and it has no duration yet.
_HIDDEN = (2, 5, 9)
_RECEIVED = (
    Width(ems=6.3),
    Width(ems=6, share=3),
    Width(ems=6.2, share=2),
    Width(ems=6.5, share=1, is_spare=True),
    Width(ems=3.8),
    Width(ems=6.0),
    Width(ems=7.8, share=2),
    Width(ems=3.5, is_spare=True),
)


class ReceivePanel(Card):
    """What our own AE accepts and receives.

    Signals:
        row_chosen: the position of the current row among the received objects, -1 for none.
        association_chosen: the number of the current association.
        listen_toggled: start (True) or stop listening.
        settings_asked: change address or allow-list.
    """

    row_chosen = Signal(int)
    association_chosen = Signal(int)
    listen_toggled = Signal(bool)
    settings_asked = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.set_title(self.tr("Receive"))
        self._session = session
        self.pill = Pill()
        self.header.insertWidget(1, self.pill)
        self.folder_button = Button(self.tr("Open folder"), icon_name="folder")
        self.settings_button = Button(self.tr("Change…"), icon_name="settings")
        self.listen_button = Button("", primary=True)
        self.stop_button = Button(self.tr("Stop listening"), icon_name="stop")
        self.listen_button.setText(self.tr("Start listening"))
        for button in (self.folder_button, self.settings_button, self.listen_button, self.stop_button):
            self.header.addWidget(button)
        self.line = ElidedLabel()
        self.line.setForegroundRole(self.line.foregroundRole().PlaceholderText)
        self.services = ElidedLabel()
        self.services.setForegroundRole(self.services.foregroundRole().PlaceholderText)
        self.refused = _RefusedCallers(session)
        self._mine = AssociationsModel(self)
        self.associations = TableView(
            self.tr("Associations under way"), _ASSOCIATIONS, self.tr("No associations under way.")
        )
        self.associations.show_model(self._mine)
        self.associations.hide_columns(*_HIDDEN)
        self.received = TableView(self.tr("Received objects"), _RECEIVED)
        self.received.show_model(session.received_model)
        self.empty = EmptyState(
            "receive",
            self.tr("The listener is off"),
            self.tr("Start it and send to this AE: the objects appear here and in the folder."),
            self.tr("Start listening"),
            self.tr("Change address or allow-list…"),
        )
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._tables())
        self.body.addWidget(self.line)
        self.body.addWidget(self.services)
        self.body.addWidget(self.refused)
        self.body.addWidget(self._pages, 1)
        self._connect()
        self._refresh()

    def _tables(self) -> QWidget:
        splitter = Splitter(Qt.Orientation.Vertical, "receive")
        self.received_caption = muted(self.tr("Received objects"))
        for caption, table in (
            (muted(self.tr("Associations under way")), self.associations),
            (self.received_caption, self.received),
        ):
            page = QWidget()
            column = QVBoxLayout(page)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(2)
            column.addWidget(caption)
            column.addWidget(table, 1)
            splitter.addWidget(page)
        splitter.setSizes([110, 240])
        return splitter

    def _connect(self) -> None:
        session = self._session
        self.listen_button.clicked.connect(lambda: self.listen_toggled.emit(True))
        self.stop_button.clicked.connect(lambda: self.listen_toggled.emit(False))
        self.folder_button.clicked.connect(session.open_storage_folder)
        self.settings_button.clicked.connect(self.settings_asked)
        self.empty.acted.connect(lambda: self.listen_toggled.emit(True))
        self.empty.second_acted.connect(self.settings_asked)
        for signal in (
            session.listening_changed,
            session.local_changed,
            session.nodes_changed,
            session.profiles_changed,
        ):
            signal.connect(self._refresh)
        session.associations_changed.connect(self._take)
        session.received_added.connect(lambda _rows: self._refresh())
        self.received.row_chosen.connect(self._choose)
        self.associations.row_chosen.connect(self._choose_association)

    def _choose(self, row: int) -> None:
        model = self._session.received_model
        self.row_chosen.emit(model.position_of(model.index(row, 0)) if row >= 0 else -1)

    def _choose_association(self, row: int) -> None:
        if row >= 0:
            self.association_chosen.emit(self._mine.row_at(self._mine.index(row, 0)).number)

    def _take(self, _rows: Sequence[AssociationRow]) -> None:
        under_way = [row for row in self._session.associations_model.rows if row.is_open and not row.is_requestor]
        if under_way != list(self._mine.rows):
            self._mine.set_rows(under_way)
        self.refused.refresh()

    def _refresh(self) -> None:
        session = self._session
        listening = session.is_listening
        self.pill.show_state(
            self.tr("listening") if listening else self.tr("off"), Tone.OK if listening else Tone.NEUTRAL
        )
        self.listen_button.setVisible(not listening and bool(session.received_model.rows))
        self.stop_button.setVisible(listening)
        address = session.listening_address or f"{session.local.bind}:{session.local.port}"
        self.line.setText(
            "   ·   ".join((f"{session.local.ae_title} {address}", callers_words(session), str(session.storage_folder)))
        )
        self.line.set_explanation(f"{callers_explained(session)}\n\n{session.storage_folder}")
        self.services.setText(services_words(session))
        self.received_caption.setText(self.tr("{0} received objects").format(f"{len(session.received_model.rows):,}"))
        self.received.set_placeholder(self.tr("Nothing has been received yet."))
        self._pages.setCurrentIndex(1 if listening or session.received_model.rows else 0)
        self.refused.refresh()


class _RefusedCallers(QWidget):
    """The callers that the allow-list turned away, each with a button that lets it in."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._shown: tuple[str, ...] = ()
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self.hide()

    def refresh(self) -> None:
        """Shows who was turned away since listening began."""
        callers = self._session.refused_callers
        if callers == self._shown:
            return
        self._shown = callers
        while (item := self._layout.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        label = ToneLabel(self.tr("▲ Rejected, not on the allow-list:"), Tone.WARNING)
        label.setWordWrap(False)
        self._layout.addWidget(label)
        for title in callers[:4]:
            button = Button(self.tr("Allow {0}").format(title))
            button.clicked.connect(lambda _checked=False, title=title: self._session.allow_caller(title))
            self._layout.addWidget(button)
        self._layout.addStretch(1)
        self.setVisible(bool(callers))
