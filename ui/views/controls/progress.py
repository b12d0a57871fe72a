"""A thin line that fills as a job goes on."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import Tone, current


class ProgressLine(QWidget):
    """Shows parts of a whole: what went well, what carried a warning, what failed; the rest is track."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: tuple[float, float, float] = (0.0, 0.0, 0.0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    def show_parts(self, good: float, warned: float = 0.0, failed: float = 0.0) -> None:
        """Shows fractions of the whole, 0 to 1 each."""
        if (good, warned, failed) != self._parts:
            self._parts = (good, warned, failed)
            self.setAccessibleDescription(f"{sum(self._parts):.0%}")
            self.update()

    @property
    def fraction(self) -> float:
        """How much of the whole is done, 0 to 1."""
        return min(sum(self._parts), 1.0)

    def sizeHint(self) -> QSize:
        return QSize(120, 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        scheme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(self.rect())
        painter.setBrush(QColor(scheme.line))
        painter.drawRoundedRect(whole, 4, 4)
        right = whole.width() * self.fraction
        # Painted from the longest to the shortest, so that only the outer ends are round.
        for colour, part in (
            (scheme.ink(Tone.ERROR), self._parts[2]),
            (scheme.ink(Tone.WARNING), self._parts[1]),
            (scheme.accent, self._parts[0]),
        ):
            if part > 0:
                painter.setBrush(QColor(colour))
                painter.drawRoundedRect(QRectF(0, 0, max(right, 8.0), whole.height()), 4, 4)
            right -= whole.width() * part
