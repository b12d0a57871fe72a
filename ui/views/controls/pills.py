"""Pills: a state in a rounded badge, and chips that choose what a table shows."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from ui.theme import MARKS, Tone, current, scaled
from ui.views.controls.focus import QuietButton


class Pill(QWidget):
    """A badge: the mark of its tone and a few words."""

    def __init__(self, text: str = "", tone: Tone = Tone.NEUTRAL, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self._tone = tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def show_state(self, text: str, tone: Tone) -> None:
        """Shows another state."""
        if (text, tone) != (self._text, self._tone):
            self._text, self._tone = text, tone
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()

    def text(self) -> str:
        """The words shown, without the mark."""
        return self._text

    def sizeHint(self) -> QSize:
        return _pill_size(self, self._caption())

    def paintEvent(self, event: QPaintEvent) -> None:
        badge = current().badges[self._tone]
        _paint_pill(self, self._caption(), badge.ink, badge.ground, border=None)

    def _caption(self) -> str:
        return self._text if self._tone is Tone.NEUTRAL else f"{MARKS[self._tone]} {self._text}"


class Chip(QuietButton):
    """A pill that can be chosen; quiet until it is, and with a count."""

    def __init__(self, text: str, tone: Tone = Tone.NOTE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = text
        self._tone = tone
        self._count: int | None = None
        self.setCheckable(True)
        self.setText(text)
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_count(self, count: int) -> None:
        """Shows how many rows the chip stands for."""
        if count != self._count:
            self._count = count
            self.setText(f"{self._name} {count:,}")
            self.setAccessibleName(self.text())
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return _pill_size(self, self.text())

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        scheme = current()
        lively = self.isChecked() or (bool(self._count) and self._tone in (Tone.ERROR, Tone.WARNING))
        badge = scheme.badges[self._tone if lively else Tone.NEUTRAL]
        border = scheme.text if self.is_key_focused else badge.ink if self.isChecked() else None
        if border is None and self.underMouse():
            border = scheme.handle
        _paint_pill(self, self.text(), badge.ink, badge.ground, border=border)


class ChipRow(QWidget):
    """Chips of which one is chosen.

    Signals:
        chosen: the key of the chip that was clicked.
    """

    chosen = Signal(str)

    def __init__(self, chips: list[tuple[str, str, Tone]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self.chips: dict[str, Chip] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for key, text, tone in chips:
            chip = Chip(text, tone)
            chip.clicked.connect(lambda _checked=False, key=key: self.chosen.emit(key))
            self._group.addButton(chip)
            self.chips[key] = chip
            layout.addWidget(chip)
        layout.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        next(iter(self.chips.values())).setChecked(True)

    def choose(self, key: str) -> None:
        """Chooses a chip as a click does."""
        self.chips[key].click()


def _pill_font(widget: QWidget) -> QFont:
    return scaled(widget.font(), 0.92, QFont.Weight.DemiBold)


def _pill_size(widget: QWidget, text: str) -> QSize:
    metrics = QFontMetrics(_pill_font(widget))
    return QSize(metrics.horizontalAdvance(text) + 22, metrics.height() + 5)


def _paint_pill(widget: QWidget, text: str, ink: str, ground: str, *, border: str | None) -> None:
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(widget.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.setPen(QPen(QColor(border), 1) if border else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground))
    painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)
    painter.setFont(_pill_font(widget))
    painter.setPen(QColor(ink))
    painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), text)
