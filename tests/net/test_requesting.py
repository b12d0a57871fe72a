"""Outstanding requests: unique Message IDs, no more at once than were agreed, late answers forgiven."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import pytest

from tests.net.handlers import CONTEXTS, POLICY, echo_rq
from tests.support.peer import local_ae, scripted_listener
from workbench.config import Node
from workbench.dimse.answers import respond
from workbench.dimse.messages import CEchoRq
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.net.requestor import connect
from workbench.net.server import ScpServer
from workbench.upper_layer.pdu import ReleaseRp, ReleaseRq


async def test_without_a_window_one_request_is_outstanding_at_a_time() -> None:
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.associated()
            for number in (1, 2, 3):
                request = await peer.expect_message()  # fails if two came at once: nothing is read beside it
                assert isinstance(request, CEchoRq)
                assert request.message_id == number
                peer.send_message(1, respond(request, 0x0000))
            await peer.expect(ReleaseRq)
            peer.send(ReleaseRp())

        tasks.create_task(act())
        async with connect(listener.node, CONTEXTS, local=local_ae()) as association:
            requests = [echo_rq(association) for _ in range(3)]
            replies = await asyncio.gather(*(association.request(each) for each in requests))
    assert [reply.message.message_id_being_responded_to for reply in replies] == [1, 2, 3]


async def test_the_answer_to_a_request_that_was_given_up_is_let_go() -> None:
    go_on = asyncio.Event()

    async def answer_late(request: IncomingRequest) -> AsyncIterator[Reply]:
        if request.message.message_id == 1:
            await go_on.wait()
        yield Reply(message=respond(request.message, 0x0000))

    async with ScpServer(local_ae(), POLICY, {CEchoRq.COMMAND_FIELD: answer_late}) as server:
        node = Node(name="own", host="127.0.0.1", port=server.address[1], ae_title="OWN")
        async with connect(node, CONTEXTS, local=local_ae()) as association:
            with pytest.raises(TimeoutError):
                await _give_up(association.request(echo_rq(association)))
            go_on.set()
            assert (await association.request(echo_rq(association))).message.status == 0
            assert association.end is None


async def _give_up(asked: Coroutine[Any, Any, Reply]) -> None:
    async with asyncio.timeout(0.02):
        await asked
