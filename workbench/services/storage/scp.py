"""The Storage service as SCP: what it takes, refuses and keeps of the objects sent by C-STORE (PS3.4 Annex B).

Success is answered when the object is durable under its name, and not before.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from os import PathLike
from typing import TYPE_CHECKING, NamedTuple

from workbench.acse.extended import Coercion, SignatureLevel, StorageLevel, StorageOptions
from workbench.dictionary import storage_sop_classes
from workbench.dimse.answers import respond
from workbench.dimse.messages import CStoreRq
from workbench.dimse.status import ACKNOWLEDGED_STORE, SOP_CLASS_NOT_SUPPORTED, SUCCESS, describe
from workbench.errors import StorageError
from workbench.net.association import Association
from workbench.net.incoming import IncomingDataSet, IncomingRequest
from workbench.net.operation import Reply
from workbench.services.offers import Offer
from workbench.services.storage.disk_threads import DiskThreads
from workbench.services.storage.faults import StoreFaults
from workbench.services.storage.object_names import ObjectName, OfferedObject, checked_name
from workbench.services.storage.receiving import OUT_OF_RESOURCES, Receipt, Receiving
from workbench.services.storage.writing import Rewriting
from workbench.storage.archive import Archive
from workbench.storage.attributes import Attributes
from workbench.storage.naming import is_safe_uid
from workbench.storage.structure import CANNOT_UNDERSTAND, MAXIMUM_NESTING
from workbench.upper_layer.machine import Role

if TYPE_CHECKING:
    from workbench.storage.index import InstanceIndex  # SQLite is loaded by those who have an index

KEPT_AS_IT_COMES = StorageOptions(
    level=StorageLevel.LEVEL_2_FULL, signature_level=SignatureLevel.LEVEL_3, coercion=Coercion.NONE
)
"""What the SCP is: all attributes are kept, signatures stay valid, nothing is coerced (PS3.4 B.4.1)."""

NOT_KEPT = "acknowledged, not kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedObject:
    """An object that was sent to us, and what became of it.

    Attributes:
        calling_ae_title: the AE that sent it; by C-GET it is the one that we called.
        status: what was answered; 0000H when the object is stored.
        reason: why it was refused or not kept, empty when stored.
        path: its file, empty when refused or not kept.
        is_not_kept: it was answered with success although nothing of it is kept (`ignore`): the sender, who may now
            delete the only copy, must be told.
        length: bytes of its data set.
        seconds: from the request to the answer.
        replaced: where the earlier file is kept that had the same UID and another content.
        overwrote: its file has the name of an earlier one, whatever that held.
        study_instance_uid: empty unless objects are sorted by what they hold.
        has_padded_uid: a UID in its data set was padded with a space, against PS3.5 9.1.
    """

    association: int
    calling_ae_title: str
    peer: str
    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    status: int
    reason: str
    path: str
    length: int
    seconds: float
    is_not_kept: bool = False
    called_ae_title: str = ""
    replaced: str = ""
    overwrote: bool = False
    study_instance_uid: str = ""
    has_padded_uid: bool = False


class Verdict(NamedTuple):
    """What an SCP answers for an object, by PS3.4 Table B.2-1: a status and an Error Comment of at most 64 characters.

    A failure, such as A700H, refuses it; a warning, such as B000H, keeps it and is answered in place of 0000H.
    """

    status: int = SUCCESS
    comment: str = ""


class StorageScp:
    """Answers C-STORE-RQ by writing the objects into a folder; give `handler` to a server.

    A further object with the UID of an earlier one replaces it in one step. Nothing that was acknowledged is lost by
    that: of another content the earlier file is kept in the hidden folder `.replaced` (`ReceivedObject.replaced` tells
    it). With an index the same content again changes nothing, and where the later one is of another study or patient
    it is refused with C000H, for its UID cannot be right.

    Refused are also: UIDs that are none, an object of another SOP Class than its context's, a data set whose structure
    is broken or that is not the announced instance (this check can be switched off), and whatever the disk does not
    take.

    Args:
        folder: an existing folder.
        on_received: called on the event loop for each object, stored or refused, before it is answered.
        check: walk over the structure of data sets.
        nesting: how deep sequences may lie in each other; objects with deeper ones are refused by the check.
        ignore: answer Success and keep nothing; each such answer is marked in the trace and in `ReceivedObject`.
        accept: asked for each object on the event loop before its data set is taken: None takes it, see `Verdict`.
        name: gives the names of files, in place of prefix and UID. A name that another object has refuses the object.
        ae_title: our own, to be noted in the files (0002,0018); empty leaves it out.
        folder_of: sorts objects into subfolders, see `receiving.FolderOf`; not with an index.
        rewriting: how files are written, when not as the objects come; not with an index.
        after: awaited when an object was answered, before the next request of the association is served.
        faults: what is done wrong on purpose.
        index: that of the folder; every object is in it before Success is answered. The caller closes it, after this.

    Raises:
        StorageError: there is no such folder, or it cannot be written to, or the index is that of another one.
    """

    def __init__(
        self,
        folder: str | PathLike[str],
        *,
        on_received: Callable[[ReceivedObject], None] | None = None,
        check: bool = True,
        nesting: int = MAXIMUM_NESTING,
        ignore: bool = False,
        accept: Callable[[OfferedObject], Verdict | None] | None = None,
        name: ObjectName | None = None,
        ae_title: str = "",
        folder_of: Callable[[OfferedObject, Attributes], str] | None = None,
        rewriting: Rewriting | None = None,
        after: Callable[[ReceivedObject], Awaitable[None]] | None = None,
        faults: StoreFaults | None = None,
        index: "InstanceIndex | None" = None,
    ) -> None:
        self.archive = Archive(folder)
        if index is not None and index.folder != self.archive.folder:
            self.archive.close()
            raise StorageError("the index is that of another folder", path=index.folder)
        self._index = index
        self._disk = DiskThreads()
        self._on_received = on_received
        self._check = check
        self.nesting = nesting
        self._ignore = ignore
        self._accept = accept
        self._name = name
        self._ae_title = ae_title
        self._folder_of = folder_of
        self._rewriting = rewriting
        self._after = after
        self._faults = faults or StoreFaults()
        self._turns: dict[str, asyncio.Event] = {}  # of objects that are being stored, by their UIDs
        self._names_in_use: dict[str, str] = {}  # of objects under way, with their UIDs

    @property
    def offer(self) -> Offer:
        """What a server offers: every storage SOP class of the standard, in any transfer syntax.

        A requestor that asks is told how much is kept (PS3.4 B.3.1): everything, bit by bit; unless it is ignored or
        rewritten, of which nothing is promised.
        """
        classes = storage_sop_classes()
        return Offer(
            sop_classes=dict.fromkeys(classes),
            handlers={CStoreRq.COMMAND_FIELD: self.handler},
            extended={}
            if self._ignore or self._rewriting is not None
            else dict.fromkeys(classes, KEPT_AS_IT_COMES.hook),
            serves_unlisted=True,
        )

    def close(self) -> None:
        """Gives the folder back, after what is still being written; the server must have stopped. Blocks."""
        self._disk.close()
        self.archive.close()

    async def handler(self, request: IncomingRequest) -> AsyncIterator[Reply]:
        """Receives one object and answers once its fate is certain."""
        begin = time.monotonic()
        message = request.message
        assert isinstance(message, CStoreRq)
        if await self._faults.abort(request):
            return
        receipt = _refusal(request, message)
        if receipt is None:
            assert request.data_set is not None
            receipt = await self._judge(request, message, request.data_set)
        is_not_kept = receipt.status in ACKNOWLEDGED_STORE and not receipt.path
        if is_not_kept:
            recorder, number = request.association.connection.recorder, request.association.number
            recorder.not_kept(number, message.message_id, message.affected_sop_instance_uid, NOT_KEPT)
        seconds = time.monotonic() - begin
        received = _received_object(request, message, receipt, seconds, is_not_kept=is_not_kept)
        if self._on_received is not None:
            self._on_received(received)
        yield Reply(message=respond(message, receipt.status, receipt.comment or None))
        if self._after is not None:
            await self._after(received)
        await self._faults.pause_after(request)

    async def _judge(self, request: IncomingRequest, message: CStoreRq, data_set: IncomingDataSet) -> Receipt:
        """Asks the hooks, and takes the object unless they refuse it."""
        offered = _offered_object(request, message)
        verdict = (self._accept(offered) if self._accept is not None else None) or Verdict()
        if verdict.status != SUCCESS and verdict.status not in ACKNOWLEDGED_STORE:
            return Receipt(verdict.status, verdict.comment, "")
        if self._ignore:
            async for _ in data_set.chunks():
                await self._faults.pause_during(request)
            return Receipt(verdict.status, verdict.comment, "")
        name = ""
        try:
            if self._name is not None:
                name = self._claimed_name(checked_name(self._name(offered)), message.affected_sop_instance_uid)
        except StorageError as error:
            return Receipt(OUT_OF_RESOURCES, str(error), "")
        try:
            receipt = await self._receive(request, message, data_set, name)
        finally:
            self._names_in_use.pop(name, None)
        return receipt if receipt.status else receipt._replace(status=verdict.status, comment=verdict.comment)

    def _claimed_name(self, name: str, sop_instance_uid: str) -> str:
        if self._names_in_use.setdefault(name, sop_instance_uid) != sop_instance_uid:
            raise StorageError("another object has that file name", path=name)
        return name

    @asynccontextmanager
    async def _turn(self, sop_instance_uid: str) -> AsyncIterator[None]:
        """Lets objects with one UID be stored one after the other, so that each finds the one before it."""
        while (ended := self._turns.get(sop_instance_uid)) is not None:
            await ended.wait()
        ended = self._turns[sop_instance_uid] = asyncio.Event()
        try:
            yield
        finally:
            del self._turns[sop_instance_uid]
            ended.set()

    async def _receive(
        self, request: IncomingRequest, message: CStoreRq, data_set: IncomingDataSet, name: str
    ) -> Receipt:
        receiving = Receiving(
            self.archive,
            sop_class_uid=message.affected_sop_class_uid,
            sop_instance_uid=message.affected_sop_instance_uid,
            transfer_syntax_uid=request.context.transfer_syntax,
            source_ae_title=_source(request.association),
            receiving_ae_title=self._ae_title,
            check=self._check,
            nesting=self.nesting,
            file_name=name,
            folder_of=None if self._folder_of is None else partial(self._folder_of, _offered_object(request, message)),
            rewriting=self._rewriting,
            index=self._index,
        )
        receipt: Receipt | None = None
        try:
            async for buffers in data_set.chunks():
                if receipt is not None:
                    continue
                await self._faults.pause_during(request)
                if data_set.is_complete:
                    async with self._turn(message.affected_sop_instance_uid):
                        receipt = await self._disk.run(receiving.take_unsettled, buffers, True)
                else:
                    receipt = await self._disk.run(receiving.take_unsettled, buffers, data_set.is_complete)
            return receipt or Receipt(CANNOT_UNDERSTAND, "the data set is empty", "")
        finally:
            if receipt is None:  # cut short: a thread may still be writing, so the file is removed by one
                self._disk.run(receiving.discard)


def _source(association: Association) -> str:
    """Gives the AE that an object comes from: who called, or by C-GET whom we called."""
    return association.called_ae_title if association.role is Role.REQUESTOR else association.calling_ae_title


def _refusal(request: IncomingRequest, message: CStoreRq) -> Receipt | None:
    """Gives why a request is refused before its data set is looked at."""
    if not is_safe_uid(message.affected_sop_instance_uid):
        return Receipt(CANNOT_UNDERSTAND, "Affected SOP Instance UID is not a UID", "")
    if message.affected_sop_class_uid != request.context.abstract_syntax:
        return Receipt(SOP_CLASS_NOT_SUPPORTED, "Affected SOP Class UID is not that of the context", "")
    if request.data_set is None:
        return Receipt(CANNOT_UNDERSTAND, "there is no data set", "")
    return None


def _offered_object(request: IncomingRequest, message: CStoreRq) -> OfferedObject:
    association = request.association
    return OfferedObject(
        association=association.number,
        calling_ae_title=association.calling_ae_title,
        called_ae_title=association.called_ae_title,
        peer=association.peer,
        message_id=message.message_id,
        sop_class_uid=message.affected_sop_class_uid,
        sop_instance_uid=message.affected_sop_instance_uid,
        transfer_syntax_uid=request.context.transfer_syntax,
        move_originator=message.move_originator_application_entity_title or "",
    )


def _received_object(
    request: IncomingRequest, message: CStoreRq, receipt: Receipt, seconds: float, *, is_not_kept: bool
) -> ReceivedObject:
    reason = f"{describe(receipt.status, 'C-STORE')} ({receipt.comment})" if receipt.comment else ""
    return ReceivedObject(
        association=request.association.number,
        calling_ae_title=_source(request.association),
        called_ae_title=request.association.called_ae_title,
        peer=request.association.peer,
        sop_class_uid=message.affected_sop_class_uid,
        sop_instance_uid=message.affected_sop_instance_uid,
        transfer_syntax_uid=request.context.transfer_syntax,
        status=receipt.status,
        reason=NOT_KEPT if is_not_kept else reason,
        path=receipt.path,
        length=request.data_set.length if request.data_set is not None else 0,
        seconds=seconds,
        is_not_kept=is_not_kept,
        replaced=receipt.replaced,
        overwrote=receipt.overwrote,
        study_instance_uid=receipt.study_instance_uid,
        has_padded_uid=receipt.has_padded_uid,
    )
