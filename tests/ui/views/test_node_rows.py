"""A node says what its last check found and how long ago."""

from typing import Any

import pytest
from PySide6.QtWidgets import QTreeView
from pytestqt.qtbot import QtBot

from tests.ui.views.painted import colours_of
from tests.ui.views.samples import node
from tests.ui.views.stand_in import StandIn
from ui.models.nodes import NodeRow
from ui.theme import LIGHT
from ui.views.node_rows import NodeDelegate, ago, check_words, sign

ROW: dict[str, Any] = {"name": "PACS1", "ae_title": "PACS1", "host": "h", "port": 104}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "now"), (44, "now"), (50, "1 min ago"), (130, "2 min ago"), (3600, "1 h ago"), (90_000, "25 h ago")],
)
def test_ages(seconds: float, words: str) -> None:
    assert ago(seconds) == words


@pytest.mark.parametrize(
    ("row", "mark", "words"),
    [
        (NodeRow(**ROW), "○", "not checked"),
        (NodeRow(**ROW, check="checking"), "…", "checking …"),
        (NodeRow(**ROW, check="ok", latency=0.012, checked_at=1000.0), "✔", "12 ms, 2 min ago"),
        (NodeRow(**ROW, check="failed", sentence="called AE unknown", checked_at=1.0), "✖", "called AE unknown"),
    ],
    ids=lambda value: value.check if isinstance(value, NodeRow) else "",
)
def test_state_in_sign_and_words(row: NodeRow, mark: str, words: str) -> None:
    assert (sign(row), check_words(row, 1130.0)) == (mark, words)


def test_failure_is_painted_in_the_colour_of_faults(qtbot: QtBot, desk: StandIn) -> None:
    tree = QTreeView()
    qtbot.addWidget(tree)
    tree.setModel(desk.nodes_tree)
    tree.setItemDelegate(NodeDelegate(tree))
    tree.resize(300, 100)
    desk.add_node(node())
    tree.expandAll()
    assert LIGHT.error not in colours_of(tree.viewport())
    desk.check_node(NodeRow(**ROW, check="failed", sentence="called AE unknown"))
    assert LIGHT.error in colours_of(tree.viewport())
