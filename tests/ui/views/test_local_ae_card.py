"""The card says what our own AE does now."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.views.painted import Show, colours_of
from tests.ui.views.samples import node
from tests.ui.views.stand_in import BUILT_IN, StandIn
from ui.theme import Colours
from ui.views.local_ae_card import LocalAeCard, callers_words, services_words


@pytest.fixture
def card(desk: StandIn, show: Show) -> LocalAeCard:
    return show(LocalAeCard(desk.as_session()), 320, 180)


def test_off_it_offers_to_start(card: LocalAeCard) -> None:
    assert card.state.text() == "○ WORKBENCH   off"
    assert card.address.text() == "127.0.0.1:11112"
    assert (card.button.text(), card.button.accessibleName()) == ("Start listening", "Start listening")


def test_listening_it_says_where_and_offers_to_stop(desk: StandIn, card: LocalAeCard) -> None:
    desk.set_local(replace(desk.local, port=0))
    desk.is_listening, desk.listening_address = True, "127.0.0.1:40123"
    desk.listening_changed.emit()
    assert card.state.text() == "● WORKBENCH   listening"
    assert card.address.text() == "127.0.0.1:40123"
    assert (card.button.text(), card.button.accessibleName()) == ("Stop listening", "Stop listening")
    desk.listen_now(False)
    assert card.button.accessibleName() == "Start listening"


def test_the_icon_of_the_button_changes_with_it(desk: StandIn, card: LocalAeCard) -> None:
    before = card.button.icon().pixmap(16).toImage()
    desk.listen_now(True)
    assert card.button.icon().pixmap(16).toImage() != before


def test_the_button_asks_for_the_other_state(desk: StandIn, card: LocalAeCard) -> None:
    asked: list[bool] = []
    card.listen_toggled.connect(lambda is_on: asked.append(is_on))
    QTest.mouseClick(card.button, Qt.MouseButton.LeftButton)
    desk.listen_now(True)
    card.button.setFocus()
    QTest.keyClick(card.button, Qt.Key.Key_Space)
    assert asked == [True, False]
    assert desk.asked == []  # starting is the window's task


def test_the_settings_are_a_click_away(card: LocalAeCard) -> None:
    asked: list[bool] = []
    card.settings_asked.connect(lambda: asked.append(True))
    QTest.mouseClick(card.settings_button, Qt.MouseButton.LeftButton)
    assert asked == [True]
    assert card.settings_button.accessibleName() == "Change the local AE"


@pytest.mark.parametrize(
    ("allowed", "words"),
    [
        (None, "serves any calling AE"),
        ((), "serves WORKBENCH"),
        (("CT1",), "serves WORKBENCH, CT1"),
        (("ZZ", "MR2", "CT1"), "serves WORKBENCH, CT1 + 2 more"),
    ],
)
def test_whom_it_serves(desk: StandIn, card: LocalAeCard, allowed: tuple[str, ...] | None, words: str) -> None:
    desk.set_local(replace(desk.local, allowed_calling=allowed))
    assert card.callers.text() == words == callers_words(desk.as_session())


def test_a_node_that_is_added_may_call(card: LocalAeCard, desk: StandIn) -> None:
    desk.add_node(node("PACS1"))
    assert card.callers.text() == "serves WORKBENCH, PACS1"
    desk.add_node(node("ARCHIVE"))
    desk.set_local(replace(desk.local, allowed_calling=("CT1",)))
    assert card.callers.text() == "serves WORKBENCH, ARCHIVE + 2 more"
    assert card.callers.toolTip().splitlines()[1:] == ["WORKBENCH", "ARCHIVE", "CT1", "PACS1"]
    card.callers.grab()
    assert "PACS1" in card.callers.toolTip()
    desk.remove_node("PACS1")
    assert "PACS1" not in card.callers.toolTip()


def test_that_anyone_may_call_is_explained(card: LocalAeCard, desk: StandIn) -> None:
    desk.set_local(replace(desk.local, allowed_calling=None))
    assert card.callers.toolTip() == "Any AE may call, whatever its title."


def test_another_title_and_address_are_shown_at_once(desk: StandIn, card: LocalAeCard) -> None:
    desk.set_local(replace(desk.local, ae_title="BENCH2", bind="0.0.0.0", port=104))
    assert card.state.text() == "○ BENCH2   off"
    assert card.address.text() == "0.0.0.0:104"


def test_listening_is_told_by_colour_too(scheme: Colours, desk: StandIn, card: LocalAeCard) -> None:
    assert colours_of(card.state)[scheme.ok] == 0
    desk.listen_now(True)
    assert colours_of(card.state)[scheme.ok] > 0


def test_everything_has_its_place(card: LocalAeCard) -> None:
    parts = (card.title, card.settings_button, card.state, card.address, card.callers, card.button)
    assert [part for part in parts if not part.isVisible() or not card.rect().contains(part.geometry())] == []
    tops = [part.geometry().top() for part in (card.title, card.state, card.address, card.callers, card.button)]
    assert tops == sorted(set(tops))


def test_what_it_answers_besides_storage_is_in_a_few_words(desk: StandIn, card: LocalAeCard) -> None:
    session = desk.as_session()
    everything = "answers queries, retrieval, worklist, procedure steps"
    assert services_words(session) == f"{everything}   ·   commitment off"
    desk.set_local(replace(desk.local, commitment=True))
    assert services_words(session) == f"{everything}   ·   commitment on" == card.state.toolTip()
    desk.set_accept_profile(BUILT_IN.name)
    assert services_words(session) == "answers no service besides storage   ·   commitment off"
