"""The line at the foot of the window: what is recorded, what is open, what runs."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from ui.models import words
from ui.session import Session
from ui.views.controls.labels import muted

_REFRESH_MS = 250


class StatusFacts(QWidget):
    """Facts of the session, gathered at most four times a second."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.recording = muted()
        self.associations = muted()
        self.listening = muted()
        self.rate = muted()
        self.job = muted()
        self.hint = muted(self.tr("F1   keyboard shortcuts"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 2, 14, 6)
        layout.setSpacing(22)
        for label in (self.recording, self.associations, self.listening, self.rate, self.job):
            layout.addWidget(label)
        layout.addStretch(1)
        layout.addWidget(self.hint)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        for signal in (
            session.trace_added,
            session.associations_changed,
            session.jobs_changed,
            session.send_changed,
            session.listening_changed,
        ):
            signal.connect(self._soon)
        self.refresh()

    def refresh(self) -> None:
        """Gathers the facts now."""
        session = self._session
        trace = session.trace
        held = self.tr("● Recording   {0} events, {1}").format(words.count(len(trace)), words.size(trace.size_bytes))
        self.recording.setText(held + (self.tr(", oldest dropped") if trace.dropped else ""))
        opened = sum(1 for row in session.associations_model.rows if row.is_open)
        self.associations.setText(
            self.tr("1 open association") if opened == 1 else self.tr("{0} open associations").format(opened)
        )
        self.listening.setText(
            self.tr("Listening on {0}").format(session.listening_address)
            if session.is_listening
            else self.tr("Not listening")
        )
        rate = session.send_progress.bytes_per_second if session.is_sending else 0.0
        _show(self.rate, f"{words.size(round(rate))}/s" if rate else "")
        # A listener is a job too, without an end in sight; its address stands here already.
        running = [row for row in session.jobs_model.rows if row.state == "running" and row.progress is not None]
        _show(self.job, f"{running[-1].title}   {running[-1].progress:.0%}" if running else "")

    def _soon(self, *_: object) -> None:
        if not self._timer.isActive():
            self._timer.start()


def _show(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))
