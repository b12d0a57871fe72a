"""Encoding and decoding of PDUs: one list used both ways, cut at every byte, and broken in every way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.upper_layer.pdu_cases import (
    CASES,
    ECHO_REQUEST,
    RELEASE_REQUEST,
    REQUEST,
    SEVERAL_FRAGMENTS,
    Case,
    octets,
)
from tests.upper_layer.strategies import pdus
from workbench.errors import LocalProtocolError, PduError
from workbench.upper_layer.fields import Buffer, Span
from workbench.upper_layer.pdu import (
    PDU_NAMES,
    Abort,
    AssociateRj,
    PDataTf,
    Pdu,
    Pdv,
    check_pdu_length,
    check_pdv_length,
    data_pdu_header,
    decode_pdu,
    encode_pdu,
)


def case_id(case: Case) -> str:
    return case.comment


def error_of(data: Buffer, spans: Span | None = None) -> PduError | None:
    """What is wrong with a PDU; None when it can be decoded. Any other exception goes through."""
    try:
        decode_pdu(data, spans)
    except PduError as error:
        return error
    return None


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_a_pdu_and_its_bytes(case: Case) -> None:
    assert encode_pdu(case.pdu) == case.data
    assert decode_pdu(case.data) == case.pdu
    assert decode_pdu(bytearray(case.data)) == case.pdu
    assert decode_pdu(memoryview(b"??" + case.data)[2:]) == case.pdu


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_reserved_bytes_are_not_tested(case: Case) -> None:
    root = Span("", 0, len(case.data))
    decode_pdu(case.data, root)
    data = bytearray(case.data)
    for field in _leaves(root):
        if field.name == "Reserved":
            data[field.start : field.end] = b"\xff" * (field.end - field.start)
    assert decode_pdu(data) == case.pdu


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_the_spans_tile_the_bytes(case: Case) -> None:
    root = Span("", 0, len(case.data))
    decode_pdu(case.data, root)
    assert root.name == PDU_NAMES[case.data[0]]
    at = 0
    for leaf in _leaves(root):
        assert leaf.start == at
        at = leaf.end
        value = case.data[leaf.start : leaf.end]
        if isinstance(leaf.value, int):
            assert int.from_bytes(value, "big") == leaf.value
        else:
            assert leaf.value in (value, value.decode("latin-1"), None)
    assert at == len(case.data)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_cut_anywhere_it_names_a_field_and_notes_what_was_read(case: Case) -> None:
    """Cut bytes, with the PDU-length left or put right; an item that is missing as a whole may be no error."""
    for size in range(len(case.data)):
        root = Span("", 0, size)
        with pytest.raises(PduError) as caught:
            decode_pdu(case.data[:size], root)
        assert caught.value.field
        assert 0 <= caught.value.offset <= size
        assert all(leaf.end <= size for leaf in _leaves(root) if leaf.value is not None)
        if size >= 6:
            shorter = case.data[:2] + (size - 6).to_bytes(4, "big") + case.data[6:size]
            error = error_of(shorter)
            assert error is None or (error.field and 6 <= error.offset <= size)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "PDU-type at byte 0: needs 1 bytes, 0 left in PDU"),
        ("09 00 00000000", "PDU-type at byte 0: 09H is not a PDU of PS3.8"),
        ("16 03 00000000", "PDU-type at byte 0: 16H is not a PDU of PS3.8 but looks like a TLS record: the peer uses"),
        ("05 00 00000005 00000000", "PDU-length at byte 2: 5 bytes announced, 4 there"),
        ("05 00 00000003 00000000", "PDU-length at byte 2: 3 bytes announced, 4 there"),
        ("05 00 00000003 000000", "Reserved at byte 6: needs 4 bytes, 3 left in A-RELEASE-RQ"),
        ("06 00 00000005 0000000000", "A-RELEASE-RP at byte 10: 1 bytes left over"),
        ("07 00 00000005 0000000000", "A-ABORT at byte 10: 1 bytes left over"),
        ("03 00 00000003 000101", "Reason/Diag. at byte 9: needs 1 bytes, 0 left in A-ASSOCIATE-RJ"),
        ("04 00 00000000", "Presentation data value at byte 6: a P-DATA-TF holds at least one"),
        ("04 00 00000006 00000001 0103", "Item-length at byte 6: 1 is less than the 2 bytes"),
        ("04 00 00000006 FFFFFFFF 0103", "Item-length at byte 6: 4294967295 bytes announced"),
        ("04 00 00000008 00000002 0103 0000", "Item-length at byte 12: needs 4 bytes, 2 left in Presentation data"),
    ],
)
def test_a_broken_pdu_is_described(data: str, message: str) -> None:
    with pytest.raises(PduError) as caught:
        decode_pdu(octets(data))
    assert str(caught.value).startswith(message)
    assert caught.value.abort_source == 2
    assert caught.value.abort_reason == (1 if "not a PDU" in message else 6)


def test_a_part_can_be_decoded_for_display() -> None:
    header = data_pdu_header(1, is_command=False, is_last=True, fragment_length=1000)
    assert decode_pdu(header + b"abc", length=1012) == PDataTf(
        pdvs=(Pdv(context_id=1, is_command=False, is_last=True, data=b"abc"),)
    )
    with pytest.raises(PduError, match="cut off"):
        decode_pdu(header[:8], length=1012)


def test_the_header_of_a_data_pdu_is_that_of_the_encoded_pdu() -> None:
    header = data_pdu_header(1, is_command=True, is_last=True, fragment_length=68)
    assert header == ECHO_REQUEST.data[:12]
    assert data_pdu_header(255, is_command=False, is_last=True, fragment_length=0) == octets(
        "04 00 00000006 00000002 FF 02"
    )


def test_bits_2_to_7_of_the_message_control_header_are_not_tested() -> None:
    pdu = decode_pdu(octets("04 00 00000006 00000002 01 FD"))
    assert pdu == PDataTf(pdvs=(Pdv(context_id=1, is_command=True, is_last=False, data=b""),))


@pytest.mark.parametrize("pdu", [AssociateRj(result=256, source=1, reason=1), Abort(source=2, reason=-1)])
def test_a_number_that_does_not_fit_is_our_own_mistake(pdu: Pdu) -> None:
    with pytest.raises(LocalProtocolError, match="does not fit into 1 bytes"):
        encode_pdu(pdu)


def test_lengths_are_checked_before_anything_is_awaited() -> None:
    check_pdu_length(1, 1 << 20)
    check_pdu_length(7, 4)
    for pdu_type, length in ((1, (1 << 20) + 1), (2, 0xFFFFFFFF), (3, 5), (5, 0), (6, 3), (7, 8)):
        with pytest.raises(PduError, match="PDU-length at byte 2"):
            check_pdu_length(pdu_type, length)
    check_pdv_length(2, 2, 6)
    for length, rest in ((0, 10), (1, 10), (11, 10)):
        with pytest.raises(PduError, match="Item-length at byte 6"):
            check_pdv_length(length, rest, 6)


@settings(max_examples=200)
@given(pdus)
def test_decoding_what_was_encoded_gives_it_back(pdu: Pdu) -> None:
    assert decode_pdu(encode_pdu(pdu)) == pdu


@settings(max_examples=300)
@given(
    case=st.sampled_from([REQUEST, SEVERAL_FRAGMENTS, RELEASE_REQUEST, *CASES]),
    changes=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6),
)
def test_damaged_bytes_are_a_pdu_or_a_pdu_error(case: Case, changes: list[tuple[int, int]]) -> None:
    data = bytearray(case.data)
    for at, byte in changes:
        data[at % len(data)] = byte
    root = Span("", 0, len(data))
    error = error_of(data, root)
    assert error is None or 0 <= error.offset <= len(data)
    assert all(0 <= leaf.start <= leaf.end <= len(data) for leaf in _leaves(root))


def _leaves(span: Span) -> list[Span]:
    return [leaf for child in span.children for leaf in _leaves(child)] if span.children else [span]
