"""The trace as rows: the numbers of the events that are shown, nothing else."""

from array import array
from bisect import bisect_left
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, QTimer, Signal

from ui.models import words
from ui.models.cells import Cell
from ui.models.roles import Category, Role
from ui.models.table import Index
from workbench.trace.events import (
    Direction,
    MessageEvent,
    NoteEvent,
    NotKeptEvent,
    PduEvent,
    ProblemEvent,
    TraceEvent,
    TransitionEvent,
    TransportEvent,
    TransportStep,
)
from workbench.trace.store import TraceStore

PDU, MESSAGE, STATE, TRANSPORT, PROBLEM = "pdu", "message", "state", "transport", "problem"
KINDS = frozenset({PDU, MESSAGE, STATE, TRANSPORT, PROBLEM})
DEFAULT_KINDS = frozenset({PDU, PROBLEM})

# Steps without which a connection that came to nothing would leave no row.
_FAILURES = frozenset({TransportStep.DROPPED, TransportStep.LOST, TransportStep.TIMEOUT, TransportStep.ARTIM_EXPIRED})
_KIND_OF = {
    PduEvent: PDU,
    MessageEvent: MESSAGE,
    TransitionEvent: STATE,
    TransportEvent: TRANSPORT,
    ProblemEvent: PROBLEM,
    NotKeptEvent: PROBLEM,
    NoteEvent: PROBLEM,  # what the wire does not show is looked for among what is odd
}
_TITLES = ("#", "Assoc.", "Time", "Δ", "Dir.", "What", "Detail", "Bytes")
_NUMBERS = frozenset({0, 1, 3, 7})
_WIRE = frozenset({0, 2, 3, 7})
_TIME_COLUMN = 2
_TOLD = frozenset({5, 6, 7})  # columns that have the category of the event
_NO_CELLS = (Cell(""),) * len(_TITLES)
_CACHED = 4096
_SLICE = 400  # events looked at in one turn of the event loop
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one event says: what it is, the detail, and its category."""

    what: str
    detail: str
    category: Category


class TraceModel(QAbstractTableModel):
    """The events of a store that pass the filter, oldest first.

    Rows come at the end, in batches, and go at the front when the ring drops their events. A new filter is applied in
    slices, so that the window stays alive while a full ring is looked through.
    """

    pending_changed = Signal(int)  # rows that wait because the view is paused

    def __init__(
        self, store: TraceStore, describe: Callable[[TraceEvent], Line], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._describe = describe
        self._numbers = array("Q")
        self._start_time = 0.0
        self._kinds = DEFAULT_KINDS
        self._association: int | None = None
        self._text = ""
        self._is_relative = True
        self._is_paused = False
        self._newest = 0  # number of the newest event that was taken, to be shown or not
        self._pending = 0
        self._backlog: deque[TraceEvent] = deque()
        self._lines: OrderedDict[int, Line] = OrderedDict()
        self._slice_timer = QTimer(self)
        self._slice_timer.setInterval(0)
        self._slice_timer.timeout.connect(self._work)

    # What happened

    def add(self, events: Iterable[TraceEvent]) -> None:
        """Takes events that the store has taken before."""
        # A filter that was set in between has taken from the store what comes here only now.
        new = [event for event in events if event.number > self._newest]
        if self._is_paused:
            self._pending += sum(1 for event in new if self._is_accepted(event))
            self.pending_changed.emit(self._pending)
        else:
            self._take(new)
            self._work()
        self._drop_lost()

    def clear(self) -> None:
        """Forgets every row; the store has been cleared."""
        self._lines.clear()
        self._start_time = 0.0
        self._restart()

    # What is shown

    def set_kinds(self, kinds: frozenset[str]) -> None:
        """Shows only events of these kinds, out of `KINDS`."""
        self._kinds = kinds
        self._restart()

    def set_association(self, association: int | None) -> None:
        """Shows only one association; None shows all."""
        self._association = association
        self._restart()

    def search(self, text: str) -> None:
        """Shows only events with this text in what they are or in their detail; empty shows all."""
        self._text = text.casefold()
        self._restart()

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds that are shown."""
        return self._kinds

    @property
    def shown_association(self) -> int | None:
        """The association that is shown alone; None when all are."""
        return self._association

    def set_paused(self, is_paused: bool) -> None:
        """Stops the rows, not the recording; going on brings what came meanwhile."""
        self._is_paused = is_paused
        if not is_paused:
            self._pending = 0
            self.pending_changed.emit(0)
            self._take([event for event in self._store if event.number > self._newest])
            self._work()

    @property
    def is_paused(self) -> bool:
        """Whether rows are held back."""
        return self._is_paused

    @property
    def is_working(self) -> bool:
        """Whether a filter is still being applied."""
        return bool(self._backlog)

    def set_time(self, form: str) -> None:
        """Shows times "relative" to the first event or by the "clock"."""
        self._is_relative = form == "relative"
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, _TIME_COLUMN, _TIME_COLUMN)
        if self._numbers:
            last = len(self._numbers) - 1
            self.dataChanged.emit(self.index(0, _TIME_COLUMN), self.index(last, _TIME_COLUMN))

    @property
    def is_time_relative(self) -> bool:
        """Whether times count from the first event; else they are of the clock."""
        return self._is_relative

    # From index to event and back

    def number_at(self, index: Index) -> int:
        """Gives the number of the event behind a valid index."""
        return self._numbers[index.row()]

    def event_at(self, index: Index) -> TraceEvent | None:
        """Gives the event behind a valid index; None when the ring has just dropped it."""
        return self._store.get(self._numbers[index.row()])

    def index_of_number(self, number: int) -> QModelIndex:
        """Gives the index of an event; an invalid one when it is not shown."""
        row = bisect_left(self._numbers, number)
        if row < len(self._numbers) and self._numbers[row] == number:
            return self.index(row, 0)
        return QModelIndex()

    # Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._numbers)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(_TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.tr(_TITLES[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in _NUMBERS else _LEFT
        return section in _WIRE if role in (Role.MONOSPACE, Role.KEEPS_END) else None

    def cells(self, row: int) -> Sequence[Cell]:
        """Gives the cells of a row; empty ones when the ring has just dropped its event."""
        event = self._store.get(self._numbers[row])
        if event is None:
            return _NO_CELLS
        line = self._line(event)
        return tuple(
            Cell(self._text_of(event, column, row), line.category if column in _TOLD else Category.NONE)
            for column in range(len(_TITLES))
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._numbers):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if index.column() in _NUMBERS else _LEFT
        if role == Role.MONOSPACE:
            return index.column() in _WIRE
        event = self.event_at(index)
        if event is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text_of(event, index.column(), index.row())
        if role == Qt.ItemDataRole.ToolTipRole:
            is_time = index.column() == _TIME_COLUMN
            return words.clock(event.time) if is_time else self._text_of(event, index.column(), index.row())
        return self._role_of(event, index, role)

    # The cells

    def _role_of(self, event: TraceEvent, index: Index, role: int) -> Any:
        if role == Role.NUMBER:
            return event.number
        if role == Role.ASSOCIATION:
            return event.association
        if role == Role.ROW:
            return event
        if role == Role.ROW_CATEGORY or (role == Role.CATEGORY and index.column() in _TOLD):
            return self._line(event).category
        return Category.NONE if role == Role.CATEGORY else None

    def _text_of(self, event: TraceEvent, column: int, row: int) -> str:
        match column:
            case 0:
                return str(event.number)
            case 1:
                return f"#{event.association}"
            case 2:
                return words.moment(event.time - self._start_time) if self._is_relative else words.clock(event.time)
            case 3:
                return self._gap(event, row)
            case 4:
                return _direction(event)
            case 5:
                return self._line(event).what
            case 6:
                return self._line(event).detail
            case _:
                return words.count(event.length) if isinstance(event, PduEvent) else ""

    def _gap(self, event: TraceEvent, row: int) -> str:
        before = self._store.get(self._numbers[row - 1]) if row else None
        return words.gap(event.time - before.time) if before is not None else ""

    def _line(self, event: TraceEvent) -> Line:
        line = self._lines.get(event.number)
        if line is None:
            line = self._describe(event)
            self._lines[event.number] = line
            if len(self._lines) > _CACHED:
                self._lines.popitem(last=False)
        return line

    # Which rows

    def _is_accepted(self, event: TraceEvent) -> bool:
        if self._association is not None and event.association != self._association:
            return False
        if _kind(event) not in self._kinds:
            return False
        if not self._text:
            return True
        line = self._line(event)
        return self._text in line.what.casefold() or self._text in line.detail.casefold()

    def _restart(self) -> None:
        self.beginResetModel()
        self._numbers = array("Q")
        self.endResetModel()
        self._backlog.clear()
        self._take(list(self._store))
        if self._pending:
            self._pending = 0
            self.pending_changed.emit(0)
        self._work()

    def _take(self, events: Sequence[TraceEvent]) -> None:
        self._backlog.extend(events)
        if events:
            self._newest = events[-1].number

    def _work(self) -> None:
        """Looks through a slice of the backlog and shows what passes, in one batch."""
        # Without a text to search, an event costs next to nothing.
        turn = _SLICE if self._text else 20 * _SLICE
        looked_at = [self._backlog.popleft() for _ in range(min(turn, len(self._backlog)))]
        if looked_at:
            self._start_time = self._start_time or looked_at[0].time
        if self._text or self._association is not None:
            accepted = array("Q", [event.number for event in looked_at if self._is_accepted(event)])
        else:
            accepted = array("Q", [event.number for event in looked_at if _kind(event) in self._kinds])
        if accepted:
            self.beginInsertRows(QModelIndex(), len(self._numbers), len(self._numbers) + len(accepted) - 1)
            self._numbers.extend(accepted)
            self.endInsertRows()
        if self._backlog:
            self._slice_timer.start()
        else:
            self._slice_timer.stop()

    def _drop_lost(self) -> None:
        """Removes the rows whose events the ring has dropped."""
        first = self._store.first_number
        if first is None or not self._numbers or self._numbers[0] >= first:
            return
        lost = bisect_left(self._numbers, first)
        self.beginRemoveRows(QModelIndex(), 0, lost - 1)
        del self._numbers[:lost]
        self.endRemoveRows()


def _kind(event: TraceEvent) -> str:
    # The type is looked up, not asked with isinstance: this runs for every event that crosses the wire.
    kind = _KIND_OF[type(event)]
    if kind is TRANSPORT and event.step in _FAILURES:  # type: ignore[union-attr]
        return PROBLEM
    return kind


_ARROWS: Mapping[Direction, str] = {Direction.SENT: "→ out", Direction.RECEIVED: "← in"}


def _direction(event: TraceEvent) -> str:
    return _ARROWS[event.direction] if isinstance(event, PduEvent | MessageEvent) else ""
