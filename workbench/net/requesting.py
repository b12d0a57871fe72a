"""Asks the peer on one association: sends requests and hands each its replies."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from workbench.dimse.messages import Request, Response
from workbench.errors import MessageError, WorkbenchError
from workbench.net.operation import Operation, Reply
from workbench.net.outgoing import DataSet
from workbench.upper_layer.fields import Buffer

if TYPE_CHECKING:
    from workbench.net.association import Association

_LAST_MESSAGE_ID = 0xFFFF


class Requesting:
    """The outstanding operations of one association, at most as many as its asynchronous operations window allows."""

    def __init__(self, association: "Association") -> None:
        """Sends the requests of `association`; one at a time until `set_window`."""
        self._association = association
        self._operations: dict[int, Operation] = {}
        self._window = asyncio.Semaphore(1)
        self._last_message_id = 0

    @property
    def is_busy(self) -> bool:
        """Whether a reply is outstanding."""
        return bool(self._operations)

    def set_window(self, operations: int) -> None:
        """Allows that many operations at once, 0 = any number (PS3.7 D.3.3.3)."""
        self._window = asyncio.Semaphore(operations or _LAST_MESSAGE_ID)

    def next_message_id(self) -> int:
        """A Message ID that no outstanding operation has (PS3.7 9.1): 1 to 65535, then again from 1."""
        while True:
            self._last_message_id = self._last_message_id % _LAST_MESSAGE_ID + 1
            if self._last_message_id not in self._operations:
                return self._last_message_id

    @asynccontextmanager
    async def operation(self, message: Request, data_set: DataSet | None, context_id: int) -> AsyncIterator[Operation]:
        """Sends a request when the window allows it and gives the operation."""
        async with self._window:
            operation = Operation(self._association, message, asyncio.get_running_loop().time())
            self._operations[message.message_id] = operation
            try:
                await self._association.send(context_id, message, data_set)
                operation.sent_at = asyncio.get_running_loop().time()
                yield operation
            finally:
                self._association.resume_reading(operation)
                if self._association.end is not None:
                    self._operations.pop(message.message_id, None)

    async def request(self, message: Request, data_set: DataSet | None, context_id: int) -> Reply:
        """Sends a request and gives its final reply; aborts the association when none comes in time."""
        seconds = self._association.timeouts.dimse
        async with self.operation(message, data_set, context_id) as operation:
            while True:
                try:
                    async with asyncio.timeout(seconds):
                        reply = await operation.next_reply()
                except TimeoutError:
                    raise self._association.timed_out(f"no response to {message.NAME}", "DIMSE", seconds) from None
                if operation.is_finished:
                    return reply

    def response_received(self, message: Response, *, has_data_set: bool) -> Operation | None:
        """Hands a response to its operation; gives the operation when it still expects the data set.

        Raises:
            MessageError: no such request is outstanding.
        """
        answered = message.message_id_being_responded_to
        operation = self._operations.get(answered)
        if operation is None:
            raise MessageError(f"{message.NAME} answers message {answered}, which is not outstanding")
        operation.response_received(message, has_data_set=has_data_set, now=asyncio.get_running_loop().time())
        self._forget_finished(operation)
        return operation if has_data_set else None

    def data_received(self, operation: Operation, data: Buffer, *, is_last: bool) -> None:
        """Hands a part of a response's data set to its operation."""
        operation.data_received(data, is_last=is_last, now=asyncio.get_running_loop().time())
        self._forget_finished(operation)

    def fail(self, error: WorkbenchError) -> None:
        """Ends every operation: the association is over."""
        for operation in self._operations.values():
            operation.fail(error)

    def _forget_finished(self, operation: Operation) -> None:
        if operation.is_finished:
            self._operations.pop(operation.message.message_id, None)
