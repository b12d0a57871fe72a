"""Serves what the peer asks on one association: one request after the other, each by the handler of its command."""

import asyncio
import logging
from collections import deque
from contextlib import aclosing
from typing import TYPE_CHECKING

from workbench.dimse.answers import respond
from workbench.dimse.messages import Request
from workbench.dimse.status import Category, category
from workbench.errors import WorkbenchError
from workbench.net.incoming import Handlers, IncomingDataSet, IncomingRequest
from workbench.net.operation import Reply
from workbench.net.tasks import TaskKeeper

if TYPE_CHECKING:
    from workbench.acse.contexts import AcceptedContext
    from workbench.net.association import Association

_log = logging.getLogger(__name__)

PROCESSING_FAILURE = 0x0110  # PS3.7 C.5.7
UNRECOGNIZED_OPERATION = 0x0211  # PS3.7 C.5.23


class Serving:
    """The queue of incoming requests of one association and the task that works through it.

    The task starts with the first request, so that an association which never asks costs none. While one request is
    served and another waits, reading pauses: with a window of 1 the peer has no business sending more.
    """

    def __init__(self, association: "Association", handlers: Handlers, tasks: TaskKeeper) -> None:
        """Answers requests of `association` by `handlers` in a task of `tasks`."""
        self._association = association
        self._handlers = handlers
        self._tasks = tasks
        self._waiting: deque[IncomingRequest] = deque()
        self._current: IncomingRequest | None = None
        self._started = False
        self._asked: asyncio.Future[None] | None = None
        self._release_wanted = False

    @property
    def is_busy(self) -> bool:
        """Whether a request is being served or waits for it."""
        return self._current is not None or bool(self._waiting)

    @property
    def awaits_peer(self) -> bool:
        """Whether it is the peer's turn: no request is served, or the rest of its data set is awaited."""
        current = self._current
        return current is None or (current.data_set is not None and current.data_set.is_awaited)

    def request_received(self, message: Request, context: "AcceptedContext", data_set: IncomingDataSet | None) -> None:
        """Queues a request."""
        request = IncomingRequest(association=self._association, context=context, message=message, data_set=data_set)
        if self.is_busy:
            self._association.pause_reading(self)
        self._waiting.append(request)
        if not self._started:
            self._started = True
            self._tasks.start(self._serve(), name=f"association {self._association.number}: serve")
        self._wake()

    def cancel_received(self, message_id: int) -> None:
        """Marks the request of that Message ID as cancelled; one that is answered already is let go (PS3.7 9.3.2.3)."""
        for request in (self._current, *self._waiting):
            if request is not None and request.message.message_id == message_id:
                request.is_cancelled = True

    def release_when_idle(self) -> None:
        """Confirms the peer's release as soon as nothing is left to serve."""
        self._release_wanted = True
        self._wake()

    def fail(self, error: WorkbenchError) -> None:
        """Ends the serving: the association is over."""
        for request in (self._current, *self._waiting):
            if request is not None and request.data_set is not None:
                request.data_set.fail(error)
        self._waiting.clear()
        self._wake()

    async def _serve(self) -> None:
        while self._association.end is None:
            if self._waiting:
                self._current = self._waiting.popleft()
                if not self._waiting:
                    self._association.resume_reading(self)
                await self._handle(self._current)
                self._current = None
            elif self._release_wanted:
                self._association.confirm_release()
                return
            else:
                self._asked = asyncio.get_running_loop().create_future()
                await self._asked

    async def _handle(self, request: IncomingRequest) -> None:
        answered = False
        try:
            handler = self._handlers.get(request.message.COMMAND_FIELD)
            if handler is None:
                comment = f"{request.message.NAME} is not offered"
                await self._reply(request, Reply(message=respond(request.message, UNRECOGNIZED_OPERATION, comment)))
                return
            async with aclosing(handler(request)) as replies:  # type: ignore[type-var]
                async for reply in replies:
                    await self._reply(request, reply)
                    answered = category(reply.message.status) is not Category.PENDING
                    if not answered:
                        await asyncio.sleep(0)  # a stream of replies leaves the loop room to read a C-CANCEL
        except WorkbenchError as exc:
            if self._association.end is None:
                _log.warning("! association %d: %s: %s", self._association.number, request.message.NAME, exc)
                await self._fail(request, answered)
        except Exception:  # noqa: BLE001 - the boundary of a handler: its defect is answered and logged
            _log.exception(
                "! association %d: defect in the handler of %s", self._association.number, request.message.NAME
            )
            await self._fail(request, answered)

    async def _fail(self, request: IncomingRequest, answered: bool) -> None:
        if not answered and self._association.end is None:
            await self._reply(request, Reply(message=respond(request.message, PROCESSING_FAILURE, "internal error")))

    async def _reply(self, request: IncomingRequest, reply: Reply) -> None:
        if category(reply.message.status) is not Category.PENDING and request.data_set is not None:
            await request.data_set.discard()  # what the handler left unread, so that the next message can be seen
        await self._association.reply(request, reply)

    def _wake(self) -> None:
        if self._asked is not None and not self._asked.done():
            self._asked.set_result(None)
