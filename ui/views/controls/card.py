"""Cards: rounded panels with a title, which everything in the window lies on."""

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.theme import current, scaled
from ui.views.controls.labels import ElidedLabel

RADIUS = 8.0
PADDING = 12


class Card(QFrame):
    """A rounded panel: a header line with the title at the left and small controls at the right, then the body.

    Add header controls with `header.addWidget`, contents with `body.addWidget`.
    """

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.title = QLabel(title)
        self.note = ElidedLabel()
        self.note.setForegroundRole(self.note.foregroundRole().PlaceholderText)
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.header = QHBoxLayout()
        self.header.setSpacing(8)
        self.header.addWidget(self.title)
        self.header.addWidget(self.note, 1)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(PADDING, PADDING - 2, PADDING, PADDING)
        layout.setSpacing(8)
        layout.addLayout(self.header)
        layout.addLayout(self.body, 1)
        self._show_header(bool(title))
        self._size_title()
        if title:
            self.setAccessibleName(title)

    def set_title(self, text: str) -> None:
        """Shows another title; the card is announced by it."""
        self.title.setText(text)
        self._show_header(bool(text))
        self.setAccessibleName(text)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self._size_title()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        scheme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(scheme.line), 1))
        painter.setBrush(QColor(scheme.card))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)

    def _show_header(self, is_on: bool) -> None:
        self.title.setVisible(is_on)
        self.note.setVisible(is_on)

    def _size_title(self) -> None:
        self.title.setFont(scaled(self.font(), 1.14, QFont.Weight.DemiBold))
