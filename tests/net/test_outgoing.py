"""Sending one message: its bytes arrive unchanged whatever they come from, and a source that fails is said so."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.net.handlers import CONTEXTS, POLICY, store_rq
from tests.support.peer import Recording, local_ae, scripted_listener
from workbench.config import LocalAe, Node
from workbench.dimse.answers import respond
from workbench.dimse.messages import CStoreRq
from workbench.errors import StorageError
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.net.requestor import connect
from workbench.net.server import ScpServer
from workbench.trace.events import MessageEvent, PduEvent
from workbench.upper_layer.fields import Buffer
from workbench.upper_layer.pdu import Abort, PDataTf, ReleaseRp, ReleaseRq


class Source:
    """A data set of which one chunk at a time exists, in one buffer that is used again and again."""

    def __init__(self, length: int, *, fails_at: int | None = None) -> None:
        self.length = length
        self.fails_at = fails_at

    async def chunks(self, size: int) -> AsyncIterator[Buffer]:
        buffer = bytearray(size)
        for start in range(0, self.length, size):
            if self.fails_at is not None and start >= self.fails_at:
                raise StorageError("the disk went away", path="somewhere")
            count = min(size, self.length - start)
            buffer[:count] = pattern(start, count)
            yield memoryview(buffer)[:count]
            buffer[:] = bytes(size)


def pattern(start: int, count: int) -> bytes:
    return bytes((start + n) * 7 % 251 for n in range(count))


@pytest.mark.parametrize("maximum", [4096, 16384, 131072, 0])
@pytest.mark.parametrize("length", [2, 4090, 131_066, 300_000, 2_000_000])
async def test_a_streamed_data_set_arrives_unchanged(maximum: int, length: int) -> None:
    received: list[bytes] = []

    async def store(request: IncomingRequest) -> AsyncIterator[Reply]:
        assert request.data_set is not None
        received.append(await request.data_set.read(2**24))
        yield Reply(message=respond(request.message, 0x0000))

    policy = POLICY.__class__(contexts=POLICY.contexts, max_pdu_length=maximum)
    local = LocalAe(port=0, max_pdu_length=maximum)
    async with ScpServer(local, policy, {CStoreRq.COMMAND_FIELD: store}) as server:
        node = Node(name="own", host="127.0.0.1", port=server.address[1], ae_title="OWN")
        async with connect(node, CONTEXTS, local=local_ae()) as association:
            reply = await association.request(store_rq(association), Source(length))
    assert reply.message.status == 0x0000
    assert received == [pattern(0, length)]


async def test_command_and_data_go_out_in_fragments_that_fit_the_peer() -> None:
    recording = Recording()
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.associated(maximum=4096)
            request = await peer.expect_message()
            assert isinstance(request, CStoreRq)
            data = bytearray()
            is_last = False
            while not is_last:
                pdu = await peer.expect(PDataTf)
                (pdv,) = pdu.pdvs
                assert not pdv.is_command
                assert len(pdv.data) % 2 == 0
                assert len(pdv.data) + 6 <= 4096
                data += pdv.data
                is_last = pdv.is_last
            assert data == pattern(0, 10_000)
            peer.send_message(3, respond(request, 0x0000))
            await peer.expect(ReleaseRq)
            peer.send(ReleaseRp())

        tasks.create_task(act())
        async with connect(listener.node, CONTEXTS, local=local_ae(), recorder=recording.recorder) as association:
            await association.request(store_rq(association), Source(10_000))
    sent = [event for event in recording.events if isinstance(event, PduEvent) and event.direction == "out"]
    assert [event.pdu_type for event in sent] == [1, 4, 4, 4, 4, 5]
    assert all(event.length - 6 <= 4096 for event in sent[1:])
    messages = [event.message.NAME for event in recording.events if isinstance(event, MessageEvent)]
    assert messages == ["C-STORE-RQ", "C-STORE-RSP"]


async def ask(association: Association, source: Source) -> Reply:
    return await association.request(store_rq(association), source)


async def test_a_source_that_fails_before_anything_is_sent_leaves_the_association_usable() -> None:
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.associated()
            await peer.expect(ReleaseRq)
            peer.send(ReleaseRp())

        tasks.create_task(act())
        async with connect(listener.node, CONTEXTS, local=local_ae()) as association:
            with pytest.raises(StorageError, match="the disk went away"):
                await ask(association, Source(10_000, fails_at=0))
            assert association.end is None


async def test_a_source_that_fails_in_the_middle_aborts() -> None:
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.associated()
            await peer.expect_message()
            for _ in range(64):
                await peer.expect(PDataTf)
            await peer.expect(Abort)
            await peer.close()

        tasks.create_task(act())
        async with connect(listener.node, CONTEXTS, local=local_ae()) as association:
            with pytest.raises(StorageError, match="the disk went away"):
                await ask(association, Source(3_000_000, fails_at=1))
            assert association.end is not None
            assert "C-STORE-RQ was broken off" in str(association.end)
