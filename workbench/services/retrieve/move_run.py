"""Several C-MOVE asked of one node on one association, and a storage SCP of ours that takes what is sent meanwhile."""

import ssl
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Final

from workbench.acse.contexts import UNCOMPRESSED
from workbench.config import LocalAe, Node
from workbench.dimse.messages import CMoveRsp, Message
from workbench.dimse.status import Category, category
from workbench.errors import WorkbenchError
from workbench.net.association import Association
from workbench.net.requestor import connect
from workbench.net.server import ScpServer
from workbench.services.query.cancelling import Cancelling
from workbench.services.query.models import Model
from workbench.services.query.request import RequestIdentifier
from workbench.services.retrieve.get_run import RetrieveListener
from workbench.services.retrieve.move import move, move_contexts
from workbench.trace.recorder import Recorder
from workbench.upper_layer.items import UserInformationItem

GRACE: Final = 5.0
"""Seconds that a peer gets, after its last response, to end the associations over which it has sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRun:
    """How to ask.

    Attributes:
        node, model: who and what is asked.
        local: who asks.
        destination: the AE title that the instances go to; as a node where it is known where that listens.
        transfer_syntaxes: what is proposed for identifiers, in one context.
        receiver: our own SCP, not listening yet, when the instances are to come to us.
        arrived: gives how many instances it has received so far.
        believes_pending: whether a pending response that announces a data set has one; otherwise none is expected.
        tls: by which rules the connection is secured; None leaves it plain.
        user_information: further items for the association.
        repeat: how many times each retrieve is asked for.
        cancel_after: the response after which C-CANCEL is sent; None never sends it.
        abort: end with A-ABORT instead of A-RELEASE.
        cancelling: by which the run can be ended early.
    """

    node: Node
    model: Model
    local: LocalAe
    destination: str | Node
    transfer_syntaxes: Sequence[str] = UNCOMPRESSED
    receiver: ScpServer | None = None
    arrived: Callable[[], int] | None = None
    believes_pending: bool = True
    tls: ssl.SSLContext | None = None
    user_information: tuple[UserInformationItem, ...] = ()
    repeat: int = 1
    cancel_after: int | None = None
    abort: bool = False
    cancelling: Cancelling = field(default_factory=Cancelling)

    async def run(
        self, queries: Sequence[RequestIdentifier], listener: RetrieveListener, *, recorder: Recorder | None = None
    ) -> None:
        """Asks for all; what goes wrong with the association is told to the listener.

        Raises:
            TransportError: our own SCP cannot listen.
        """
        async with AsyncExitStack() as stack:
            if self.receiver is not None:
                await stack.enter_async_context(self.receiver)
            await self._ask(queries, listener, recorder)
            if self.receiver is not None:
                await self.receiver.stop(grace=GRACE)

    async def _ask(
        self, queries: Sequence[RequestIdentifier], listener: RetrieveListener, recorder: Recorder | None
    ) -> None:
        association: Association | None = None
        try:
            async with connect(
                self.node,
                move_contexts([self.model], self.transfer_syntaxes, with_find=True),
                local=self.local,
                recorder=recorder,
                tls=self.tls,
                user_information=self.user_information,
            ) as association:
                listener.associated(association)
                if not self.believes_pending:
                    association.disbelieve(_is_pending)
                for query in [query for _ in range(self.repeat) for query in queries]:
                    if self.cancelling.is_wanted:
                        break
                    await self._ask_one(association, query, listener)
                if self.abort:
                    association.abort(cause="asked for")
            listener.closed(association, is_aborted=self.abort)
        except WorkbenchError as error:
            listener.failed(association, error)

    async def _ask_one(self, association: Association, query: RequestIdentifier, listener: RetrieveListener) -> None:
        listener.asked(association, query)
        moving = move(association, self.model, query, destination=self.destination, arrived=self.arrived)
        async with moving as retrieval:
            responses = 0
            with self.cancelling.of(retrieval.cancel):
                async for progress in retrieval:
                    responses += 1
                    listener.progressed(association, query, progress)
                    if responses == self.cancel_after:
                        await retrieval.cancel()
        listener.ended(association, query, retrieval.result)


def _is_pending(message: Message) -> bool:
    return isinstance(message, CMoveRsp) and category(message.status) is Category.PENDING
