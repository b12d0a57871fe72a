"""The card of the local AE: its title, where it listens, whom it serves."""

from PySide6.QtCore import QCoreApplication, Signal

from ui.session import Session
from ui.theme import Tone
from ui.views.controls.buttons import Button, IconButton
from ui.views.controls.card import Card
from ui.views.controls.labels import ElidedLabel


class LocalAeCard(Card):
    """Says in three lines what our own AE does now.

    Signals:
        listen_toggled: start (True) or stop listening.
        settings_asked: change title, address or allow-list.
    """

    listen_toggled = Signal(bool)
    settings_asked = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.set_title(self.tr("Local AE"))
        self._session = session
        self.settings_button = IconButton("settings", self.tr("Change the local AE"))
        self.settings_button.clicked.connect(self.settings_asked)
        self.header.addWidget(self.settings_button)
        self.state = ElidedLabel()
        self.address = ElidedLabel()
        self.address.setForegroundRole(self.address.foregroundRole().PlaceholderText)
        self.callers = ElidedLabel()
        self.callers.setForegroundRole(self.callers.foregroundRole().PlaceholderText)
        self.button = Button("")
        self.button.clicked.connect(lambda: self.listen_toggled.emit(not self._session.is_listening))
        self.body.setSpacing(4)
        self.body.addWidget(self.state)
        self.body.addWidget(self.address)
        self.body.addWidget(self.callers)
        self.body.addSpacing(4)
        self.body.addWidget(self.button)
        session.local_changed.connect(self._refresh)
        session.listening_changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        local = self._session.local
        if self._session.is_listening:
            text = self.tr("● {0}   listening").format(local.ae_title)
        else:
            text = self.tr("○ {0}   off").format(local.ae_title)
        self.state.setText(text)
        self.state.set_tone(Tone.OK if self._session.is_listening else None)
        self.address.setText(self._session.listening_address or f"{local.bind}:{local.port}")
        self.callers.setText(callers_words(self._session))
        listening = self._session.is_listening
        self.button.setText(self.tr("Stop listening") if listening else self.tr("Start listening"))
        self.button.set_icon_name("stop" if listening else "play")


def callers_words(session: Session) -> str:
    """Whom the local AE serves, as one sentence part."""
    allowed = session.local.allowed_calling
    if allowed is None:
        return QCoreApplication.translate("callers", "serves any calling AE")
    if not allowed:
        return QCoreApplication.translate("callers", "the allow-list is empty")
    return QCoreApplication.translate("callers", "serves {0}").format(", ".join(allowed))
