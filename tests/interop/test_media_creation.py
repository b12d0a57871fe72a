"""Media Creation Management with pynetdicom, both ways."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pynetdicom import evt

from tests.interop.conftest import Proves, callers_into
from tests.interop.entities import PYNETDICOM, asking_entity, listening_entity
from tests.services.applications import application
from tests.services.servers import LOCAL
from workbench.config import Node
from workbench.net.requestor import connect
from workbench.services.media_creation import (
    MEDIA_CREATION_CONTEXTS,
    MEDIA_CREATION_MANAGEMENT,
    MediaCreationScp,
    cancel_media_creation,
    create_media_request,
    get_media_result,
    initiate_media_creation,
)

pytestmark = [pytest.mark.interop, pytest.mark.slow]

UID = "1.2.3"
CT, INSTANCE = "1.2.840.10008.5.1.4.1.1.2", "1.2.3.4"


def request_media(node: Node) -> list[object]:
    """Places requests with pynetdicom and takes one back; gives what was answered."""
    item, request, copies = Dataset(), Dataset(), Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = CT, INSTANCE
    request.ReferencedSOPSequence = [item]
    copies.NumberOfCopies = 1
    with asking_entity(node, [MEDIA_CREATION_MANAGEMENT]) as peer:
        answers = [
            peer.send_n_create(request, MEDIA_CREATION_MANAGEMENT, UID)[0].Status,
            peer.send_n_action(copies, 1, MEDIA_CREATION_MANAGEMENT, UID)[0].Status,
            peer.send_n_action(copies, 1, MEDIA_CREATION_MANAGEMENT, UID)[0].Status,
        ]
        status, result = peer.send_n_get([0x21000020], MEDIA_CREATION_MANAGEMENT, UID)
        answers += [status.Status, result.ExecutionStatus]
        answers.append(peer.send_n_action(None, 2, MEDIA_CREATION_MANAGEMENT, UID)[0].Status)
        answers.append(peer.send_n_get([0x21000020], MEDIA_CREATION_MANAGEMENT, UID)[0].Status)
    return answers


async def test_its_requests_and_our_scp(tmp_path: Path, proves: Proves) -> None:
    callers = set[str]()
    with MediaCreationScp(tmp_path) as scp:
        async with application(scp.offer, observer=callers_into(callers)) as node:
            answers = await asyncio.to_thread(request_media, node)
    assert answers == [0x0000, 0x0000, 0xA510, 0x0000, "PENDING", 0x0000, 0x0112]
    proves("Media Creation Management", "SCP", PYNETDICOM, callers.pop())


async def test_our_requests_and_its_scp(proves: Proves) -> None:
    done: list[tuple[str, object]] = []

    def create(event: Any) -> tuple[int, Dataset]:
        done.append(("create", event.attribute_list.ReferencedSOPSequence[0].ReferencedSOPInstanceUID))
        return 0x0000, Dataset()

    def act(event: Any) -> tuple[int, Dataset]:
        done.append(("action", event.action_type))
        return (0xC202 if event.action_type == 2 else 0x0000), Dataset()

    def get(event: Any) -> tuple[int, Dataset]:
        result = Dataset()
        result.ExecutionStatus = "CREATING"
        return 0x0000, result

    handlers = [(evt.EVT_N_CREATE, create), (evt.EVT_N_ACTION, act), (evt.EVT_N_GET, get)]
    with listening_entity([MEDIA_CREATION_MANAGEMENT], handlers) as node:
        async with connect(node, MEDIA_CREATION_CONTEXTS, local=LOCAL) as peer:
            statuses = [
                (await create_media_request(peer, [(CT, INSTANCE)], None, UID)).status,
                (await initiate_media_creation(peer, UID, copies=2)).status,
            ]
            cancelled = await cancel_media_creation(peer, UID)
            result = await get_media_result(peer, UID)
            uid = peer.agreement.peer_implementation_class_uid
    assert statuses == [0, 0]
    assert cancelled.reason == "C202H Failure: media creation request already in progress and cannot be interrupted"
    assert result.data_set is not None
    assert result.data_set.ExecutionStatus == "CREATING"
    assert done == [("create", INSTANCE), ("action", 1), ("action", 2)]
    proves("Media Creation Management", "SCU", PYNETDICOM, uid)
