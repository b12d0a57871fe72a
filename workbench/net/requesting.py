"""Asks the peer on one association: sends requests and hands each its replies."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from workbench.dimse.messages import CCancelRq, CFindRq, CGetRq, CMoveRq, Request, Response
from workbench.errors import MessageError, WorkbenchError
from workbench.net.operation import Operation, Reply
from workbench.net.outgoing import DataSet
from workbench.upper_layer.fields import Buffer

if TYPE_CHECKING:
    from workbench.net.association import Association

_LAST_MESSAGE_ID = 0xFFFF
_CANCELLABLE = (CFindRq, CGetRq, CMoveRq)  # PS3.7 9.3.2.3, 9.3.3.3, 9.3.4.3


class Requesting:
    """The outstanding operations of one association, at most as many as its asynchronous operations window allows.

    An operation is outstanding until its final reply, whether or not somebody still waits for it. One timer watches
    over all waits for replies, and over what was left before its final reply. It is armed when somebody waits and none
    is, and looks for the next deadline only when it fires: a reply that comes in time costs no timer of its own.
    """

    def __init__(self, association: "Association") -> None:
        """Sends the requests of `association`; one at a time until `set_window`."""
        self._association = association
        self._loop = asyncio.get_running_loop()
        self._seconds = association.timeouts.dimse
        self._timer: asyncio.TimerHandle | None = None
        self._operations: dict[int, Operation] = {}
        self._window = asyncio.Semaphore(1)
        self._last_message_id = 0
        self.pause_reading = association.pause_reading
        self.resume_reading = association.resume_reading

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

    async def request(self, message: Request, data_set: DataSet | None, context_id: int) -> Reply:
        """Sends a request and gives its final reply."""
        async with Operation(self, message, data_set, context_id) as operation:
            return await operation.final_reply()

    async def begin(self, operation: Operation) -> None:
        """Sends the request of an operation when the window allows it."""
        await self._window.acquire()
        self._operations[operation.message.message_id] = operation
        try:
            await self._association.send(operation.context_id, operation.message, operation.data_set)
        except BaseException:  # nothing was sent, or the association is over: no reply will come
            self._forget(operation)
            raise
        operation.sent_at = self._loop.time()

    async def cancel(self, operation: Operation) -> bool:
        """Sends C-CANCEL-RQ for an operation that is outstanding, once; False for one that has no such request."""
        if not isinstance(operation.message, _CANCELLABLE):
            return False
        if not operation.is_cancelled and not operation.is_finished and self._association.end is None:
            operation.is_cancelled = True
            message = CCancelRq(message_id_being_responded_to=operation.message.message_id)
            await self._association.send(operation.context_id, message, None)
        return True

    def leave(self, operation: Operation) -> None:
        """Lets go of an operation that nobody waits for any more; it stays outstanding until its final reply.

        One that can be cancelled is. The DIMSE timeout watches over the rest.
        """
        self.resume_reading(operation)
        if operation.message.message_id in self._operations and self._association.end is None:
            self._watch(operation)
            if isinstance(operation.message, _CANCELLABLE):
                name = f"association {self._association.number}: cancel"
                self._association.tasks.start(self._cancel_in_passing(operation), name=name)

    async def _cancel_in_passing(self, operation: Operation) -> None:
        with suppress(WorkbenchError):  # the association ended: there is nothing left to cancel
            await self.cancel(operation)

    def waiter(self, operation: Operation) -> asyncio.Future[None]:
        """Gives what to wait on for the next reply; the wait fails when the DIMSE timeout passes."""
        self._watch(operation)
        return self._loop.create_future()

    def response_received(self, message: Response, *, has_data_set: bool) -> Operation | None:
        """Hands a response to its operation; gives the operation when it still expects the data set.

        Raises:
            MessageError: no such request is outstanding.
        """
        answered = message.message_id_being_responded_to
        operation = self._operations.get(answered)
        if operation is None:
            raise MessageError(f"{message.NAME} answers message {answered}, which is not outstanding")
        operation.response_received(message, has_data_set=has_data_set, now=self._loop.time())
        self._forget_finished(operation)
        return operation if has_data_set else None

    def data_received(self, operation: Operation, data: Buffer, *, is_last: bool) -> None:
        """Hands a part of a response's data set to its operation."""
        operation.data_received(data, is_last=is_last, now=self._loop.time())
        self._forget_finished(operation)

    def fail(self, error: WorkbenchError) -> None:
        """Ends every operation: the association is over."""
        if self._timer is not None:
            self._timer.cancel()
        for operation in tuple(self._operations.values()):
            operation.fail(error)
            self._forget(operation)

    def _forget_finished(self, operation: Operation) -> None:
        if operation.is_finished:
            self._forget(operation)

    def _forget(self, operation: Operation) -> None:
        """Makes room in the window for the next one."""
        if self._operations.pop(operation.message.message_id, None) is not None:
            self._window.release()

    def _watch(self, operation: Operation) -> None:
        operation.deadline = self._loop.time() + self._seconds
        if self._timer is None:
            self._timer = self._loop.call_at(operation.deadline, self._check_deadlines)

    def _check_deadlines(self) -> None:
        waits = [(each.deadline, each.message.NAME) for each in self._operations.values() if each.deadline is not None]
        if not waits:
            self._timer = None
            return
        deadline, name = min(waits)
        if deadline <= self._loop.time():
            self._association.timed_out(f"no response to {name}", "DIMSE", self._seconds)
        else:
            self._timer = self._loop.call_at(deadline, self._check_deadlines)
