"""Data sets as trees of elements: the same whatever their encoding, texts and values, correction, old VRs."""

import json
import zlib
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.services.query.responses import EVERYTHING
from workbench.errors import DataSetError
from workbench.services.query.attribute_names import AttributeNames
from workbench.services.query.elements import (
    LONGEST,
    corrected,
    creators_of,
    multiplicity,
    read_elements,
    text_of,
    values_of,
    with_old_vrs,
)
from workbench.services.query.identifiers import TRANSFER_SYNTAXES, Element, encode_as_given
from workbench.services.query.json_model import json_model
from workbench.services.query.listing import listing
from workbench.services.query.native_xml import XmlForm
from workbench.uids import DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN


@pytest.mark.parametrize("syntax", TRANSFER_SYNTAXES)
def test_elements_are_the_same_in_every_transfer_syntax(syntax: str) -> None:
    assert read_elements(encode_as_given(EVERYTHING, syntax), syntax) == EVERYTHING


def test_group_lengths_are_left_out() -> None:
    # (0008,0000) UL 10, (0008,0060) CS "CT"
    data = bytes.fromhex("0800000004000000 0a000000 0800600002000000 4354")
    assert read_elements(data, IMPLICIT_VR_LITTLE_ENDIAN) == (Element(0x00080060, "CS", b"CT"),)


def test_broken_data_sets_are_told() -> None:
    with pytest.raises(DataSetError):
        read_elements(bytes.fromhex("0800600043530a00 4354"), EXPLICIT_VR_LITTLE_ENDIAN)


@pytest.mark.parametrize(
    ("element", "charset", "text", "values", "count"),
    [
        (Element(0x00100010, "PN", b"M\xfcller^H "), "ISO_IR 100", "Müller^H", ("Müller^H",), 1),
        (Element(0x00100010, "PN", b"\x1b$B;3ED\x1b(B^A"), "\\ISO 2022 IR 87", "山田^A", ("山田^A",), 1),
        (Element(0x00080061, "CS", b"CT\\ MR "), "", "CT\\ MR", ("CT", "MR"), 2),
        (Element(0x00104000, "LT", b" a\\b "), "", " a\\b", (" a\\b",), 1),
        (Element(0x0020000D, "UI", b"1.2\0"), "", "1.2", ("1.2",), 1),
        (Element(0x00280010, "US", "1\\2\\3"), "", "1\\2\\3", ("1", "2", "3"), 3),
        (Element(0x00280010, "US", ""), "", "", (), 0),
        (Element(0x00091001, "UN", b"a\\b"), "", "", (), 1),
        (Element(0x00081110, "SQ", ()), "", "", (), 1),
    ],
)
def test_texts_and_values(element: Element, charset: str, text: str, values: tuple[str, ...], count: int) -> None:
    assert (text_of(element, charset), values_of(element, charset), multiplicity(element)) == (text, values, count)


def test_private_creators_by_their_blocks() -> None:
    elements = (Element(0x00090010, "LO", b"ACME"), Element(0x000900FF, "LO", "OTHER"), Element(0x00080060, "CS", b""))
    assert creators_of(elements) == {0x00091000: "ACME", 0x0009FF00: "OTHER"}


@pytest.mark.parametrize(
    ("vr", "before", "after"),
    [
        ("DA", b" 2024 0101 ", b"20240101"),
        ("UI", b"1.2 .3 \0", b"1.2.3"),
        ("CS", b" CT \\ MR", b"CT\\MR"),
        ("LO", b"  a b  ", b"a b"),
        ("LT", b"  a  ", b"  a"),
        ("PN", b"M\xfcller  ", b"M\xfcller"),
        ("OB", b"  ", b"  "),
        ("US", "1", "1"),
    ],
)
def test_correction_drops_what_means_nothing(vr: str, before: str | bytes, after: str | bytes) -> None:
    inside = (Element(0x00081110, "SQ", ((Element(0x00080060, vr, before),),)),)
    assert corrected(inside) == (Element(0x00081110, "SQ", ((Element(0x00080060, vr, after),),)),)


def test_new_vrs_are_written_as_bytes() -> None:
    elements = (
        Element(0x00080119, "UC", "\xfc"),
        Element(0x00091001, "UN", b"1"),
        Element(0x00081110, "SQ", ((Element(0x0040A160, "UT", b"text"),),)),
        Element(0x00100020, "LO", b"x "),
    )
    assert with_old_vrs((Element(0x00080005, "CS", b"ISO_IR 192"), *elements))[1:] == (
        Element(0x00080119, "OB", b"\xc3\xbc"),
        Element(0x00091001, "OB", b"1\0"),
        Element(0x00081110, "SQ", ((Element(0x0040A160, "OB", b"text"),),)),
        Element(0x00100020, "LO", b"x "),
    )


@given(st.binary(max_size=200), st.sampled_from(TRANSFER_SYNTAXES))
def test_any_bytes_are_elements_or_broken(data: bytes, syntax: str) -> None:
    try:
        elements = read_elements(data, syntax)
    except DataSetError:
        return
    names = AttributeNames()
    document = XmlForm(names).document(elements, syntax)
    assert ElementTree.fromstring(document).tag == "data-set"
    assert json.loads(json.dumps(json_model(elements))) is not None
    assert len(list(listing(elements, names))) >= len(elements)
    corrected(elements)
    with_old_vrs(elements)


def test_what_inflates_too_far_is_broken() -> None:
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    data = deflater.compress(bytes(LONGEST + 1)) + deflater.flush()
    for broken in (data, data[:-4], b"nonsense"):
        with pytest.raises(DataSetError):
            read_elements(broken, DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN)
