"""Several queries asked of one node: on one association, one after the other, or on several at the same time."""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from workbench.acse.contexts import number
from workbench.config import LocalAe, Node
from workbench.errors import WorkbenchError
from workbench.net.association import Association
from workbench.net.requestor import connect
from workbench.services.query.cancelling import Cancelling
from workbench.services.query.find import FindResult, Match, find
from workbench.services.query.models import Model
from workbench.services.query.request import RequestIdentifier
from workbench.trace.recorder import Recorder
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN
from workbench.upper_layer.items import UserInformationItem


class QueryListener(Protocol):
    """Is told how queries go, on the event loop."""

    def associated(self, association: Association) -> None:
        """An association is established."""

    def asked(self, association: Association, query: RequestIdentifier, transfer_syntax_uid: str) -> None:
        """A query is about to be sent."""

    async def matched(self, association: Association, query: RequestIdentifier, match: Match) -> None:
        """A match has come."""

    def ended(self, association: Association, query: RequestIdentifier, result: FindResult) -> None:
        """The final response has come."""

    def closed(self, association: Association, *, is_aborted: bool) -> None:
        """An association has ended as it should."""

    def failed(self, association: Association | None, error: WorkbenchError) -> None:
        """An association could not be established, or was lost; what was left to ask on it is not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Querying:
    """How to ask.

    Attributes:
        node, model: who and what is asked.
        local: who asks.
        tls: by which rules connections are secured; None leaves them plain.
        user_information: further items for the associations.
        transfer_syntaxes: what is proposed for identifiers, in one context.
        repeat: how many times each query is asked.
        cancel_after: the response after which C-CANCEL is sent; None never sends it.
        limit: the matches of a query that are wanted; it is cancelled then.
        abort: end with A-ABORT instead of A-RELEASE.
        jobs: associations at the same time.
        cancelling: by which the run can be ended early.
    """

    node: Node
    model: Model
    local: LocalAe
    tls: ssl.SSLContext | None = None
    user_information: tuple[UserInformationItem, ...] = ()
    transfer_syntaxes: tuple[str, ...] = (EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN)
    repeat: int = 1
    cancel_after: int | None = None
    limit: int | None = None
    abort: bool = False
    jobs: int = 1
    cancelling: Cancelling = field(default_factory=Cancelling)

    async def run(
        self, queries: Sequence[RequestIdentifier], listener: QueryListener, *, recorder: Recorder | None = None
    ) -> None:
        """Asks all queries; what goes wrong with an association is told to the listener."""
        wanted = [query for _ in range(self.repeat) for query in queries]
        shares = [share for start in range(self.jobs) if (share := wanted[start :: self.jobs])]
        async with asyncio.TaskGroup() as group:
            for share in shares:
                group.create_task(self._ask(share, listener, recorder))

    async def _ask(
        self, queries: Sequence[RequestIdentifier], listener: QueryListener, recorder: Recorder | None
    ) -> None:
        association: Association | None = None
        (contexts,) = number([(self.model.find, self.transfer_syntaxes)])
        try:
            async with connect(
                self.node,
                contexts,
                local=self.local,
                recorder=recorder,
                tls=self.tls,
                user_information=self.user_information,
            ) as association:
                listener.associated(association)
                for query in queries:
                    if self.cancelling.is_wanted:
                        break
                    await self._ask_one(association, query, listener)
                if self.abort:
                    association.abort(cause="asked for")
            listener.closed(association, is_aborted=self.abort)
        except WorkbenchError as error:
            listener.failed(association, error)

    async def _ask_one(self, association: Association, query: RequestIdentifier, listener: QueryListener) -> None:
        context = association.agreement.context_for(self.model.find)
        listener.asked(association, query, context.transfer_syntax)
        asking = find(association, self.model, query, limit=self.limit, cancel_after=self.cancel_after, context=context)
        async with asking as asked:
            with self.cancelling.of(asked.cancel):
                async for match in asked:
                    await listener.matched(association, query, match)
            assert asked.result is not None
            listener.ended(association, query, asked.result)
