"""The one place that numbers events and looks at the clock."""

import itertools
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from workbench.dimse.messages import Message
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
from workbench.upper_layer.fields import Buffer
from workbench.upper_layer.state_table import Evt, Sta

TraceSink = Callable[[TraceEvent], None]
"""Takes one event; synchronous, must neither block nor raise."""

_event = tuple.__new__  # calling the class of a named tuple takes twice as long, and each PDU makes two events


class WireTap(Protocol):
    """Takes the bytes of every association as they cross the transport connection, above TLS where there is any.

    Synchronous; must neither block for long nor raise.
    """

    def opened(self, association: int, local: str, peer: str, *, is_requestor: bool) -> None:
        """The connection stands; the addresses are "host:port", and is_requestor says whether we opened it."""

    def sent(self, association: int, buffers: Sequence[Buffer]) -> None:
        """We sent these bytes."""

    def received(self, association: int, data: Buffer) -> None:
        """The peer sent these bytes; they are valid only until this returns."""

    def closed(self, association: int) -> None:
        """The connection is closed."""


class Recorder:
    """Stamps what the associations of one recording observe and hands it to a sink.

    One recorder serves any number of associations of one event loop; its numbers rise by one from event to event.

    Attributes:
        tap: where the bytes themselves go; None, and nobody looks at them.
    """

    __slots__ = ("_associations", "_clock", "_numbers", "_sink", "tap")

    def __init__(
        self, sink: TraceSink | None = None, *, clock: Callable[[], float] = time.time, tap: WireTap | None = None
    ) -> None:
        """Records into `sink`, without one nothing; `clock` gives seconds since the epoch."""
        self.tap = tap
        self._sink = sink
        self._clock = clock
        self._numbers = itertools.count(1)
        self._associations = itertools.count(1)

    def open_association(self) -> int:
        """Gives the number of a new association."""
        return next(self._associations)

    def transport(self, association: int, step: TransportStep, detail: str) -> None:
        """Records a step of the transport connection."""
        if self._sink is None:
            return
        self._sink(TransportEvent(next(self._numbers), self._clock(), association, step, detail))

    def pdu(self, association: int, direction: Direction, pdu_type: int, length: int, kept: bytes) -> None:
        """Records a PDU of `length` bytes, of which `kept` is the beginning."""
        if self._sink is None:
            return
        now = self._clock()
        self._sink(_event(PduEvent, (next(self._numbers), now, association, direction, pdu_type, length, kept)))

    def transition(self, association: int, event: Evt, before: Sta, action: str, after: Sta) -> None:
        """Records a move of the state machine."""
        if self._sink is None:
            return
        now = self._clock()
        self._sink(_event(TransitionEvent, (next(self._numbers), now, association, event, before, action, after)))

    def message(
        self, association: int, direction: Direction, context_id: int, message: Message, has_data_set: bool
    ) -> None:
        """Records a DIMSE command."""
        if self._sink is None:
            return
        now = self._clock()
        values = (next(self._numbers), now, association, direction, context_id, message, has_data_set)
        self._sink(_event(MessageEvent, values))

    def problem(self, association: int, problem: str) -> None:
        """Records what was wrong, in a sentence."""
        if self._sink is None:
            return
        self._sink(ProblemEvent(next(self._numbers), self._clock(), association, problem))

    def not_kept(self, association: int, message_id: int, sop_instance_uid: str, words: str) -> None:
        """Records that an object is acknowledged that is not kept; `words` say why."""
        if self._sink is None:
            return
        values = (next(self._numbers), self._clock(), association, message_id, sop_instance_uid, words)
        self._sink(NotKeptEvent(*values))

    def note(self, association: int, note: str) -> None:
        """Records what we did that the bytes alone do not tell, in a sentence."""
        if self._sink is None:
            return
        self._sink(NoteEvent(next(self._numbers), self._clock(), association, note))
