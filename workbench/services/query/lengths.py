"""The lengths that elements have when they are written in Explicit VR with explicit lengths (PS3.5 7.1.2)."""

from collections.abc import Iterable
from typing import Final

from workbench.services.query.identifiers import Element, encode_as_given
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN

_ITEM_HEADER: Final = 8
_LONG_HEADER: Final = 12
_SHORT_HEADER: Final = 8
_LONG_VRS: Final = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"})


def value_length(element: Element) -> int:
    """Gives the bytes of a value, padding included."""
    if isinstance(element.value, tuple):
        return sum(_ITEM_HEADER + item_length(item) for item in element.value)
    if isinstance(element.value, bytes):
        return len(element.value) + len(element.value) % 2
    header = _LONG_HEADER if element.vr in _LONG_VRS else _SHORT_HEADER
    return len(encode_as_given([element], EXPLICIT_VR_LITTLE_ENDIAN)) - header


def item_length(elements: Iterable[Element]) -> int:
    """Gives the bytes of an item."""
    return sum(
        (_LONG_HEADER if element.vr in _LONG_VRS else _SHORT_HEADER) + value_length(element) for element in elements
    )
