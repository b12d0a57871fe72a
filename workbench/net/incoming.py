"""What the peer asks of us: an association, a request on it, and its data set as it streams in."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from workbench.acse.contexts import AcceptedContext
from workbench.dimse.messages import Request
from workbench.errors import MessageError, WorkbenchError
from workbench.net.buffers import ReadBuffers
from workbench.net.operation import Reply
from workbench.upper_layer.fields import Buffer
from workbench.upper_layer.pdu import AssociateRq

if TYPE_CHECKING:
    from workbench.net.association import Association

_HELD_AHEAD = 2**20  # bytes of a data set held for a slow taker before the peer is made to wait


class Acceptor(Protocol):
    """Who decides about an association that a peer asks for."""

    def association_requested(self, association: "Association", request: AssociateRq) -> None:
        """Answers an A-ASSOCIATE-RQ."""

    def association_ended(self, association: "Association") -> None:
        """Learns that it is over; the transport connection may still be open."""

    def association_closed(self, association: "Association") -> None:
        """Learns that its transport connection is closed."""


class IncomingDataSet:
    """The data set of an incoming request, as bytes in the context's transfer syntax.

    Take it once, by `chunks()` or by `read()`. As long as nobody asks, at most about 1 MiB is held and the peer waits.
    """

    def __init__(
        self,
        pause: Callable[[object], None],
        resume: Callable[[object], None],
        buffers: ReadBuffers | None = None,
    ) -> None:
        """Calls `pause(self)` when enough is held, `resume(self)` when there is room again.

        What lies in `buffers` is kept there rather than copied, where it is much.
        """
        self.length = 0
        self.is_complete = False
        self._parts: list[Buffer] = []
        self._held = 0
        self._buffers = buffers
        self._taken: list[bytearray] = []
        self._paused = False
        self._pause = pause
        self._resume = resume
        self._waiter: asyncio.Future[None] | None = None
        self._error: WorkbenchError | None = None

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits for bytes that the peer has not sent yet."""
        return self._waiter is not None

    async def chunks(self) -> AsyncIterator[list[Buffer]]:
        """Gives the data set in lists of buffers, of together 1 MiB or a little more at most.

        A list is valid until the next one is asked for. A data set that has come whole when it is first asked for, and
        fits, is one list.

        Raises:
            AssociationError, TransportError: the association ended before the data set was complete.
        """
        while True:
            while not self.is_complete and self._held < _HELD_AHEAD:
                if self._error is not None:
                    raise self._error
                await self._more()
            parts, self._parts, self._held = self._parts, [], 0
            taken, self._taken = self._taken, []
            complete = self.is_complete
            if self._paused:
                self._paused = False
                self._resume(self)
            try:
                if parts:
                    yield parts
            finally:
                for buffer in taken:
                    self._give_back(buffer)
            if complete:
                return

    async def read(self, limit: int) -> bytes:
        """Gives the whole data set.

        Raises:
            MessageError: it is longer than `limit` bytes.
            AssociationError, TransportError: the association ended before it was complete.
        """
        whole = bytearray()
        async for parts in self.chunks():
            whole += b"".join(parts)
            if self.length > limit:
                raise MessageError(f"a data set of over {limit} bytes is not taken")
        return bytes(whole)

    async def discard(self) -> None:
        """Takes what is left and forgets it, so that the next message can come."""
        if self._parts or not self.is_complete:
            async for _ in self.chunks():
                pass

    def feed(self, data: Buffer, *, is_last: bool) -> None:
        """Takes bytes as they come; copies them, unless their buffer can be taken."""
        self.length += len(data)
        self._held += len(data)
        if len(data):
            self._parts.append(data if self._takes(data) else bytes(data))
        self.is_complete = is_last
        if self._held >= _HELD_AHEAD and not self._paused and not is_last:
            self._paused = True
            self._pause(self)
        if is_last or self._held >= _HELD_AHEAD:
            self._wake()

    def fail(self, error: WorkbenchError) -> None:
        """Ends the data set short: the association is over."""
        self._error = error
        self._wake()

    def _takes(self, data: Buffer) -> bool:
        """Takes the buffer in which the bytes lie, if it is not taken already; False where they must be copied."""
        if self._buffers is None or not isinstance(data, memoryview):
            return False
        if self._taken and data.obj is self._taken[-1]:
            return True
        buffer = self._buffers.take(data)
        if buffer is None:
            return False
        self._taken.append(buffer)
        return True

    def _give_back(self, buffer: bytearray) -> None:
        if self._buffers is not None:
            self._buffers.give_back(buffer)

    async def _more(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


@dataclass(slots=True, kw_only=True)
class IncomingRequest:
    """A request of the peer, handed to the handler of its command.

    Attributes:
        is_cancelled: turns true when the peer sends C-CANCEL for it (PS3.7 9.3.2.3): look at it between replies.
        is_duplicate: whether its Message ID is that of a request that is not answered yet (PS3.7 9.1).
        is_answered: whether its final reply is on its way.
        on_cancel: called when the peer cancels it or the association ends; for a handler that waits for something else.
    """

    association: "Association"
    context: AcceptedContext
    message: Request
    data_set: IncomingDataSet | None
    is_cancelled: bool = False
    is_duplicate: bool = False
    is_answered: bool = False
    on_cancel: Callable[[], None] | None = None


Handler = Callable[[IncomingRequest], AsyncIterator[Reply]]
"""Answers one request: an async generator that yields one reply, or pending ones and a final one."""

Handlers = Mapping[int, Handler]
"""Handlers by Command Field (PS3.7 E.1), such as 0030H for C-ECHO-RQ."""
