"""A live association: who may end it and how, and that everything under way then ends too."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.net.handlers import CONTEXTS, POLICY, answer_success, echo_rq, store_rq
from tests.support.peer import Recording, acceptance, local_ae, proposal, scripted_caller, scripted_listener
from workbench.config import Node
from workbench.dimse.answers import respond
from workbench.dimse.messages import CEchoRq, CEchoRsp, CStoreRq
from workbench.errors import AssociationAborted, AssociationReleased, NoAcceptedContext, TransportError
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.net.outcome import Outcome
from workbench.net.requestor import connect
from workbench.net.server import ScpServer
from workbench.trace.events import ProblemEvent
from workbench.uids import VERIFICATION
from workbench.upper_layer.pdu import Abort, AssociateAc, AssociateRq, ReleaseRp, ReleaseRq


async def test_no_response_in_time_aborts_and_says_so() -> None:
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.associated()
            await peer.expect_message()
            await peer.expect(Abort)
            await peer.close()

        tasks.create_task(act())
        with pytest.raises(AssociationAborted, match=r"DIMSE timeout: no response to C-ECHO-RQ within 0\.05 s"):
            async with connect(listener.node, CONTEXTS, local=local_ae(dimse=0.05)) as association:
                await association.request(echo_rq(association))


@pytest.mark.parametrize("ending", ["abort", "release", "close"])
async def test_an_end_by_the_peer_ends_the_outstanding_request(ending: str) -> None:
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.associated()
            await peer.expect_message()
            if ending == "abort":
                peer.send(Abort(source=2, reason=1))
            elif ending == "release":
                peer.send(ReleaseRq())
                await peer.expect(ReleaseRp)
            await peer.close()

        tasks.create_task(act())
        expected = AssociationReleased if ending == "release" else AssociationAborted
        with pytest.raises(expected) as caught:
            async with connect(listener.node, CONTEXTS, local=local_ae()) as association:
                await association.request(echo_rq(association))
        if isinstance(caught.value, AssociationAborted):
            assert caught.value.by_peer is (ending == "abort")


async def test_a_response_that_nobody_waits_for_is_aborted_and_recorded() -> None:
    recording = Recording()
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.associated()
            await peer.expect_message()
            peer.send_message(1, CEchoRsp(message_id_being_responded_to=77, status=0))
            await peer.expect(Abort)
            await peer.close()

        tasks.create_task(act())
        with pytest.raises(AssociationAborted, match="message 77, which is not outstanding"):
            async with connect(listener.node, CONTEXTS, local=local_ae(), recorder=recording.recorder) as association:
                await association.request(echo_rq(association))
    assert any("message 77" in each.problem for each in recording.events if isinstance(each, ProblemEvent))


async def test_a_class_that_was_not_accepted_cannot_be_asked() -> None:
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.associated()
            await peer.expect(ReleaseRq)
            peer.send(ReleaseRp())

        tasks.create_task(act())
        async with connect(listener.node, CONTEXTS[:1], local=local_ae()) as association:
            with pytest.raises(NoAcceptedContext, match="not proposed"):
                await association.request(store_rq(association), b"\x08\0\x05\0\0\0\0\0")


async def test_a_release_collision_ends_both_sides_as_requestor() -> None:
    recording = Recording()
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.associated()
            peer_asks = await peer.expect(ReleaseRq)
            assert peer_asks == ReleaseRq()
            peer.send(ReleaseRq())
            await peer.expect(ReleaseRp)
            peer.send(ReleaseRp())
            await peer.expect_close()

        tasks.create_task(act())
        async with connect(listener.node, CONTEXTS, local=local_ae(), recorder=recording.recorder) as association:
            pass
        assert association.outcome is Outcome.RELEASED
    assert recording.actions()[-4:] == ["AR-1", "AR-8", "AR-9", "AR-3"]


async def test_a_release_collision_ends_both_sides_as_acceptor() -> None:
    recording = Recording()
    async with ScpServer(local_ae(), POLICY, {}, recorder=recording.recorder) as server:
        async with scripted_caller(server.address[1]) as peer:
            peer.send(proposal())
            await peer.expect(AssociateAc)
            (association,) = server.associations
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(association.release())
                await peer.expect(ReleaseRq)
                peer.send(ReleaseRq())
                peer.send(ReleaseRp())
                await peer.expect(ReleaseRp)
                await peer.close()
        assert association.outcome is Outcome.RELEASED
    assert recording.actions()[-5:] == ["AR-1", "AR-8", "AR-10", "AR-4", "AR-5"]


async def test_data_that_comes_after_our_release_request_is_still_taken() -> None:
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.associated()
            request = await peer.expect_message()
            assert isinstance(request, CEchoRq)
            await peer.expect(ReleaseRq)
            peer.send_message(1, respond(request, 0x0000))
            peer.send(ReleaseRp())

        tasks.create_task(act())
        async with connect(listener.node, CONTEXTS, local=local_ae()) as association:
            async with asyncio.TaskGroup() as inner:
                asked = inner.create_task(association.request(echo_rq(association)))
                inner.create_task(association.release())
            assert asked.result().message.status == 0


async def test_a_reply_after_our_release_request_goes_nowhere() -> None:
    answered = asyncio.Event()

    async def answer(request: IncomingRequest) -> AsyncIterator[Reply]:
        yield Reply(message=respond(request.message, 0x0000))
        answered.set()

    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.associated()
            await peer.expect(ReleaseRq)
            peer.send_message(1, CEchoRq(message_id=1, affected_sop_class_uid=VERIFICATION))
            await answered.wait()
            peer.send(ReleaseRp())
            await peer.close()

        tasks.create_task(act())
        handlers = {CEchoRq.COMMAND_FIELD: answer}
        async with connect(listener.node, CONTEXTS, local=local_ae(), handlers=handlers) as association:
            pass
        assert isinstance(association.end, AssociationReleased)


async def test_aborting_ends_the_request_under_way_at_once() -> None:
    asked = asyncio.Event()
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.associated()
            await peer.expect_message()
            asked.set()
            assert await peer.expect(Abort) == Abort(source=0, reason=0)
            await peer.close()

        async def press_abort(association: Association) -> None:
            await asked.wait()
            association.abort(cause="the user pressed Abort now")

        async def ask() -> None:
            async with connect(listener.node, CONTEXTS, local=local_ae()) as association:
                tasks.create_task(press_abort(association))
                await association.request(echo_rq(association))

        tasks.create_task(act())
        with pytest.raises(AssociationAborted, match="Abort now"):
            await ask()


async def test_a_peer_that_takes_no_data_is_given_up() -> None:
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.accept()
            peer.shrink_buffer()
            peer.send(acceptance(await peer.expect(AssociateRq)))
            peer.pause()

        async def store_for_ever() -> None:
            async with connect(listener.node, CONTEXTS, local=local_ae(dimse=0.2)) as association:
                while True:
                    await association.request(store_rq(association), bytes(2**24))

        tasks.create_task(act())
        with pytest.raises(TransportError, match=r"has taken no data for 0\.2 s"):
            await store_for_ever()


async def test_our_own_two_ends_talk_to_each_other() -> None:
    recording = Recording()
    handlers = {CEchoRq.COMMAND_FIELD: answer_success, CStoreRq.COMMAND_FIELD: answer_success}
    async with ScpServer(local_ae(), POLICY, handlers, recorder=recording.recorder) as server:
        node = Node(name="own", host="127.0.0.1", port=server.address[1], ae_title="OWN")
        async with connect(node, CONTEXTS, local=local_ae(), recorder=recording.recorder) as association:
            assert association.agreement.context_for(VERIFICATION).context_id == 1
            for _ in range(20):
                assert (await association.request(echo_rq(association))).message.status == 0
            assert (await association.request(store_rq(association), bytes(3_000_000))).message.status == 0
        assert association.outcome is Outcome.RELEASED
    assert {event.association for event in recording.events} == {1, 2}


async def test_message_ids_wrap_and_avoid_those_outstanding() -> None:
    async with ScpServer(local_ae(), POLICY, {}) as server:
        node = Node(name="own", host="127.0.0.1", port=server.address[1], ae_title="OWN")
        async with connect(node, CONTEXTS, local=local_ae()) as association:
            ids = [association.next_message_id() for _ in range(65_536)]
            assert ids[:3] == [1, 2, 3]
            assert ids[-2:] == [65_535, 1]
