"""Data sets as trees of `Element`, each value as its bytes: for what shows, checks or rewrites what a peer sent.

Numbers are texts, so that they can be written in either byte order; everything else is as it came, padding included.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from workbench.dictionary import tag_vr
from workbench.services.query.attribute_names import one_vr
from workbench.services.query.identifiers import Element, declared_charset, swapped
from workbench.storage.character_sets import decode, encode
from workbench.uids import EXPLICIT_VR_BIG_ENDIAN

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

NUMBERS: Final = frozenset({"AT", "FD", "FL", "SL", "SS", "SV", "UL", "US", "UV"})
BINARY: Final = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
ONE_VALUE: Final = frozenset({"LT", "ST", "UT", "UR"})
"""VRs in whose text a backslash separates nothing (PS3.5 6.2)."""

_LEADING_SPACES_COUNT: Final = frozenset({"LT", "ST", "UC", "UR", "UT"})
_ONLY_ASCII: Final = frozenset({"AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR"})
_BLANK: Final = frozenset({"DA", "TM", "DT", "UI", "DS", "IS", "AS"})  # no space within means anything
_NEW_VRS: Final = frozenset({"OD", "OF", "OL", "OV", "SV", "UC", "UN", "UR", "UT", "UV"})


def read_elements(data: bytes, transfer_syntax_uid: str) -> tuple[Element, ...]:
    """Gives the elements of a data set. Blocks for long ones.

    Raises:
        DataSetError: the structure is broken, or nested too deep.
    """
    from workbench.services.encoding import decode_data_set  # and pydicom with it

    data_set = decode_data_set(data, transfer_syntax_uid)
    return elements_of(data_set, is_big_endian=transfer_syntax_uid == EXPLICIT_VR_BIG_ENDIAN)


def elements_of(data_set: "Dataset", *, is_big_endian: bool = False) -> tuple[Element, ...]:
    """Gives the elements of a data set that pydicom has decoded; group lengths are left out, they say nothing."""
    tags = sorted(int(tag) for tag in data_set.keys())  # noqa: SIM118 - iterating over it decodes
    return tuple(_element(data_set, tag, is_big_endian=is_big_endian) for tag in tags if tag & 0xFFFF)


def _element(data_set: "Dataset", tag: int, *, is_big_endian: bool) -> Element:
    from workbench.storage.element_texts import items_of, texts_of, vr_of

    raw = data_set.get_item(tag, keep_deferred=True)
    assert raw is not None
    known = tag_vr(tag)
    vr = str(raw.VR) if raw.VR else one_vr(known) if known != "UN" else vr_of(data_set, tag)
    if vr == "SQ":
        items = items_of(data_set, tag)
        return Element(tag, vr, tuple(elements_of(item, is_big_endian=is_big_endian) for item in items))
    if vr in NUMBERS:
        return Element(tag, vr, "\\".join(texts_of(data_set, tag)))
    value: object = raw.value
    if isinstance(value, bytes):
        return Element(tag, vr, swapped(value) if vr == "OW" and is_big_endian else value)
    return Element(tag, vr, encode("\\".join(texts_of(data_set, tag)), "ISO_IR 192"))  # what pydicom looks at itself


def text_of(element: Element, charset: str) -> str:
    """Gives the text of an element's value without its padding; empty for bytes and for sequences."""
    if isinstance(element.value, tuple) or element.vr in BINARY:
        return ""
    if isinstance(element.value, str):
        return element.value
    text = decode(element.value, "" if element.vr in _ONLY_ASCII else charset, is_name=element.vr == "PN")
    return text.rstrip(" \0")


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
