"""Several C-GET asked of one node on one association; what did not come is asked again on others, of other contexts."""

import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Protocol

from workbench.config import LocalAe, Node
from workbench.dimse.messages import CStoreRq
from workbench.errors import WorkbenchError
from workbench.net.association import Association
from workbench.net.incoming import Handler, IncomingRequest
from workbench.net.operation import Reply
from workbench.net.requestor import connect
from workbench.services.query.cancelling import Cancelling
from workbench.services.query.models import Model
from workbench.services.query.request import RequestIdentifier
from workbench.services.retrieve.get import GetContexts
from workbench.services.retrieve.getting import GetFrom
from workbench.services.retrieve.progress import Progress, RetrieveResult
from workbench.trace.recorder import Recorder
from workbench.upper_layer.items import UserInformationItem


class RetrieveListener(Protocol):
    """Is told how retrieves go, on the event loop."""

    def associated(self, association: Association) -> None:
        """The association is established."""

    def asked(self, association: Association, query: RequestIdentifier) -> None:
        """A request is about to be sent."""

    def progressed(self, association: Association, query: RequestIdentifier, progress: Progress) -> None:
        """A pending response has come."""

    def ended(self, association: Association, query: RequestIdentifier, result: RetrieveResult) -> None:
        """A retrieve has ended."""

    def closed(self, association: Association, *, is_aborted: bool) -> None:
        """The association has ended as it should."""

    def failed(self, association: Association | None, error: WorkbenchError) -> None:
        """The association could not be established, or was lost; what was left to ask is not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GetRun:
    """How to ask.

    Attributes:
        node, model: who and what is asked.
        local: who asks.
        contexts: of the association, then of the further ones that a retrieve may need; see `get_contexts`.
        receive: the handler for C-STORE that keeps the instances.
        tls: by which rules connections are secured; None leaves them plain.
        user_information: further items for the associations.
        repeat: how many times each retrieve is asked for.
        abort: end with A-ABORT instead of A-RELEASE.
        cancelling: by which the run can be ended early.
    """

    node: Node
    model: Model
    local: LocalAe
    contexts: Sequence[GetContexts]
    receive: Handler
    tls: ssl.SSLContext | None = None
    user_information: tuple[UserInformationItem, ...] = ()
    repeat: int = 1
    abort: bool = False
    cancelling: Cancelling = field(default_factory=Cancelling)

    async def run(
        self, queries: Sequence[RequestIdentifier], listener: RetrieveListener, *, recorder: Recorder | None = None
    ) -> None:
        """Asks for all; what goes wrong with the association is told to the listener."""
        association: Association | None = None
        taking = _Taking(self.receive)
        first, *further = self.contexts
        try:
            async with connect(
                self.node,
                first.contexts,
                local=self.local,
                recorder=recorder,
                handlers={CStoreRq.COMMAND_FIELD: taking.handler},
                tls=self.tls,
                user_information=[*first.roles, *self.user_information],
            ) as association:
                listener.associated(association)
                for query in [query for _ in range(self.repeat) for query in queries]:
                    if self.cancelling.is_wanted:
                        break
                    listener.asked(association, query)
                    async with GetFrom(
                        self.node,
                        self.model,
                        query,
                        local=self.local,
                        receive=self.receive,
                        recorder=recorder,
                        user_information=self.user_information,
                        tls=self.tls,
                        contexts=further,
                        association=association,
                    ) as retrieval:
                        taking.receive = retrieval.receive
                        with self.cancelling.of(retrieval.cancel):
                            async for progress in retrieval:
                                listener.progressed(association, query, progress)
                        result = await retrieval.finish()
                    listener.ended(association, query, result)
                if self.abort:
                    association.abort(cause="asked for")
            listener.closed(association, is_aborted=self.abort)
        except WorkbenchError as error:
            listener.failed(association, error)


class _Taking:
    """Answers C-STORE by the handler of the retrieve under way."""

    def __init__(self, receive: Handler) -> None:
        self.receive = receive

    async def handler(self, request: IncomingRequest) -> AsyncIterator[Reply]:
        async with aclosing(self.receive(request)) as replies:  # type: ignore[type-var]
            async for reply in replies:
                yield reply
