"""Instance Availability Notification: an archive tells which instances of a study can be had, where (PS3.4 Annex R).

The SCU creates a notification for each study; the SCP only takes it. What the SCP has acknowledged it has on disk.
"""

import asyncio
from collections.abc import Callable, Iterable
from os import PathLike
from types import TracebackType
from typing import Final, Protocol, Self

from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from workbench.acse.contexts import propose_classes
from workbench.dimse.messages import NCreateRq
from workbench.dimse.status import INVALID_ATTRIBUTE_VALUE, SUCCESS
from workbench.errors import StatusError
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.services.managed import ManagedInstances
from workbench.services.normalized import Answer, Result, answering, n_create
from workbench.services.offers import Offer
from workbench.services.procedure_step.scu import MODALITY_PERFORMED_PROCEDURE_STEP
from workbench.services.requirements import Required, check_required, items_of, text_of

INSTANCE_AVAILABILITY_NOTIFICATION: Final = "1.2.840.10008.5.1.4.33"
SERVICE: Final = "Instance Availability Notification"

AVAILABILITIES: Final = ("ONLINE", "NEARLINE", "OFFLINE", "UNAVAILABLE")
"""Values of Instance Availability (0008,0056), PS3.3 C.4.23.1.1."""

AVAILABILITY_CONTEXTS: Final = propose_classes(INSTANCE_AVAILABILITY_NOTIFICATION)
"""What an SCU proposes."""

_REFERENCED_SERIES: Final = 0x00081115
_REFERENCED_SOP: Final = 0x00081199
_AVAILABILITY: Final = 0x00080056

# PS3.4 Table R.3.2-1: types 1 and 2.
_TO_CREATE: Final = (
    Required(
        0x00081111,  # Referenced Performed Procedure Step Sequence
        needs_value=False,
        items=(
            Required(0x00081150),  # Referenced SOP Class UID
            Required(0x00081155),  # Referenced SOP Instance UID
            Required(0x00404019, needs_value=False),  # Performed Workitem Code Sequence
        ),
    ),
    Required(0x0020000D),  # Study Instance UID
    Required(
        _REFERENCED_SERIES,
        items=(
            Required(0x0020000E),  # Series Instance UID
            Required(
                _REFERENCED_SOP,
                items=(
                    Required(0x00081150),  # Referenced SOP Class UID
                    Required(0x00081155),  # Referenced SOP Instance UID
                    Required(_AVAILABILITY),
                    Required(0x00080054),  # Retrieve AE Title
                ),
            ),
        ),
    ),
)

NotificationObserver = Callable[[str, Dataset], None]
"""Told the SOP Instance UID of a notification and what it says, on the event loop, before the SCU is answered.

It is kept by then, and its values are a peer's: must not raise.
"""


class Located(Protocol):
    """An instance with its place in a study, such as one of an index."""

    @property
    def sop_class_uid(self) -> str:
        """Its SOP class."""

    @property
    def sop_instance_uid(self) -> str:
        """Its UID."""

    @property
    def study_instance_uid(self) -> str:
        """Its study."""

    @property
    def series_instance_uid(self) -> str:
        """Its series."""


def notifications(
    instances: Iterable[Located], *, retrieve_ae_title: str, availability: str = "ONLINE", step_uid: str = ""
) -> list[Dataset]:
    """Gives a notification for each study of the instances.

    Args:
        retrieve_ae_title: from whom the instances can be retrieved.
        availability: one of AVAILABILITIES.
        step_uid: the performed procedure step of all of them; left empty when it is not known.
    """
    studies: dict[str, dict[str, list[Dataset]]] = {}
    for instance in instances:
        item = Dataset()
        item.ReferencedSOPClassUID = instance.sop_class_uid
        item.ReferencedSOPInstanceUID = instance.sop_instance_uid
        item.InstanceAvailability = availability
        item.RetrieveAETitle = retrieve_ae_title
        series = studies.setdefault(instance.study_instance_uid, {})
        series.setdefault(instance.series_instance_uid, []).append(item)
    return [_notification(study, series, step_uid) for study, series in studies.items()]


async def notify_availability(
    association: Association, notification: Dataset, sop_instance_uid: str | None = None
) -> Result:
    """Creates a notification, under a fresh UID unless one is given (PS3.4 R.3.2).

    Raises:
        NoAcceptedContext: no context was accepted for the SOP class.
        DataSetError: the notification cannot be encoded.
        AssociationError, TransportError: the association ended first.
    """
    uid = sop_instance_uid or str(generate_uid(prefix=None))
    return await n_create(association, INSTANCE_AVAILABILITY_NOTIFICATION, uid, notification, service=SERVICE)


class AvailabilityScp:
    """Takes notifications and keeps them; a context manager around the server.

    Args:
        folder: where they are kept, each a file; made when it does not exist.
        on_notified: see NotificationObserver.

    Raises:
        StorageError: the folder cannot be made or written to.
    """

    def __init__(self, folder: str | PathLike[str], *, on_notified: NotificationObserver | None = None) -> None:
        self.notifications = ManagedInstances(folder, INSTANCE_AVAILABILITY_NOTIFICATION)
        self._on_notified = on_notified

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.notifications.close()

    @property
    def offer(self) -> Offer:
        """What a server offers."""
        return Offer(
            sop_classes={INSTANCE_AVAILABILITY_NOTIFICATION: None},
            handlers={NCreateRq.COMMAND_FIELD: answering(self._create)},
        )

    async def _create(self, request: IncomingRequest, data_set: Dataset) -> Answer:
        message = request.message
        assert isinstance(message, NCreateRq)
        uid = message.affected_sop_instance_uid or str(generate_uid(prefix=None))
        check_required(data_set, _TO_CREATE)
        _check_values(data_set)
        await asyncio.to_thread(self.notifications.create, uid, data_set)
        if self._on_notified is not None:
            self._on_notified(uid, data_set)
        return Answer(SUCCESS, elements={"affected_sop_instance_uid": uid})


def _notification(study: str, series: dict[str, list[Dataset]], step_uid: str) -> Dataset:
    notification = Dataset()
    notification.ReferencedPerformedProcedureStepSequence = []
    if step_uid:
        step = Dataset()
        step.ReferencedSOPClassUID = MODALITY_PERFORMED_PROCEDURE_STEP
        step.ReferencedSOPInstanceUID = step_uid
        step.PerformedWorkitemCodeSequence = []
        notification.ReferencedPerformedProcedureStepSequence = [step]
    notification.StudyInstanceUID = study
    notification.ReferencedSeriesSequence = []
    for uid, items in series.items():
        one = Dataset()
        one.SeriesInstanceUID = uid
        one.ReferencedSOPSequence = items
        notification.ReferencedSeriesSequence.append(one)
    return notification


def _check_values(data_set: Dataset) -> None:
    for series in items_of(data_set, _REFERENCED_SERIES):
        for item in items_of(series, _REFERENCED_SOP):
            if (value := text_of(item, _AVAILABILITY)) not in AVAILABILITIES:
                raise StatusError(
                    INVALID_ATTRIBUTE_VALUE,
                    f"Instance Availability (0008,0056) {value[:16]!r} is no such value",
                    attribute_identifier_list=(_AVAILABILITY,),
                )
