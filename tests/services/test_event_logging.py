"""Events of a procedure, reported and kept."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from tests.services.applications import application
from tests.services.servers import LOCAL
from workbench.net.association import Association
from workbench.net.requestor import connect
from workbench.services.event_logging import (
    EVENT_LOGGING_CONTEXTS,
    LOGGING_INSTANCE,
    PROCEDURAL_EVENT_LOGGING,
    EventLoggingScp,
    event_record,
    log_event,
)
from workbench.services.normalized import n_action, n_get


def record() -> Dataset:
    return event_record(
        concept=("121121", "DCM", "Room entry"),
        text="Müller enters",
        study_uid="1.2.3",
        at=datetime(2026, 1, 2, 12, 0, 1),
    )


@asynccontextmanager
async def provider(
    folder: Path, on_event: Callable[[str, Dataset], None] | None = None
) -> AsyncIterator[tuple[EventLoggingScp, Association]]:
    with EventLoggingScp(folder, on_event=on_event) as scp:
        async with application(scp.offer) as node, connect(node, EVENT_LOGGING_CONTEXTS, local=LOCAL) as association:
            yield scp, association


async def test_each_event_is_kept_as_it_came(tmp_path: Path) -> None:
    told: list[tuple[str, str]] = []

    def happened(title: str, data_set: Dataset) -> None:
        told.append((title, str(data_set.ContentSequence[0].TextValue)))

    async with provider(tmp_path, happened) as (_, association):
        for _ in range(2):
            assert (await log_event(association, record())).status == 0
    with EventLoggingScp(tmp_path) as again:
        kept = [again.records.read(uid) for uid in again.records]
    assert [each.ContentSequence[0].ObservationDateTime for each in kept] == ["20260102120001"] * 2
    assert told == [("TESTER", "Müller enters")] * 2


@pytest.mark.parametrize("keyword", ["PatientID", "StudyInstanceUID", "PerformedLocation", "ValueType"])
async def test_an_incomplete_record_is_refused_and_named(tmp_path: Path, keyword: str) -> None:
    broken = record()
    tag = broken[keyword].tag
    delattr(broken, keyword)
    async with provider(tmp_path) as (scp, association):
        result = await log_event(association, broken)
        assert list(scp.records) == []
    place = f"({tag.group:04X},{tag.element:04X}) is missing"
    assert result.reason == f"C102H Failure: event information does not match template ({place})"


@pytest.mark.parametrize(
    ("uid", "action", "status"), [("1.2.3", 1, 0x0112), (LOGGING_INSTANCE, 2, 0x0123), (LOGGING_INSTANCE, 1, 0)]
)
async def test_there_is_one_instance_with_one_action(tmp_path: Path, uid: str, action: int, status: int) -> None:
    async with provider(tmp_path) as (_, association):
        assert (await n_action(association, PROCEDURAL_EVENT_LOGGING, uid, action, record())).status == status
        assert (await n_get(association, PROCEDURAL_EVENT_LOGGING, LOGGING_INSTANCE)).status == 0x0211
