"""XML in the form of dcm2xml: structure, character sets, and documents that parse whatever a peer sends."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.services.query.responses import EVERYTHING
from workbench.services.query.attribute_names import AttributeNames
from workbench.services.query.identifiers import Element
from workbench.services.query.native_xml import XmlForm, escaped
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

FORM = XmlForm(AttributeNames())


def parsed(*elements: Element) -> ElementTree.Element:
    return ElementTree.fromstring(FORM.document(elements, EXPLICIT_VR_LITTLE_ENDIAN))


def test_the_document_of_a_response() -> None:
    document = FORM.document(EVERYTHING, EXPLICIT_VR_LITTLE_ENDIAN)
    assert document.startswith(
        b'<?xml version="1.0" encoding="ISO-8859-1"?>\n<data-set xfer="1.2.840.10008.1.2.1" name='
    )
    root = ElementTree.fromstring(document)
    found = {each.attrib["tag"]: each for each in root}
    assert found["0010,0010"].attrib == {"tag": "0010,0010", "vr": "PN", "vm": "1", "len": "12", "name": "PatientName"}
    texts = {
        "0008,0005": "ISO_IR 100",
        "0008,0008": "A\\\\B",
        "0008,0050": None,
        "0010,0010": "Müller^Hans",
        "0010,0020": "<a&b>\"'",
        "0010,4000": "one\ntwo\\",
        "0018,9087": "1.5",
        "0028,0009": "(0018,1063)",
        "0028,0010": "5\\6",
        "0072,0076": "0.100000001",
        "0028,1201": None,
    }
    assert {tag: found[tag].text for tag in texts} == texts
    assert found["0028,1201"].attrib["binary"] == "hidden"
    sequence = found["0040,0275"]
    assert (sequence.tag, sequence.attrib["card"], sequence.attrib["len"]) == ("sequence", "2", "36")
    assert [(item.tag, item.attrib) for item in sequence] == [
        ("item", {"card": "2", "len": "20"}),
        ("item", {"card": "0", "len": "0"}),
    ]
    assert sequence[0][1].text == "éè"


def test_many_data_sets_of_different_sets_in_one_document() -> None:
    others = (Element(0x00080005, "CS", b"\\ISO 2022 IR 87"), Element(0x00100010, "PN", b"\x1b$B;3ED\x1b(B"))
    document = FORM.begin('responses type="C-FIND"')
    document += FORM.part(EVERYTHING, EXPLICIT_VR_LITTLE_ENDIAN) + FORM.part(others, IMPLICIT_VR_LITTLE_ENDIAN)
    root = ElementTree.fromstring(document + FORM.end('responses type="C-FIND"'))
    assert (root.tag, root.attrib) == ("responses", {"type": "C-FIND"})
    first, second = ({each.attrib["tag"]: each for each in data_set} for data_set in root)
    assert (first["0008,0005"].text, first["0010,0010"].text) == ("ISO_IR 192", "Müller^Hans")
    assert first["0010,0010"].attrib["len"] == "14"  # one byte more in UTF-8, and one of padding
    assert first["0040,0275"][0][1].text == "éè"
    assert (second["0008,0005"].text, second["0010,0010"].text) == ("ISO_IR 192", "山田")


@pytest.mark.parametrize(
    ("charset", "name", "encoding", "declared"),
    [
        (b"ISO_IR 144", "Иванов".encode("iso8859_5"), b"ISO-8859-5", "ISO_IR 144"),
        (b"ISO_IR 192", "Müller".encode(), b"UTF-8", "ISO_IR 192"),
        (b"ISO 2022 IR 6\\ISO 2022 IR 149", b"\x1b$)C\xb1\xe8", b"UTF-8", "ISO_IR 192"),
        (b"GB18030 ", "王".encode("gb18030"), b"UTF-8", "ISO_IR 192"),
        (b"ISO_IR 13 ", b"\xd4\xcf", b"UTF-8", "ISO_IR 192"),
        (b"NONSENSE", b"\xfc ", b"UTF-8", "ISO_IR 192"),
    ],
)
def test_the_encoding_follows_the_character_set(charset: bytes, name: bytes, encoding: bytes, declared: str) -> None:
    elements = (Element(0x00080005, "CS", charset), Element(0x00100010, "PN", name))
    document = FORM.document(elements, EXPLICIT_VR_LITTLE_ENDIAN)
    assert document.split(b'"')[3] == encoding
    root = ElementTree.fromstring(document)
    assert root[0].text == declared
    assert root[1].text


def test_a_private_attribute_has_the_name_of_the_dictionary_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("dictionaries") / "own.dic"
    path.write_text('(0009,"ACME",01)\tLO\tAcme"Name\t1\tP\n')
    form = XmlForm(AttributeNames([str(path)]))
    elements = (Element(0x00090010, "LO", b"ACME"), Element(0x00091001, "LO", b"x "))
    assert ElementTree.fromstring(form.document(elements, EXPLICIT_VR_LITTLE_ENDIAN))[1].attrib["name"] == 'Acme"Name'


@given(st.binary(max_size=40), st.sampled_from([b"", b"ISO_IR 100", b"ISO_IR 192", b"\\ISO 2022 IR 87", b"ISO_IR 126"]))
def test_any_bytes_give_a_document_that_parses(value: bytes, charset: bytes) -> None:
    elements = (Element(0x00080005, "CS", charset), Element(0x00100010, "PN", value), Element(0x00104000, "LT", value))
    root = parsed(*elements)
    assert [each.attrib["tag"] for each in root] == ["0008,0005", "0010,0010", "0010,4000"]


@given(st.text())
def test_any_text_is_escaped(text: str) -> None:
    root = ElementTree.fromstring(f'<a b="{escaped(text)}">{escaped(text)}</a>')
    allowed = "".join(one if one.isprintable() or one in "\t\n\r" else "?" for one in text)
    assert len(root.text or "") == len(text) == len(allowed)
