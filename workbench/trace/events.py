"""What happened on an association, as data: the one stream that every view, filter, file and diagnosis reads.

The events are named tuples: immutable, and cheap enough to be made for every PDU at full speed. Each begins with the
same three fields: `number` (running, unique in a recording), `time` (seconds since the epoch) and `association` (the
number that the recorder gave the association, so that events of several can share one stream).
"""

from enum import StrEnum
from typing import NamedTuple

from workbench.dimse.messages import Message
from workbench.upper_layer.state_table import Evt, Sta


class Direction(StrEnum):
    """Which way bytes went, seen from us."""

    SENT = "out"
    RECEIVED = "in"


class TransportStep(StrEnum):
    """What happened to the transport connection or to a timer of the association (PS3.8 9.1)."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    ACCEPTED = "accepted"
    SECURED = "secured"
    PEER_CLOSED = "peer closed"
    LOST = "lost"
    DROPPED = "dropped"
    CLOSED = "closed"
    ARTIM_STARTED = "ARTIM started"
    ARTIM_STOPPED = "ARTIM stopped"
    ARTIM_EXPIRED = "ARTIM expired"
    TIMEOUT = "timeout"


class TransportEvent(NamedTuple):
    """A step of the transport connection; `detail` names addresses, seconds or the cause in words."""

    number: int
    time: float
    association: int
    step: TransportStep
    detail: str


class PduEvent(NamedTuple):
    """A PDU crossed the wire.

    `length` counts the whole PDU with its six header bytes. `kept` holds its first bytes: all of a control PDU,
    commands whole, of bulk data the headers and the first 256 bytes.
    """

    number: int
    time: float
    association: int
    direction: Direction
    pdu_type: int
    length: int
    kept: bytes


class TransitionEvent(NamedTuple):
    """The state machine moved (PS3.8 Table 9-10); `action` is the standard's label, such as "DT-2"."""

    number: int
    time: float
    association: int
    event: Evt
    before: Sta
    action: str
    after: Sta


class MessageEvent(NamedTuple):
    """A DIMSE command was sent or received whole (PS3.7 6.3); its data set, if any, follows it on the wire."""

    number: int
    time: float
    association: int
    direction: Direction
    context_id: int
    message: Message
    has_data_set: bool


class ProblemEvent(NamedTuple):
    """Something was wrong with what the peer sent, or with what had to be done about it."""

    number: int
    time: float
    association: int
    problem: str


class NotKeptEvent(NamedTuple):
    """We answered a C-STORE-RQ with success and kept nothing of the object: its sender may now delete the only copy."""

    number: int
    time: float
    association: int
    message_id: int
    sop_instance_uid: str
    words: str


class NoteEvent(NamedTuple):
    """We did something that the bytes alone do not tell, such as converting a data set before it was sent."""

    number: int
    time: float
    association: int
    note: str


TraceEvent = TransportEvent | PduEvent | TransitionEvent | MessageEvent | ProblemEvent | NotKeptEvent | NoteEvent
