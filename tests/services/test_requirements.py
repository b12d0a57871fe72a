"""What a service requires of a data set, checked on data sets as they come over the wire."""

import struct

import pytest
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from workbench.errors import StatusError
from workbench.services.encoding import decode_data_set, encode_data_set
from workbench.services.requirements import Required, check_allowed, check_required, is_empty, items_of, text_of
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

PATIENT_NAME, PATIENT_ID, SERIES, SERIES_UID, STATUS = 0x00100010, 0x00100020, 0x00081115, 0x0020000E, 0x00400252
REQUIRED = (
    Required(PATIENT_NAME, needs_value=False),
    Required(PATIENT_ID),
    Required(SERIES, items=(Required(SERIES_UID),)),
)


def complete() -> Dataset:
    data_set, item = Dataset(), Dataset()
    data_set.PatientName = ""
    data_set.PatientID = "1"
    item.SeriesInstanceUID = "1.2.3"
    data_set.ReferencedSeriesSequence = [item]
    return data_set


def received(data_set: Dataset, syntax: str = IMPLICIT_VR_LITTLE_ENDIAN) -> Dataset:
    return decode_data_set(encode_data_set(data_set, syntax), syntax)


def element(tag: int, value: bytes) -> bytes:
    return struct.pack("<HHL", tag >> 16, tag & 0xFFFF, len(value)) + value


def lacking(tag: int) -> Dataset:
    data_set = complete()
    del data_set[tag]
    return data_set


def emptied(tag: int, value: object) -> Dataset:
    data_set = complete()
    data_set[tag].value = value
    return data_set


def without_series_uid(*, is_empty: bool) -> Dataset:
    data_set = complete()
    item = Dataset()
    if is_empty:
        item.SeriesInstanceUID = ""
    data_set.ReferencedSeriesSequence.append(item)
    return data_set


@pytest.mark.parametrize("syntax", [IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN])
def test_what_is_complete_passes(syntax: str) -> None:
    check_required(complete(), REQUIRED)
    check_required(received(complete(), syntax), REQUIRED)


@pytest.mark.parametrize("as_received", [False, True])
@pytest.mark.parametrize(
    ("data_set", "status", "tags", "comment"),
    [
        (lacking(PATIENT_NAME), 0x0120, (PATIENT_NAME,), "(0010,0010) is missing"),
        (lacking(SERIES), 0x0120, (SERIES,), "(0008,1115) is missing"),
        (Dataset(), 0x0120, (PATIENT_NAME, PATIENT_ID, SERIES), "(0010,0010) is missing (and 2 more)"),
        (emptied(PATIENT_ID, ""), 0x0121, (PATIENT_ID,), "(0010,0020) is empty"),
        (emptied(PATIENT_ID, "  "), 0x0121, (PATIENT_ID,), "(0010,0020) is empty"),
        (emptied(SERIES, []), 0x0121, (SERIES,), "(0008,1115) is empty"),
        (without_series_uid(is_empty=False), 0x0120, (SERIES_UID,), "(0008,1115)[2](0020,000E) is missing"),
        (without_series_uid(is_empty=True), 0x0121, (SERIES_UID,), "(0008,1115)[2](0020,000E) is empty"),
    ],
)
def test_what_is_missing_or_empty_is_named(
    data_set: Dataset, status: int, tags: tuple[int, ...], comment: str, as_received: bool
) -> None:
    with pytest.raises(StatusError) as caught:
        check_required(received(data_set) if as_received else data_set, REQUIRED)
    assert (caught.value.status, caught.value.comment) == (status, comment)
    assert caught.value.elements == {"attribute_identifier_list": tags}


@pytest.mark.parametrize("value", [b"abcd", b"\xfe\xff\x00\xe0\xff\xff\x00\x00"])
def test_what_is_no_sequence_is_refused(value: bytes) -> None:
    data_set = complete()
    del data_set[SERIES]
    broken = Dataset()
    broken.add_new(SERIES, "LO", value.decode("latin-1"))
    data_set.update(received(broken, EXPLICIT_VR_LITTLE_ENDIAN))
    with pytest.raises(StatusError, match=r"\(0008,1115\) is not a sequence") as caught:
        check_required(data_set, REQUIRED)
    assert caught.value.status == 0x0106


def test_what_may_not_be_given_is_named() -> None:
    check_allowed(complete(), [STATUS])
    with pytest.raises(StatusError, match=r"\(0010,0020\) may not be set") as caught:
        check_allowed(complete(), [STATUS, PATIENT_ID, PATIENT_NAME])
    assert caught.value.status == 0x0105
    assert caught.value.elements == {"attribute_identifier_list": (PATIENT_ID, PATIENT_NAME)}


@pytest.mark.parametrize(
    ("value", "text"),
    [(b"IN PROGRESS ", "IN PROGRESS"), (b"1.2.3\0", "1.2.3"), (b"", ""), (b"\xff\xfe", "ÿþ"), (b"A\\B ", "A\\B")],
)
def test_text_is_read_as_it_stands(value: bytes, text: str) -> None:
    assert text_of(decode_data_set(element(STATUS, value), IMPLICIT_VR_LITTLE_ENDIAN), STATUS) == text


def test_decoded_text_is_the_same() -> None:
    data_set = Dataset()
    assert text_of(data_set, STATUS) == ""
    data_set.PerformedProcedureStepStatus = "COMPLETED"
    data_set.ModalitiesInStudy = ["CT", "MR"]
    assert text_of(data_set, STATUS) == "COMPLETED"
    assert text_of(data_set, 0x00080061) == "CT\\MR"


def test_items_of_an_absent_or_empty_sequence_are_none() -> None:
    assert list(items_of(Dataset(), SERIES)) == []
    assert list(items_of(emptied(SERIES, []), SERIES)) == []
    assert [text_of(each, SERIES_UID) for each in items_of(received(complete()), SERIES)] == ["1.2.3"]


def test_empty_is_what_is_absent_or_has_no_value() -> None:
    assert is_empty(complete(), STATUS)
    assert is_empty(received(complete()), PATIENT_NAME)
    assert not is_empty(received(complete()), PATIENT_ID)


@pytest.mark.parametrize(
    ("tag", "value", "empty"),
    [
        (0x00280010, b"\0\0", False),  # Rows (US): zero
        (SERIES_UID, b"\0\0", True),  # UI: padding only
        (PATIENT_NAME, b"  ", True),
        (PATIENT_NAME, b"", True),
    ],
)
def test_padding_is_no_value_but_zero_is(tag: int, value: bytes, empty: bool) -> None:
    assert is_empty(decode_data_set(element(tag, value), IMPLICIT_VR_LITTLE_ENDIAN), tag) is empty


def test_an_empty_element_of_a_vr_that_does_not_exist_is_passed_over() -> None:
    data_set = Dataset({Tag(0x00081140): RawDataElement(Tag(0x00081140), "FQ", 0, None, 0, False, True)})
    assert text_of(data_set, 0x00081140) == ""
    assert is_empty(data_set, 0x00081140)
