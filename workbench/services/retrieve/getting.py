"""C-GET with all that belongs to it: the associations that it needs, their roles, and what takes the instances."""

import ssl
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from workbench.acse.contexts import UNCOMPRESSED
from workbench.config import LocalAe, Node
from workbench.dimse.messages import CStoreRq
from workbench.dimse.status import CANCEL, SUCCESS, describe
from workbench.errors import WorkbenchError
from workbench.net.association import Association
from workbench.net.incoming import Handler
from workbench.net.requestor import connect
from workbench.services.query.models import Model
from workbench.services.query.request import Identifier
from workbench.services.retrieve.brought import Brought
from workbench.services.retrieve.get import COMPRESSED, GetContexts, get, get_contexts
from workbench.services.retrieve.progress import Progress, RetrieveResult
from workbench.services.retrieve.reasons import NOT_PERFORMED, SOME_FAILED
from workbench.services.retrieve.retrieval import Retrieval
from workbench.trace.recorder import Recorder
from workbench.upper_layer.items import UserInformationItem

_GO_ON = frozenset({SUCCESS, SOME_FAILED, NOT_PERFORMED})  # what may be better with other contexts


class GetFrom:
    """Retrieves from a node by C-GET, over one association after the other until nothing is missing.

    An asynchronous context manager; iterate over it for the progress. Leaving it early cancels. An instance has failed
    when no association brought it; one that comes twice, because the peer converts, is kept as it came first.

    Args:
        node: whom to ask.
        identifier: Query/Retrieve Level and unique keys.
        local: who asks.
        receive: the handler for C-STORE that keeps the instances, such as that of a `StorageScp`.
        sop_classes: what the instances may be, the likeliest first; None stands for all of storage. The fewer there
            are, the fewer associations are needed; a C-FIND can tell them.
        transfer_syntaxes: in what they may come.
        user_information: further items for the associations.
        tls: by which rules connections are secured; None leaves them plain.
        contexts: what to propose for one association after the other, in place of what the SOP classes and transfer
            syntaxes need.
        association: one that is open already, with `receive` of this object as its handler for C-STORE, to begin with.
            It is not ended.

    Raises (iterating, leaving):
        NoAcceptedContext: the peer does not offer C-GET of the model.
        AssociationError, TransportError: the first association could not be opened, or one was lost.
    """

    def __init__(
        self,
        node: Node,
        model: Model,
        identifier: Identifier,
        *,
        local: LocalAe,
        receive: Handler,
        sop_classes: Iterable[str] | None = None,
        transfer_syntaxes: Sequence[str] = (*UNCOMPRESSED, *COMPRESSED),
        recorder: Recorder | None = None,
        user_information: Sequence[UserInformationItem] = (),
        tls: ssl.SSLContext | None = None,
        contexts: Sequence[GetContexts] | None = None,
        association: Association | None = None,
    ) -> None:
        self._node = node
        self._model = model
        self._identifier = identifier
        self._local = local
        self._recorder = recorder or Recorder()
        self._user_information = tuple(user_information)
        self._tls = tls
        self._open_one = association
        self._left = deque(get_contexts(model, sop_classes, transfer_syntaxes) if contexts is None else contexts)
        self._brought = Brought(receive)
        self._stack = AsyncExitStack()
        self._retrieval: Retrieval | None = None
        self._results: list[RetrieveResult] = []
        self._trouble = ""
        self._result: RetrieveResult | None = None

    @property
    def receive(self) -> Handler:
        """The handler for C-STORE, for an association that is opened by others."""
        return self._brought.handler

    @property
    def result(self) -> RetrieveResult:
        """How it ended, over all associations; there is none before that."""
        assert self._result is not None, "the retrieve has not ended"
        return self._result

    async def __aenter__(self) -> Self:
        """Opens nothing yet: the first step of the iteration does."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Cancels what has not ended and releases; left by an exception it aborts."""
        self._left.clear()
        if kind is None and self._retrieval is not None:
            await self._close()
            self._result = self._union()
        await self._stack.__aexit__(kind, error, traceback)

    def __aiter__(self) -> Self:
        """Iterates over the progress."""
        return self

    async def __anext__(self) -> Progress:
        """Gives the counts after the next pending response, of whichever association."""
        while self._result is None:
            if self._retrieval is None and not await self._open():
                self._result = self._union()
                break
            assert self._retrieval is not None
            async for progress in self._retrieval:
                return self._overall(progress) if self._results or self._left else progress
            await self._close()
        raise StopAsyncIteration

    async def finish(self) -> RetrieveResult:
        """Passes over the rest of the progress and gives the result."""
        async for _ in self:
            pass
        return self.result

    async def cancel(self) -> None:
        """Asks the peer to stop; the result is still to come."""
        self._left.clear()
        if self._retrieval is not None:
            await self._retrieval.cancel()

    async def _open(self) -> bool:
        """Begins with the next association; False when none is needed, or to be had."""
        if self._open_one is not None:
            association, self._open_one = self._open_one, None
            await self._ask(association)
            return True
        if not self._left or not self._wants_more():
            return False
        try:
            await self._begin(self._left.popleft())
        except WorkbenchError as error:
            if not self._results:
                raise
            self._left.clear()
            self._trouble = f" A further association failed: {error}."
            return False
        return True

    async def _begin(self, share: GetContexts) -> None:
        association = await self._stack.enter_async_context(
            connect(
                self._node,
                share.contexts,
                local=self._local,
                recorder=self._recorder,
                handlers={CStoreRq.COMMAND_FIELD: self._brought.handler},
                user_information=[*share.roles, *self._user_information],
                tls=self._tls,
            )
        )
        await self._ask(association)

    async def _ask(self, association: Association) -> None:
        brought = self._brought
        retrieval = get(
            association,
            self._model,
            self._identifier,
            arrived=lambda: brought.acknowledged,
            activity=lambda: brought.received_bytes,
        )
        self._retrieval = await self._stack.enter_async_context(retrieval)

    async def _close(self) -> None:
        """Ends the association under way; a retrieve that has not ended is cancelled."""
        retrieval, self._retrieval = self._retrieval, None
        await self._stack.aclose()
        assert retrieval is not None
        self._results.append(retrieval.result)

    def _wants_more(self) -> bool:
        if not self._results:
            return True
        last = self._results[-1]
        return last.status in _GO_ON and last.failed > 0 and self._whole(last) > self._stored

    @property
    def _stored(self) -> int:
        return len(self._brought.completed) + len(self._brought.warning)

    def _whole(self, latest: Progress) -> int:
        """Gives how many instances there are: each association has all of them among its sub-operations."""
        return max([latest.total or 0, *(result.performed for result in self._results)])

    def _overall(self, latest: Progress) -> Progress:
        """Gives the counts over all associations; what a further one may bring has not failed yet."""
        completed, warning = len(self._brought.completed), len(self._brought.warning)
        missing = max(0, self._whole(latest) - self._stored)
        remaining = missing if self._left else min(latest.remaining or 0, missing)
        return Progress(remaining=remaining, completed=completed, failed=missing - remaining, warning=warning)

    def _union(self) -> RetrieveResult:
        last = self._results[-1]
        if len(self._results) == 1 and not self._trouble:
            return last
        counts = self._overall(last)
        uids = dict.fromkeys(uid for result in self._results for uid in result.failed_uids)
        status = last.status
        if status in _GO_ON:
            status = SUCCESS if not counts.failed and not counts.warning else SOME_FAILED
            if not counts.stored and counts.failed:
                status = NOT_PERFORMED
        words = last.words if status in (last.status, CANCEL) else describe(status, "C-GET")
        story = f"{_counted(counts.stored, 'instance')} came over {_counted(len(self._results), 'association')}"
        story += f", {counts.failed} did not come." if counts.failed else "."
        return RetrieveResult(
            remaining=counts.remaining if status == CANCEL else 0,
            completed=counts.completed,
            failed=counts.failed,
            warning=counts.warning,
            status=status,
            words=words,
            reason=f"{words}. {story}{self._trouble}",
            failed_uids=tuple(uid for uid in uids if not self._brought.has(uid)),
        )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
