"""A-ASSOCIATE-RQ and -AC: what is tolerated, what is refused, what the PDU says as a whole."""

import pytest

from tests.upper_layer.pdu_cases import ANSWER, FULL_ANSWER, FULL_REQUEST, IDENTITY_REQUEST, REQUEST, octets
from workbench.errors import LocalProtocolError, PduError
from workbench.upper_layer.items import (
    AnsweredContext,
    AsynchronousOperationsWindow,
    MaximumLength,
    ProposedContext,
    RoleSelection,
    UserIdentityAc,
    UserIdentityRq,
)
from workbench.upper_layer.pdu import AssociateAc, AssociateRq, decode_pdu, encode_pdu


def request(items: str, *, kind: int = 1) -> bytes:
    """An A-ASSOCIATE-RQ (or -AC) of "A" to "B" with these items."""
    content = octets('0001 0000 "B               " "A               "') + bytes(32) + octets(items)
    return bytes((kind, 0)) + len(content).to_bytes(4, "big") + content


def decode_rq(items: str) -> AssociateRq:
    pdu = decode_pdu(request(items))
    assert isinstance(pdu, AssociateRq)
    return pdu


def decode_ac(items: str) -> AssociateAc:
    pdu = decode_pdu(request(items, kind=2))
    assert isinstance(pdu, AssociateAc)
    return pdu


def test_everything_but_the_fixed_part_may_be_absent() -> None:
    pdu = decode_rq("")
    assert (pdu.called_ae_title, pdu.calling_ae_title, pdu.protocol_version) == ("B", "A", 1)
    assert (pdu.application_context, pdu.presentation_contexts, pdu.user_information) == ("", (), ())
    assert (pdu.max_length, pdu.implementation_class_uid, pdu.implementation_version_name) == (0, "", "")
    assert pdu.asynchronous_operations_window is None
    assert pdu.user_identity is None


def test_items_may_come_in_any_order() -> None:
    pdu = decode_rq('50 00 0008 51 00 0004 00000009 20 00 000B 01 000000 30 00 0003 "1.2"')
    assert pdu.max_length == 9
    assert pdu.presentation_contexts == (ProposedContext(context_id=1, abstract_syntax="1.2", transfer_syntaxes=()),)


def test_an_item_of_the_other_pdu_is_an_unknown_item() -> None:
    pdu = decode_rq("21 00 0004 01000000")
    assert [item.item_type for item in pdu.unknown_items] == [0x21]
    assert pdu.presentation_contexts == ()


def test_padded_titles_and_uids_are_trimmed() -> None:
    data = request('10 00 0004 "1.2" 00 20 00 000E 01 000000 30 00 0006 "1.2" 00 20 00')
    data = data[:10] + b"  PA CS \0\0      " + b"\0" * 16 + data[42:]
    pdu = decode_pdu(data)
    assert isinstance(pdu, AssociateRq)
    assert (pdu.called_ae_title, pdu.calling_ae_title) == ("PA CS", "")
    assert pdu.application_context == "1.2"
    assert pdu.presentation_contexts[0].abstract_syntax == "1.2"


def test_text_never_fails() -> None:
    data = request("")
    pdu = decode_pdu(data[:10] + bytes(range(0x80, 0x90)) + data[26:])
    assert isinstance(pdu, AssociateRq)
    assert len(pdu.called_ae_title) == 16


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ("10 00 0001", "Item-length at byte 76: 1 bytes announced for Application context, 0 left in A-ASSOCIATE-RQ"),
        ("10 00 FFFF 31", "Item-length at byte 76: 65535 bytes announced for Application context, 1 left"),
        ("10", "Reserved at byte 75: needs 1 bytes, 0 left"),
        ("10 00 0000 10 00 0000", "Item-type at byte 78: a second Application context item"),
        ("50 00 0000 50 00 0000", "Item-type at byte 78: a second User information item"),
        ("20 00 0000", "Presentation-context-ID at byte 78: needs 1 bytes, 0 left in Presentation context"),
        ("20 00 0003 010000", "Reserved at byte 79: needs 3 bytes, 2 left in Presentation context"),
        ("20 00 0004 01000000", "Abstract syntax at byte 82: context 1 has 0"),
        ("20 00 000C 03000000 30000000 30000000", "Abstract syntax at byte 90: context 3 has 2"),
        ("20 00 0008 01000000 30 00 0001", "Item-length at byte 84: 1 bytes announced for Abstract syntax, 0 left"),
        ("50 00 0004 51 00 0004 00", "Item-length at byte 80: 4 bytes announced for Maximum length, 0 left in User"),
    ],
)
def test_a_broken_request_is_described(items: str, message: str) -> None:
    with pytest.raises(PduError) as caught:
        decode_rq(items)
    assert str(caught.value).startswith(message)


def test_an_accepted_context_has_exactly_one_transfer_syntax() -> None:
    for syntaxes in ("", '40 00 0003 "1.2" 40 00 0003 "1.3"'):
        length = f"{4 + len(octets(syntaxes)):04X}"
        with pytest.raises(PduError, match="accepted context 7 has"):
            decode_ac(f"21 00 {length} 07000000 {syntaxes}")


@pytest.mark.parametrize("result", [1, 2, 3, 4, 9])
def test_the_syntaxes_of_a_refused_context_are_not_significant(result: int) -> None:
    pdu = decode_ac(f"21 00 0004 0700{result:02X}00")
    assert pdu.presentation_contexts == (AnsweredContext(context_id=7, result=result),)
    pdu = decode_ac(f'21 00 0012 0700{result:02X}00 40 00 0003 "1.2" 40 00 0003 "1.3"')
    assert pdu.presentation_contexts == (AnsweredContext(context_id=7, result=result, transfer_syntax="1.2"),)
    assert pdu.accepted_ids == frozenset()


def test_unknown_items_in_a_context_are_skipped() -> None:
    pdu = decode_rq('20 00 0010 01000000 99 00 0001 FF 30 00 0003 "1.2"')
    assert pdu.presentation_contexts[0].abstract_syntax == "1.2"


def test_what_a_request_says_as_a_whole() -> None:
    pdu = FULL_REQUEST.pdu
    assert isinstance(pdu, AssociateRq)
    assert pdu.max_length == 0
    assert pdu.implementation_class_uid == "1.2"
    assert pdu.implementation_version_name == "V"
    assert pdu.asynchronous_operations_window == AsynchronousOperationsWindow(invoked=0, performed=5)
    assert list(pdu.role_selections) == ["1.2.3", "1.2.34"]
    assert pdu.extended["1.2.3"].application_information == b"\1\2\3"
    assert pdu.common_extended["1.2.3"].related_sop_class_uids == ("1.5", "1.6")
    assert isinstance(pdu.user_identity, UserIdentityRq)
    assert isinstance(REQUEST.pdu, AssociateRq)
    assert REQUEST.pdu.max_length == 16382
    assert isinstance(IDENTITY_REQUEST.pdu, AssociateRq)


def test_what_an_answer_says_as_a_whole() -> None:
    assert isinstance(ANSWER.pdu, AssociateAc)
    assert ANSWER.pdu.accepted_ids == {1}
    assert isinstance(FULL_ANSWER.pdu, AssociateAc)
    assert FULL_ANSWER.pdu.user_identity == UserIdentityAc(server_response=b"ticket")


def test_of_a_repeated_item_the_first_counts() -> None:
    twice = (
        RoleSelection(sop_class_uid="1.2", scu_role=True, scp_role=False),
        RoleSelection(sop_class_uid="1.2", scu_role=False, scp_role=True),
        MaximumLength(value=5),
        MaximumLength(value=7),
    )
    pdu = AssociateRq(called_ae_title="A", calling_ae_title="B", presentation_contexts=(), user_information=twice)
    assert pdu.role_selections == {"1.2": twice[0]}
    assert pdu.max_length == 5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"called_ae_title": "SEVENTEEN_LETTERS"}, "Called-AE-title: 'SEVENTEEN_LETTERS' is longer than 16"),
        ({"calling_ae_title": "ŁÓDŹ"}, "Calling-AE-title: 'ŁÓDŹ' holds a character outside"),
        ({"protocol_version": 65536}, "Protocol-version: 65536 does not fit into 2 bytes"),
        ({"application_context": "1" * 70000}, "Application context Item-length: 70000 does not fit"),
    ],
)
def test_values_that_do_not_fit_are_our_own_mistake(changes: dict[str, str], message: str) -> None:
    fields = {"called_ae_title": "A", "calling_ae_title": "B", "presentation_contexts": (), "user_information": ()}
    with pytest.raises(LocalProtocolError, match=message):
        encode_pdu(AssociateRq(**(fields | changes)))  # type: ignore[arg-type]
