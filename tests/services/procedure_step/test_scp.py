"""The SCP of performed procedure steps: states enforced, nothing acknowledged that is not kept, subscribers told."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from tests.conftest import ExpectLog
from tests.services.applications import application, asking
from tests.services.servers import LOCAL
from tests.support.peer import scripted_listener
from workbench.config import Node
from workbench.dimse.messages import NCreateRq, NCreateRsp, NSetRsp
from workbench.net.association import Association
from workbench.services.normalized import Result, n_create, n_get, n_set
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
    set_step,
    step_attributes,
)
from workbench.services.requirements import text_of

UID = "1.2.9"
STATUS = 0x00400252
ALL = (MODALITY_PERFORMED_PROCEDURE_STEP, MPPS_RETRIEVE, MPPS_NOTIFICATION)


def attributes(**changes: Any) -> Dataset:
    """Gives what creates a step; a change of None takes the attribute away."""
    item = Dataset()
    item.StudyInstanceUID = "1.2.3"
    step = step_attributes(item, step_id="PPS1", station_ae_title="CT1", modality="CT")
    for keyword, value in changes.items():
        if value is None:
            delattr(step, keyword)
        else:
            setattr(step, keyword, value)
    return step


def with_odd_status(status: str) -> Dataset:
    """Gives what creates a step, but for its status, which no check of ours hinders."""
    step = attributes()
    step.add(DataElement(STATUS, "CS", status, already_converted=True))
    return step


def final(**changes: Any) -> Dataset:
    """Gives what a step needs to end."""
    series, modifications = Dataset(), Dataset()
    series.ProtocolName = "HEAD"
    series.SeriesInstanceUID = "1.2.3.4"
    for keyword in ("PerformingPhysicianName", "OperatorsName", "SeriesDescription", "RetrieveAETitle"):
        setattr(series, keyword, "")
    series.ReferencedImageSequence = []
    series.ReferencedNonImageCompositeSOPInstanceSequence = []
    modifications.PerformedSeriesSequence = [series]
    for keyword, value in changes.items():
        setattr(modifications, keyword, value)
    return modifications


def with_status(status: str) -> Dataset:
    data_set = Dataset()
    data_set.PerformedProcedureStepStatus = status
    return data_set


def named_in(result: Result) -> tuple[int, ...]:
    message = result.message
    assert isinstance(message, NCreateRsp | NSetRsp)
    return message.attribute_identifier_list or ()


@asynccontextmanager
async def provider(folder: Path, **options: Any) -> AsyncIterator[tuple[ProcedureStepScp, Association]]:
    async with (
        ProcedureStepScp(folder, **options) as scp,
        application(scp.offer) as node,
        asking(node, *ALL) as association,
    ):
        yield scp, association


async def test_a_step_is_created_modified_completed_and_looked_at(tmp_path: Path) -> None:
    changes: list[tuple[StepEvent, str, str]] = []

    def changed(event: StepEvent, uid: str, step: Dataset) -> None:
        changes.append((event, uid, str(step.PerformedProcedureStepStatus)))

    modification = Dataset()
    modification.PerformedProcedureStepDescription = "head"
    async with provider(tmp_path, on_changed=changed) as (_, association):
        assert (await create_step(association, attributes(), UID)).status == 0
        assert (await set_step(association, UID, modification)).status == 0
        assert (await complete_step(association, UID, final())).status == 0
        result = await get_step(association, UID)
    assert result.status == 0
    assert result.data_set is not None
    assert result.data_set.PerformedProcedureStepStatus == "COMPLETED"
    assert result.data_set.PerformedProcedureStepDescription == "head"
    assert result.data_set.PerformedSeriesSequence[0].ProtocolName == "HEAD"
    assert changes == [
        (StepEvent.IN_PROGRESS, UID, "IN PROGRESS"),
        (StepEvent.UPDATED, UID, "IN PROGRESS"),
        (StepEvent.COMPLETED, UID, "COMPLETED"),
    ]


async def test_the_scp_chooses_a_uid_where_none_is_given(tmp_path: Path) -> None:
    async with provider(tmp_path) as (scp, association):
        result = await create_step(association, attributes())
        uid = result.message.affected_sop_instance_uid  # type: ignore[union-attr]
        assert result.status == 0
        assert list(scp.steps) == [uid]


@pytest.mark.parametrize(
    ("changes", "status", "tags"),
    [
        ({"PatientName": None}, 0x0120, (0x00100010,)),
        ({"Modality": None, "PerformedSeriesSequence": None}, 0x0120, (0x00080060, 0x00400340)),
        ({"PerformedProcedureStepID": ""}, 0x0121, (0x00400253,)),
        ({"ScheduledStepAttributesSequence": []}, 0x0121, (0x00400270,)),
        ({"PerformedSeriesSequence": [Dataset()]}, 0x0120, (0x00081050, 0x00181030)),
        ({"ScheduledStepAttributesSequence": [Dataset()]}, 0x0120, (0x0020000D, 0x00081110, 0x00080050)),
    ],
)
async def test_what_creation_lacks_is_named(
    tmp_path: Path, changes: dict[str, Any], status: int, tags: tuple[int, ...]
) -> None:
    async with provider(tmp_path) as (scp, association):
        result = await create_step(association, attributes(**changes), UID)
        assert list(scp.steps) == []
    assert result.status == status
    assert named_in(result)[: len(tags)] == tags


@pytest.mark.parametrize("status", ["COMPLETED", "DISCONTINUED", "STARTED", "in progress"])
async def test_a_step_is_created_in_progress_only(tmp_path: Path, status: str) -> None:
    async with provider(tmp_path) as (scp, association):
        result = await create_step(association, with_odd_status(status), UID)
        assert list(scp.steps) == []
    assert result.status == 0x0106
    assert result.data_set is not None
    assert text_of(result.data_set, STATUS) == status


async def test_a_second_step_of_one_uid_is_a_duplicate(tmp_path: Path) -> None:
    async with provider(tmp_path) as (_, association):
        await create_step(association, attributes(), UID)
        assert (await create_step(association, attributes(), UID)).status == 0x0111


@pytest.mark.parametrize("end", [complete_step, discontinue_step])
async def test_a_step_that_has_ended_may_no_longer_be_updated(tmp_path: Path, end: Any) -> None:
    async with provider(tmp_path) as (_, association):
        await create_step(association, attributes(), UID)
        assert (await end(association, UID, final())).status == 0
        refused = [await set_step(association, UID, with_status("IN PROGRESS")), await end(association, UID, final())]
    for result in refused:
        assert (result.status, result.message.error_id) == (0x0110, 0xA710)
        assert result.message.error_comment == "Performed Procedure Step Object may no longer be updated"


@pytest.mark.parametrize(
    ("modifications", "status", "tags"),
    [
        (with_status("COMPLETED"), 0x0121, (0x00400250, 0x00400251, 0x00400340)),
        (with_status("STARTED"), 0x0106, (STATUS,)),
        (with_status(""), 0x0106, (STATUS,)),
        (final(PatientName="B"), 0x0105, (0x00100010,)),
        (final(Modality="CT", PatientID="2"), 0x0105, (0x00100020, 0x00080060)),
        (final(PerformedSeriesSequence=[Dataset()]), 0x0120, (0x00081050,)),
        (final(PerformedSeriesSequence=[]), 0x0121, (0x00400340,)),
    ],
)
async def test_a_refused_modification_leaves_the_step_as_it_is(
    tmp_path: Path, modifications: Dataset, status: int, tags: tuple[int, ...]
) -> None:
    async with provider(tmp_path) as (scp, association):
        await create_step(association, attributes(), UID)
        if "PerformedProcedureStepStatus" in modifications:
            result = await set_step(association, UID, modifications)
        else:
            result = await complete_step(association, UID, modifications)
        kept = scp.steps.read(UID)
        assert (kept.PerformedProcedureStepStatus, list(kept.PerformedSeriesSequence)) == ("IN PROGRESS", [])
        assert (await complete_step(association, UID, final())).status == 0
    assert result.status == status
    assert named_in(result)[: len(tags)] == tags


async def test_a_series_is_whole_also_while_the_step_is_in_progress(tmp_path: Path) -> None:
    broken = final()
    del broken.PerformedSeriesSequence[0].SeriesInstanceUID
    async with provider(tmp_path) as (_, association):
        await create_step(association, attributes(), UID)
        result = await set_step(association, UID, broken)
        assert (await set_step(association, UID, final())).status == 0
        assert (await complete_step(association, UID, Dataset())).status == 0
    assert (result.status, named_in(result)) == (0x0120, (0x0020000E,))


async def test_what_is_acknowledged_is_there_after_a_restart(tmp_path: Path) -> None:
    async with provider(tmp_path) as (_, association):
        await create_step(association, attributes(), UID)
    async with provider(tmp_path) as (_, association):
        assert (await create_step(association, attributes(), UID)).status == 0x0111
        assert (await discontinue_step(association, UID, final())).status == 0
    async with provider(tmp_path) as (_, association):
        result = await get_step(association, UID, [STATUS])
    assert result.data_set == with_status("DISCONTINUED")


async def test_an_unknown_step_is_no_such_instance(tmp_path: Path) -> None:
    async with provider(tmp_path) as (_, association):
        assert (await set_step(association, UID, final())).status == 0x0112
        assert (await get_step(association, UID)).status == 0x0112


async def test_attributes_that_a_step_has_not_are_named_in_a_warning(tmp_path: Path) -> None:
    async with provider(tmp_path) as (_, association):
        await create_step(association, attributes(), UID)
        result = await get_step(association, UID, [STATUS, 0x00400280])
    assert result.status == 0x0001
    assert result.data_set == with_status("IN PROGRESS")
    assert result.message.attribute_identifier_list == (0x00400280,)  # type: ignore[union-attr]


async def test_each_class_has_its_own_operations(tmp_path: Path) -> None:
    async with provider(tmp_path) as (_, association):
        refused = [
            await n_get(association, MODALITY_PERFORMED_PROCEDURE_STEP, UID),
            await n_set(association, MPPS_RETRIEVE, UID, final()),
            await n_create(association, MPPS_NOTIFICATION, UID, attributes()),
        ]
        assert [result.status for result in refused] == [0x0211] * 3


async def test_a_creation_without_data_set_is_refused_not_aborted(tmp_path: Path) -> None:
    async with provider(tmp_path) as (_, association):
        message = NCreateRq(message_id=9, affected_sop_class_uid=MODALITY_PERFORMED_PROCEDURE_STEP)
        assert (await association.request(message)).message.status == 0x0120
        assert (await create_step(association, attributes(), UID)).status == 0


class Observer:
    """An SCU of the Notification class."""

    def __init__(self) -> None:
        self.events: asyncio.Queue[tuple[StepEvent, str]] = asyncio.Queue()
        self.offer = notified_offer(self.take)

    async def take(self, event: StepEvent, uid: str) -> None:
        self.events.put_nowait((event, uid))


async def test_subscribers_are_told_on_an_association_of_the_scp(tmp_path: Path) -> None:
    observer = Observer()
    async with application(observer.offer) as subscriber:

        def subscribers() -> list[Node]:
            return [subscriber]

        async with provider(tmp_path, local=LOCAL, subscribers=subscribers) as (_, association):
            await create_step(association, attributes(), UID)
            assert await observer.events.get() == (StepEvent.IN_PROGRESS, UID)
            await discontinue_step(association, UID, final())
            assert await observer.events.get() == (StepEvent.DISCONTINUED, UID)


async def test_subscribers_are_told_on_their_own_association(tmp_path: Path) -> None:
    observer, there = Observer(), set[Association]()
    async with (
        ProcedureStepScp(tmp_path, associations=lambda: there) as scp,
        application(scp.offer, observer=there.add) as node,
        asking(node, MPPS_NOTIFICATION, handlers=observer.offer.handlers),
        asking(node, MODALITY_PERFORMED_PROCEDURE_STEP) as modality,
    ):
        await create_step(modality, attributes(), UID)
        assert await observer.events.get() == (StepEvent.IN_PROGRESS, UID)


async def test_a_subscriber_that_is_not_there_harms_nobody(tmp_path: Path, expect_log: ExpectLog) -> None:
    expect_log("application was not notified of a procedure step: no connection")
    told = asyncio.Event()

    class Watch(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.set()

    logging.getLogger("workbench").addHandler(Watch())
    async with application() as gone:
        pass
    async with provider(tmp_path, local=LOCAL, subscribers=lambda: [gone]) as (_, association):
        assert (await create_step(association, attributes(), UID)).status == 0
        await told.wait()


async def test_a_subscriber_that_hangs_costs_no_more_than_so_many_notifications(
    tmp_path: Path, expect_log: ExpectLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.services.procedure_step.scp.MOST_UNDER_WAY", 2)
    expect_log("scripted was not notified of a procedure step: 2 notifications wait")
    async with (
        scripted_listener() as listener,
        provider(tmp_path, local=LOCAL, subscribers=lambda: [listener.node]) as (_, association),
    ):
        assert (await create_step(association, attributes(), UID)).status == 0
        for _ in range(3):
            assert (await set_step(association, UID, Dataset())).status == 0
        for _ in range(2):
            await listener.accept()
