"""Nodes: kept, changed, checked rung by rung."""

from dataclasses import replace

import pytest

from tests.ui.session.conftest import BenchMaker, Scp, Wait
from ui.models.roles import Category
from ui.session.nodes import NodeBook
from workbench.config import Node
from workbench.errors import ConfigError
from workbench.settings_file import load_settings

PACS = Node(name="PACS1", host="10.1.2.3", port=104, ae_title="PACS1", group="Hospital")
DEMO = Node(name="Demo", host="127.0.0.1", port=40000, ae_title="DEMO", group="Demo")


@pytest.fixture
def book(maker: BenchMaker) -> NodeBook:
    return NodeBook(maker.bench)


def names(book: NodeBook) -> list[str]:
    return [row.name for row in book.model.rows]


def test_nodes_are_kept(book: NodeBook, maker: BenchMaker) -> None:
    book.add(PACS)
    assert names(book) == ["PACS1"]
    assert load_settings(maker.bench.places.settings_file).nodes == (PACS,)
    assert NodeBook(maker.bench).get("PACS1") == PACS
    book.remove("PACS1")
    assert names(book) == []
    assert book.get("PACS1") is None


def test_a_node_may_have_its_place(book: NodeBook) -> None:
    book.add(PACS)
    book.add(replace(PACS, name="RIS"), 0)
    assert names(book) == ["RIS", "PACS1"]


def test_two_nodes_of_one_name_are_refused(book: NodeBook) -> None:
    book.add(PACS)
    book.set_demo(DEMO)
    with pytest.raises(ConfigError, match="already exists"):
        book.add(PACS)
    with pytest.raises(ConfigError, match="already exists"):
        book.update("PACS1", DEMO)
    with pytest.raises(ConfigError, match="no node"):
        book.update("RIS", PACS)
    assert book.nodes == (PACS, DEMO)


def test_the_demo_is_shown_and_not_kept(book: NodeBook, maker: BenchMaker) -> None:
    book.add(PACS)
    book.set_demo(DEMO)
    assert names(book) == ["PACS1", "Demo"]
    assert [row.is_demo for row in book.model.rows] == [False, True]
    assert maker.bench.settings.value.nodes == (PACS,)
    book.set_demo(None)
    assert names(book) == ["PACS1"]


def test_an_echo_climbs_every_rung(book: NodeBook, maker: BenchMaker, scp: Scp, wait: Wait) -> None:
    scp.start()
    node = Node(name="us", host="127.0.0.1", port=scp.node().port, ae_title="WORKBENCH")
    book.add(node)
    job = book.echo(node)
    assert book.model.rows[0].check == "checking"
    wait(lambda: not job.is_running)
    row = book.model.rows[0]
    assert (row.check, row.category) == ("ok", Category.OK)
    assert row.latency is not None
    assert 0 < row.latency < 5
    assert [(rung.name, rung.is_ok) for rung in row.rungs] == [
        ("name", True),
        ("TCP", True),
        ("association", True),
        ("echo", True),
    ]
    assert maker.messages[-1][0] == "ok"
    assert "answered the echo" in maker.messages[-1][1]


def test_a_failed_echo_says_which_rung_broke(book: NodeBook, maker: BenchMaker, scp: Scp, wait: Wait) -> None:
    scp.start()
    wrong_title = Node(name="wrong", host="127.0.0.1", port=scp.node().port, ae_title="NOBODY")
    book.add(wrong_title)
    job = book.echo(wrong_title)
    wait(lambda: not job.is_running)
    row = book.model.rows[0]
    assert row.check == "failed"
    assert "called AE title not recognized" in row.sentence
    assert [rung.is_ok for rung in row.rungs] == [True, True, False, None]
    assert maker.messages[-1][0] == "error"


def test_a_change_of_address_forgets_the_check(book: NodeBook, scp: Scp, wait: Wait) -> None:
    scp.start()
    node = Node(name="us", host="127.0.0.1", port=scp.node().port, ae_title="WORKBENCH")
    book.add(node)
    job = book.echo(node)
    wait(lambda: not job.is_running)
    renamed = Node(name="ours", host=node.host, port=node.port, ae_title="WORKBENCH", group="Bench")
    book.update("us", renamed)
    assert (book.model.rows[0].name, book.model.rows[0].check) == ("ours", "ok")
    book.update("ours", Node(name="ours", host="elsewhere", port=node.port, ae_title="WORKBENCH"))
    assert book.model.rows[0].check == "unknown"
