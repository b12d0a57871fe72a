"""One TCP connection: everything written arrives once and in order, and a slow end makes the other wait."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from workbench.errors import TransportError
from workbench.net.buffers import ReadBuffers
from workbench.net.transport import TcpTransport


class Collector:
    """Keeps what a transport tells."""

    def __init__(self) -> None:
        self.received = bytearray()
        self.ended = asyncio.Event()
        self.error: OSError | TransportError | None = None
        self.enough: tuple[int, asyncio.Event] = (0, asyncio.Event())

    def data_received(self, data: memoryview) -> None:
        self.received += data
        if len(self.received) >= self.enough[0]:
            self.enough[1].set()

    def peer_closed(self) -> None:
        self.ended.set()

    def transport_lost(self, error: OSError | TransportError) -> None:
        self.error = error
        self.ended.set()

    async def wait_for(self, count: int) -> None:
        self.enough = (count, asyncio.Event())
        if len(self.received) < count:
            async with asyncio.timeout(10):
                await self.enough[1].wait()


@pytest.fixture
def sockets() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two ends of a TCP connection on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = socket.create_connection(listener.getsockname())
        theirs, _ = listener.accept()
    yield ours, theirs
    ours.close()
    theirs.close()


async def test_buffers_arrive_joined_and_in_order(sockets: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = (TcpTransport(sock, ReadBuffers()) for sock in sockets)
    collector = Collector()
    theirs.start(collector)
    parts = [bytes([number % 251]) * (number * 37 % 5000) for number in range(3000)]
    for start in range(0, len(parts), 700):  # more buffers than go into one call of the system
        ours.write(parts[start : start + 700])
        await ours.drained(stall=10)
    expected = b"".join(parts)
    await collector.wait_for(len(expected))
    assert collector.received == expected
    assert ours.bytes_sent == len(expected)
    ours.close()
    await collector.ended.wait()
    assert collector.error is None
    theirs.close()


async def test_short_messages_wait_for_the_next_turn_and_keep_their_order(
    sockets: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = (TcpTransport(sock, ReadBuffers()) for sock in sockets)
    collector = Collector()
    theirs.start(collector)
    ours.write_soon([b"a", b"b"])
    ours.write_soon([b"c"])
    assert ours.bytes_sent == 0
    await asyncio.sleep(0)
    assert ours.bytes_sent == 3
    ours.write_soon([b"d"])
    ours.write([b"e"])
    assert ours.bytes_sent == 5
    ours.write_soon([bytes(2**15)])  # so much does not wait
    assert ours.bytes_sent > 5
    ours.write([bytes(2**24)])  # more than the system takes at once: what comes next waits behind it
    ours.write_soon([b"f"])
    await collector.wait_for(6 + 2**15 + 2**24)
    assert collector.received[:5] == b"abcde"
    assert collector.received[-1:] == b"f"
    ours.write_soon([b"g"])
    ours.close()  # drops it
    await collector.ended.wait()
    assert collector.received[-1:] == b"f"
    theirs.close()


async def test_a_peer_that_is_paused_stops_the_writer_and_lets_it_go_on(
    sockets: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = (TcpTransport(sock, ReadBuffers()) for sock in sockets)
    collector = Collector()
    theirs.start(collector)
    theirs.pause_reading()
    ours.write([bytes(2**25)])
    with pytest.raises(TransportError, match=r"has taken no data for 0\.1 s"):
        await ours.drained(stall=0.1)
    theirs.resume_reading()
    await ours.drained(stall=10)
    await collector.wait_for(2**25)
    assert len(collector.received) == 2**25
    ours.close()
    theirs.close()


async def test_closing_drops_what_is_left_and_wakes_who_waits(sockets: tuple[socket.socket, socket.socket]) -> None:
    ours = TcpTransport(sockets[0], ReadBuffers())
    ours.start(Collector())
    ours.write([bytes(2**25)])
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(ours.drained(stall=10))
        await asyncio.sleep(0)
        ours.close()
    ours.write([b"too late"])
    ours.close()
    assert ours.bytes_sent < 2**25


async def test_a_reset_is_told_once(sockets: tuple[socket.socket, socket.socket]) -> None:
    ours = TcpTransport(sockets[0], ReadBuffers())
    collector = Collector()
    ours.start(collector)
    sockets[1].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    sockets[1].close()
    await collector.ended.wait()
    assert isinstance(collector.error, ConnectionResetError)
    ours.close()


async def test_addresses_are_told_as_host_and_port(sockets: tuple[socket.socket, socket.socket]) -> None:
    ours = TcpTransport(sockets[0], ReadBuffers())
    host, port = sockets[1].getsockname()
    assert ours.peer == f"{host}:{port}"
    assert ours.local == "{}:{}".format(*sockets[1].getpeername())
    ours.close()
