"""Images as a print SCU sends them: gray in 8 or 12 bits, color in 8 bits by plane (PS3.3 C.13.5).

A print SCP has no windows and no modality LUT: what it gets are the values to show. So the SCU applies rescaling and
window here. Only pixel data that is not compressed is taken.
"""

import array
import math
import sys
from dataclasses import dataclass, replace
from typing import Any, Final

from pydicom.dataset import Dataset

from workbench.errors import DataSetError
from workbench.services.printing.attributes import number_of, text_of, texts_of

_ENDS: Final = {8: 255, 12: 4095}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintableImage:
    """One image, ready for an image box.

    Attributes:
        photometric: MONOCHROME1, MONOCHROME2 or RGB.
        bits: 8, or 12 in 16 (least significant byte first).
        pixels: row by row; RGB: the red plane, then the green, then the blue.
        aspect_ratio: Pixel Aspect Ratio (0028,0034), vertical and horizontal; None for square pixels.
    """

    rows: int
    columns: int
    photometric: str
    bits: int
    pixels: bytes
    aspect_ratio: tuple[int, int] | None = None

    @property
    def is_color(self) -> bool:
        """Whether it needs a color image box."""
        return self.photometric == "RGB"

    def in_color(self) -> "PrintableImage":
        """Gives the same image for a color image box."""
        if self.is_color:
            return self
        gray = self.pixels if self.bits == 8 else bytes(value >> 4 for value in _words(self.pixels))
        if self.photometric == "MONOCHROME1":
            gray = gray.translate(bytes(range(255, -1, -1)))
        return replace(self, photometric="RGB", bits=8, pixels=gray * 3)

    def item(self) -> Dataset:
        """Gives the item of Basic Grayscale or Basic Color Image Sequence."""
        item = Dataset()
        item.SamplesPerPixel = 3 if self.is_color else 1
        item.PhotometricInterpretation = self.photometric
        if self.is_color:
            item.PlanarConfiguration = 1
        item.Rows, item.Columns = self.rows, self.columns
        if self.aspect_ratio is not None:
            item.PixelAspectRatio = list(self.aspect_ratio)
        item.BitsAllocated = 8 if self.bits == 8 else 16
        item.BitsStored = self.bits
        item.HighBit = self.bits - 1
        item.PixelRepresentation = 0
        item.PixelData = self.pixels + b"\0" * (len(self.pixels) % 2)
        item["PixelData"].VR = "OB" if self.bits == 8 else "OW"
        return item


def printable(data_set: Dataset, *, frame: int = 1, bits: int = 8) -> PrintableImage:
    """Gives one frame of an image as it will be printed: rescaled and windowed. Blocks for large images.

    Args:
        data_set: a monochrome or RGB image, little endian and not compressed, of 8 or 16 bits allocated.
        frame: number of the frame, from 1.
        bits: 8 or 12, of a monochrome image.

    Raises:
        DataSetError: it is none of these; the message says what it is.
    """
    photometric = text_of(data_set, "PhotometricInterpretation")
    rows, columns = number_of(data_set, "Rows") or 0, number_of(data_set, "Columns") or 0
    samples = number_of(data_set, "SamplesPerPixel") or 1
    allocated = number_of(data_set, "BitsAllocated") or 0
    if photometric not in ("MONOCHROME1", "MONOCHROME2", "RGB") or (samples == 3) != (photometric == "RGB"):
        raise DataSetError(f"Photometric Interpretation {photometric!r} is not one that a printer takes")
    if bits not in _ENDS:
        raise DataSetError(f"{bits} bits are not 8 or 12")
    if allocated not in (8, 16) or (photometric == "RGB" and allocated != 8):
        raise DataSetError(f"Bits Allocated {allocated} cannot be printed")
    data = _frame(data_set, frame, rows * columns * samples * allocated // 8)
    if photometric == "RGB":
        bits, pixels = 8, _by_plane(data_set, data)
    else:
        pixels = _windowed(data_set, data, bits, allocated)
    return PrintableImage(
        rows=rows,
        columns=columns,
        photometric=photometric,
        bits=bits,
        pixels=pixels,
        aspect_ratio=_aspect_ratio(data_set),
    )


def _frame(data_set: Dataset, frame: int, length: int) -> bytes:
    frames = number_of(data_set, "NumberOfFrames") or 1
    if not 1 <= frame <= frames:
        raise DataSetError(f"there is no frame {frame}, but {frames}")
    meta = getattr(data_set, "file_meta", None)
    if meta is not None and "TransferSyntaxUID" in meta and meta.TransferSyntaxUID.is_compressed:
        raise DataSetError(f"the pixel data is compressed ({meta.TransferSyntaxUID.name}): decode it first")
    pixels: Any = data_set.get("PixelData")
    data = bytes(pixels or b"")[(frame - 1) * length : frame * length]
    if not length or len(data) < length:
        raise DataSetError(f"frame {frame} has {len(data)} of {length} bytes of pixel data")
    return data


def _by_plane(data_set: Dataset, data: bytes) -> bytes:
    if number_of(data_set, "PlanarConfiguration") == 1:
        return data
    return data[0::3] + data[1::3] + data[2::3]


def _aspect_ratio(data_set: Dataset) -> tuple[int, int] | None:
    texts = texts_of(data_set, "PixelAspectRatio")
    if len(texts) != 2 or not all(text.isascii() and text.isdigit() for text in texts):
        return None
    vertical, horizontal = int(texts[0]), int(texts[1])
    return None if vertical == horizontal else (vertical, horizontal)


def _windowed(data_set: Dataset, data: bytes, bits: int, allocated: int) -> bytes:
    stored = min(number_of(data_set, "BitsStored") or allocated, allocated)
    is_signed = number_of(data_set, "PixelRepresentation") == 1
    values = _words(data) if allocated == 16 else array.array("B", data)
    table = _table(data_set, values, stored, is_signed=is_signed, end=_ENDS[bits])
    mask = (1 << stored) - 1
    shown = array.array("B" if bits == 8 else "H", (table[value & mask] for value in values))
    if bits != 8 and sys.byteorder == "big":
        shown.byteswap()
    return shown.tobytes()


def _words(data: bytes) -> "array.array[int]":
    words = array.array("H", data)
    if sys.byteorder == "big":
        words.byteswap()
    return words


def _table(data_set: Dataset, values: "array.array[int]", stored: int, *, is_signed: bool, end: int) -> list[int]:
    """Gives what is printed for each stored value (PS3.3 C.11.1, C.11.2.1.2)."""
    slope, intercept = _number(data_set, "RescaleSlope", 1.0), _number(data_set, "RescaleIntercept", 0.0)
    size = 1 << stored
    numbers = [value - size if is_signed and value >= size // 2 else value for value in range(size)]
    center, width = _number(data_set, "WindowCenter", math.nan), _number(data_set, "WindowWidth", math.nan)
    if not width >= 1 or math.isnan(center):
        present = [numbers[value & (size - 1)] * slope + intercept for value in set(values)]
        low, high = min(present), max(present)
        center, width = (low + high) / 2 + 0.5, max(high - low, 1.0) + 1
    span = max(width - 1, 1e-6)
    least = center - 0.5 - span / 2
    return [round(min(max((number * slope + intercept - least) / span, 0.0), 1.0) * end) for number in numbers]


def _number(data_set: Dataset, keyword: str, otherwise: float) -> float:
    texts = texts_of(data_set, keyword)
    try:
        return float(texts[0]) if texts else otherwise
    except ValueError:
        return otherwise
