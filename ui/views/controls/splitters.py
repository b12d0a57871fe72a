"""Splitters whose handle is plain ground until the mouse is over it."""

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

from ui.theme import current


class Handle(QSplitterHandle):
    """The part between two panes; a short line shows that it can be dragged."""

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.underMouse():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(current().accent))
        grip = QRectF(0, 0, 3, 36) if self.orientation() == Qt.Orientation.Horizontal else QRectF(0, 0, 36, 3)
        grip.moveCenter(QRectF(self.rect()).center())
        painter.drawRoundedRect(grip, 1.5, 1.5)


class Splitter(QSplitter):
    """Panes beside or above one another; none can be made to vanish. Its name is what its sizes are kept under."""

    def __init__(self, orientation: Qt.Orientation, name: str, *panes: QWidget, gap: int = 10) -> None:
        super().__init__(orientation)
        self.setObjectName(name)
        self.setHandleWidth(gap)
        for pane in panes:
            self.addWidget(pane)
        self.setChildrenCollapsible(False)

    def createHandle(self) -> QSplitterHandle:
        return Handle(self.orientation(), self)
