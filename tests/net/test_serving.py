"""Serving requests: each is answered once and in order, whatever its handler does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from tests.conftest import ExpectLog
from tests.net.handlers import CT, POLICY, answer_success
from tests.support.peer import ScriptedPeer, local_ae, proposal, scripted_caller
from workbench.dimse.answers import respond
from workbench.dimse.command_set import encode_command
from workbench.dimse.messages import CCancelRq, CEchoRq, CEchoRsp, CFindRq, CFindRsp, CStoreRq, CStoreRsp
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.net.server import ScpServer
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from workbench.upper_layer.items import AsynchronousOperationsWindow, ProposedContext
from workbench.upper_layer.pdu import Abort, AssociateAc, AssociateRq, PDataTf, Pdv, ReleaseRp, ReleaseRq

STORE_CONTEXT = ProposedContext(context_id=3, abstract_syntax=CT, transfer_syntaxes=(IMPLICIT_VR_LITTLE_ENDIAN,))
STORE_RQ = CStoreRq(message_id=9, affected_sop_class_uid=CT, affected_sop_instance_uid="1.2.3")


def echo_rq(message_id: int) -> CEchoRq:
    return CEchoRq(message_id=message_id, affected_sop_class_uid=VERIFICATION)


async def fail(request: IncomingRequest) -> AsyncIterator[Reply]:
    yield Reply(message=respond(request.message, 1 // 0))


async def test_a_command_without_handler_is_answered_as_not_offered() -> None:
    async with ScpServer(local_ae(), POLICY, {}) as server, scripted_caller(server.address[1]) as peer:
        peer.send(proposal())
        await peer.expect(AssociateAc)
        peer.send_message(1, echo_rq(5))
        response = await peer.expect_message()
        assert isinstance(response, CEchoRsp)
        assert (response.message_id_being_responded_to, response.status) == (5, 0x0211)
        assert response.error_comment == "C-ECHO-RQ is not offered"


async def test_a_defect_of_a_handler_is_answered_and_logged_and_the_association_goes_on(expect_log: ExpectLog) -> None:
    expect_log("defect in the handler of C-STORE-RQ")
    handlers = {CStoreRq.COMMAND_FIELD: fail, CEchoRq.COMMAND_FIELD: answer_success}
    async with ScpServer(local_ae(), POLICY, handlers) as server, scripted_caller(server.address[1]) as peer:
        peer.send(proposal(STORE_CONTEXT, *proposal().presentation_contexts))
        await peer.expect(AssociateAc)
        peer.send_message(3, STORE_RQ, bytes(100_000))
        failed = await peer.expect_message()
        assert isinstance(failed, CStoreRsp)
        assert (failed.status, failed.affected_sop_instance_uid) == (0x0110, "1.2.3")
        peer.send_message(1, echo_rq(2))
        assert isinstance(await peer.expect_message(), CEchoRsp)


async def test_requests_that_come_without_waiting_are_answered_in_order() -> None:
    handlers = {CEchoRq.COMMAND_FIELD: answer_success}
    async with ScpServer(local_ae(), POLICY, handlers) as server, scripted_caller(server.address[1]) as peer:
        peer.send(proposal())
        await peer.expect(AssociateAc)
        for number in range(1, 201):
            peer.send_message(1, echo_rq(number))
        peer.send(ReleaseRq())
        for number in range(1, 201):
            response = await peer.expect_message()
            assert isinstance(response, CEchoRsp)
            assert response.message_id_being_responded_to == number
        await peer.expect(ReleaseRp)


async def test_a_release_waits_for_the_request_under_way() -> None:
    go_on = asyncio.Event()
    begun = asyncio.Event()

    async def wait(request: IncomingRequest) -> AsyncIterator[Reply]:
        begun.set()
        await go_on.wait()
        yield Reply(message=respond(request.message, 0x0000))

    async with (
        ScpServer(local_ae(), POLICY, {CEchoRq.COMMAND_FIELD: wait}) as server,
        scripted_caller(server.address[1]) as peer,
    ):
        peer.send(proposal())
        await peer.expect(AssociateAc)
        peer.send_message(1, echo_rq(1))
        await begun.wait()
        peer.send(ReleaseRq())
        go_on.set()
        assert isinstance(await peer.expect_message(), CEchoRsp)
        await peer.expect(ReleaseRp)


async def test_a_cancel_reaches_the_request_it_names_and_no_other() -> None:
    async def search(request: IncomingRequest) -> AsyncIterator[Reply]:
        while not request.is_cancelled:
            yield Reply(message=respond(request.message, 0xFF00))
        yield Reply(message=respond(request.message, 0xFE00))

    handlers = {CFindRq.COMMAND_FIELD: search}
    async with ScpServer(local_ae(), POLICY, handlers) as server, scripted_caller(server.address[1]) as peer:
        peer.send(proposal(STORE_CONTEXT))
        await peer.expect(AssociateAc)
        peer.send_message(3, CCancelRq(message_id_being_responded_to=77))  # of nothing: let go
        peer.send_message(3, CFindRq(message_id=7, affected_sop_class_uid=CT))
        for _ in range(3):
            pending = await peer.expect_message()
            assert isinstance(pending, CFindRsp)
            assert pending.status == 0xFF00
        peer.send_message(3, CCancelRq(message_id_being_responded_to=7))
        while (response := await peer.expect_message()) is not None:
            assert isinstance(response, CFindRsp)
            if response.status != 0xFF00:
                break
        assert response.status == 0xFE00


WINDOW_OF_3 = AsynchronousOperationsWindow(invoked=3, performed=1)


def proposal_with_window() -> AssociateRq:
    request = proposal()
    return replace(request, user_information=(*request.user_information, WINDOW_OF_3))


async def test_as_many_requests_are_served_at_once_as_the_window_grants_and_answered_as_they_are_done() -> None:
    begun: asyncio.Queue[int] = asyncio.Queue()
    go_on = {number: asyncio.Event() for number in range(1, 5)}

    async def wait(request: IncomingRequest) -> AsyncIterator[Reply]:
        begun.put_nowait(request.message.message_id)
        await go_on[request.message.message_id].wait()
        yield Reply(message=respond(request.message, 0x0000))

    policy = replace(POLICY, window=(2, 1))
    async with (
        ScpServer(local_ae(), policy, {CEchoRq.COMMAND_FIELD: wait}) as server,
        scripted_caller(server.address[1]) as peer,
    ):
        peer.send(proposal_with_window())
        granted = (await peer.expect(AssociateAc)).asynchronous_operations_window
        assert granted == AsynchronousOperationsWindow(invoked=2, performed=1)
        for number in (1, 2, 3):  # one more than was granted: it has to wait
            peer.send_message(1, echo_rq(number))
        assert {await begun.get(), await begun.get()} == {1, 2}
        go_on[2].set()
        assert await answered(peer) == 2
        assert await begun.get() == 3
        go_on[3].set()
        assert await answered(peer) == 3
        peer.send_message(1, echo_rq(4))
        assert await begun.get() == 4
        peer.send(ReleaseRq())
        go_on[4].set()
        assert await answered(peer) == 4
        go_on[1].set()
        assert await answered(peer) == 1
        await peer.expect(ReleaseRp)


async def answered(peer: ScriptedPeer) -> int:
    response = await peer.expect_message()
    assert isinstance(response, CEchoRsp)
    assert response.status == 0x0000
    return response.message_id_being_responded_to


async def test_a_message_id_that_is_under_way_is_a_duplicate_invocation() -> None:
    go_on = asyncio.Event()

    async def wait(request: IncomingRequest) -> AsyncIterator[Reply]:
        await go_on.wait()
        yield Reply(message=respond(request.message, 0x0000))

    policy = replace(POLICY, window=(0, 1))
    async with (
        ScpServer(local_ae(), policy, {CEchoRq.COMMAND_FIELD: wait}) as server,
        scripted_caller(server.address[1]) as peer,
    ):
        peer.send(proposal_with_window())
        await peer.expect(AssociateAc)
        peer.send_message(1, echo_rq(7))
        peer.send_message(1, echo_rq(7))
        duplicate = await peer.expect_message()
        assert isinstance(duplicate, CEchoRsp)
        assert (duplicate.status, duplicate.error_comment) == (0x0210, "message 7 is under way already")
        go_on.set()
        assert await answered(peer) == 7


async def test_a_handler_that_ends_without_a_final_reply_is_a_defect_that_the_peer_is_told_of(
    expect_log: ExpectLog,
) -> None:
    expect_log("no final reply to C-ECHO-RQ")

    async def forget(request: IncomingRequest) -> AsyncIterator[Reply]:
        if request.is_cancelled:
            yield Reply(message=respond(request.message, 0xFE00))

    async with (
        ScpServer(local_ae(), POLICY, {CEchoRq.COMMAND_FIELD: forget}) as server,
        scripted_caller(server.address[1]) as peer,
    ):
        peer.send(proposal())
        await peer.expect(AssociateAc)
        peer.send_message(1, echo_rq(1))
        response = await peer.expect_message()
        assert isinstance(response, CEchoRsp)
        assert response.status == 0x0110


async def test_a_release_in_the_middle_of_a_message_is_an_abort() -> None:
    async with (
        ScpServer(local_ae(), POLICY, {CStoreRq.COMMAND_FIELD: swallow}) as server,
        scripted_caller(server.address[1]) as peer,
    ):
        peer.send(proposal(STORE_CONTEXT))
        await peer.expect(AssociateAc)
        peer.send_message(3, STORE_RQ, b"")
        await peer.expect_message()
        _send_beginning_of_store(peer.send)
        peer.send(ReleaseRq())
        await peer.expect(Abort)


async def swallow(request: IncomingRequest) -> AsyncIterator[Reply]:
    assert request.data_set is not None
    await request.data_set.discard()
    yield Reply(message=respond(request.message, 0x0000))


@pytest.mark.parametrize("ending", ["abort", "close"])
async def test_a_handler_whose_peer_goes_away_in_mid_data_set_is_told(ending: str) -> None:
    begun, told = asyncio.Event(), asyncio.Event()

    async def store(request: IncomingRequest) -> AsyncIterator[Reply]:
        assert request.data_set is not None
        begun.set()
        try:
            await request.data_set.discard()
        finally:
            told.set()
        yield Reply(message=respond(request.message, 0x0000))

    async with (
        ScpServer(local_ae(), POLICY, {CStoreRq.COMMAND_FIELD: store}) as server,
        scripted_caller(server.address[1]) as peer,
    ):
        peer.send(proposal(STORE_CONTEXT))
        await peer.expect(AssociateAc)
        _send_beginning_of_store(peer.send)
        await begun.wait()
        if ending == "abort":
            peer.send(Abort(source=0, reason=0))
        else:
            await peer.close()
        await told.wait()


def _send_beginning_of_store(send: Callable[..., None]) -> None:
    command = encode_command(STORE_RQ, has_data_set=True)
    send(PDataTf(pdvs=(Pdv(context_id=3, is_command=True, is_last=True, data=command),)))
    send(PDataTf(pdvs=(Pdv(context_id=3, is_command=False, is_last=False, data=bytes(1000)),)))
