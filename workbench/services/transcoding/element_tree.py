"""A data set as a tree of its elements, whose values stay where they are: what is needed to lay it out anew.

Nothing is decoded. An element knows where its value lies in the bytes that were read, be they a file that is mapped
into memory; only sequences are opened (PS3.5 7.5), those of VR UN and undefined length as well (PS3.5 6.2.2).
"""

import struct
from dataclasses import dataclass, field
from typing import Final

from workbench.errors import DataSetError
from workbench.services.transcoding.recoding import PIXEL_REPRESENTATION, SHORT_VRS, UNDEFINED, Encoding, dictionary_vr
from workbench.storage.structure import MAXIMUM_NESTING
from workbench.upper_layer.fields import Buffer

IMPLICIT_LITTLE: Final = Encoding(True, False)
PADDING: Final = 0xFFFCFFFC
"""Data Set Trailing Padding (PS3.10 7.2)."""

_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_MOST = 1_000_000  # elements, items and fragments: each costs memory, however short it is
_LONGEST_TO_OPEN = 2**26  # bytes of a value of UN that is looked into, when it may be a sequence


@dataclass(slots=True, kw_only=True)
class Element:
    """One element.

    Attributes:
        value: where it lies; empty of a sequence.
        items: of a sequence, None of any other element.
        fragments: of compressed pixel data, its items in their order (PS3.5 A.4), None of any other element.
        big_endian: how numbers in the value are encoded; those in a value of UN never are (PS3.5 6.2.2).
    """

    tag: int
    vr: bytes
    value: memoryview
    items: "list[list[Element]] | None" = None
    fragments: list[memoryview] | None = None
    big_endian: bool = False


@dataclass(slots=True)
class _Level:
    """Elements that belong together, and whether Pixel Representation says that their numbers have signs."""

    elements: list[Element] = field(default_factory=list)
    is_signed: bool = False


class TreeReader:
    """Reads one data set.

    Args:
        data: the data set, not deflated.
        encoding: how it is encoded.
        convert_un: give elements of VR UN and defined length the VR of the dictionary, where it has one.

    Raises:
        DataSetError: it is broken; the text names the element and its place.
    """

    def __init__(self, data: Buffer, encoding: Encoding, *, convert_un: bool = False) -> None:
        self._data = memoryview(data)
        self._encoding = encoding
        self._convert_un = convert_un
        self._left = _MOST

    def read(self) -> list[Element]:
        """Gives the elements of the top level."""
        level = _Level(is_signed=self._is_signed())
        position = self._elements(level, 0, len(self._data), self._encoding, 0)
        assert position == len(self._data)
        return level.elements

    def _is_signed(self) -> bool:
        """Whether the first Pixel Representation of the top level is 1, which elements before it may need to know."""
        if not self._encoding.implicit:
            return False
        header = struct.pack("<HHL", PIXEL_REPRESENTATION >> 16, PIXEL_REPRESENTATION & 0xFFFF, 2)
        return header + b"\1\0" in bytes(self._data[: 2**20])

    def _elements(
        self, level: _Level, position: int, end: int, encoding: Encoding, depth: int, *, open_end: bool = False
    ) -> int:
        """Reads elements up to `end`, or with `open_end` up to the end of the item; gives where the next thing is."""
        if depth > MAXIMUM_NESTING:
            raise DataSetError(f"byte {position}: sequences are nested deeper than {MAXIMUM_NESTING}")
        while position < end:
            tag, vr, length, start = self._header(position, end, encoding, level)
            if open_end and tag == _ITEM_END:
                return start
            if tag >> 16 == 0xFFFE:
                raise DataSetError(f"{_place(tag, position)} is out of place")
            if length == UNDEFINED and vr not in (b"SQ", b"UN", b"OB", b"OW"):
                raise DataSetError(f"{_place(tag, position)} has no length")
            if length != UNDEFINED and start + length > end:
                raise DataSetError(f"{_place(tag, position)} is longer than what holds it")
            position = self._element(level, tag, vr, length, start, end, encoding, depth)
        if open_end:
            raise DataSetError("the data set ends within an item")
        return position

    def _element(
        self, level: _Level, tag: int, vr: bytes, length: int, start: int, end: int, encoding: Encoding, depth: int
    ) -> int:
        value = self._data[start:start] if length == UNDEFINED else self._data[start : start + length]
        element = Element(tag=tag, vr=vr, value=value, big_endian=encoding.big_endian)
        level.elements.append(element)
        if vr == b"UN" and not encoding.implicit and length != UNDEFINED:
            element.big_endian = False
            self._open_un(element, level, start, depth)
        elif length == UNDEFINED and vr in (b"OB", b"OW"):
            element.fragments = []
            return self._fragments(element.fragments, start, end, encoding)
        elif vr == b"SQ" or length == UNDEFINED:
            inner = IMPLICIT_LITTLE if vr == b"UN" else encoding
            return self._open(
                element, level, start, end if length == UNDEFINED else start + length, inner, length, depth
            )
        elif tag == PIXEL_REPRESENTATION:
            level.is_signed = bytes(value) in (b"\1\0", b"\0\1")
        return start + length

    def _open(
        self, element: Element, level: _Level, start: int, end: int, encoding: Encoding, length: int, depth: int
    ) -> int:
        element.vr, element.value = b"SQ", self._data[start:start]
        element.items = []
        return self._items(element.items, level, start, end, encoding, depth, open_end=length == UNDEFINED)

    def _open_un(self, element: Element, level: _Level, start: int, depth: int) -> None:
        """Gives an element of VR UN the VR that the dictionary has, when that is wanted."""
        vr = dictionary_vr(element.tag, is_signed=level.is_signed) if self._convert_un else b"UN"
        if vr == b"SQ" and len(element.value) <= _LONGEST_TO_OPEN:
            end = start + len(element.value)
            self._open(element, level, start, end, IMPLICIT_LITTLE, len(element.value), depth)
        elif vr != b"SQ":
            element.vr = vr

    def _items(
        self,
        items: list[list[Element]],
        level: _Level,
        position: int,
        end: int,
        encoding: Encoding,
        depth: int,
        *,
        open_end: bool,
    ) -> int:
        while position < end or open_end:
            tag, _, length, start = self._header(position, end, encoding, level)
            if open_end and tag == _SEQUENCE_END:
                return start
            if tag != _ITEM:
                raise DataSetError(f"{_place(tag, position)}: an item is due")
            item = _Level(is_signed=level.is_signed)
            items.append(item.elements)
            if length != UNDEFINED and start + length > end:
                raise DataSetError(f"the item at byte {position} is longer than what holds it")
            item_end = end if length == UNDEFINED else start + length
            position = self._elements(item, start, item_end, encoding, depth + 1, open_end=length == UNDEFINED)
        return position

    def _fragments(self, fragments: list[memoryview], position: int, end: int, encoding: Encoding) -> int:
        while True:
            tag, _, length, start = self._header(position, end, encoding, _Level())
            if tag == _SEQUENCE_END:
                return start
            if tag != _ITEM or length == UNDEFINED or start + length > end:
                raise DataSetError(f"{_place(tag, position)}: a fragment is due")
            fragments.append(self._data[start : start + length])
            position = start + length

    def _header(self, position: int, end: int, encoding: Encoding, level: _Level) -> tuple[int, bytes, int, int]:
        """Gives tag, VR, length, and where the value begins."""
        self._left -= 1
        if self._left < 0:
            raise DataSetError(f"the data set has more than {_MOST} elements and items")
        order = encoding.order
        if end - position < 8:
            raise DataSetError(f"the data set ends at byte {end}, within an element")
        group, number = struct.unpack_from(f"{order}HH", self._data, position)
        tag = group << 16 | number
        if group == 0xFFFE:
            return tag, b"", struct.unpack_from(f"{order}L", self._data, position + 4)[0], position + 8
        if encoding.implicit:
            vr = dictionary_vr(tag, is_signed=level.is_signed)
            return (
                tag,
                b"UL" if number == 0 else vr,
                struct.unpack_from("<L", self._data, position + 4)[0],
                position + 8,
            )
        vr, length = struct.unpack_from(f"{order}2sH", self._data, position + 4)
        if vr in SHORT_VRS:
            return tag, vr, length, position + 8
        if end - position < 12:
            raise DataSetError(f"the data set ends at byte {end}, within an element")
        return tag, vr, struct.unpack_from(f"{order}L", self._data, position + 8)[0], position + 12


def _place(tag: int, offset: int) -> str:
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X}) at byte {offset}"
