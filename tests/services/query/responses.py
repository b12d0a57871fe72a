"""A response with something of everything, for what shows and writes responses."""

from workbench.services.query.identifiers import Element, encode_as_given
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN

EVERYTHING = (
    Element(0x00080005, "CS", b"ISO_IR 100"),
    Element(0x00080008, "CS", b"A\\\\B"),
    Element(0x00080016, "UI", b"1.2.840.10008.5.1.4.1.1.2\0"),
    Element(0x00080050, "SH", b""),
    Element(0x00080120, "UR", b"http://x"),
    Element(0x00081110, "SQ", ()),
    Element(0x00090010, "LO", b"ACME"),
    Element(0x00091001, "UN", b"\1\2"),
    Element(0x00100010, "PN", b"M\xfcller^Hans "),
    Element(0x00100020, "LO", b"<a&b>\"' "),
    Element(0x00104000, "LT", b"one\ntwo\\"),
    Element(0x00189087, "FD", "1.5"),
    Element(0x00200013, "IS", b"12"),
    Element(0x00280009, "AT", "00181063"),
    Element(0x00280010, "US", "5\\6"),
    Element(0x00280030, "DS", b"0.5\\0.25"),
    Element(0x00281201, "OW", b"\0\1\2\3"),
    Element(
        0x00400275,
        "SQ",
        ((Element(0x00080060, "CS", b"CT"), Element(0x00400400, "LT", b"\xe9\xe8")), ()),
    ),
    Element(0x00420011, "OB", bytes(40)),
    Element(0x00720076, "FL", "0.10000000149011612"),
)
DATA = encode_as_given(EVERYTHING, EXPLICIT_VR_LITTLE_ENDIAN)
