"""Performs C-STORE sub-operations over one association: that to a move destination, or that of a C-GET itself."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from workbench.acse.contexts import AcceptedContext
from workbench.dimse.messages import CStoreRq, Priority
from workbench.errors import NoAcceptedContext, WorkbenchError
from workbench.net.association import Association
from workbench.net.outgoing import DataSet
from workbench.services.retrieve.bulk_data import without_bulk_data
from workbench.services.retrieve.instances import Stored
from workbench.services.retrieve.sources import AT_ONCE, Ready, converted, make_ready
from workbench.services.retrieve.suboperations import SubOperations
from workbench.services.storage.datasets import close, forget
from workbench.services.storage.scu import MoveOriginator
from workbench.services.transcoding.conversion import Conversion, words_for
from workbench.storage.part10 import Instance


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds for all sub-operations of a retrieve.

    Attributes:
        role: what the requestor of the association is in them: it sends ("SCU", C-MOVE) or receives ("SCP", C-GET).
        conversion: what may be done to instances that the receiver does not accept as they are.
        is_stopped: looked at before each one; true when no further one is to be begun.
        originator: who asked by a C-MOVE.
        has_bulk_data: false leaves bulk data out (PS3.4 Annex Z).
    """

    role: Literal["SCU", "SCP"]
    conversion: Conversion
    is_stopped: Callable[[], bool]
    originator: MoveOriginator | None = None
    priority: int = Priority.MEDIUM
    has_bulk_data: bool = True


async def deliver(association: Association, waiting: deque[Stored], operations: SubOperations, terms: Terms) -> None:
    """Sends the waiting instances one after the other; leaves in `waiting` those that it did not begin.

    What becomes of each is counted in `operations`. An instance that fails by itself does not end it.

    Raises:
        AssociationError, TransportError: the association ended; the instance under way has failed.
    """
    delivery = _Delivery(association, operations, terms)
    loop = asyncio.get_running_loop()
    batch = _take(waiting)
    reading = loop.run_in_executor(None, make_ready, batch)
    following: list[Stored] = []
    try:
        while batch:
            ready = await reading
            following = _take(waiting)
            reading = loop.run_in_executor(None, make_ready, following)
            for one in ready:
                if association.end is not None:
                    raise association.end
                if terms.is_stopped():
                    return
                batch.pop(0)
                await delivery.perform(one)
            batch, following = following, []
    finally:
        waiting.extendleft(reversed(batch + following))
        forget(reading)


def _take(waiting: deque[Stored]) -> list[Stored]:
    return [waiting.popleft() for _ in range(min(AT_ONCE, len(waiting)))]


class _Delivery:
    """Sends instances over one association and counts what becomes of them."""

    def __init__(self, association: Association, operations: SubOperations, terms: Terms) -> None:
        self._association = association
        self._operations = operations
        self._terms = terms

    async def perform(self, ready: Ready) -> None:
        """Performs one sub-operation; raises when the association ended meanwhile."""
        instance = ready.instance
        if instance is None:
            self._operations.not_stored(ready.stored, ready.problem)
            return
        source: DataSet | None = None
        try:
            context = self._context(instance)
            source = await self._source(ready, instance, context)
            status, comment = await self._store(instance, source, context)
        except NoAcceptedContext as error:
            self._operations.not_stored(ready.stored, f"no context: {error.reason}")
        except WorkbenchError as error:
            self._operations.not_stored(ready.stored, str(error))
        else:
            conversion = _words(instance, context)
            if conversion:
                note = f"{instance.sop_instance_uid} was {conversion}"
                self._association.connection.recorder.note(self._association.number, note)
            self._operations.answered(ready.stored, status, comment, conversion=conversion)
        finally:
            if source is not None:
                close(source)
        if self._association.end is not None:
            raise self._association.end

    def _context(self, instance: Instance) -> AcceptedContext:
        """Gives the context to send on: as the instance is, or else in the first syntax it may be converted into."""
        agreement, role = self._association.agreement, self._terms.role
        sop_class, syntax = instance.sop_class_uid, instance.transfer_syntax_uid
        if not self._terms.has_bulk_data:
            return agreement.context_for(sop_class, role=role)
        try:
            return agreement.context_for(sop_class, syntax, role=role)
        except NoAcceptedContext:
            for target in self._terms.conversion.targets(syntax):
                try:
                    return agreement.context_for(sop_class, target, role=role)
                except NoAcceptedContext:
                    continue
            raise

    async def _source(self, ready: Ready, instance: Instance, context: AcceptedContext) -> DataSet:
        if not self._terms.has_bulk_data:
            return await asyncio.to_thread(without_bulk_data, instance, context.transfer_syntax)
        if context.transfer_syntax == instance.transfer_syntax_uid:
            return ready.source
        return await asyncio.to_thread(converted, ready, context.transfer_syntax)

    async def _store(self, instance: Instance, source: DataSet, context: AcceptedContext) -> tuple[int, str | None]:
        originator = self._terms.originator
        message = CStoreRq(
            message_id=self._association.next_message_id(),
            affected_sop_class_uid=instance.sop_class_uid,
            affected_sop_instance_uid=instance.sop_instance_uid,
            priority=self._terms.priority,
            move_originator_application_entity_title=None if originator is None else originator.ae_title,
            move_originator_message_id=None if originator is None else originator.message_id,
        )
        reply = await self._association.request(message, source, context=context)
        return reply.message.status, reply.message.error_comment


def _words(instance: Instance, context: AcceptedContext) -> str:
    if context.transfer_syntax == instance.transfer_syntax_uid:
        return ""
    return words_for(instance.transfer_syntax_uid, context.transfer_syntax)
