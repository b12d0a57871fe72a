"""A ring of trace events in memory: bounded by bytes, the oldest go first."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from operator import itemgetter

from workbench.trace.events import MessageEvent, PduEvent, TraceEvent

DEFAULT_LIMIT = 64 * 2**20
_EVENT_COST = 250  # bytes of an event's own objects, measured with sys.getsizeof over a recording
_MESSAGE_COST = 900  # a decoded command with its texts
_COMPACT_AFTER = 4096  # dropped events that may still be referenced before the list is cut
_number_of = itemgetter(0)


class TraceStore:
    """Keeps the newest events whose estimated size is at most `limit_bytes`.

    Events must come in the order of their numbers, as one recorder makes them. A number stays valid for ever; asking
    for one that the ring has dropped gives None.
    """

    def __init__(self, limit_bytes: int = DEFAULT_LIMIT) -> None:
        """Makes an empty ring of at most `limit_bytes` bytes."""
        self.limit_bytes = limit_bytes
        self.size_bytes = 0
        self.dropped = 0
        self._events: list[TraceEvent] = []
        self._start = 0

    def __len__(self) -> int:
        """The number of events kept."""
        return len(self._events) - self._start

    def __iter__(self) -> Iterator[TraceEvent]:
        """The kept events, oldest first."""
        return iter(self._events[self._start :])

    @property
    def first_number(self) -> int | None:
        """The number of the oldest event kept, None when there is none."""
        return self._events[self._start].number if len(self) else None

    def extend(self, events: Iterable[TraceEvent]) -> None:
        """Appends events and drops the oldest ones that no longer fit."""
        for event in events:
            self._events.append(event)
            self.size_bytes += _cost(event)
        while self.size_bytes > self.limit_bytes and len(self) > 1:
            self.size_bytes -= _cost(self._events[self._start])
            self._start += 1
            self.dropped += 1
        if self._start > _COMPACT_AFTER:
            del self._events[: self._start]
            self._start = 0

    def get(self, number: int) -> TraceEvent | None:
        """The event of that number, None when it was never seen or is dropped."""
        position = bisect_left(self._events, number, lo=self._start, key=_number_of)
        if position < len(self._events) and self._events[position].number == number:
            return self._events[position]
        return None

    def clear(self) -> None:
        """Forgets every event; the count of dropped ones starts again at 0."""
        self._events.clear()
        self._start = 0
        self.size_bytes = 0
        self.dropped = 0


def _cost(event: TraceEvent) -> int:
    if isinstance(event, PduEvent):
        return _EVENT_COST + len(event.kept)
    return _MESSAGE_COST if isinstance(event, MessageEvent) else _EVENT_COST
