"""Toasts: short messages at the lower right of the window that go away by themselves."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.theme import MARKS, Tone, current
from ui.views.controls.buttons import Button, IconButton
from ui.views.controls.labels import ToneLabel

STAY_MS = 6000
ERROR_STAY_MS = 12000
MOST = 3
WIDTH = 420
GAP = 8


class Toast(QWidget):
    """One message: the mark of its tone, the words, perhaps one action. Errors stay longer than the others."""

    def __init__(
        self,
        text: str,
        tone: Tone,
        parent: QWidget,
        action: str = "",
        act: Callable[[], None] | None = None,
        *,
        count: int = 1,
    ) -> None:
        super().__init__(parent)
        self.text = text
        self.tone = tone
        self.count = count
        told = text if count == 1 else self.tr("{0} ({1} times)").format(text, count)
        mark = ToneLabel(MARKS[tone], tone)
        mark.setWordWrap(False)
        words = QLabel(told)
        words.setWordWrap(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(GAP)
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
        self._timer.setInterval(ERROR_STAY_MS if tone is Tone.ERROR else STAY_MS)
        self._timer.start()
        self.setAccessibleName(told)
        # Lines of a wrapped text are only known with the width.
        beside = layout.totalSizeHint().width() - words.sizeHint().width()
        width = min(WIDTH, beside + words.fontMetrics().horizontalAdvance(told) + 4)
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
        self._timer.start()
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
        self._kept_clear: QWidget | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GAP)
        self.history: list[tuple[Tone, str]] = []
        host.installEventFilter(self)
        self.hide()

    def keep_clear_of(self, controls: QWidget) -> None:
        """Never covers these controls, wherever they are in the host."""
        self._kept_clear = controls

    def say(self, text: str, tone: Tone = Tone.NOTE, action: str = "", act: Callable[[], None] | None = None) -> Toast:
        """Shows a message; the oldest goes where there are too many, and the same words are counted, not repeated."""
        count = 1
        for shown in self.shown:
            if shown.text == text:
                count += shown.count
                shown.dismiss()
        self.history.append((tone, text))
        for old in self.shown[: max(0, len(self.shown) - MOST + 1)]:
            old.dismiss()
        toast = Toast(text, tone, self, action, act, count=count)
        toast.destroyed.connect(self._place)
        self._layout.addWidget(toast, 0, Qt.AlignmentFlag.AlignRight)
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
        area = self._room()
        # What does not fit beside the controls goes, the oldest first; the newest is always shown.
        while len(self.shown) > 1 and self._fitted().height() > area.height():
            self.shown[0].dismiss()
        self.resize(self._fitted())
        if self.height() > area.height() and self._kept_clear is not None:
            area.moveBottom(self._top_of(self._kept_clear) - GAP)
        self.move(area.right() + 1 - self.width(), area.bottom() + 1 - self.height())
        # Only now: shown elsewhere first, a message would be taken to lie under the mouse.
        self.setVisible(bool(self.shown))
        self.raise_()

    def _fitted(self) -> QSize:
        self._layout.activate()
        return self._layout.totalSizeHint()

    def _room(self) -> QRect:
        """Where messages may lie: at the lower right, below the controls that are kept clear if these are shown."""
        area = self._host.rect().adjusted(20, 20, -20, -40)
        controls = self._kept_clear
        if controls is not None and controls.isVisible():
            area.setTop(self._top_of(controls) + controls.height() + GAP)
        return area

    def _top_of(self, controls: QWidget) -> int:
        return controls.mapTo(self._host, QPoint()).y()
