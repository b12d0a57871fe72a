"""Values as texts: decoded or not, of every VR, of broken peers."""

import pytest
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from workbench.services.encoding import decode_data_set, encode_data_set
from workbench.storage.element_texts import charset_of, items_of, texts_of, vr_of
from workbench.uids import EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

SYNTAXES = [IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN]


def example() -> Dataset:
    data_set = Dataset()
    data_set.SpecificCharacterSet = "ISO_IR 100"
    data_set.PatientName = "Buc^Jérôme"
    data_set.ModalitiesInStudy = ["CT", "PT"]
    data_set.StudyInstanceUID = "1.2.3"
    data_set.PatientComments = " a\\b "
    data_set.Rows = 512
    data_set.ReferencePixelX0 = -5
    data_set.NumberOfStudyRelatedInstances = 12
    data_set.FailureAttributes = [0x00100010, 0x00080018]
    data_set.SliceThickness = "1.50"
    data_set.StudyDate = ""
    item = Dataset()
    item.CodeMeaning = "Schädel"
    data_set.ProcedureCodeSequence = [item]
    return data_set


EXPECTED = {
    0x00100010: ("Buc^Jérôme",),
    0x00080061: ("CT", "PT"),
    0x0020000D: ("1.2.3",),
    0x00104000: (" a\\b",),
    0x00280010: ("512",),
    0x00186020: ("-5",),
    0x00201208: ("12",),
    0x00741048: (),
    0x00180050: ("1.50",),
    0x00080020: (),
    0x00081032: (),
    0x00080050: (),
}


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_values_come_out_the_same_before_and_after_pydicom_decoded_them(syntax: str) -> None:
    raw = decode_data_set(encode_data_set(example(), syntax), syntax)
    for tag, expected in EXPECTED.items():
        assert texts_of(raw, tag) == expected, hex(tag)
        assert texts_of(example(), tag) == expected, hex(tag)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_tags_are_eight_digits(syntax: str) -> None:
    data_set = Dataset()
    data_set.FrameIncrementPointer = [0x00181063, 0x00181065]
    raw = decode_data_set(encode_data_set(data_set, syntax), syntax)
    assert texts_of(raw, 0x00280009) == texts_of(data_set, 0x00280009) == ("00181063", "00181065")


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_an_item_has_the_character_set_of_what_holds_it(syntax: str) -> None:
    raw = decode_data_set(encode_data_set(example(), syntax), syntax)
    (item,) = items_of(raw, 0x00081032)
    assert texts_of(item, 0x00080104, charset_of(item, charset_of(raw))) == ("Schädel",)
    item.SpecificCharacterSet = "ISO_IR 192"
    assert charset_of(item, "ISO_IR 100") == "ISO_IR 192"


def test_a_private_element_needs_its_creator() -> None:
    data_set = Dataset()
    data_set.private_block(0x0009, "GEMS_IDEN_01", create=True).add_new(0x02, "SH", "CT01")
    raw = decode_data_set(encode_data_set(data_set, IMPLICIT_VR_LITTLE_ENDIAN), IMPLICIT_VR_LITTLE_ENDIAN)
    assert vr_of(raw, 0x00091002) == "SH"
    assert texts_of(raw, 0x00091002) == ("CT01",)
    del raw[0x00090010]
    assert vr_of(raw, 0x00091002) == "UN"
    assert texts_of(raw, 0x00091002) == ()


def test_values_of_other_kinds_are_no_texts() -> None:
    data_set = Dataset()
    data_set.PixelData = b"\x00\x01"
    data_set["PixelData"].VR = "OW"
    assert texts_of(data_set, 0x7FE00010) == ()
    assert items_of(data_set, 0x7FE00010) == ()


def test_odd_values_of_a_peer_neither_raise_nor_warn() -> None:
    # (0008,0005) CS "NONSENSE", (0008,0020) DA "31.12.99", (0010,0010) PN FF FE, (0028,0010) US of three bytes
    data = (
        b"\x08\x00\x05\x00\x08\x00\x00\x00NONSENSE"
        b"\x08\x00\x20\x00\x08\x00\x00\x0031.12.99"
        b"\x10\x00\x10\x00\x02\x00\x00\x00\xff\xfe"
        b"\x28\x00\x10\x00\x04\x00\x00\x00\x01\x00\x02\x00"
    )
    data_set = decode_data_set(data, IMPLICIT_VR_LITTLE_ENDIAN)
    assert texts_of(data_set, 0x00080020) == ("31.12.99",)
    assert texts_of(data_set, 0x00100010) == ("ÿþ",)
    assert texts_of(data_set, 0x00280010) == ("1", "2")


def test_an_empty_element_of_a_vr_that_does_not_exist_is_passed_over() -> None:
    data_set = Dataset({Tag(0x00081140): RawDataElement(Tag(0x00081140), "FQ", 0, None, 0, False, True)})
    assert texts_of(data_set, 0x00081140) == ()
    assert items_of(data_set, 0x00081140) == ()
    assert vr_of(data_set, 0x00081140) == "FQ"
