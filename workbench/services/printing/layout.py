"""Image Display Format (2010,0010): how many image boxes a film has, in which order, and how large (PS3.3 C.13.3).

Image boxes are numbered by row from the top left, but for COL, which is numbered by column.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from workbench.dimse.status import INVALID_ATTRIBUTE_VALUE
from workbench.errors import StatusError

MOST_BOXES: Final = 400
"""Image boxes that a film may have; more is taken for a mistake."""

_SLIDE_MOUNT: Final = 50.0  # millimetres: the frame of a 35 mm slide, and of a super slide, is 2 inches square
_INCH: Final = 25.4
_MEASURES = re.compile(r"(\d+(?:_\d+)?)(IN|CM)X(\d+(?:_\d+)?)(IN|CM)")
_SHEETS: Final[Mapping[str, tuple[float, float]]] = MappingProxyType({"A4": (210.0, 297.0), "A3": (297.0, 420.0)})


class Size(NamedTuple):
    """Width and height in millimetres."""

    width: float
    height: float


def film_size(film_size_id: str, orientation: str = "PORTRAIT") -> Size:
    """Gives the size of a film by its Film Size ID (2010,0050), such as 8_5INX11IN, 24CMX30CM or A4.

    Raises:
        StatusError: 0106H, it is no size.
    """
    sheet = _SHEETS.get(film_size_id)
    if sheet is None:
        found = _MEASURES.fullmatch(film_size_id)
        if found is None:
            raise StatusError(INVALID_ATTRIBUTE_VALUE, f"Film Size ID {film_size_id!r} is no size")
        sheet = (_millimetres(found[1], found[2]), _millimetres(found[3], found[4]))
    short, long = sorted(sheet)
    return Size(long, short) if orientation == "LANDSCAPE" else Size(short, long)


def image_boxes(display_format: str, film: Size) -> tuple[Size, ...]:
    r"""Gives the sizes of the image boxes in the order of their Image Position.

    Args:
        display_format: STANDARD\C,R or ROW\R1,R2 or COL\C1,C2 or SLIDE or SUPERSLIDE. The standard leaves the number
            of slides to the printer: here, as many frames of 50 mm as the film has room for. CUSTOM\i is not known.

    Raises:
        StatusError: 0106H, it is none of these, or has no or too many boxes.
    """
    kind, _, numbers = display_format.strip().partition("\\")
    boxes = _boxes(kind, numbers, film)
    if not boxes or len(boxes) > MOST_BOXES:
        told = display_format[:24].replace("\\", " ")  # an Error Comment is LO: it has no backslash
        raise StatusError(INVALID_ATTRIBUTE_VALUE, f"Image Display Format {told!r} is not offered")
    return tuple(boxes)


def _boxes(kind: str, numbers: str, film: Size) -> list[Size]:
    counts = [int(number) for number in numbers.split(",") if number.isascii() and number.isdigit() and len(number) < 4]
    if len(counts) != (numbers.count(",") + 1 if numbers else 0) or 0 in counts or sum(counts) > MOST_BOXES:
        return []
    match kind:
        case "STANDARD" if len(counts) == 2 and counts[0] * counts[1] <= MOST_BOXES:
            columns, rows = counts
            return [Size(film.width / columns, film.height / rows)] * (columns * rows)
        case "ROW":
            return [Size(film.width / count, film.height / len(counts)) for count in counts for _ in range(count)]
        case "COL":
            return [Size(film.width / len(counts), film.height / count) for count in counts for _ in range(count)]
        case "SLIDE" | "SUPERSLIDE" if not counts:
            return [Size(_SLIDE_MOUNT, _SLIDE_MOUNT)] * (
                int(film.width // _SLIDE_MOUNT) * int(film.height // _SLIDE_MOUNT)
            )
    return []


def _millimetres(number: str, unit: str) -> float:
    return float(number.replace("_", ".")) * (_INCH if unit == "IN" else 10)
