"""Style sheets of single controls that follow the palette, and lengths in terms of the font."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from ui.theme import Colours, current

StyleMaker = Callable[[Colours], str]


class StyleFollower(QObject):
    """Keeps one widget's own style sheet in step with its palette.

    A style sheet resolves its colours once; this sets it again whenever the palette changes to the other scheme.
    """

    def __init__(self, widget: QWidget, make: StyleMaker) -> None:
        super().__init__(widget)
        self._widget = widget
        self._make = make
        self._shown = ""
        widget.installEventFilter(self)
        self.apply()

    def apply(self) -> None:
        """Sets the style sheet of the present palette, if it is not set already."""
        text = self._make(current())
        if text != self._shown:
            self._shown = text
            self._widget.setStyleSheet(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange):
            self.apply()
        return False


def follow(widget: QWidget, make: StyleMaker) -> StyleFollower:
    """Gives `widget` the style sheet that `make` returns for its scheme, now and after each change of palette."""
    return StyleFollower(widget, make)


def em(widget: QWidget, count: float = 1.0) -> int:
    """`count` times the height of the widget's font, in pixels: lengths that grow with the font."""
    return round(widget.fontMetrics().height() * count)
