"""C-MOVE from one node to another: the instances never pass us."""

from pathlib import Path

from tests.services.retrieve.archives import cts, known, receiving, serving, wanted
from tests.services.servers import LOCAL, ScriptedStore
from workbench.services.query.models import STUDY_ROOT
from workbench.services.retrieve.move_scp import MoveScp
from workbench.services.retrieve.orchestrate import orchestrate


async def test_source_sends_to_destination(tmp_path: Path) -> None:
    archive, store = cts(tmp_path, 10), ScriptedStore()
    async with receiving(store.handler) as destination:
        scp = MoveScp([STUDY_ROOT], archive, known(destination), LOCAL)
        async with (
            serving(scp.offer) as source,
            orchestrate(source, destination, wanted(), local=LOCAL, arrived=lambda: len(store.instances)) as retrieval,
        ):
            result = await retrieval.finish()
    assert (result.status, result.completed) == (0x0000, 10)
    assert result.reason == result.words
    assert store.instances == archive.uids


async def test_leaving_early_cancels(tmp_path: Path) -> None:
    archive, store = cts(tmp_path, 50), ScriptedStore()
    async with receiving(store.handler) as destination:
        scp = MoveScp([STUDY_ROOT], archive, known(destination), LOCAL)
        async with serving(scp.offer) as source, orchestrate(source, destination, wanted(), local=LOCAL) as retrieval:
            async for progress in retrieval:
                if progress.completed:
                    break
    assert retrieval.result.status == 0xFE00
    assert len(store.instances) < 50


async def test_source_that_does_not_know_the_destination(tmp_path: Path) -> None:
    async with receiving(ScriptedStore().handler) as destination:
        scp = MoveScp([STUDY_ROOT], cts(tmp_path, 1), known(), LOCAL)
        async with serving(scp.offer) as source, orchestrate(source, destination, wanted(), local=LOCAL) as retrieval:
            result = await retrieval.finish()
    assert result.status == 0xA801
    assert f"AE title DEST, host 127.0.0.1, port {destination.port}." in result.reason
