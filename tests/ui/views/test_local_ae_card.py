"""The card says what our own AE does."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.views.stand_in import StandIn
from ui.views.local_ae_card import LocalAeCard, callers_words


def test_state_address_and_button_follow_the_listener(qtbot: QtBot, desk: StandIn) -> None:
    card = LocalAeCard(desk.as_session())
    qtbot.addWidget(card)
    assert card.state.text() == "○ WORKBENCH   off"
    with qtbot.waitSignal(card.listen_toggled) as told:
        QTest.mouseClick(card.button, Qt.MouseButton.LeftButton)
    assert told.args == [True]
    desk.listen_now(True)
    assert (card.state.text(), card.address.text()) == ("● WORKBENCH   listening", "127.0.0.1:11112")
    with qtbot.waitSignal(card.listen_toggled) as told:
        QTest.mouseClick(card.button, Qt.MouseButton.LeftButton)
    assert told.args == [False]


def test_whom_it_serves_in_words(qtbot: QtBot, desk: StandIn) -> None:
    card = LocalAeCard(desk.as_session())
    qtbot.addWidget(card)
    for allowed, words in (
        ((), "the allow-list is empty"),
        (("CT1", "ARCHIVE"), "serves CT1, ARCHIVE"),
        (None, "serves any calling AE"),
    ):
        desk.set_local(replace(desk.local, allowed_calling=allowed))
        assert callers_words(desk.as_session()) == words
        assert card.callers.text() == words


def test_settings_are_one_click_away(qtbot: QtBot, desk: StandIn) -> None:
    card = LocalAeCard(desk.as_session())
    qtbot.addWidget(card)
    with qtbot.waitSignal(card.settings_asked):
        QTest.mouseClick(card.settings_button, Qt.MouseButton.LeftButton)
