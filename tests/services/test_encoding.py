"""Data sets as bytes and back, in every transfer syntax that needs no codec."""

import struct
import zlib
from threading import current_thread

import pytest
from pydicom.config import IGNORE
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from workbench.errors import DataSetError
from workbench.services.encoding import LONGEST, check_number, decode_aside, decode_data_set, encode_data_set
from workbench.uids import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
)

SYNTAXES = (
    IMPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
)


def sample() -> Dataset:
    item = Dataset()
    item.ScheduledProcedureStepID = "STEP 1"
    data_set = Dataset()
    data_set.SpecificCharacterSet = "ISO_IR 192"
    data_set.PatientName = "Müller^Jürgen"
    data_set.Rows = 512
    data_set.StudyInstanceUID = "1.2.3"
    data_set.ScheduledProcedureStepSequence = [item]
    return data_set


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_what_is_encoded_is_decoded(syntax: str) -> None:
    encoded = encode_data_set(sample(), syntax)
    assert len(encoded) % 2 == 0
    assert decode_data_set(encoded, syntax) == sample()


def test_a_decoded_data_set_can_be_encoded_in_another_syntax() -> None:
    decoded = decode_data_set(encode_data_set(sample(), IMPLICIT_VR_LITTLE_ENDIAN), IMPLICIT_VR_LITTLE_ENDIAN)
    assert encode_data_set(decoded, EXPLICIT_VR_BIG_ENDIAN) == encode_data_set(sample(), EXPLICIT_VR_BIG_ENDIAN)


def test_no_bytes_are_an_empty_data_set() -> None:
    assert decode_data_set(b"", EXPLICIT_VR_LITTLE_ENDIAN) == Dataset()


def test_an_identifier_may_hold_a_list_of_uids() -> None:
    data_set = Dataset()
    data_set.SOPInstanceUID = [f"1.2.826.0.1.{number}" for number in range(100)]
    encoded = encode_data_set(data_set, EXPLICIT_VR_LITTLE_ENDIAN)
    assert decode_data_set(encoded, EXPLICIT_VR_LITTLE_ENDIAN) == data_set


@pytest.mark.parametrize("syntax", [EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN])
@pytest.mark.parametrize("value", ["STEP 1", "1.2.3"], ids=["in a sequence", "on top"])
def test_an_unknown_vr_is_refused_with_its_place(syntax: str, value: str) -> None:
    encoded = encode_data_set(sample(), syntax)
    at = encoded.index(value.encode()) - 4
    damaged = encoded[:at] + b"NQ\0\0" + struct.pack(">L" if syntax == EXPLICIT_VR_BIG_ENDIAN else "<L", 6)
    tag = r"\(0040,0009\)" if value == "STEP 1" else r"\(0020,000D\)"
    with pytest.raises(DataSetError, match=f"{tag} at byte {at - 4} has no known VR"):
        decode_data_set(damaged + encoded[at + 4 :], syntax)


def test_a_length_that_looks_like_a_vr_is_a_length() -> None:
    data_set = Dataset()
    data_set.SOPInstanceUID = ["1.2.3"] * (0x4242 // 6)  # BB
    encoded = encode_data_set(data_set, IMPLICIT_VR_LITTLE_ENDIAN)
    assert encoded[4:6] == b"BB"
    assert len(decode_data_set(encoded, IMPLICIT_VR_LITTLE_ENDIAN).SOPInstanceUID) == 0x4242 // 6


@pytest.mark.parametrize("cut", [1, 7, 9])
def test_a_cut_data_set_is_refused(cut: int) -> None:
    with pytest.raises(DataSetError):
        decode_data_set(encode_data_set(sample(), EXPLICIT_VR_LITTLE_ENDIAN)[:-cut], EXPLICIT_VR_LITTLE_ENDIAN)


def test_a_nesting_that_would_exhaust_the_stack_is_refused() -> None:
    opened = bytes.fromhex("4000 7502") + b"SQ\0\0\xff\xff\xff\xff" + bytes.fromhex("feff 00e0 ffffffff")
    with pytest.raises(DataSetError, match="nest"):
        decode_data_set(opened * 5000, EXPLICIT_VR_LITTLE_ENDIAN)


def test_broken_deflate_is_refused() -> None:
    with pytest.raises(DataSetError, match="deflated data set is broken"):
        decode_data_set(b"\xff\xff\xff\xff", DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN)


def test_a_decompression_bomb_is_refused_before_it_grows() -> None:
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    bomb = deflater.compress(bytes(LONGEST + 1)) + deflater.flush()
    with pytest.raises(DataSetError, match="inflates to more than"):
        decode_data_set(bomb, DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN)


async def test_a_large_data_set_is_decoded_and_read_in_a_thread() -> None:
    data_set = Dataset()
    data_set.TextValue = "x" * 100
    small = encode_data_set(data_set, IMPLICIT_VR_LITTLE_ENDIAN)
    data_set.TextValue = "x" * 100_000
    large = encode_data_set(data_set, IMPLICIT_VR_LITTLE_ENDIAN)
    for data, is_aside in ((small, False), (large, True)):
        thread = await decode_aside(data, IMPLICIT_VR_LITTLE_ENDIAN, lambda _: current_thread())
        assert (thread is not current_thread()) is is_aside


@pytest.mark.parametrize("syntax", SYNTAXES[:3])
def test_elements_items_and_values_are_counted_at_every_depth(syntax: str) -> None:
    item = Dataset()
    item.ImageType = ["ORIGINAL", "PRIMARY"]
    item.add_new(0x7FE00010, "OB", b"\\" * 100)
    data_set = Dataset()
    data_set.PatientID = "1"
    data_set.ReferencedImageSequence = [item, Dataset()]
    data_set = decode_data_set(encode_data_set(data_set, syntax), syntax)
    check_number(data_set, 7)  # two elements, two items, in one of them bytes, and an element with two values
    with pytest.raises(DataSetError, match="more than 6 elements"):
        check_number(data_set, 6)


def test_a_value_that_does_not_fit_its_vr_names_the_element() -> None:
    data_set = Dataset()
    data_set.add(DataElement(0x00280010, "US", "many", validation_mode=IGNORE))
    with pytest.raises(DataSetError, match=r"0028,\s?0010"):
        encode_data_set(data_set, EXPLICIT_VR_LITTLE_ENDIAN)


@pytest.mark.parametrize("syntax", SYNTAXES[:3])
def test_an_unknown_character_set_is_passed_over_without_a_warning(syntax: str) -> None:
    data_set = Dataset()
    data_set.add(DataElement(0x00080001, "UL", 10))
    data_set.SpecificCharacterSet = "ISO_IR 192"
    data_set.PatientName = "Müller"
    encoded = encode_data_set(data_set, syntax)
    assert decode_data_set(encoded, syntax).PatientName == "Müller"
    decoded = decode_data_set(encoded.replace(b"ISO_IR 192", b"UTF-8 or so"[:10]), syntax)
    assert decoded.SpecificCharacterSet is None or not str(decoded.SpecificCharacterSet)
    assert decoded.PatientName == "MÃ¼ller"


def test_an_empty_element_of_a_vr_that_does_not_exist_is_counted() -> None:
    data_set = Dataset({Tag(0x00081140): RawDataElement(Tag(0x00081140), "FQ", 0, None, 0, False, True)})
    check_number(data_set, 1)
    with pytest.raises(DataSetError, match="more than 0 elements"):
        check_number(data_set, 0)
