"""Notifications of what can be had: made of instances, sent, checked and kept."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from tests.services.applications import application
from tests.services.servers import LOCAL
from tests.support.instances import make_set
from workbench.dimse.messages import NCreateRq, NCreateRsp
from workbench.net.association import Association
from workbench.net.requestor import connect
from workbench.services.availability import (
    AVAILABILITIES,
    AVAILABILITY_CONTEXTS,
    INSTANCE_AVAILABILITY_NOTIFICATION,
    AvailabilityScp,
    notifications,
    notify_availability,
)
from workbench.services.normalized import n_get
from workbench.storage.index import InstanceIndex
from workbench.storage.part10 import scan

CT = "1.2.840.10008.5.1.4.1.1.2"
AVAILABILITY = 0x00080056


class Held(NamedTuple):
    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    sop_class_uid: str = CT


HELD = [Held("1.1", "1.1.1", "1.1.1.1"), Held("1.1", "1.1.1", "1.1.1.2"), Held("1.1", "1.1.2", "1.1.2.1")]


def notification(availability: str = "ONLINE") -> Dataset:
    (made,) = notifications(HELD, retrieve_ae_title="ARCHIVE", availability=availability)
    return made


@asynccontextmanager
async def provider(
    folder: Path, on_notified: Callable[[str, Dataset], None] | None = None
) -> AsyncIterator[tuple[AvailabilityScp, Association]]:
    with AvailabilityScp(folder, on_notified=on_notified) as scp:
        async with application(scp.offer) as node, connect(node, AVAILABILITY_CONTEXTS, local=LOCAL) as association:
            yield scp, association


def test_each_study_has_its_notification_with_its_series() -> None:
    first, second = notifications([*HELD, Held("1.2", "1.2.1", "1.2.1.1")], retrieve_ae_title="A", step_uid="1.9")
    assert (first.StudyInstanceUID, second.StudyInstanceUID) == ("1.1", "1.2")
    assert [(each.SeriesInstanceUID, len(each.ReferencedSOPSequence)) for each in first.ReferencedSeriesSequence] == [
        ("1.1.1", 2),
        ("1.1.2", 1),
    ]
    assert first.ReferencedPerformedProcedureStepSequence[0].ReferencedSOPInstanceUID == "1.9"
    item = second.ReferencedSeriesSequence[0].ReferencedSOPSequence[0]
    assert (item.ReferencedSOPInstanceUID, item.InstanceAvailability, item.RetrieveAETitle) == (
        "1.2.1.1",
        "ONLINE",
        "A",
    )


async def test_an_archive_notifies_of_what_it_holds(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    held = {scan(path).sop_instance_uid for path in make_set(archive)}
    index = InstanceIndex.open(archive)
    index.rebuild()
    made = notifications(index.instances(()), retrieve_ae_title="ARCHIVE")
    index.close()
    async with provider(tmp_path / "kept") as (_, association):
        assert {(await notify_availability(association, each)).status for each in made} == {0}
    assert {
        item.ReferencedSOPInstanceUID
        for each in made
        for series in each.ReferencedSeriesSequence
        for item in series.ReferencedSOPSequence
    } == held


@pytest.mark.parametrize("availability", AVAILABILITIES)
async def test_a_notification_is_taken_and_kept(tmp_path: Path, availability: str) -> None:
    told: list[tuple[str, str]] = []

    def notified(uid: str, data_set: Dataset) -> None:
        told.append((uid, str(data_set.StudyInstanceUID)))

    async with provider(tmp_path, notified) as (scp, association):
        assert (await notify_availability(association, notification(availability), "1.2.3")).status == 0
        kept = scp.notifications.read("1.2.3")
    assert kept.ReferencedSeriesSequence[0].ReferencedSOPSequence[0].InstanceAvailability == availability
    assert told == [("1.2.3", "1.1")]


async def test_each_notification_is_one_of_its_own(tmp_path: Path) -> None:
    async with provider(tmp_path) as (scp, association):
        for _ in range(2):
            assert (await notify_availability(association, notification())).is_done
        message = NCreateRq(message_id=9, affected_sop_class_uid=INSTANCE_AVAILABILITY_NOTIFICATION)
        assert (await association.request(message)).message.status == 0x0120
        assert len(list(scp.notifications)) == 2


async def test_a_second_notification_of_one_uid_is_a_duplicate(tmp_path: Path) -> None:
    async with provider(tmp_path) as (_, association):
        assert (await notify_availability(association, notification(), "1.2.3")).status == 0
        assert (await notify_availability(association, notification(), "1.2.3")).status == 0x0111


def without(*path: int) -> Dataset:
    made = item = notification()
    for tag in path[:-1]:
        item = item[tag].value[0]
    del item[path[-1]]
    return made


def odd_availability() -> Dataset:
    made = notification()
    item = made.ReferencedSeriesSequence[1].ReferencedSOPSequence[0]
    item.add(DataElement(AVAILABILITY, "CS", "perhaps", already_converted=True))
    return made


def without_series() -> Dataset:
    made = notification()
    made.ReferencedSeriesSequence = []
    return made


@pytest.mark.parametrize(
    ("data_set", "status", "tag"),
    [
        (without(0x0020000D), 0x0120, 0x0020000D),
        (without(0x00081111), 0x0120, 0x00081111),
        (without(0x00081115, 0x0020000E), 0x0120, 0x0020000E),
        (without(0x00081115, 0x00081199, 0x00080054), 0x0120, 0x00080054),
        (without_series(), 0x0121, 0x00081115),
        (odd_availability(), 0x0106, AVAILABILITY),
    ],
)
async def test_what_is_wrong_is_named_and_not_kept(tmp_path: Path, data_set: Dataset, status: int, tag: int) -> None:
    async with provider(tmp_path) as (scp, association):
        result = await notify_availability(association, data_set)
        assert list(scp.notifications) == []
    assert isinstance(result.message, NCreateRsp)
    assert (result.status, result.message.attribute_identifier_list) == (status, (tag,))


async def test_a_notification_can_only_be_created(tmp_path: Path) -> None:
    async with provider(tmp_path) as (_, association):
        assert (await n_get(association, INSTANCE_AVAILABILITY_NOTIFICATION, "1.2.3")).status == 0x0211
