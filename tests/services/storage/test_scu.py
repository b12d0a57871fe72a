"""C-STORE, asked."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.services.servers import LOCAL, ScriptedStore, serve
from tests.support.instances import make_instance
from workbench.acse.contexts import propose_for_instances
from workbench.errors import NoAcceptedContext
from workbench.net.requestor import connect
from workbench.services.storage.scu import store
from workbench.storage.part10 import scan


async def test_peer_without_a_context_for_the_object_is_named(tmp_path: Path) -> None:
    instance = scan(make_instance(tmp_path / "file", "CT"))
    (contexts,) = propose_for_instances([(instance.sop_class_uid, instance.transfer_syntax_uid)])
    script = ScriptedStore([0x0000])
    async with serve(script.handlers()) as node, connect(node, contexts, local=LOCAL) as association:
        with pytest.raises(NoAcceptedContext, match=instance.sop_class_uid):
            await store(association, replace(instance, transfer_syntax_uid="1.2.840.10008.1.2.4.50"))


async def test_error_comment_of_the_peer_is_part_of_the_reason(tmp_path: Path) -> None:
    instance = scan(make_instance(tmp_path / "file", "CT"))
    script = ScriptedStore([0xA702], comment="tape is full")
    (contexts,) = propose_for_instances([(instance.sop_class_uid, instance.transfer_syntax_uid)])
    async with serve(script.handlers()) as node, connect(node, contexts, local=LOCAL) as association:
        result = await store(association, instance)
    assert result.reason == "A702H Refused: out of resources (tape is full)"
