"""The explanation of the selected row: paragraphs in words, and what can be done."""

from html import escape

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication, QTextOption
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTextBrowser, QVBoxLayout, QWidget

from ui.theme import current
from ui.views.controls.buttons import Button
from ui.views.controls.empty import EmptyState
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
        self.words = Words(self.tr("Explanation of the selected row"))
        self.retry_button = Button(self.tr("Retry"), primary=True, icon_name="refresh")
        self.retry_button.setToolTip(self.tr("Send again all that failed (Ctrl+Shift+R)"))
        self.trace_button = Button(self.tr("Show in trace"))
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
        column.addWidget(self.words, 1)
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
        if explanation == self._shown:
            return
        self._shown = explanation
        self._pages.setCurrentIndex(0 if explanation is None else 1)
        self.words.show_explanation(explanation)
        if explanation is None:
            return
        self.retry_button.setVisible(explanation.can_retry)
        self.trace_button.setVisible(explanation.association is not None)

    def copy(self) -> None:
        """Puts the explanation on the clipboard as text."""
        if self._shown is not None:
            QGuiApplication.clipboard().setText(self._shown.as_text())

    def _ask_trace(self) -> None:
        if self._shown is not None and self._shown.association is not None:
            self.trace_asked.emit(self._shown.association)


class Words(QTextBrowser):
    """Paragraphs under quiet captions; breaks a long UID where the line ends, and lets it be selected."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._shown: Explanation | None = None
        self.setAccessibleName(name)
        self.setOpenLinks(False)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(0)
        self.viewport().setAutoFillBackground(False)
        thin_scroll_bars(self)

    def show_explanation(self, explanation: Explanation | None) -> None:
        """Shows another explanation, from its beginning."""
        self._shown = explanation
        self.setHtml(_html(explanation) if explanation is not None else "")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.show_explanation(self._shown)


def _html(explanation: Explanation) -> str:
    scheme = current()
    quiet, loud = f"color:{scheme.muted}", f"color:{scheme.text}"
    parts = [
        f'<p style="margin:0;{quiet}">{escape(caption)}</p><p style="margin:0 0 6px 0;{loud}">{escape(text)}</p>'
        for caption, text in explanation.paragraphs
    ]
    if explanation.evidence:
        parts.append(f'<p style="margin:4px 0 0 0;{quiet}">{escape(explanation.evidence)}</p>')
    return "".join(parts)
