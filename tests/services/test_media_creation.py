"""Requests for media: placed, initiated, taken back and asked for; the SCP books them and says so."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.services.applications import application
from tests.services.servers import LOCAL
from workbench import dictionary
from workbench.acse.contexts import propose
from workbench.dimse.status import SERVICES
from workbench.net.association import Association
from workbench.net.requestor import connect
from workbench.services.managed import ManagedInstances
from workbench.services.media_creation import (
    MEDIA_CREATION_CONTEXTS,
    MEDIA_CREATION_MANAGEMENT,
    SERVICE,
    ExecutionStatus,
    MediaCreationScp,
    cancel_media_creation,
    create_media_request,
    get_media_result,
    initiate_media_creation,
)
from workbench.services.normalized import n_action, n_create, n_delete
from workbench.uids import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
)
from workbench.upper_layer.items import ProposedContext

UID = "1.2.3"
REFERENCES = [("1.2.840.10008.5.1.4.1.1.2", "1.2.3.4"), ("1.2.840.10008.5.1.4.1.1.2", "1.2.3.5")]


@asynccontextmanager
async def booking(folder: Path, **options: Any) -> AsyncIterator[tuple[MediaCreationScp, Association]]:
    """Gives an SCP with the folder and an association with it."""
    contexts = options.pop("contexts", MEDIA_CREATION_CONTEXTS)
    with MediaCreationScp(folder, **options) as scp:
        async with application(scp.offer) as node, connect(node, contexts, local=LOCAL) as association:
            yield scp, association


def contexts_in(syntax: str) -> tuple[ProposedContext, ...]:
    (contexts,) = propose([(MEDIA_CREATION_MANAGEMENT, (syntax,))])
    return contexts


def state(data_set: Dataset | None) -> tuple[str, str]:
    assert data_set is not None
    return data_set.ExecutionStatus, data_set.ExecutionStatusInfo


def test_class_and_statuses_are_those_of_the_standard() -> None:
    assert dictionary.uid_name(MEDIA_CREATION_MANAGEMENT) == "Media Creation Management SOP Class UID"
    assert SERVICE in SERVICES


async def test_a_request_is_booked_and_says_so(tmp_path: Path) -> None:
    begun: list[tuple[str, str]] = []

    def note(uid: str, request: Dataset) -> None:
        begun.append((uid, str(request.NumberOfCopies)))

    wishes = Dataset()
    wishes.SpecificCharacterSet, wishes.LabelText = "ISO_IR 100", "für Müller"
    async with booking(tmp_path, on_initiated=note) as (_, peer):
        created = await create_media_request(peer, REFERENCES, wishes, UID)
        before = await get_media_result(peer, UID)
        initiated = await initiate_media_creation(peer, UID, copies=2, priority="HIGH")
        after = await get_media_result(peer, UID)
        everything = await get_media_result(peer, UID, ())
    assert (created.status, initiated.status) == (0, 0)
    assert state(before.data_set) == ("IDLE", "NORMAL")
    assert state(after.data_set) == ("PENDING", "QUEUED")
    assert begun == [(UID, "2")]
    assert everything.data_set is not None
    assert (everything.data_set.LabelText, everything.data_set.RequestPriority) == ("für Müller", "HIGH")
    assert [item.ReferencedSOPInstanceUID for item in everything.data_set.ReferencedSOPSequence] == [
        "1.2.3.4",
        "1.2.3.5",
    ]


@pytest.mark.parametrize(
    "syntax", [IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN, DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN]
)
async def test_a_request_comes_and_goes_in_any_uncompressed_syntax(tmp_path: Path, syntax: str) -> None:
    async with booking(tmp_path, contexts=contexts_in(syntax)) as (_, peer):
        await create_media_request(peer, REFERENCES, None, UID)
        await initiate_media_creation(peer, UID, copies=3)
        result = (await get_media_result(peer, UID, ())).data_set
    assert state(result) == ("PENDING", "QUEUED")
    assert result is not None
    assert (result.NumberOfCopies, result.TotalNumberOfPiecesOfMediaCreated) == (3, 0)
    assert result.ReferencedSOPSequence[1].ReferencedSOPInstanceUID == "1.2.3.5"


async def test_what_was_booked_is_there_when_the_scp_starts_again(tmp_path: Path) -> None:
    async with booking(tmp_path) as (_, peer):
        await create_media_request(peer, REFERENCES, None, UID)
        await initiate_media_creation(peer, UID)
    with ManagedInstances(tmp_path, MEDIA_CREATION_MANAGEMENT) as requests:
        assert list(requests) == [UID]
        assert state(requests.read(UID)) == ("PENDING", "QUEUED")


@pytest.mark.parametrize(
    ("status", "initiated", "cancelled"),
    [
        (ExecutionStatus.IDLE, 0x0000, 0x0000),
        (ExecutionStatus.PENDING, 0xA510, 0x0000),
        (ExecutionStatus.CREATING, 0xA510, 0xC202),
        (ExecutionStatus.DONE, 0xA510, 0xC201),
        (ExecutionStatus.FAILURE, 0xA510, 0xC201),
    ],
)
async def test_each_action_is_answered_by_how_far_the_request_is(
    tmp_path: Path, status: ExecutionStatus, initiated: int, cancelled: int
) -> None:
    async with booking(tmp_path) as (scp, peer):
        for uid in (UID, "1.2.4"):
            await create_media_request(peer, REFERENCES, None, uid)
            await scp.report(uid, status)
        assert (await initiate_media_creation(peer, UID)).status == initiated
        assert (await cancel_media_creation(peer, "1.2.4")).status == cancelled
        assert (await get_media_result(peer, "1.2.4")).status == (0x0000 if cancelled else 0x0112)


async def test_the_application_may_deny_a_cancellation(tmp_path: Path) -> None:
    async with booking(tmp_path, may_cancel=lambda uid: uid != UID) as (_, peer):
        await create_media_request(peer, REFERENCES, None, UID)
        result = await cancel_media_creation(peer, UID)
        assert (await get_media_result(peer, UID)).status == 0
    assert result.reason == (
        "C203H Failure: cancellation denied for unspecified reason (this request may not be cancelled)"
    )


async def test_the_application_reports_what_was_made(tmp_path: Path) -> None:
    disc, lost = Dataset(), Dataset()
    disc.StorageMediaFileSetID, disc.StorageMediaFileSetUID = "DISC1", "1.2.3.9"
    lost.ReferencedSOPClassUID, lost.ReferencedSOPInstanceUID = REFERENCES[1]
    lost.FailureReason = 0x0112
    async with booking(tmp_path) as (scp, peer):
        await create_media_request(peer, REFERENCES, None, UID)
        await scp.report(UID, ExecutionStatus.FAILURE, "NO_INSTANCE", pieces=1, failed=[lost], media=[disc])
        result = (await get_media_result(peer, UID)).data_set
    assert state(result) == ("FAILURE", "NO_INSTANCE")
    assert result is not None
    assert (result.TotalNumberOfPiecesOfMediaCreated, result.FailedSOPSequence[0].FailureReason) == (1, 0x0112)
    assert result.ReferencedStorageMediaSequence[0].StorageMediaFileSetID == "DISC1"


async def test_a_request_lacks_nothing_and_claims_nothing(tmp_path: Path) -> None:
    empty, halved, claiming = Dataset(), Dataset(), Dataset()
    empty.ReferencedSOPSequence = []
    item = Dataset()
    item.ReferencedSOPClassUID = REFERENCES[0][0]
    halved.ReferencedSOPSequence = [item]
    claiming.ExecutionStatus = "DONE"
    async with booking(tmp_path) as (scp, peer):
        statuses = [
            (await n_create(peer, MEDIA_CREATION_MANAGEMENT, UID, request)).status
            for request in (Dataset(), empty, halved)
        ]
        statuses.append((await create_media_request(peer, REFERENCES, claiming, UID)).status)
        assert list(scp.requests) == []
        statuses.append((await create_media_request(peer, REFERENCES)).status)
        statuses.append((await create_media_request(peer, REFERENCES, None, UID)).status)
        statuses.append((await create_media_request(peer, REFERENCES, None, UID)).status)
    assert statuses == [0x0120, 0x0121, 0x0120, 0x0105, 0, 0, 0x0111]


async def test_what_the_class_does_not_have_is_answered(tmp_path: Path) -> None:
    odd, copies = Dataset(), Dataset()
    odd.RequestPriority = "SOON"
    copies.NumberOfCopies = 0
    async with booking(tmp_path) as (_, peer):
        await create_media_request(peer, REFERENCES, None, UID)
        statuses = [
            (await n_action(peer, MEDIA_CREATION_MANAGEMENT, UID, 3)).status,
            (await n_action(peer, MEDIA_CREATION_MANAGEMENT, UID, 1, odd)).status,
            (await n_action(peer, MEDIA_CREATION_MANAGEMENT, UID, 1, copies)).status,
            (await n_delete(peer, MEDIA_CREATION_MANAGEMENT, UID)).status,
            (await initiate_media_creation(peer, "1.2.404")).status,
            (await cancel_media_creation(peer, "1.2.404")).status,
        ]
        some = await get_media_result(peer, UID, [0x21000020, 0x00100010])
    assert statuses == [0x0123, 0x0115, 0x0115, 0x0211, 0x0112, 0x0112]
    assert (some.status, some.message.attribute_identifier_list) == (1, (0x00100010,))  # type: ignore[union-attr]
