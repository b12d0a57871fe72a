"""The tree of nodes: keys, filter, and a choice that outlives a new list."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QTest

from tests.ui.views.painted import Show
from ui.models.nodes import NodeRow, NodesModel, NodeTreeModel
from ui.views.node_tree import NodeTree


def row(name: str, group: str = "Hospital", host: str = "10.1.2.3") -> NodeRow:
    return NodeRow(name=name, ae_title=f"AE_{name}", host=host, port=104, group=group)


class Bench:
    """A tree of two groups, and what it told."""

    def __init__(self, show: Show) -> None:
        self.nodes = NodesModel()
        self.nodes.set_rows([row("PACS1"), row("PACS2"), row("ORTHANC", "Lab", "127.0.0.1")])
        self.model = NodeTreeModel(self.nodes)
        self.tree = NodeTree(self.model, "Nodes")
        self.nodes.setParent(self.tree)
        self.model.setParent(self.tree)
        self.chosen: list[str] = []
        self.opened: list[str] = []
        self.removed: list[str] = []
        self.tree.node_chosen.connect(lambda name: self.chosen.append(name))
        self.tree.node_opened.connect(lambda name: self.opened.append(name))
        self.tree.removal_asked.connect(lambda name: self.removed.append(name))
        show(self.tree, 260, 220)

    @property
    def shown(self) -> list[str]:
        """The names of the nodes that are not filtered out."""
        names = []
        for group in range(self.model.rowCount()):
            parent = self.model.index(group, 0)
            if not self.tree.isRowHidden(group, QModelIndex()):
                names += [
                    str(self.model.index(at, 0, parent).data(Qt.ItemDataRole.DisplayRole)).split()[1]
                    for at in range(self.model.rowCount(parent))
                    if not self.tree.isRowHidden(at, parent)
                ]
        return names

    def place_of(self, name: str) -> QPoint:
        return self.tree.visualRect(self.model.index_of(name)).center()


@pytest.fixture
def bench(show: Show) -> Bench:
    return Bench(show)


def test_groups_are_open_from_the_start(bench: Bench) -> None:
    assert all(bench.tree.isExpanded(bench.model.index(group, 0)) for group in range(2))


def test_a_click_chooses_and_a_second_asks_again(bench: Bench) -> None:
    for _ in range(2):
        bench.chosen.clear()
        QTest.mouseClick(bench.tree.viewport(), Qt.MouseButton.LeftButton, pos=bench.place_of("PACS2"))
        assert set(bench.chosen) == {"PACS2"}
    assert bench.tree.current_name == "PACS2"


def test_arrows_choose_and_a_group_is_no_node(bench: Bench) -> None:
    bench.tree.select("PACS1")
    QTest.keyClick(bench.tree, Qt.Key.Key_Down)
    assert bench.chosen[-1] == "PACS2"
    QTest.keyClick(bench.tree, Qt.Key.Key_Down)
    assert bench.chosen[-1] == ""
    assert bench.tree.current_name == ""


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_opens_a_node(bench: Bench, key: Qt.Key) -> None:
    bench.tree.select("ORTHANC")
    QTest.keyClick(bench.tree, key)
    assert bench.opened == ["ORTHANC"]


def test_enter_with_ctrl_is_left_to_the_window(bench: Bench) -> None:
    bench.tree.select("ORTHANC")
    QTest.keyClick(bench.tree, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert bench.opened == []


def test_a_double_click_opens(bench: Bench) -> None:
    viewport, place = bench.tree.viewport(), bench.place_of("PACS1")
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert bench.opened == ["PACS1"]


def test_delete_asks_to_remove_a_node_only(bench: Bench) -> None:
    bench.tree.setCurrentIndex(bench.model.index(0, 0))
    QTest.keyClick(bench.tree, Qt.Key.Key_Delete)
    assert bench.removed == []
    bench.tree.select("PACS1")
    QTest.keyClick(bench.tree, Qt.Key.Key_Delete)
    assert bench.removed == ["PACS1"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["PACS1", "PACS2", "ORTHANC"]),
        ("pacs", ["PACS1", "PACS2"]),
        ("ae_pacs2", ["PACS2"]),
        ("127.0", ["ORTHANC"]),
        (" lab ", ["ORTHANC"]),
        ("nothing", []),
    ],
)
def test_the_filter_looks_at_name_title_host_and_group(bench: Bench, text: str, names: list[str]) -> None:
    bench.tree.filter(text)
    assert bench.shown == names


def test_the_filter_holds_for_nodes_that_come(bench: Bench) -> None:
    bench.tree.filter("pacs")
    bench.nodes.append([row("PACS3"), row("OTHER")])
    assert bench.shown == ["PACS1", "PACS2", "PACS3"]


def test_the_choice_outlives_a_new_list_without_being_told_again(bench: Bench) -> None:
    bench.tree.select("PACS2")
    bench.chosen.clear()
    bench.nodes.append([row("PACS3", "Lab")])
    assert bench.tree.current_name == "PACS2"
    assert bench.chosen == []
    assert all(bench.tree.isExpanded(bench.model.index(group, 0)) for group in range(2))


def test_a_check_that_comes_back_keeps_the_choice(bench: Bench) -> None:
    bench.tree.select("PACS2")
    bench.nodes.update({1: replace(row("PACS2"), check="ok", latency=0.012, checked_at=1.0)})
    assert bench.tree.current_name == "PACS2"


def test_the_menu_is_asked_for_the_node_under_the_mouse(bench: Bench) -> None:
    places: list[QPoint] = []
    bench.tree.menu_asked.connect(lambda place: places.append(place))
    bench.tree.customContextMenuRequested.emit(bench.place_of("ORTHANC"))
    assert bench.tree.current_name == "ORTHANC"
    assert places == [bench.tree.viewport().mapToGlobal(bench.place_of("ORTHANC"))]
