"""Unified Procedure Steps with pynetdicom: pushed, pulled, watched, queried and reported of, both ways."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pynetdicom import build_role, evt

from tests.interop.conftest import Proves, callers_into
from tests.interop.entities import PYNETDICOM, asking_entity, listening_entity
from tests.services.applications import application
from tests.services.servers import LOCAL
from tests.services.ups.steps import LOCK, OTHER_LOCK, UID, clock, data_set, new_step, performed
from workbench.config import Node
from workbench.errors import StatusError
from workbench.net.requestor import connect
from workbench.services.ups.classes import (
    GLOBAL_SUBSCRIPTION,
    UPS_CLASSES,
    UPS_EVENT,
    UPS_PULL,
    UPS_PUSH,
    UPS_QUERY,
    UPS_WATCH,
)
from workbench.services.ups.deliveries import Delivery
from workbench.services.ups.listener import EventListener, UpsEvent
from workbench.services.ups.scp import UpsScp
from workbench.services.ups.scu import (
    change_state,
    create_ups,
    get_ups,
    query_ups,
    request_cancel,
    set_ups,
    subscribe,
    suspend_global_subscription,
    unsubscribe,
    ups_contexts,
)
from workbench.services.ups.states import State
from workbench.services.ups.subscribing import subscribe as subscribing
from workbench.services.ups.subscribing import suspend
from workbench.services.ups.subscribing import unsubscribe as unsubscribing
from workbench.services.ups.worklist import Outcome, Worklist

pytestmark = [pytest.mark.interop, pytest.mark.slow]


def scheduled(uid: str = "") -> Dataset:
    return data_set(ProcedureStepState="SCHEDULED", SOPInstanceUID=uid, PatientName="")


def change(state: str, lock: str = LOCK) -> Dataset:
    return data_set(ProcedureStepState=state, TransactionUID=lock)


def a_day(node: Node, told: "SimpleQueue[tuple[str, int, str]]") -> dict[str, int]:
    """Does with pynetdicom what users of a worklist do, and what they should not; gives the statuses."""
    statuses = dict[str, int]()

    def note(name: str, answered: tuple[Dataset, Dataset | None]) -> Dataset | None:
        statuses[name] = answered[0].Status
        return answered[1]

    def reported(event: Any) -> tuple[int, None]:
        told.put(_event(event))
        return 0x0000, None

    pull, watch = {"meta_uid": UPS_PULL}, {"meta_uid": UPS_WATCH}
    with asking_entity(node, UPS_CLASSES, [(evt.EVT_N_EVENT_REPORT, reported)]) as peer:
        me = data_set(ReceivingAE="PYNETDICOM", DeletionLock="TRUE")
        note("subscribed", peer.send_n_action(me, 3, UPS_PUSH, GLOBAL_SUBSCRIPTION, **watch))
        lacking = new_step()
        del lacking.InputReadinessState
        note("lacking", peer.send_n_create(lacking, UPS_PUSH, UID))
        note(
            "created",
            peer.send_n_create(new_step(PatientName="Grün^Eva", SpecificCharacterSet="ISO_IR 100"), UPS_PUSH, UID),
        )
        note("again", peer.send_n_create(new_step(), UPS_PUSH, UID))
        for sop_class in (UPS_PULL, UPS_WATCH, UPS_QUERY):
            found = [one for status, one in peer.send_c_find(scheduled(), sop_class) if status.Status == 0xFF00]
            assert [(one.SOPInstanceUID, str(one.PatientName)) for one in found] == [(UID, "Grün^Eva")]
        note("taken", peer.send_n_action(change("IN PROGRESS"), 1, UPS_PUSH, UID, **pull))
        note("taken by another", peer.send_n_action(change("IN PROGRESS", OTHER_LOCK), 1, UPS_PUSH, UID, **pull))
        note("early", peer.send_n_action(change("COMPLETED"), 1, UPS_PUSH, UID, **pull))
        note("unlocked", peer.send_n_set(performed(), UPS_PUSH, UID, **pull))
        done = performed()
        done.TransactionUID = LOCK
        note("set", peer.send_n_set(done, UPS_PUSH, UID, **pull))
        note("cancel requested", peer.send_n_action(None, 2, UPS_PUSH, UID))
        note("completed", peer.send_n_action(change("COMPLETED"), 1, UPS_PUSH, UID, **pull))
        note("completed again", peer.send_n_action(change("COMPLETED"), 1, UPS_PUSH, UID, **pull))
        step = note("got", peer.send_n_get([0x00741000, 0x00741216], UPS_PUSH, UID, **watch))
        assert step is not None
        assert step.ProcedureStepState == "COMPLETED"
        note("unknown", peer.send_n_get([0x00741000], UPS_PUSH, "1.2.404", **pull))
        note(
            "suspended",
            peer.send_n_action(data_set(ReceivingAE="PYNETDICOM"), 5, UPS_PUSH, GLOBAL_SUBSCRIPTION, **watch),
        )
        note("let go", peer.send_n_action(data_set(ReceivingAE="PYNETDICOM"), 4, UPS_PUSH, UID, **watch))
        events = [told.get(timeout=10) for _ in range(4)]
    assert events == [
        (UID, 1, "SCHEDULED"),
        (UID, 1, "IN PROGRESS"),
        (UID, 2, ""),
        (UID, 1, "COMPLETED"),
    ]
    return statuses


def _event(event: Any) -> tuple[str, int, str]:
    state = event.event_information.get("ProcedureStepState", "")
    return str(event.request.AffectedSOPInstanceUID), event.event_type, str(state)


async def test_its_users_and_our_scp(tmp_path: Path, proves: Proves) -> None:
    callers = set[str]()
    async with (
        UpsScp(tmp_path, LOCAL, lambda _: None) as scp,
        application(scp.offer, observer=callers_into(callers)) as node,
    ):
        assert await asyncio.to_thread(a_day, node, SimpleQueue()) == {
            "subscribed": 0x0000,
            "lacking": 0x0120,
            "created": 0x0000,
            "again": 0x0111,
            "taken": 0x0000,
            "taken by another": 0xC301,
            "early": 0xC304,
            "unlocked": 0xC301,
            "set": 0x0000,
            "cancel requested": 0x0000,
            "completed": 0x0000,
            "completed again": 0xB306,
            "got": 0x0000,
            "unknown": 0xC307,
            "suspended": 0x0000,
            "let go": 0x0000,
        }
    (uid,) = callers
    for service in ("Push", "Pull", "Watch", "Event", "Query"):
        proves(f"UPS {service}", "SCP", PYNETDICOM, uid)


async def test_our_scp_reports_to_it_on_a_new_association(tmp_path: Path, proves: Proves) -> None:
    told, outcomes = SimpleQueue[tuple[str, int, str]](), list[Delivery]()

    def reported(event: Any) -> tuple[int, None]:
        told.put(_event(event))
        return 0x0000, None

    with listening_entity([UPS_EVENT], [(evt.EVT_N_EVENT_REPORT, reported)], roles=(True, True)) as node:
        async with (
            UpsScp(tmp_path, LOCAL, lambda _: node, observer=outcomes.append) as scp,
            application(scp.offer) as ours,
            connect(ours, ups_contexts(UPS_WATCH), local=LOCAL) as association,
        ):
            await subscribe(association, "PYNETDICOM")
            await scp.create(new_step(), UID)
            await scp.request_cancel(UID, "US", Dataset())
            await scp.drained()
        async with connect(node, ups_contexts(UPS_EVENT), local=LOCAL) as association:
            uid = association.agreement.peer_implementation_class_uid
    assert [outcome.reason for outcome in outcomes] == ["0000H Success"] * 3
    assert [told.get(timeout=10) for _ in range(3)] == [
        (UID, 1, state) for state in ("SCHEDULED", "IN PROGRESS", "CANCELED")
    ]
    proves("UPS Event", "SCP", PYNETDICOM, uid)


def worklist_handlers(worklist: Worklist) -> list[tuple[Any, Callable[..., Any]]]:
    """Gives handlers with which pynetdicom serves a worklist."""

    def do(operation: Callable[[], Outcome]) -> tuple[int, Dataset | None]:
        try:
            outcome = operation()
        except StatusError as error:
            return error.status, None
        worklist.apply(outcome)
        return outcome.status, outcome.data_set or Dataset()

    def create(event: Any) -> tuple[int, Dataset | None]:
        return do(lambda: worklist.create(str(event.request.AffectedSOPInstanceUID), event.attribute_list))

    def modify(event: Any) -> tuple[int, Dataset | None]:
        return do(lambda: worklist.modify(str(event.request.RequestedSOPInstanceUID), event.modification_list))

    def get(event: Any) -> tuple[int, Dataset | None]:
        step = worklist.steps.get(str(event.request.RequestedSOPInstanceUID))
        return (0xC307, None) if step is None else (0x0000, data_set(ProcedureStepState=step.state.value))

    def act(event: Any) -> tuple[int, Dataset | None]:
        uid = str(event.request.RequestedSOPInstanceUID)
        has_information = event.request.ActionInformation is not None
        information = event.action_information if has_information else Dataset()
        return do(
            {
                1: lambda: worklist.change_state(uid, information.ProcedureStepState, information.TransactionUID),
                2: lambda: worklist.request_cancel(uid, "ASKER", information),
                3: lambda: subscribing(worklist, uid, information, grants_locks=False),
                4: lambda: unsubscribing(worklist, uid, information),
                5: lambda: suspend(worklist, uid, information),
            }[event.action_type]
        )

    def find(event: Any) -> Iterator[tuple[int, Dataset | None]]:
        for step in worklist.steps.values():
            if step.state.value == event.identifier.ProcedureStepState:
                yield 0xFF00, data_set(SOPInstanceUID=step.sop_instance_uid)

    return [
        (evt.EVT_N_CREATE, create),
        (evt.EVT_N_SET, modify),
        (evt.EVT_N_GET, get),
        (evt.EVT_N_ACTION, act),
        (evt.EVT_C_FIND, find),
    ]


async def test_our_users_and_its_scp(proves: Proves) -> None:
    worklist = Worklist(clock=clock)
    statuses: list[int] = []
    with listening_entity(UPS_CLASSES, worklist_handlers(worklist)) as node:
        async with connect(node, ups_contexts(), local=LOCAL) as peer:
            statuses += [
                (await create_ups(peer, new_step(), UID)).status,
                (await create_ups(peer, new_step(), UID)).status,
                (await subscribe(peer, "ME", lock=True)).status,
                (await set_ups(peer, UID, data_set(ScheduledProcedureStepPriority="HIGH"))).status,
            ]
            async with query_ups(peer, data_set(ProcedureStepState="SCHEDULED", SOPInstanceUID="")) as query:
                found = [match.data_set.SOPInstanceUID async for match in query]
            statuses += [
                (await change_state(peer, UID, State.IN_PROGRESS, LOCK)).status,
                (await change_state(peer, UID, State.COMPLETED, LOCK)).status,
                (await set_ups(peer, UID, performed(), OTHER_LOCK)).status,
                (await set_ups(peer, UID, performed(), LOCK)).status,
                (await request_cancel(peer, UID, data_set(ReasonForCancellation="late"))).status,
                (await change_state(peer, UID, State.COMPLETED, LOCK)).status,
                (await request_cancel(peer, UID)).status,
                (await suspend_global_subscription(peer, "ME")).status,
                (await unsubscribe(peer, "ME")).status,
                (await get_ups(peer, "1.2.404")).status,
            ]
            result = await get_ups(peer, UID, [0x00741000])
            uid = peer.agreement.peer_implementation_class_uid
    assert found == [UID]
    assert statuses[:4] == [0, 0x0111, 0xB301, 0]
    assert statuses[4:] == [0, 0xC304, 0xC301, 0, 0, 0, 0xC311, 0, 0, 0xC307]
    assert result.data_set == data_set(ProcedureStepState="COMPLETED")
    for service in ("Push", "Pull", "Watch", "Query"):
        proves(f"UPS {service}", "SCU", PYNETDICOM, uid)


async def test_it_reports_to_our_listener(proves: Proves) -> None:
    callers, events = set[str](), list[UpsEvent]()

    def report(node: Node) -> int:
        roles = [build_role(UPS_EVENT, scp_role=True)]
        with asking_entity(node, [UPS_EVENT], roles=roles) as peer:
            information = data_set(ProcedureStepState="SCHEDULED", InputReadinessState="READY")
            status, _ = peer.send_n_event_report(information, 1, UPS_PUSH, UID, meta_uid=UPS_EVENT)
            return int(status.Status)

    async with application(EventListener(events.append).offer, observer=callers_into(callers)) as node:
        assert await asyncio.to_thread(report, node) == 0
    assert [(event.type, event.sop_instance_uid, event.scp_ae_title) for event in events] == [(1, UID, "PYNETDICOM")]
    proves("UPS Event", "SCU", PYNETDICOM, callers.pop())
