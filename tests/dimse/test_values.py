"""Values of command elements: bytes by value representation, both ways."""

import struct

import pytest

from workbench.dimse.values import HEADER, READERS, WRITERS, Value
from workbench.errors import CommandSetError, LocalProtocolError

# (VR, element number, value, the whole element)
BOTH_WAYS: list[tuple[str, int, Value, bytes]] = [
    # tag (0000,0100), length 2, 8030H
    ("US", 0x0100, 0x8030, bytes.fromhex("00000001 02000000 3080")),
    # tag (0000,0000), length 4, 56
    ("UL", 0x0000, 56, bytes.fromhex("00000000 04000000 38000000")),
    # tag (0000,0002), length 18, 17 characters and a NUL
    ("UI", 0x0002, "1.2.840.10008.1.1", bytes.fromhex("00000200 12000000") + b"1.2.840.10008.1.1\0"),
    # tag (0000,1000), length 4, even without padding
    ("UI", 0x1000, "1.23", bytes.fromhex("00000010 04000000") + b"1.23"),
    # tag (0000,0600), length 8, 7 characters and a space
    ("AE", 0x0600, "MOVESCU", bytes.fromhex("00000006 08000000") + b"MOVESCU "),
    # tag (0000,0902), length 10, 9 characters and a space
    ("LO", 0x0902, "disk full", bytes.fromhex("00000209 0a000000") + b"disk full "),
    # tag (0000,0901), length 8, (0010,0010) and (7FE0,0010)
    ("AT", 0x0901, (0x00100010, 0x7FE00010), bytes.fromhex("00000109 08000000 10001000 e07f1000")),
]


@pytest.mark.parametrize(("vr", "number", "value", "element"), BOTH_WAYS, ids=lambda case: str(case)[:20])
def test_values_go_both_ways(vr: str, number: int, value: Value, element: bytes) -> None:
    assert WRITERS[vr](number, value) == element
    assert READERS[vr](element, HEADER.size, len(element)) == value


@pytest.mark.parametrize("vr", WRITERS)
def test_none_is_an_absent_element(vr: str) -> None:
    assert WRITERS[vr](0x0902, None) == b""


# (VR, value on the wire, what is read)
PADDED: list[tuple[str, bytes, str | None]] = [
    ("UI", b"1.2.3\0", "1.2.3"),
    ("UI", b"1.2.3 ", "1.2.3"),  # some peers pad UIDs with a space
    ("UI", b"1.2.3\0\0\0", "1.2.3"),
    ("UI", b"1.2\x003.4\0", "1.2\x003.4"),  # a NUL inside stays: whoever uses the UID has to see it
    ("UI", b"\0\0", None),
    ("UI", b"\xe9\xe8", "éè"),  # never fails
    ("AE", b"  MOVESCU  ", "MOVESCU"),
    ("AE", b"MOVE SCU\0", "MOVE SCU"),
    ("AE", b"        ", None),
    ("LO", b"disk full\0", "disk full"),
]


@pytest.mark.parametrize(("vr", "raw", "value"), PADDED)
def test_padding_is_taken_off(vr: str, raw: bytes, value: str | None) -> None:
    assert READERS[vr](raw, 0, len(raw)) == value


@pytest.mark.parametrize(
    ("vr", "number", "raw", "problem"),
    [
        ("US", 0x0110, b"\1\0\0\0", "Message ID at byte 4: length 4 is not 2"),
        ("US", 0x0110, b"\1", "Message ID at byte 4: length 1 is not 2"),
        ("UL", 0x0000, b"\1\0", "Command Group Length at byte 4: length 2 is not 4"),
        ("AT", 0x1005, b"\1\0", "Attribute Identifier List at byte 4: length 2 is not a multiple of 4"),
    ],
)
def test_numbers_of_a_wrong_size_name_element_and_length(vr: str, number: int, raw: bytes, problem: str) -> None:
    element = HEADER.pack(0, number, len(raw)) + raw
    with pytest.raises(CommandSetError) as caught:
        READERS[vr](element, HEADER.size, len(element))
    assert str(caught.value) == problem


def test_an_ae_title_has_at_most_16_characters() -> None:
    assert WRITERS["AE"](0x0600, "SIXTEEN_LETTERS_") == HEADER.pack(0, 0x0600, 16) + b"SIXTEEN_LETTERS_"
    with pytest.raises(LocalProtocolError, match="Move Destination: 'SEVENTEEN_LETTERS'"):
        WRITERS["AE"](0x0600, "SEVENTEEN_LETTERS")


@pytest.mark.parametrize("number", [-1, 0x10000])
def test_a_number_that_does_not_fit_is_not_cut(number: int) -> None:
    with pytest.raises(struct.error):
        WRITERS["US"](0x0110, number)


def test_a_comment_is_clipped_and_made_printable() -> None:
    # An é, a line feed and a backslash, which would begin a second value, cannot be in it.
    assert WRITERS["LO"](0x0902, "caf\xe9\nC:\\x") == HEADER.pack(0, 0x0902, 10) + b"caf??C:?x "
    assert WRITERS["LO"](0x0902, "x" * 65) == HEADER.pack(0, 0x0902, 64) + b"x" * 64
