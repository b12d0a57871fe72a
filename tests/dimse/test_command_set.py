"""The command set codec, held to bytes of real peers, to what it promises about odd ones, and to itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dimse.encoded import ECHO_RQ, MESSAGE_ID, NO_DATA_SET, SOP_CLASS, element
from tests.dimse.strategies import MESSAGES_STRATEGY
from workbench.dimse.command_set import UnknownCommandField, decode_command, encode_command
from workbench.dimse.messages import (
    CCancelRq,
    CEchoRq,
    CEchoRsp,
    CFindRq,
    CFindRsp,
    CMoveRq,
    CMoveRsp,
    CStoreRq,
    CStoreRsp,
    Message,
    NActionRq,
    Priority,
)
from workbench.errors import CommandSetError, LocalProtocolError
from workbench.upper_layer.fields import Span

PATIENT_ROOT_GET = "1.2.840.10008.5.1.4.1.2.1.3"
STUDY_ROOT_FIND = "1.2.840.10008.5.1.4.1.2.2.1"
STUDY_ROOT_MOVE = "1.2.840.10008.5.1.4.1.2.2.2"
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
CT_INSTANCE = "1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322"

# Recorded from the wire, but for the last two. Each element: tag, length, value.
CASES: list[tuple[str, Message, bool, str]] = [
    (
        "C-ECHO-RQ of DCMTK 3.6.7 echoscu",
        CEchoRq(message_id=1, affected_sop_class_uid="1.2.840.10008.1.1"),
        False,
        # group length 56 | 1.2.840.10008.1.1 NUL | C-ECHO-RQ | message 1 | no data set
        "00000000 04000000 38000000 00000200 12000000 312e322e3834302e31303030382e312e3100"
        "00000001 02000000 3000 00001001 02000000 0100 00000008 02000000 0101",
    ),
    (
        "C-ECHO-RSP of Orthanc",
        CEchoRsp(message_id_being_responded_to=1, status=0x0000, affected_sop_class_uid="1.2.840.10008.1.1"),
        False,
        # group length 66 | 1.2.840.10008.1.1 NUL | C-ECHO-RSP | of message 1 | no data set | 0000H
        "00000000 04000000 42000000 00000200 12000000 312e322e3834302e31303030382e312e3100"
        "00000001 02000000 3080 00002001 02000000 0100 00000008 02000000 0101 00000009 02000000 0000",
    ),
    (
        "C-STORE-RQ of pynetdicom 3.0.4",
        CStoreRq(
            message_id=1,
            affected_sop_class_uid=CT_IMAGE,
            affected_sop_instance_uid=CT_INSTANCE,
            priority=Priority.LOW,
        ),
        True,
        # group length 130 | CT Image Storage NUL | C-STORE-RQ | message 1 | low | data set | instance UID NUL
        "00000000 04000000 82000000 00000200 1a000000 312e322e3834302e31303030382e352e312e342e312e312e3200"
        "00000001 02000000 0100 00001001 02000000 0100 00000007 02000000 0200 00000008 02000000 0100"
        "00000010 30000000 312e332e362e312e342e312e353936322e312e312e312e312e312e32303034303131393037323733302e"
        "313233323200",
    ),
    (
        "C-STORE-RSP of DCMTK 3.6.7 storescp",
        CStoreRsp(
            message_id_being_responded_to=1,
            status=0x0000,
            affected_sop_class_uid=CT_IMAGE,
            affected_sop_instance_uid=CT_INSTANCE,
        ),
        False,
        # group length 130 | CT Image Storage NUL | C-STORE-RSP | of message 1 | no data set | 0000H | instance UID NUL
        "00000000 04000000 82000000 00000200 1a000000 312e322e3834302e31303030382e352e312e342e312e312e3200"
        "00000001 02000000 0180 00002001 02000000 0100 00000008 02000000 0101 00000009 02000000 0000"
        "00000010 30000000 312e332e362e312e342e312e353936322e312e312e312e312e312e32303034303131393037323733302e"
        "313233323200",
    ),
    (
        "C-FIND-RSP of DCMTK 3.6.7 dcmqrscp",
        CFindRsp(message_id_being_responded_to=1, status=0xFF00, affected_sop_class_uid=STUDY_ROOT_FIND),
        True,
        # group length 76 | Study Root FIND NUL | C-FIND-RSP | of message 1 | data set | FF00H pending
        "00000000 04000000 4c000000 00000200 1c000000 312e322e3834302e31303030382e352e312e342e312e322e322e3100"
        "00000001 02000000 2080 00002001 02000000 0100 00000008 02000000 0100 00000009 02000000 00ff",
    ),
    (
        "C-MOVE-RQ of DCMTK 3.6.7 movescu",
        CMoveRq(message_id=1, affected_sop_class_uid=STUDY_ROOT_MOVE, move_destination="MOVESCU"),
        True,
        # group length 92 | Study Root MOVE NUL | C-MOVE-RQ | message 1 | "MOVESCU " | medium | data set
        "00000000 04000000 5c000000 00000200 1c000000 312e322e3834302e31303030382e352e312e342e312e322e322e3200"
        "00000001 02000000 2100 00001001 02000000 0100 00000006 08000000 4d4f564553435520"
        "00000007 02000000 0000 00000008 02000000 0100",
    ),
    (
        "C-MOVE-RSP of DCMTK 3.6.7 dcmqrscp",
        CMoveRsp(
            message_id_being_responded_to=1,
            status=0xFF00,
            affected_sop_class_uid=STUDY_ROOT_MOVE,
            number_of_remaining_suboperations=0,
            number_of_completed_suboperations=1,
            number_of_failed_suboperations=0,
            number_of_warning_suboperations=0,
        ),
        False,
        # group length 116 | Study Root MOVE NUL | C-MOVE-RSP | of message 1 | no data set | FF00H pending
        # | 0 remaining | 1 completed | 0 failed | 0 warning
        "00000000 04000000 74000000 00000200 1c000000 312e322e3834302e31303030382e352e312e342e312e322e322e3200"
        "00000001 02000000 2180 00002001 02000000 0100 00000008 02000000 0101 00000009 02000000 00ff"
        "00002010 02000000 0000 00002110 02000000 0100 00002210 02000000 0000 00002310 02000000 0000",
    ),
    (
        "C-CANCEL-RQ",
        CCancelRq(message_id_being_responded_to=0x1234),
        False,
        # group length 30 | C-CANCEL-RQ | of message 1234H | no data set
        "00000000 04000000 1e000000 00000001 02000000 ff0f 00002001 02000000 3412 00000008 02000000 0101",
    ),
    (
        "C-STORE-RSP that describes its error",
        CStoreRsp(
            message_id_being_responded_to=7,
            status=0xA900,
            offending_element=(0x00080016, 0x00080018),
            error_comment="wrong UID",
            error_id=3,
        ),
        False,
        # group length 84 | C-STORE-RSP | of message 7 | no data set | A900H
        # | (0008,0016) (0008,0018) | "wrong UID " | 3
        "00000000 04000000 54000000 00000001 02000000 0180 00002001 02000000 0700 00000008 02000000 0101"
        "00000009 02000000 00a9 00000109 08000000 08001600 08001800 00000209 0a000000 77726f6e672055494420"
        "00000309 02000000 0300",
    ),
]
CASE_IDS = [name for name, *_ in CASES]


@pytest.mark.parametrize(("name", "message", "has_data_set", "encoded"), CASES, ids=CASE_IDS)
def test_messages_and_their_bytes(name: str, message: Message, has_data_set: bool, encoded: str) -> None:
    data = bytes.fromhex(encoded)
    assert encode_command(message, has_data_set=has_data_set) == data
    assert decode_command(data) == (message, has_data_set)
    assert decode_command(memoryview(bytearray(data))) == (message, has_data_set)


@given(MESSAGES_STRATEGY, st.booleans())
def test_decoding_undoes_encoding(message: Message, has_data_set: bool) -> None:
    encoded = encode_command(message, has_data_set=has_data_set)
    assert len(encoded) % 2 == 0
    assert decode_command(encoded) == (message, has_data_set)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_a_command_set_error(data: bytes) -> None:
    try:
        decode_command(data, Span("Command set", 0, len(data)))
    except CommandSetError:
        return


@given(MESSAGES_STRATEGY, st.data())
def test_a_damaged_command_set_is_a_message_or_a_command_set_error(message: Message, data: st.DataObject) -> None:
    damaged = bytearray(encode_command(message, has_data_set=True))
    at = data.draw(st.integers(0, len(damaged) - 1))
    damaged[at] = data.draw(st.integers(0, 255))
    del damaged[data.draw(st.integers(0, len(damaged))) :]
    try:
        decode_command(damaged, Span("Command set", 0, len(damaged)))
    except CommandSetError:
        return


ECHO = CEchoRq(message_id=7, affected_sop_class_uid="1.2.840.10008.1.1")

FORGIVEN = {
    "no group length": SOP_CLASS + ECHO_RQ + MESSAGE_ID + NO_DATA_SET,
    "group length too large": element(0x0000, b"\xff\xff\0\0") + SOP_CLASS + ECHO_RQ + MESSAGE_ID + NO_DATA_SET,
    "group length too small": element(0x0000, b"\2\0\0\0") + SOP_CLASS + ECHO_RQ + MESSAGE_ID + NO_DATA_SET,
    "descending order": NO_DATA_SET + MESSAGE_ID + ECHO_RQ + SOP_CLASS,
    "an element twice: the first counts": SOP_CLASS + ECHO_RQ + MESSAGE_ID + NO_DATA_SET + element(0x0110, b"\x08\0"),
    "an unknown element": SOP_CLASS + ECHO_RQ + MESSAGE_ID + NO_DATA_SET + element(0x7777, b"odd"),
    "a retired element of odd length": SOP_CLASS + element(0x0010, b"odd") + ECHO_RQ + MESSAGE_ID + NO_DATA_SET,
    "an element of another message": SOP_CLASS + ECHO_RQ + MESSAGE_ID + element(0x0700, b"\0\0") + NO_DATA_SET,
    "an empty element that is not needed": SOP_CLASS + ECHO_RQ + MESSAGE_ID + NO_DATA_SET + element(0x1031, b""),
    "a UID padded with a space": element(0x0002, b"1.2.840.10008.1.1 ") + ECHO_RQ + MESSAGE_ID + NO_DATA_SET,
}


@pytest.mark.parametrize("encoded", FORGIVEN.values(), ids=FORGIVEN)
def test_what_is_forgiven(encoded: bytes) -> None:
    assert decode_command(encoded) == (ECHO, False)


# Requests without what their tables demand; each can be answered.
INCOMPLETE: dict[str, tuple[bytes, Message]] = {
    "an empty SOP class": (
        element(0x0002, b"\0\0") + ECHO_RQ + MESSAGE_ID + NO_DATA_SET,
        CEchoRq(message_id=7, affected_sop_class_uid=""),
    ),
    "no SOP class": (ECHO_RQ + MESSAGE_ID + NO_DATA_SET, CEchoRq(message_id=7, affected_sop_class_uid="")),
    "no priority": (
        element(0x0002, b"1.2 ") + element(0x0100, b"\x20\0") + MESSAGE_ID + NO_DATA_SET,
        CFindRq(message_id=7, affected_sop_class_uid="1.2", priority=Priority.MEDIUM),
    ),
    "no instance": (
        element(0x0002, b"1.2 ") + element(0x0100, b"\1\0") + MESSAGE_ID + element(0x0700, b"\2\0") + NO_DATA_SET,
        CStoreRq(message_id=7, affected_sop_class_uid="1.2", affected_sop_instance_uid="", priority=Priority.LOW),
    ),
    "a blank move destination": (
        element(0x0002, b"1.2 ") + element(0x0100, b"\x21\0") + MESSAGE_ID + element(0x0600, b"    ") + NO_DATA_SET,
        CMoveRq(message_id=7, affected_sop_class_uid="1.2", move_destination=""),
    ),
    "an action without anything": (
        element(0x0100, b"\x30\1") + MESSAGE_ID + NO_DATA_SET,
        NActionRq(message_id=7, requested_sop_class_uid="", requested_sop_instance_uid="", action_type_id=0),
    ),
}


@pytest.mark.parametrize(("encoded", "message"), INCOMPLETE.values(), ids=INCOMPLETE)
def test_an_incomplete_request_is_read_with_what_stands_for_the_rest(encoded: bytes, message: Message) -> None:
    assert decode_command(encoded) == (message, False)


@pytest.mark.parametrize("name", ["an empty SOP class", "no instance", "a blank move destination"])
def test_an_incomplete_request_is_never_sent(name: str) -> None:
    with pytest.raises(LocalProtocolError, match=r"-RQ: .* is empty"):
        encode_command(INCOMPLETE[name][1], has_data_set=False)


REFUSED = {
    "nothing": (b"", "Command Field at byte 0: is missing or has no value"),
    "no command field": (SOP_CLASS + MESSAGE_ID, "Command Field at byte 36: is missing or has no value"),
    "an empty command field": (
        element(0x0100, b"") + NO_DATA_SET,
        "Command Field at byte 18: is missing or has no value",
    ),
    "no data set type": (
        SOP_CLASS + ECHO_RQ + MESSAGE_ID,
        "Command Data Set Type at byte 46: is missing or has no value",
    ),
    "no message ID": (SOP_CLASS + ECHO_RQ + NO_DATA_SET, "Message ID at byte 46: is missing or has no value"),
    "no status": (
        element(0x0100, b"\x30\x80") + element(0x0120, b"\7\0") + NO_DATA_SET,
        "Status at byte 30: is missing or has no value",
    ),
    "half a header": (SOP_CLASS + b"\0\0\0", "Command element at byte 26: 3 bytes left, an element begins with 8"),
    "an overrun": (
        element(0x0002, b"1.2", length=0x7FFFFFFF),
        "Affected SOP Class UID at byte 4: length 2147483647, 3 bytes left in the command set",
    ),
    "an overrun of an unknown element": (
        element(0x7777, b"", length=1),
        "Element (0000,7777) at byte 4: length 1, 0 bytes left in the command set",
    ),
    "undefined length": (
        element(0x0002, b"1.2", length=0xFFFFFFFF),
        "Affected SOP Class UID at byte 4: has undefined length",
    ),
    "a data set": (
        element(0x0018, b"1.2 ", group=0x0008),
        "Command element at byte 0: (0008,0018) is not in group 0000",
    ),
    "a number too long": (
        ECHO_RQ + element(0x0110, b"\7\0\0\0"),
        "Message ID at byte 14: length 4 is not 2",
    ),
    "big endian": (
        bytes.fromhex("0000 0000 00000004 00000038"),
        "Command Group Length at byte 4: length 67108864, 4 bytes left in the command set",
    ),
}


@pytest.mark.parametrize(("encoded", "problem"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_names_element_place_and_problem(encoded: bytes, problem: str) -> None:
    with pytest.raises(CommandSetError) as caught:
        decode_command(encoded)
    assert str(caught.value) == problem
    assert (caught.value.abort_source, caught.value.abort_reason) == (0, 0)


@pytest.mark.parametrize(
    ("message_ids", "message_id"),
    [(MESSAGE_ID, 7), (element(0x0120, b"\x08\0"), 8), (b"", None)],
    ids=["request", "response", "neither"],
)
@pytest.mark.parametrize("has_data_set", [True, False])
def test_an_unknown_command_field_tells_what_came(
    message_ids: bytes, message_id: int | None, has_data_set: bool
) -> None:
    data_set_type = element(0x0800, b"\0\0") if has_data_set else NO_DATA_SET
    with pytest.raises(UnknownCommandField, match="7777H") as caught:
        decode_command(element(0x0100, b"\x77\x77") + message_ids + data_set_type)
    assert caught.value.command_field == 0x7777
    assert (caught.value.message_id, caught.value.has_data_set) == (message_id, has_data_set)


@pytest.mark.parametrize("value", [0x0000, 0x0001, 0x0102, 0x0202, 0xFFFF])
def test_any_data_set_type_but_0101_announces_one(value: int) -> None:
    encoded = SOP_CLASS + ECHO_RQ + MESSAGE_ID + element(0x0800, value.to_bytes(2, "little"))
    assert decode_command(encoded) == (ECHO, True)


def test_an_overlong_uid_is_kept_for_the_service_to_judge() -> None:
    uid = "1." * 1000
    encoded = element(0x0002, uid.encode()) + ECHO_RQ + MESSAGE_ID + NO_DATA_SET
    assert decode_command(encoded) == (CEchoRq(message_id=7, affected_sop_class_uid=uid), False)


@pytest.mark.parametrize(
    "message",
    [
        CEchoRq(message_id=65536, affected_sop_class_uid="1.2"),
        CEchoRq(message_id=1, affected_sop_class_uid="1.2\N{EURO SIGN}"),
        CMoveRq(message_id=1, affected_sop_class_uid="1.2", move_destination="SEVENTEEN_LETTERS"),
    ],
)
def test_a_value_that_does_not_fit_is_our_own_error(message: Message) -> None:
    with pytest.raises(LocalProtocolError):
        encode_command(message, has_data_set=False)
