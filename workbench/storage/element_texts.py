"""The values of a data set's elements as texts, whatever their VR, read without a warning and without an exception.

An element that pydicom has not decoded yet is decoded here, by `character_sets`; a decoded one is taken as it is.
"""

import struct
from collections.abc import Callable, Iterable
from typing import Final

from pydicom.datadict import dictionary_VR, private_dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from workbench.storage.character_sets import decode

SPECIFIC_CHARACTER_SET: Final = 0x00080005

# PS3.5 6.2: VRs of one value, in which a backslash is text; and of these and the others, those that have a charset.
ONE_VALUE: Final = frozenset({"LT", "ST", "UT", "UR"})
_FOREIGN_TEXT: Final = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})
_TEXT: Final = _FOREIGN_TEXT | {"AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR"}
_NUMBERS: Final = {"US": "H", "SS": "h", "UL": "L", "SL": "l", "UV": "Q", "SV": "q", "FL": "f", "FD": "d"}
_LEADING_SPACES_COUNT: Final = frozenset({"LT", "ST", "UT", "UC", "UR"})


def charset_of(data_set: Dataset, inherited: str = "") -> str:
    r"""Gives Specific Character Set, its values separated by a backslash; without one, that of what holds the item."""
    if SPECIFIC_CHARACTER_SET not in data_set:
        return inherited
    return "\\".join(texts_of(data_set, SPECIFIC_CHARACTER_SET))


def vr_of(data_set: Dataset, tag: int) -> str:
    """Gives the VR of an element; where the encoding does not tell, that of the dictionary, else UN."""
    element: DataElement | RawDataElement | None = data_set.get_item(tag, keep_deferred=True)
    vr = "UN" if element is None else str(element.VR or "UN")
    if vr == "UN":
        vr = _known_vr(data_set, tag)
    return vr.split(" or ")[0]  # "US or SS": the values that are asked for are the same in both


def texts_of(data_set: Dataset, tag: int, charset: str | None = None) -> tuple[str, ...]:
    """Gives the values of an element as texts without padding: none when it is absent, empty or of another kind.

    Args:
        charset: how text is encoded; None takes it from the data set.
    """
    element: DataElement | RawDataElement | None = data_set.get_item(tag, keep_deferred=True)
    if element is None or element.value is None:
        return ()
    vr = vr_of(data_set, tag)
    value = element.value
    if isinstance(element, RawDataElement) and isinstance(value, bytes):
        if vr in _NUMBERS or vr == "AT":
            return _numbers(value, vr, little_endian=element.is_little_endian)
        if vr not in _TEXT:
            return ()
        if charset is None and vr in _FOREIGN_TEXT:
            charset = charset_of(data_set)
        text = decode(value, charset or "", is_name=vr == "PN")
        values: Iterable[object] = (text,) if vr in ONE_VALUE else text.split("\\")
    elif vr == "SQ" or vr not in _TEXT | _NUMBERS.keys() | {"AT"}:
        return ()
    else:
        values = value if isinstance(value, MultiValue | list | tuple) else (value,)
        if vr == "AT":
            return tuple(f"{int(each):08X}" for each in values)
    strip = _strip(vr)
    texts = tuple(strip(str(each)) for each in values)
    return texts if any(texts) else ()


def items_of(data_set: Dataset, tag: int) -> tuple[Dataset, ...]:
    """Gives the items of a sequence, none when it is absent or cannot be read."""
    if tag not in data_set or vr_of(data_set, tag) != "SQ":
        return ()
    try:
        element: DataElement = data_set[tag]
        return tuple(element.value or ())
    except Exception:  # noqa: BLE001 - pydicom raises what its parts raise; such a sequence has no readable item
        return ()


def _strip(vr: str) -> Callable[[str], str]:
    if vr in _LEADING_SPACES_COUNT:
        return lambda text: text.rstrip(" \0")
    return lambda text: text.strip(" \0")


def _numbers(value: bytes, vr: str, *, little_endian: bool) -> tuple[str, ...]:
    order = "<" if little_endian else ">"
    if vr == "AT":
        halves = [each[0] for each in struct.iter_unpack(f"{order}H", value[: len(value) & ~3])]
        return tuple(f"{group:04X}{element:04X}" for group, element in zip(halves[::2], halves[1::2], strict=True))
    size = struct.calcsize(order + _NUMBERS[vr])
    whole = value[: len(value) // size * size]
    return tuple(str(each[0]) for each in struct.iter_unpack(order + _NUMBERS[vr], whole))


def _known_vr(data_set: Dataset, tag: int) -> str:
    try:
        if (tag >> 16) % 2 == 0:
            return dictionary_VR(tag)
        creator = texts_of(data_set, (tag & 0xFFFF0000) | (tag >> 8 & 0xFF)) if tag & 0xFF00 else ("LO",)
        if not tag & 0xFF00:
            return creator[0]
        return private_dictionary_VR(tag, creator[0]) if creator else "UN"
    except KeyError:
        return "UN"
