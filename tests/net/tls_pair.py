"""Two sides of TLS joined by memory, and an acceptor with a requestor joined by loopback."""

import asyncio
import ssl
from contextlib import suppress

from tests.net.handlers import CONTEXTS, POLICY, answer_success, echo_rq
from tests.support.peer import local_ae
from workbench.config import Node
from workbench.dimse.messages import CEchoRq
from workbench.errors import WorkbenchError
from workbench.net.requestor import connect
from workbench.net.server import ScpServer
from workbench.trace.events import TraceEvent, TransportEvent, TransportStep
from workbench.trace.recorder import Recorder

ROUNDS = 5


def shake_hands(requestor: ssl.SSLContext, acceptor: ssl.SSLContext, host: str = "127.0.0.1") -> ssl.SSLObject:
    """Makes a handshake in memory and gives the requestor's side; raises the first error of either."""
    to_acceptor, to_requestor = ssl.MemoryBIO(), ssl.MemoryBIO()
    first = requestor.wrap_bio(to_requestor, to_acceptor, server_hostname=host)
    second = acceptor.wrap_bio(to_acceptor, to_requestor, server_side=True)
    for _ in range(ROUNDS):
        for side in (first, second):
            with suppress(ssl.SSLWantReadError):
                side.do_handshake()
    return first


async def echo(
    requestor: ssl.SSLContext | None, acceptor: ssl.SSLContext | None, host: str = "127.0.0.1"
) -> tuple[WorkbenchError | None, list[str]]:
    """Echoes on loopback; gives the requestor's error, None for Success, and how the acceptor's connections ended."""
    lost: list[str] = []
    told = asyncio.Event()

    def sink(event: TraceEvent) -> None:
        if isinstance(event, TransportEvent) and event.step is TransportStep.LOST:
            lost.append(event.detail)
            told.set()

    handlers = {CEchoRq.COMMAND_FIELD: answer_success}
    async with ScpServer(local_ae(), POLICY, handlers, tls=acceptor, recorder=Recorder(sink)) as server:
        node = Node(name="acceptor", host=host, port=server.address[1], ae_title="ACCEPTOR")
        failure = None
        try:
            async with connect(node, CONTEXTS, local=local_ae(), tls=requestor) as association:
                assert (await association.request(echo_rq(association))).message.status == 0
        except WorkbenchError as error:
            failure = error
        if failure is not None and acceptor is not None:
            async with asyncio.timeout(10):
                await told.wait()
    return failure, lost
