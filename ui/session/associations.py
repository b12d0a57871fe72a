"""Where every association stands, told from nothing but the trace.

The book folds events into one record for each association. Sends, echoes and the listener need not report anything:
what the wire and the state machine said is enough, and a trace read from a file would give the same rows.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ui.models.associations import AssociationRow, StateStep
from workbench.dimse.messages import Response
from workbench.dimse.status import Category, category
from workbench.errors import RemoteProtocolError
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
from workbench.upper_layer.pdu import Abort, AssociateAc, AssociateRj, AssociateRq, Pdu, ReleaseRp, decode_pdu
from workbench.upper_layer.reasons import describe_abort, describe_rejection
from workbench.upper_layer.state_table import Sta

_P_DATA_TF = 0x04
_KEPT_STEPS = 40
_BREAKS = frozenset({TransportStep.DROPPED, TransportStep.LOST})
_CAUSES = _BREAKS | {TransportStep.TIMEOUT, TransportStep.ARTIM_EXPIRED}
_NO_CONTEXTS: Mapping[int, tuple[str, str]] = MappingProxyType({})


@dataclass(slots=True, eq=False)
class _Record:
    number: int
    is_requestor: bool = False
    peer: str = ""
    request: AssociateRq | None = None
    accept: AssociateAc | None = None
    contexts: Mapping[int, tuple[str, str]] = field(default_factory=lambda: _NO_CONTEXTS)
    state: Sta = Sta.STA1
    event: int = 0
    action: str = ""
    moves: deque[TransitionEvent] = field(default_factory=lambda: deque(maxlen=_KEPT_STEPS))
    outcome: str = "open"
    detail: str = ""
    requests: int = 0
    warnings: int = 0
    failures: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    opened_at: float = 0.0
    ended_at: float | None = None

    def row(self) -> AssociationRow:
        """Gives the record as it stands."""
        return AssociationRow(
            number=self.number,
            is_requestor=self.is_requestor,
            peer=self.peer,
            calling_ae_title=self.request.calling_ae_title if self.request else "",
            called_ae_title=self.request.called_ae_title if self.request else "",
            state=int(self.state),
            state_words=self.state.words,
            event=self.event,
            action=self.action,
            steps=tuple(_step(move) for move in self.moves),
            outcome=self.outcome,
            detail=self.detail,
            proposed=len(self.request.presentation_contexts) if self.request else 0,
            accepted=sum(1 for each in self.accept.presentation_contexts if each.result == 0) if self.accept else 0,
            requests=self.requests,
            warnings=self.warnings,
            failures=self.failures,
            bytes_sent=self.bytes_sent,
            bytes_received=self.bytes_received,
            opened_at=self.opened_at,
            ended_at=self.ended_at,
        )


class AssociationBook:
    """The record of every association; of those that have ended only the newest `kept`."""

    def __init__(self, kept: int = 1000) -> None:
        self._kept = kept
        self._records: dict[int, _Record] = {}

    def fold(self, events: Iterable[TraceEvent]) -> list[int]:
        """Takes events in their order and gives the numbers of the associations that they changed."""
        changed: dict[int, None] = {}
        for event in events:
            record = self._records.get(event.association)
            if record is None:
                record = self._records[event.association] = _Record(event.association, opened_at=event.time)
            changed[event.association] = None
            _FOLD[type(event)](record, event)
        return list(changed)

    def row(self, number: int) -> AssociationRow | None:
        """Gives the row of an association; None when it is not known or not kept."""
        record = self._records.get(number)
        return record.row() if record is not None else None

    def rows(self) -> list[AssociationRow]:
        """Gives the rows of all that are kept, in the order of their numbers."""
        return [record.row() for record in self._records.values()]

    def contexts(self, number: int) -> Mapping[int, tuple[str, str]]:
        """Gives, by context ID, the abstract and the accepted transfer syntax of an association."""
        record = self._records.get(number)
        return record.contexts if record is not None else _NO_CONTEXTS

    def negotiation(self, number: int) -> tuple[AssociateRq | None, AssociateAc | None]:
        """Gives the A-ASSOCIATE PDUs of an association, None for what was not seen."""
        record = self._records.get(number)
        return (record.request, record.accept) if record is not None else (None, None)

    @property
    def is_full(self) -> bool:
        """Whether so many have ended that it is time to `forget`."""
        return len(self._records) > 2 * self._kept

    def forget(self) -> None:
        """Drops the oldest that have ended, down to the number to keep."""
        ended = [record.number for record in self._records.values() if record.ended_at is not None]
        for number in ended[: max(0, len(self._records) - self._kept)]:
            del self._records[number]

    def clear(self) -> None:
        """Drops all that have ended."""
        self._records = {number: record for number, record in self._records.items() if record.ended_at is None}


def _fold_transport(record: _Record, event: TransportEvent) -> None:
    if event.step is TransportStep.CONNECTING:
        record.is_requestor = True
        record.peer = record.peer or event.detail
    elif event.step in (TransportStep.CONNECTED, TransportStep.ACCEPTED):
        record.peer = event.detail.rsplit(" ", 1)[-1]
    elif event.step in _CAUSES and record.outcome == "open":
        # What follows, an abort or a close, is its consequence; the first cause is the one to tell.
        record.detail = record.detail or event.detail
        if event.step in _BREAKS:
            record.outcome = "failed"


def _fold_pdu(record: _Record, event: PduEvent) -> None:
    if event.direction is Direction.SENT:
        record.bytes_sent += event.length
    else:
        record.bytes_received += event.length
    if event.pdu_type == _P_DATA_TF:
        return
    try:
        pdu = decode_pdu(event.kept)
    except RemoteProtocolError as error:
        record.detail = record.detail or str(error)
        return
    _fold_control(record, pdu, is_ours=event.direction is Direction.SENT)


def _fold_control(record: _Record, pdu: Pdu, *, is_ours: bool) -> None:
    match pdu:
        case AssociateRq():
            record.request = pdu
        case AssociateAc():
            record.accept = pdu
            record.contexts = _accepted(record.request, pdu)
        case AssociateRj():
            record.outcome = "rejected"
            record.detail = describe_rejection(pdu.result, pdu.source, pdu.reason)
        case Abort():
            whose = "by us" if is_ours else "by the peer"
            because = record.detail or describe_abort(pdu.source, pdu.reason)
            record.outcome, record.detail = "aborted", f"{whose}, {because}"
        case ReleaseRp():
            record.outcome = "released"


def _fold_transition(record: _Record, event: TransitionEvent) -> None:
    record.state, record.event, record.action = event.after, int(event.event), event.action
    record.moves.append(event)
    if event.after is Sta.STA1:
        record.ended_at = event.time
        if record.outcome == "open":
            record.outcome = "closed"


def _step(move: TransitionEvent) -> StateStep:
    return StateStep(
        number=move.number,
        time=move.time,
        event=int(move.event),
        action=move.action,
        before=int(move.before),
        after=int(move.after),
    )


def _fold_message(record: _Record, event: MessageEvent) -> None:
    if not isinstance(event.message, Response):
        record.requests += 1
        return
    found = category(event.message.status)
    record.warnings += found is Category.WARNING
    record.failures += found is Category.FAILURE


def _fold_problem(record: _Record, event: ProblemEvent) -> None:
    record.detail = record.detail or event.problem


def _fold_not_kept(record: _Record, event: NotKeptEvent) -> None:
    record.failures += 1  # the response says Success; for who counts objects it is none
    record.detail = record.detail or event.words


def _fold_note(record: _Record, event: NoteEvent) -> None:
    """Changes nothing: the association is as good as before."""


def _accepted(request: AssociateRq | None, accept: AssociateAc) -> Mapping[int, tuple[str, str]]:
    proposed = {each.context_id: each.abstract_syntax for each in request.presentation_contexts} if request else {}
    return {
        each.context_id: (proposed.get(each.context_id, ""), each.transfer_syntax)
        for each in accept.presentation_contexts
        if each.result == 0
    }


_FOLD: Mapping[type[Any], Callable[[_Record, Any], None]] = {
    TransportEvent: _fold_transport,
    PduEvent: _fold_pdu,
    TransitionEvent: _fold_transition,
    MessageEvent: _fold_message,
    ProblemEvent: _fold_problem,
    NotKeptEvent: _fold_not_kept,
    NoteEvent: _fold_note,
}
