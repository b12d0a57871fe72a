"""TLS below an association: what is secured, what is refused and why, and that nothing else changes."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from tests.conftest import ExpectLog, LogWatch
from tests.net.handlers import CONTEXTS, CT, POLICY, answer_success, echo_rq
from tests.support.certificates import client_context, server_context
from tests.support.peer import Recording, local_ae
from workbench.acse.negotiate import request_association
from workbench.config import LocalAe, Node, Timeouts
from workbench.dimse.answers import respond
from workbench.dimse.messages import CEchoRq, CFindRq, CStoreRq
from workbench.errors import AssociationAborted, TransportError
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.net.requestor import connect
from workbench.net.server import ScpServer
from workbench.net.tls import TlsTransport
from workbench.trace.events import TransportEvent, TransportStep
from workbench.upper_layer.pdu import A_ASSOCIATE_AC, encode_pdu

pytestmark = pytest.mark.usefixtures("refusals_are_told")

HANGING = 100
ECHO = {CEchoRq.COMMAND_FIELD: answer_success}


def node_of(server: ScpServer) -> Node:
    return Node(name="own", host="127.0.0.1", port=server.address[1], ae_title="OWN")


def steps(recording: Recording, step: TransportStep) -> list[str]:
    return [event.detail for event in recording.events if isinstance(event, TransportEvent) and event.step is step]


@pytest.fixture
def refusals_are_told(expect_log: ExpectLog) -> None:
    """Lets the acceptor warn of requestors that it could not secure a connection with."""
    expect_log(r"association \d+: TLS: ", required=False)


async def test_an_association_is_secured_and_the_trace_says_by_what() -> None:
    recording = Recording()
    async with ScpServer(local_ae(), POLICY, ECHO, tls=server_context()) as server:
        node, tls = node_of(server), client_context()
        async with connect(node, CONTEXTS, local=local_ae(), tls=tls, recorder=recording.recorder) as association:
            assert (await association.request(echo_rq(association))).message.status == 0
            assert association.connection.transport is not None
            assert association.connection.transport.peer_certificate
    assert steps(recording, TransportStep.SECURED)[0].startswith("TLSv1.3, TLS_")


async def test_who_comes_beyond_the_limit_waits_for_the_handshake_too_where_that_is_wanted() -> None:
    recording, order = Recording(), list[str]()
    local = LocalAe(port=0, max_associations=1)
    async with ScpServer(local, POLICY, ECHO, tls=server_context(), recorder=recording.recorder, waits=True) as server:
        node, tls = node_of(server), client_context()

        async def second() -> None:
            async with connect(node, CONTEXTS, local=local_ae(), tls=tls):
                order.append("second in")

        async with asyncio.TaskGroup() as group, connect(node, CONTEXTS, local=local_ae(), tls=tls) as association:
            group.create_task(second())
            await association.request(echo_rq(association))
            assert len(steps(recording, TransportStep.ACCEPTED)) == 2  # the handshake, and the connection
            order.append("first out")
        with socket.create_connection(server.address) as plain:  # no handshake comes about
            plain.sendall(encode_pdu(request_association(called_ae_title="A", calling_ae_title="B", contexts=CONTEXTS)))
            async with connect(node, CONTEXTS, local=local_ae(), tls=tls):
                order.append("third in")
    assert order == ["first out", "second in", "third in"]


async def test_both_ends_can_want_a_certificate_of_the_other() -> None:
    seen: list[bytes | None] = []

    async def who(request: IncomingRequest) -> AsyncIterator[Reply]:
        assert request.association.connection.transport is not None
        seen.append(request.association.connection.transport.peer_certificate)
        yield Reply(message=respond(request.message, 0x0000))

    handlers = {CEchoRq.COMMAND_FIELD: who}
    async with ScpServer(local_ae(), POLICY, handlers, tls=server_context(asks_client=True)) as server:
        tls = client_context(identity="modality.test")
        async with connect(node_of(server), CONTEXTS, local=local_ae(), tls=tls) as association:
            await association.request(echo_rq(association))
    assert seen
    assert seen[0]


async def test_a_requestor_that_is_asked_for_no_certificate_is_not_said_to_have_none() -> None:
    seen: list[str] = []

    async def how(request: IncomingRequest) -> AsyncIterator[Reply]:
        assert isinstance(request.association.connection.transport, TlsTransport)
        seen.append(request.association.connection.transport.security)
        yield Reply(message=respond(request.message, 0x0000))

    handlers = {CEchoRq.COMMAND_FIELD: how}
    async with (
        ScpServer(local_ae(), POLICY, handlers, tls=server_context()) as server,
        connect(node_of(server), CONTEXTS, local=local_ae(), tls=client_context()) as association,
    ):
        await association.request(echo_rq(association))
    assert seen[0].endswith("with a peer that was asked for no certificate")


async def test_large_data_sets_go_both_ways_unchanged() -> None:
    data, came = bytes(range(256)) * 40_000, bytearray()

    async def store(request: IncomingRequest) -> AsyncIterator[Reply]:
        assert request.data_set is not None
        async for parts in request.data_set.chunks():
            came.extend(b"".join(parts))
            await asyncio.sleep(0)  # a taker that is slower than the sender: reading pauses and goes on
        yield Reply(message=respond(request.message, 0x0000))

    async def find(request: IncomingRequest) -> AsyncIterator[Reply]:
        for _ in range(200):
            yield Reply(message=respond(request.message, 0xFF00), data_set=data[:3000])
        yield Reply(message=respond(request.message, 0x0000))

    handlers = {CStoreRq.COMMAND_FIELD: store, CFindRq.COMMAND_FIELD: find}
    async with (
        ScpServer(local_ae(), POLICY, handlers, tls=server_context()) as server,
        connect(node_of(server), CONTEXTS, local=local_ae(), tls=client_context()) as association,
    ):
        message = CStoreRq(message_id=1, affected_sop_class_uid=CT, affected_sop_instance_uid="1.2.3")
        assert (await association.request(message, data)).message.status == 0
        query = CFindRq(message_id=2, affected_sop_class_uid=CT)
        async with association.operation(query, b"identifier") as operation:
            replies = [reply.data_set async for reply in operation]
    assert bytes(came) == data
    assert replies == [data[:3000]] * 200 + [None]


@pytest.mark.parametrize(
    ("server", "client", "said"),
    [
        ("known", "distrusts", r"the certificate of 127.0.0.1:\d+ .* because no authority is trusted here"),
        ("other name", "trusts", r"the certificate of 127.0.0.1:\d+ .* is for 192.0.2.1, not for 127.0.0.1"),
    ],
)
async def test_a_certificate_that_is_not_accepted_is_said(server: str, client: str, said: str) -> None:
    accepting = server_context(identity="127.0.0.1" if server == "known" else "192.0.2.1")
    async with ScpServer(local_ae(), POLICY, ECHO, tls=accepting) as listening:
        with pytest.raises(TransportError, match=said) as caught:
            await ask(listening, client_context(trusts=client == "trusts"))
    assert caught.value.stage == "tls"


async def ask(server: ScpServer, tls: ssl.SSLContext | None, local: LocalAe | None = None) -> int:
    async with connect(node_of(server), CONTEXTS, local=local or local_ae(), tls=tls) as association:
        return (await association.request(echo_rq(association))).message.status


async def test_a_plain_peer_on_a_tls_port_is_refused_and_the_server_goes_on() -> None:
    recording = Recording()
    async with ScpServer(local_ae(), POLICY, ECHO, tls=server_context(), recorder=recording.recorder) as server:
        with pytest.raises(AssociationAborted, match=r"Sta5.* may want TLS on this port"):
            await ask(server, None)
        assert await ask(server, client_context()) == 0
    (lost,) = steps(recording, TransportStep.LOST)
    assert "does not speak TLS, which is required on this port: it sent a plain A-ASSOCIATE-RQ" in lost


async def test_who_only_looks_whether_the_port_is_open_is_not_warned_of(log_watch: LogWatch) -> None:
    recording = Recording()
    async with ScpServer(local_ae(), POLICY, ECHO, tls=server_context(), recorder=recording.recorder) as server:
        socket.create_connection(server.address).close()
        async with asyncio.timeout(10):
            while not steps(recording, TransportStep.LOST):  # noqa: ASYNC110 (the trace tells nobody)
                await asyncio.sleep(0.01)
    (lost,) = steps(recording, TransportStep.LOST)
    assert "closed the connection before the handshake; it may only have looked" in lost
    assert log_watch.records == []


async def test_a_tls_peer_on_a_plain_port_is_told_so() -> None:
    async with ScpServer(local_ae(), POLICY, ECHO) as server:
        with pytest.raises(
            TransportError, match="does not speak TLS on this port: it answered with a plain A-ABORT"
        ) as e:
            await ask(server, client_context())
    assert e.value.stage == "tls"


async def test_peers_that_hang_in_the_handshake_keep_nobody_waiting() -> None:
    async with ScpServer(local_ae(), POLICY, ECHO, tls=server_context()) as server:
        with ExitStack() as stack:
            for _ in range(HANGING):
                stack.enter_context(socket.create_connection(server.address))
            assert await ask(server, client_context()) == 0


async def test_a_peer_that_hangs_in_the_handshake_is_given_up() -> None:
    recording, local = Recording(), replace(local_ae(), timeouts=Timeouts(acse=0.1))
    async with ScpServer(local, POLICY, ECHO, tls=server_context(), recorder=recording.recorder) as server:
        with socket.create_connection(server.address):
            async with asyncio.timeout(10):
                while not steps(recording, TransportStep.LOST):  # noqa: ASYNC110 (the trace tells nobody)
                    await asyncio.sleep(0.01)
    assert "did not end within 0.1 s" in steps(recording, TransportStep.LOST)[0]


async def test_a_server_that_hangs_in_the_handshake_is_given_up() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    with listener:
        node = Node(name="mute", host="127.0.0.1", port=listener.getsockname()[1], ae_title="MUTE")
        local = replace(local_ae(), timeouts=Timeouts(acse=0.1))
        with pytest.raises(TransportError, match="does the peer speak TLS"):
            async with connect(node, CONTEXTS, local=local, tls=client_context()):
                pass


async def test_records_of_one_byte_are_put_together() -> None:
    request = encode_pdu(
        request_association(called_ae_title="OWN", calling_ae_title="SLOW", contexts=CONTEXTS, max_pdu_length=16384)
    )
    async with ScpServer(local_ae(), POLICY, ECHO, tls=server_context()) as server:
        host, port = server.address
        reader, writer = await asyncio.open_connection(host, port, ssl=client_context())
        for number in range(len(request)):
            writer.write(request[number : number + 1])
            await writer.drain()
        answer = await reader.readexactly(6)
        writer.close()
    assert answer[0] == A_ASSOCIATE_AC
