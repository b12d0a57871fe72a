"""What the decoder of command sets notes as it reads: names, bytes and values in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dimse.encoded import ECHO_RQ, SOP_CLASS, element
from tests.dimse.strategies import MESSAGES_STRATEGY
from workbench.dimse.command_set import UnknownCommandField, decode_command, encode_command
from workbench.dimse.messages import CStoreRsp, Message
from workbench.errors import CommandSetError
from workbench.upper_layer.fields import Span


def leaves(span: Span) -> list[Span]:
    return [leaf for child in span.children for leaf in leaves(child)] if span.children else [span]


@given(MESSAGES_STRATEGY, st.booleans())
def test_spans_tile_the_command_set(message: Message, has_data_set: bool) -> None:
    encoded = encode_command(message, has_data_set=has_data_set)
    root = Span("Command set", 12, 12 + len(encoded))
    decode_command(encoded, root)
    ends = [12, *(leaf.end for leaf in leaves(root))]
    assert [leaf.start for leaf in leaves(root)] == ends[:-1]
    assert ends[-1] == root.end


def test_spans_say_elements_and_values_in_words() -> None:
    message = CStoreRsp(
        message_id_being_responded_to=7,
        status=0xA900,
        offending_element=(0x00080016, 0x00080018),
        error_comment="wrong UID",
        error_id=3,
    )
    encoded = encode_command(message, has_data_set=False)
    root = Span("Command set", 0, len(encoded))
    decode_command(encoded, root)
    assert [(span.name, span.value) for span in root.children] == [
        ("Command Group Length (0000,0000)", 84),
        ("Command Field (0000,0100)", "C-STORE-RSP (8001H)"),
        ("Message ID Being Responded To (0000,0120)", 7),
        ("Command Data Set Type (0000,0800)", "no data set (0101H)"),
        ("Status (0000,0900)", "A900H Error: data set does not match SOP class"),
        ("Offending Element (0000,0901)", "(0008,0016) (0008,0018)"),
        ("Error Comment (0000,0902)", "wrong UID"),
        ("Error ID (0000,0903)", 3),
    ]
    status = root.children[4]
    assert [(span.name, span.value) for span in status.children] == [
        ("Tag", "(0000,0900)"),
        ("Length", 2),
        ("Value", b"\x00\xa9"),
    ]


def test_spans_show_what_is_odd() -> None:
    encoded = (
        element(0x0000, b"\2\0\0\0")
        + element(0x0010, b"DICOM V1")
        + element(0x0100, b"\x77\x77")
        + element(0x0110, b"")
        + element(0x0700, b"\x09\0")
        + element(0x0800, b"\2\2")
        + element(0x7777, b"\1\2\3")
    )
    root = Span("Command set", 0, len(encoded))
    with pytest.raises(UnknownCommandField):
        decode_command(encoded, root)
    assert [(span.name, span.value) for span in root.children] == [
        ("Command Group Length (0000,0000)", f"2, but {len(encoded) - 12} bytes follow"),
        ("Command Recognition Code, retired (0000,0010)", "DICOM V1"),
        ("Command Field (0000,0100)", "unknown (7777H)"),
        ("Message ID (0000,0110)", None),
        ("Priority (0000,0700)", "unknown (0009H)"),
        ("Command Data Set Type (0000,0800)", "data set follows (0202H)"),
        ("Unknown element (0000,7777)", None),
    ]


def test_spans_hold_what_was_read_before_an_error() -> None:
    encoded = SOP_CLASS + ECHO_RQ + element(0x0110, b"\7\0\0\0")
    root = Span("Command set", 0, len(encoded))
    with pytest.raises(CommandSetError):
        decode_command(encoded, root)
    assert [span.name for span in root.children] == ["Affected SOP Class UID (0000,0002)", "Command Field (0000,0100)"]
