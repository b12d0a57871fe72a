"""What is on the screen: how a test shows a widget, and which colours its picture has."""

from collections import Counter
from typing import Protocol, TypeVar

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

W = TypeVar("W", bound=QWidget)


class Show(Protocol):
    """The fixture `show`: puts a widget on the screen, in a size if one is given, and gives it back."""

    def __call__(self, widget: W, width: int = 0, height: int = 0) -> W: ...


def colours_of(widget: QWidget) -> Counter[str]:
    """Gives how many pixels of the widget have which colour, as #rrggbb."""
    return colours_in(widget.grab().toImage())


def colours_in(image: QImage) -> Counter[str]:
    """Gives how many opaque pixels of a picture have which colour."""
    kept = image.convertToFormat(QImage.Format.Format_ARGB32)  # its bits live as long as it does
    pixels = Counter(memoryview(kept.constBits()).cast("I"))
    return Counter({f"#{pixel & 0xFFFFFF:06x}": count for pixel, count in pixels.items() if pixel >> 24 == 0xFF})
