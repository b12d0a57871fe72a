"""Boxes to tick, alike in forms and in tables."""

from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox

from ui.theme import Colours, current

SIDE: Final = 14
_GAP: Final = 8


def paint_box(painter: QPainter, box: QRect, scheme: Colours, *, is_on: bool, has_focus: bool = False) -> None:
    """Paints a box of `SIDE` pixels, with its tick when it is on."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(scheme.accent if is_on or has_focus else scheme.muted), 2 if has_focus else 1))
    painter.setBrush(QColor(scheme.accent if is_on else scheme.card))
    painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    if is_on:
        painter.setPen(QPen(QColor(scheme.on_accent), 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        corner = QPointF(box.topLeft())
        painter.drawPolyline([corner + QPointF(3.5, 7.3), corner + QPointF(6.1, 9.9), corner + QPointF(10.6, 4.4)])
    painter.restore()


class CheckBox(QCheckBox):
    """A box with its text."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(SIDE + _GAP + metrics.horizontalAdvance(self.text()) + 2, max(SIDE, metrics.height()) + 8)

    def hitButton(self, place: object) -> bool:
        """The text counts as well as the box."""
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        scheme = current()
        painter = QPainter(self)
        box = QRect(1, (self.height() - SIDE) // 2, SIDE, SIDE)
        paint_box(painter, box, scheme, is_on=self.isChecked(), has_focus=self.hasFocus())
        painter.setPen(QColor(scheme.text if self.isEnabled() else scheme.disabled))
        area = self.rect().adjusted(SIDE + _GAP, 0, 0, 0)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self.text())
