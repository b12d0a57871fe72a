"""Instance availability notifications with pynetdicom, both ways."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pynetdicom import evt

from tests.interop.conftest import Proves, callers_into
from tests.interop.entities import PYNETDICOM, asking_entity, listening_entity
from tests.services.applications import application, asking
from tests.services.test_availability import notification, without_series
from workbench.services.availability import INSTANCE_AVAILABILITY_NOTIFICATION, AvailabilityScp, notify_availability

pytestmark = [pytest.mark.interop, pytest.mark.slow]

SERVICE = "Instance Availability"


async def test_it_notifies_us(tmp_path: Path, proves: Proves) -> None:
    callers = set[str]()

    def notify(node: Any) -> list[int]:
        with asking_entity(node, [INSTANCE_AVAILABILITY_NOTIFICATION]) as association:
            return [
                association.send_n_create(each, INSTANCE_AVAILABILITY_NOTIFICATION, "1.2.3")[0].Status
                for each in (without_series(), notification("NEARLINE"), notification())
            ]

    with AvailabilityScp(tmp_path) as scp:
        async with application(scp.offer, observer=callers_into(callers)) as node:
            assert await asyncio.to_thread(notify, node) == [0x0121, 0x0000, 0x0111]
        kept = scp.notifications.read("1.2.3")
    assert kept.ReferencedSeriesSequence[0].ReferencedSOPSequence[0].InstanceAvailability == "NEARLINE"
    proves(SERVICE, "SCP", PYNETDICOM, callers.pop())


async def test_we_notify_it(proves: Proves) -> None:
    taken: list[Dataset] = []

    def create(event: Any) -> tuple[int, None]:
        taken.append(event.attribute_list)
        return 0x0000, None

    with listening_entity([INSTANCE_AVAILABILITY_NOTIFICATION], [(evt.EVT_N_CREATE, create)]) as node:
        async with asking(node, INSTANCE_AVAILABILITY_NOTIFICATION) as association:
            result = await notify_availability(association, notification())
            uid = association.agreement.peer_implementation_class_uid
    assert result.status == 0
    assert taken == [notification()]
    proves(SERVICE, "SCU", PYNETDICOM, uid)
