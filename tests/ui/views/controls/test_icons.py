"""Icons take the colour of their place."""

import pytest
from PySide6.QtGui import QColor, QIcon, QImage

from resources import icon_names
from ui.theme import LIGHT
from ui.views.controls.icons import icon, pixmap


def colours_in(image: QImage) -> set[str]:
    return {
        QColor(image.pixelColor(x, y)).name()
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    }


@pytest.mark.parametrize("name", icon_names())
def test_every_icon_is_drawn_in_one_colour(name: str) -> None:
    image = pixmap(name, "#aa3300", 32).toImage()
    assert colours_in(image) == {"#aa3300"}


def test_high_resolution_has_more_pixels_and_the_same_size() -> None:
    fine = pixmap("send", "#000000", 16, 2.0)
    assert fine.width() == 32
    assert fine.deviceIndependentSize().width() == 16


def test_disabled_icons_are_paler() -> None:
    made = icon("send", LIGHT)
    normal = colours_in(made.pixmap(16, QIcon.Mode.Normal).toImage())
    disabled = colours_in(made.pixmap(16, QIcon.Mode.Disabled).toImage())
    assert normal != disabled
