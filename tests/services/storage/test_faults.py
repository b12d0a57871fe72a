"""What a storage SCP does wrong on purpose."""

from pathlib import Path

import pytest

from tests.services.servers import LOCAL, serve
from tests.support.instances import make_instance
from workbench.acse.contexts import propose_for_instances
from workbench.dimse.messages import CStoreRq
from workbench.errors import AssociationAborted
from workbench.net.requestor import connect
from workbench.services.storage.faults import StoreFaults
from workbench.services.storage.scp import ReceivedObject, StorageScp
from workbench.services.storage.scu import store
from workbench.storage.part10 import scan


@pytest.mark.parametrize("faults", [StoreFaults(aborts_during=True), StoreFaults(aborts_after=True)])
async def test_an_abort_leaves_nothing(tmp_path: Path, faults: StoreFaults) -> None:
    instance = scan(make_instance(tmp_path / "file", "CT"))
    (tmp_path / "archive").mkdir()
    scp = StorageScp(tmp_path / "archive", faults=faults)
    (contexts,) = propose_for_instances([(instance.sop_class_uid, instance.transfer_syntax_uid)])
    async with serve({CStoreRq.COMMAND_FIELD: scp.handler}) as node:
        with pytest.raises(AssociationAborted):
            async with connect(node, contexts, local=LOCAL) as association:
                await store(association, instance)
    scp.close()
    assert list((tmp_path / "archive").iterdir()) == []


async def test_it_dawdles(tmp_path: Path) -> None:
    instance = scan(make_instance(tmp_path / "file", "CT"))
    (tmp_path / "archive").mkdir()
    received: list[ReceivedObject] = []
    faults = StoreFaults(seconds_during=0.02, seconds_after=0.01)
    scp = StorageScp(tmp_path / "archive", faults=faults, on_received=received.append)
    (contexts,) = propose_for_instances([(instance.sop_class_uid, instance.transfer_syntax_uid)])
    handlers = {CStoreRq.COMMAND_FIELD: scp.handler}
    async with serve(handlers) as node, connect(node, contexts, local=LOCAL) as association:
        assert (await store(association, instance)).status == 0
    scp.close()
    assert received[0].seconds > 0.02
