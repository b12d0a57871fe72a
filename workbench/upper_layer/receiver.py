"""What was received, PDU by PDU: each as soon as the state of the association can be asked about it.

State before content: the state table is asked when the six bytes of a header have arrived. A PDU that the state
refuses or ignores is dropped unread, however long it says it is; the others are read whole within fixed limits, or
streamed when they carry data. Nothing is ever allocated because of a length on the wire.
"""

import struct
from collections.abc import Container
from dataclasses import dataclass
from enum import Enum
from typing import Final

from workbench.errors import PduError, RemoteProtocolError
from workbench.upper_layer import state_table
from workbench.upper_layer.events import DataIndicated, PduReceived
from workbench.upper_layer.fields import Buffer
from workbench.upper_layer.framing import Framer
from workbench.upper_layer.p_data import PDU_HEADER_LENGTH, DataPdu
from workbench.upper_layer.pdu import (
    A_ASSOCIATE_RQ,
    P_DATA_TF,
    PDU_NAMES,
    Pdu,
    check_pdu_length,
    decode_pdu,
    unknown_type,
)
from workbench.upper_layer.state_table import EVENT_OF_PDU, Evt, Sta

_PDU_HEADER: Final = struct.Struct(">BxI")
_SHORTEST_LINE: Final = 4  # of a text that comes instead of a PDU


class _Awaiting(Enum):
    """What the next received bytes are."""

    HEADER = "the header of a PDU"
    CONTENT = "the rest of a PDU that is read whole"
    HEAD = "the part of a P-DATA-TF that the trace keeps"
    SLICES = "the fragments of a P-DATA-TF"


# Enum members as plain names: to look one up on its class costs as much as the rest of a step.
_HEADER: Final = _Awaiting.HEADER
_CONTENT: Final = _Awaiting.CONTENT
_HEAD: Final = _Awaiting.HEAD
_SLICES: Final = _Awaiting.SLICES
_P_DATA_RECEIVED: Final = Evt.EVT10
_INVALID_PDU: Final = Evt.EVT19
_DATA_STATES: Final = frozenset({Sta.STA6, Sta.STA7})


@dataclass(slots=True)
class Arrival:
    """A PDU on which the state machine is to act; made for every PDU, hence not frozen (see `events`).

    Attributes:
        event: what it is to the state machine.
        observed: for the trace; None when the PDU was announced before and turned out to be broken further on.
        pdu: what it says, unless it is refused, broken or a P-DATA-TF.
        error: why it is refused or broken.
    """

    event: Evt
    observed: PduReceived | None
    pdu: Pdu | None = None
    error: RemoteProtocolError | None = None


class Receiver:
    """The received bytes of one association, taken apart step by step.

    Args (of the constructor):
        max_pdu_length: the longest P-DATA-TF that we take, as PDU-length; 0 = no limit.
    """

    __slots__ = ("_awaiting", "_content_length", "_data", "_framer", "_max_pdu_length", "_skip")

    def __init__(self, max_pdu_length: int) -> None:
        self._max_pdu_length = max_pdu_length
        self._framer = Framer()
        self._data = DataPdu()
        self._awaiting = _HEADER
        self._content_length = 0  # of the PDU that is read whole, its header included
        self._skip = 0  # bytes of a dropped PDU that are still to come

    @property
    def is_inside_pdu(self) -> bool:
        """Whether a part of a PDU has arrived and the rest has not."""
        return self._awaiting is not _HEADER or self._framer.waiting > 0 or self._skip > 0

    def feed(self, data: Buffer) -> None:
        """Takes the next bytes, when `next` has none left. They are not copied."""
        self._framer.feed(data)

    def next(self, state: Sta, accepted: Container[int]) -> Arrival | DataIndicated | None:
        """The next thing to act upon; None when more bytes are needed for it.

        Args:
            state: of the association, now.
            accepted: ids of the accepted presentation contexts.
        """
        if self._skip:
            self._skip -= self._framer.skip(self._skip)
            if self._skip:
                return None
        if self._awaiting is _SLICES:
            return self._slice(accepted)
        if self._awaiting is _HEADER:
            header = self._framer.unpack(_PDU_HEADER)
            if header is None:
                return None
            pdu_type, length = header
            refused = self._judge(pdu_type, length, state)
            if refused is not None:
                return refused
        return self._head(accepted) if self._awaiting is _HEAD else self._content()

    def state_changed(self, state: Sta) -> None:
        """Lets a PDU that is coming in be judged anew: by its header, or as data when it was announced already."""
        if self._awaiting is not _SLICES:
            self._awaiting = _HEADER  # nothing of it has been consumed
        elif state not in _DATA_STATES:
            self._awaiting = _HEADER
            self._skip = self._data.remaining

    def _judge(self, pdu_type: int, length: int, state: Sta) -> Arrival | None:
        """Decides from a header whether the content is wanted: an Arrival is one that is not."""
        event = EVENT_OF_PDU.get(pdu_type, _INVALID_PDU)
        if state_table.TABLE.get((event, state)) in state_table.REFUSALS:
            return self._drop(event, pdu_type, length, self._refusal(pdu_type, state))
        try:
            if pdu_type != P_DATA_TF:
                check_pdu_length(pdu_type, length)
                self._content_length = PDU_HEADER_LENGTH + length
                self._awaiting = _CONTENT
            elif 0 < self._max_pdu_length < length:
                raise PduError("PDU-length", 2, f"{length} is over our maximum of {self._max_pdu_length}")
            else:
                self._data.begin(PDU_HEADER_LENGTH + length)
                self._awaiting = _HEAD
        except PduError as error:
            return self._drop(_INVALID_PDU, pdu_type, length, error)
        return None

    def _drop(
        self, event: Evt, pdu_type: int, length: int, error: RemoteProtocolError, *, kept: int = PDU_HEADER_LENGTH
    ) -> Arrival:
        start = self._framer.peek(kept) or b""
        self._skip = PDU_HEADER_LENGTH + length
        self._awaiting = _HEADER
        return Arrival(event, PduReceived(pdu_type, PDU_HEADER_LENGTH + length, bytes(start)), error=error)

    def _content(self) -> Arrival | None:
        content = self._framer.peek(self._content_length)
        if content is None:
            return None
        frame = bytes(content)
        self._framer.skip(len(frame))
        self._awaiting = _HEADER
        observed = PduReceived(frame[0], len(frame), frame)
        event = EVENT_OF_PDU[frame[0]]
        # PS3.8 9.3.2: of the version only bit 0 is tested, and without it nothing behind it can be relied upon.
        if frame[0] == A_ASSOCIATE_RQ and len(frame) > 7 and not frame[7] & 1:
            problem = "Protocol-version at byte 6: bit 0 is not set, so version 1 is not supported"
            return Arrival(event, observed, error=RemoteProtocolError(problem))
        try:
            return Arrival(event, observed, pdu=decode_pdu(frame))
        except PduError as error:
            return Arrival(_INVALID_PDU, observed, error=error)

    def _head(self, accepted: Container[int]) -> Arrival | None:
        data = self._data
        try:
            head = data.head(self._framer, accepted)
        except PduError as error:
            length = data.length - PDU_HEADER_LENGTH
            return self._drop(_INVALID_PDU, P_DATA_TF, length, error, kept=data.head_length)
        if head is None:
            return None
        self._awaiting = _SLICES
        return Arrival(_P_DATA_RECEIVED, PduReceived(P_DATA_TF, data.length, head))

    def _slice(self, accepted: Container[int]) -> Arrival | DataIndicated | None:
        try:
            piece = self._data.next_slice(self._framer, accepted)
        except PduError as error:
            return Arrival(_INVALID_PDU, None, error=error)
        if not self._data.remaining:
            self._awaiting = _HEADER
        return piece

    def _refusal(self, pdu_type: int, state: Sta) -> RemoteProtocolError:
        if pdu_type in PDU_NAMES:
            return RemoteProtocolError(f"{PDU_NAMES[pdu_type]} is not expected in {state.title}", abort_reason=2)
        error = unknown_type(pdu_type)
        # No more than what a header has: what is said must not depend on how much has come by now.
        text = _first_line(bytes(self._framer.peek(PDU_HEADER_LENGTH) or b""))
        if not text:
            return error
        problem = f"{error.problem} but text ('{text}...'): the peer speaks another protocol"
        if state is Sta.STA5:
            problem = f"the peer answers in text ('{text}...'): no DICOM service listens on this port"
        return PduError(error.field, error.offset, problem, abort_reason=error.abort_reason)


def _first_line(start: bytes) -> str:
    """Gives the first line of what HTTP, SSH, SMTP and their like begin with; empty when it is no text."""
    line = start.splitlines()[0] if start else b""
    text = line.decode("latin-1")
    return text if len(text) >= _SHORTEST_LINE and text.isascii() and text.isprintable() else ""
