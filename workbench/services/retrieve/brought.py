"""What a C-GET brings us: passes each instance on to who keeps it, and remembers what became of it."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from workbench.dimse.answers import respond
from workbench.dimse.messages import CStoreRq
from workbench.dimse.status import SUCCESS, Category, category
from workbench.net.incoming import Handler, IncomingDataSet, IncomingRequest
from workbench.net.operation import Reply


class Brought:
    """Stands before a handler for C-STORE.

    An instance that is held already is not taken again: over a later association a peer may send it once more, in
    another transfer syntax.

    Args:
        receive: the handler that keeps the instances.

    Attributes:
        completed, warning: the SOP Instance UIDs of what is kept, by the kind of the answer.
        acknowledged: requests that were answered so that the peer counts them as stored.
    """

    def __init__(self, receive: Handler) -> None:
        self.completed: set[str] = set()
        self.warning: set[str] = set()
        self.acknowledged = 0
        self._receive = receive
        self._coming: list[IncomingDataSet] = []
        self._come = 0

    @property
    def received_bytes(self) -> int:
        """Bytes of data sets that came so far, also of instances that are still coming."""
        return self._come + sum(data_set.length for data_set in self._coming)

    def has(self, sop_instance_uid: str) -> bool:
        """Whether an instance was brought."""
        return sop_instance_uid in self.completed or sop_instance_uid in self.warning

    async def handler(self, request: IncomingRequest) -> AsyncIterator[Reply]:
        """Answers one C-STORE-RQ."""
        message = request.message
        assert isinstance(message, CStoreRq)
        uid = message.affected_sop_instance_uid
        coming = [] if request.data_set is None else [request.data_set]
        self._coming += coming
        try:
            answers = _held(message) if self.has(uid) else self._receive(request)
            async with aclosing(answers) as replies:  # type: ignore[type-var]
                async for reply in replies:
                    self._answered(uid, reply.message.status)
                    yield reply
        finally:
            for data_set in coming:
                self._coming.remove(data_set)
                self._come += data_set.length

    def _answered(self, uid: str, status: int) -> None:
        kind = category(status)
        self.acknowledged += kind in (Category.SUCCESS, Category.WARNING)
        if not self.has(uid):
            if kind is Category.SUCCESS:
                self.completed.add(uid)
            elif kind is Category.WARNING:
                self.warning.add(uid)


async def _held(message: CStoreRq) -> AsyncIterator[Reply]:
    """Answers for an instance that is held already; its data set is passed over."""
    yield Reply(message=respond(message, SUCCESS))
