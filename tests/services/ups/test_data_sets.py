"""Attributes are kept decoded, whatever their character set, and odd values are refused, not raised."""

from datetime import UTC, datetime

import pytest
from pydicom.dataset import Dataset

from tests.services.ups.steps import code, data_set
from workbench.errors import StatusError
from workbench.services.encoding import decode_data_set, encode_data_set
from workbench.services.ups.data_sets import (
    chosen,
    date_time,
    first_item,
    has_value,
    items,
    merged,
    said_of,
    settle,
    text,
    with_sequence,
)
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

LABEL, NAME = 0x00741204, 0x00100010


def received(made: Dataset, syntax: str = IMPLICIT_VR_LITTLE_ENDIAN) -> Dataset:
    return decode_data_set(encode_data_set(made, syntax), syntax)


@pytest.mark.parametrize("character_set", ["ISO_IR 100", "ISO_IR 192", "GB18030", ["", "ISO 2022 IR 87"]])
def test_text_of_any_character_set_is_kept_as_utf_8(character_set: object) -> None:
    name = "Yamada^Tarou=山田^太郎" if "87" in str(character_set) else "Wäscher^Jörg"
    settled = settle(received(data_set(SpecificCharacterSet=character_set, PatientName=name)))
    assert settled.SpecificCharacterSet == "ISO_IR 192"
    assert str(received(settled, EXPLICIT_VR_LITTLE_ENDIAN).PatientName) == name


def test_plain_text_needs_no_character_set_and_group_lengths_go() -> None:
    made = received(data_set(SpecificCharacterSet="ISO_IR 192", ProcedureStepLabel="plain"))
    made.add_new(0x00740000, "UL", 12)
    assert settle(made) == data_set(ProcedureStepLabel="plain")


def test_attributes_of_two_character_sets_stand_in_one_data_set() -> None:
    latin = settle(received(data_set(SpecificCharacterSet="ISO_IR 100", PatientName="Jörg")))
    greek = settle(received(data_set(SpecificCharacterSet="ISO_IR 126", ProcedureStepLabel="αβγ")))
    both = received(merged(latin, greek))
    assert (str(both.PatientName), both.ProcedureStepLabel) == ("Jörg", "αβγ")
    assert "PatientName" not in greek


def test_a_value_that_is_none_of_its_vr_is_refused_and_named() -> None:
    # (0018,9073) FD of 4 bytes, Implicit VR Little Endian
    broken = decode_data_set(b"\x18\x00\x73\x90\x04\x00\x00\x00abcd", IMPLICIT_VR_LITTLE_ENDIAN)
    with pytest.raises(StatusError, match=r"\(0018,9073\) has an invalid value") as error:
        settle(broken)
    assert error.value.status == 0x0106
    assert error.value.elements == {"attribute_identifier_list": (0x00189073,)}


def test_a_value_that_is_only_odd_is_kept() -> None:
    # (0018,1152) IS "abc ", Implicit VR Little Endian
    data = b"\x18\x00\x52\x11\x04\x00\x00\x00abc "
    assert encode_data_set(settle(decode_data_set(data, IMPLICIT_VR_LITTLE_ENDIAN)), IMPLICIT_VR_LITTLE_ENDIAN) == data


def test_values_are_read_without_exception_whatever_is_there() -> None:
    made = data_set(ProcedureStepLabel=" two words ", PatientName=None, ScheduledWorkitemCodeSequence=[code()])
    assert [text(made, tag) for tag in (LABEL, NAME, 0x00100020)] == ["two words", "", ""]
    assert [has_value(made, tag) for tag in (LABEL, NAME, 0x00404018)] == [True, False, True]
    assert [len(items(made, tag)) for tag in (LABEL, 0x00404018, 0x00404021)] == [0, 1, 0]


def test_parts_are_copies() -> None:
    made = data_set(ScheduledWorkitemCodeSequence=[code()], ProcedureStepLabel="a")
    item = first_item(made, 0x00404018)
    item.CodeValue = "changed"
    assert made.ScheduledWorkitemCodeSequence[0].CodeValue == "121726"
    assert first_item(made, 0x00404021) == Dataset()
    assert chosen(made, (LABEL, NAME)) == data_set(ProcedureStepLabel="a")
    assert items(with_sequence(made, 0x00404018, []), 0x00404018) == []


def test_what_is_said_of_an_attribute_begins_with_its_number() -> None:
    assert said_of(0x00741204, "is missing") == "(0074,1204) is missing: Procedure Step Label"
    assert said_of(0x00991204, "is missing") == "(0099,1204) is missing"


def test_a_moment_has_its_offset() -> None:
    assert date_time(datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)) == "20260301123005+0000"
