"""What a panel shows while it has nothing to show: one sentence and the one thing to do about it."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.theme import current
from ui.views.controls.buttons import Button
from ui.views.controls.icons import pixmap
from ui.views.controls.labels import heading, muted


class EmptyState(QWidget):
    """An icon (none where it is narrow), a sentence, at most three actions.

    Signals:
        acted: the main button was clicked.
        second_acted, third_acted: one of the others was clicked; they stand side by side.
    """

    acted = Signal()
    second_acted = Signal()
    third_acted = Signal()

    def __init__(
        self, icon_name: str, title: str, sentence: str, action: str = "", second: str = "", third: str = ""
    ) -> None:
        super().__init__()
        self._icon_name = icon_name
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title = heading(title)
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence = muted(sentence, wrap=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.sentence.setMaximumWidth(460)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self.sentence, 100)
        line.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(6)
        layout.addStretch(1)
        layout.addWidget(self._picture)
        layout.addWidget(self.title)
        layout.addLayout(line)
        layout.addSpacing(4)
        self.button = Button(action, primary=True)
        self.second = Button(second)
        self.third = Button(third)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        others = QHBoxLayout()
        others.addStretch(1)
        others.addWidget(self.second)
        others.addWidget(self.third)
        others.addStretch(1)
        layout.addLayout(others)
        for button, text, signal in (
            (self.button, action, self.acted),
            (self.second, second, self.second_acted),
            (self.third, third, self.third_acted),
        ):
            button.setVisible(bool(text))
            button.clicked.connect(signal)
        layout.addStretch(2)
        self._picture.setVisible(bool(icon_name))
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        if self._icon_name:
            self._picture.setPixmap(pixmap(self._icon_name, current().muted, 32, self.devicePixelRatioF()))
