"""Lays out the elements of a data set anew: lengths of sequences and groups, padding, VRs, byte order.

The values stay what they are: they are copied, or swapped as their VR says (PS3.5 7.3).
"""

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from typing import Final

from workbench.errors import DataSetError
from workbench.services.transcoding.element_tree import PADDING, Element
from workbench.services.transcoding.recoding import (
    CHUNK,
    LONGEST_SHORT,
    NEW_VRS,
    SHORT_VRS,
    UNDEFINED,
    UNITS,
    Encoding,
    swap,
)

_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_MARK: Final = 8  # bytes of an item's header and of a delimiter


class GroupLengths(Enum):
    """What becomes of Group Length elements (gggg,0000), which PS3.5 7.2 has retired."""

    CORRECTED = "corrected"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a data set is laid out.

    Attributes:
        undefined_lengths: sequences and items end by a delimiter, in place of a length (PS3.5 7.5).
        old_vrs: write OB for the VRs that came after 1993.
        file_padding: the whole gets a multiple of so many bytes as its length, by Data Set Trailing Padding; 0 = any.
        item_padding: so do items.
        keeps_padding: leaves padding that is there; else it is taken away first.
    """

    group_lengths: GroupLengths = GroupLengths.CORRECTED
    undefined_lengths: bool = False
    old_vrs: bool = False
    file_padding: int = 0
    item_padding: int = 0
    keeps_padding: bool = False


@dataclass(slots=True)
class _Laid:
    """Elements as they are written: each with its VR, its length, and what it holds; `size` counts all their bytes."""

    entries: "list[_Entry]"
    size: int


@dataclass(slots=True)
class _Entry:
    element: Element
    vr: bytes
    size: int  # of the value, without delimiters
    items: list[_Laid] | None = None


class LayoutWriter:
    """Writes a data set.

    Args:
        write: takes the bytes.
        encoding: how elements are encoded.
        before: how many bytes of the file are there already; they count for the padding.

    Raises:
        DataSetError: a value cannot be written so; the text names the element.
    """

    def __init__(
        self, write: Callable[[bytes], object], encoding: Encoding, layout: Layout, *, before: int = 0
    ) -> None:
        self._write = write
        self._encoding = encoding
        self._layout = layout
        self._before = before

    def run(self, elements: Iterable[Element]) -> None:
        """Writes the elements of the top level."""
        self._put_level(self._lay_out(elements, padding=self._layout.file_padding, before=self._before))

    # How long everything becomes

    def _lay_out(self, elements: Iterable[Element], *, padding: int, before: int = 0) -> _Laid:
        kept = [each for each in elements if each.tag != PADDING or self._layout.keeps_padding]
        entries: list[_Entry] = []
        for group, members in groupby(kept, key=lambda each: each.tag >> 16):
            entries += self._lay_out_group(group, list(members))
        laid = _Laid(entries, sum(map(self._full_size, entries)))
        if padding and (laid.size + before) % padding:
            self._pad(laid, padding, before)
        return laid

    def _lay_out_group(self, group: int, elements: list[Element]) -> list[_Entry]:
        has_length = elements[0].tag & 0xFFFF == 0
        entries = [self._entry(each) for each in elements if each.tag & 0xFFFF != 0]
        match self._layout.group_lengths:
            case GroupLengths.REMOVED:
                return entries
            case GroupLengths.CORRECTED if not has_length:
                return entries
        size = sum(map(self._full_size, entries))
        value = memoryview(struct.pack(f"{self._encoding.order}L", size))
        length = Element(tag=group << 16, vr=b"UL", value=value, big_endian=self._encoding.big_endian)
        return [_Entry(length, b"UL", 4), *entries]

    def _entry(self, element: Element) -> _Entry:
        vr = element.vr
        if element.items is not None:
            items = [self._lay_out(item, padding=self._layout.item_padding) for item in element.items]
            ends = _MARK if self._layout.undefined_lengths else 0
            return _Entry(element, vr, sum(_MARK + each.size + ends for each in items), items)
        if element.fragments is not None:
            return _Entry(element, vr, sum(_MARK + len(each) for each in element.fragments))
        if vr in SHORT_VRS and len(element.value) > LONGEST_SHORT and not self._encoding.implicit:
            vr = b"UN"  # PS3.5 6.2.2
        if self._layout.old_vrs and vr in NEW_VRS:
            vr = b"OB"
        return _Entry(element, vr, len(element.value))

    def _full_size(self, entry: _Entry) -> int:
        return self._header_size(entry.vr) + entry.size + (_MARK if self._has_end(entry) else 0)

    def _header_size(self, vr: bytes) -> int:
        return 8 if self._encoding.implicit or vr in SHORT_VRS else 12

    def _has_end(self, entry: _Entry) -> bool:
        return entry.element.fragments is not None or (entry.items is not None and self._layout.undefined_lengths)

    def _pad(self, laid: _Laid, padding: int, before: int) -> None:
        header = self._header_size(b"OB")
        length = -(laid.size + before + header) % padding
        entry = _Entry(Element(tag=PADDING, vr=b"OB", value=memoryview(bytes(length))), b"OB", length)
        laid.entries.append(entry)
        laid.size += header + length

    # Writing

    def _put_level(self, laid: _Laid) -> None:
        for entry in laid.entries:
            element = entry.element
            self._put_header(element.tag, entry.vr, UNDEFINED if self._has_end(entry) else entry.size)
            if entry.items is not None:
                self._put_items(entry.items)
            elif element.fragments is not None:
                for fragment in element.fragments:
                    self._put_header(_ITEM, b"", len(fragment))
                    self._put_value(fragment, 1)
            else:
                self._put_value(element.value, self._unit(element, entry.vr))
            if self._has_end(entry):
                self._put_header(_SEQUENCE_END, b"", 0)

    def _put_items(self, items: list[_Laid]) -> None:
        undefined = self._layout.undefined_lengths
        for item in items:
            self._put_header(_ITEM, b"", UNDEFINED if undefined else item.size)
            self._put_level(item)
            if undefined:
                self._put_header(_ITEM_END, b"", 0)

    def _put_header(self, tag: int, vr: bytes, length: int) -> None:
        order, group, number = self._encoding.order, tag >> 16, tag & 0xFFFF
        if self._encoding.implicit or group == 0xFFFE:
            self._write(struct.pack(f"{order}HHL", group, number, length))
        elif vr in SHORT_VRS:
            self._write(struct.pack(f"{order}HH2sH", group, number, vr, length))
        else:
            self._write(struct.pack(f"{order}HH2s2xL", group, number, vr, length))

    def _put_value(self, value: memoryview, unit: int) -> None:
        for begin in range(0, len(value), CHUNK):
            chunk = bytes(value[begin : begin + CHUNK])
            self._write(chunk if unit == 1 else swap(chunk, unit))

    def _unit(self, element: Element, vr: bytes) -> int:
        """Gives how many bytes are swapped together; 1 for none."""
        if element.vr == b"UN" or element.big_endian == self._encoding.big_endian:
            return 1
        unit = UNITS.get(element.vr, 0)
        if unit == 0 or len(element.value) % unit:
            place = f"({element.tag >> 16:04X},{element.tag & 0xFFFF:04X})"
            raise DataSetError(f"{place} of {len(element.value)} bytes and VR {vr!r} cannot be swapped")
        return unit
