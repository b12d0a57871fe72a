"""Procedural event logging with pynetdicom, both ways."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pynetdicom import evt

from tests.interop.conftest import Proves, callers_into
from tests.interop.entities import PYNETDICOM, asking_entity, listening_entity
from tests.services.applications import application, asking
from tests.services.test_event_logging import record
from workbench.services.event_logging import LOGGING_INSTANCE, PROCEDURAL_EVENT_LOGGING, EventLoggingScp, log_event

pytestmark = [pytest.mark.interop, pytest.mark.slow]

SERVICE = "Procedural Event Logging"


async def test_it_reports_events_to_us(tmp_path: Path, proves: Proves) -> None:
    callers = set[str]()

    def report(node: Any) -> list[int]:
        with asking_entity(node, [PROCEDURAL_EVENT_LOGGING]) as association:
            return [
                association.send_n_action(record(), action, PROCEDURAL_EVENT_LOGGING, LOGGING_INSTANCE)[0].Status
                for action in (1, 2)
            ]

    with EventLoggingScp(tmp_path) as scp:
        async with application(scp.offer, observer=callers_into(callers)) as node:
            assert await asyncio.to_thread(report, node) == [0x0000, 0x0123]
        assert len(list(scp.records)) == 1
    proves(SERVICE, "SCP", PYNETDICOM, callers.pop())


async def test_we_report_events_to_it(proves: Proves) -> None:
    texts: list[str] = []

    def act(event: Any) -> tuple[int, None]:
        texts.append(str(event.action_information.ContentSequence[0].TextValue))
        return 0xB102, None

    with listening_entity([PROCEDURAL_EVENT_LOGGING], [(evt.EVT_N_ACTION, act)]) as node:
        async with asking(node, PROCEDURAL_EVENT_LOGGING) as association:
            result = await log_event(association, record())
            uid = association.agreement.peer_implementation_class_uid
    assert result.is_done
    assert result.reason == "B102H Warning: event logged under a different study instance UID"
    assert texts == ["Müller enters"]
    proves(SERVICE, "SCU", PYNETDICOM, uid)
