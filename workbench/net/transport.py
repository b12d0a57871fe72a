"""One TCP connection on the event loop: gathered writes, reads into one reused buffer, back-pressure both ways.

A raw non-blocking socket with the loop's reader and writer call-backs rather than an asyncio transport: a write goes
out at once through `sendmsg` without joining its buffers, a read lands in a buffer that all connections of an owner
share (see `buffers`). Where the platform has TCP_QUICKACK it is armed again after each small read: a peer that writes
header and body apart with Nagle's algorithm on would otherwise wait 40 ms for our delayed acknowledgement, message
after message.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, Protocol

from workbench.errors import TransportError
from workbench.net.buffers import ReadBuffers
from workbench.upper_layer.fields import Buffer

_SMALL_READ = 2**14  # bytes; a larger read belongs to bulk data, which is acknowledged often enough
_SMALL_WRITE = 2**12  # bytes; so few are joined faster than gathered
_GATHER = 512  # buffers to one sendmsg, below every platform's IOV_MAX
_MOST_GATHERED = 2**15  # bytes of small writes that wait for the loop's next turn
_KEEPALIVE_IDLE = 30  # seconds without traffic before TCP probes a silent peer


class TransportUser(Protocol):
    """Whom a transport tells what arrives."""

    def data_received(self, data: memoryview) -> None:
        """Takes bytes; the view is valid only until this returns."""

    def peer_closed(self) -> None:
        """The peer has closed its end; nothing more will come."""

    def transport_lost(self, error: OSError | TransportError) -> None:
        """The connection broke; a TransportError says what is told of it."""


class TcpTransport:
    """Moves bytes through one connected socket; `peer` and `local` are addresses as "host:port".

    Attributes:
        security: what secures it, in words; empty where nothing does.
        peer_certificate: of the peer, in DER; None where there is none, as without TLS.
    """

    def __init__(self, sock: socket.socket, buffers: ReadBuffers) -> None:
        """Takes over a connected socket and makes it non-blocking; reads land in `buffers`."""
        sock.setblocking(False)
        with suppress(OSError):  # a socket of another family, or one that the peer has reset already
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            if hasattr(socket, "TCP_KEEPIDLE"):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _KEEPALIVE_IDLE)
        self._sock = sock
        self.buffers = buffers
        self._quick_ack = getattr(socket, "TCP_QUICKACK", None)
        self._loop = asyncio.get_running_loop()
        self._user: TransportUser | None = None
        self._queue: deque[memoryview] = deque()
        self._gathered = bytearray()
        self._drained: asyncio.Future[None] | None = None
        self._reading = False
        self._closed = False
        self.bytes_sent = 0
        self.security = ""
        self.peer_certificate: bytes | None = None
        self.local = _address(sock.getsockname)
        self.peer = _address(sock.getpeername)

    def start(self, user: TransportUser) -> None:
        """Begins to read for `user`."""
        self._user = user
        self._arm_quick_ack()
        self.resume_reading()

    @property
    def is_drained(self) -> bool:
        """Whether everything written has been handed to the network, or the transport is closed."""
        return not self._queue

    def write(self, buffers: Sequence[Buffer]) -> None:
        """Sends buffers in order, at once as far as the socket takes them; the rest waits and is sent when it can be.

        The buffers must stay unchanged until `drained()` returns. Never blocks; a broken connection is told to the
        user by the reader, so that it is told once.
        """
        if self._closed:
            return
        if self._gathered:
            self._write_gathered()
        if self._queue:
            self._enqueue(buffers)
            return
        if sum(map(len, buffers)) <= _SMALL_WRITE:
            buffers = (b"".join(buffers),)
        self._enqueue(buffers)
        self._flush()
        if self._queue and not self._closed:
            self._loop.add_writer(self._sock.fileno(), self._writable)

    def write_soon(self, buffers: Sequence[Buffer]) -> None:
        """Sends small buffers, copied, at the loop's next turn, with all that is written until then in one piece.

        For a stream of short messages: what is written now by `write` goes after them all the same.
        """
        if self._queue or self._closed:
            self.write(buffers)
            return
        if not self._gathered:
            self._loop.call_soon(self._write_gathered)
        self._gathered += b"".join(buffers)
        if len(self._gathered) >= _MOST_GATHERED:
            self._write_gathered()

    async def drained(self, *, stall: float) -> None:
        """Returns when everything written has been handed to the network, or the transport is closed.

        Raises:
            TransportError: not one byte could be sent for `stall` seconds: the peer does not read.
        """
        while self._queue and not self._closed:
            before = self.bytes_sent
            if self._drained is None:
                self._drained = self._loop.create_future()
            try:
                async with asyncio.timeout(stall):
                    await asyncio.shield(self._drained)
            except TimeoutError:
                if self.bytes_sent == before:
                    problem = f"{self.peer} has taken no data for {stall:g} s"
                    raise TransportError(problem, stage="lost") from None

    def pause_reading(self) -> None:
        """Stops reading; TCP then stops the peer."""
        if self._reading:
            self._reading = False
            self._loop.remove_reader(self._sock.fileno())

    def resume_reading(self) -> None:
        """Reads again."""
        if not self._reading and not self._closed:
            self._reading = True
            self._loop.add_reader(self._sock.fileno(), self._readable)

    def close(self) -> None:
        """Closes the connection at once; what could not be sent yet is dropped. Does nothing the second time."""
        if self._closed:
            return
        self.pause_reading()
        self._closed = True
        if self._queue:
            self._loop.remove_writer(self._sock.fileno())
            self._queue.clear()
        self._sock.close()
        self._wake()

    def _readable(self) -> None:
        assert self._user is not None
        try:
            count = self._sock.recv_into(self.buffers.view)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as exc:
            self._lost(exc)
            return
        if count == 0:
            self.pause_reading()
            self._user.peer_closed()
            return
        if count < _SMALL_READ:
            self._arm_quick_ack()
        self._user.data_received(self.buffers.filled(count))

    def _arm_quick_ack(self) -> None:
        if self._quick_ack is not None:
            try:
                self._sock.setsockopt(socket.IPPROTO_TCP, self._quick_ack, 1)
            except OSError:
                return  # reset by the peer in this moment: the next read says so

    def _writable(self) -> None:
        self._flush()
        if not self._queue and not self._closed:
            self._loop.remove_writer(self._sock.fileno())
            self._wake()

    def _write_gathered(self) -> None:
        if self._gathered:
            gathered, self._gathered = self._gathered, bytearray()
            self.write((gathered,))

    def _enqueue(self, buffers: Sequence[Buffer]) -> None:
        self._queue.extend(view for each in buffers if (view := memoryview(each).cast("B")).nbytes)

    def _flush(self) -> None:
        queue = self._queue
        try:
            while queue:
                sent = self._send_some()
                self.bytes_sent += sent
                while queue and sent >= queue[0].nbytes:
                    sent -= queue.popleft().nbytes
                if sent:
                    queue[0] = queue[0][sent:]
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            # The reader finds the reset (or the peer's last words before it) and tells the user once.
            if self._queue:
                queue.clear()

    def _send_some(self) -> int:
        if len(self._queue) > 1 and hasattr(self._sock, "sendmsg"):  # Windows has none
            return self._sock.sendmsg(list(islice(self._queue, _GATHER)))
        return self._sock.send(self._queue[0])

    def _lost(self, error: OSError | TransportError) -> None:
        assert self._user is not None
        user = self._user
        self.pause_reading()
        user.transport_lost(error)

    def _wake(self) -> None:
        if self._drained is not None:
            if not self._drained.done():
                self._drained.set_result(None)
            self._drained = None


def _address(name: Callable[[], Any]) -> str:
    try:
        host, port = name()[:2]
    except (OSError, ValueError):
        return "unknown"
    return f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}"
