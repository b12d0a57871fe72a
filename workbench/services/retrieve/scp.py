"""What the SCPs of C-MOVE and C-GET share: from the identifier to the final response (PS3.4 C.4.2.3, C.4.3.3)."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from itertools import islice
from typing import Any, Final

from pydicom.dataset import Dataset

from workbench.acse.contexts import UNCOMPRESSED
from workbench.acse.extended import RetrieveOptions
from workbench.dimse.answers import respond, sop_class_of
from workbench.dimse.messages import CGetRq, CMoveRq
from workbench.dimse.status import PENDING
from workbench.errors import StatusError, WorkbenchError
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.net.tasks import TaskKeeper
from workbench.services.encoding import LONGEST_IDENTIFIER, decode_aside
from workbench.services.offers import served_as
from workbench.services.query.models import Model
from workbench.services.retrieve.failed_list import encode_failed_uids
from workbench.services.retrieve.identifiers import conditions_of
from workbench.services.retrieve.instances import Instances, Stored
from workbench.services.retrieve.reasons import MATCHES_NOT_COUNTED
from workbench.services.retrieve.suboperations import MOST, Observer, SubOperations
from workbench.services.transcoding.conversion import Conversion
from workbench.storage.matching import IDENTIFIER_DOES_NOT_MATCH, Condition

IDENTIFIER_SYNTAXES: Final = UNCOMPRESSED
"""The transfer syntaxes in which identifiers are taken."""

RETRIEVE_OPTIONS: Final = RetrieveOptions(relational=True)
"""What is granted by extended negotiation."""

_SECONDS: Final = 1.0  # without a response after which a pending one is sent, so that no timer of the SCU runs out

Performer = Callable[[SubOperations], Coroutine[Any, Any, None]]
"""Performs all sub-operations, or gives up; raises nothing that a peer, a file or the network can cause."""


class RetrieveScp(ABC):
    """Answers the retrieve requests of some models from an index of instances.

    Args:
        models: what is offered.
        index: where the instances are looked up.
        conversion: what may be done to instances that the receiver does not accept as they are; the trace of the
            association notes each that was converted, and `observer` is told.
        pending_every: a pending response after so many sub-operations, besides one each second.
        observer: told of each sub-operation that has ended; synchronous, must not raise.
    """

    def __init__(
        self,
        models: Iterable[Model],
        index: Instances,
        *,
        conversion: Conversion = Conversion.UNCOMPRESSED,
        pending_every: int = 1,
        observer: Observer | None = None,
    ) -> None:
        self._models = {self._sop_class(model): model for model in models if self._sop_class(model)}
        self._index = index
        self._conversion = conversion
        self._pending_every = max(1, pending_every)
        self._observer = observer

    @staticmethod
    @abstractmethod
    def _sop_class(model: Model) -> str:
        """The SOP class of a model that is answered here."""

    @abstractmethod
    def _performer(self, request: IncomingRequest, model: Model) -> Performer:
        """What performs the sub-operations of a request.

        Raises:
            StatusError: the request is refused.
        """

    async def handler(self, request: IncomingRequest) -> AsyncIterator[Reply]:
        """Answers one request: pending responses while the sub-operations go on, and the final one."""
        message = request.message
        assert isinstance(message, CMoveRq | CGetRq)
        try:
            model = self._models.get(sop_class_of(message)) or self._models[served_as(request, self._models)]
            conditions = await self._conditions(request, model)
            perform = self._performer(request, model)
            operations = SubOperations(await self._find(conditions), self._observer)
        except StatusError as error:
            yield Reply(message=respond(message, error.status, error.comment or None, **error.elements))
            return
        tasks = TaskKeeper()
        try:
            async for counts in self._progress(perform, operations, tasks):
                yield Reply(message=respond(message, PENDING, None, **counts))
        finally:
            await tasks.cancel_all()
        ending = operations.ending()
        yield Reply(
            message=respond(message, ending.status, ending.comment or None, **ending.counts),
            data_set=encode_failed_uids(ending.failed_uids, request.context.transfer_syntax),
        )

    async def _progress(
        self, perform: Performer, operations: SubOperations, tasks: TaskKeeper
    ) -> AsyncIterator[dict[str, int]]:
        """Performs the sub-operations in a task; gives counts now and then, at first and as they are at last."""
        if not operations.remaining:
            return
        told = 0
        yield operations.pending()
        task = tasks.start(perform(operations), name="sub-operations of a retrieve")
        task.add_done_callback(lambda _: operations.stop_waiting())
        while not task.done():
            is_due = False
            try:
                async with asyncio.timeout(_SECONDS):
                    await operations.wait_for(told + self._pending_every)
            except TimeoutError:
                is_due = True
            if operations.ended > told or is_due:
                told = operations.ended
                yield operations.pending()
        await task  # a defect of ours is raised here

    async def _conditions(self, request: IncomingRequest, model: Model) -> tuple[Condition, ...]:
        if request.data_set is None:
            raise StatusError(IDENTIFIER_DOES_NOT_MATCH, "there is no identifier")
        options = RetrieveOptions.agreed(request.association.agreement.extended, self._sop_class(model))

        def read(identifier: Dataset) -> tuple[Condition, ...]:
            return conditions_of(identifier, model, relational=options.relational)

        syntax = request.context.transfer_syntax
        try:
            data = await request.data_set.read(LONGEST_IDENTIFIER)
            return await decode_aside(data, syntax, read, longest=LONGEST_IDENTIFIER)
        except StatusError:
            raise
        except WorkbenchError as error:
            if request.association.end is not None:
                raise
            raise StatusError(IDENTIFIER_DOES_NOT_MATCH, str(error)) from error

    async def _find(self, conditions: tuple[Condition, ...]) -> list[Stored]:
        try:
            found = await asyncio.to_thread(lambda: list(islice(self._index.instances(conditions), MOST + 1)))
        except WorkbenchError as error:
            raise StatusError(MATCHES_NOT_COUNTED, str(error)) from error
        if len(found) > MOST:
            raise StatusError(MATCHES_NOT_COUNTED, f"more than {MOST} instances match, which cannot be counted")
        return found
