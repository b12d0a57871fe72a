"""A node in a thread of its own, so that a tool can run in the thread of the test, as it does in a process."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from ssl import SSLContext
from threading import Thread

from tests.services.servers import LOCAL, serve
from workbench.acse.policy import Policy
from workbench.config import LocalAe, Node
from workbench.net.association import Association
from workbench.net.incoming import Handler


@contextmanager
def background(
    handlers: Mapping[int, Handler] | None = None,
    *,
    policy: Policy | None = None,
    local: LocalAe = LOCAL,
    observer: Callable[[Association], None] | None = None,
    tls: SSLContext | None = None,
) -> Iterator[Node]:
    """Gives a node that serves until the block is left."""
    ready: Future[tuple[Node, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def run() -> None:
        stop = asyncio.Event()
        async with serve(handlers, policy=policy, local=local, observer=observer, tls=tls) as node:
            ready.set_result((node, asyncio.get_running_loop(), stop))
            await stop.wait()

    thread = Thread(target=lambda: asyncio.run(run()), name="server of the test")
    thread.start()
    node, loop, stop = ready.result(10)
    try:
        yield node
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)


def address(node: Node) -> list[str]:
    """Gives host and port as the tools take them."""
    return [node.host, str(node.port)]
