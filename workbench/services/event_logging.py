"""Procedural Event Logging: devices of a study report events, one of them keeps the log (PS3.4 P.2).

The SCP keeps each record as it came, before it answers; whoever makes a Procedure Log of them finds them in its folder.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from os import PathLike
from types import TracebackType
from typing import Final, Self

from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from workbench.acse.contexts import propose_classes
from workbench.dimse.messages import NActionRq
from workbench.dimse.status import NO_SUCH_ACTION_TYPE, NO_SUCH_SOP_INSTANCE
from workbench.errors import StatusError
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.services.managed import ManagedInstances
from workbench.services.normalized import Answer, Result, answering, n_action
from workbench.services.offers import Offer
from workbench.services.requirements import Required, check_required

PROCEDURAL_EVENT_LOGGING: Final = "1.2.840.10008.1.40"
LOGGING_INSTANCE: Final = "1.2.840.10008.1.40.1"
"""The well-known SOP Instance to which records are sent (PS3.6 A)."""

SERVICE: Final = "Application Event Logging"
RECORD_PROCEDURAL_EVENT: Final = 1  # Action Type ID, PS3.4 Table P.2-2
EVENT_DOES_NOT_MATCH_TEMPLATE: Final = 0xC102  # PS3.4 Table P.2-3

EVENT_LOGGING_CONTEXTS: Final = propose_classes(PROCEDURAL_EVENT_LOGGING)
"""What an SCU proposes."""

# PS3.4 Table P.2-2, and of the SR Document Content Module what tells that there is content (PS3.3 C.17.3).
_TO_RECORD: Final = (
    Required(0x00100020, needs_value=False),  # Patient ID
    Required(0x0020000D, needs_value=False),  # Study Instance UID
    Required(0x00200010, needs_value=False),  # Study ID
    Required(0x00200200, needs_value=False),  # Synchronization Frame of Reference UID
    Required(0x00400243, needs_value=False),  # Performed Location
    Required(0x0040A040),  # Value Type
)

EventObserver = Callable[[str, Dataset], None]
"""Told the AE title that reports and its record, on the event loop, before the SCU is answered.

The record is kept by then, and its values are a peer's: must not raise.
"""


def event_record(
    *, concept: tuple[str, str, str], text: str, study_uid: str = "", patient_id: str = "", at: datetime | None = None
) -> Dataset:
    """Gives a record of one event, told in words.

    Args:
        concept: what kind of event, as code value, coding scheme designator and code meaning.
        text: what happened.
        study_uid: the study to which it belongs; empty when the device does not know.
        at: when; now, when None.
    """
    event, record = Dataset(), Dataset()
    event.RelationshipType = "CONTAINS"
    event.ObservationDateTime = (at or datetime.now()).strftime("%Y%m%d%H%M%S")
    event.ValueType = "TEXT"
    event.ConceptNameCodeSequence = [_code(*concept)]
    event.TextValue = text
    record.SpecificCharacterSet = "ISO_IR 192"
    record.PatientID, record.StudyInstanceUID, record.StudyID = patient_id, study_uid, ""
    record.SynchronizationFrameOfReferenceUID = ""
    record.PerformedLocation = ""
    record.ValueType = "CONTAINER"
    record.ConceptNameCodeSequence = [_code("121120", "DCM", "Cath Procedure Log")]  # PS3.16 TID 3001
    record.ContinuityOfContent = "SEPARATE"
    record.ContentSequence = [event]
    return record


async def log_event(association: Association, record: Dataset) -> Result:
    """Reports an event (PS3.4 P.2.2).

    Raises:
        NoAcceptedContext: no context was accepted for the SOP class.
        DataSetError: the record cannot be encoded.
        AssociationError, TransportError: the association ended first.
    """
    uid, action = LOGGING_INSTANCE, RECORD_PROCEDURAL_EVENT
    return await n_action(association, PROCEDURAL_EVENT_LOGGING, uid, action, record, service=SERVICE)


class EventLoggingScp:
    """Takes records and keeps them; a context manager around the server.

    Args:
        folder: where they are kept, each a file; made when it does not exist.
        on_event: see EventObserver.

    Raises:
        StorageError: the folder cannot be made or written to.
    """

    def __init__(self, folder: str | PathLike[str], *, on_event: EventObserver | None = None) -> None:
        self.records = ManagedInstances(folder, PROCEDURAL_EVENT_LOGGING)
        self._on_event = on_event

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.records.close()

    @property
    def offer(self) -> Offer:
        """What a server offers."""
        return Offer(
            sop_classes={PROCEDURAL_EVENT_LOGGING: None},
            handlers={NActionRq.COMMAND_FIELD: answering(self._record)},
        )

    async def _record(self, request: IncomingRequest, data_set: Dataset) -> Answer:
        message = request.message
        assert isinstance(message, NActionRq)
        if message.requested_sop_instance_uid != LOGGING_INSTANCE:
            raise StatusError(NO_SUCH_SOP_INSTANCE, f"the instance of this class is {LOGGING_INSTANCE}")
        if message.action_type_id != RECORD_PROCEDURAL_EVENT:
            raise StatusError(NO_SUCH_ACTION_TYPE, f"action type {message.action_type_id} is not 1")
        try:
            check_required(data_set, _TO_RECORD)
        except StatusError as error:  # an N-ACTION has no status for a missing attribute (PS3.7 10.1.4)
            raise StatusError(EVENT_DOES_NOT_MATCH_TEMPLATE, error.comment) from error
        await asyncio.to_thread(self.records.create, str(generate_uid(prefix=None)), data_set)
        if self._on_event is not None:
            self._on_event(request.association.calling_ae_title, data_set)
        return Answer()


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return code
