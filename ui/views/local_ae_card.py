"""The card of the local AE: its title, where it listens, whom it serves."""

from typing import Final

from PySide6.QtCore import QCoreApplication, Signal

from ui.session import Session
from ui.theme import Tone
from ui.views.controls.buttons import Button, IconButton
from ui.views.controls.card import Card
from ui.views.controls.labels import ElidedLabel

COMMITMENT: Final = "commitment"  # the word for it among the services


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
        for signal in (session.local_changed, session.listening_changed, session.nodes_changed):
            signal.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        local = self._session.local
        if self._session.is_listening:
            text = self.tr("● {0}   listening").format(local.ae_title)
        else:
            text = self.tr("○ {0}   off").format(local.ae_title)
        self.state.setText(text)
        self.state.set_explanation(services_words(self._session))
        self.state.set_tone(Tone.OK if self._session.is_listening else None)
        self.address.setText(self._session.listening_address or f"{local.bind}:{local.port}")
        self.callers.setText(callers_words(self._session))
        self.callers.set_shorter(callers_words(self._session, named=1))
        self.callers.set_explanation(callers_explained(self._session))
        listening = self._session.is_listening
        self.button.setText(self.tr("Stop listening") if listening else self.tr("Start listening"))
        self.button.set_icon_name("stop" if listening else "play")


def callers_words(session: Session, *, named: int = 2) -> str:
    """Whom the local AE serves, as one sentence part; of the titles only the first are named."""
    titles = _served(session)
    if titles is None:
        return QCoreApplication.translate("callers", "serves any calling AE")
    others = len(titles) - named
    text = QCoreApplication.translate("callers", "serves {0}").format(", ".join(titles[:named]))
    return text + (QCoreApplication.translate("callers", " + {0} more").format(others) if others > 0 else "")


def callers_explained(session: Session) -> str:
    """All of them, and why."""
    titles = _served(session)
    if titles is None:
        return QCoreApplication.translate("callers", "Any AE may call, whatever its title.")
    reason = QCoreApplication.translate("callers", "This AE, your nodes and the allow-list may call:")
    return "\n".join((reason, *titles))


def services_words(session: Session) -> str:
    """What the local AE answers besides storage, and whether it answers for what it has stored."""
    services = session.answered_services
    others = ", ".join(each for each in services if each != COMMITMENT)
    text = QCoreApplication.translate("services", "answers {0}").format(others)
    stored = text if others else QCoreApplication.translate("services", "answers no service besides storage")
    is_on = COMMITMENT in services
    on, off = (QCoreApplication.translate("services", each) for each in ("commitment on", "commitment off"))
    return f"{stored}   ·   {on if is_on else off}"


def _served(session: Session) -> list[str] | None:
    """The titles that may call, our own first; None when any may."""
    allowed = session.allowed_titles
    own = session.local.ae_title
    return sorted(allowed, key=lambda title: (title != own, title)) if allowed is not None else None
