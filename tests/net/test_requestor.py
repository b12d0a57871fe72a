"""Opening and ending associations as requestor: each way to fail has its error, and no way leaves anything open."""

import asyncio
import socket
from dataclasses import replace

import pytest

from tests.net.handlers import CONTEXTS, echo_rq
from tests.services.servers import serve
from tests.support.peer import Recording, local_ae, scripted_listener
from workbench.config import Node
from workbench.dimse.answers import respond
from workbench.dimse.messages import CEchoRq
from workbench.errors import (
    AssociationAborted,
    AssociationRejected,
    IdentityNotConfirmed,
    LocalProtocolError,
    RemoteProtocolError,
    TransportError,
)
from workbench.net.outcome import Outcome
from workbench.net.requestor import connect
from workbench.trace.events import TransportEvent, TransportStep
from workbench.upper_layer.items import SopClassExtendedNegotiation, UserIdentityRq
from workbench.upper_layer.pdu import Abort, AssociateRj, AssociateRq, ReleaseRp, ReleaseRq
from workbench.upper_layer.state_table import Sta


async def test_an_echo_and_the_release_go_through_the_states_of_the_standard() -> None:
    recording = Recording()
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.associated()
            request = await peer.expect_message()
            assert isinstance(request, CEchoRq)
            peer.send_message(1, respond(request, 0x0000))
            await peer.expect(ReleaseRq)
            peer.send(ReleaseRp())
            await peer.expect_close()

        tasks.create_task(act())
        async with connect(listener.node, CONTEXTS, local=local_ae(), recorder=recording.recorder) as association:
            reply = await association.request(echo_rq(association))
            assert reply.message.status == 0x0000
            assert reply.latency > 0
        assert association.outcome is Outcome.RELEASED
        assert association.state is Sta.STA1
    assert recording.actions() == ["AE-1", "AE-2", "AE-3", "DT-1", "DT-2", "AR-1", "AR-3"]
    assert recording.pdus() == [("out", 1), ("in", 2), ("out", 4), ("in", 4), ("out", 5), ("in", 6)]


async def test_the_request_says_who_calls_whom_and_what_we_take() -> None:
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.accept()
            request = await peer.expect(AssociateRq)
            assert (request.calling_ae_title, request.called_ae_title) == ("WORKBENCH", "SCRIPTED")
            assert request.presentation_contexts == CONTEXTS
            assert request.max_length == 131072
            assert request.implementation_class_uid
            peer.send(AssociateRj(result=1, source=1, reason=7))

        tasks.create_task(act())
        with pytest.raises(AssociationRejected) as caught:
            async with connect(listener.node, CONTEXTS, local=local_ae()):
                pytest.fail("the association was rejected")
        assert (caught.value.result, caught.value.source, caught.value.reason) == (1, 1, 7)


async def test_a_port_where_nothing_listens_is_said_so() -> None:
    with socket.socket() as taken:  # bound but not listening: nobody else gets the port meanwhile
        taken.bind(("127.0.0.1", 0))
        node = Node(name="n", host="127.0.0.1", port=taken.getsockname()[1], ae_title="X")
        with pytest.raises(TransportError, match="connection refused") as caught:
            async with connect(node, CONTEXTS, local=local_ae()):
                pytest.fail("nothing listens there")
    assert caught.value.stage == "connect"


async def test_a_name_that_does_not_resolve_is_said_so() -> None:
    node = Node(name="n", host="no..such..name", port=104, ae_title="X")
    with pytest.raises(TransportError, match="cannot be resolved") as caught:
        async with connect(node, CONTEXTS, local=local_ae()):
            pytest.fail("there is no such host")
    assert caught.value.stage == "name"


async def test_a_peer_that_does_not_answer_the_request_is_aborted_after_the_acse_timeout() -> None:
    recording = Recording()
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.accept()
            await peer.expect(AssociateRq)
            assert await peer.expect(Abort) == Abort(source=0, reason=0)
            await peer.close()

        tasks.create_task(act())
        with pytest.raises(AssociationAborted, match=r"no answer to A-ASSOCIATE-RQ within 0\.05 s") as caught:
            async with connect(listener.node, CONTEXTS, local=local_ae(acse=0.05), recorder=recording.recorder):
                pytest.fail("the peer is silent")
        assert not caught.value.by_peer
    assert TransportStep.TIMEOUT in [each.step for each in recording.events if isinstance(each, TransportEvent)]


@pytest.mark.parametrize("ending", ["close", "reset"])
async def test_a_peer_that_goes_away_instead_of_answering_is_an_abort_by_the_provider(ending: str) -> None:
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.accept()
            await peer.expect(AssociateRq)
            if ending == "reset":
                peer.reset()
            else:
                await peer.close()

        tasks.create_task(act())
        with pytest.raises(AssociationAborted) as caught:
            async with connect(listener.node, CONTEXTS, local=local_ae()):
                pytest.fail("the peer is gone")
        assert (caught.value.source, caught.value.by_peer) == (2, False)


async def test_an_answer_that_is_no_dicom_is_aborted() -> None:
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.accept()
            await peer.expect(AssociateRq)
            peer.send(b"HTTP/1.0 400 Bad Request\r\n\r\n")
            abort = await peer.expect(Abort)
            assert (abort.source, abort.reason) == (2, 1)
            await peer.close()

        tasks.create_task(act())
        with pytest.raises(AssociationAborted):
            async with connect(listener.node, CONTEXTS, local=local_ae()):
                pytest.fail("that was no A-ASSOCIATE-AC")


async def test_an_exception_in_the_body_aborts_and_comes_out_plain() -> None:
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.associated()
            assert await peer.expect(Abort) == Abort(source=0, reason=0)
            await peer.close()

        tasks.create_task(act())
        with pytest.raises(ZeroDivisionError):
            async with connect(listener.node, CONTEXTS, local=local_ae()) as association:
                _ = 1 / 0
        assert association.outcome is Outcome.ABORTED


async def test_cancelling_the_task_aborts() -> None:
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def call() -> None:
            async with connect(listener.node, CONTEXTS, local=local_ae()) as association:
                await association.request(echo_rq(association))

        caller = tasks.create_task(call())
        peer = await listener.associated()
        await peer.expect_message()
        caller.cancel()
        assert await peer.expect(Abort) == Abort(source=0, reason=0)
        await peer.close()


async def test_a_peer_that_keeps_the_connection_open_after_our_abort_is_left() -> None:
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.associated()
            await peer.expect(Abort)
            await peer.expect_close()

        tasks.create_task(act())
        with pytest.raises(ZeroDivisionError):
            async with connect(listener.node, CONTEXTS, local=local_ae()):
                _ = 1 / 0


async def test_a_peer_that_never_confirms_the_release_is_aborted_and_that_is_no_error() -> None:
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.associated()
            await peer.expect(ReleaseRq)
            await peer.expect(Abort)
            await peer.close()

        tasks.create_task(act())
        async with connect(listener.node, CONTEXTS, local=local_ae(acse=0.05)) as association:
            pass
        assert isinstance(association.end, AssociationAborted)
        assert "no A-RELEASE-RP" in str(association.end)


async def test_a_peer_with_room_for_no_fragment_is_refused() -> None:
    async with scripted_listener() as listener, asyncio.TaskGroup() as tasks:

        async def act() -> None:
            peer = await listener.associated(maximum=6)
            await peer.expect(Abort)
            await peer.close()

        tasks.create_task(act())
        with pytest.raises((AssociationAborted, RemoteProtocolError)):
            async with connect(listener.node, CONTEXTS, local=local_ae()):
                pytest.fail("six bytes hold a header only")


async def test_a_request_that_cannot_be_encoded_is_our_own_error_and_leaves_nothing_open() -> None:
    too_long = SopClassExtendedNegotiation(sop_class_uid="1.2.3", application_information=bytes(70_000))
    recording = Recording()
    node = Node(name="n", host="127.0.0.1", port=104, ae_title="X")
    with pytest.raises(LocalProtocolError):
        async with connect(node, CONTEXTS, local=local_ae(), recorder=recording.recorder, user_information=[too_long]):
            pytest.fail("no such item fits")
    assert recording.pdus() == []


async def test_identity_that_is_not_confirmed_ends_the_association() -> None:
    identity = UserIdentityRq(identity_type=1, positive_response_requested=True, primary_field=b"anna")
    async with serve() as node:  # which ignores identities
        with pytest.raises(IdentityNotConfirmed):
            async with connect(node, CONTEXTS, local=local_ae(), user_information=(identity,)):
                pass
        unconfirmed = replace(identity, positive_response_requested=False)
        async with connect(node, CONTEXTS, local=local_ae(), user_information=(unconfirmed,)) as association:
            assert association.agreement.identity_response is None
