"""Failed SOP Instance UID List, written and read."""

import pytest

from workbench.acse.contexts import UNCOMPRESSED
from workbench.services.encoding import decode_data_set
from workbench.services.retrieve.failed_list import decode_failed_uids, encode_failed_uids
from workbench.uids import EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN


@pytest.mark.parametrize(
    ("syntax", "encoded"),
    [
        # (0008,0058) UI, 8 bytes: 1.2\1.30
        (EXPLICIT_VR_LITTLE_ENDIAN, b"\x08\x00\x58\x00UI\x08\x001.2\\1.30"),
        (EXPLICIT_VR_BIG_ENDIAN, b"\x00\x08\x00\x58UI\x00\x081.2\\1.30"),
        (IMPLICIT_VR_LITTLE_ENDIAN, b"\x08\x00\x58\x00\x08\x00\x00\x001.2\\1.30"),
    ],
)
def test_list_is_encoded_for_its_context(syntax: str, encoded: bytes) -> None:
    assert encode_failed_uids(["1.2", "1.30"], syntax) == encoded
    assert decode_failed_uids(encoded, syntax) == ("1.2", "1.30")


@pytest.mark.parametrize("syntax", UNCOMPRESSED)
@pytest.mark.parametrize("count", [1, 2, 1000, 3000])
def test_lists_of_any_length_come_back(syntax: str, count: int) -> None:
    uids = tuple(f"1.2.826.0.1.3680043.8.498.{number:040}" for number in range(count))
    encoded = encode_failed_uids(uids, syntax)
    assert encoded is not None
    assert len(encoded) % 2 == 0
    assert decode_failed_uids(encoded, syntax) == uids
    assert list(decode_data_set(encoded, syntax).keys()) == [0x00080058]


def test_no_failure_is_no_data_set() -> None:
    assert encode_failed_uids([], EXPLICIT_VR_LITTLE_ENDIAN) is None
    assert decode_failed_uids(None, EXPLICIT_VR_LITTLE_ENDIAN) == ()


@pytest.mark.parametrize("garbage", [b"", b"\x08\x00", b"\x08\x00\x58\x00UI\xff\xff1.2", b"\x08\x00\x18\x00UI\x00\x00"])
def test_what_cannot_be_read_names_nothing(garbage: bytes) -> None:
    assert decode_failed_uids(garbage, EXPLICIT_VR_LITTLE_ENDIAN) == ()
