"""What -d and +v print of an association, with DCMTK's keys."""

import pytest

from tests.cli.test_markers import IN, OUT, cross
from workbench.acse.contexts import number
from workbench.acse.negotiate import Policy, request_association
from workbench.acse.negotiate import answer as policy_answer
from workbench.cli.dump import Dump
from workbench.cli.output import Level, Output
from workbench.dimse.messages import CFindRsp, CStoreRq, Message
from workbench.trace.events import Direction
from workbench.trace.recorder import Recorder
from workbench.upper_layer.items import RoleSelection, SopClassExtendedNegotiation, UserIdentityRq
from workbench.upper_layer.pdu import AssociateAc, PDataTf, Pdv

CT, PRIVATE = "1.2.840.10008.5.1.4.1.1.2", "1.2.3.4"
LEE, LEI = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2"
(CONTEXTS,) = number([(CT, (LEE, LEI)), (PRIVATE, (LEI,))])
RQ = request_association(
    called_ae_title="ARCHIVE",
    calling_ae_title="US",
    contexts=CONTEXTS,
    max_pdu_length=16384,
    user_information=[
        RoleSelection(sop_class_uid=CT, scu_role=True, scp_role=True),
        SopClassExtendedNegotiation(sop_class_uid=CT, application_information=b"\x01\x00"),
        UserIdentityRq(
            identity_type=2, positive_response_requested=True, primary_field=b"anna", secondary_field=b"secret"
        ),
    ],
)
AC = policy_answer(RQ, Policy(contexts={CT: None}, roles={CT: (True, True)}))


def printed(level: Level, dump_level: Level, capsys: pytest.CaptureFixture[str]) -> list[str]:
    recorder = Recorder(Dump(Output(level=level, as_json=False), level=dump_level))
    assert isinstance(AC, AssociateAc)
    cross(recorder, (OUT, RQ), (IN, AC))
    return [line[3:] for line in capsys.readouterr().err.splitlines()]


def test_parameters_of_the_request_and_of_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(Level.INFO, Level.INFO, capsys)
    middle = next(at for at, line in enumerate(lines) if "END A-ASSOCIATE-RQ" in line)
    request, accept = lines[: middle + 1], lines[middle + 1 :]
    assert "Calling Application Name:    US" in request
    assert "Called Application Name:     ARCHIVE" in request
    assert "Our Max PDU Receive Size:    16384" in request
    at = request.index("  Context ID:        1 (Proposed)")
    assert request[at + 1 : at + 6] == [
        "    Abstract Syntax: =CTImageStorage",
        "    Proposed SCP/SCU Role: SCU/SCP",
        "    Proposed Transfer Syntax(es):",
        "      =LittleEndianExplicit",
        "      =LittleEndianImplicit",
    ]
    at = accept.index("  Context ID:        1 (Accepted)")
    assert accept[at + 1 : at + 5] == [
        "    Abstract Syntax: =CTImageStorage",
        "    Proposed SCP/SCU Role: SCU/SCP",
        "    Accepted SCP/SCU Role: SCU/SCP",
        "    Accepted Transfer Syntax: =LittleEndianExplicit",
    ]
    assert "  Context ID:        3 (Abstract Syntax Not Supported)" in accept
    assert "    Abstract Syntax: 1.2.3.4" in accept
    assert "Requested Extended Negotiation:" in accept
    assert "    Application Information: 01 00" in accept
    assert "Accepted Extended Negotiation:  none" in accept


def test_secrets_are_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(Level.INFO, Level.INFO, capsys)
    assert "  Secondary Field: 6 bytes" in lines
    assert not any("anna" in line or "secret" in line for line in lines)


def test_bytes_are_for_debugging_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert not any("PDU Type" in line for line in printed(Level.INFO, Level.INFO, capsys))
    lines = printed(Level.DEBUG, Level.DEBUG, capsys)
    assert any(line.startswith("PDU Type: Associate Request, PDU Length: ") for line in lines)
    assert "  01  00  00" in next(line for line in lines if line.startswith("  01"))


def test_no_more_than_512_bytes_of_a_pdu_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    recorder = Recorder(Dump(Output(level=Level.DEBUG, as_json=False), level=Level.DEBUG))
    cross(recorder, (OUT, PDataTf(pdvs=(Pdv(context_id=1, is_command=False, is_last=True, data=bytes(1000)),))))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 + 32 + 1
    assert lines[-1].endswith("bytes more)")


@pytest.mark.parametrize(
    ("direction", "message", "has_data_set", "expected"),
    [
        (
            OUT,
            CStoreRq(message_id=5, affected_sop_class_uid=CT, affected_sop_instance_uid="1.2.3"),
            True,
            [
                "Message Type                  : C-STORE RQ",
                "Message ID                    : 5",
                "Affected SOP Class UID        : CTImageStorage",
                "Affected SOP Instance UID     : 1.2.3",
                "Priority                      : medium",
                "Data Set                      : present",
            ],
        ),
        (
            IN,
            CFindRsp(message_id_being_responded_to=5, status=0xA900, offending_element=(0x00080052,)),
            False,
            [
                "Message Type                  : C-FIND RSP",
                "Message ID Being Responded To : 5",
                "Offending Element             : (0008,0052)",
                "Data Set                      : none",
            ],
        ),
    ],
)
def test_messages(
    direction: Direction,
    message: Message,
    has_data_set: bool,
    expected: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    recorder = Recorder(Dump(Output(level=Level.DEBUG, as_json=False), level=Level.DEBUG))
    recorder.message(1, direction, 1, message, has_data_set)
    lines = [line[3:] for line in capsys.readouterr().err.splitlines()]
    assert ("OUTGOING" if direction is OUT else "INCOMING") in lines[0]
    assert set(expected) <= set(lines)
    assert not any(line.startswith(("Name", "Command Field", "Is Request")) for line in lines)
    assert [line for line in lines if line.startswith("DIMSE Status")] == (
        [] if has_data_set else [f"DIMSE Status                  : 0xa900: {lines_of_status()}"]
    )


def lines_of_status() -> str:
    return "A900H Error: identifier does not match SOP class"
