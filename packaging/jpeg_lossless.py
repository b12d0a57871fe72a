"""A small JPEG Lossless encoder, Process 14 Selection Value 1 (ITU-T T.81 Annex H), for the sample instances.

No Python package at hand writes this syntax, the commonest lossless one in practice. One component, up to 16 bits.
"""

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

# Difference category 0 to 16 -> length of its code. Small differences are the common ones in an image.
_CODE_LENGTHS = dict(enumerate((3, 3, 3, 3, 3, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)))


def encode(image: NDArray[np.uint16], *, precision: int) -> bytes:
    """Gives the JPEG stream of a monochrome image with `precision` significant bits.

    Each pixel is predicted by its left neighbour, the first of a row by the one above, the very first by half the
    range (T.81 H.1.2.1).
    """
    rows, columns = image.shape
    pixels = image.astype(np.int64)
    predicted = np.empty_like(pixels)
    predicted[:, 1:] = pixels[:, :-1]
    predicted[1:, 0] = pixels[:-1, 0]
    predicted[0, 0] = 1 << (precision - 1)
    differences = ((pixels - predicted + 0x7FFF) & 0xFFFF) - 0x7FFF  # modulo 65536, H.1.2.1
    frame = struct.pack(">BHHB3B", precision, rows, columns, 1, 1, 0x11, 0)
    scan = struct.pack(">B2B3B", 1, 1, 0, 1, 0, 0)  # selection value 1, no point transform
    return b"".join(
        [
            b"\xff\xd8",
            _segment(0xC3, frame),
            _segment(0xC4, _huffman_table()),
            _segment(0xDA, scan),
            _entropy_coded(differences.ravel().tolist()),
            b"\xff\xd9",
        ]
    )


def _segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def _huffman_table() -> bytes:
    """Gives the table specification: how many codes of each length, then the categories in the order of the codes."""
    counts = [list(_CODE_LENGTHS.values()).count(length) for length in range(1, 17)]
    return bytes([0, *counts, *_CODE_LENGTHS])


def _codes() -> Iterator[tuple[int, int]]:
    """Gives (code, length) for each category, as T.81 Annex C generates them."""
    code, previous = 0, next(iter(_CODE_LENGTHS.values()))
    for length in _CODE_LENGTHS.values():
        code <<= length - previous
        yield code, length
        code, previous = code + 1, length


def _entropy_coded(differences: list[int]) -> bytes:
    codes = list(_codes())
    out = bytearray()
    pending, held = 0, 0
    for difference in differences:
        category = abs(difference).bit_length()
        code, length = codes[category]
        # A negative difference is sent as the low bits of one less (T.81 F.1.2.1). Category 16 has no such bits.
        extra = category if category < 16 else 0
        bits = (difference if difference >= 0 else difference - 1) & ((1 << extra) - 1)
        pending = (pending << (length + extra)) | (code << extra) | bits
        held += length + extra
        while held >= 8:
            held -= 8
            byte = pending >> held
            pending &= (1 << held) - 1
            out.append(byte)
            if byte == 0xFF:
                out.append(0)  # stuffing: no marker inside the data
    if held:
        out.append((pending << (8 - held)) | ((1 << (8 - held)) - 1))
        if out[-1] == 0xFF:
            out.append(0)
    return bytes(out)
