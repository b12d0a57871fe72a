"""The lines of -v: DCMTK's words for each step, on either side."""

import pytest

from workbench.acse.contexts import propose_classes
from workbench.acse.negotiate import request_association
from workbench.cli.markers import Markers
from workbench.cli.output import Level, Output
from workbench.cli.tracing import Style
from workbench.dimse.messages import CCancelRq, CEchoRq, CFindRsp, CMoveRsp, CStoreRq, CStoreRsp, Message, NActionRq
from workbench.trace.events import Direction, TransportStep
from workbench.trace.recorder import Recorder
from workbench.uids import VERIFICATION
from workbench.upper_layer.items import AnsweredContext, MaximumLength
from workbench.upper_layer.pdu import Abort, AssociateAc, AssociateRj, Pdu, ReleaseRq, encode_pdu

IN, OUT = Direction.RECEIVED, Direction.SENT
RQ = request_association(
    called_ae_title="A", calling_ae_title="B", contexts=propose_classes(VERIFICATION), max_pdu_length=16384
)


def answer(result: int) -> AssociateAc:
    return AssociateAc(
        called_ae_title="A",
        calling_ae_title="B",
        presentation_contexts=(AnsweredContext(context_id=1, result=result, transfer_syntax="1.2.840.10008.1.2"),),
        user_information=(MaximumLength(value=0),),
    )


@pytest.fixture
def recorder() -> Recorder:
    return Recorder(Markers(Output(level=Level.INFO, as_json=False)))


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def cross(recorder: Recorder, *pdus: tuple[Direction, Pdu]) -> None:
    for direction, pdu in pdus:
        data = encode_pdu(pdu)
        recorder.pdu(1, direction, data[0], len(data), data)


def test_a_requestor(recorder: Recorder, capsys: pytest.CaptureFixture[str]) -> None:
    recorder.transport(1, TransportStep.CONNECTING, "")
    cross(recorder, (OUT, RQ), (IN, answer(0)), (OUT, ReleaseRq()), (OUT, Abort(source=0, reason=0)))
    cross(recorder, (IN, Abort(source=0, reason=0)))
    assert said(capsys) == [
        "I: Requesting Association",
        "I: Association Accepted (Max Send PDV: 131060)",
        "I: Releasing Association",
        "I: Aborting Association",
        "I: Peer Aborted Association",
    ]


def test_an_acceptor(recorder: Recorder, capsys: pytest.CaptureFixture[str]) -> None:
    cross(recorder, (IN, RQ), (OUT, answer(3)), (IN, ReleaseRq()), (IN, Abort(source=0, reason=0)))
    assert said(capsys) == [
        "I: Association Received",
        "I: Association Acknowledged (Max Send PDV: 16372)",
        "I:     (but no valid presentation contexts)",
        "I: Association Release",
        "I: Association Aborted",
    ]


def test_a_rejection_is_left_to_the_tool_which_has_to_say_it_anyway(
    recorder: Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    cross(recorder, (OUT, RQ), (IN, AssociateRj(result=2, source=3, reason=2)))
    assert said(capsys) == []


def test_tools_built_on_classes_name_services_whole_and_their_answers_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    recorder = Recorder(Markers(Output(level=Level.INFO, as_json=False), Style.CLASS))
    recorder.transport(1, TransportStep.ACCEPTED, "127.0.0.1:104 - 192.0.2.1:4000")
    cross(recorder, (IN, RQ), (OUT, answer(0)), (IN, ReleaseRq()))
    recorder.message(1, IN, 1, CEchoRq(message_id=3, affected_sop_class_uid=VERIFICATION), has_data_set=False)
    recorder.message(1, OUT, 1, CStoreRsp(message_id_being_responded_to=1, status=0), has_data_set=False)
    recorder.message(1, IN, 1, CFindRsp(message_id_being_responded_to=1, status=0xFF00), has_data_set=False)
    assert said(capsys) == [
        "I: Association Received 192.0.2.1: B -> A",
        "I: Association Acknowledged (Max Send PDV: 16372)",
        "I: Received Association Release Request",
        "I: Received C-ECHO Request (MsgID 3)",
        "I: Sending C-STORE Response (Success)",
        "I: Received C-FIND Response (Pending)",
    ]


def test_a_tool_that_moves_tells_those_who_call_it_apart(capsys: pytest.CaptureFixture[str]) -> None:
    recorder = Recorder(Markers(Output(level=Level.INFO, as_json=False), Style.MOVE))
    cross(recorder, (IN, RQ), (OUT, answer(0)), (IN, ReleaseRq()))
    assert said(capsys) == [
        "I: Sub-Association Received",
        "I: Sub-Association Acknowledged (Max Send PDV: 16372)",
        "I: Sub-Association Release",
    ]


CT = "1.2.840.10008.5.1.4.1.1.2"


@pytest.mark.parametrize(
    ("direction", "message", "line"),
    [
        (OUT, CEchoRq(message_id=3, affected_sop_class_uid=VERIFICATION), "Sending Echo Request (MsgID 3)"),
        (IN, CEchoRq(message_id=3, affected_sop_class_uid=VERIFICATION), "Received Echo Request (MsgID 3)"),
        (
            OUT,
            CStoreRq(message_id=1, affected_sop_class_uid=CT, affected_sop_instance_uid="1.2"),
            "Sending Store Request (MsgID 1, CT)",
        ),
        (IN, CStoreRsp(message_id_being_responded_to=1, status=0), "Received Store Response (Success)"),
        (
            IN,
            CStoreRsp(message_id_being_responded_to=1, status=0xA700),
            "Received Store Response (0xa700: A700H Refused: out of resources)",
        ),
        (IN, CFindRsp(message_id_being_responded_to=1, status=0xFF00), "Received Find Response 1 (Pending)"),
        (IN, CMoveRsp(message_id_being_responded_to=1, status=0), "Received Final Move Response (Success)"),
        (OUT, CCancelRq(message_id_being_responded_to=4), "Sending Cancel Request (MsgID 4)"),
        (IN, CCancelRq(message_id_being_responded_to=4), "Received Cancel Request (MsgID 4)"),
        (
            OUT,
            NActionRq(message_id=1, requested_sop_class_uid=CT, requested_sop_instance_uid="1", action_type_id=1),
            "Sending N-ACTION Request (MsgID 1)",
        ),
    ],
)
def test_messages(
    direction: Direction, message: Message, line: str, recorder: Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    recorder.message(1, direction, 1, message, has_data_set=False)
    assert said(capsys) == [f"I: {line}"]


def test_responses_are_counted_for_each_request(recorder: Recorder, capsys: pytest.CaptureFixture[str]) -> None:
    for number, status in ((7, 0xFF00), (8, 0xFF01), (7, 0xFF00), (7, 0xFE00), (7, 0xFF00)):
        recorder.message(1, IN, 1, CFindRsp(message_id_being_responded_to=number, status=status), has_data_set=False)
    numbers = [line.split("Response ")[1].split(" ")[0] for line in said(capsys) if "Final" not in line]
    assert numbers == ["1", "1", "2", "1"]
