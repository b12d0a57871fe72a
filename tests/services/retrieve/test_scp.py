"""What both SCPs share: pending responses while a sub-operation takes long, and what cannot be counted."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.services.retrieve.archives import asking, cts, moved, receiving, wanted
from tests.services.servers import ScriptedStore
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.services.query.models import STUDY_ROOT
from workbench.services.retrieve import scp
from workbench.services.retrieve.move import move


async def test_a_long_sub_operation_does_not_let_the_timer_of_the_scu_run_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scp, "_SECONDS", 0.01)
    go_on = asyncio.Event()

    async def store(request: IncomingRequest) -> AsyncIterator[Reply]:
        await go_on.wait()
        async for reply in ScriptedStore().handler(request):
            yield reply

    counts: list[tuple[int | None, int]] = []
    async with (
        receiving(store) as node,
        asking(cts(tmp_path, 1), node) as association,
        move(association, STUDY_ROOT, wanted(), destination="DEST") as retrieval,
    ):
        async for progress in retrieval:
            counts.append((progress.remaining, progress.completed))
            if len(counts) == 5:
                go_on.set()
    assert counts[:5] == [(1, 0)] * 5
    assert (retrieval.result.status, retrieval.result.completed) == (0x0000, 1)


async def test_more_than_can_be_counted_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scp, "MOST", 2)
    archive, store = cts(tmp_path, 3), ScriptedStore()
    async with receiving(store.handler) as node, asking(archive, node) as association:
        result = await moved(association)
    assert result.status == 0xA701
    assert "(more than 2 instances match, which cannot be counted)" in result.words
    assert store.instances == []


async def test_defect_in_an_observer_is_answered_and_logged(tmp_path: Path, expect_log: object) -> None:
    assert callable(expect_log)
    expect_log("ERROR workbench.net.tasks: ! task sub-operations of a retrieve ended")
    expect_log("ERROR workbench.net.serving: .*defect in the handler of C-MOVE-RQ")

    def observer(_: object) -> None:
        raise ZeroDivisionError

    async with (
        receiving(ScriptedStore().handler) as node,
        asking(cts(tmp_path, 1), node, observer=observer) as association,
    ):
        result = await moved(association)
    assert result.status == 0x0110
