"""Response identifiers: the bytes are what pydicom reads and writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from tests.services.query.archives import made
from workbench.services.encoding import decode_data_set, encode_data_set
from workbench.services.query.identifiers import TRANSFER_SYNTAXES, Element, RowEncoder, encode
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

KEYS = (
    (0x0020000D, "UI"),
    (0x00100010, "PN"),
    (0x00080020, "DA"),
    (0x00201208, "IS"),
    (0x00280010, "US"),
    (0x00104000, "LT"),
)
FIXED = (Element(0x00080052, "CS", "STUDY"), Element(0x00880130, "SH", "TAPE"))


@pytest.mark.parametrize("syntax", TRANSFER_SYNTAXES)
def test_a_row_is_the_data_set_that_pydicom_writes(syntax: str) -> None:
    encoder = RowEncoder(KEYS, syntax, fixed=FIXED)
    expected = made(
        StudyInstanceUID="1.2.345",
        PatientName="Doe^J",
        StudyDate="20240101",
        NumberOfStudyRelatedInstances=12,
        Rows=512,
        PatientComments="c" * 200,
        QueryRetrieveLevel="STUDY",
        StorageMediaFileSetID="TAPE",
    )
    row = ("1.2.345", "Doe^J", "20240101", "12", "512", "c" * 200)
    assert encoder.encode(row) == encode_data_set(expected, syntax)


@pytest.mark.parametrize("syntax", TRANSFER_SYNTAXES)
def test_what_is_not_known_has_no_value(syntax: str) -> None:
    encoded = RowEncoder(KEYS, syntax).encode((None, "", None, None, None, None))
    decoded = decode_data_set(encoded, syntax)
    assert [int(tag) for tag in decoded.keys()] == sorted(tag for tag, _ in KEYS)  # noqa: SIM118
    assert not any(element.value for element in decoded)


@pytest.mark.parametrize("syntax", TRANSFER_SYNTAXES)
@pytest.mark.parametrize(
    ("wanted", "name", "expected"),
    [
        ("ISO_IR 100", "Müller", "ISO_IR 100"),
        ("ISO_IR 100", "山田", "ISO_IR 192"),
        ("GB18030", "王", "GB18030"),
        ("", "Müller", "ISO_IR 192"),
    ],
)
def test_a_row_beyond_ascii_gets_a_character_set(syntax: str, wanted: str, name: str, expected: str) -> None:
    encoder = RowEncoder(KEYS, syntax, fixed=FIXED, charset=wanted)
    decoded = decode_data_set(encoder.encode(("1.2", name, None, None, "7", None)), syntax)
    assert decoded.SpecificCharacterSet == expected
    assert str(decoded.PatientName) == name
    assert (decoded.Rows, decoded.QueryRetrieveLevel) == (7, "STUDY")


def test_an_element_of_a_fixed_tag_is_there_once() -> None:
    encoder = RowEncoder([(0x00080052, "CS")], IMPLICIT_VR_LITTLE_ENDIAN, fixed=FIXED)
    expected = encode(FIXED, IMPLICIT_VR_LITTLE_ENDIAN)
    assert encoder.encode(("IMAGE",)) == expected


@pytest.mark.parametrize("syntax", TRANSFER_SYNTAXES)
def test_sequences_and_binary_values_are_encoded(syntax: str) -> None:
    item = (Element(0x00080104, "LO", "Schädel"), Element(0x00080100, "SH", "1"))
    elements = [
        Element(0x00081032, "SQ", (item, ())),
        Element(0x00420011, "OB", b"abc"),
        Element(0x00280009, "AT", "00181063\\00181065"),
        Element(0x00189073, "FD", "1.5"),
        Element(0x00280010, "US", "no number"),
    ]
    decoded = decode_data_set(encode(elements, syntax), syntax)
    assert decoded.ProcedureCodeSequence[0] == made(CodeValue="1", CodeMeaning="Schädel")
    assert decoded.ProcedureCodeSequence[1] == Dataset()
    assert decoded.EncapsulatedDocument == b"abc\0"
    assert list(decoded.FrameIncrementPointer) == [0x00181063, 0x00181065]
    assert decoded.AcquisitionDuration == 1.5
    assert decoded.Rows is None


def test_a_value_too_long_for_its_vr_goes_as_un() -> None:
    decoded = decode_data_set(
        encode([Element(0x00104000, "LT", "x" * 70000)], EXPLICIT_VR_LITTLE_ENDIAN), EXPLICIT_VR_LITTLE_ENDIAN
    )
    assert len(decoded[0x00104000].value) == 70000


@given(
    st.lists(
        st.one_of(st.none(), st.text(st.characters(codec="utf-8", exclude_characters="\0\\\x1b"), max_size=90)),
        min_size=3,
        max_size=3,
    ),
    st.sampled_from(TRANSFER_SYNTAXES),
)
def test_any_text_comes_back(values: list[str | None], syntax: str) -> None:
    encoder = RowEncoder([(0x00081030, "LO"), (0x00104000, "LT"), (0x00400031, "UT")], syntax)
    decoded = decode_data_set(encoder.encode(values), syntax)
    for keyword, value in zip(("StudyDescription", "PatientComments", "LocalNamespaceEntityID"), values, strict=True):
        assert str(decoded[keyword].value or "").strip() == (value or "").strip()
