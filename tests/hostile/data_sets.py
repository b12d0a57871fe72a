"""Data sets that mean harm, as bytes; no library would write them."""

import struct
import zlib

from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN

UNDEFINED = 0xFFFFFFFF
LEVEL = 0x00080052


def element(tag: int, vr: str, value: bytes, syntax: str = IMPLICIT_VR_LITTLE_ENDIAN) -> bytes:
    """Gives an element in Implicit or Explicit VR Little Endian, its value padded."""
    value += (b"\0" if vr in ("UI", "OB", "SQ") else b" ") * (len(value) % 2)
    group, number = tag >> 16, tag & 0xFFFF
    if syntax == IMPLICIT_VR_LITTLE_ENDIAN:
        return struct.pack("<HHL", group, number, len(value)) + value
    if vr in ("SQ", "OB", "UT", "UN"):
        return struct.pack("<HH2sHL", group, number, vr.encode(), 0, len(value)) + value
    return struct.pack("<HH2sH", group, number, vr.encode(), len(value)) + value


def at_level(level: str, *further: bytes, syntax: str = IMPLICIT_VR_LITTLE_ENDIAN) -> bytes:
    """Gives an identifier at a level, with further elements, whose tags must ascend."""
    return element(LEVEL, "CS", level.encode(), syntax) + b"".join(further)


def many(number: int, value: bytes = b"") -> bytes:
    """Gives so many private elements, in Implicit VR."""
    return b"".join(
        struct.pack("<HHL", 0x0021 + place // 60_000 * 2, 0x1000 + place % 60_000, len(value)) + value
        for place in range(number)
    )


def nested(depth: int, *, is_explicit: bool, is_undefined: bool) -> bytes:
    """Gives sequences within sequences, each with one item."""
    inner = b""
    for _ in range(depth):
        length = UNDEFINED if is_undefined else len(inner)
        item = struct.pack("<HHL", 0xFFFE, 0xE000, length) + inner
        item += struct.pack("<HHL", 0xFFFE, 0xE00D, 0) if is_undefined else b""
        length = UNDEFINED if is_undefined else len(item)
        if is_explicit:
            header = struct.pack("<HH2sHL", 0x0040, 0x0100, b"SQ", 0, length)
        else:
            header = struct.pack("<HHL", 0x0040, 0x0100, length)
        inner = header + item + (struct.pack("<HHL", 0xFFFE, 0xE0DD, 0) if is_undefined else b"")
    return inner


def items(number: int) -> bytes:
    """Gives a sequence of so many empty items, in Implicit VR."""
    value = struct.pack("<HHL", 0xFFFE, 0xE000, 0) * number
    return struct.pack("<HHL", 0x0040, 0x0100, len(value)) + value


def deflated(data: bytes) -> bytes:
    """Gives the bytes deflated, as PS3.5 A.5 does it."""
    deflater = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return deflater.compress(data) + deflater.flush()
