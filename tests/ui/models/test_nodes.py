"""The nodes as a list and as a tree."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester

from tests.support.qt import watch_model
from ui.models.nodes import NodeRow, NodesModel, NodeTreeModel
from ui.models.roles import Category, Role

PACS = NodeRow(name="PACS1", ae_title="PACS1", host="10.1.2.3", port=104, group="Hospital")
RIS = NodeRow(
    name="RIS", ae_title="RIS", host="ris", port=11112, group="Hospital", check="failed", sentence="the name is unknown"
)
BENCH = NodeRow(
    name="Orthanc", ae_title="ORTHANC", host="::1", port=4242, check="ok", latency=0.003, checked_at=1_700_000_000.0
)


@pytest.fixture
def nodes() -> NodesModel:
    model = NodesModel()
    model.set_rows([PACS, RIS, BENCH])
    return model


@pytest.fixture
def tree(nodes: NodesModel, qtmodeltester: ModelTester) -> NodeTreeModel:
    model = NodeTreeModel(nodes)
    watch_model(qtmodeltester, model)
    return model


@pytest.mark.parametrize(
    ("row", "beginning", "category"),
    [
        (PACS, "○ not checked", Category.MUTED),
        (RIS, "✖ the name is unknown", Category.ERROR),
        (BENCH, "✔ 3.0 ms at ", Category.OK),
        (replace(PACS, check="checking"), "… checking", Category.ACTIVE),
    ],
)
def test_a_check_is_told_by_sign_and_words(row: NodeRow, beginning: str, category: Category) -> None:
    assert row.check_text.startswith(beginning)
    assert row.category is category


def test_the_list_is_keyed_by_name(nodes: NodesModel) -> None:
    assert nodes.index(1, 0).data(Role.KEY) == "RIS"
    assert nodes.index(1, 5).data(Role.CATEGORY) == Category.ERROR
    assert nodes.index(1, 0).data(Role.ROW_CATEGORY) == Category.ERROR


def test_the_tree_groups_nodes_in_the_order_of_the_list(tree: NodeTreeModel) -> None:
    assert [tree.index(row, 0).data() for row in range(tree.rowCount())] == ["Hospital", "Nodes"]
    hospital = tree.index(0, 0)
    assert [tree.index(row, 0, hospital).data(Role.KEY) for row in range(tree.rowCount(hospital))] == ["PACS1", "RIS"]
    assert hospital.data(Role.KEY) is None
    assert tree.node_at(hospital) is None
    found = tree.index_of("Orthanc")
    assert found.parent() == tree.index(1, 0)
    assert tree.node_at(found) == BENCH
    assert found.data().startswith("✔ Orthanc")
    assert "ORTHANC at ::1:4242" in found.data(Qt.ItemDataRole.ToolTipRole)
    assert not tree.index_of("nobody").isValid()


def test_the_tree_follows_a_check_without_a_reset(nodes: NodesModel, tree: NodeTreeModel) -> None:
    resets: list[int] = []
    tree.modelReset.connect(lambda: resets.append(1))
    nodes.update({0: replace(PACS, check="ok", latency=0.012, checked_at=1_700_000_000.0)})
    assert tree.index_of("PACS1").data().startswith("✔ PACS1   12 ms")
    assert resets == []


def test_the_tree_is_laid_out_anew_when_a_node_changes_its_group(nodes: NodesModel, tree: NodeTreeModel) -> None:
    nodes.update({1: replace(RIS, group="Elsewhere")})
    assert [tree.index(row, 0).data() for row in range(tree.rowCount())] == ["Hospital", "Elsewhere", "Nodes"]
    nodes.set_rows([])
    assert tree.rowCount() == 0
