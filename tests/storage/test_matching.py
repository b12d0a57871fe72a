"""Identifiers read, and every kind of matching of PS3.4 C.2.2.2."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from workbench.errors import StatusError
from workbench.services.encoding import decode_data_set, encode_data_set
from workbench.storage.matching import (
    MAXIMUM_NESTING,
    MOST_KEYS,
    Condition,
    Identifier,
    Kind,
    ReturnKey,
    matches,
    read_identifier,
    time_of,
    value_matches,
)
from workbench.storage.ranges import local_offset, offset_minutes
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN

STUDY_DATE, STUDY_TIME = 0x00080020, 0x00080030
DA, TM, PN, CS = "DA", "TM", "PN", "CS"


def made(**values: Any) -> Dataset:
    """Gives a data set whose values nobody checked, as a peer's are."""
    data_set = Dataset()
    for keyword, value in values.items():
        setattr(data_set, keyword, value)
    return data_set


def raw(tag: int, value: bytes) -> Dataset:
    """Gives an identifier with one element, as it came over the network."""
    header = (tag >> 16).to_bytes(2, "little") + (tag & 0xFFFF).to_bytes(2, "little")
    value += b" " * (len(value) % 2)
    return decode_data_set(header + len(value).to_bytes(4, "little") + value, IMPLICIT_VR_LITTLE_ENDIAN)


def kind_of(tag: int, value: bytes, **negotiated: Any) -> tuple[Kind, tuple[str, ...]]:
    conditions = read_identifier(raw(tag, value), **negotiated).conditions
    return (conditions[0].kind, conditions[0].values) if conditions else (Kind.UNIVERSAL, ())


@pytest.mark.parametrize(
    ("tag", "value", "expected"),
    [
        (0x00100020, b"", (Kind.UNIVERSAL, ())),
        (0x00100020, b"*", (Kind.UNIVERSAL, ())),
        (0x00100020, b"**", (Kind.UNIVERSAL, ())),
        (0x0020000D, b"*", (Kind.UNIVERSAL, ())),
        (0x00100020, b"ID1", (Kind.SINGLE, ("ID1",))),
        (0x00100020, b"ID*", (Kind.WILDCARD, ("ID*",))),
        (0x00100020, b"ID?", (Kind.WILDCARD, ("ID?",))),
        (0x0020000D, b"1.2.3\0", (Kind.SINGLE, ("1.2.3",))),
        (0x0020000D, b"1.2.3\\1.2.4", (Kind.UID_LIST, ("1.2.3", "1.2.4"))),
        (0x00080061, b"CT\\PT", (Kind.UID_LIST, ("CT", "PT"))),
        (STUDY_DATE, b"20060705", (Kind.SINGLE, ("20060705",))),
        (STUDY_DATE, b"20060705-", (Kind.RANGE, ("20060705", ""))),
        (STUDY_DATE, b"-20060705", (Kind.RANGE, ("", "20060705"))),
        (STUDY_TIME, b"1000-1030", (Kind.RANGE, ("10", "103059.999999"))),
        (0x00104000, b"a\\b", (Kind.SINGLE, ("a\\b",))),
        (0x00201208, b"+12", (Kind.SINGLE, ("+12",))),
        (0x00100020, b'""', (Kind.SINGLE, ('""',))),
        (0x00420011, b"\x01\x02", (Kind.UNIVERSAL, ())),
    ],
)
def test_a_key_has_the_kind_that_its_value_says(tag: int, value: bytes, expected: tuple[Kind, tuple[str, ...]]) -> None:
    assert kind_of(tag, value) == expected


def test_negotiated_kinds() -> None:
    assert kind_of(0x00100020, b'""', empty_value=True) == (Kind.EMPTY, ())
    assert kind_of(STUDY_DATE, b'""', empty_value=True) == (Kind.EMPTY, ())
    assert kind_of(0x00080061, b"CT\\PT", multiple_value=True) == (Kind.MULTIPLE, ("CT", "PT"))
    assert kind_of(0x0020000D, b"1.2\\1.3", multiple_value=True) == (Kind.UID_LIST, ("1.2", "1.3"))
    (name,) = read_identifier(raw(0x00100010, b"Doe"), fuzzy=True).conditions
    assert name.is_fuzzy
    assert value_matches(name, ["DOE^JOHN"])


@pytest.mark.parametrize(
    ("tag", "value", "words"),
    [
        (STUDY_DATE, b"2006-13", "(0008,0020) 2006-13: no range"),
        (STUDY_DATE, b"yesterday", "(0008,0020) yesterday: not a DA"),
        (STUDY_DATE, b"20060705-20060704", "(0008,0020) 20060705-20060704: ends before it begins"),
        (STUDY_TIME, b"2300-0100", "(0008,0030) 23-010059.999999: ends before it begins"),
        (STUDY_TIME, b"25", "(0008,0030) 25: not a TM"),
        (0x0020000D, b"1.2.*", "(0020,000D) 1.2.*: not a UID"),
        (0x0020000D, b"1.2\\x", "(0020,000D) x: not a UID"),
        (0x00100010, b"D" * 10242, "(0010,0010) DDDDDDDDDDDDDDDDDDDDDDDD: too long"),
        (0x00201208, b"many", "(0020,1208) many: not a number"),
        (0x00080061, b"C*\\PT", "(0008,0061) C*\\PT: wild cards in several values"),
        (0x00081110, b"\xfe\xff\x00\xe0\x00\x00\x00\x00" * 2, "(0008,1110) 2 items: a sequence to match has one"),
    ],
)
def test_a_malformed_key_is_named_with_its_value(tag: int, value: bytes, words: str) -> None:
    with pytest.raises(StatusError) as caught:
        read_identifier(raw(tag, value))
    assert caught.value.status == 0xA900
    assert caught.value.comment == words
    assert caught.value.elements == {"offending_element": (tag,)}


def test_sequences_too_deep_are_refused() -> None:
    data_set = made(CodeValue="A")
    for _ in range(MAXIMUM_NESTING + 1):
        data_set = made(ProcedureCodeSequence=[data_set])
    with pytest.raises(StatusError, match="nested too deep"):
        read_identifier(data_set)


def test_an_identifier_tells_level_character_set_and_keys() -> None:
    item = made(CodeValue="A*", CodeMeaning="")
    asked = made(
        SpecificCharacterSet=["", "ISO 2022 IR 87"],
        QueryRetrieveLevel="STUDY",
        PatientName="山田*",
        ProcedureCodeSequence=[item],
        ReferencedStudySequence=[],
    )
    asked.add_new(0x00080000, "UL", 10)
    data = encode_data_set(asked, IMPLICIT_VR_LITTLE_ENDIAN)
    assert read_identifier(decode_data_set(data, IMPLICIT_VR_LITTLE_ENDIAN)) == Identifier(
        conditions=(
            Condition(
                tag=0x00081032,
                vr="SQ",
                kind=Kind.SEQUENCE,
                items=(Condition(tag=0x00080100, vr="SH", kind=Kind.WILDCARD, values=("A*",)),),
            ),
            Condition(tag=0x00100010, vr="PN", kind=Kind.WILDCARD, values=("山田*",)),
        ),
        return_keys=(
            ReturnKey(0x00081032, "SQ", (ReturnKey(0x00080100, "SH"), ReturnKey(0x00080104, "LO"))),
            ReturnKey(0x00081110, "SQ"),
            ReturnKey(0x00100010, "PN"),
        ),
        level="STUDY",
        charset="\\ISO 2022 IR 87",
    )


def test_the_condition_of_a_key_is_found_by_its_tag() -> None:
    identifier = read_identifier(made(PatientID="1", PatientName=""))
    assert identifier.condition(0x00100020) is not None
    assert identifier.condition(0x00100010) is None


STORED = {
    "SpecificCharacterSet": "ISO_IR 192",
    "PatientName": "Yamada^Tarou=山田^太郎",
    "PatientID": "ID1",
    "StudyDate": "20060705",
    "StudyTime": "103000",
    "ModalitiesInStudy": ["CT", "PT"],
    "StudyInstanceUID": "1.2.3",
    "StudyDescription": "Schädel [nativ]",
    "NumberOfStudyRelatedInstances": 12,
    "AccessionNumber": "",
}


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ({"PatientName": "yamada^tarou"}, True),
        ({"PatientName": "=山田*"}, True),
        ({"PatientName": "YAMADA"}, False),
        ({"PatientID": "ID1"}, True),
        ({"PatientID": "id1"}, False),
        ({"PatientID": "I*1"}, True),
        ({"PatientID": "?D1"}, True),
        ({"PatientID": "i*"}, False),
        ({"StudyDescription": "Sch?del [n*]"}, True),
        ({"StudyDescription": "Schadel*"}, False),
        ({"StudyDate": "20060101-20061231"}, True),
        ({"StudyDate": "20060706-"}, False),
        ({"StudyTime": "1030"}, True),
        ({"StudyTime": "-1029"}, False),
        ({"ModalitiesInStudy": "PT"}, True),
        ({"ModalitiesInStudy": ["MR", "CT"]}, True),
        ({"ModalitiesInStudy": "MR"}, False),
        ({"StudyInstanceUID": ["1.2.4", "1.2.3"]}, True),
        ({"StudyInstanceUID": "1.2.4"}, False),
        ({"NumberOfStudyRelatedInstances": "12"}, True),
        ({"AccessionNumber": "A"}, False),
        ({"AccessionNumber": "?*"}, False),
        ({"StudyID": "A"}, False),
        ({"PatientID": "ID1", "StudyInstanceUID": "1.2.4"}, False),
    ],
)
def test_a_data_set_matches_all_keys_or_does_not(key: dict[str, Any], expected: bool) -> None:
    conditions = read_identifier(made(SpecificCharacterSet="ISO_IR 192", **key)).conditions
    stored = made(**STORED)
    assert matches(stored, conditions) is expected
    data = encode_data_set(stored, IMPLICIT_VR_LITTLE_ENDIAN)
    assert matches(decode_data_set(data, IMPLICIT_VR_LITTLE_ENDIAN), conditions) is expected


def test_character_sets_of_key_and_stored_object_may_differ() -> None:
    asked = made(SpecificCharacterSet=["", "ISO 2022 IR 87"], PatientName="=山田^太郎")
    stored = made(SpecificCharacterSet="GB18030", PatientName="Yamada^Tarou=山田^太郎")
    data = [encode_data_set(each, IMPLICIT_VR_LITTLE_ENDIAN) for each in (asked, stored)]
    key, entity = (decode_data_set(each, IMPLICIT_VR_LITTLE_ENDIAN) for each in data)
    assert matches(entity, read_identifier(key).conditions)


def test_empty_values_match_what_is_absent_or_empty() -> None:
    conditions = read_identifier(raw(0x00080050, b'""'), empty_value=True).conditions
    assert matches(made(AccessionNumber=""), conditions)
    assert matches(made(), conditions)
    assert not matches(made(AccessionNumber="A"), conditions)


def test_multiple_values_must_each_be_there_in_any_order() -> None:
    conditions = read_identifier(made(ModalitiesInStudy=["PT", "CT"]), multiple_value=True).conditions
    assert matches(made(ModalitiesInStudy=["CT", "MR", "PT"]), conditions)
    assert not matches(made(ModalitiesInStudy=["CT", "MR"]), conditions)


def test_universal_conditions_match_everything() -> None:
    assert value_matches(Condition(tag=STUDY_DATE, vr=DA, kind=Kind.UNIVERSAL), [])


def test_one_item_must_match_all_keys_of_a_sequence() -> None:
    first, second = made(CodeValue="A", CodeMeaning="one"), made(CodeValue="B", CodeMeaning="two")
    stored = made(ProcedureCodeSequence=[first, second])

    def found(**item: str) -> bool:
        return matches(stored, read_identifier(made(ProcedureCodeSequence=[made(**item)])).conditions)

    assert found(CodeValue="A", CodeMeaning="one")
    assert not found(CodeValue="A", CodeMeaning="two")
    assert found(CodeValue="", CodeMeaning="")
    assert matches(made(), read_identifier(made(ProcedureCodeSequence=[made()])).conditions)


def test_dates_and_times_combine_only_when_negotiated_and_of_the_same_form() -> None:
    asked = made(StudyDate="20060705-20060707", StudyTime="1000-1800")
    evening = made(StudyDate="20060706", StudyTime="2200")
    assert not matches(evening, read_identifier(asked).conditions)
    combined = read_identifier(asked, date_time=True).conditions
    assert combined == (
        Condition(
            tag=STUDY_DATE,
            vr="DT",
            kind=Kind.RANGE,
            values=("2006070510", "20060707180059.999999"),
            time_tag=STUDY_TIME,
        ),
    )
    assert matches(evening, combined)
    assert not matches(made(StudyDate="20060705", StudyTime="0959"), combined)
    assert not matches(made(StudyDate="20060707", StudyTime="1801"), combined)
    mixed = read_identifier(made(StudyDate="20060705-", StudyTime="1000-1800"), date_time=True).conditions
    assert [each.time_tag for each in mixed] == [0, 0]


def test_a_combined_range_may_have_an_earlier_time_at_its_end() -> None:
    asked = made(StudyDate="20060705-20060706", StudyTime="2300-0100")
    (condition,) = read_identifier(asked, date_time=True).conditions
    assert matches(made(StudyDate="20060706", StudyTime="0030"), [condition])


def test_the_time_of_a_date_is_the_one_of_its_name() -> None:
    assert time_of(STUDY_DATE) == STUDY_TIME
    assert time_of(0x00400002) == 0x00400003
    assert time_of(0x00100010) == 0
    assert time_of(0x00090001) == 0


def test_dates_are_read_in_the_timezone_of_the_request() -> None:
    asked = made(StudyDate="20060705", StudyTime="", TimezoneOffsetFromUTC="+0900")
    identifier = read_identifier(asked, timezone=True, archive_offset="+0000")
    assert identifier.timezone == "+0900"
    assert matches(made(StudyDate="20060704", StudyTime="1500"), identifier.conditions)
    assert not matches(made(StudyDate="20060705", StudyTime="1500"), identifier.conditions)
    assert read_identifier(asked).timezone == ""
    assert [each.tag for each in read_identifier(asked).conditions] == [0x00080020], "the zone is no matching key"


def test_times_are_read_in_the_timezone_of_the_request() -> None:
    asked = made(StudyDate="20060705-20060706", StudyTime="0800-1000", TimezoneOffsetFromUTC="+0900")
    conditions = read_identifier(asked, timezone=True, archive_offset="+0000").conditions
    assert matches(made(StudyDate="20060704", StudyTime="2330"), conditions)  # 08:30 on the 5th in Japan
    assert matches(made(StudyDate="20060706", StudyTime="0030"), conditions)  # 09:30 on the 6th
    assert not matches(made(StudyDate="20060706", StudyTime="0900"), conditions)
    assert not matches(made(StudyDate="20060706", StudyTime="2330"), conditions)  # 08:30 on the 7th


def test_a_single_time_and_items_are_moved_too() -> None:
    item = made(ScheduledProcedureStepStartTime="0830")
    asked = made(StudyTime="0830", ScheduledProcedureStepSequence=[item], TimezoneOffsetFromUTC="+0900")
    first, second = read_identifier(asked, timezone=True, archive_offset="+0000").conditions
    assert first.values == ("2330",)
    assert second.items[0].values == ("2330",)


def test_a_zone_that_is_the_archives_changes_nothing() -> None:
    asked = made(StudyDate="20060705", PatientBirthDate="20000101", TimezoneOffsetFromUTC=local_offset())
    assert [each.kind for each in read_identifier(asked, timezone=True).conditions] == [Kind.SINGLE, Kind.SINGLE]


def test_a_moment_without_an_offset_gets_that_of_the_request() -> None:
    asked = made(AcquisitionDateTime="20060705100000-20060705110000", TimezoneOffsetFromUTC="+0900")
    conditions = read_identifier(asked, timezone=True, archive_offset="+0000").conditions
    assert matches(made(AcquisitionDateTime="20060705013000+0000"), conditions)
    assert not matches(made(AcquisitionDateTime="20060705103000+0000"), conditions)


def test_keys_without_end_are_refused() -> None:
    data_set = Dataset()
    for number in range(MOST_KEYS + 1):
        data_set.add_new(0x00211000 + number, "LO", "")
    with pytest.raises(StatusError, match="keys, of which at most") as refused:
        read_identifier(data_set)
    assert refused.value.status == 0xA900


def test_a_zone_that_is_none_is_refused() -> None:
    with pytest.raises(StatusError, match="no offset from UTC"):
        read_identifier(made(TimezoneOffsetFromUTC="CET"), timezone=True)
    assert offset_minutes("-0530") == -330


@given(
    st.dictionaries(
        st.sampled_from(
            [0x00080005, 0x00080020, 0x00080030, 0x00080061, 0x00100010, 0x0020000D, 0x00201208, 0x00080201]
        ),
        st.binary(max_size=24),
    )
)
def test_no_key_raises_anything_but_a_status(keys: dict[int, bytes]) -> None:
    data = b"".join(
        (tag >> 16).to_bytes(2, "little")
        + (tag & 0xFFFF).to_bytes(2, "little")
        + (len(value) + len(value) % 2).to_bytes(4, "little")
        + value
        + b" " * (len(value) % 2)
        for tag, value in sorted(keys.items())
    )
    data_set = decode_data_set(data, IMPLICIT_VR_LITTLE_ENDIAN)
    with suppress(StatusError):
        identifier = read_identifier(
            data_set, fuzzy=True, date_time=True, timezone=True, empty_value=True, multiple_value=True
        )
        matches(data_set, identifier.conditions)
