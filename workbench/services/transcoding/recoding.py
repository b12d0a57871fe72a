"""Writes a data set anew in another uncompressed transfer syntax, element by element, value for value.

Nothing is decoded: a value keeps its bytes, or has them swapped as its VR says (PS3.5 7.3), so that text, odd numbers
and private elements come out as they went in. Memory is bounded by one chunk, whatever the values are. What changes:

* Sequences and items get undefined lengths, since the lengths of what they hold change (PS3.5 7.5).
* Group lengths, which would be wrong then and are retired (PS3.5 7.2), are left out.
* From Implicit VR the dictionary gives the VR; what it does not know, as private elements, becomes UN, and so does a
  value too long for a VR whose length has 16 bits (PS3.5 6.2.2). A value of UN is never swapped: it stays as it was in
  Implicit VR Little Endian.
* Where the dictionary leaves a choice (PS3.6: "US or SS", "OB or OW"), Pixel Representation decides about the sign, and
  OW is taken for bulk (PS3.5 A.1), which is the same bytes.
"""

import struct
from array import array
from collections import deque
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, Protocol

from workbench import dictionary
from workbench.errors import DataSetError
from workbench.storage.structure import MAXIMUM_NESTING
from workbench.uids import EXPLICIT_VR_BIG_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

PIXEL_REPRESENTATION: Final = 0x00280103
PIXEL_DATA: Final = 0x7FE00010
UNDEFINED: Final = 0xFFFFFFFF

CHUNK: Final = 2**20

_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
LONGEST_SHORT: Final = 0xFFFE  # an even length in 16 bits

# PS3.5 Table 7.1-2; every other VR has the long form.
SHORT_VRS: Final = frozenset(b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split())
# PS3.5 7.3: how many bytes are swapped together. Bytes and texts are not.
UNITS: Final[Mapping[bytes, int]] = {
    **dict.fromkeys(b"AT OW SS US".split(), 2),
    **dict.fromkeys(b"FL OF OL SL UL".split(), 4),
    **dict.fromkeys(b"FD OD OV SV UV".split(), 8),
    **dict.fromkeys(b"AE AS CS DA DS DT IS LO LT OB PN SH ST TM UC UI UN UR UT".split(), 1),
}
_TYPE_CODES = {2: "H", 4: "I", 8: "Q"}
# Those that came after 1993, which a reader of that time does not know: to it they are OB.
NEW_VRS: Final = frozenset(b"OD OF OL OV SV UC UN UR UT UV".split())
_CHOICES: Final[Mapping[str, bytes]] = {"OB or OW": b"OW", "US or OW": b"OW", "US or SS or OW": b"OW", "US or SS": b""}


class Input(Protocol):
    """Where a data set is read from, from its first byte on."""

    def read(self, size: int, /) -> bytes:
        """Gives the next bytes, fewer than asked for only at the end."""


class Output(Protocol):
    """Where it is written to."""

    def write(self, data: bytes, /) -> object:
        """Takes the next bytes."""


class Encoding(NamedTuple):
    """How elements are encoded (PS3.5 7.1, 7.3)."""

    implicit: bool
    big_endian: bool

    @property
    def order(self) -> str:
        """The mark for `struct`."""
        return ">" if self.big_endian else "<"


def dictionary_vr(tag: int, *, is_signed: bool) -> bytes:
    """Gives the VR that the dictionary has for an element; `is_signed` decides between US and SS."""
    vr = dictionary.tag_vr(tag)
    if " " in vr:
        return _CHOICES[vr] or (b"SS" if is_signed else b"US")
    return vr.encode("ascii")


def encoding_of(transfer_syntax_uid: str) -> Encoding:
    """Gives how the elements of a transfer syntax are encoded; every one but two is in Explicit VR Little Endian."""
    return Encoding(transfer_syntax_uid == IMPLICIT_VR_LITTLE_ENDIAN, transfer_syntax_uid == EXPLICIT_VR_BIG_ENDIAN)


class Header(NamedTuple):
    """An element before its value; `offset` is that of its first byte in the data set."""

    tag: int
    vr: bytes
    length: int
    offset: int

    @property
    def place(self) -> str:
        """The element for a sentence."""
        return f"({self.tag >> 16:04X},{self.tag & 0xFFFF:04X}) at byte {self.offset}"


_IMPLICIT = Encoding(True, False)
_FRAGMENTED = (b"OB", b"OW")
Replacement = Callable[["Recoder"], None]
"""Writes what comes in place of a value at the top level, with `Recoder.write_header` and `Recoder.write`."""


class Recoder:
    """Reads one data set and writes it anew.

    Args:
        is_signed: whether Pixel Representation is 1, for elements whose VR is "US or SS" and that come before it.
        replaced: elements of the top level that are written anew: a value, in the byte order of `target`, or what
            writes it; None leaves the element out.
        given: values of elements of the top level that are there afterwards, whether or not they were before.
        old_vrs: write OB for the VRs that were added to the standard after 1993.
        keeps_fragments: pass on compressed pixel data as it is, for both transfer syntaxes are the same.

    Attributes:
        is_signed: whether the last Pixel Representation was 1; that of an item holds in the item.
        tag: the last element of the top level.

    Raises:
        DataSetError: it is broken, or a value cannot be converted; the text names the element and its place.
    """

    def __init__(
        self,
        source: Input,
        target: Output,
        *,
        before: Encoding,
        after: Encoding,
        is_signed: bool = False,
        replaced: Mapping[int, bytes | Replacement | None] | None = None,
        given: Mapping[int, bytes] | None = None,
        old_vrs: bool = False,
        keeps_fragments: bool = False,
    ) -> None:
        self.write = target.write
        self.after = after
        self._read = source.read
        self._before = before
        self.is_signed = is_signed
        self.tag = 0
        self._replaced = replaced or {}
        self._given = deque(sorted((given or {}).items()))
        self._given_tags = frozenset(given or ())
        self._old_vrs = old_vrs
        self._keeps_fragments = keeps_fragments
        self._position = 0

    def run(self) -> None:
        """Reads to the end."""
        while self.step():
            pass

    def step(self) -> bool:
        """Passes on one element of the top level; gives whether there was one."""
        header = self._read_header(self._before, may_end=True)
        while self._given and (header is None or self._given[0][0] <= header.tag):
            tag, value = self._given.popleft()
            self.write_header(tag, self._vr_of(tag), len(value))
            self.write(value)
        if header is None:
            return False
        self.tag = header.tag
        if header.tag in self._given_tags:
            self._pass_over(header)
        elif header.tag in self._replaced:
            self._replace(header, self._replaced[header.tag])
        else:
            self._pass_element(header, self._before, self.after, depth=0)
        return True

    def write_header(self, tag: int, vr: bytes, length: int, after: Encoding | None = None) -> None:
        """Writes what stands before a value."""
        after = after or self.after
        group, element = tag >> 16, tag & 0xFFFF
        if self._old_vrs and vr in NEW_VRS and length != UNDEFINED:  # what has items can be read by its structure
            vr = b"OB"
        if after.implicit or group == 0xFFFE:
            self.write(struct.pack(f"{after.order}HHL", group, element, length))
        elif vr in SHORT_VRS:
            self.write(struct.pack(f"{after.order}HH2sH", group, element, vr, length))
        else:
            self.write(struct.pack(f"{after.order}HH2s2xL", group, element, vr, length))

    # Reading

    def _take(self, size: int) -> bytes:
        data = self._read(size)
        if len(data) != size:
            raise DataSetError(f"the data set ends at byte {self._position + len(data)}, within an element")
        self._position += size
        return data

    def _read_header(self, before: Encoding, *, may_end: bool = False) -> Header | None:
        offset = self._position
        start = self._read(8)
        if not start and may_end:
            return None
        if len(start) != 8:
            raise DataSetError(f"the data set ends at byte {offset + len(start)}, within an element")
        self._position += 8
        group, element = struct.unpack_from(f"{before.order}HH", start)
        tag = group << 16 | element
        if before.implicit or group == 0xFFFE:
            vr = b"" if group == 0xFFFE else self._vr_of(tag)
            return Header(tag, vr, struct.unpack_from(f"{before.order}L", start, 4)[0], offset)
        vr, length = struct.unpack_from(f"{before.order}2sH", start, 4)
        if vr not in SHORT_VRS:
            length = struct.unpack(f"{before.order}L", self._take(4))[0]
        return Header(tag, vr, length, offset)

    def _vr_of(self, tag: int) -> bytes:
        return dictionary_vr(tag, is_signed=self.is_signed)

    # One element

    def _pass_element(self, header: Header, before: Encoding, after: Encoding, *, depth: int) -> None:
        vr, length = header.vr, header.length
        if header.tag >> 16 == 0xFFFE:
            raise DataSetError(f"{header.place} is out of place")
        if length == UNDEFINED and vr in _FRAGMENTED and depth == 0 and self._keeps_fragments:
            self._pass_fragments(header, after)
        elif vr == b"SQ" or length == UNDEFINED:
            self._pass_sequence(header, before, after, depth=depth)
        elif header.tag & 0xFFFF == 0:
            self._skip(length)
        else:
            if not after.implicit and vr in SHORT_VRS and length > LONGEST_SHORT:
                vr = b"UN"
            self.write_header(header.tag, vr, length, after)
            self._pass_value(header._replace(vr=vr), swapped=before.big_endian != after.big_endian)

    def _pass_value(self, header: Header, *, swapped: bool) -> None:
        unit = 1
        if swapped:
            unit = UNITS.get(header.vr, 0)
            if unit == 0 or header.length % unit:
                problem = "is of an unknown kind" if unit == 0 else f"has {header.length} bytes, no multiple of {unit}"
                raise DataSetError(f"{header.place}: a value of {header.vr!r} {problem} and cannot be swapped")
        left = header.length
        while left:
            chunk = self._take(min(left, CHUNK))
            left -= len(chunk)
            if header.tag == PIXEL_REPRESENTATION:
                self.is_signed = chunk in (b"\1\0", b"\0\1")
            self.write(chunk if unit == 1 else swap(chunk, unit))

    def _pass_sequence(self, header: Header, before: Encoding, after: Encoding, *, depth: int) -> None:
        if depth >= MAXIMUM_NESTING:
            raise DataSetError(f"{header.place}: sequences are nested deeper than {MAXIMUM_NESTING}")
        vr = header.vr
        if header.length == UNDEFINED and vr not in (b"SQ", b"UN"):
            raise DataSetError(f"{header.place}: a value in fragments is decoded at the top level only")
        inner_before, inner_after = before, after
        if vr == b"UN" and before.implicit:
            vr = b"SQ"  # of undefined length it can be nothing else
        elif vr == b"UN":
            inner_before = inner_after = _IMPLICIT  # PS3.5 6.2.2: and it stays so
        self.write_header(header.tag, vr, UNDEFINED, after)
        end = None if header.length == UNDEFINED else self._position + header.length
        while end is None or self._position < end:
            item = self._read_header(inner_before)
            assert item is not None
            if end is None and item.tag == _SEQUENCE_END:
                break
            if item.tag != _ITEM:
                raise DataSetError(f"{item.place}: an item is due")
            self._pass_item(item, inner_before, inner_after, depth=depth)
        self._check_end(header, end)
        self.write_header(_SEQUENCE_END, b"", 0, inner_after)

    def _pass_fragments(self, header: Header, after: Encoding) -> None:
        """Passes on compressed pixel data as it is (PS3.5 A.4)."""
        self.write_header(header.tag, header.vr, UNDEFINED, after)
        while True:
            item = self._read_header(after)
            assert item is not None
            if item.tag == _SEQUENCE_END:
                break
            self._check_fragment(item)
            self.write_header(_ITEM, b"", item.length, after)
            self._pass_value(item, swapped=False)
        self.write_header(_SEQUENCE_END, b"", 0, after)

    def _pass_item(self, item: Header, before: Encoding, after: Encoding, *, depth: int) -> None:
        self.write_header(_ITEM, b"", UNDEFINED, after)
        end = None if item.length == UNDEFINED else self._position + item.length
        is_signed = self.is_signed
        while end is None or self._position < end:
            header = self._read_header(before)
            assert header is not None
            if end is None and header.tag == _ITEM_END:
                break
            self._pass_element(header, before, after, depth=depth + 1)
        self.is_signed = is_signed
        self._check_end(item, end)
        self.write_header(_ITEM_END, b"", 0, after)

    def _check_end(self, header: Header, end: int | None) -> None:
        if end is not None and self._position != end:
            raise DataSetError(f"{header.place}: what it holds is longer than itself")

    # What is written anew

    def _replace(self, header: Header, replacement: bytes | Replacement | None) -> None:
        self._pass_over(header)
        if isinstance(replacement, bytes):
            self.write_header(header.tag, header.vr, len(replacement))
            self.write(replacement)
        elif replacement is not None:
            replacement(self)

    def _pass_over(self, header: Header) -> None:
        if header.length != UNDEFINED:
            self._skip(header.length)
            return
        while True:
            item = self._read_header(self._before)
            assert item is not None
            if item.tag == _SEQUENCE_END:
                return
            self._check_fragment(item)
            self._skip(item.length)

    def _check_fragment(self, item: Header) -> None:
        if item.tag != _ITEM or item.length == UNDEFINED:
            raise DataSetError(f"{item.place}: a fragment is due")

    def _skip(self, length: int) -> None:
        while length:
            length -= len(self._take(min(length, CHUNK)))


def swap(chunk: bytes, unit: int) -> bytes:
    """Gives bytes with every `unit` of them, 2, 4 or 8, in reverse order."""
    values = array(_TYPE_CODES[unit])
    assert values.itemsize == unit
    values.frombytes(chunk)
    values.byteswap()
    return values.tobytes()
