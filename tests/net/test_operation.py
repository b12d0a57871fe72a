"""One request under way: its pending replies and its final one, with their data sets and latencies."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import pytest

from tests.net.handlers import CONTEXTS, CT, POLICY, answer_success, echo_rq
from tests.support.peer import acceptance, local_ae, scripted_listener
from workbench.config import LocalAe, Node, Timeouts
from workbench.dimse.answers import respond
from workbench.dimse.command_set import encode_command
from workbench.dimse.messages import CEchoRq, CFindRq
from workbench.errors import AssociationAborted
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Operation, Reply
from workbench.net.requestor import connect
from workbench.net.server import ScpServer
from workbench.upper_layer.items import AsynchronousOperationsWindow
from workbench.upper_layer.pdu import Abort, AssociateRq, PDataTf, Pdv, ReleaseRp, ReleaseRq

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


@pytest.mark.parametrize(("size", "most"), [(100_000, 1000), (4_000_000, 20)])
async def test_a_peer_whose_replies_nobody_takes_has_to_wait(size: int, most: int) -> None:
    sent = 0

    async def flood(request: IncomingRequest) -> AsyncIterator[Reply]:
        nonlocal sent
        while not request.is_cancelled:
            sent += 1
            yield Reply(message=respond(request.message, 0xFF00), data_set=bytes(size))

    local = local_ae()
    async with ScpServer(local, POLICY, {CFindRq.COMMAND_FIELD: flood}) as server:
        node = Node(name="own", host="127.0.0.1", port=server.address[1], ae_title="OWN")
        with pytest.raises(ZeroDivisionError):
            await _leave_after_the_first_reply(node)
    assert sent < most


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


async def until_cancelled(request: IncomingRequest) -> AsyncIterator[Reply]:
    """Gives pending replies until a C-CANCEL comes, then FE00H."""
    while not request.is_cancelled:
        yield Reply(message=respond(request.message, 0xFF00), data_set=b"identifier")
    yield Reply(message=respond(request.message, 0xFE00))


async def test_leaving_a_find_early_cancels_it_and_the_association_goes_on() -> None:
    handlers = {CFindRq.COMMAND_FIELD: until_cancelled, CEchoRq.COMMAND_FIELD: answer_success}
    async with ScpServer(local_ae(), POLICY, handlers) as server:
        node = Node(name="own", host="127.0.0.1", port=server.address[1], ae_title="OWN")
        async with connect(node, CONTEXTS, local=local_ae()) as association:
            async with association.operation(find_rq(association), b"identifier") as operation:
                async for reply in operation:
                    assert reply.message.status == 0xFF00
                    break
            assert (operation.is_cancelled, operation.is_finished) == (True, True)
            assert not association.is_busy
            assert (await association.request(echo_rq(association))).message.status == 0


async def test_a_cancel_leaves_the_final_reply_to_come() -> None:
    async with ScpServer(local_ae(), POLICY, {CFindRq.COMMAND_FIELD: until_cancelled}) as server:
        node = Node(name="own", host="127.0.0.1", port=server.address[1], ae_title="OWN")
        async with (
            connect(node, CONTEXTS, local=local_ae()) as association,
            association.operation(find_rq(association), b"identifier") as operation,
        ):
            await operation.next_reply()
            await operation.cancel()
            await operation.cancel()  # once is enough
            assert (await operation.final_reply()).message.status == 0xFE00


async def test_an_operation_left_by_an_error_is_cancelled_too() -> None:
    handlers = {CFindRq.COMMAND_FIELD: until_cancelled, CEchoRq.COMMAND_FIELD: answer_success}
    async with ScpServer(local_ae(), POLICY, handlers) as server:
        node = Node(name="own", host="127.0.0.1", port=server.address[1], ae_title="OWN")
        async with connect(node, CONTEXTS, local=local_ae()) as association:
            operation = association.operation(find_rq(association), b"identifier")
            with pytest.raises(ZeroDivisionError):
                await _break_off(operation)
            assert (await association.request(echo_rq(association))).message.status == 0
            assert operation.is_cancelled


async def _break_off(operation: Operation) -> None:
    async with operation:
        await operation.next_reply()
        _ = 1 / 0


async def test_what_has_no_cancel_is_waited_for_before_the_next_request_goes_out() -> None:
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:
        left = asyncio.Event()

        async def act() -> None:
            peer = await listener.associated()
            first = await peer.expect_message()
            assert isinstance(first, CEchoRq)
            await left.wait()
            peer.send_message(1, respond(first, 0x0000))
            second = await peer.expect_message()
            assert isinstance(second, CEchoRq)
            assert second.message_id != first.message_id
            peer.send_message(1, respond(second, 0x0000))
            await peer.expect(ReleaseRq)
            peer.send(ReleaseRp())
            await peer.close()

        tasks.create_task(act())
        async with connect(listener.node, CONTEXTS, local=local_ae()) as association:
            async with association.operation(echo_rq(association)):
                pass
            left.set()
            assert (await association.request(echo_rq(association))).message.status == 0


async def test_who_never_answers_what_was_left_is_aborted_after_the_dimse_timeout() -> None:
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.associated()
            await peer.expect_message()
            await peer.expect(Abort)
            await peer.close()

        tasks.create_task(act())
        local = replace(local_ae(), timeouts=Timeouts(dimse=0.1))
        with pytest.raises(AssociationAborted, match=r"no response to C-ECHO-RQ within 0\.1 s"):
            await _leave_one_and_ask_again(listener.node, local)


async def _leave_one_and_ask_again(node: Node, local: LocalAe) -> None:
    async with connect(node, CONTEXTS, local=local) as association:
        async with association.operation(echo_rq(association)):
            pass
        await association.request(echo_rq(association))


async def test_several_operations_are_outstanding_within_the_window_and_answered_in_any_order() -> None:
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.accept()
            request = await peer.expect(AssociateRq)
            assert request.asynchronous_operations_window == AsynchronousOperationsWindow(invoked=3, performed=1)
            window = AsynchronousOperationsWindow(invoked=2, performed=1)
            accepted = acceptance(request)
            peer.send(replace(accepted, user_information=(*accepted.user_information, window)))
            two = [await peer.expect_message(), await peer.expect_message()]
            assert all(isinstance(each, CEchoRq) for each in two)
            for each in reversed(two):
                assert isinstance(each, CEchoRq)
                peer.send_message(1, respond(each, 0x0000, f"to {each.message_id}"))
            third = await peer.expect_message()
            assert isinstance(third, CEchoRq)
            peer.send_message(1, respond(third, 0x0000, f"to {third.message_id}"))
            await peer.expect(ReleaseRq)
            peer.send(ReleaseRp())
            await peer.close()

        tasks.create_task(act())
        async with connect(listener.node, CONTEXTS, local=local_ae(), window=(3, 1)) as association:
            assert association.agreement.window == (2, 1)
            requests = [echo_rq(association) for _ in range(3)]
            replies = await asyncio.gather(*map(association.request, requests))
    assert [reply.message.error_comment for reply in replies] == [f"to {each.message_id}" for each in requests]


async def test_those_that_wait_for_room_in_the_window_fail_with_the_association() -> None:
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.associated()
            await peer.expect_message()
            peer.send(Abort(source=0, reason=0))
            await peer.close()

        tasks.create_task(act())
        outcomes: list[object] = []
        with suppress(AssociationAborted):
            async with connect(listener.node, CONTEXTS, local=local_ae()) as association:
                requests = [association.request(echo_rq(association)) for _ in range(5)]
                outcomes += await asyncio.gather(*requests, return_exceptions=True)
        assert [type(each) for each in outcomes] == [AssociationAborted] * 5
