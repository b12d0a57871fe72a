"""One request under way: its pending replies and its final one, with their data sets and latencies."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.net.handlers import CONTEXTS, CT, POLICY
from tests.support.peer import local_ae, scripted_listener
from workbench.config import Node
from workbench.dimse.answers import respond
from workbench.dimse.command_set import encode_command
from workbench.dimse.messages import CFindRq
from workbench.errors import AssociationAborted
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.net.requestor import connect
from workbench.net.server import ScpServer
from workbench.upper_layer.pdu import Abort, PDataTf, Pdv

COUNT = 500


def find_rq(association: Association) -> CFindRq:
    return CFindRq(message_id=association.next_message_id(), affected_sop_class_uid=CT)


async def find(request: IncomingRequest) -> AsyncIterator[Reply]:
    """Gives back the identifier COUNT times, numbered."""
    assert request.data_set is not None
    identifier = await request.data_set.read(1000)
    for number in range(COUNT):
        yield Reply(message=respond(request.message, 0xFF00), data_set=identifier + number.to_bytes(2, "big"))
    yield Reply(message=respond(request.message, 0x0000))


async def test_every_pending_reply_comes_with_its_data_set_and_the_final_one_ends() -> None:
    async with ScpServer(local_ae(), POLICY, {CFindRq.COMMAND_FIELD: find}) as server:
        node = Node(name="own", host="127.0.0.1", port=server.address[1], ae_title="OWN")
        async with connect(node, CONTEXTS, local=local_ae()) as association:
            async with association.operation(find_rq(association), b"identifier") as operation:
                replies = [reply async for reply in operation]
            assert not association.is_busy
    assert [reply.message.status for reply in replies] == [0xFF00] * COUNT + [0x0000]
    assert [reply.data_set for reply in replies[:-1]] == [
        b"identifier" + number.to_bytes(2, "big") for number in range(COUNT)
    ]
    assert replies[-1].data_set is None
    latencies = [reply.latency for reply in replies]
    assert latencies == sorted(latencies)
    assert latencies[0] >= 0


async def test_request_gives_the_final_reply() -> None:
    async with ScpServer(local_ae(), POLICY, {CFindRq.COMMAND_FIELD: find}) as server:
        node = Node(name="own", host="127.0.0.1", port=server.address[1], ae_title="OWN")
        async with connect(node, CONTEXTS, local=local_ae()) as association:
            reply = await association.request(find_rq(association), b"identifier")
    assert reply.message.status == 0x0000


async def test_a_peer_whose_replies_nobody_takes_has_to_wait() -> None:
    sent = 0

    async def flood(request: IncomingRequest) -> AsyncIterator[Reply]:
        nonlocal sent
        while not request.is_cancelled:
            sent += 1
            yield Reply(message=respond(request.message, 0xFF00), data_set=bytes(100_000))

    local = local_ae()
    async with ScpServer(local, POLICY, {CFindRq.COMMAND_FIELD: flood}) as server:
        node = Node(name="own", host="127.0.0.1", port=server.address[1], ae_title="OWN")
        with pytest.raises(ZeroDivisionError):
            await _leave_after_the_first_reply(node)
    assert sent < 1000


async def _leave_after_the_first_reply(node: Node) -> None:
    async with (
        connect(node, CONTEXTS, local=local_ae()) as association,
        association.operation(find_rq(association), b"identifier") as operation,
    ):
        await operation.next_reply()
        for _ in range(2000):
            await asyncio.sleep(0)
        _ = 1 / 0


async def test_a_data_set_without_end_is_aborted() -> None:
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.associated()
            request = await peer.expect_message()
            assert isinstance(request, CFindRq)
            command = encode_command(respond(request, 0xFF00), has_data_set=True)
            peer.send(PDataTf(pdvs=(Pdv(context_id=3, is_command=True, is_last=True, data=command),)))
            part = PDataTf(pdvs=(Pdv(context_id=3, is_command=False, is_last=False, data=bytes(2**16)),))
            peer.send(*[part] * 257)
            await peer.expect(Abort)
            await peer.close()

        tasks.create_task(act())
        with pytest.raises(AssociationAborted, match="is over 16777216 bytes"):
            async with connect(listener.node, CONTEXTS, local=local_ae()) as association:
                await association.request(find_rq(association))
