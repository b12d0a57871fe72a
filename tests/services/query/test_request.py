"""Identifiers made of keys: values by their VR, items, private blocks, character sets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import ConfigError
from workbench.services.query.attribute_names import AttributeNames
from workbench.services.query.elements import read_elements
from workbench.services.query.identifiers import Element
from workbench.services.query.key_paths import parse_key
from workbench.services.query.request import RequestIdentifier, encoded_identifier
from workbench.uids import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
)

NAMES = AttributeNames()


def of_keys(*keys: str, base: tuple[Element, ...] = (), source: str = "") -> RequestIdentifier:
    identifier = RequestIdentifier(elements=base, source=source)
    return identifier.overridden([parse_key(key, NAMES) for key in keys], NAMES)


@pytest.mark.parametrize(
    ("keys", "encoded"),
    [
        (["PatientName"], "10 00 10 00 50 4e 00 00"),
        (["0008,0052=STUDY", "PatientID=7"], "08 00 52 00 43 53 06 00 53 54 55 44 59 20 10 00 20 00 4c 4f 02 00 37 20"),
        (["StudyInstanceUID=1.2"], "20 00 0d 00 55 49 04 00 31 2e 32 00"),
        (["Rows=1\\2"], "28 00 10 00 55 53 04 00 01 00 02 00"),
        (["FrameIncrementPointer=(0018,1063)"], "28 00 09 00 41 54 04 00 18 00 63 10"),
        (["FrameIncrementPointer=0018,1063"], "28 00 09 00 41 54 04 00 18 00 63 10"),
        (["PixelData=12\\ff34"], "e0 7f 10 00 4f 57 00 00 04 00 00 00 12 00 34 ff"),
        (["0009,1001=12\\34"], "09 00 01 10 55 4e 00 00 02 00 00 00 12 34"),
        (["SelectorFLValue=1.5"], "72 00 76 00 46 4c 04 00 00 00 c0 3f"),
        (["ReferencedStudySequence"], "08 00 10 11 53 51 00 00 00 00 00 00"),
        (["ReferencedStudySequence[0]"], "08 00 10 11 53 51 00 00 08 00 00 00 fe ff 00 e0 00 00 00 00"),
        (
            ["ScheduledProcedureStepSequence[1].Modality=CT", "(0040,0100)[0].ScheduledStationAETitle=A"],
            "40 00 00 01 53 51 00 00 24 00 00 00 fe ff 00 e0 0a 00 00 00 40 00 01 00 41 45 02 00 41 20"
            " fe ff 00 e0 0a 00 00 00 08 00 60 00 43 53 02 00 43 54",
        ),
    ],
)
def test_keys_as_bytes(keys: list[str], encoded: str) -> None:
    assert of_keys(*keys).encode(EXPLICIT_VR_LITTLE_ENDIAN).hex(" ") == encoded


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("SOPClassUID==CTImageStorage", "1.2.840.10008.5.1.4.1.1.2"),
        ("SOPClassUID==UltrasoundMultiframeImageStorage", "1.2.840.10008.5.1.4.1.1.3.1"),  # as DCMTK calls it
    ],
)
def test_a_uid_by_its_name(key: str, value: str) -> None:
    assert of_keys(key).elements[0].value == value


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("Rows=abc", "'abc' is no number of VR US"),
        ("Rows=65536", "'65536' is no number of VR US"),
        ("Rows=-1", "'-1' is no number of VR US"),
        ("SelectorFLValue=x", "'x' is no number of VR FL"),
        ("PixelData=1FFFF", "'1FFFF' is no hexadecimal number of 2 bytes, as VR OW wants it"),
        ("0009,1001=zz", "'zz' is no hexadecimal number of 1 bytes, as VR UN wants it"),
        ("FrameIncrementPointer=1", "'1' is no tag"),
        ("FrameIncrementPointer=xxxx,yyyy", "'xxxx,yyyy' is no tag"),
        ("SOPClassUID==Nobody", "there is no UID with the name 'Nobody'"),
    ],
)
def test_a_value_that_is_none_of_its_vr_is_refused(key: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=r"^key ") as caught:
        of_keys(key)
    assert problem in str(caught.value)


def test_keys_override_what_a_file_has_and_keep_the_rest() -> None:
    base = (
        Element(0x00100010, "PN", b"DOE^J "),
        Element(0x00100020, "LO", b"12"),
        Element(0x00400100, "SQ", ((Element(0x00080060, "CS", b"CT"), Element(0x00400001, "AE", b"A ")),)),
    )
    found = of_keys("PatientName", "ScheduledProcedureStepSequence[0].Modality=MR", base=base).data_set
    assert (found.PatientName, found.PatientID) == ("", "12")
    item = found.ScheduledProcedureStepSequence[0]
    assert (item.Modality, item.ScheduledStationAETitle) == ("MR", "A")


def test_a_sequence_without_items_keeps_those_of_the_file() -> None:
    base = (Element(0x00400100, "SQ", ((Element(0x00080060, "CS", b"CT"),),)),)
    assert of_keys("ScheduledProcedureStepSequence", base=base).elements == base


def test_a_private_attribute_by_name_gets_a_block(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("dictionaries") / "own.dic"
    path.write_text('(0011,"ACME",01)\tIS\tAcmeNumber\t1\tP\n(0011,"ACME",02)\tLO\tAcmeName\t1\tP\n')
    names = AttributeNames([str(path)])
    base = (Element(0x00110010, "LO", b"OTHER "),)
    keys = [parse_key(text, names) for text in ("AcmeNumber=5", "AcmeName=x", "0011,1103=zz", "0011,1101=7")]
    identifier = RequestIdentifier(elements=base).overridden(keys[:2], names)
    assert [(each.tag, each.vr, each.value) for each in identifier.elements] == [
        (0x00110010, "LO", b"OTHER "),
        (0x00110011, "LO", "ACME"),
        (0x00111101, "IS", "5"),
        (0x00111102, "LO", "x"),
    ]
    assert identifier.overridden(keys[3:], names).elements[2] == Element(0x00111101, "IS", "7")
    with pytest.raises(ConfigError, match="VR UN"):  # whose VR not even the creator tells
        identifier.overridden(keys[2:3], names)


def test_text_beyond_ascii_is_sent_as_utf_8_and_that_is_told() -> None:
    identifier = of_keys("PatientName=Müller")
    assert identifier.data_set.PatientName == "Müller"
    assert identifier.data_set.SpecificCharacterSet == "ISO_IR 192"
    assert identifier.warnings == (
        "keys have characters beyond ASCII: Specific Character Set (0008,0005) ISO_IR 192 added",
    )
    assert of_keys("PatientName=Muller").warnings == ()


@pytest.mark.parametrize("keys", [("0008,0005=ISO_IR 100", "PatientName=M\xfcller"), ("PatientName=M\xfcller",)])
def test_text_is_encoded_in_the_set_that_is_declared(keys: tuple[str, ...]) -> None:
    base = (Element(0x00080005, "CS", b"ISO_IR 100"),)
    identifier = of_keys(*keys, base=base)
    assert b"M\xfcller" in identifier.encode(IMPLICIT_VR_LITTLE_ENDIAN)
    assert identifier.warnings == ()


def test_text_that_the_declared_set_has_not_is_refused() -> None:
    with pytest.raises(ConfigError, match="Specific Character Set ISO_IR 100 has not all of its characters"):
        of_keys("0008,0005=ISO_IR 100", "PatientName=日本")


def test_text_beside_bytes_of_an_unknown_set_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"q\.dcm: has text beyond ASCII and no Specific Character Set"):
        of_keys("PatientName=Müller", base=(Element(0x00100020, "LO", b"\xfc "),), source="q.dcm")


@pytest.mark.parametrize(
    "syntax",
    [
        EXPLICIT_VR_LITTLE_ENDIAN,
        IMPLICIT_VR_LITTLE_ENDIAN,
        EXPLICIT_VR_BIG_ENDIAN,
        DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    ],
)
def test_every_transfer_syntax_says_the_same(syntax: str) -> None:
    identifier = of_keys("PatientName=X", "Rows=5", "PixelData=1\\2", "ReferencedStudySequence[0].PatientID=7")
    same = read_elements(identifier.encode(EXPLICIT_VR_LITTLE_ENDIAN), EXPLICIT_VR_LITTLE_ENDIAN)
    assert read_elements(identifier.encode(syntax), syntax) == same


def test_the_level_of_deflation_is_obeyed() -> None:
    identifier = of_keys(f"PatientComments={'x' * 1000}")
    stored = RequestIdentifier(elements=identifier.elements, deflate_level=0)
    syntax = DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN
    assert len(identifier.encode(syntax)) < 100 < 1000 < len(stored.encode(syntax))


def test_vrs_of_after_1993_become_ob() -> None:
    base = (Element(0x00080119, "UC", b"abc "), Element(0x0040A160, "UT", b"text"), Element(0x00100020, "LO", b"x "))
    old = RequestIdentifier(elements=base).with_old_vrs()
    assert [each.vr for each in old.elements] == ["OB", "OB", "LO"]


def test_a_data_set_is_encoded_as_well() -> None:
    identifier = of_keys("PatientID=7")
    for syntax in (EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN):
        assert encoded_identifier(identifier.data_set, syntax) == encoded_identifier(identifier, syntax)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\\=^"), max_size=30))
def test_any_text_comes_back(text: str) -> None:
    identifier = of_keys(f"PatientComments=|{text}|")
    assert str(identifier.data_set.PatientComments) == f"|{text}|"
