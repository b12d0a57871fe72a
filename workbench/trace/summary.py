"""One line for each event of a trace: what it is, and what about it matters most."""

from contextlib import suppress
from types import MappingProxyType

from workbench.dimse.command_set import decode_command
from workbench.dimse.messages import Message
from workbench.dimse.status import describe
from workbench.errors import CommandSetError, PduError
from workbench.trace.events import (
    MessageEvent,
    NoteEvent,
    NotKeptEvent,
    PduEvent,
    ProblemEvent,
    TraceEvent,
    TransitionEvent,
    TransportEvent,
)
from workbench.trace.words import (
    Contexts,
    class_in_words,
    context_in_words,
    control_in_words,
    printable,
    syntax_in_words,
)
from workbench.upper_layer.fields import Span
from workbench.upper_layer.pdu import (
    P_DATA_TF,
    PDU_NAMES,
    Abort,
    AssociateAc,
    AssociateRj,
    AssociateRq,
    Pdu,
    decode_pdu,
)
from workbench.upper_layer.reasons import describe_abort, describe_rejection

_GAP = "   "


def summary(event: TraceEvent, *, contexts: Contexts = MappingProxyType({})) -> tuple[str, str]:
    """What happened and its detail: ("A-ASSOCIATE-RQ", "STORESCU → WORKBENCH   4 contexts, max PDU 131,072").

    Args:
        event: any event; one that cannot be explained is named by its numbers.
        contexts: what the presentation contexts of its association carry, for names.
    """
    match event:
        case PduEvent():
            return _pdu(event, contexts)
        case TransportEvent():
            return str(event.step), event.detail
        case TransitionEvent():
            what = f"{event.before.label} → {event.after.label}"
            return what, f"{event.event.label} {event.event.words}{_GAP}{event.action}{_GAP}{event.after.words}"
        case MessageEvent():
            return _message(event.message, event.context_id, contexts)
        case ProblemEvent():
            return "Problem", event.problem
        case NotKeptEvent():
            return "Not kept", f"{printable(event.words)}: message {event.message_id}, {event.sop_instance_uid}"
        case NoteEvent():
            return "Note", event.note


def _pdu(event: PduEvent, contexts: Contexts) -> tuple[str, str]:
    name = PDU_NAMES.get(event.pdu_type, f"Unknown PDU {event.pdu_type:02X}H")
    if event.pdu_type == P_DATA_TF:
        return name, _data(event, contexts)
    if len(event.kept) < event.length:
        return name, "not read"
    try:
        return name, _association(decode_pdu(event.kept))
    except PduError as error:
        return name, str(error)


def _association(pdu: Pdu) -> str:
    match pdu:
        case AssociateRq():
            titles = f"{_title(pdu.calling_ae_title)} → {_title(pdu.called_ae_title)}"
            return f"{titles}{_GAP}{_count(len(pdu.presentation_contexts), 'context')}, {_max_length(pdu)}"
        case AssociateAc():
            contexts = _count(len(pdu.presentation_contexts), "context")
            return f"{len(pdu.accepted_ids)} of {contexts} accepted, {_max_length(pdu)}"
        case AssociateRj():
            return describe_rejection(pdu.result, pdu.source, pdu.reason)
        case Abort():
            return describe_abort(pdu.source, pdu.reason)
        case _:
            return ""


def _title(title: str) -> str:
    return printable(title) or "(blank)"


def _max_length(pdu: AssociateRq | AssociateAc) -> str:
    return f"max PDU {pdu.max_length:,}" if pdu.max_length else "max PDU unlimited"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _data(event: PduEvent, contexts: Contexts) -> str:
    """What the fragments carry, as far as they were kept."""
    root = Span("", 0, event.length)
    problem = ""
    try:
        decode_pdu(event.kept, root, length=event.length)
    except PduError as error:
        problem = str(error) if error.offset < len(event.kept) or len(event.kept) == event.length else ""
    parts = [_fragment(pdv, event.kept, contexts) for pdv in root.children if pdv.children]
    return _GAP.join(part for part in (*parts, problem) if part)


def _fragment(pdv: Span, kept: bytes, contexts: Contexts) -> str:
    fields = {field.name: field for field in pdv.children}
    if "Fragment" not in fields:
        return ""
    context_id, control = (fields[name].value for name in ("Presentation-context-ID", "Message-control-header"))
    assert isinstance(context_id, int)
    assert isinstance(control, int)
    if control & 1:
        with suppress(CommandSetError):  # a part of a command is named by its context only
            message, _ = decode_command(kept[fields["Fragment"].start : fields["Fragment"].end])
            return _GAP.join(_message(message, context_id, contexts))
    return f"context {context_in_words(context_id, contexts)}, {control_in_words(control)}"


def _message(message: Message, context_id: int, contexts: Contexts) -> tuple[str, str]:
    """Name and message ID; the status of a response, SOP class, context and transfer syntax."""
    name = message.NAME
    number = message.message_id if hasattr(message, "message_id") else message.message_id_being_responded_to
    abstract_syntax, transfer_syntax = contexts.get(context_id, ("", ""))
    uids = (getattr(message, f"{which}_sop_class_uid", None) for which in ("affected", "requested"))
    sop_class = next((uid for uid in uids if uid), abstract_syntax)
    parts = [class_in_words(sop_class)] if sop_class else []
    parts.append(f"context {context_id}")
    parts += [syntax_in_words(transfer_syntax)] if transfer_syntax else []
    detail = ", ".join(parts)
    status = getattr(message, "status", None)
    if status is not None:
        comment = getattr(message, "error_comment", None)
        words = describe(status, name.removesuffix("-RSP"))
        words += f" “{printable(comment)}”" if comment else ""
        detail = f"{words}{_GAP}{detail}"
    return f"{name} {number}", detail
