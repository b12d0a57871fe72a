"""What is said of associations and messages at -v, made from the trace: one place for all tools.

The words stand as DCMTK's tools print them, so that scripts that look for them in the log go on.
"""

from contextlib import suppress
from typing import Final

from workbench.cli.output import Output
from workbench.cli.tracing import Style
from workbench.dimse.messages import CCancelRq, CFindRsp, CGetRsp, CMoveRsp, CStoreRq, Message, Request, Response
from workbench.dimse.status import PENDING, PENDING_WITH_WARNING, SUCCESS, describe
from workbench.errors import PduError
from workbench.storage.naming import prefix
from workbench.trace.events import Direction, MessageEvent, PduEvent, TraceEvent, TransportEvent, TransportStep
from workbench.upper_layer import pdu
from workbench.upper_layer.pdu import AssociateAc, AssociateRq, decode_pdu

_HEADERS: Final = 12  # bytes of a P-DATA-TF before its fragment: PDU, PDV item, control header (PS3.8 9.3.5)
_UNLIMITED: Final = 131072  # bytes that DCMTK reckons with where a peer sets no limit
_NUMBERED: Final = (CFindRsp, CGetRsp, CMoveRsp)


class Markers:
    """Prints a line for each step; a sink of the trace."""

    def __init__(self, output: Output, style: Style = Style.PLAIN) -> None:
        self._output = output
        self._style = style
        self._received_as = "Sub-Association" if style is Style.MOVE else "Association"
        self._peers: dict[int, str] = {}
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
            if event.step is TransportStep.ACCEPTED:
                self._peers[event.association] = event.detail.rpartition(" - ")[2].rpartition(":")[0]
            elif event.step is TransportStep.CONNECTING:
                self._output.info("Requesting Association")
            elif event.step is TransportStep.SECURED:
                self._output.info(f"Connection secured: {event.detail}")
            elif event.step is TransportStep.CLOSED:
                self._peer_lengths.pop(event.association, None)
                self._peers.pop(event.association, None)

    def _pdu(self, event: PduEvent, *, is_ours: bool) -> None:
        say = self._output.info
        is_acceptor = event.association in self._peer_lengths
        match event.pdu_type:
            case pdu.A_ASSOCIATE_RQ if not is_ours:
                self._requested(event)
            case pdu.A_ASSOCIATE_AC:
                self._accept(event, is_ours=is_ours)
            case pdu.A_RELEASE_RQ if is_ours:
                say("Releasing Association")
            case pdu.A_RELEASE_RQ if self._style is Style.CLASS:
                say("Received Association Release Request")
            case pdu.A_RELEASE_RQ:
                say(f"{self._received_as} Release" if is_acceptor else "Association Release")
            case pdu.A_ABORT if is_ours:
                say("Aborting Association")
            case pdu.A_ABORT:
                say("Association Aborted" if is_acceptor else "Peer Aborted Association")

    def _requested(self, event: PduEvent) -> None:
        request = decode_pdu(event.kept)
        assert isinstance(request, AssociateRq)
        self._peer_lengths[event.association] = request.max_length
        who = ""
        if self._style is Style.CLASS:
            peer = self._peers.get(event.association, "")
            who = f" {peer}: {request.calling_ae_title} -> {request.called_ae_title}"
        self._output.info(f"{self._received_as} Received{who}")

    def _accept(self, event: PduEvent, *, is_ours: bool) -> None:
        accept = decode_pdu(event.kept)
        assert isinstance(accept, AssociateAc)
        if not is_ours:
            self._output.info(f"Association Accepted ({_longest(accept.max_length)})")
            return
        self._output.info(
            f"{self._received_as} Acknowledged ({_longest(self._peer_lengths.get(event.association, 0))})"
        )
        if all(context.result for context in accept.presentation_contexts):
            self._output.info("    (but no valid presentation contexts)")

    def _sent(self, message: Message) -> None:
        if isinstance(message, CCancelRq):
            self._output.info(f"Sending Cancel Request (MsgID {message.message_id_being_responded_to})")
        elif isinstance(message, Request):
            self._output.info(f"Sending {self._name(message)} Request ({_identity(message)})")
        elif self._style is Style.CLASS:
            self._output.info(f"Sending {self._name(message)} Response ({_status(message)})")

    def _received(self, association: int, message: Message) -> None:
        say = self._output.info
        if isinstance(message, CCancelRq):
            say(f"Received Cancel Request (MsgID {message.message_id_being_responded_to})")
        elif isinstance(message, Request):
            say(f"Received {self._name(message)} Request ({_identity(message)})")
        elif self._style is Style.CLASS or not isinstance(message, _NUMBERED):
            say(f"Received {self._name(message)} Response ({_status(message)})")
        elif message.status in (PENDING, PENDING_WITH_WARNING):
            key = association, message.message_id_being_responded_to
            self._responses[key] = number = self._responses.get(key, 0) + 1
            say(f"Received {self._name(message)} Response {number} ({_status(message)})")
        else:
            self._responses.pop((association, message.message_id_being_responded_to), None)
            say(f"Received Final {self._name(message)} Response ({_status(message)})")

    def _name(self, message: Request | Response) -> str:
        """Gives "Store" of C-STORE-RQ, but "C-STORE" in the style of the classes, and "N-ACTION" in any."""
        name = message.NAME.rpartition("-")[0]
        is_short = self._style is not Style.CLASS and name.startswith("C-")
        return name.removeprefix("C-").capitalize() if is_short else name


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
