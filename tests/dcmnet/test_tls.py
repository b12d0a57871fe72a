"""Counterparts of the tests of DCMTK's dcmtls that are about the network: C-ECHO over TLS, one and many."""

import asyncio

from tests.dcmnet.entities import REQUESTOR, acceptor_ae, node_of
from tests.support.certificates import client_context, server_context
from workbench import VERIFICATION_CONTEXTS, VERIFICATION_OFFER, connect, echo, serve
from workbench.config import Node

WORKERS = 20


async def echo_over_tls(node: Node) -> int:
    """Associates with a certificate of its own and echoes."""
    tls = client_context(identity="scu.test")
    async with connect(node, VERIFICATION_CONTEXTS, local=REQUESTOR, tls=tls) as association:
        assert association.connection.transport is not None
        assert association.connection.transport.security.startswith("TLSv1.3")
        return (await echo(association)).message.status


async def test_dcmtls_scp_tls() -> None:
    """Both ends show certificates that the other one trusts, and C-ECHO is answered."""
    async with serve(acceptor_ae(), [VERIFICATION_OFFER], tls=server_context(asks_client=True)) as server:
        assert await echo_over_tls(node_of(server)) == 0x0000


async def test_dcmtls_scp_pool_tls() -> None:
    """Twenty requestors at once do so; none waits for the handshake of another."""
    local = acceptor_ae(max_associations=WORKERS)
    async with serve(local, [VERIFICATION_OFFER], tls=server_context(asks_client=True)) as server:
        statuses = await asyncio.gather(*(echo_over_tls(node_of(server)) for _ in range(WORKERS)))
    assert statuses == [0x0000] * WORKERS
