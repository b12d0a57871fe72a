"""The Storage service as SCU: one C-STORE, whose data set streams from a file or from memory (PS3.4 Annex B)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from workbench.dimse.messages import CStoreRq
from workbench.dimse.status import describe
from workbench.net.association import Association
from workbench.net.outgoing import DataSet
from workbench.services.storage.datasets import FileDataSet, Progress
from workbench.services.storage.instances import MemoryInstance, Sendable


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreResult:
    """How the peer answered a C-STORE-RQ; `reason` is the status in words, with the peer's Error Comment."""

    status: int
    reason: str
    latency: float
    context_id: int


class MoveOriginator(NamedTuple):
    """Who asked by a C-MOVE for what is stored (PS3.7 9.1.1.1.5 and 6): its AE title and its Message ID."""

    ae_title: str
    message_id: int


async def store(
    association: Association,
    instance: Sendable,
    *,
    data_set: DataSet | None = None,
    transfer_syntax_uid: str = "",
    sop_instance_uid: str = "",
    progress: Progress | None = None,
    on_sent: Callable[[], None] | None = None,
    originator: MoveOriginator | None = None,
) -> StoreResult:
    """Sends an instance, in the transfer syntax it has unless it was converted, and gives the answer.

    Args:
        data_set: its data set, when it was loaded or converted before; otherwise it is read from the file.
        transfer_syntax_uid: that of `data_set` after its conversion; empty when it is the instance's own.
        sop_instance_uid: that of `data_set` when it was given another one; empty when it is the instance's own.
        progress: takes the bytes sent so far; not called for a data set that was loaded before.
        on_sent: called once, when all of it was handed to the network and the answer is awaited.
        originator: told to the peer when the object is sent because of a C-MOVE.

    Raises:
        NoAcceptedContext: the peer takes no such object in that transfer syntax.
        StorageError: the file cannot be read or changed (the association is aborted if a part of it was sent).
        AssociationError, TransportError: the association ended first.
    """
    syntax = transfer_syntax_uid or instance.transfer_syntax_uid
    context = association.agreement.context_for(instance.sop_class_uid, syntax)
    message = CStoreRq(
        message_id=association.next_message_id(),
        affected_sop_class_uid=instance.sop_class_uid,
        affected_sop_instance_uid=sop_instance_uid or instance.sop_instance_uid,
        move_originator_application_entity_title=None if originator is None else originator.ae_title,
        move_originator_message_id=None if originator is None else originator.message_id,
    )
    if data_set is None:
        data_set = instance.data if isinstance(instance, MemoryInstance) else FileDataSet(instance, progress=progress)
    async with association.operation(message, data_set, context=context) as operation:
        if on_sent is not None:
            on_sent()
        reply = await operation.final_reply()
    reason = describe(reply.message.status, "C-STORE")
    if reply.message.error_comment:
        reason = f"{reason} ({reply.message.error_comment})"
    return StoreResult(status=reply.message.status, reason=reason, latency=reply.latency, context_id=context.context_id)
