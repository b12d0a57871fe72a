"""Sub-operations over one association: in order, stopped in between, and what is not begun stays."""

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.services.retrieve.archives import CT, Archive, cts, receiving
from tests.services.servers import LOCAL, ScriptedStore
from workbench.acse.contexts import propose_for_instances
from workbench.errors import AssociationAborted
from workbench.net.association import Association
from workbench.net.requestor import connect
from workbench.services.retrieve.delivery import Terms, deliver
from workbench.services.retrieve.instances import Stored
from workbench.services.retrieve.suboperations import SubOperations
from workbench.services.transcoding.conversion import Conversion
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN


@asynccontextmanager
async def storing(store: ScriptedStore) -> AsyncIterator[Association]:
    (contexts,) = propose_for_instances([(CT, EXPLICIT_VR_LITTLE_ENDIAN)])
    async with receiving(store.handler) as node, connect(node, contexts, local=LOCAL) as association:
        yield association


def begun(archive: Archive) -> tuple[deque[Stored], SubOperations]:
    """Gives the queue of an archive's instances and their counts."""
    return deque[Stored](archive.held), SubOperations(archive.held)


def terms(operations: SubOperations, *, until: int = 1000) -> Terms:
    """Gives the terms of a move that is stopped after so many sub-operations."""
    return Terms(role="SCU", conversion=Conversion.NEVER, is_stopped=lambda: operations.ended >= until)


@pytest.mark.parametrize("count", [0, 1, 8, 9, 30])
async def test_all_are_sent_in_their_order(tmp_path: Path, count: int) -> None:
    archive, store = cts(tmp_path, count), ScriptedStore()
    waiting, operations = begun(archive)
    async with storing(store) as association:
        await deliver(association, waiting, operations, terms(operations))
    assert store.instances == archive.uids
    assert (operations.completed, operations.remaining, len(waiting)) == (count, 0, 0)


@pytest.mark.parametrize("until", [0, 1, 8, 13])
async def test_what_is_stopped_leaves_the_rest_in_order(tmp_path: Path, until: int) -> None:
    archive, store = cts(tmp_path, 20), ScriptedStore()
    waiting, operations = begun(archive)
    async with storing(store) as association:
        await deliver(association, waiting, operations, terms(operations, until=until))
    assert store.instances == archive.uids[:until]
    assert [one.sop_instance_uid for one in waiting] == archive.uids[until:]
    assert operations.remaining == 20 - until


async def test_lost_association_fails_the_one_under_way_and_leaves_the_rest(tmp_path: Path) -> None:
    archive, store = cts(tmp_path, 20), ScriptedStore(script=[0, 0, "abort"])
    waiting, operations = begun(archive)
    with pytest.raises(AssociationAborted):
        async with storing(store) as association:
            await deliver(association, waiting, operations, terms(operations))
    assert (operations.completed, operations.failed_uids) == (2, [archive.uids[2]])
    assert [one.sop_instance_uid for one in waiting] == archive.uids[3:]
