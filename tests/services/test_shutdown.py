"""Asking a server to shut down: what it may do, and what is told of it."""

import asyncio
from collections.abc import Callable

import pytest

from tests.services.servers import LOCAL
from workbench.acse.policy import Policy
from workbench.config import Node
from workbench.errors import TransportError
from workbench.net.association import Association
from workbench.net.server import ScpServer
from workbench.services.shutdown import ShutdownResult, shut_down
from workbench.uids import SHUTDOWN
from workbench.upper_layer.pdu import AssociateRj, AssociateRq

Act = Callable[[ScpServer], AssociateRj | None]


async def asked(policy: Policy, act: Act | None = None, *, patience: float = 5.0) -> ShutdownResult:
    """Asks a server that does something when it is called."""
    async with asyncio.TaskGroup() as group:

        def admit(_: Association, __: AssociateRq) -> AssociateRj | None:
            rejection = act(server) if act else None
            if rejection is not None and rejection.reason == 1:
                group.create_task(server.stop(grace=1))
            return rejection

        async with ScpServer(LOCAL, policy, {}, admit=admit) as server:
            host, port = server.address
            node = Node(name="server", host=host, port=port, ae_title="SERVER")
            result = await shut_down(node, local=LOCAL, patience=patience)
    return result


async def test_a_server_that_rejects_and_ends_has_shut_down() -> None:
    result = await asked(Policy(), lambda _: AssociateRj(result=1, source=1, reason=1))
    assert (result.is_acknowledged, result.is_down) == (False, True)
    assert result.rejection is not None
    assert "has shut down" in result.reason


async def test_a_server_that_rejects_and_goes_on_is_told() -> None:
    result = await asked(Policy(), lambda _: AssociateRj(result=1, source=1, reason=3), patience=0)
    assert (result.is_acknowledged, result.is_down) == (False, False)
    assert "still listens: calling AE title not recognized" in result.reason


async def test_a_server_that_does_not_know_the_request_is_told() -> None:
    result = await asked(Policy(), patience=0)
    assert (result.is_acknowledged, result.is_down, result.rejection) == (False, False, None)
    assert "does not know the request" in result.reason


async def test_a_server_that_acknowledges_and_goes_on_is_told() -> None:
    result = await asked(Policy(contexts={SHUTDOWN: None}), patience=0)
    assert (result.is_acknowledged, result.is_down) == (True, False)
    assert result.reason == "the server acknowledges the request, and still listens"


async def test_nobody_there_is_an_error(unused_tcp_port: int) -> None:
    node = Node(name="nobody", host="127.0.0.1", port=unused_tcp_port, ae_title="NOBODY")
    with pytest.raises(TransportError, match="connection refused"):
        await shut_down(node, local=LOCAL)
