"""Walks over the element headers of a data set as it streams by: is it whole, is it what the command says it is.

The walk needs constant memory whatever is sent: values are skipped by their length, a header cut by the end of a buffer
is carried over, and sequences are a stack of bounded depth, not recursion. Values are never decoded. Those that a
caller names are kept, as far as they, and all of them together, are short.

What it leaves open: the order of elements is not tested (it harms nobody), in Implicit VR a sequence of defined length
is skipped like any value unless it is to be kept (only a dictionary would tell that it is one), and a deflated data set
or one of a private transfer syntax is not looked at, so that for it only the UIDs of the command are known.
"""

import struct
import sys
from collections.abc import Mapping
from enum import Enum
from typing import Final, NamedTuple, TypeAlias

from workbench.uids import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
)
from workbench.upper_layer.fields import Buffer

# PS3.4 Table B.2-1: the statuses of a C-STORE that the walk can give reason for.
DATA_SET_MISMATCH: Final = 0xA900
CANNOT_UNDERSTAND: Final = 0xC000

# Deeper sequences are refused: real objects stay below ten, and recursive readers die of deep ones.
MAXIMUM_NESTING: Final = 64

# PS3.5 Table 7.1-1 and 7.1-2: the VRs whose length has 16 bits, and those whose length has 32 after two reserved bytes.
_SHORT_VRS = frozenset(b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split())
_LONG_VRS = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())

# JPIP deflated syntaxes and Deflated itself: the whole data set is one deflate stream (PS3.5 A.5).
DEFLATED: Final = frozenset({DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.205"})
_REGISTERED = IMPLICIT_VR_LITTLE_ENDIAN  # every transfer syntax of PS3.6 that is in use begins like this one

_UNDEFINED, _NO_END = 0xFFFFFFFF, -1
_UID_LIMIT = 66  # 64 characters, and room for padding that should not be there
_WINDOW = 12 + _UID_LIMIT  # the longest header with the longest value that is looked at

_LOOKED_AT = _SOP_CLASS, _SOP_INSTANCE = 0x0016, 0x0018

Wanted: TypeAlias = "Mapping[int, Wanted | None]"
"""The tags of elements to keep: None for a value, for a sequence what to keep of its items."""

Found: TypeAlias = "dict[int, bytes | list[Found]]"
"""What was kept, by tag: the bytes of a value, or the items of a sequence."""

LONGEST_KEPT: Final = 16 * 1024
"""Bytes of a value that is kept; the longest of a VR with a limit are those of LT (PS3.5 Table 6.2-1)."""

_MOST_KEPT: Final = 256 * 1024  # bytes of all values of a data set that are kept
_MOST_ITEMS: Final = 1024  # of all sequences of a data set that are kept


class Problem(NamedTuple):
    """Why a data set is refused: the status of the response and its Error Comment (LO, at most 64 characters)."""

    status: int
    comment: str


class _Kind(Enum):
    ELEMENTS = "data set or item"
    ITEMS = "sequence"
    FRAGMENTS = "encapsulated value"


_ELEMENTS = _Kind.ELEMENTS


class Container(NamedTuple):
    """A data set, an item, a sequence or a value in fragments that the walk is in."""

    kind: _Kind
    end: int  # offset after its last byte, or _NO_END when a delimiter ends it
    limit: int  # what no element in it may pass: its own end, or that of what holds it
    implicit: bool
    wanted: "Wanted | None" = None  # of its elements, or of those of its items
    found: "Found | None" = None
    items: "list[Found] | None" = None


class StructureCheck:
    """Checks one data set while it arrives in any split; each problem is kept, nothing is raised.

    Feed it every buffer, then ask `finish`. After the first problem further bytes are ignored.

    Args:
        transfer_syntax_uid: how the data set is encoded.
        sop_class_uid: what (0008,0016) must be; empty to accept any.
        sop_instance_uid: what (0008,0018) must be; empty to accept any.
        is_instance: whether it is that of an instance, which begins with group 0008 at the latest and may have VRs of a
            later edition; an identifier or an attribute list may begin with any group, and what it asks must be known.
        wanted: elements to keep.

    Attributes:
        nesting: how deep sequences may lie in each other; may be set before the first buffer.
        problem: the first problem found.
        sop_class_uid: the value found, empty before.
        sop_instance_uid: the value found, empty before.
        has_padded_uid: whether one of them was padded with a space, against PS3.5 9.1.
        found: what was kept so far; the UIDs above are not among it.
        is_past_wanted: whether nothing that is wanted can follow.
    """

    def __init__(
        self,
        transfer_syntax_uid: str,
        *,
        sop_class_uid: str = "",
        sop_instance_uid: str = "",
        is_instance: bool = True,
        wanted: "Wanted | None" = None,
    ) -> None:
        self.nesting = MAXIMUM_NESTING
        self.problem: Problem | None = None
        self.sop_class_uid = ""
        self.sop_instance_uid = ""
        self.has_padded_uid = False
        self.found: Found = {}
        self.is_past_wanted = False
        self.is_opaque = transfer_syntax_uid in DEFLATED or not transfer_syntax_uid.startswith(_REGISTERED)
        self._is_instance = is_instance
        self._expected = {_SOP_CLASS: sop_class_uid, _SOP_INSTANCE: sop_instance_uid} if is_instance else {}
        order = ">" if transfer_syntax_uid == EXPLICIT_VR_BIG_ENDIAN else "<"
        self._explicit = struct.Struct(f"{order}HH2sH")
        self._implicit = struct.Struct(f"{order}HHL")
        self._long = struct.Struct(f"{order}L")
        implicit = transfer_syntax_uid == IMPLICIT_VR_LITTLE_ENDIAN
        self._top = Container(_Kind.ELEMENTS, _NO_END, sys.maxsize, implicit, wanted, self.found)
        self._last_wanted = max(wanted, default=0) if wanted is not None else sys.maxsize
        self._window = _WINDOW if wanted is None else 12 + LONGEST_KEPT
        self._room = _MOST_KEPT
        self._items = 0
        self._stack = [self._top]
        self._received = 0
        self._next = 0  # offset of the next header to read
        self._carry = b""  # bytes from _next to _received, when a header was cut there

    def feed(self, data: Buffer) -> None:
        """Walks over the next bytes of the data set; they are not kept."""
        size = len(data)
        start = self._received
        self._received += size
        if self.problem is not None or self.is_opaque or self._next >= self._received:
            return
        view = memoryview(data)
        if self._carry:
            joined = self._carry + bytes(view[: self._window])
            self._walk(memoryview(joined), start - len(self._carry))
            if self._next < start or size <= self._window or self._next >= self._received:
                return
        self._walk(view, start)

    def finish(self) -> Problem | None:
        """Gives what is wrong with the data set that has now ended, or None."""
        if self.problem is not None or self.is_opaque:
            return self.problem
        while self._stack[-1].end == self._next:
            self._stack.pop()
        if self._received == 0:
            return self._refuse("the data set is empty")
        if self._next != self._received:
            return self._refuse(f"the data set ends at byte {self._received}, within an element")
        if len(self._stack) > 1:
            return self._refuse(f"the data set ends within a {self._stack[-1].kind.value}")
        for element, found in ((_SOP_CLASS, self.sop_class_uid), (_SOP_INSTANCE, self.sop_instance_uid)):
            if self._expected.get(element) and not found:
                return self._refuse(f"{_uid_name(element)} missing in the data set", DATA_SET_MISMATCH)
        return None

    def _refuse(self, comment: str, status: int = CANNOT_UNDERSTAND) -> Problem:
        self.problem = Problem(status, comment[:64])
        return self.problem

    def _walk(self, view: memoryview, base: int) -> None:
        """Reads headers from `view`, whose first byte has the offset `base`, until it needs more bytes."""
        size = len(view)
        position = self._next - base
        if self._next == 0 and size >= 8 and self._is_instance:
            self._check_start(view)
        stack = self._stack
        while size - position >= 8 and self.problem is None:
            container = stack[-1]
            if container.end == base + position:
                stack.pop()
                continue
            if container.kind is _ELEMENTS:
                if not container.implicit:
                    position = self._pass_plain(view, position, base, container)
                    if size - position < 8 or container.end == base + position:
                        continue
                step = self._read_element(view, position, base + position, container)
            else:
                step = self._read_item(view, position, base + position, container)
            if step == 0:
                break
            position += step
        self._next = base + position
        self._carry = bytes(view[position:]) if position < size else b""

    def _pass_plain(self, view: memoryview, position: int, base: int, container: Container) -> int:
        """Passes over elements with a short header, which are most of every data set, and keeps those wanted."""
        unpack = self._explicit.unpack_from
        last = len(view) - 8
        stop = container.limit - base
        wanted = container.wanted or ()
        found = container.found
        while position <= last:
            group, element, vr, length = unpack(view, position)
            following: int = position + 8 + length
            if vr not in _SHORT_VRS or following > stop or group == 0xFFFE or (group == 8 and element in _LOOKED_AT):
                break
            if group << 16 | element in wanted and found is not None:
                if following > last + 8:
                    break
                if length <= LONGEST_KEPT and length <= self._room:
                    self._room -= length
                    found[group << 16 | element] = bytes(view[position + 8 : following])
            position = following
            if following == stop:
                break
        return position

    def _check_start(self, view: memoryview) -> None:
        """Tells a data set in another encoding than was agreed by its first element."""
        encoding = guess_encoding(bytes(view[:8]))
        if encoding is None:
            self._refuse("the first 8 bytes are no element of a data set")
        elif encoding != (self._top.implicit, self._explicit.format[0] == ">"):
            self._refuse("the data set is not encoded as its transfer syntax says")

    def _read_element(self, view: memoryview, position: int, offset: int, container: Container) -> int:
        """Reads one element within a data set or an item.

        Returns:
            How many bytes to go on: the header, and the value unless it holds items; 0 when more bytes are needed.
        """
        read = self._read_header(view, position, offset, container)
        if read is None:
            return 0 if self.problem is None else 8
        tag, vr, length, header = read
        if tag >> 16 == 0xFFFE:
            return self._end_item(tag & 0xFFFF, offset, container)
        is_wanted_sequence = container.wanted is not None and container.wanted.get(tag) is not None
        if length == _UNDEFINED or vr == b"SQ" or (is_wanted_sequence and not vr):
            return self._open_value(tag, vr, length, header, offset, container)
        if offset + header + length > container.limit:
            self._refuse(f"{_place(tag, offset)} is longer than what holds it")
            return header + length
        if container is self._top:
            self.is_past_wanted = tag > self._last_wanted
            if tag >> 16 == 0x0008 and tag & 0xFFFF in self._expected:
                return self._read_uid(view, position, tag & 0xFFFF, header, length)
        if container.wanted is not None and tag in container.wanted and length <= LONGEST_KEPT:
            if len(view) - position < header + length:
                return 0
            self._keep(tag, view[position + header : position + header + length], container)
        return header + length

    def _read_header(
        self, view: memoryview, position: int, offset: int, container: Container
    ) -> tuple[int, bytes, int, int] | None:
        """Gives tag, VR (empty in Implicit VR), length and bytes of a header; None for a problem or too few bytes."""
        if container.implicit:
            group, element, length = self._implicit.unpack_from(view, position)
            return group << 16 | element, b"", length, 8
        group, element, vr, length = self._explicit.unpack_from(view, position)
        if vr in _SHORT_VRS or group == 0xFFFE:
            return group << 16 | element, vr, length, 8
        if len(view) - position < 12:
            return None
        # PS3.5 7.1.2: a VR defined in future has the long form, so any two capital letters are one of a kept instance.
        if vr not in _LONG_VRS and not (self._is_instance and vr.isalpha() and vr.isupper()):
            self._refuse(f"{_place(group << 16 | element, offset)} has no {'' if self._is_instance else 'known '}VR")
            return None
        return group << 16 | element, vr, self._long.unpack_from(view, position + 8)[0], 12

    def _keep(self, tag: int, value: memoryview, container: Container) -> None:
        if container.found is not None and len(value) <= min(LONGEST_KEPT, self._room):
            self._room -= len(value)
            container.found[tag] = bytes(value)

    def _read_uid(self, view: memoryview, position: int, element: int, header: int, length: int) -> int:
        if length > _UID_LIMIT:
            self._refuse(f"{_uid_name(element)} has {length} characters", DATA_SET_MISMATCH)
        elif len(view) - position < header + length:
            return 0
        else:
            start = position + header
            written = str(view[start : start + length], "latin-1").rstrip("\0")
            value = written.rstrip("\0 ")
            self.has_padded_uid |= value != written
            if self._expected[element] and value != self._expected[element]:
                self._refuse(f"{_uid_name(element)} differs from the command's", DATA_SET_MISMATCH)
            if element == _SOP_CLASS:
                self.sop_class_uid = value
            else:
                self.sop_instance_uid = value
        return header + length

    def _open_value(self, tag: int, vr: bytes, length: int, header: int, offset: int, container: Container) -> int:
        """Opens a sequence, or a value in fragments (PS3.5 7.5 and A.4)."""
        if len(self._stack) > 2 * self.nesting:
            self._refuse(f"sequences are nested deeper than {self.nesting}")
            return header
        start = offset + header
        end, limit = _bounds(start, length, container)
        if limit > container.limit:
            self._refuse(f"{_place(tag, offset)} is longer than what holds it")
            return header
        kind = _Kind.FRAGMENTS if vr in (b"OB", b"OW") else _Kind.ITEMS
        if kind is _Kind.ITEMS and vr not in (b"SQ", b"UN", b""):
            self._refuse(f"{_place(tag, offset)} has no length")
        wanted = container.wanted.get(tag) if container.wanted is not None else None
        items: list[Found] | None = None
        if wanted is not None and container.found is not None and kind is _Kind.ITEMS:
            container.found[tag] = items = []
        # PS3.5 6.2.2: a UN value of undefined length is encoded in Implicit VR Little Endian.
        self._stack.append(Container(kind, end, limit, container.implicit or vr == b"UN", wanted, None, items))
        return header

    def _end_item(self, element: int, offset: int, container: Container) -> int:
        if element != 0xE00D or container.end != _NO_END or container is self._top:
            self._refuse(f"(FFFE,{element:04X}) at byte {offset} is out of place")
        else:
            self._stack.pop()
        return 8

    def _read_item(self, view: memoryview, position: int, offset: int, container: Container) -> int:
        """Reads the header of an item or a fragment, or the end of what holds them."""
        group, element, length = self._implicit.unpack_from(view, position)
        if group == 0xFFFE and element == 0xE0DD and container.end == _NO_END:
            self._stack.pop()
            return 8
        end, limit = _bounds(offset + 8, length, container)
        fragment = container.kind is _Kind.FRAGMENTS
        if group != 0xFFFE or element != 0xE000 or (fragment and length == _UNDEFINED):
            self._refuse(f"({group:04X},{element:04X}) at byte {offset}: an item is due")
        elif limit > container.limit:
            self._refuse(f"the item at byte {offset} is longer than what holds it")
        elif fragment:
            return int(8 + length)
        else:
            found: Found | None = None
            if container.items is not None and self._items < _MOST_ITEMS:
                self._items += 1
                container.items.append(found := {})
            wanted = container.wanted if found is not None else None
            self._stack.append(Container(_Kind.ELEMENTS, end, limit, container.implicit, wanted, found))
        return 8


def guess_encoding(start: bytes) -> tuple[bool, bool] | None:
    """Tells from the first 8 bytes of a data set whether it is in Implicit VR, and whether in Big Endian.

    A data set holds (0008,0016), so its first group is not above 0008; groups 0000 and 0002 belong to commands and
    to file meta information.

    Returns:
        None when the bytes do not begin a data set, or are fewer.
    """
    for order, big_endian in (("<", False), (">", True)) if len(start) == 8 else ():
        group, element, vr, _ = struct.unpack(f"{order}HH2sH", start)
        if group not in (0x0004, 0x0008):
            continue
        if vr in _SHORT_VRS or vr in _LONG_VRS:
            return False, big_endian
        length = struct.unpack_from(f"{order}L", start, 4)[0]
        # Of the elements that can stand first none but a sequence is long.
        if not big_endian and (length <= 0xFFFF or length == _UNDEFINED) and element <= 0x1200:
            return True, False
    return None


def transfer_syntax_of(encoding: tuple[bool, bool]) -> str:
    """Gives the uncompressed transfer syntax of an encoding (is implicit, is big endian)."""
    implicit, big_endian = encoding
    if implicit:
        return IMPLICIT_VR_LITTLE_ENDIAN
    return EXPLICIT_VR_BIG_ENDIAN if big_endian else EXPLICIT_VR_LITTLE_ENDIAN


def _place(tag: int, offset: int) -> str:
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X}) at byte {offset}"


def _bounds(start: int, length: int, container: Container) -> tuple[int, int]:
    if length == _UNDEFINED:
        return _NO_END, container.limit
    return start + length, start + length


def _uid_name(element: int) -> str:
    return "SOP Class UID (0008,0016)" if element == _SOP_CLASS else "SOP Instance UID (0008,0018)"
