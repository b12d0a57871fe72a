"""What is painted: the colours of a widget's picture."""

from collections import Counter

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget


def colours_of(widget: QWidget) -> Counter[str]:
    """Gives how many pixels of the widget have which colour, as #rrggbb."""
    return colours_in(widget.grab().toImage())


def colours_in(image: QImage) -> Counter[str]:
    """Gives how many opaque pixels of a picture have which colour."""
    colours = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return Counter(colour.name() for colour in colours if colour.alpha() == 255)
