"""Counterparts of DCMTK's tests of DcmSCP and its pool."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from tests.dcmnet.entities import CLASSES, CT_IMAGE, SECONDS, acceptor_ae, node_of, scp, scu
from workbench.acse.negotiate import Policy
from workbench.acse.profiles import profile_from_dict
from workbench.errors import AssociationRejected, ConfigError, TransportError
from workbench.net.association import Association
from workbench.net.server import ScpServer
from workbench.services.offers import serve
from workbench.services.verification import echo
from workbench.upper_layer.pdu import AssociateRj, AssociateRq

WORKERS = 20


async def echo_once(server: ScpServer) -> int:
    async with scu(node_of(server)) as association:
        return (await echo(association)).message.status


async def test_dcmnet_scp_pool() -> None:
    """Twenty requestors at once are served, twice; the one too many is told so; a stop ends the listener.

    Better: what serves an association is used again, as the second round shows, and whoever finds all busy gets the
    standard's answer (rejected-transient, local limit exceeded) without disturbing the others.
    """
    async with scp(local=acceptor_ae(max_associations=WORKERS)) as server:
        for _ in range(2):
            async with AsyncExitStack() as stack:
                busy = [await stack.enter_async_context(scu(node_of(server))) for _ in range(WORKERS)]
                assert len(server.associations) == WORKERS
                with pytest.raises(AssociationRejected) as rejected:
                    await echo_once(server)
                assert (rejected.value.result, rejected.value.source, rejected.value.reason) == (2, 3, 2)
                replies = await asyncio.gather(*map(echo, busy))
                assert {reply.message.status for reply in replies} == {0x0000}
        node = node_of(server)
        await server.stop_after_current()
        with pytest.raises(TransportError, match="refused"):
            async with scu(node):
                pass


async def test_dcmnet_scp_builtin_verification_support() -> None:
    """Whoever serves anything can serve Verification with one line, and C-ECHO is answered."""
    async with scp(policy=Policy(contexts=dict.fromkeys(CLASSES))) as server:
        assert await echo_once(server) == 0x0000


@pytest.mark.parametrize(
    "profile",
    [
        {"name": "Default"},
        {"name": "", "contexts": []},
        {"name": "Default", "contexts": [{"sop_class_uid": CT_IMAGE}]},
        {"name": "Default", "contexts": [{"sop_class_uid": CT_IMAGE, "transfer_syntaxes": [], "role": "MASTER"}]},
    ],
)
async def test_dcmnet_scp_fail_on_invalid_association_configuration(profile: object) -> None:
    """A broken profile never gets as far as a listener. Better: the message names the place in it."""
    with pytest.raises(ConfigError, match=r"profile\."):
        profile_from_dict(profile)


async def test_dcmnet_scp_fail_on_disallowed_host() -> None:
    """A hook that sees the host lets nobody else in. Better: it gets the caller's address, not the called one."""
    hosts = []

    def only_from_elsewhere(association: Association, request: AssociateRq) -> AssociateRj | None:
        hosts.append((association.peer.rpartition(":")[0], request.calling_ae_title.strip()))
        return AssociateRj(result=1, source=1, reason=1)

    async with scp(admit=only_from_elsewhere) as server:
        with pytest.raises(AssociationRejected):
            await echo_once(server)
    assert hosts == [("127.0.0.1", "REQUESTOR")]
    async with scp(local=acceptor_ae(allowed_hosts=("192.0.2.0/24",))) as server:
        with pytest.raises(AssociationRejected):
            await echo_once(server)


class Ends:
    """Counts how often the observer of a server hears of a beginning and of an end."""

    def __init__(self) -> None:
        self.begun = 0
        self.ended = 0
        self.first_end = asyncio.Event()

    def __call__(self, association: Association) -> None:
        if association.end is None:
            self.begun += 1
        else:
            self.ended += 1
            self.first_end.set()


async def test_dcmnet_scp_stop_after_current_association() -> None:
    """A server can end with the association it has. Better: further callers are refused at once, not left waiting."""
    async with scp() as server:
        node = node_of(server)
        async with asyncio.TaskGroup() as group:
            async with scu(node) as association:
                stopping = group.create_task(server.stop_after_current())
                await asyncio.sleep(0)
                assert not server.is_listening
                assert not stopping.done()
                assert (await echo(association)).message.status == 0x0000
            await stopping
        with pytest.raises(TransportError, match="refused"):
            async with scu(node):
                pass


async def test_dcmnet_scp_stop_after_timeout() -> None:
    """A server can end when nobody has called for a while: by the timeout that its owner waits with."""
    ends = Ends()
    async with scp(observer=ends) as server:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await ends.first_end.wait()
        listened = server.is_listening
        await server.stop(grace=0)
        assert (listened, server.is_listening) == (True, False)
    assert ends.begun == 0


@asynccontextmanager
async def still_running(ends: Ends) -> AsyncIterator[ScpServer]:
    async with scp(observer=ends) as server:
        yield server
        assert server.is_listening
        assert await echo_once(server) == 0x0000


async def test_dcmnet_scp_no_stop_wo_request_noblock() -> None:
    """Without a stop request the server goes on, also after times without a caller."""
    ends = Ends()
    async with still_running(ends) as server:
        for _ in range(3):
            assert await echo_once(server) == 0x0000
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await asyncio.Event().wait()
    assert ends.begun == ends.ended == 4


async def test_dcmnet_scp_no_stop_wo_request_block() -> None:
    """Without a stop request the server goes on while its owner waits for something else."""
    ends = Ends()
    async with still_running(ends) as server:
        async with asyncio.timeout(SECONDS):
            assert await echo_once(server) == 0x0000
            await ends.first_end.wait()


async def test_dcmnet_scp_no_term_notify_without_association() -> None:
    """Nobody is told of the end of an association that never was: a connection without one, a rejected request."""
    ends = Ends()
    everyone_else = acceptor_ae(allowed_calling=("SOMEBODY",))
    async with serve(everyone_else, [], observer=ends) as server:
        with socket.create_connection(server.address):
            pass
        with pytest.raises(AssociationRejected):
            await echo_once(server)
        await server.stop_after_current()
    assert (ends.begun, ends.ended) == (0, 0)
