"""How a node reads in the tree: its sign, what the check found, how long ago."""

import pytest

from tests.ui.views.painted import Show, colours_in
from ui.models.nodes import NodeRow, NodesModel, NodeTreeModel
from ui.theme import Colours
from ui.views.node_rows import ago, check_words, sign
from ui.views.node_tree import NodeTree

NOW = 1_700_000_000.0
PLAIN = NodeRow(name="PACS1", ae_title="PACS1", host="10.1.2.3", port=104)


def checked(check: str, sentence: str = "", latency: float | None = None, age: float | None = None) -> NodeRow:
    return NodeRow(
        name="PACS1", ae_title="PACS1", host="10.1.2.3", port=104, check=check, sentence=sentence, latency=latency,
        checked_at=None if age is None else NOW - age,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (44, "just now"),
        (45, "1 min ago"),
        (89, "1 min ago"),
        (91, "2 min ago"),
        (3500, "58 min ago"),
        (3599, "1 h ago"),
        (7200, "2 h ago"),
    ],
)
def test_time_that_has_passed(seconds: float, words: str) -> None:
    assert ago(seconds) == words


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (PLAIN, "not checked"),
        (checked("checking"), "checking …"),
        (checked("ok", latency=0.012, age=120), "12 ms, 2 min ago"),
        (checked("ok", latency=0.012), "12 ms"),
        (checked("failed", "TCP: connection refused.", age=3), "TCP: connection refused."),
    ],
)
def test_what_the_last_check_found(node: NodeRow, words: str) -> None:
    assert check_words(node, NOW) == words


def test_every_state_has_a_sign_of_its_own() -> None:
    signs = [sign(checked(each)) for each in ("unknown", "checking", "ok", "failed")]
    assert len(set(signs)) == 4
    assert all(len(each) == 1 for each in signs)


@pytest.mark.parametrize(("check", "ink"), [("ok", "ok"), ("failed", "error"), ("unknown", "muted")])
def test_sign_and_words_have_the_colour_of_the_state(scheme: Colours, show: Show, check: str, ink: str) -> None:
    nodes = NodesModel()
    # Blocks instead of letters: their pixels have the very colour of the ink.
    nodes.set_rows([NodeRow(name="x", ae_title="X", host="h", port=1, group="g", check=check, sentence="█" * 8)])
    model = NodeTreeModel(nodes)
    tree = NodeTree(model, "Nodes")
    nodes.setParent(tree)
    model.setParent(tree)
    show(tree, 300, 80)
    colours = colours_in(tree.viewport().grab(tree.visualRect(model.index_of("x"))).toImage())
    others = {scheme.ok, scheme.error, scheme.muted} - {getattr(scheme, ink)}
    wanted = colours[getattr(scheme, ink)]
    assert wanted > 0
    assert all(colours[other] <= wanted for other in others)
