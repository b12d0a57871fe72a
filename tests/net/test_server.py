"""An acceptor: whom it lets in, what it answers, that nobody can hold it up, and that it stops."""

import asyncio
import socket
from dataclasses import replace

import pytest

from tests.conftest import ExpectLog
from tests.net.handlers import CONTEXTS, POLICY, answer_success, echo_rq
from tests.support.peer import Recording, local_ae, proposal, scripted_caller
from workbench.config import LocalAe, Node, Timeouts
from workbench.dimse.messages import CEchoRq, CEchoRsp
from workbench.errors import TransportError
from workbench.net.association import Association
from workbench.net.outcome import Outcome
from workbench.net.requestor import connect
from workbench.net.server import ScpServer
from workbench.uids import VERIFICATION
from workbench.upper_layer.items import UserIdentityAc, UserIdentityRq
from workbench.upper_layer.pdu import Abort, AssociateAc, AssociateRj, AssociateRq, ReleaseRp, ReleaseRq

ECHO = {CEchoRq.COMMAND_FIELD: answer_success}
ECHO_RQ = CEchoRq(message_id=1, affected_sop_class_uid=VERIFICATION)


async def test_an_echo_and_the_release_go_through_the_states_of_the_standard() -> None:
    recording = Recording()
    async with (
        ScpServer(local_ae(), POLICY, ECHO, recorder=recording.recorder) as server,
        scripted_caller(server.address[1]) as peer,
    ):
        peer.send(proposal())
        accept = await peer.expect(AssociateAc)
        assert accept.presentation_contexts[0].result == 0
        assert accept.max_length == 131072
        peer.send_message(1, ECHO_RQ)
        response = await peer.expect_message()
        assert isinstance(response, CEchoRsp)
        assert (response.message_id_being_responded_to, response.status) == (1, 0x0000)
        assert response.affected_sop_class_uid == VERIFICATION
        peer.send(ReleaseRq())
        await peer.expect(ReleaseRp)
        await peer.close()
        await server.stop(grace=5)
    assert recording.actions() == ["AE-5", "AE-6", "AE-7", "DT-2", "DT-1", "AR-2", "AR-4", "AR-5"]


async def test_the_request_and_the_first_message_may_come_in_one_segment() -> None:
    async with ScpServer(local_ae(), POLICY, ECHO) as server, scripted_caller(server.address[1]) as peer:
        peer.send(proposal())
        peer.send_message(1, ECHO_RQ)
        await peer.expect(AssociateAc)
        assert isinstance(await peer.expect_message(), CEchoRsp)


async def test_an_association_over_the_limit_is_told_so_and_room_is_made_when_one_ends() -> None:
    local = LocalAe(port=0, max_associations=1)
    async with ScpServer(local, POLICY, ECHO) as server:
        async with scripted_caller(server.address[1]) as first:
            first.send(proposal())
            await first.expect(AssociateAc)
            async with scripted_caller(server.address[1]) as second:
                second.send(proposal())
                assert await second.expect(AssociateRj) == AssociateRj(result=2, source=3, reason=2)
            first.send(ReleaseRq())
            await first.expect(ReleaseRp)
        node = Node(name="own", host="127.0.0.1", port=server.address[1], ae_title="OWN")
        async with connect(node, CONTEXTS, local=local_ae()) as association:
            assert (await association.request(echo_rq(association))).message.status == 0


async def test_who_comes_beyond_the_limit_waits_where_that_is_wanted() -> None:
    recording = Recording()
    local = LocalAe(port=0, max_associations=1)
    async with ScpServer(local, POLICY, ECHO, recorder=recording.recorder, waits=True) as server:
        port = server.address[1]
        async with scripted_caller(port) as first, scripted_caller(port) as second, scripted_caller(port) as third:
            for each in (first, second, third):
                each.send(proposal())
            for peer in (first, second, third):
                await peer.expect(AssociateAc)
                assert len(server.associations) == 1
                peer.send(ReleaseRq())
                await peer.expect(ReleaseRp)
                await peer.close()
    assert recording.actions().count("AE-7") == 3


async def test_a_connection_that_somebody_else_accepted_is_served_without_listening() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with scripted_caller(listener.getsockname()[1]) as peer:
            server = ScpServer(local_ae(), POLICY, ECHO)
            async with asyncio.TaskGroup() as group:
                group.create_task(server.serve_connection(listener.accept()[0]))
                peer.send(proposal())
                await peer.expect(AssociateAc)
                assert not server.is_listening
                peer.send(ReleaseRq())
                await peer.expect(ReleaseRp)
                await peer.close()
            assert server.associations == ()


async def test_a_host_that_is_not_allowed_is_rejected() -> None:
    local = LocalAe(port=0, allowed_hosts=("192.0.2.0/24",))
    async with ScpServer(local, POLICY, ECHO) as server, scripted_caller(server.address[1]) as peer:
        peer.send(proposal())
        assert await peer.expect(AssociateRj) == AssociateRj(result=1, source=1, reason=1)
    allowed = LocalAe(port=0, bind="", allowed_hosts=("127.0.0.0/8",))
    async with ScpServer(allowed, POLICY, ECHO) as server, scripted_caller(server.address[1]) as peer:
        peer.send(proposal())
        await peer.expect(AssociateAc)


async def test_a_connection_that_says_nothing_is_closed_by_artim() -> None:
    recording = Recording()
    async with (
        ScpServer(local_ae(acse=0.05), POLICY, ECHO, recorder=recording.recorder) as server,
        scripted_caller(server.address[1]) as peer,
    ):
        peer.send(b"\x01\x00\x00")
        await peer.expect_close()
    assert recording.actions() == ["AE-5", "AA-2"]


async def test_a_rejected_peer_that_stays_connected_is_closed_by_artim() -> None:
    local = LocalAe(port=0, timeouts=Timeouts(acse=0.05), allowed_hosts=())
    async with ScpServer(local, POLICY, ECHO) as server, scripted_caller(server.address[1]) as peer:
        peer.send(proposal())
        await peer.expect(AssociateRj)
        await peer.expect_close()


async def test_an_idle_association_is_aborted() -> None:
    async with ScpServer(local_ae(idle=0.05), POLICY, ECHO) as server, scripted_caller(server.address[1]) as peer:
        peer.send(proposal())
        await peer.expect(AssociateAc)
        await peer.expect(Abort)


async def test_many_half_open_connections_hold_nobody_up() -> None:
    async with ScpServer(local_ae(), POLICY, ECHO) as server:
        port = server.address[1]
        silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(100)]
        try:
            for each in silent:
                each.sendall(b"\x01\x00\x00\x00\x10")
            node = Node(name="own", host="127.0.0.1", port=port, ae_title="OWN")
            async with connect(node, CONTEXTS, local=local_ae()) as association:
                assert (await association.request(echo_rq(association))).message.status == 0
        finally:
            for each in silent:
                each.close()


async def test_stopping_without_grace_aborts_what_is_open() -> None:
    async with ScpServer(local_ae(), POLICY, ECHO) as server, scripted_caller(server.address[1]) as peer:
        peer.send(proposal())
        await peer.expect(AssociateAc)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.stop(grace=0))
            assert await peer.expect(Abort) == Abort(source=0, reason=0)
            await peer.close()


async def test_a_stopped_server_takes_no_connection() -> None:
    async with ScpServer(local_ae(), POLICY, ECHO) as server:
        port = server.address[1]
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_stopping_with_grace_lets_an_association_end_by_itself() -> None:
    async with ScpServer(local_ae(), POLICY, ECHO) as server, scripted_caller(server.address[1]) as peer:
        peer.send(proposal())
        await peer.expect(AssociateAc)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.stop(grace=10))
            peer.send_message(1, ECHO_RQ)
            assert isinstance(await peer.expect_message(), CEchoRsp)
            peer.send(ReleaseRq())
            await peer.expect(ReleaseRp)
            await peer.close()


async def test_the_observer_hears_of_the_beginning_and_the_end_of_each_association() -> None:
    heard: list[tuple[str, Outcome | None]] = []

    def observe(association: Association) -> None:
        heard.append((association.calling_ae_title, association.outcome))

    async with ScpServer(local_ae(), POLICY, ECHO, observer=observe) as server:
        async with scripted_caller(server.address[1]) as peer:
            peer.send(proposal())
            await peer.expect(AssociateAc)
            assert heard == [("SCRIPTED", None)]
            assert len(server.associations) == 1
            await peer.close()
        await server.stop(grace=5)
    assert heard == [("SCRIPTED", None), ("SCRIPTED", Outcome.ABORTED)]


async def test_a_port_in_use_is_said_so() -> None:
    async with ScpServer(local_ae(), POLICY, ECHO) as server:
        taken = LocalAe(port=server.address[1])
        with pytest.raises(TransportError, match="another program listens on that port"):
            async with ScpServer(taken, POLICY, ECHO):
                pytest.fail("the port is taken")


def reject_the_calling(association: Association, request: AssociateRq) -> AssociateRj | None:
    """Lets nobody in but from loopback, and no CALLER."""
    if not association.peer.startswith("127.0.0.1:"):
        return AssociateRj(result=1, source=1, reason=1)
    return (
        AssociateRj(result=1, source=1, reason=3) if request.calling_ae_title == proposal().calling_ae_title else None
    )


async def test_a_hook_decides_by_title_and_host_before_the_policy() -> None:
    async with ScpServer(local_ae(), POLICY, ECHO, admit=reject_the_calling) as server:
        async with scripted_caller(server.address[1]) as refused:
            refused.send(proposal())
            assert await refused.expect(AssociateRj) == AssociateRj(result=1, source=1, reason=3)
        async with scripted_caller(server.address[1]) as admitted:
            admitted.send(replace(proposal(), calling_ae_title="ANOTHER"))
            await admitted.expect(AssociateAc)


def with_identity(password: bytes) -> AssociateRq:
    identity = UserIdentityRq(
        identity_type=2, positive_response_requested=True, primary_field=b"user", secondary_field=password
    )
    return replace(proposal(), user_information=(*proposal().user_information, identity))


async def test_a_verifier_is_waited_for_and_nobody_else_waits() -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def verify(identity: UserIdentityRq, request: AssociateRq) -> bytes | AssociateRj | None:
        asked.set()
        await go_on.wait()
        return b"" if identity.secondary_field == b"secret" else AssociateRj(result=1, source=1, reason=1)

    async with ScpServer(local_ae(), POLICY, ECHO, verifier=verify) as server:
        async with scripted_caller(server.address[1]) as known, scripted_caller(server.address[1]) as anonymous:
            known.send(with_identity(b"secret"))
            await asked.wait()
            anonymous.send(proposal())
            assert (await anonymous.expect(AssociateAc)).user_identity is None
            go_on.set()
            assert (await known.expect(AssociateAc)).user_identity == UserIdentityAc(server_response=b"")
        async with scripted_caller(server.address[1]) as unknown:
            unknown.send(with_identity(b"guess"))
            assert await unknown.expect(AssociateRj) == AssociateRj(result=1, source=1, reason=1)


async def test_those_who_are_being_verified_count_as_associations() -> None:
    asked = asyncio.Event()

    async def hang(identity: UserIdentityRq, request: AssociateRq) -> None:
        asked.set()
        await asyncio.Event().wait()

    local = replace(local_ae(), max_associations=1)
    async with (
        ScpServer(local, POLICY, ECHO, verifier=hang) as server,
        scripted_caller(server.address[1]) as first,
        scripted_caller(server.address[1]) as second,
    ):
        first.send(with_identity(b"secret"))
        await asked.wait()
        second.send(proposal())
        assert await second.expect(AssociateRj) == AssociateRj(result=2, source=3, reason=2)


@pytest.mark.parametrize("fault", ["slow", "broken"])
async def test_a_verifier_that_does_not_answer_lets_nobody_in(fault: str, expect_log: ExpectLog) -> None:
    async def verify(identity: UserIdentityRq, request: AssociateRq) -> None:
        if fault == "slow":
            await asyncio.Event().wait()
        _ = 1 / 0

    expect_log("defect in the verifier of user identities", required=fault == "broken")
    local = replace(local_ae(), timeouts=Timeouts(acse=0.1))
    async with ScpServer(local, POLICY, ECHO, verifier=verify) as server, scripted_caller(server.address[1]) as peer:
        peer.send(with_identity(b"secret"))
        assert await peer.expect(AssociateRj) == AssociateRj(result=2, source=3, reason=1)


async def test_it_can_stop_after_the_current_association() -> None:
    async with ScpServer(local_ae(), POLICY, ECHO) as server, asyncio.TaskGroup() as tasks:
        async with scripted_caller(server.address[1]) as peer:
            peer.send(proposal())
            await peer.expect(AssociateAc)
            port = server.address[1]
            stopping = tasks.create_task(server.stop_after_current())
            await asyncio.sleep(0)  # the task runs until it has to wait
            assert not server.is_listening
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", port)
            peer.send_message(1, ECHO_RQ)
            assert isinstance(await peer.expect_message(), CEchoRsp)
            assert not stopping.done()
            peer.send(ReleaseRq())
            await peer.expect(ReleaseRp)
            await peer.close()
        await stopping
