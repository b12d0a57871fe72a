"""What -d and +v print of an association: its parameters, messages, and the bytes of its PDUs, in DCMTK's layout."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import fields
from typing import Final

from workbench.acse.agreement import NOT_ANSWERED, Agreement, agree
from workbench.acse.symbolic_names import symbol_of_uid
from workbench.cli.output import Level, Output
from workbench.dimse.messages import Priority, Response
from workbench.dimse.status import SUCCESS, describe
from workbench.errors import PduError, RemoteProtocolError
from workbench.trace.events import Direction, MessageEvent, PduEvent, TraceEvent, TransportEvent, TransportStep
from workbench.upper_layer import pdu
from workbench.upper_layer.items import RoleSelection, SopClassExtendedNegotiation, UserIdentityRq
from workbench.upper_layer.machine import Role
from workbench.upper_layer.pdu import AssociateAc, AssociateRq, decode_pdu

_SHOWN: Final = 512  # bytes of a PDU
_IN_A_LINE: Final = 16
_WIDTH: Final = 65  # characters of a ruler
_RESULTS: Final = {
    NOT_ANSWERED: "Proposed",
    0: "Accepted",
    1: "User Rejection",
    2: "No Reason",
    3: "Abstract Syntax Not Supported",
    4: "Transfer Syntaxes Not Supported",
}
_ROLES: Final = {(False, False): "None", (True, False): "SCU", (False, True): "SCP", (True, True): "SCU/SCP"}
_IDENTITIES: Final = {1: "Username", 2: "Username/Password", 3: "Kerberos", 4: "SAML", 5: "JSON Web Token"}
_UPPER: Final = {"uid": "UID", "id": "ID", "sop": "SOP", "to": "To"}
_PDU_TITLES: Final = {
    pdu.A_ASSOCIATE_RQ: "Associate Request",
    pdu.A_ASSOCIATE_AC: "Associate Accept",
    pdu.A_ASSOCIATE_RJ: "Associate Reject",
    pdu.P_DATA_TF: "Data",
    pdu.A_RELEASE_RQ: "Release Request",
    pdu.A_RELEASE_RP: "Release Response",
    pdu.A_ABORT: "Abort",
}


class Dump:
    """Prints parameters, messages and bytes; a sink of the trace.

    Args:
        level: at which the parameters of associations are printed; the rest is printed at DEBUG.
    """

    def __init__(self, output: Output, *, level: Level) -> None:
        self._output = output
        self._level = level
        self._requests: dict[int, tuple[AssociateRq, Role]] = {}

    def __call__(self, event: TraceEvent) -> None:
        """Prints what is to be printed of an event."""
        if isinstance(event, PduEvent):
            self._print(Level.DEBUG, _bytes(event))
            with suppress(PduError):  # a broken one is a problem for the state machine
                self._pdu(event)
        elif isinstance(event, MessageEvent):
            self._print(Level.DEBUG, _message(event))
        elif isinstance(event, TransportEvent) and event.step is TransportStep.CLOSED:
            self._requests.pop(event.association, None)

    def _pdu(self, event: PduEvent) -> None:
        if event.pdu_type == pdu.A_ASSOCIATE_RQ:
            request = decode_pdu(event.kept)
            assert isinstance(request, AssociateRq)
            role = Role.REQUESTOR if event.direction is Direction.SENT else Role.ACCEPTOR
            self._requests[event.association] = request, role
            self._print(self._level, _parameters(request, None, role))
        elif event.pdu_type == pdu.A_ASSOCIATE_AC and event.association in self._requests:
            accept = decode_pdu(event.kept)
            assert isinstance(accept, AssociateAc)
            request, role = self._requests[event.association]
            self._print(self._level, _parameters(request, accept, role))

    def _print(self, level: Level, lines: Iterable[str]) -> None:
        if level >= self._output.level:
            for line in lines:
                self._output.line(level, line)


def _bytes(event: PduEvent) -> Iterator[str]:
    title = _PDU_TITLES.get(event.pdu_type, f"Unknown ({event.pdu_type:02X}H)")
    way = "sent" if event.direction is Direction.SENT else "received"
    yield f"PDU Type: {title}, PDU Length: {event.length - 6} + 6 bytes PDU header ({way})"
    shown = event.kept[:_SHOWN]
    for start in range(0, len(shown), _IN_A_LINE):
        yield "  " + "  ".join(f"{byte:02x}" for byte in shown[start : start + _IN_A_LINE])
    if event.length > len(shown):
        yield f"  ({event.length - len(shown)} bytes more)"


def _parameters(request: AssociateRq, accept: AssociateAc | None, role: Role) -> Iterator[str]:
    title = "A-ASSOCIATE-RQ" if accept is None else "A-ASSOCIATE-AC"
    ours, theirs = (request, accept) if role is Role.REQUESTOR else (accept, request)
    yield f" BEGIN {title} ".center(_WIDTH, "=")
    yield f"Our Implementation Class UID:      {ours.implementation_class_uid if ours else ''}"
    yield f"Our Implementation Version Name:   {ours.implementation_version_name if ours else ''}"
    yield f"Their Implementation Class UID:    {theirs.implementation_class_uid if theirs else ''}"
    yield f"Their Implementation Version Name: {theirs.implementation_version_name if theirs else ''}"
    yield f"Application Context Name:    {request.application_context}"
    yield f"Calling Application Name:    {request.calling_ae_title}"
    yield f"Called Application Name:     {request.called_ae_title}"
    yield f"Responding Application Name: {accept.called_ae_title if accept else request.called_ae_title}"
    yield f"Our Max PDU Receive Size:    {ours.max_length if ours else ''}"
    yield f"Their Max PDU Receive Size:  {theirs.max_length if theirs else ''}"
    yield "Presentation Contexts:"
    yield from _contexts(request, accept, role)
    yield from _extended("Requested Extended Negotiation:", request)
    yield from _extended("Accepted Extended Negotiation: ", accept)
    yield from _identity(request, accept)
    yield f" END {title} ".center(_WIDTH, "=")


def _contexts(request: AssociateRq, accept: AssociateAc | None, role: Role) -> Iterator[str]:
    agreement = _agreement(request, accept, role)
    results = {} if agreement is None else {outcome.context.context_id: outcome for outcome in agreement.results}
    for context in request.presentation_contexts:
        outcome = results.get(context.context_id)
        result = NOT_ANSWERED if outcome is None else outcome.result
        yield f"  Context ID:        {context.context_id} ({_RESULTS.get(result, f'Unknown result {result}')})"
        yield f"    Abstract Syntax: {_named(context.abstract_syntax)}"
        asked = request.role_selections.get(context.abstract_syntax)
        yield f"    Proposed SCP/SCU Role: {_role(asked)}"
        if outcome is not None and outcome.is_usable:
            granted = accept.role_selections.get(context.abstract_syntax) if accept else None
            yield f"    Accepted SCP/SCU Role: {_role(granted)}"
            yield f"    Accepted Transfer Syntax: {_named(outcome.transfer_syntax)}"
        else:
            yield "    Proposed Transfer Syntax(es):"
            yield from (f"      {_named(syntax)}" for syntax in context.transfer_syntaxes)


def _agreement(request: AssociateRq, accept: AssociateAc | None, role: Role) -> Agreement | None:
    if accept is None:
        return None
    try:
        return agree(request, accept, role=role)
    except RemoteProtocolError:  # the association ends with that; its error is printed where it ends
        return None


def _named(uid: str) -> str:
    name = symbol_of_uid(uid)
    return f"={name}" if name else uid


def _role(role: RoleSelection | None) -> str:
    return "Default" if role is None else _ROLES[role.scu_role, role.scp_role]


def _extended(title: str, source: AssociateRq | AssociateAc | None) -> Iterator[str]:
    items = (
        []
        if source is None
        else [item for item in source.user_information if isinstance(item, SopClassExtendedNegotiation)]
    )
    yield title if items else f"{title} none"
    for item in items:
        yield f"  Abstract Syntax: {_named(item.sop_class_uid)}"
        yield f"    Application Information: {item.application_information.hex(' ')}"


def _identity(request: AssociateRq, accept: AssociateAc | None) -> Iterator[str]:
    """Yields what is asked and answered; what identifies the user is secret, only its length is told."""
    identity: UserIdentityRq | None = request.user_identity
    if identity is None:
        yield "Requested User Identity Negotiation: none"
    else:
        kind = _IDENTITIES.get(identity.identity_type, "Unknown")
        yield "Requested User Identity Negotiation:"
        yield f"  Authentication Mode: {identity.identity_type}: {kind}"
        yield f"  Primary Field: {len(identity.primary_field)} bytes"
        yield f"  Secondary Field: {len(identity.secondary_field)} bytes"
        yield f"  Positive Response requested: {'Yes' if identity.positive_response_requested else 'No'}"
    answer = None if accept is None else accept.user_identity
    if answer is None:
        yield "User Identity Negotiation Response:  none"
    else:
        yield f"User Identity Negotiation Response:  {len(answer.server_response)} bytes"


def _message(event: MessageEvent) -> Iterator[str]:
    message = event.message
    which = "OUTGOING" if event.direction is Direction.SENT else "INCOMING"
    yield f" {which} DIMSE MESSAGE ".center(_WIDTH, "=")
    kind, _, what = message.NAME.rpartition("-")
    yield _field("Message Type", f"{kind} {what}")
    yield _field("Presentation Context ID", event.context_id)
    for name in (each.name for each in fields(message)):
        value = getattr(message, name)
        if name != "status" and value is not None:
            yield _field(_title(name), _value(name, value))
    yield _field("Data Set", "present" if event.has_data_set else "none")
    if isinstance(message, Response):
        words = "Success" if message.status == SUCCESS else describe(message.status, kind)
        yield _field("DIMSE Status", f"0x{message.status:04x}: {words}")
    yield " END DIMSE MESSAGE ".center(_WIDTH, "=")


def _field(title: str, value: object) -> str:
    return f"{title:<30}: {value}"


def _title(name: str) -> str:
    return " ".join(_UPPER.get(word, word.capitalize()) for word in name.split("_"))


def _value(name: str, value: object) -> str:
    if isinstance(value, Priority):
        return value.name.lower()
    if name.endswith("sop_class_uid"):
        return symbol_of_uid(str(value)) or str(value)
    if isinstance(value, tuple):
        return ", ".join(f"({tag >> 16:04X},{tag & 0xFFFF:04X})" for tag in value)
    return str(value)
