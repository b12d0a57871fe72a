"""Toasts: short messages at the lower right of the window that go away by themselves."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.theme import MARKS, Tone, current
from ui.views.controls.buttons import Button, IconButton
from ui.views.controls.labels import ToneLabel

STAY_MS = 6000
MOST = 4
WIDTH = 420


class Toast(QWidget):
    """One message: the mark of its tone, the words, perhaps one action. Errors stay until they are closed."""

    def __init__(self, text: str, tone: Tone, parent: QWidget, action: str = "", act: Callable[[], None] | None = None):
        super().__init__(parent)
        self.text = text
        self.tone = tone
        mark = ToneLabel(MARKS[tone], tone)
        mark.setWordWrap(False)
        words = QLabel(text)
        words.setWordWrap(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(words, 1)
        self.action_button: Button | None = None
        if action and act is not None:
            self.action_button = Button(action)
            self.action_button.clicked.connect(act)
            self.action_button.clicked.connect(self.dismiss)
            layout.addWidget(self.action_button)
        self.close_button = IconButton("close", self.tr("Close this message"))
        self.close_button.clicked.connect(self.dismiss)
        layout.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        if tone is not Tone.ERROR:
            self._timer.start(STAY_MS)
        self.setAccessibleName(text)
        # Lines of a wrapped text are only known with the width.
        beside = layout.totalSizeHint().width() - words.sizeHint().width()
        width = min(WIDTH, beside + words.fontMetrics().horizontalAdvance(text) + 4)
        self.setFixedSize(width, max(layout.totalHeightForWidth(width), layout.totalMinimumSize().height()))

    def dismiss(self) -> None:
        """Takes the message away."""
        self._timer.stop()
        self.hide()
        self.deleteLater()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        if self.tone is not Tone.ERROR:
            self._timer.start(STAY_MS)
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        scheme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(scheme.ink(self.tone) if self.tone is not Tone.NEUTRAL else scheme.handle), 1))
        painter.setBrush(QColor(scheme.card))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)


class Toasts(QWidget):
    """The stack of messages over the lower right corner of `host`, the newest at the bottom."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self.history: list[tuple[Tone, str]] = []
        host.installEventFilter(self)
        self.hide()

    def say(self, text: str, tone: Tone = Tone.NOTE, action: str = "", act: Callable[[], None] | None = None) -> Toast:
        """Shows a message; the oldest goes where there are too many, and the same words are not shown twice."""
        for shown in self.shown:
            if shown.text == text:
                shown.dismiss()
        self.history.append((tone, text))
        for old in self.shown[: max(0, len(self.shown) - MOST + 1)]:
            old.dismiss()
        toast = Toast(text, tone, self, action, act)
        toast.destroyed.connect(self._place)
        self._layout.addWidget(toast, 0, Qt.AlignmentFlag.AlignRight)
        self.show()
        # A child added to a visible widget is hidden until told otherwise.
        toast.show()
        self._place()
        return toast

    @property
    def shown(self) -> list[Toast]:
        """The messages now on the screen."""
        return [
            toast
            for toast in self.findChildren(Toast, options=Qt.FindChildOption.FindDirectChildrenOnly)
            if not toast.isHidden()
        ]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        self.setVisible(bool(self.shown))
        self._layout.activate()
        self.resize(self._layout.totalSizeHint())
        self.move(self._host.width() - self.width() - 20, self._host.height() - self.height() - 40)
        self.raise_()
