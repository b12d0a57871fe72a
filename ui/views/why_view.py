"""The explanation of the selected row: paragraphs in words, and what can be done."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from ui.views.controls.buttons import Button
from ui.views.controls.empty import EmptyState
from ui.views.controls.labels import muted
from ui.views.controls.scrolling import thin_scroll_bars
from ui.views.explain import Explanation


class WhyView(QWidget):
    """Shows one explanation.

    Signals:
        retry_asked: send again what failed.
        trace_asked: show this association's rows in the trace.
    """

    retry_asked = Signal()
    trace_asked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._shown: Explanation | None = None
        self.paragraphs = QWidget()
        self._column = QVBoxLayout(self.paragraphs)
        self._column.setContentsMargins(0, 0, 6, 0)
        self._column.setSpacing(1)
        scroller = QScrollArea()
        scroller.setWidget(self.paragraphs)
        scroller.setWidgetResizable(True)
        scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroller.viewport().setAutoFillBackground(False)
        self.paragraphs.setAutoFillBackground(False)
        thin_scroll_bars(scroller)
        self.retry_button = Button(self.tr("Retry failed"), primary=True, icon_name="refresh")
        self.trace_button = Button(self.tr("In the trace"))
        self.trace_button.setToolTip(self.tr("Show only this association in the trace"))
        self.copy_button = Button(self.tr("Copy"))
        self.retry_button.clicked.connect(self.retry_asked)
        self.trace_button.clicked.connect(self._ask_trace)
        self.copy_button.clicked.connect(self.copy)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.retry_button, self.trace_button, self.copy_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(scroller, 1)
        column.addLayout(buttons)
        self.empty = EmptyState(
            "search", self.tr("Nothing selected"), self.tr("Select an object, a node or a row of the trace.")
        )
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)

    @property
    def shown(self) -> Explanation | None:
        """The explanation shown."""
        return self._shown

    def show_explanation(self, explanation: Explanation | None) -> None:
        """Shows another explanation; None says that nothing is selected."""
        if explanation == self._shown and explanation is not None:
            return
        self._shown = explanation
        self._pages.setCurrentIndex(0 if explanation is None else 1)
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if explanation is None:
            return
        for caption, text in explanation.paragraphs:
            self._column.addWidget(muted(caption))
            self._column.addWidget(_words(text))
            self._column.addSpacing(6)
        if explanation.evidence:
            self._column.addWidget(muted(explanation.evidence, wrap=True))
        self._column.addStretch(1)
        self.retry_button.setVisible(explanation.can_retry)
        self.trace_button.setVisible(explanation.association is not None)

    def copy(self) -> None:
        """Puts the explanation on the clipboard as text."""
        if self._shown is not None:
            QGuiApplication.clipboard().setText(self._shown.as_text())

    def _ask_trace(self) -> None:
        if self._shown is not None and self._shown.association is not None:
            self.trace_asked.emit(self._shown.association)


def _words(text: str) -> QLabel:
    # A UID has no place to break a line at, but at its dots.
    label = QLabel(text.replace(".", ".\u200b") if " " not in text else text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
