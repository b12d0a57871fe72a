"""What an event says in a line, and its category."""

import pytest

from ui.models.roles import Category
from ui.session.lines import Lines
from workbench.dimse.command_set import encode_command
from workbench.dimse.messages import CEchoRq, CStoreRsp, Message
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
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from workbench.upper_layer.pdu import Abort, AssociateRj, PDataTf, Pdu, Pdv, ReleaseRq, encode_pdu
from workbench.upper_layer.state_table import Evt, Sta

ECHO = CEchoRq(message_id=7, affected_sop_class_uid=VERIFICATION)


def pdu(what: Pdu) -> PduEvent:
    frame = encode_pdu(what)
    return PduEvent(1, 0.0, 1, Direction.RECEIVED, frame[0], len(frame), frame)


def command(message: Message, *, is_command: bool = True, is_last: bool = True, cut: int | None = None) -> PduEvent:
    data = encode_command(message, has_data_set=False)[:cut]
    return pdu(PDataTf(pdvs=(Pdv(context_id=1, is_command=is_command, is_last=is_last, data=data),)))


def response(status: int) -> CStoreRsp:
    return CStoreRsp(message_id_being_responded_to=7, status=status)


@pytest.mark.parametrize(
    ("event", "category"),
    [
        (pdu(AssociateRj(result=1, source=1, reason=7)), Category.ERROR),
        (pdu(Abort(source=0, reason=0)), Category.ERROR),
        (pdu(ReleaseRq()), Category.NONE),
        (command(ECHO), Category.NONE),
        (command(response(0x0000)), Category.OK),
        (command(response(0xB007)), Category.WARNING),
        (command(response(0xA700)), Category.ERROR),
        (command(response(0xFF00)), Category.NOTE),
        (command(response(0xFE00)), Category.NOTE),
        (command(response(0xA700), is_command=False), Category.NONE),
        (command(response(0xA700), is_last=False, cut=20), Category.NONE),
        (command(response(0xA700), cut=21), Category.NONE),
        (PduEvent(1, 0.0, 1, Direction.RECEIVED, 4, 131_072, bytes(12)), Category.NONE),
        (PduEvent(1, 0.0, 1, Direction.RECEIVED, 4, 20, bytes(3)), Category.NONE),
        (MessageEvent(1, 0.0, 1, Direction.SENT, 1, response(0xA700), False), Category.ERROR),
        (MessageEvent(1, 0.0, 1, Direction.SENT, 1, ECHO, False), Category.NONE),
        (ProblemEvent(1, 0.0, 1, "wrong"), Category.ERROR),
        (NotKeptEvent(1, 0.0, 1, 7, "1.2.3", "acknowledged, not kept"), Category.ERROR),
        (NoteEvent(1, 0.0, 1, "converted"), Category.NOTE),
        (TransportEvent(1, 0.0, 1, TransportStep.LOST, "reset"), Category.ERROR),
        (TransportEvent(1, 0.0, 1, TransportStep.ARTIM_EXPIRED, "30 s"), Category.WARNING),
        (TransportEvent(1, 0.0, 1, TransportStep.CONNECTED, "a - b"), Category.MUTED),
        (TransitionEvent(1, 0.0, 1, Evt.EVT9, Sta.STA6, "DT-1", Sta.STA6), Category.MUTED),
    ],
)
def test_every_event_has_its_category(event: TraceEvent, category: Category) -> None:
    line = Lines(lambda _: {}).describe(event)
    assert line.category is category
    assert line.what


def test_the_contexts_of_its_association_give_the_names() -> None:
    asked: list[int] = []

    def contexts_of(association: int) -> dict[int, tuple[str, str]]:
        asked.append(association)
        return {1: (VERIFICATION, IMPLICIT_VR_LITTLE_ENDIAN)}

    line = Lines(contexts_of).describe(command(ECHO))
    assert asked == [1]
    assert line.what == "P-DATA-TF"
    assert "C-ECHO-RQ 7" in line.detail
    assert "Verification" in line.detail


def test_what_is_acknowledged_and_not_kept_has_its_sign() -> None:
    line = Lines(lambda _: {}).describe(NotKeptEvent(1, 0.0, 1, 7, "1.2.3", "acknowledged, not kept"))
    assert (line.what, line.detail) == ("✖ Not kept", "acknowledged, not kept: message 7, 1.2.3")
