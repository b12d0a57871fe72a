"""One request under way, seen from the side that asked (PS3.7 7.1: an operation or a notification)."""

import asyncio
from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from workbench.dimse.messages import Request, Response
from workbench.dimse.status import Category, category
from workbench.errors import MessageError, WorkbenchError
from workbench.net.outgoing import DataSet
from workbench.upper_layer.fields import Buffer

if TYPE_CHECKING:
    from workbench.net.requesting import Requesting

_DATA_SET_LIMIT = 16 * 2**20  # bytes of one response's data set; identifiers and attribute lists are far smaller
_REPLIES_AHEAD = 64  # replies held for a slow taker before the peer is made to wait
_BYTES_AHEAD = 2**20  # the same for the bytes of their data sets


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A response and its data set.

    `latency` is the time in seconds from the last byte of the request to this response; what a handler sets is not
    looked at.
    """

    message: Response
    data_set: bytes | None = None
    latency: float = 0.0


class Operation:
    """Gives the replies to one request as they come: the pending ones and, last, the final one.

    Handed out by `Association.operation` as an asynchronous context manager: entering it sends the request. Then
    iterate over it. Leaving it before the final reply of a C-FIND, C-GET or C-MOVE cancels that.

    Attributes:
        deadline: the loop's time at which the wait under way for a reply has lasted too long; None when nobody waits.
        is_cancelled: whether C-CANCEL-RQ was sent for it.
    """

    def __init__(self, requesting: "Requesting", message: Request, data_set: DataSet | None, context_id: int) -> None:
        self.message = message
        self.data_set = data_set
        self.context_id = context_id
        self.sent_at = 0.0
        self.is_finished = False
        self.deadline: float | None = None
        self.is_cancelled = False
        self._is_left = False
        self._requesting = requesting
        self._replies: deque[Reply] = deque()
        self._held = 0
        self._waiter: asyncio.Future[None] | None = None
        self._error: WorkbenchError | None = None
        self._response: Response | None = None
        self._reply_data = bytearray()

    async def __aenter__(self) -> Self:
        """Sends the request as soon as the asynchronous operations window allows it; raises as `request()` does."""
        await self._requesting.begin(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Lets go of the replies that were not taken; cancels what is not finished, where there is a C-CANCEL.

        Left without an error, it returns after the final reply to what was cancelled, and raises as `next_reply`.
        """
        try:
            if kind is None and not self.is_finished and await self._requesting.cancel(self):
                await self.final_reply()
        finally:
            self._is_left = True
            self._replies.clear()
            self._requesting.leave(self)

    async def cancel(self) -> None:
        """Asks the peer to end a C-FIND, C-GET or C-MOVE (C-CANCEL-RQ); its final reply is still to come.

        It may be another one than FE00H: the peer may have finished before. Other operations cannot be cancelled, and
        this does nothing; raises as `request()` does.
        """
        await self._requesting.cancel(self)

    def __aiter__(self) -> Self:
        """Iterates over the replies."""
        return self

    async def __anext__(self) -> Reply:
        """Gives the next reply; ends after the final one."""
        if self.is_finished and not self._replies:
            raise StopAsyncIteration
        return await self.next_reply()

    async def next_reply(self) -> Reply:
        """Gives the next reply.

        Raises:
            AssociationError, TransportError: the association ended first, or the DIMSE timeout passed without a reply
                (the association is then aborted).
        """
        while not self._replies:
            if self._error is not None:
                raise self._error
            self._waiter = self._requesting.waiter(self)
            try:
                await self._waiter
            finally:
                self._waiter = self.deadline = None
        was_full = self._is_full
        reply = self._replies.popleft()
        self._held -= len(reply.data_set or b"")
        if was_full and not self._is_full:
            self._requesting.resume_reading(self)
        return reply

    async def final_reply(self) -> Reply:
        """Gives the last reply and passes over those before it; raises as `next_reply`."""
        reply = await self.next_reply()
        while self._replies or not self.is_finished:
            reply = await self.next_reply()
        return reply

    def response_received(self, message: Response, *, has_data_set: bool, now: float) -> None:
        """Takes a response; one that announces a data set waits for it."""
        self._response = message
        if not has_data_set:
            self._deliver(None, now)

    def data_received(self, data: Buffer, *, is_last: bool, now: float) -> None:
        """Takes a part of the announced data set.

        Raises:
            MessageError: it grows past what is taken for one response.
        """
        if len(self._reply_data) + len(data) > _DATA_SET_LIMIT:
            raise MessageError(f"the data set of {self.message.NAME}'s response is over {_DATA_SET_LIMIT} bytes")
        self._reply_data += data
        if is_last:
            data_set, self._reply_data = bytes(self._reply_data), bytearray()
            self._deliver(data_set, now)

    def fail(self, error: WorkbenchError) -> None:
        """Ends the operation: the association is over."""
        self._error = error
        self._wake()

    @property
    def _is_full(self) -> bool:
        return len(self._replies) >= _REPLIES_AHEAD or self._held >= _BYTES_AHEAD

    def _deliver(self, data_set: bytes | None, now: float) -> None:
        assert self._response is not None
        response, self._response = self._response, None
        self.is_finished = category(response.status) is not Category.PENDING
        if self._is_left:
            return
        self._replies.append(Reply(message=response, data_set=data_set, latency=now - self.sent_at))
        self._held += len(data_set or b"")
        if self._is_full:
            self._requesting.pause_reading(self)
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
