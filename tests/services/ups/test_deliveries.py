"""Event reports get to their subscribers in order, or are given up after a bounded number of attempts."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tests.conftest import ExpectLog
from tests.interop.peers import free_port
from tests.services.servers import LOCAL
from tests.services.ups.steps import UID, data_set
from workbench.config import Node
from workbench.errors import StatusError
from workbench.net.association import Association
from workbench.net.requestor import connect
from workbench.services.offers import Offer, serve
from workbench.services.ups import deliveries as module
from workbench.services.ups.classes import UPS_EVENT, UPS_PUSH, EventType
from workbench.services.ups.deliveries import Deliveries, Delivery
from workbench.services.ups.listener import EventListener, UpsEvent
from workbench.services.ups.reports import Report
from workbench.services.ups.scu import ups_contexts


def report(number: int, receiving_ae: str = "A") -> Report:
    return Report(receiving_ae, EventType.STATE_REPORT, f"{UID}.{number}", data_set(ProcedureStepState="SCHEDULED"))


class Subscribers:
    """Listeners by AE title; `events` are what each got, `outcomes` what became of each report."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.events: dict[str, list[str]] = {}
        self.outcomes: list[Delivery] = []
        self.associations: list[Association] = []

    @asynccontextmanager
    async def listening(self, ae_title: str, offer: Offer | None = None) -> AsyncIterator[None]:
        """Runs a listener."""
        events = self.events[ae_title] = []

        def take(event: UpsEvent) -> None:
            events.append(event.sop_instance_uid)

        async with serve(LOCAL, [offer or EventListener(take).offer], observer=self.associations.append) as server:
            self.nodes[ae_title] = Node(name=ae_title, host="127.0.0.1", port=server.address[1], ae_title=ae_title)
            yield

    def deliveries(self, attempts: int = 3) -> Deliveries:
        """Gives deliveries to them that do not pause."""
        return Deliveries(LOCAL, self.nodes.get, attempts=attempts, pause=0, observer=self.outcomes.append)


def deaf(ae_title: str) -> Node:
    """Gives a node at which nobody listens."""
    return Node(name=ae_title, host="127.0.0.1", port=free_port(), ae_title=ae_title)


async def test_reports_arrive_in_order_on_one_association() -> None:
    peers = Subscribers()
    async with peers.listening("A"), peers.listening("B"):
        deliveries = peers.deliveries()
        deliveries.put([report(1), report(1, "B"), report(2), report(3)])
        await deliveries.drained()
    assert peers.events == {"A": [f"{UID}.{number}" for number in (1, 2, 3)], "B": [f"{UID}.1"]}
    assert [outcome.is_delivered for outcome in peers.outcomes] == [True] * 4
    assert len({association.number for association in peers.associations}) <= 2
    assert {association.called_ae_title for association in peers.associations} == {"A", "B"}


async def test_a_subscriber_that_is_gone_is_given_up_and_holds_no_other_up(expect_log: ExpectLog) -> None:
    expect_log("1 not delivered to GONE, 1 more wait: no connection")
    expect_log("1 not delivered to GONE, 0 more wait: no connection")
    peers = Subscribers()
    peers.nodes["GONE"] = deaf("GONE")
    async with peers.listening("A"):
        deliveries = peers.deliveries()
        deliveries.put([report(1, "GONE"), report(2, "GONE"), report(1)])
        await deliveries.drained()
        deliveries.put([report(2)])
        await deliveries.drained()
    assert peers.events["A"] == [f"{UID}.1", f"{UID}.2"]
    lost = [outcome for outcome in peers.outcomes if not outcome.is_delivered]
    assert [outcome.report.sop_instance_uid for outcome in lost] == [f"{UID}.1", f"{UID}.2"]
    assert all("connection refused" in outcome.reason for outcome in lost)


async def test_what_came_while_a_subscriber_was_away_reaches_it_when_it_is_back(expect_log: ExpectLog) -> None:
    expect_log("1 not delivered to A, 2 more wait: no connection")
    peers = Subscribers()
    asked: list[str] = []

    def nodes(ae_title: str) -> Node | None:
        asked.append(ae_title)
        return deaf(ae_title) if len(asked) <= 3 else peers.nodes[ae_title]

    async with peers.listening("A"):
        deliveries = Deliveries(LOCAL, nodes, attempts=2, pause=0, observer=peers.outcomes.append)
        deliveries.put([report(1), report(2), report(3)])
        await deliveries.drained()
    assert (peers.events["A"], len(asked)) == ([f"{UID}.2", f"{UID}.3"], 4)
    assert [outcome.is_delivered for outcome in peers.outcomes] == [False, True, True]


async def test_a_report_that_is_answered_costs_the_next_no_attempt(expect_log: ExpectLog) -> None:
    expect_log("1 not delivered to A, 0 more wait")
    peers = Subscribers()

    def take(event: UpsEvent) -> None:
        if event.sop_instance_uid != f"{UID}.1":
            peers.associations[-1].abort()
        taken.append(event.sop_instance_uid)

    taken: list[str] = []
    async with peers.listening("A", EventListener(take).offer):
        deliveries = peers.deliveries(attempts=2)
        deliveries.put([report(1), report(2)])
        await deliveries.drained()
    assert taken == [f"{UID}.1", f"{UID}.2", f"{UID}.2", f"{UID}.2"]
    assert [outcome.is_delivered for outcome in peers.outcomes] == [True, False]


async def test_an_attempt_that_fails_is_made_again(expect_log: ExpectLog) -> None:
    peers = Subscribers()
    asked: list[str] = []

    def nodes(ae_title: str) -> Node | None:
        asked.append(ae_title)
        return deaf(ae_title) if len(asked) < 3 else peers.nodes[ae_title]

    async with peers.listening("A"):
        deliveries = Deliveries(LOCAL, nodes, attempts=3, pause=0, observer=peers.outcomes.append)
        deliveries.put([report(1)])
        await deliveries.drained()
    assert (peers.events["A"], len(asked)) == ([f"{UID}.1"], 3)


async def test_a_report_that_is_refused_is_not_repeated() -> None:
    def refuse(_: UpsEvent) -> None:
        raise StatusError(0x0110, "not now")

    peers = Subscribers()
    async with peers.listening("A", EventListener(refuse).offer):
        deliveries = peers.deliveries()
        deliveries.put([report(1), report(2)])
        await deliveries.drained()
    assert [(outcome.is_delivered, outcome.reason) for outcome in peers.outcomes] == [
        (False, "0110H Failure: processing failure (not now)")
    ] * 2


@pytest.mark.parametrize(
    ("offer", "words"),
    [
        (Offer(sop_classes={UPS_EVENT: None}, handlers={}), "not with the SCP role"),
        (Offer(sop_classes={UPS_PUSH: None}, handlers={}), "was not accepted"),
    ],
)
async def test_a_subscriber_that_does_not_take_events_is_told_apart_and_released(
    offer: Offer, words: str, expect_log: ExpectLog
) -> None:
    expect_log("1 not delivered to A, 0 more wait: no accepted presentation context")
    peers = Subscribers()
    async with peers.listening("A", offer):
        deliveries = peers.deliveries(attempts=1)
        deliveries.put([report(1)])
        await deliveries.drained()
    assert words in peers.outcomes[0].reason
    assert {str(association.end) for association in peers.associations} == {"released by the peer"}


async def test_an_ae_title_without_node_is_given_up(expect_log: ExpectLog) -> None:
    expect_log("no node has the AE title NOBODY")
    peers = Subscribers()
    deliveries = peers.deliveries(attempts=1)
    assert not deliveries.knows("NOBODY")
    deliveries.put([report(1, "NOBODY")])
    await deliveries.drained()
    assert not peers.outcomes[0].is_delivered


async def test_what_is_too_much_for_a_queue_is_given_up_at_once(
    monkeypatch: pytest.MonkeyPatch, expect_log: ExpectLog
) -> None:
    expect_log("1 not delivered to GONE, 1 more wait")
    expect_log("1 not delivered to GONE, 0 more wait")
    monkeypatch.setattr(module, "QUEUED", 2)
    peers = Subscribers()
    peers.nodes["GONE"] = deaf("GONE")
    deliveries = peers.deliveries(attempts=1)
    deliveries.put([report(number, "GONE") for number in range(3)])
    assert [outcome.report.sop_instance_uid for outcome in peers.outcomes] == [f"{UID}.2"]
    await deliveries.drained()


async def _with_open_association(peers: Subscribers, then: Callable[[Deliveries], object]) -> Deliveries:
    """Lets TESTER have an association open with us on which it takes events, notes it, and calls `then`."""
    deliveries = peers.deliveries(attempts=2)
    events = peers.events["TESTER"] = []
    listener = EventListener(lambda event: events.append(event.sop_instance_uid))

    async with serve(LOCAL, [Offer(sop_classes={UPS_EVENT: None}, handlers={})], observer=deliveries.note) as server:
        node = Node(name="us", host="127.0.0.1", port=server.address[1], ae_title="SERVER")
        async with connect(node, ups_contexts(UPS_EVENT), local=LOCAL, handlers=listener.handlers):
            then(deliveries)
            await deliveries.drained()
    return deliveries


async def test_an_association_that_the_subscriber_has_open_is_used() -> None:
    peers = Subscribers()
    known: list[bool] = []

    def put(deliveries: Deliveries) -> None:
        known.append(deliveries.knows("TESTER"))
        deliveries.put([report(1, "TESTER"), report(2, "TESTER")])

    deliveries = await _with_open_association(peers, put)
    assert peers.events["TESTER"] == [f"{UID}.1", f"{UID}.2"]
    assert (known, deliveries.knows("TESTER")) == ([True], False)


async def test_closing_gives_up_what_is_queued() -> None:
    peers = Subscribers()
    peers.nodes["GONE"] = deaf("GONE")
    deliveries = Deliveries(LOCAL, peers.nodes.get, attempts=100, pause=60, observer=peers.outcomes.append)
    deliveries.put([report(1, "GONE")])
    await deliveries.close()
    await deliveries.drained()
    assert peers.outcomes == []
