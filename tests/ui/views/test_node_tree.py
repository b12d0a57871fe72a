"""The tree of nodes: filter, keys, and a selection that survives changes."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.views.samples import node
from tests.ui.views.stand_in import StandIn
from ui.views.node_tree import NodeTree


@pytest.fixture
def tree(qtbot: QtBot, desk: StandIn) -> NodeTree:
    for name, group in (("PACS1", "Hospital"), ("RIS", "Hospital"), ("Orthanc", "Bench")):
        desk.add_node(node(name, group=group))
    made = NodeTree(desk.nodes_tree, "Nodes")
    qtbot.addWidget(made)
    made.resize(240, 200)
    made.show()
    return made


def shown(tree: NodeTree, desk: StandIn) -> list[str]:
    names = [row.name for row in desk.nodes_model.rows]
    found = []
    for name in names:
        index = desk.nodes_tree.index_of(name)
        parent = index.parent()
        if not tree.isRowHidden(index.row(), parent) and not tree.isRowHidden(parent.row(), parent.parent()):
            found.append(name)
    return found


def test_a_click_chooses_and_a_double_click_opens(qtbot: QtBot, tree: NodeTree, desk: StandIn) -> None:
    place = tree.visualRect(desk.nodes_tree.index_of("RIS")).center()
    with qtbot.waitSignal(tree.node_chosen) as told:
        QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told.args == ["RIS"]
    with qtbot.waitSignal(tree.node_opened) as opened:
        QTest.mouseDClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened.args == ["RIS"]


def test_enter_opens_and_delete_asks(qtbot: QtBot, tree: NodeTree) -> None:
    tree.select("PACS1")
    with qtbot.waitSignal(tree.node_opened):
        QTest.keyClick(tree, Qt.Key.Key_Return)
    with qtbot.waitSignal(tree.removal_asked) as told:
        QTest.keyClick(tree, Qt.Key.Key_Delete)
    assert told.args == ["PACS1"]


def test_a_group_is_no_node(qtbot: QtBot, tree: NodeTree, desk: StandIn) -> None:
    tree.setCurrentIndex(desk.nodes_tree.index(0, 0))
    assert tree.current_name == ""
    with qtbot.assertNotEmitted(tree.removal_asked):
        QTest.keyClick(tree, Qt.Key.Key_Delete)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["PACS1", "RIS", "Orthanc"]),
        ("ris", ["RIS"]),
        ("hosp", ["PACS1", "RIS"]),
        ("10.1", ["PACS1", "RIS", "Orthanc"]),
        ("x", []),
    ],
)
def test_filter_looks_at_name_title_host_and_group(tree: NodeTree, desk: StandIn, text: str, names: list[str]) -> None:
    tree.filter(text)
    assert shown(tree, desk) == names


def test_filter_and_selection_survive_a_change(qtbot: QtBot, tree: NodeTree, desk: StandIn) -> None:
    tree.select("RIS")
    tree.filter("ris")
    with qtbot.assertNotEmitted(tree.node_chosen):
        desk.add_node(node("PACS2", group="Hospital"))
    assert tree.current_name == "RIS"
    assert shown(tree, desk) == ["RIS"]


def test_the_menu_belongs_to_the_node_under_the_mouse(qtbot: QtBot, tree: NodeTree, desk: StandIn) -> None:
    place = tree.visualRect(desk.nodes_tree.index_of("Orthanc")).center()
    with qtbot.waitSignal(tree.menu_asked) as told:
        tree.customContextMenuRequested.emit(place)
    assert tree.current_name == "Orthanc"
    assert isinstance(told.args[0], QPoint)


def test_enter_with_ctrl_is_left_to_the_window(qtbot: QtBot, tree: NodeTree) -> None:
    tree.select("PACS1")
    with qtbot.assertNotEmitted(tree.node_opened):
        QTest.keyClick(tree, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def test_arrows_choose_and_a_group_is_none(tree: NodeTree) -> None:
    told: list[str] = []
    tree.node_chosen.connect(lambda name: told.append(name))
    tree.select("PACS1")
    QTest.keyClick(tree, Qt.Key.Key_Down)
    QTest.keyClick(tree, Qt.Key.Key_Down)
    assert told == ["PACS1", "RIS", ""]


def test_a_click_on_the_current_node_asks_again(tree: NodeTree, desk: StandIn) -> None:
    tree.select("RIS")
    told: list[str] = []
    tree.node_chosen.connect(lambda name: told.append(name))
    place = tree.visualRect(desk.nodes_tree.index_of("RIS")).center()
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told == ["RIS"]


def test_groups_stay_open_when_nodes_come(tree: NodeTree, desk: StandIn) -> None:
    desk.add_node(node("MR", group="New"))
    model = desk.nodes_tree
    assert all(tree.isExpanded(model.index(group, 0)) for group in range(model.rowCount()))
