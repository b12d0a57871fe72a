"""Serves what the peer asks on one association, each request by the handler of its command."""

import asyncio
import logging
from collections import deque
from contextlib import aclosing
from typing import TYPE_CHECKING, Final

from workbench.dimse.answers import respond
from workbench.dimse.messages import Request
from workbench.dimse.status import DUPLICATE_INVOCATION, PROCESSING_FAILURE, UNRECOGNIZED_OPERATION, Category, category
from workbench.errors import WorkbenchError
from workbench.net.incoming import Handlers, IncomingDataSet, IncomingRequest
from workbench.net.operation import Reply
from workbench.net.tasks import TaskKeeper

if TYPE_CHECKING:
    from workbench.acse.contexts import AcceptedContext
    from workbench.net.association import Association

_log = logging.getLogger(__name__)


MOST_AT_ONCE: Final = 64
"""Requests of one association that are served at once where the window has no limit."""

_SHORT: Final = 2**12  # bytes of the data set of a pending reply that may leave together with the next ones

_REPLIES_IN_A_ROW: Final = 16  # of one request, before the loop gets its turn; each turn costs as much as a reply


class Serving:
    """The queue of incoming requests of one association and the tasks that work through it.

    There are as many tasks as the asynchronous operations window has operations for the peer (PS3.7 D.3.3.3), one
    without such a window. A task starts with the first request that finds none idle, so that an association which
    never asks costs none. While a request waits for a task, reading pauses: the peer has no business sending more.
    """

    def __init__(self, association: "Association", handlers: Handlers, tasks: TaskKeeper) -> None:
        """Answers requests of `association` by `handlers` in tasks of `tasks`; one at a time until `set_window`."""
        self._association = association
        self._handlers = handlers
        self._tasks = tasks
        self._most = 1
        self._workers = 0
        self._waiting: deque[IncomingRequest] = deque()
        self._current: dict[int, IncomingRequest] = {}  # what is served, by the number of its task
        self._idle: deque[asyncio.Future[None]] = deque()
        self._release_wanted = False

    @property
    def is_busy(self) -> bool:
        """Whether a request is being served or waits for it."""
        return bool(self._current or self._waiting)

    @property
    def awaits_peer(self) -> bool:
        """Whether it is the peer's turn: nothing is served, or only the rest of data sets is awaited."""
        return all(each.data_set is not None and each.data_set.is_awaited for each in self._current.values())

    def set_window(self, operations: int) -> None:
        """Serves that many requests at once, 0 = as many as come, up to MOST_AT_ONCE."""
        self._most = min(operations or MOST_AT_ONCE, MOST_AT_ONCE)

    def request_received(self, message: Request, context: "AcceptedContext", data_set: IncomingDataSet | None) -> None:
        """Queues a request."""
        request = IncomingRequest(association=self._association, context=context, message=message, data_set=data_set)
        request.is_duplicate = self._most > 1 and any(
            each.message.message_id == message.message_id and not each.is_answered
            for each in (*self._current.values(), *self._waiting)
        )
        self._waiting.append(request)
        if len(self._current) + len(self._waiting) > self._most:
            self._association.pause_reading(self)
        if not self._wake() and self._workers < self._most:
            self._workers += 1
            name = f"association {self._association.number}: serve {self._workers}"
            self._tasks.start(self._serve(self._workers), name=name)

    def cancel_received(self, message_id: int) -> None:
        """Marks the request of that Message ID as cancelled; one that is answered already is let go (PS3.7 9.3.2.3)."""
        for request in (*self._current.values(), *self._waiting):
            if request.message.message_id == message_id:
                request.is_cancelled = True
                if request.on_cancel is not None:
                    request.on_cancel()

    def release_when_idle(self) -> None:
        """Confirms the peer's release as soon as nothing is left to serve."""
        self._release_wanted = True

    def fail(self, error: WorkbenchError) -> None:
        """Ends the serving: the association is over."""
        for request in (*self._current.values(), *self._waiting):
            if request.data_set is not None:
                request.data_set.fail(error)
            if request.on_cancel is not None:
                request.on_cancel()
        self._waiting.clear()
        while self._wake():
            pass

    async def _serve(self, number: int) -> None:
        """Works as one of the tasks until the association is over."""
        while self._association.end is None:
            if self._waiting:
                request = self._current[number] = self._waiting.popleft()
                if len(self._current) + len(self._waiting) <= self._most:
                    self._association.resume_reading(self)
                try:
                    await self._handle(request)
                finally:
                    del self._current[number]
                if self._release_wanted and not self.is_busy and self._association.end is None:
                    self._association.confirm_release()
            else:
                asked = asyncio.get_running_loop().create_future()
                self._idle.append(asked)
                await asked

    async def _handle(self, request: IncomingRequest) -> None:
        try:
            handler = self._handlers.get(request.message.COMMAND_FIELD)
            if request.is_duplicate:
                comment = f"message {request.message.message_id} is under way already"
                await self._reply(request, Reply(message=respond(request.message, DUPLICATE_INVOCATION, comment)))
                return
            if handler is None:
                comment = f"{request.message.NAME} is not offered"
                await self._reply(request, Reply(message=respond(request.message, UNRECOGNIZED_OPERATION, comment)))
                return
            async with aclosing(handler(request)) as replies:  # type: ignore[type-var]
                number = 0
                async for reply in replies:
                    await self._reply(request, reply)
                    number += 1
                    if number % _REPLIES_IN_A_ROW == 0 and not request.is_answered:
                        await asyncio.sleep(0)  # a stream of replies leaves the loop room to read a C-CANCEL
            if not request.is_answered and self._association.end is None:
                _log.error("! association %d: no final reply to %s", self._association.number, request.message.NAME)
                await self._fail(request)
        except WorkbenchError as exc:
            if self._association.end is None:
                _log.warning("! association %d: %s: %s", self._association.number, request.message.NAME, exc)
                await self._fail(request)
        except Exception:  # noqa: BLE001 - the boundary of a handler: its defect is answered and logged
            _log.exception(
                "! association %d: defect in the handler of %s", self._association.number, request.message.NAME
            )
            await self._fail(request)

    async def _fail(self, request: IncomingRequest) -> None:
        if not request.is_answered and self._association.end is None:
            await self._reply(request, Reply(message=respond(request.message, PROCESSING_FAILURE, "internal error")))

    async def _reply(self, request: IncomingRequest, reply: Reply) -> None:
        if category(reply.message.status) is not Category.PENDING:
            if request.data_set is not None:
                await request.data_set.discard()  # what the handler left unread, so that the next message can be seen
            request.is_answered = True  # before it is sent: its Message ID may come again as soon as the peer has it
        connection = self._association.connection
        connection.is_streaming = not request.is_answered and len(reply.data_set or b"") <= _SHORT
        try:
            await self._association.reply(request, reply)
        finally:
            connection.is_streaming = False

    def _wake(self) -> bool:
        """Wakes one idle task; False when there is none."""
        while self._idle:
            asked = self._idle.popleft()
            if not asked.done():
                asked.set_result(None)
                return True
        return False
