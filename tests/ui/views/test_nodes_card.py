"""The card of the nodes offers what can be done with one."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.views.samples import node
from tests.ui.views.stand_in import StandIn
from ui.views.nodes_card import NodesCard


@pytest.fixture
def card(qtbot: QtBot, desk: StandIn) -> NodesCard:
    made = NodesCard(desk.as_session())
    qtbot.addWidget(made)
    made.resize(260, 300)
    made.show()
    return made


def test_without_node_it_offers_to_add_one(qtbot: QtBot, card: NodesCard, desk: StandIn) -> None:
    assert card.empty.isVisible()
    assert not card.echo_button.isEnabled()
    with qtbot.waitSignal(card.add_asked):
        QTest.mouseClick(card.empty.button, Qt.MouseButton.LeftButton)
    desk.add_node(node())
    assert not card.empty.isVisible()


def test_the_first_node_is_chosen_and_can_be_checked(qtbot: QtBot, card: NodesCard, desk: StandIn) -> None:
    desk.add_node(node("PACS1"))
    assert card.current_name == "PACS1"
    with qtbot.waitSignal(card.echo_asked) as told:
        QTest.mouseClick(card.echo_button, Qt.MouseButton.LeftButton)
    assert told.args == ["PACS1"]


def test_filter_appears_with_the_second_node_and_filters(qtbot: QtBot, card: NodesCard, desk: StandIn) -> None:
    desk.add_node(node("PACS1"))
    assert not card.filter_field.isVisible()
    desk.add_node(node("RIS"))
    QTest.keyClicks(card.filter_field, "ris")
    hidden = desk.nodes_tree.index_of("PACS1")
    assert card.tree.isRowHidden(hidden.row(), hidden.parent())


def test_every_entry_of_the_menu_asks_for_something(qtbot: QtBot, card: NodesCard, desk: StandIn) -> None:
    desk.add_node(node("PACS1"))
    found: list[str] = []
    for signal in (card.echo_asked, card.send_asked, card.contexts_asked, card.edit_asked, card.removal_asked):
        signal.connect(found.append)
    for action in card.menu_for("PACS1").actions():
        action.trigger()
    assert found == ["PACS1"] * 5
