"""A proxy that holds back what a peer says until it was told something: what would be a race becomes an order."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from threading import Event, Thread

from tests.interop.peers import PATIENCE
from workbench.config import Node

CANCEL = bytes.fromhex("00000001 02000000 ff0f")
"""The Command Field of a C-CANCEL-RQ as it is encoded (PS3.7 9.3.2.3)."""

_BUFFER = 4096  # bytes; what is held back must not fit into the buffers on its way


@contextmanager
def held_back(node: Node, after: int, until: bytes) -> Iterator[Node]:
    """Gives a node that passes one connection on to another.

    Args:
        node: who really answers; it must stop when its own buffer is full.
        after: so many bytes of its answers are passed on before.
        until: what it must have been sent, in one piece, for the rest to follow.
    """
    told = Event()
    with ExitStack() as stack:
        server = stack.enter_context(socket.create_server((node.host, 0)))

        def pass_on() -> None:
            near = stack.enter_context(server.accept()[0])
            far = stack.enter_context(socket.socket())
            far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
            far.connect((node.host, node.port))
            asking = Thread(target=_ask, args=(near, far, until, told))
            asking.start()
            _answer(far, near, after, told)
            asking.join()

        passing = Thread(target=pass_on)
        passing.start()
        yield replace(node, port=server.getsockname()[1])
        passing.join(PATIENCE)
        assert not passing.is_alive()


def _ask(near: socket.socket, far: socket.socket, until: bytes, told: Event) -> None:
    while data := near.recv(_BUFFER):
        far.sendall(data)
        if until in data:
            told.set()
    far.shutdown(socket.SHUT_WR)


def _answer(far: socket.socket, near: socket.socket, after: int, told: Event) -> None:
    while data := far.recv(_BUFFER):
        near.sendall(data)
        after -= len(data)
        if after <= 0:
            assert told.wait(PATIENCE)
    near.shutdown(socket.SHUT_WR)
