"""One line for each event."""

import pytest

from tests.upper_layer.pdu_cases import (
    ANSWER,
    CT,
    ECHO_REQUEST,
    EXPLICIT,
    IMPLICIT,
    PROVIDER_ABORT,
    REJECTION,
    RELEASE_REQUEST,
    REQUEST,
    SEVERAL_FRAGMENTS,
    VERIFICATION,
    octets,
)
from workbench.dimse.messages import CEchoRq, CStoreRq, CStoreRsp, NGetRq
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
from workbench.trace.summary import summary
from workbench.upper_layer.state_table import Evt, Sta

CONTEXTS = {1: (VERIFICATION, IMPLICIT), 3: (CT, EXPLICIT)}


def pdu(kept: bytes, length: int | None = None) -> PduEvent:
    return PduEvent(1, 0.0, 1, Direction.RECEIVED, kept[0], length or len(kept), kept)


def message(context_id: int, command: CEchoRq | CStoreRq | CStoreRsp | NGetRq) -> MessageEvent:
    return MessageEvent(1, 0.0, 1, Direction.SENT, context_id, command, False)


DATA = octets("04 00 00020000 0001FFFC 03 00") + bytes(256)

CASES: list[tuple[TraceEvent, str, str]] = [
    (pdu(REQUEST.data), "A-ASSOCIATE-RQ", "ECHOSCU → ORTHANC   1 context, max PDU 16,382"),
    (pdu(ANSWER.data), "A-ASSOCIATE-AC", "1 of 2 contexts accepted, max PDU 4,096"),
    (
        pdu(REJECTION.data),
        "A-ASSOCIATE-RJ",
        "called AE title not recognized (1/1/7), rejected permanently by the service-user",
    ),
    (pdu(RELEASE_REQUEST.data), "A-RELEASE-RQ", ""),
    (
        pdu(PROVIDER_ABORT.data),
        "A-ABORT",
        "aborted by the service-provider: invalid PDU parameter value (2/6)",
    ),
    (pdu(ECHO_REQUEST.data), "P-DATA-TF", "C-ECHO-RQ 1   Verification, context 1, Implicit VR LE"),
    (pdu(DATA, 131078), "P-DATA-TF", "context 3, CT Image, Explicit VR LE, data set, more to come"),
    (
        pdu(SEVERAL_FRAGMENTS.data),
        "P-DATA-TF",
        "context 3, CT Image, Explicit VR LE, command, last fragment"
        "   context 3, CT Image, Explicit VR LE, data set, more to come"
        "   context 3, CT Image, Explicit VR LE, data set, last fragment",
    ),
    (pdu(b"\4\0\0\0\0\0"), "P-DATA-TF", "Presentation data value at byte 6: a P-DATA-TF holds at least one"),
    (pdu(b"\2\0\0\0\0\1\0"), "A-ASSOCIATE-AC", "Protocol-version at byte 6: needs 2 bytes, 1 left in A-ASSOCIATE-AC"),
    (pdu(b"\1\0\0\0\1\0", 262), "A-ASSOCIATE-RQ", "not read"),
    (pdu(b"GET / ", 0x54202F26), "Unknown PDU 47H", "not read"),
    (
        TransportEvent(1, 0.0, 1, TransportStep.CONNECTED, "127.0.0.1:11112"),
        "connected",
        "127.0.0.1:11112",
    ),
    (
        TransitionEvent(1, 0.0, 1, Evt.EVT12, Sta.STA6, "AR-2", Sta.STA8),
        "Sta6 → Sta8",
        "Evt12 A-RELEASE-RQ received   AR-2   awaiting the local answer to the A-RELEASE-RQ",
    ),
    (ProblemEvent(1, 0.0, 1, "what was wrong"), "Problem", "what was wrong"),
    (
        NotKeptEvent(1, 0.0, 1, 7, "1.2.3", "acknowledged, not kept"),
        "Not kept",
        "acknowledged, not kept: message 7, 1.2.3",
    ),
    (NoteEvent(1, 0.0, 1, "converted on the way"), "Note", "converted on the way"),
    (
        message(3, CStoreRq(message_id=7, affected_sop_class_uid=CT, affected_sop_instance_uid="1.2")),
        "C-STORE-RQ 7",
        "CT Image, context 3, Explicit VR LE",
    ),
    (
        message(5, CStoreRsp(message_id_being_responded_to=7, status=0xA700, error_comment="disk full")),
        "C-STORE-RSP 7",
        "A700H Refused: out of resources “disk full”   context 5",
    ),
    (
        message(3, CStoreRsp(message_id_being_responded_to=8, status=0)),
        "C-STORE-RSP 8",
        "0000H Success   CT Image, context 3, Explicit VR LE",
    ),
    (
        message(5, NGetRq(message_id=9, requested_sop_class_uid="1.2.3", requested_sop_instance_uid="1.2.4")),
        "N-GET-RQ 9",
        "1.2.3, context 5",
    ),
]


@pytest.mark.parametrize(("event", "what", "detail"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_an_event_in_one_line(event: TraceEvent, what: str, detail: str) -> None:
    assert summary(event, contexts=CONTEXTS) == (what, detail)


def test_fragments_behind_what_was_kept_are_not_missed() -> None:
    kept = octets("04 00 00001000 00000102 01 00") + bytes(256)
    assert summary(pdu(kept, 4102)) == ("P-DATA-TF", "context 1, data set, more to come")
