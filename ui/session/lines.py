"""What one event of the trace says in a line, and the category that its colour tells."""

from collections.abc import Callable, Mapping

from ui.models.roles import Category
from ui.models.trace import Line
from workbench.dimse import status
from workbench.dimse.command_set import decode_command
from workbench.dimse.messages import Message, Response
from workbench.errors import ProtocolError
from workbench.trace.events import (
    MessageEvent,
    NoteEvent,
    NotKeptEvent,
    PduEvent,
    ProblemEvent,
    TraceEvent,
    TransportEvent,
    TransportStep,
)
from workbench.trace.summary import summary
from workbench.upper_layer.pdu import PDataTf, decode_pdu

Contexts = Mapping[int, tuple[str, str]]

_ASSOCIATE_RJ, _P_DATA_TF, _ABORT = 0x03, 0x04, 0x07
_PDU_CATEGORIES = {_ASSOCIATE_RJ: Category.ERROR, _ABORT: Category.ERROR}
_STATUS_CATEGORIES = {
    status.Category.SUCCESS: Category.OK,
    status.Category.PENDING: Category.NOTE,
    status.Category.WARNING: Category.WARNING,
    status.Category.FAILURE: Category.ERROR,
    status.Category.CANCEL: Category.NOTE,
}
_STEP_CATEGORIES = {
    TransportStep.DROPPED: Category.ERROR,
    TransportStep.LOST: Category.ERROR,
    TransportStep.TIMEOUT: Category.ERROR,
    TransportStep.ARTIM_EXPIRED: Category.WARNING,
}
_LONGEST_RESPONSE = 4096  # bytes of a PDU that is looked into for a status; responses are far shorter


class Lines:
    """Describes events; needs to know what each association agreed on."""

    def __init__(self, contexts_of: Callable[[int], Contexts]) -> None:
        self._contexts_of = contexts_of

    def describe(self, event: TraceEvent) -> Line:
        """Gives the line of an event."""
        what, detail = summary(event, contexts=self._contexts_of(event.association))
        if isinstance(event, NotKeptEvent):
            what = f"✖ {what}"
        return Line(what=what, detail=detail, category=_category(event))


def _category(event: TraceEvent) -> Category:
    if isinstance(event, PduEvent):
        if event.pdu_type == _P_DATA_TF:
            return _response_category(event)
        return _PDU_CATEGORIES.get(event.pdu_type, Category.NONE)
    if isinstance(event, MessageEvent):
        return _message_category(event.message)
    if isinstance(event, ProblemEvent | NotKeptEvent):
        return Category.ERROR
    if isinstance(event, NoteEvent):
        return Category.NOTE
    return _STEP_CATEGORIES.get(event.step, Category.MUTED) if isinstance(event, TransportEvent) else Category.MUTED


def _message_category(message: Message) -> Category:
    if not isinstance(message, Response):
        return Category.NONE
    return _STATUS_CATEGORIES[status.category(message.status)]


def _response_category(event: PduEvent) -> Category:
    if event.length > _LONGEST_RESPONSE:
        return Category.NONE
    try:
        pdu = decode_pdu(event.kept, length=event.length)
        if not isinstance(pdu, PDataTf):
            return Category.NONE
        for pdv in pdu.pdvs:
            if pdv.is_command and pdv.is_last:
                return _message_category(decode_command(pdv.data)[0])
    except ProtocolError:
        # A fragment of a command, or one that is broken; the dissection says which.
        return Category.NONE
    return Category.NONE
