"""Labels: one line that shortens itself, words in a tone, small captions."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui.theme import Tone, current, scaled


class ElidedLabel(QLabel):
    """One line of text that ends in "…" where it does not fit; the whole text is its tool tip then.

    An explanation, where there is one, is its tool tip always.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._text = ""
        self._tone: Tone | None = None
        self._explanation = ""
        self._shorter = ""
        self.setText(text)

    def text(self) -> str:
        """The whole text."""
        return self._text

    def setText(self, text: str) -> None:
        # Not Qt's own: it would have everything around laid out again, though the text has no say in the width.
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.update()

    def set_shorter(self, text: str) -> None:
        """Gives what is shown instead, where the whole text does not fit."""
        self._shorter = text
        self.update()

    def set_explanation(self, text: str) -> None:
        """Gives the tool tip; empty takes the whole text where that does not fit."""
        self._explanation = text
        self.setToolTip(text)

    def set_tone(self, tone: Tone | None) -> None:
        """Shows the text in the colour of a tone; None is the label's foreground role."""
        if tone is not self._tone:
            self._tone = tone
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._text) + 2, self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        scheme = current()
        painter = QPainter(self)
        own = self.palette().color(self.foregroundRole())
        painter.setPen(QColor(scheme.ink(self._tone)) if self._tone is not None else own)
        metrics, whole = self.fontMetrics(), self._text
        text = self._shorter if self._shorter and metrics.horizontalAdvance(whole) > self.width() else whole
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(self._explanation or (whole if shown != whole else ""))
        painter.drawText(self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), shown)


class ToneLabel(QLabel):
    """Words in the colour of a tone, over several lines where they need them."""

    def __init__(self, text: str = "", tone: Tone = Tone.NEUTRAL, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._tone = tone
        self._recolour()

    @property
    def tone(self) -> Tone:
        """The tone shown."""
        return self._tone

    def set_tone(self, tone: Tone) -> None:
        """Changes the colour of the words."""
        self._tone = tone
        self._recolour()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._recolour()

    def _recolour(self) -> None:
        ink = QColor(current().ink(self._tone))
        if self.palette().color(QPalette.ColorRole.WindowText) != ink:
            changed = QPalette()
            changed.setColor(QPalette.ColorRole.WindowText, ink)
            self.setPalette(changed)


def muted(text: str = "", *, wrap: bool = False) -> QLabel:
    """A label in the quiet colour: captions, units, explanations."""
    label = QLabel(text)
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    label.setWordWrap(wrap)
    return label


def heading(text: str = "", *, factor: float = 1.14) -> QLabel:
    """A label in semi-bold, larger than the text around it."""
    label = QLabel(text)
    label.setFont(scaled(label.font(), factor, QFont.Weight.DemiBold))
    return label
