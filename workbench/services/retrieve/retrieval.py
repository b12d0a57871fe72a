"""A C-MOVE or C-GET under way, seen from its SCU (PS3.4 C.4.2.2, C.4.3.2)."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from workbench.acse.contexts import AcceptedContext
from workbench.dimse.messages import CGetRq, CGetRsp, CMoveRq, CMoveRsp
from workbench.dimse.status import Category, category, describe
from workbench.net.association import Association
from workbench.net.operation import Reply
from workbench.services.retrieve.failed_list import decode_failed_uids
from workbench.services.retrieve.progress import Progress, RetrieveResult, is_told

Explain = Callable[[int, Progress, bool], str]
"""Says what a final status means, given the counts and whether the peer told any; nothing to say is empty."""

_LOOKS: Final = 4  # within one DIMSE timeout


class Retrieval:
    """Gives the progress of one retrieve as it is told, and its result at the end.

    An asynchronous context manager: entering it sends the request, then iterate over it. Leaving it early cancels: the
    sub-operation under way still ends, and `result` tells how far it came.

    Raises (entering, iterating, leaving):
        AssociationError, TransportError: the association ended first, or the DIMSE timeout passed without a response
            (the association is then aborted).
    """

    def __init__(
        self,
        association: Association,
        message: CMoveRq | CGetRq,
        identifier: bytes,
        context: AcceptedContext,
        explain: Explain,
        activity: Callable[[], int] | None = None,
    ) -> None:
        """Asks when it is entered; see `move` and `get`.

        Args:
            activity: gives a number that changes while sub-operations go on. Pending responses are optional: as long
                as it changes, the DIMSE timeout does not end the wait for the next response.
        """
        self._association = association
        self._operation = association.operation(message, identifier, context=context)
        self._context = context
        self._service = message.NAME.removesuffix("-RQ")
        self._explain = explain
        self._activity = activity
        self._seen = 0
        self._look_timer: asyncio.TimerHandle | None = None
        self._latest = Progress()
        self._is_told = False
        self._result: RetrieveResult | None = None

    async def __aenter__(self) -> Self:
        """Sends the request as soon as the asynchronous operations window allows it."""
        await self._operation.__aenter__()
        if self._activity is not None:
            self._seen = self._activity()
            self._look_later()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Cancels what has not ended, and waits for its end; left by an exception it does not wait."""
        try:
            if kind is None and self._result is None:
                await self._operation.cancel()
                await self.finish()
        finally:
            if self._look_timer is not None:
                self._look_timer.cancel()
            await self._operation.__aexit__(kind, error, traceback)

    def __aiter__(self) -> Self:
        """Iterates over the pending responses."""
        return self

    async def __anext__(self) -> Progress:
        """Gives the counts of the next pending response; ends with the final one, which is in `result`."""
        if self._result is not None:
            raise StopAsyncIteration
        reply = await self._operation.next_reply()
        message = reply.message
        assert isinstance(message, CMoveRsp | CGetRsp)
        if is_told(message):
            self._is_told = True
            self._latest = Progress.of(message)
        if category(message.status) is not Category.PENDING:
            self._result = self._ended(reply)
            raise StopAsyncIteration
        return self._latest

    async def finish(self) -> RetrieveResult:
        """Passes over the rest of the progress and gives the result."""
        async for _ in self:
            pass
        return self.result

    async def cancel(self) -> None:
        """Asks the peer to stop (C-CANCEL-RQ); the result is still to come, and may be another one than FE00H."""
        await self._operation.cancel()

    @property
    def result(self) -> RetrieveResult:
        """How it ended; there is none before that."""
        assert self._result is not None, "the retrieve has not ended"
        return self._result

    def _look_later(self) -> None:
        seconds = self._association.timeouts.dimse / _LOOKS
        self._look_timer = asyncio.get_running_loop().call_later(seconds, self._look)

    def _look(self) -> None:
        """Grants the next response its full time again when the peer is at work."""
        assert self._activity is not None
        seen = self._activity()
        if seen != self._seen and self._operation.deadline is not None:
            self._operation.deadline = asyncio.get_running_loop().time() + self._association.timeouts.dimse
        self._seen = seen
        self._look_later()

    def _ended(self, reply: Reply) -> RetrieveResult:
        message = reply.message
        words = describe(message.status, self._service)
        if message.error_comment:
            words = f"{words} ({message.error_comment})"
        latest = self._latest
        # A final response need not tell what remains: it is nothing, unless the retrieve was cancelled.
        remaining = latest.remaining if category(message.status) is Category.CANCEL else 0
        advice = self._explain(message.status, latest, self._is_told)
        return RetrieveResult(
            remaining=remaining,
            completed=latest.completed,
            failed=latest.failed,
            warning=latest.warning,
            status=message.status,
            words=words,
            reason=f"{words}. {advice}" if advice else words,
            failed_uids=decode_failed_uids(reply.data_set, self._context.transfer_syntax),
        )
