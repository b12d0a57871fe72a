"""Media Creation Management: requests to write instances on interchange media, asked and booked (PS3.4 Annex S).

The SCP here writes no media. It keeps the requests, answers as the standard says, and tells that an initiated one is
PENDING and QUEUED, until the application that makes the media reports otherwise with `MediaCreationScp.report`.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from enum import Enum, IntEnum
from os import PathLike
from types import TracebackType
from typing import Final, Self

from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from workbench.acse.contexts import propose_classes
from workbench.dimse.messages import NActionRq, NCreateRq, NGetRq
from workbench.dimse.status import INVALID_ARGUMENT_VALUE, NO_SUCH_ACTION_TYPE, OPTIONAL_ATTRIBUTES_NOT_SUPPORTED
from workbench.errors import StatusError
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.services.managed import ManagedInstances, modified
from workbench.services.normalized import Answer, Result, answering, n_action, n_create, n_get
from workbench.services.offers import Offer
from workbench.services.requirements import Required, check_allowed, check_required, is_empty, text_of
from workbench.uids import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
)

MEDIA_CREATION_MANAGEMENT: Final = "1.2.840.10008.5.1.1.33"
SERVICE: Final = "Media Creation Management"
"""In whose words statuses are told; a key of `dimse.status.SERVICES`."""

ALREADY_INITIATED: Final = 0xA510
ALREADY_COMPLETED: Final = 0xC201
ALREADY_IN_PROGRESS: Final = 0xC202
CANCELLATION_DENIED: Final = 0xC203

MEDIA_CREATION_CONTEXTS: Final = propose_classes(MEDIA_CREATION_MANAGEMENT)
"""What an SCU proposes."""

_SYNTAXES: Final = (
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
)
_CHARACTER_SET: Final = 0x00080005
_STATUS: Final = 0x21000020
_STATUS_INFO: Final = 0x21000030
_COPIES: Final = 0x20000010
_PRIORITY: Final = 0x22000020
_PIECES: Final = 0x2200000B
_FAILED: Final = 0x00081198
_MEDIA: Final = 0x2200000D
_RESULTS: Final = (_STATUS, _STATUS_INFO, _PIECES, _FAILED, _MEDIA)  # the SCP's own (PS3.4 Table S.3.2.4.1-1)

# PS3.4 Table S.3.2.1.1-1: all others are optional
_TO_CREATE: Final = (Required(0x00081199, items=(Required(0x00081150), Required(0x00081155))),)


class MediaAction(IntEnum):
    """Action Type ID of an N-ACTION (PS3.4 Tables S.3.2.2.1-1 and S.3.2.3.1-1)."""

    INITIATE = 1
    CANCEL = 2


class ExecutionStatus(Enum):
    """Execution Status (2100,0020) (PS3.3 C.22.1)."""

    IDLE = "IDLE"
    PENDING = "PENDING"
    CREATING = "CREATING"
    DONE = "DONE"
    FAILURE = "FAILURE"


_CANCELLED: Final[Mapping[ExecutionStatus, int]] = {
    ExecutionStatus.IDLE: 0x0000,
    ExecutionStatus.PENDING: 0x0000,
    ExecutionStatus.CREATING: ALREADY_IN_PROGRESS,
    ExecutionStatus.DONE: ALREADY_COMPLETED,
    ExecutionStatus.FAILURE: ALREADY_COMPLETED,
}
_WORDS: Final[Mapping[int, str]] = {
    ALREADY_INITIATED: "this request was initiated before",
    ALREADY_COMPLETED: "the media are made, or have failed",
    ALREADY_IN_PROGRESS: "the media are being made",
    CANCELLATION_DENIED: "this request may not be cancelled",
}


async def create_media_request(
    association: Association,
    references: Iterable[tuple[str, str]],
    attributes: Dataset | None = None,
    sop_instance_uid: str | None = None,
) -> Result:
    """Places a request (PS3.4 S.3.2.1); nothing is done about it until it is initiated.

    Args:
        references: SOP Class UID and SOP Instance UID of what is to be on the media.
        attributes: label, disposition and other wishes of Table S.3.2.1.1-1.
        sop_instance_uid: the request's; None makes one. It is in the result's message.

    Raises:
        NoAcceptedContext: the class was not accepted.
        DataSetError: a data set cannot be encoded or decoded.
        AssociationError, TransportError: the association ended first. So do the other calls.
    """
    request = Dataset()
    request.update(attributes or Dataset())
    request.ReferencedSOPSequence = [_reference(*reference) for reference in references]
    uid = sop_instance_uid or str(generate_uid(prefix=None))
    return await n_create(association, MEDIA_CREATION_MANAGEMENT, uid, request, service=SERVICE)


async def initiate_media_creation(
    association: Association, sop_instance_uid: str, *, copies: int | None = None, priority: str = ""
) -> Result:
    """Lets the media be made (PS3.4 S.3.2.2).

    Args:
        copies: how many; the SCP decides when None.
        priority: HIGH, MED or LOW.
    """
    information = Dataset()
    if copies is not None:
        information.NumberOfCopies = copies
    if priority:
        information.RequestPriority = priority
    uid = sop_instance_uid
    return await n_action(
        association, MEDIA_CREATION_MANAGEMENT, uid, MediaAction.INITIATE, information, service=SERVICE
    )


async def cancel_media_creation(association: Association, sop_instance_uid: str) -> Result:
    """Takes a request back (PS3.4 S.3.2.3); after a success there is no such request any more."""
    uid = sop_instance_uid
    return await n_action(association, MEDIA_CREATION_MANAGEMENT, uid, MediaAction.CANCEL, service=SERVICE)


async def get_media_result(
    association: Association, sop_instance_uid: str, attributes: Iterable[int] = _RESULTS
) -> Result:
    """Asks how far a request is (PS3.4 S.3.2.4): its status, what was made and what failed."""
    return await n_get(association, MEDIA_CREATION_MANAGEMENT, sop_instance_uid, attributes, service=SERVICE)


class MediaCreationScp:
    """Books requests in a folder; give `offer` to a server, leave the context when it has stopped.

    Args:
        folder: where the requests are kept; made when it does not exist.
        on_initiated: told the UID and the whole request on the event loop when one is to be carried out; it is kept by
            then. Must not raise.
        may_cancel: whether a request that is not under way may be taken back (otherwise C203H).

    Raises:
        StorageError: the folder cannot be made or written to.
    """

    def __init__(
        self,
        folder: str | PathLike[str],
        *,
        on_initiated: Callable[[str, Dataset], None] | None = None,
        may_cancel: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self.requests = ManagedInstances(folder, MEDIA_CREATION_MANAGEMENT)
        self._on_initiated = on_initiated
        self._may_cancel = may_cancel

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.requests.close()

    @property
    def offer(self) -> Offer:
        """What a server offers."""
        return Offer(
            sop_classes={MEDIA_CREATION_MANAGEMENT: _SYNTAXES},
            handlers={
                NCreateRq.COMMAND_FIELD: answering(self._create),
                NActionRq.COMMAND_FIELD: answering(self._act),
                NGetRq.COMMAND_FIELD: answering(self._get),
            },
        )

    async def report(
        self,
        sop_instance_uid: str,
        status: ExecutionStatus,
        information: str = "NORMAL",
        *,
        pieces: int = 0,
        failed: Iterable[Dataset] = (),
        media: Iterable[Dataset] = (),
    ) -> None:
        """Enters what became of a request, for those who ask.

        Args:
            information: Execution Status Info (PS3.3 C.22.1), such as OUT_OF_SUPPLIES.
            pieces: media made so far.
            failed: items of Failed SOP Sequence.
            media: items of Referenced Storage Media Sequence.

        Raises:
            StatusError: there is no such request (0112H), or it cannot be kept.
        """
        results = _results(status, information, pieces=pieces, failed=failed, media=media)
        await asyncio.to_thread(self.requests.change, sop_instance_uid, lambda held: modified(held, results))

    async def _create(self, request: IncomingRequest, attributes: Dataset) -> Answer:
        assert isinstance(request.message, NCreateRq)
        check_required(attributes, _TO_CREATE)
        check_allowed(attributes, _RESULTS)
        uid = request.message.affected_sop_instance_uid or str(generate_uid(prefix=None))
        booked = modified(attributes, _results(ExecutionStatus.IDLE))
        await asyncio.to_thread(self.requests.create, uid, booked)
        return Answer(elements={"affected_sop_instance_uid": uid})

    async def _act(self, request: IncomingRequest, information: Dataset) -> Answer:
        message = request.message
        assert isinstance(message, NActionRq)
        uid = message.requested_sop_instance_uid
        match message.action_type_id:
            case MediaAction.INITIATE:
                wishes = _wishes(information)
                booked = await asyncio.to_thread(self.requests.change, uid, lambda held: _initiated(held, wishes))
                if self._on_initiated is not None:
                    self._on_initiated(uid, booked)
            case MediaAction.CANCEL:
                await asyncio.to_thread(self._cancel, uid)
            case unknown:
                raise StatusError(NO_SUCH_ACTION_TYPE, f"there is no action {unknown}")
        return Answer()

    def _cancel(self, uid: str) -> None:
        status = _CANCELLED[_status_of(self.requests.read(uid))]
        if status == 0x0000 and not self._may_cancel(uid):
            status = CANCELLATION_DENIED
        if status != 0x0000:
            raise StatusError(status, _WORDS[status])
        self.requests.delete(uid)

    async def _get(self, request: IncomingRequest, _: Dataset) -> Answer:
        assert isinstance(request.message, NGetRq)
        held = await asyncio.to_thread(self.requests.read, request.message.requested_sop_instance_uid)
        asked = request.message.attribute_identifier_list
        if not asked:
            return Answer(data_set=held)
        shown = Dataset()
        for tag in (_CHARACTER_SET, *asked):
            if tag in held:
                shown[tag] = held[tag]
        unsupported = tuple(tag for tag in asked if tag not in held and tag != _CHARACTER_SET)
        if not unsupported:
            return Answer(data_set=shown)
        return Answer(OPTIONAL_ATTRIBUTES_NOT_SUPPORTED, shown, "", {"attribute_identifier_list": unsupported})


def _initiated(held: Dataset, wishes: Dataset) -> Dataset:
    if _status_of(held) is not ExecutionStatus.IDLE:
        raise StatusError(ALREADY_INITIATED, _WORDS[ALREADY_INITIATED])
    return modified(modified(held, wishes), _results(ExecutionStatus.PENDING, "QUEUED"))


def _status_of(held: Dataset) -> ExecutionStatus:
    return ExecutionStatus(text_of(held, _STATUS))


def _wishes(information: Dataset) -> Dataset:
    wishes = Dataset()
    copies = text_of(information, _COPIES)
    if _COPIES in information and not (copies.isascii() and copies.isdigit() and int(copies) > 0):
        raise StatusError(INVALID_ARGUMENT_VALUE, f"(2000,0010) {copies[:20]!r} is no number of copies")
    if copies:
        wishes.add_new(_COPIES, "IS", copies)
    if not is_empty(information, _PRIORITY):
        priority = text_of(information, _PRIORITY)
        if priority not in ("HIGH", "MED", "LOW"):
            raise StatusError(INVALID_ARGUMENT_VALUE, f"(2200,0020) {priority[:20]!r} is not HIGH, MED or LOW")
        wishes.add_new(_PRIORITY, "CS", priority)
    return wishes


def _results(
    status: ExecutionStatus,
    information: str = "NORMAL",
    *,
    pieces: int = 0,
    failed: Iterable[Dataset] = (),
    media: Iterable[Dataset] = (),
) -> Dataset:
    results = Dataset()
    for tag, value in zip(_RESULTS, (status.value, information, pieces, list(failed), list(media)), strict=True):
        results.add_new(tag, dictionary_VR(tag), value)
    return results


def _reference(sop_class_uid: str, sop_instance_uid: str) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = sop_class_uid, sop_instance_uid
    return item
