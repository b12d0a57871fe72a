"""Images that reach an image box: what is taken, and how large they are (PS3.4 H.4.3; PS3.3 C.13.5)."""

from dataclasses import dataclass
from typing import Final

from pydicom.dataset import Dataset

from workbench.dimse.status import INVALID_ATTRIBUTE_VALUE, MISSING_ATTRIBUTE
from workbench.errors import StatusError
from workbench.services.printing.attributes import number_of, text_of, texts_of
from workbench.services.printing.layout import Size

DEMAGNIFIED: Final = 0xB604
CROPPED: Final = 0xB609
DECIMATED: Final = 0xB60A
TOO_LARGE: Final = 0xC603

_INCH: Final = 25.4
# PS3.3 C.13.5: the two gray encodings are 8 of 8 and 12 of 16 bits, color has 8 of 8, by plane.
_GRAYSCALE_BITS: Final = frozenset({(8, 8, 7), (16, 12, 11)})
_COLOR_BITS: Final = frozenset({(8, 8, 7)})
_NUMBERS: Final = (
    "SamplesPerPixel",
    "PlanarConfiguration",
    "Rows",
    "Columns",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedImage:
    """An image of an image box: its Image Pixel attributes and nothing else, and its size in pixels."""

    item: Dataset
    rows: int
    columns: int

    @property
    def length(self) -> int:
        """Bytes of its pixel data."""
        return len(self.item.PixelData)


def read_image(item: Dataset, *, is_color: bool) -> ReceivedImage:
    """Checks the item of Basic Grayscale or Basic Color Image Sequence.

    Raises:
        StatusError: 0106H for what is no image of the kind, 0120H without pixel data.
    """
    expected = (
        ("SamplesPerPixel", ("3",) if is_color else ("1",)),
        ("PhotometricInterpretation", ("RGB",) if is_color else ("MONOCHROME1", "MONOCHROME2")),
        ("PixelRepresentation", ("0",)),
        *((("PlanarConfiguration", ("1",)),) if is_color else ()),
    )
    for keyword, values in expected:
        if (value := text_of(item, keyword)) not in values:
            raise StatusError(INVALID_ATTRIBUTE_VALUE, f"{keyword} {value[:16]!r} is not {' or '.join(values)}")
    bits = tuple(number_of(item, keyword) for keyword in ("BitsAllocated", "BitsStored", "HighBit"))
    if bits not in (_COLOR_BITS if is_color else _GRAYSCALE_BITS):
        told = "/".join(str(number) for number in bits)
        raise StatusError(INVALID_ATTRIBUTE_VALUE, f"bits allocated/stored/high {told} are not 8/8/7 or 16/12/11")
    rows, columns = number_of(item, "Rows") or 0, number_of(item, "Columns") or 0
    if rows < 1 or columns < 1:
        raise StatusError(INVALID_ATTRIBUTE_VALUE, f"{rows} rows of {columns} pixels are no image")
    if "PixelData" not in item:
        raise StatusError(MISSING_ATTRIBUTE, "PixelData is missing", attribute_identifier_list=(0x7FE00010,))
    needed = rows * columns * (3 if is_color else 1) * (bits[0] or 8) // 8
    pixels: object = item.get("PixelData")
    there = len(pixels) if isinstance(pixels, bytes) else 0
    if there not in (needed, needed + needed % 2):
        raise StatusError(INVALID_ATTRIBUTE_VALUE, f"PixelData has {there} bytes, {rows} x {columns} needs {needed}")
    return ReceivedImage(item=_pixels_only(item), rows=rows, columns=columns)


def _pixels_only(item: Dataset) -> Dataset:
    pixels = Dataset()
    pixels.PhotometricInterpretation = text_of(item, "PhotometricInterpretation")
    for keyword in _NUMBERS:
        if (number := number_of(item, keyword)) is not None:
            setattr(pixels, keyword, number)
    ratio = texts_of(item, "PixelAspectRatio")
    if len(ratio) == 2 and all(part.isascii() and part.isdigit() for part in ratio):
        pixels.PixelAspectRatio = list(ratio)
    pixels.PixelData = bytes(item.PixelData)
    return pixels


def fit(image: ReceivedImage, box: Size, attributes: Dataset, dots_per_inch: float) -> int:
    """Gives the status for an image in its box: Success, or how it is made to fit.

    An image is printed pixel for pixel with Magnification Type NONE, in its Requested Image Size when it has one, and
    otherwise made to fill the box; only what would have to shrink is told.

    Raises:
        StatusError: C603H, it does not fit and the SCU wants that to fail.
    """
    requested = text_of(attributes, "RequestedImageSize")
    if requested:
        is_larger = float(requested) > box.width
    else:
        is_larger = image.columns > box.width / _INCH * dots_per_inch or image.rows > box.height / _INCH * dots_per_inch
    if not is_larger:
        return 0
    match text_of(attributes, "RequestedDecimateCropBehavior"):
        case "FAIL":
            comment = f"{image.columns} x {image.rows} pixels do not fit {box.width:.0f} x {box.height:.0f} mm"
            raise StatusError(TOO_LARGE, comment)
        case "CROP":
            return CROPPED
        case "DECIMATE":
            return DECIMATED
    return DEMAGNIFIED
