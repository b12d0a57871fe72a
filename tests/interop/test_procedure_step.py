"""Performed procedure steps with pynetdicom: created, set, looked at and notified of, both ways."""

import asyncio
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pynetdicom import evt

from tests.interop.conftest import Proves, callers_into
from tests.interop.entities import PYNETDICOM, asking_entity, listening_entity
from tests.services.applications import application, asking
from tests.services.procedure_step.test_scp import attributes, final, with_status
from tests.services.servers import LOCAL
from workbench.net.association import Association
from workbench.services.procedure_step.scp import ProcedureStepScp
from workbench.services.procedure_step.scu import (
    MODALITY_PERFORMED_PROCEDURE_STEP,
    MPPS_NOTIFICATION,
    MPPS_RETRIEVE,
    StepEvent,
    complete_step,
    create_step,
    discontinue_step,
    get_step,
    notified_offer,
)

pytestmark = [pytest.mark.interop, pytest.mark.slow]

ALL = (MODALITY_PERFORMED_PROCEDURE_STEP, MPPS_RETRIEVE, MPPS_NOTIFICATION)
UID = "1.2.9"


def modality_day(node: Any) -> dict[str, int]:
    """Does with pynetdicom what a modality does, and what it should not; gives the statuses and what was got."""
    mpps, statuses = MODALITY_PERFORMED_PROCEDURE_STEP, dict[str, int]()
    completed = final(
        PerformedProcedureStepStatus="COMPLETED",
        PerformedProcedureStepEndDate="20260102",
        PerformedProcedureStepEndTime="1200",
    )

    def note(name: str, answered: tuple[Dataset, Dataset | None]) -> None:
        statuses[name] = answered[0].Status

    with asking_entity(node, ALL) as association:
        lacking = attributes(Modality=None)
        note("lacking", association.send_n_create(lacking, mpps, UID))
        note("created", association.send_n_create(attributes(), mpps, UID))
        note("again", association.send_n_create(attributes(), mpps, UID))
        note("unknown", association.send_n_set(completed, mpps, "1.2.404"))
        note("early", association.send_n_set(with_status("COMPLETED"), mpps, UID))
        note("completed", association.send_n_set(completed, mpps, UID))
        note("late", association.send_n_set(completed, mpps, UID))
        status, step = association.send_n_get([0x00400252], MPPS_RETRIEVE, UID)
        statuses["got"] = status.Status
        assert step.PerformedProcedureStepStatus == "COMPLETED"
    return statuses


async def test_its_modality_and_our_scp(tmp_path: Path, proves: Proves) -> None:
    callers = set[str]()
    async with ProcedureStepScp(tmp_path) as scp, application(scp.offer, observer=callers_into(callers)) as node:
        assert await asyncio.to_thread(modality_day, node) == {
            "lacking": 0x0120,
            "created": 0x0000,
            "again": 0x0111,
            "unknown": 0x0112,
            "early": 0x0121,
            "completed": 0x0000,
            "late": 0x0110,
            "got": 0x0000,
        }
    (uid,) = callers
    proves("MPPS", "SCP", PYNETDICOM, uid)
    proves("MPPS Retrieve", "SCP", PYNETDICOM, uid)


async def test_our_modality_and_its_scp(proves: Proves) -> None:
    steps: dict[str, Dataset] = {}

    def create(event: Any) -> tuple[int, Dataset]:
        steps[str(event.request.AffectedSOPInstanceUID)] = event.attribute_list
        return 0x0000, event.attribute_list

    def modify(event: Any) -> tuple[int, Dataset | None]:
        step = steps[str(event.request.RequestedSOPInstanceUID)]
        if step.PerformedProcedureStepStatus != "IN PROGRESS":
            return 0x0110, None
        step.update(event.modification_list)
        return 0x0000, step

    def get(event: Any) -> tuple[int, Dataset]:
        return 0x0000, steps[str(event.request.RequestedSOPInstanceUID)]

    handlers = [(evt.EVT_N_CREATE, create), (evt.EVT_N_SET, modify), (evt.EVT_N_GET, get)]
    with listening_entity(ALL, handlers) as node:
        async with asking(node, *ALL) as association:
            assert (await create_step(association, attributes(), UID)).status == 0
            assert (await complete_step(association, UID, final())).status == 0
            refused = await discontinue_step(association, UID, final())
            result = await get_step(association, UID)
            uid = association.agreement.peer_implementation_class_uid
    assert refused.reason == "0110H Failure: performed procedure step object may no longer be updated"
    assert result.data_set is not None
    assert result.data_set.PerformedProcedureStepStatus == "COMPLETED"
    assert result.data_set.PerformedSeriesSequence[0].ProtocolName == "HEAD"
    proves("MPPS", "SCU", PYNETDICOM, uid)
    proves("MPPS Retrieve", "SCU", PYNETDICOM, uid)


async def test_our_scp_notifies_it_on_its_own_association(tmp_path: Path, proves: Proves) -> None:
    there, told = set[Association](), SimpleQueue[tuple[int, str]]()

    def notified(event: Any) -> tuple[int, None]:
        told.put((event.event_type, str(event.request.AffectedSOPInstanceUID)))
        return 0x0000, None

    def observe(node: Any) -> list[tuple[int, str]]:
        with (
            asking_entity(node, [MPPS_NOTIFICATION], [(evt.EVT_N_EVENT_REPORT, notified)]),
            asking_entity(node, [MODALITY_PERFORMED_PROCEDURE_STEP]) as modality,
        ):
            modality.send_n_create(attributes(), MODALITY_PERFORMED_PROCEDURE_STEP, UID)
            return [told.get(timeout=10)]

    async with (
        ProcedureStepScp(tmp_path, associations=lambda: there) as scp,
        application(scp.offer, observer=there.add) as node,
    ):
        assert await asyncio.to_thread(observe, node) == [(StepEvent.IN_PROGRESS, UID)]
    proves("MPPS Notification", "SCP", PYNETDICOM, there.pop().agreement.peer_implementation_class_uid)


async def test_our_scp_notifies_it_on_a_new_association(tmp_path: Path, proves: Proves) -> None:
    told = SimpleQueue[tuple[int, str]]()

    def notified(event: Any) -> tuple[int, None]:
        told.put((event.event_type, str(event.assoc.requestor.implementation_class_uid)))
        return 0x0000, None

    handlers = [(evt.EVT_N_EVENT_REPORT, notified)]
    with listening_entity([MPPS_NOTIFICATION], handlers, roles=(True, True)) as observer:
        scp = ProcedureStepScp(tmp_path, local=LOCAL, subscribers=lambda: [observer])
        async with scp, application(scp.offer) as node, asking(node, MODALITY_PERFORMED_PROCEDURE_STEP) as modality:
            await create_step(modality, attributes(), UID)
            event_type, _ = await asyncio.to_thread(told.get, timeout=10)
        async with asking(observer, MPPS_NOTIFICATION) as probe:
            uid = probe.agreement.peer_implementation_class_uid
    assert event_type == StepEvent.IN_PROGRESS
    proves("MPPS Notification", "SCP", PYNETDICOM, uid)


async def test_it_notifies_us(proves: Proves) -> None:
    events: list[tuple[StepEvent, str]] = []

    async def take(event: StepEvent, uid: str) -> None:
        events.append((event, uid))

    def create(event: Any) -> tuple[int, None]:
        event.assoc.send_n_event_report(None, 1, MPPS_NOTIFICATION, UID)
        return 0x0000, None

    with listening_entity(ALL, [(evt.EVT_N_CREATE, create)]) as node:
        async with asking(node, *ALL, handlers=notified_offer(take).handlers) as association:
            assert (await create_step(association, attributes(), UID)).status == 0
            uid = association.agreement.peer_implementation_class_uid
    assert events == [(StepEvent.IN_PROGRESS, UID)]
    proves("MPPS Notification", "SCU", PYNETDICOM, uid)
