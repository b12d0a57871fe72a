"""Icons in the colour of their place: one drawing in `resources/icons` serves every state of every theme."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from resources import icon_path
from ui.theme import Colours


def pixmap(name: str, colour: str, size: int, ratio: float = 1.0) -> QPixmap:
    """The icon `name` in one colour, `size` logical pixels wide; cached by Qt."""
    key = f"{name}/{colour}/{size}/{ratio}"
    made = QPixmap()
    if QPixmapCache.find(key, made):
        return made
    made = QPixmap(QSize(size, size) * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(str(icon_path(name))).render(painter, QRectF(0, 0, size, size))
    # The drawing gives the shape, the theme gives the colour.
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(QRectF(0, 0, size, size), QColor(colour))
    painter.end()
    QPixmapCache.insert(key, made)
    return made


def icon(name: str, scheme: Colours, *, ink: str = "", size: int = 16) -> QIcon:
    """The icon `name` for buttons and menus, with its disabled state."""
    made = QIcon()
    for ratio in (1.0, 2.0):
        made.addPixmap(pixmap(name, ink or scheme.text, size, ratio), QIcon.Mode.Normal)
        made.addPixmap(pixmap(name, scheme.disabled, size, ratio), QIcon.Mode.Disabled)
    return made
