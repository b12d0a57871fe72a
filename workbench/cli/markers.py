"""What is said of associations and messages at -v, made from the trace: one place for all tools.

The words stand as DCMTK's tools print them, so that scripts that look for them in the log go on.
"""

from contextlib import suppress
from typing import Final

from workbench.cli.conditions import rejection
from workbench.cli.output import Output
from workbench.dimse.messages import CCancelRq, CFindRsp, CGetRsp, CMoveRsp, CStoreRq, Message, Request, Response
from workbench.dimse.status import PENDING, PENDING_WITH_WARNING, SUCCESS, describe
from workbench.errors import PduError
from workbench.storage.naming import prefix
from workbench.trace.events import Direction, MessageEvent, PduEvent, TraceEvent, TransportEvent, TransportStep
from workbench.upper_layer import pdu
from workbench.upper_layer.pdu import AssociateAc, AssociateRj, AssociateRq, decode_pdu

_HEADERS: Final = 12  # bytes of a P-DATA-TF before its fragment: PDU, PDV item, control header (PS3.8 9.3.5)
_UNLIMITED: Final = 131072  # bytes that DCMTK reckons with where a peer sets no limit
_NUMBERED: Final = (CFindRsp, CGetRsp, CMoveRsp)


class Markers:
    """Prints a line for each step; a sink of the trace."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._peer_lengths: dict[int, int] = {}  # of acceptors: what the requestor takes
        self._responses: dict[tuple[int, int], int] = {}

    def __call__(self, event: TraceEvent) -> None:
        """Prints what is to be said of an event."""
        if isinstance(event, PduEvent):
            with suppress(PduError):  # a broken one is a problem for the state machine
                self._pdu(event, is_ours=event.direction is Direction.SENT)
        elif isinstance(event, MessageEvent):
            if event.direction is Direction.SENT:
                self._sent(event.message)
            else:
                self._received(event.association, event.message)
        elif isinstance(event, TransportEvent):
            if event.step is TransportStep.CONNECTING:
                self._output.info("Requesting Association")
            elif event.step is TransportStep.SECURED:
                self._output.info(f"Connection secured: {event.detail}")
            elif event.step is TransportStep.CLOSED:
                self._peer_lengths.pop(event.association, None)

    def _pdu(self, event: PduEvent, *, is_ours: bool) -> None:
        say = self._output.info
        is_acceptor = event.association in self._peer_lengths
        match event.pdu_type:
            case pdu.A_ASSOCIATE_RQ if not is_ours:
                self._requested(event)
            case pdu.A_ASSOCIATE_AC:
                self._accept(event, is_ours=is_ours)
            case pdu.A_ASSOCIATE_RJ if not is_ours:
                self._reject(event)
            case pdu.A_RELEASE_RQ:
                say("Releasing Association" if is_ours else "Association Release")
            case pdu.A_ABORT if is_ours:
                say("Aborting Association")
            case pdu.A_ABORT:
                say("Association Aborted" if is_acceptor else "Peer Aborted Association")

    def _requested(self, event: PduEvent) -> None:
        request = decode_pdu(event.kept)
        assert isinstance(request, AssociateRq)
        self._peer_lengths[event.association] = request.max_length
        self._output.info("Association Received")

    def _accept(self, event: PduEvent, *, is_ours: bool) -> None:
        accept = decode_pdu(event.kept)
        assert isinstance(accept, AssociateAc)
        if not is_ours:
            self._output.info(f"Association Accepted ({_longest(accept.max_length)})")
            return
        self._output.info(f"Association Acknowledged ({_longest(self._peer_lengths.get(event.association, 0))})")
        if all(context.result for context in accept.presentation_contexts):
            self._output.info("    (but no valid presentation contexts)")

    def _reject(self, event: PduEvent) -> None:
        reject = decode_pdu(event.kept)
        assert isinstance(reject, AssociateRj)
        self._output.info("Association Rejected:")
        for line in rejection(reject.result, reject.source, reject.reason):
            self._output.info(line)

    def _sent(self, message: Message) -> None:
        if isinstance(message, CCancelRq):
            self._output.info(f"Sending Cancel Request (MsgID {message.message_id_being_responded_to})")
        elif isinstance(message, Request):
            self._output.info(f"Sending {_name(message)} Request ({_identity(message)})")

    def _received(self, association: int, message: Message) -> None:
        say = self._output.info
        if isinstance(message, CCancelRq):
            say(f"Received Cancel Request (MsgID {message.message_id_being_responded_to})")
        elif isinstance(message, Request):
            say(f"Received {_name(message)} Request ({_identity(message)})")
        elif not isinstance(message, _NUMBERED):
            say(f"Received {_name(message)} Response ({_status(message)})")
        elif message.status in (PENDING, PENDING_WITH_WARNING):
            key = association, message.message_id_being_responded_to
            self._responses[key] = number = self._responses.get(key, 0) + 1
            say(f"Received {_name(message)} Response {number} ({_status(message)})")
        else:
            self._responses.pop((association, message.message_id_being_responded_to), None)
            say(f"Received Final {_name(message)} Response ({_status(message)})")


def _name(message: Request | Response) -> str:
    """Gives "Store" of C-STORE-RQ and "N-ACTION" of N-ACTION-RQ: DCMTK names the composite services so."""
    name = message.NAME.rpartition("-")[0]
    return name.removeprefix("C-").capitalize() if name.startswith("C-") else name


def _identity(message: Request) -> str:
    if isinstance(message, CStoreRq):
        return f"MsgID {message.message_id}, {prefix(message.affected_sop_class_uid)}"
    return f"MsgID {message.message_id}"


def _status(message: Response) -> str:
    if message.status == SUCCESS:
        return "Success"
    if message.status in (PENDING, PENDING_WITH_WARNING):
        return "Pending"
    return f"0x{message.status:04x}: {describe(message.status, message.NAME.rpartition('-')[0])}"


def _longest(max_length: int) -> str:
    return f"Max Send PDV: {(max_length or _UNLIMITED) - _HEADERS}"
