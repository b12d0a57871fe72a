"""Data sets as lines: the layout that readers of dcmdump know."""

import pytest

from tests.services.query.responses import EVERYTHING
from workbench.services.query.attribute_names import AttributeNames
from workbench.services.query.identifiers import Element
from workbench.services.query.listing import decimals, heading, listing

LINES = [
    "(0008,0005) CS [ISO_IR 100]                             #  10, 1 SpecificCharacterSet",
    r"(0008,0008) CS [A\\B]                                   #   4, 3 ImageType",
    "(0008,0016) UI =CTImageStorage                          #  26, 1 SOPClassUID",
    "(0008,0050) SH (no value available)                     #   0, 0 AccessionNumber",
    "(0008,0120) UR [http://x]                               #   8, 1 URNCodeValue",
    "(0008,1110) SQ (Sequence with explicit length #=0)      #   0, 1 ReferencedStudySequence",
    "(fffe,e0dd) na (SequenceDelimitationItem for re-encod.) #   0, 0 SequenceDelimitationItem",
    "(0009,0010) LO [ACME]                                   #   4, 1 PrivateCreator",
    r"(0009,1001) UN 01\02                                    #   2, 1 PrivateElement",
    "(0010,0010) PN [Müller^Hans ]                           #  12, 1 PatientName",
    "(0010,0020) LO [<a&b>\"' ]                               #   8, 1 PatientID",
    "(0010,4000) LT [one\ntwo\\]                               #   8, 1 PatientComments",
    "(0018,9087) FD 1.5                                      #   8, 1 DiffusionBValue",
    "(0020,0013) IS [12]                                     #   2, 1 InstanceNumber",
    "(0028,0009) AT (0018,1063)                              #   4, 1 FrameIncrementPointer",
    r"(0028,0010) US 5\6                                      #   4, 2 Rows",
    r"(0028,0030) DS [0.5\0.25]                               #   8, 2 PixelSpacing",
    r"(0028,1201) OW 0100\0302                                #   4, 1 RedPaletteColorLookupTableData",
    "(0040,0275) SQ (Sequence with explicit length #=2)      #  36, 1 RequestAttributesSequence",
    "  (fffe,e000) na (Item with explicit length #=2)          #  20, 1 Item",
    "    (0008,0060) CS [CT]                                     #   2, 1 Modality",
    "    (0040,0400) LT [éè]                                     #   2, 1 CommentsOnTheScheduledProcedureStep",
    "  (fffe,e00d) na (ItemDelimitationItem for re-encoding)   #   0, 0 ItemDelimitationItem",
    "  (fffe,e000) na (Item with explicit length #=0)          #   0, 1 Item",
    "  (fffe,e00d) na (ItemDelimitationItem for re-encoding)   #   0, 0 ItemDelimitationItem",
    "(fffe,e0dd) na (SequenceDelimitationItem for re-encod.) #   0, 0 SequenceDelimitationItem",
    f"(0042,0011) OB {chr(92).join(['00'] * 40)} #  40, 1 EncapsulatedDocument",
    "(0072,0076) FL 0.100000001                              #   4, 1 SelectorFLValue",
]


def test_every_kind_of_element_has_its_line() -> None:
    assert list(listing(EVERYTHING, AttributeNames())) == LINES


def test_an_unknown_uid_stands_as_it_is() -> None:
    (line,) = listing((Element(0x0020000D, "UI", b"1.2.3\0"),), AttributeNames())
    assert line.startswith("(0020,000d) UI [1.2.3]  ")


def test_a_long_binary_value_is_cut() -> None:
    (line,) = listing((Element(0x00420011, "OB", bytes(1000)),), AttributeNames())
    assert line == rf"(0042,0011) OB {chr(92).join(['00'] * 256)}... # 1000, 1 EncapsulatedDocument"


@pytest.mark.parametrize(
    ("uid", "name"),
    [
        ("1.2.840.10008.1.2", "Little Endian Implicit"),
        ("1.2.840.10008.1.2.1", "Little Endian Explicit"),
        ("1.2.840.10008.1.2.4.50", "JPEG Baseline (Process 1)"),
    ],
)
def test_the_heading_names_the_transfer_syntax(uid: str, name: str) -> None:
    assert heading(uid) == ("# Dicom-Data-Set", f"# Used TransferSyntax: {name}")


def test_numbers_have_the_digits_that_tell_them_apart() -> None:
    assert decimals("0.1\\2.0", "FD") == "0.10000000000000001\\2"
