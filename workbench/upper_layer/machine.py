"""The upper layer of one association: bytes and calls in, events out (PS3.8 chapter 9)."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Final

from workbench.errors import LocalProtocolError, RemoteProtocolError
from workbench.upper_layer import state_table
from workbench.upper_layer.events import DataIndicated, Event, PduSent, Problem, SendBytes, Transition
from workbench.upper_layer.fields import Buffer
from workbench.upper_layer.outbox import Outbox
from workbench.upper_layer.p_data import KEPT_DATA, KEPT_LIMIT, PDU_HEADER_LENGTH
from workbench.upper_layer.pdu import (
    P_DATA_TF,
    Abort,
    AssociateAc,
    AssociateRj,
    AssociateRq,
    PDataTf,
    Pdu,
    ReleaseRp,
    ReleaseRq,
    encode_pdu,
)
from workbench.upper_layer.receiver import Receiver
from workbench.upper_layer.state_table import Action, Evt, Sta

_EVENT_OF_REQUEST: Final[Mapping[type[Any], Evt]] = {
    AssociateRq: Evt.EVT1,
    AssociateAc: Evt.EVT7,
    AssociateRj: Evt.EVT8,
    PDataTf: Evt.EVT9,
    ReleaseRq: Evt.EVT11,
    ReleaseRp: Evt.EVT14,
    Abort: Evt.EVT15,
}

# Enum members as plain names: to look one up on its class costs as much as the rest of a step.
_STA1: Final = Sta.STA1
_P_DATA_REQUEST: Final = Evt.EVT9


class Role(Enum):
    """Which side of the association this is."""

    REQUESTOR = "requestor"
    ACCEPTOR = "acceptor"


class UpperLayer:
    """The upper layer of one association; it does no I/O and knows no time.

    The driver tells it what happened (transport_opened, receive_data, transport_closed, artim_expired), the user what
    it wants (send, send_data). After each call take next_event() until it gives None, and carry out the effects in
    that order. Received bytes are looked at only while events are taken, one PDU or slice at a time: `state` never
    runs ahead of the events that were taken, and a flood of tiny PDUs is never turned into a flood of objects.

    For each received PDU come PduReceived, Problem if it is wrong, Transition, then the effects and indications of the
    action. The state table is asked as soon as the header has arrived: a PDU that the state refuses or ignores is
    dropped unread, however long it says it is. When the machine is back in Sta1 it is finished and ignores what is
    still received.

    Choices: an A-ASSOCIATE-RQ without bit 0 of the protocol version is rejected (1/2/2) before anything else in it is
    read; a P-DATA-TF longer than `max_pdu_length` is an invalid PDU; contexts that were accepted but never proposed
    are not accepted; A-ABORT says with source 2 what was wrong (AA-7, AA-8), with source 0 nothing (AA-1).

    Args (of the constructor):
        role: which side this is.
        max_pdu_length: our own maximum, as announced by the caller in its A-ASSOCIATE PDU; 0 = no limit.
    """

    __slots__ = (
        "_events",
        "_is_over",
        "_needs_bytes",
        "_outbox",
        "_proposed",
        "_receiver",
        "accepted_contexts",
        "peer_max_length",
        "role",
        "state",
    )

    def __init__(self, role: Role, *, max_pdu_length: int = 131072) -> None:
        self.role = role
        self.state = Sta.STA1
        self.peer_max_length = 0  # the largest P-DATA-TF PDU-length that the peer takes; 0 = no limit
        self.accepted_contexts: frozenset[int] = frozenset()
        self._outbox = Outbox()
        self._events = self._outbox.events
        self._receiver = Receiver(max_pdu_length)
        self._proposed: frozenset[int] = frozenset()
        self._is_over = False
        self._needs_bytes = True  # whether all that was received is taken apart, until more comes or the state changes

    @property
    def artim_running(self) -> bool:
        """Whether ARTIM runs, as far as StartArtim and StopArtim have been put into the outbox."""
        return self._outbox.artim_running

    def send(self, pdu: Pdu) -> None:
        """Makes the request or response that `pdu` stands for. For data `send_data` is the short road.

        Raises:
            LocalProtocolError: the state does not allow it, a value does not fit its field, or a P-DATA-TF breaks the
                agreement (context, length). Nothing was sent and the state is the same.
        """
        event = _EVENT_OF_REQUEST[type(pdu)]
        self._action(event)
        frame = encode_pdu(pdu)
        if isinstance(pdu, PDataTf):
            if not pdu.pdvs:
                raise LocalProtocolError("a P-DATA-TF holds at least one presentation data value")
            for pdv in pdu.pdvs:
                self._check_agreement(pdv.context_id, len(frame) - PDU_HEADER_LENGTH)
        elif isinstance(pdu, AssociateRq):
            self._proposed = frozenset(context.context_id for context in pdu.presentation_contexts)
        elif isinstance(pdu, AssociateAc):
            self.accepted_contexts = pdu.accepted_ids
        self._outbox.request = frame
        self._act(event)

    def send_data(self, pdus: Sequence[tuple[bytes, Buffer]]) -> None:
        """Sends each (twelve bytes of `data_pdu_header`, fragment) as one P-DATA-TF, all of them with one SendBytes.

        The fragments are not copied: they must stay as they are until SendBytes was carried out.

        Raises:
            LocalProtocolError: as `send`.
        """
        action = self._action(_P_DATA_REQUEST)
        before = self.state
        buffers: list[Buffer] = []
        observations: list[Event] = []
        for header, fragment in pdus:
            size = len(fragment)
            self._check_agreement(header[10], size + PDU_HEADER_LENGTH)
            buffers.append(header)
            buffers.append(fragment)
            kept = header + fragment[: KEPT_LIMIT if header[11] & 1 else KEPT_DATA]
            observations.append(Transition(_P_DATA_REQUEST, before, action, action.next))
            observations.append(PduSent(P_DATA_TF, size + len(header), kept))
        if buffers:
            self.state = action.next
            self._events.append(SendBytes(tuple(buffers)))
            self._events.extend(observations)

    def transport_opened(self) -> None:
        """The connection that OpenTransport asked for is there (requestor), or one came in (acceptor)."""
        self._act(Evt.EVT2 if self.role is Role.REQUESTOR else Evt.EVT5)

    def receive_data(self, data: Buffer) -> None:
        """Takes what the transport delivered; b"" means that the peer closed the connection.

        `data` is not copied: it must stay as it is until next_event() has given None, and DataIndicated may refer to
        it.

        Raises:
            LocalProtocolError: the transport connection was never opened.
        """
        if not len(data):
            self.transport_closed()
            return
        while self._advance():
            pass
        if self._is_over:
            return
        if self.state in (Sta.STA1, Sta.STA4):
            raise LocalProtocolError(f"bytes received in {self.state.title}: the transport connection is not open")
        self._receiver.feed(data)
        self._needs_bytes = False

    def transport_closed(self) -> None:
        """The transport connection is gone, in whatever way; it counts after all that was received before."""
        while self._advance():
            pass
        if not self._is_over:
            inside = " in the middle of a PDU" if self._receiver.is_inside_pdu else ""
            problem = f"the transport connection was closed{inside} in {self.state.title}"
            self._act(Evt.EVT17, error=RemoteProtocolError(problem, abort_reason=0))

    def artim_expired(self) -> None:
        """ARTIM ran out.

        Raises:
            LocalProtocolError: it was not running.
        """
        self._act(Evt.EVT18)

    def next_event(self) -> Event | None:
        """The next thing that happened, or None when more input is needed. Only one place may call this."""
        events = self._events
        while not events:
            if not self._advance():
                return None
        return events.popleft()

    def _advance(self) -> bool:
        """Acts upon the next thing that was received; False when it needs more bytes."""
        if self._needs_bytes:
            return False
        if self._is_over:
            self._receiver.feed(b"")
            return False
        found = self._receiver.next(self.state, self.accepted_contexts)
        if found is None:
            self._needs_bytes = True
            return False
        if isinstance(found, DataIndicated):
            self._events.append(found)
            return True
        if found.observed is not None:
            self._events.append(found.observed)
        # What AA-6 ignores (its row has no steps) is no problem: the peer sent it before it saw that we are done.
        if found.error is not None and self._action(found.event).steps:
            self._events.append(Problem(found.error))
        self._act(found.event, pdu=found.pdu, error=found.error)
        return True

    def _action(self, event: Evt) -> Action:
        """The cell of Table 9-10 for this event in this state; LocalProtocolError when it is empty."""
        if self._is_over:
            raise LocalProtocolError("this upper layer has served its one association, which is over")
        label = state_table.TABLE.get((event, self.state))
        if label is None:
            raise LocalProtocolError(f"{event.words} ({event.label}) is not possible in {self.state.title}")
        return state_table.ACTIONS[label]

    def _act(self, event: Evt, *, pdu: Pdu | None = None, error: RemoteProtocolError | None = None) -> None:
        """Takes the action of `event`: `pdu` is what was received, `error` what is wrong."""
        action = self._action(event)
        if action.otherwise is not None and not self._takes_first_outcome(action, pdu):
            action = action.otherwise
        if pdu is not None:
            self._learn(pdu)
        before = self.state
        after = self.state = action.next
        self._events.append(Transition(event, before, action, after))
        for step in action.steps:
            self._outbox.carry_out(step, pdu, error)
        if after is not before:
            self._is_over = after is _STA1
            self._needs_bytes = False
            self._receiver.state_changed(after)

    def _takes_first_outcome(self, action: Action, pdu: Pdu | None) -> bool:
        """AE-6: the request is acceptable to the provider. AR-8: this side is the association requestor."""
        return pdu is not None if action.label == "AE-6" else self.role is Role.REQUESTOR

    def _learn(self, pdu: Pdu) -> None:
        """Takes from a received A-ASSOCIATE PDU what the transfer of data depends on."""
        if isinstance(pdu, AssociateRq | AssociateAc):
            self.peer_max_length = pdu.max_length
        if isinstance(pdu, AssociateAc):
            self.accepted_contexts = pdu.accepted_ids & self._proposed

    def _check_agreement(self, context_id: int, pdu_length: int) -> None:
        if context_id not in self.accepted_contexts:
            raise LocalProtocolError(f"presentation context {context_id} was not accepted")
        if 0 < self.peer_max_length < pdu_length:
            raise LocalProtocolError(f"a P-DATA-TF of length {pdu_length} is over the peer's {self.peer_max_length}")
