"""What crossed the wire, as it is kept and shown: the ring of events, the associations, and their models."""

from collections.abc import Sequence
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal

from ui.engine import Engine
from ui.models.associations import AssociationRow, AssociationsModel
from ui.models.trace import TraceModel
from ui.session.associations import AssociationBook
from ui.session.lines import Lines
from workbench.trace.dissect import dissect
from workbench.trace.events import PduEvent, TraceEvent, TransitionEvent
from workbench.trace.recorder import Recorder
from workbench.trace.store import TraceStore
from workbench.upper_layer.fields import Span

LITTLE = 100  # events that are shown at once
EVERY = 0.1  # seconds between two showings of a stream of events
AHEAD = 400_000  # events that may wait for a window that does not answer; older ones are then lost


class Recording(QObject):
    """Takes the events of every association, in batches.

    Signals:
        added: the events of a batch, in a list.
        associations_changed: the rows that it changed, in a list.
        state_changed: association, state, event and action of the last move of each association in the batch.
        lost: how many events were lost because the window did not keep up.

    Attributes:
        recorder: what the engine's associations report to.
    """

    added = Signal(list)
    associations_changed = Signal(list)
    state_changed = Signal(int, object, object, str)
    lost = Signal(int)

    def __init__(self, engine: Engine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store = TraceStore()
        self.book = AssociationBook()
        self.trace_model = TraceModel(self.store, Lines(self.book.contexts).describe, self)
        self.associations_model = AssociationsModel(self)
        self._channel = engine.open_channel(self._take, limit=AHEAD)
        self.recorder = Recorder(self._channel.put)
        self._places: dict[int, int] = {}
        self._told_lost = 0
        self._new: list[TraceEvent] = []
        self._changed: dict[int, None] = {}
        self._shown_at = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(round(EVERY * 1000))
        self._timer.timeout.connect(self.show_new)

    def dissect(self, number: int) -> Span | None:
        """Gives the fields of a PDU; None when the event is none, or is not kept."""
        event = self.store.get(number)
        if not isinstance(event, PduEvent):
            return None
        return dissect(event.kept, event.length, contexts=self.book.contexts(event.association))

    def kept_bytes(self, number: int) -> bytes:
        """Gives the bytes that are kept of a PDU; empty when the event is none, or is not kept."""
        event = self.store.get(number)
        return event.kept if isinstance(event, PduEvent) else b""

    def clear(self) -> None:
        """Forgets the events and the associations that have ended."""
        self.show_new()
        self.store.clear()
        self.trace_model.clear()
        self.book.clear()
        self._show_all()

    def show_new(self) -> None:
        """Shows now what has been recorded and is not shown yet."""
        events, changed = self._new, list(self._changed)
        self._new, self._changed = [], {}
        self._shown_at = monotonic()
        self._timer.stop()
        self.trace_model.add(events)
        self._show(changed)
        for event in {event.association: event for event in events if type(event) is TransitionEvent}.values():
            self.state_changed.emit(event.association, event.after, event.event, event.action)
        self.added.emit(events)
        if self._channel.lost != self._told_lost:
            lost, self._told_lost = self._channel.lost - self._told_lost, self._channel.lost
            self.lost.emit(lost)

    def _take(self, events: list[TraceEvent]) -> None:
        self.store.extend(events)
        # The book comes before the model: it knows the contexts by which the model describes an event.
        self._changed.update(dict.fromkeys(self.book.fold(events)))
        self._new.extend(events)
        # What is little is shown at once. A stream is shown less often: its rows would be painted again and again.
        if len(self._new) <= LITTLE or monotonic() - self._shown_at >= EVERY:
            self.show_new()
        elif not self._timer.isActive():
            self._timer.start()

    def _show(self, numbers: Sequence[int]) -> None:
        rows = [row for number in numbers if (row := self.book.row(number)) is not None]
        new = [row for row in rows if row.number not in self._places]
        known: dict[int, AssociationRow] = {self._places[row.number]: row for row in rows if row.number in self._places}
        if known:
            self.associations_model.update(known)
        first = len(self.associations_model.rows)
        self._places.update({row.number: first + at for at, row in enumerate(new)})
        self.associations_model.append(new)
        self.associations_changed.emit(rows)
        if self.book.is_full:
            self.book.forget()
            self._show_all()

    def _show_all(self) -> None:
        rows = self.book.rows()
        self._places = {row.number: at for at, row in enumerate(rows)}
        self.associations_model.set_rows(rows)
