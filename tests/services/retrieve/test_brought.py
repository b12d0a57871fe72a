"""What stands between a C-GET and who keeps its instances."""

from collections.abc import AsyncIterator
from pathlib import Path

from tests.services.retrieve.archives import CT, cts, receiving
from tests.services.servers import LOCAL, ScriptedStore
from workbench.acse.contexts import propose_for_instances
from workbench.net.requestor import connect
from workbench.services.retrieve.brought import Brought
from workbench.services.storage.scu import store
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN


async def stored(tmp_path: Path, script: list[int | str], places: list[int]) -> AsyncIterator[tuple[Brought, int]]:
    """Stores instances of a small archive by their places, through a `Brought`; gives it after each."""
    archive, kept = cts(tmp_path, 3), ScriptedStore(script=script)
    brought = Brought(kept.handler)
    (contexts,) = propose_for_instances([(CT, EXPLICIT_VR_LITTLE_ENDIAN)])
    async with receiving(brought.handler) as node, connect(node, contexts, local=LOCAL) as association:
        sent = 0
        for place in places:
            instance = archive.held[place].instance()
            result = await store(association, instance)
            sent += instance.length
            assert brought.received_bytes == sent
            yield brought, result.status
    assert kept.instances == [archive.uids[place] for place in dict.fromkeys(places)]


async def test_each_answer_is_passed_on_and_remembered(tmp_path: Path) -> None:
    answers = [
        (len(brought.completed), len(brought.warning), brought.acknowledged, status)
        async for brought, status in stored(tmp_path, [0x0000, 0xB000, 0xA700], [0, 1, 2])
    ]
    assert answers == [(1, 0, 1, 0x0000), (1, 1, 2, 0xB000), (1, 1, 2, 0xA700)]


async def test_what_is_held_already_is_acknowledged_and_not_taken_again(tmp_path: Path) -> None:
    answers = [
        (len(brought.completed), brought.acknowledged, status)
        async for brought, status in stored(tmp_path, [0x0000], [0, 0])
    ]
    assert answers == [(1, 1, 0x0000), (1, 2, 0x0000)]
