"""Data sets as trees of `Element`, each value as its bytes: for what shows, checks or rewrites what a peer sent.

Numbers are texts, so that they can be written in either byte order; everything else is as it came, padding included.
"""

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from workbench.errors import DataSetError
from workbench.services.query.identifiers import Element, declared_charset, swapped
from workbench.services.transcoding.element_tree import Element as ReadElement
from workbench.services.transcoding.element_tree import TreeReader
from workbench.services.transcoding.recoding import encoding_of
from workbench.storage.character_sets import decode, encode
from workbench.uids import DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN

LONGEST: Final = 16 * 2**20
"""Bytes to which a data set may inflate."""

NUMBERS: Final = frozenset({"AT", "FD", "FL", "SL", "SS", "SV", "UL", "US", "UV"})
BINARY: Final = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
ONE_VALUE: Final = frozenset({"LT", "ST", "UT", "UR"})
"""VRs in whose text a backslash separates nothing (PS3.5 6.2)."""

_CODES: Final = {"US": "H", "SS": "h", "UL": "L", "SL": "l", "UV": "Q", "SV": "q", "FL": "f", "FD": "d"}
_LEADING_SPACES_COUNT: Final = frozenset({"LT", "ST", "UC", "UR", "UT"})
_ONLY_ASCII: Final = frozenset({"AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR"})
_BLANK: Final = frozenset({"DA", "TM", "DT", "UI", "DS", "IS", "AS"})  # no space within means anything
_NEW_VRS: Final = frozenset({"OD", "OF", "OL", "OV", "SV", "UC", "UN", "UR", "UT", "UV"})


def read_elements(data: bytes, transfer_syntax_uid: str) -> tuple[Element, ...]:
    """Gives the elements of a data set, in the order of their tags; group lengths are left out, they say nothing.

    Raises:
        DataSetError: the structure is broken, nested too deep, or inflates to too much.
    """
    if transfer_syntax_uid == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN:
        data = _inflated(data)
    return _converted(TreeReader(data, encoding_of(transfer_syntax_uid)).read())


def _converted(read: Iterable[ReadElement]) -> tuple[Element, ...]:
    """Gives elements of their own, without the group lengths."""
    converted = {each.tag: _own(each) for each in read if each.tag & 0xFFFF}
    return tuple(converted[tag] for tag in sorted(converted))


def _own(read: ReadElement) -> Element:
    vr = read.vr.decode("latin-1")
    if read.items is not None:
        return Element(read.tag, "SQ", tuple(_converted(item) for item in read.items))
    value = b"".join(read.fragments) if read.fragments is not None else bytes(read.value)
    if vr in NUMBERS:
        return Element(read.tag, vr, "\\".join(_numbers(value, vr, ">" if read.big_endian else "<")))
    return Element(read.tag, vr, swapped(value) if vr == "OW" and read.big_endian else value)


def _numbers(value: bytes, vr: str, order: str) -> Iterator[str]:
    """Gives numbers as texts; what is left over of the last one is dropped."""
    if vr == "AT":
        whole = value[: len(value) & ~3]
        for group, number in struct.iter_unpack(f"{order}HH", whole):
            yield f"{group:04X}{number:04X}"
        return
    code = order + _CODES[vr]
    size = struct.calcsize(code)
    for (number,) in struct.iter_unpack(code, value[: len(value) // size * size]):
        yield str(number)


def _inflated(data: bytes) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = inflater.decompress(data, LONGEST)
    except zlib.error as error:
        raise DataSetError(f"the deflated data set is broken: {error}") from error
    if inflater.unconsumed_tail:
        raise DataSetError(f"the deflated data set inflates to more than {LONGEST} bytes")
    if not inflater.eof:
        raise DataSetError("the deflated data set is cut short")
    return inflated


def text_of(element: Element, charset: str) -> str:
    """Gives the text of an element's value without its padding; empty for bytes and for sequences."""
    text = padded_text_of(element, charset)
    return text if isinstance(element.value, str) else text.rstrip(" \0")


def padded_text_of(element: Element, charset: str) -> str:
    """Gives the text of an element's value as it came; empty for bytes and for sequences."""
    if isinstance(element.value, tuple) or element.vr in BINARY:
        return ""
    if isinstance(element.value, str):
        return element.value
    return decode(element.value, "" if element.vr in _ONLY_ASCII else charset, is_name=element.vr == "PN")


def values_of(element: Element, charset: str) -> tuple[str, ...]:
    """Gives the values of an element as texts, without the spaces that mean nothing; none when it is empty."""
    text = text_of(element, charset)
    if not text:
        return ()
    if element.vr in ONE_VALUE:
        return (text,)
    strip = _strip(element.vr)
    return tuple(strip(value) for value in text.split("\\"))


def multiplicity(element: Element) -> int:
    """Gives how many values an element has, as VM counts them (PS3.5 6.4); a sequence has one."""
    if isinstance(element.value, tuple):
        return 1
    if not element.value:
        return 0
    if element.vr in ONE_VALUE or element.vr in BINARY:
        return 1
    return element.value.count("\\" if isinstance(element.value, str) else b"\\") + 1  # type: ignore[arg-type]


def creators_of(elements: Iterable[Element]) -> dict[int, str]:
    """Gives the private creators of a data set or an item, by the first tag of the block that each reserves."""
    found = {}
    for element in elements:
        number = element.tag & 0xFFFF
        if element.tag >> 16 & 1 and 0x10 <= number <= 0xFF and not isinstance(element.value, tuple):
            found[(element.tag & 0xFFFF0000) | number << 8] = text_of(element, "").strip()
    return found


def corrected(elements: Iterable[Element], inherited: str = "") -> tuple[Element, ...]:
    """Gives a data set without the characters that its values should not have: spaces around them, those in dates.

    What PS3.5 6.2 calls not significant is dropped; of a text in which leading spaces count, the trailing ones.
    """
    listed = tuple(elements)
    charset = declared_charset(listed, inherited)
    return tuple(_corrected(element, charset) for element in listed)


def _corrected(element: Element, charset: str) -> Element:
    if isinstance(element.value, tuple):
        return element._replace(value=tuple(corrected(item, charset) for item in element.value))
    if element.vr in NUMBERS or element.vr in BINARY or not isinstance(element.value, bytes):
        return element
    if element.vr in ONE_VALUE:
        return element._replace(value=element.value.rstrip(b" \0"))
    if element.vr in _ONLY_ASCII:
        removed = b" \0" if element.vr in _BLANK else b""
        parts = (part.strip(b" \0").translate(None, removed) for part in element.value.split(b"\\"))
        return element._replace(value=b"\\".join(parts))
    values = values_of(element, charset)
    if element.value.isascii():
        return element._replace(value="\\".join(values).encode("ascii"))
    # Beyond ASCII a value may hold a backslash as a second byte, and escape sequences: only its end is looked at.
    return element._replace(value=element.value.rstrip(b" \0"))


def with_old_vrs(elements: Iterable[Element], inherited: str = "") -> tuple[Element, ...]:
    """Gives a data set whose VRs that came after 1993 are written as OB, for peers that know none of them."""
    listed = tuple(elements)
    charset = declared_charset(listed, inherited)
    return tuple(_with_old_vr(element, charset) for element in listed)


def _with_old_vr(element: Element, charset: str) -> Element:
    if isinstance(element.value, tuple):
        return element._replace(value=tuple(with_old_vrs(item, charset) for item in element.value))
    if element.vr not in _NEW_VRS:
        return element
    value = element.value if isinstance(element.value, bytes) else encode(element.value, charset)
    if len(value) & 1:
        value += b"\0" if element.vr == "UN" else b" "
    return element._replace(vr="OB", value=value)


def _strip(vr: str) -> Callable[[str], str]:
    if vr in _LEADING_SPACES_COUNT:
        return lambda text: text.rstrip(" \0")
    return lambda text: text.strip(" \0")
