"""The card of the nodes: what the user wants of a node reaches the window, by mouse, key and menu."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.views.painted import Show
from tests.ui.views.samples import node
from tests.ui.views.stand_in import StandIn
from ui.views.nodes_card import NodesCard


class Bench:
    """A card of two nodes, and what it asked for."""

    def __init__(self, desk: StandIn, show: Show, *names: str) -> None:
        self.desk = desk
        self.heard: list[tuple[str, ...]] = []
        for name in names:
            desk.add_node(node(name, group="Hospital"))
        self.card = show(NodesCard(desk.as_session()), 260, 300)
        card = self.card
        card.add_asked.connect(lambda: self.heard.append(("add",)))
        card.node_chosen.connect(lambda name: self.heard.append(("chosen", name)))
        card.edit_asked.connect(lambda name: self.heard.append(("edit", name)))
        card.removal_asked.connect(lambda name: self.heard.append(("remove", name)))
        card.echo_asked.connect(lambda name: self.heard.append(("echo", name)))
        card.send_asked.connect(lambda name: self.heard.append(("send", name)))
        card.contexts_asked.connect(lambda name: self.heard.append(("contexts", name)))


@pytest.fixture
def bench(desk: StandIn, show: Show) -> Bench:
    return Bench(desk, show, "PACS1", "PACS2")


def test_without_a_node_the_card_offers_to_add_one(desk: StandIn, show: Show) -> None:
    bench = Bench(desk, show)
    assert bench.card.empty.isVisible()
    assert not bench.card.filter_field.isVisible()
    assert not bench.card.echo_button.isEnabled()
    QTest.mouseClick(bench.card.empty.button, Qt.MouseButton.LeftButton)
    assert bench.heard == [("add",)]


def test_the_first_node_appears_and_is_chosen(desk: StandIn, show: Show) -> None:
    bench = Bench(desk, show)
    desk.add_node(node("PACS1"))
    assert bench.card.tree.isVisible()
    assert bench.card.current_name == "PACS1"
    assert bench.card.echo_button.isEnabled()
    assert ("chosen", "PACS1") in bench.heard


def test_one_node_needs_no_filter(desk: StandIn, show: Show) -> None:
    bench = Bench(desk, show, "PACS1")
    assert not bench.card.filter_field.isVisible()
    desk.add_node(node("PACS2"))
    assert bench.card.filter_field.isVisible()


def test_the_buttons_check_and_add(bench: Bench) -> None:
    bench.card.tree.select("PACS2")
    bench.heard.clear()
    QTest.mouseClick(bench.card.echo_button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(bench.card.add_button, Qt.MouseButton.LeftButton)
    assert bench.heard == [("echo", "PACS2"), ("add",)]
    assert "Ctrl+E" in bench.card.echo_button.accessibleName()
    assert "Ctrl+N" in bench.card.add_button.accessibleName()


def test_keys_in_the_tree_edit_and_remove(bench: Bench) -> None:
    bench.card.tree.select("PACS1")
    bench.heard.clear()
    QTest.keyClick(bench.card.tree, Qt.Key.Key_Return)
    QTest.keyClick(bench.card.tree, Qt.Key.Key_Delete)
    assert bench.heard == [("edit", "PACS1"), ("remove", "PACS1")]


def test_a_group_can_neither_be_checked_nor_removed(bench: Bench) -> None:
    bench.card.tree.setCurrentIndex(bench.desk.nodes_tree.index(0, 0))
    assert not bench.card.echo_button.isEnabled()
    bench.heard.clear()
    QTest.keyClick(bench.card.tree, Qt.Key.Key_Delete)
    QTest.keyClick(bench.card.tree, Qt.Key.Key_Return)
    assert bench.heard == []


def test_the_menu_offers_what_can_be_done_with_a_node(bench: Bench) -> None:
    actions = bench.card.menu_for("PACS2").actions()
    bench.heard.clear()
    for action in actions:
        action.trigger()
    assert bench.heard == [(what, "PACS2") for what in ("echo", "send", "contexts", "edit", "remove")]


def test_typing_filters_the_tree(bench: Bench) -> None:
    tree, model = bench.card.tree, bench.desk.nodes_tree
    QTest.keyClicks(bench.card.filter_field, "pacs2")
    hidden = {name: tree.isRowHidden(model.index_of(name).row(), model.index(0, 0)) for name in ("PACS1", "PACS2")}
    assert hidden == {"PACS1": True, "PACS2": False}


def test_removing_the_current_node_chooses_another(bench: Bench) -> None:
    bench.card.tree.select("PACS1")
    bench.desk.remove_node("PACS1")
    assert bench.card.current_name == "PACS2"
    bench.desk.remove_node("PACS2")
    assert bench.card.empty.isVisible()
    assert not bench.card.echo_button.isEnabled()
