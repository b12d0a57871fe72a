"""Style sheets of single controls that follow the theme, and lengths in terms of the font."""

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from ui.theme import Colours, current

StyleMaker = Callable[[Colours], str]


class StyleFollower(QObject):
    """Keeps one widget's own style sheet in step with the application's palette.

    A style sheet resolves its colours once, and a widget that has one hears of no change of palette; hence the signal.
    """

    def __init__(self, widget: QWidget, make: StyleMaker, then: Callable[[], None] | None = None) -> None:
        super().__init__(widget)
        self._widget = widget
        self._make = make
        self._then = then
        self._shown = ""
        cast("QGuiApplication", QGuiApplication.instance()).paletteChanged.connect(self.apply)
        self.apply()

    def apply(self) -> None:
        """Sets the style sheet of the present theme, if it is not set already."""
        text = self._make(current())
        if text != self._shown:
            self._shown = text
            self._widget.setStyleSheet(text)
            if self._then is not None:
                self._then()


def follow(widget: QWidget, make: StyleMaker, then: Callable[[], None] | None = None) -> StyleFollower:
    """Gives `widget` the style sheet that `make` returns for the theme, now and after each change of theme.

    Args:
        then: is called after each change, the first included: for icons.
    """
    return StyleFollower(widget, make, then)


def em(widget: QWidget, count: float = 1.0) -> int:
    """`count` times the height of the widget's font, in pixels: lengths that grow with the font."""
    return round(widget.fontMetrics().height() * count)
