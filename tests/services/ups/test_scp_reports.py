"""The SCP over the wire: who subscribes, and who is told of what."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.conftest import ExpectLog
from tests.services.servers import LOCAL
from tests.services.ups.serving import Watcher, serving
from tests.services.ups.steps import LOCK, UID, clock, data_set, new_step
from workbench.config import Node
from workbench.net.requestor import connect
from workbench.services.offers import serve
from workbench.services.ups.classes import UPS_EVENT, UPS_QUERY, UPS_WATCH, EventType
from workbench.services.ups.deliveries import Delivery
from workbench.services.ups.listener import EventListener, UpsEvent
from workbench.services.ups.scp import UpsScp
from workbench.services.ups.scu import (
    change_state,
    create_ups,
    request_cancel,
    set_ups,
    subscribe,
    suspend_global_subscription,
    unsubscribe,
    ups_contexts,
)
from workbench.services.ups.states import State

IN_PROGRESS, COMPLETED, CANCELED = State.IN_PROGRESS, State.COMPLETED, State.CANCELED


async def test_a_corrected_value_is_answered_with_a_warning_and_told(tmp_path: Path) -> None:
    async with serving(tmp_path) as (_, peer):
        created = await create_ups(peer, new_step(InputReadinessState="ready"), UID)
        changed = await set_ups(peer, UID, data_set(ScheduledProcedureStepPriority="low"))
    assert (created.status, created.data_set) == (0xB300, data_set(InputReadinessState="READY"))
    assert (changed.status, changed.data_set) == (0xB305, data_set(ScheduledProcedureStepPriority="LOW"))


async def test_without_event_reports_nobody_subscribes(tmp_path: Path) -> None:
    async with serving(tmp_path) as (_, peer):
        await create_ups(peer, new_step(), UID)
        statuses = [
            (await subscribe(peer, "WATCHER", UID)).status,
            (await unsubscribe(peer, "WATCHER")).status,
            (await suspend_global_subscription(peer, "WATCHER")).status,
        ]
        await change_state(peer, UID, IN_PROGRESS, LOCK)
        statuses.append((await request_cancel(peer, UID)).status)
    assert statuses == [0xC315, 0xC315, 0xC315, 0xC312]


async def test_only_a_known_receiver_is_subscribed(tmp_path: Path) -> None:
    watcher = Watcher()
    async with watcher.listening(), serving(tmp_path, watcher) as (scp, peer):
        await create_ups(peer, new_step(), UID)
        unknown = [
            (await subscribe(peer, "STRANGER", UID)).status,
            (await unsubscribe(peer, "STRANGER", UID)).status,
            (await suspend_global_subscription(peer, "STRANGER")).status,
        ]
        known = [(await subscribe(peer, "WATCHER", UID, lock=True)).status]
        watcher.node, node = None, watcher.node  # a receiver that is known no more can still let go of its lock
        known += [
            (await unsubscribe(peer, "WATCHER", UID)).status,
            (await unsubscribe(peer, "WATCHER", UID)).status,
        ]
        watcher.node = node
        await scp.drained()
    assert unknown == [0xC308] * 3
    assert known == [0, 0, 0xC308]


async def test_a_subscriber_is_told_on_the_association_that_it_has_open(tmp_path: Path) -> None:
    events: list[UpsEvent] = []
    async with (
        UpsScp(tmp_path, LOCAL, lambda _: None, clock=clock) as scp,
        serve(LOCAL, [scp.offer]) as server,
    ):
        node = Node(name="test", host="127.0.0.1", port=server.address[1], ae_title="SERVER")
        handlers = EventListener(events.append).handlers
        async with connect(node, ups_contexts(), local=LOCAL, handlers=handlers) as peer:
            assert (await subscribe(peer, "TESTER")).status == 0
            await create_ups(peer, new_step(), UID)
            await scp.drained()
    assert [(event.type, event.scp_ae_title) for event in events] == [(EventType.STATE_REPORT, "SERVER")]


async def test_a_subscriber_that_only_listens_is_told_where_the_server_says_who_is_there(tmp_path: Path) -> None:
    events: list[UpsEvent] = []
    async with (
        UpsScp(tmp_path, LOCAL, lambda _: None, clock=clock) as scp,
        serve(LOCAL, [scp.offer], observer=scp.observe) as server,
    ):
        node = Node(name="test", host="127.0.0.1", port=server.address[1], ae_title="SERVER")
        handlers = EventListener(events.append).handlers
        async with (
            connect(node, ups_contexts(UPS_EVENT), local=LOCAL, handlers=handlers),
            connect(node, ups_contexts(UPS_WATCH), local=replace(LOCAL, ae_title="OTHER")) as other,
        ):
            assert (await subscribe(other, "TESTER")).status == 0
            assert (await subscribe(other, "OTHER")).status == 0xC308
            await scp.create(new_step(), UID)
            await scp.drained()
    assert [event.sop_instance_uid for event in events] == [UID]


async def test_a_requested_cancel_reaches_the_performer(tmp_path: Path) -> None:
    async with Watcher().listening() as watcher, serving(tmp_path, watcher) as (scp, peer):
        await create_ups(peer, new_step(), UID)
        await change_state(peer, UID, IN_PROGRESS, LOCK)
        assert (await request_cancel(peer, UID)).status == 0xC312
        await subscribe(peer, "WATCHER", UID)
        assert (await request_cancel(peer, UID, data_set(ReasonForCancellation="late"))).status == 0
        await scp.drained()
    assert watcher.told == ["IN PROGRESS", "CANCEL_REQUESTED"]
    assert watcher.events[1].information == data_set(ReasonForCancellation="late", RequestingAE="TESTER")


async def test_a_new_list_is_told_to_the_fallback_list_alone(tmp_path: Path) -> None:
    outcomes: list[Delivery] = []
    async with Watcher().listening() as watcher:
        options: dict[str, Any] = {"fallback": ["WATCHER"], "observer": outcomes.append}
        async with serving(tmp_path, watcher, **options) as (scp, _):
            await scp.drained()
            scp.report_status("GOING DOWN")
    assert [event.information.SCPStatus for event in watcher.events] == ["RESTARTED", "GOING DOWN"]
    assert watcher.events[0].information.UnifiedProcedureStepListStatus == "COLD START"
    assert all(outcome.is_delivered for outcome in outcomes)


async def test_a_subscriber_that_is_gone_does_not_hold_the_answer_up(tmp_path: Path, expect_log: ExpectLog) -> None:
    expect_log("not delivered to WATCHER")
    async with Watcher().listening() as watcher:
        pass
    async with serving(tmp_path, watcher, attempts=1) as (scp, peer):
        assert (await subscribe(peer, "WATCHER", lock=True)).status == 0
        assert (await create_ups(peer, new_step(), UID)).status == 0
        await scp.drained()
        assert scp.subscribers == {"WATCHER"}


async def test_a_watch_context_has_the_watch_actions(tmp_path: Path) -> None:
    async with Watcher().listening() as watcher, serving(tmp_path, watcher) as (scp, peer):
        await scp.create(new_step(), UID)
        contexts = {peer.agreement.context_for(uid).abstract_syntax for uid in (UPS_WATCH, UPS_QUERY)}
        assert contexts == {UPS_WATCH, UPS_QUERY}
        assert (await subscribe(peer, "WATCHER", UID)).status == 0
        await scp.drained()
    assert watcher.told == ["SCHEDULED"]
