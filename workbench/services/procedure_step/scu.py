"""Modality Performed Procedure Step, as SCU: a modality tells what it does, others look or are told (PS3.4 F.7 to F.9).

A step is created IN PROGRESS, may be modified as long as it is, and ends COMPLETED or DISCONTINUED. Three SOP classes
share its instance: one to create and set it, one to get it, one to be notified.
"""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from enum import IntEnum
from typing import Final

from pydicom.dataset import Dataset

from workbench.acse.contexts import propose_classes
from workbench.dimse.messages import NEventReportRq
from workbench.dimse.status import NO_SUCH_EVENT_TYPE
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.services.normalized import Answer, Result, answering, n_create, n_get, n_set
from workbench.services.offers import Offer
from workbench.services.requirements import items_of

MODALITY_PERFORMED_PROCEDURE_STEP: Final = "1.2.840.10008.3.1.2.3.3"
MPPS_RETRIEVE: Final = "1.2.840.10008.3.1.2.3.4"
MPPS_NOTIFICATION: Final = "1.2.840.10008.3.1.2.3.5"

SERVICE: Final = "Modality Performed Procedure Step"

IN_PROGRESS: Final = "IN PROGRESS"
COMPLETED: Final = "COMPLETED"
DISCONTINUED: Final = "DISCONTINUED"

PROCEDURE_STEP_CONTEXTS: Final = propose_classes(MODALITY_PERFORMED_PROCEDURE_STEP, MPPS_RETRIEVE, MPPS_NOTIFICATION)
"""What a modality or an observer proposes."""

# PS3.4 Table F.7.2-1: what a step takes over from the worklist item that it was scheduled by (PS3.4 K.6.1.2.2).
_FROM_ITEM: Final = (
    "StudyInstanceUID",
    "ReferencedStudySequence",
    "AccessionNumber",
    "RequestedProcedureID",
    "RequestedProcedureDescription",
)
_SCHEDULED_STEPS: Final = 0x00400100  # Scheduled Procedure Step Sequence
_FROM_SCHEDULED_STEP: Final = (
    "ScheduledProcedureStepID",
    "ScheduledProcedureStepDescription",
    "ScheduledProtocolCodeSequence",
)
_PATIENT: Final = ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "ReferencedPatientSequence")
_EMPTY_AT_FIRST: Final = (
    "PerformedStationName",
    "PerformedLocation",
    "PerformedProcedureStepDescription",
    "PerformedProcedureTypeDescription",
    "ProcedureCodeSequence",
    "PerformedProcedureStepEndDate",
    "PerformedProcedureStepEndTime",
    "StudyID",
    "PerformedProtocolCodeSequence",
    "PerformedSeriesSequence",
)


class StepEvent(IntEnum):
    """What a notification tells: its Event Type ID (PS3.4 Table F.9.2-1); there is no event information."""

    IN_PROGRESS = 1
    COMPLETED = 2
    DISCONTINUED = 3
    UPDATED = 4
    DELETED = 5


def step_attributes(
    item: Dataset, *, step_id: str, station_ae_title: str, modality: str = "", started: datetime | None = None
) -> Dataset:
    """Gives the attributes with which a step is created, all of type 1 and 2 of PS3.4 Table F.7.2-1.

    Args:
        item: a worklist item; of an unscheduled step, whatever of it is known, at least Study Instance UID.
        step_id: Performed Procedure Step ID, the modality's number.
        station_ae_title: of the modality.
        modality: such as "CT"; that of the item when empty.
        started: now, when None.

    Raises:
        StatusError: Scheduled Procedure Step Sequence of the item is no sequence.
    """
    started = started or datetime.now()
    scheduled = next(iter(items_of(item, _SCHEDULED_STEPS)), Dataset())
    relation = Dataset()
    _copy(item, relation, _FROM_ITEM)
    _copy(scheduled, relation, _FROM_SCHEDULED_STEP)
    step = Dataset()
    if "SpecificCharacterSet" in item:
        step.SpecificCharacterSet = item.SpecificCharacterSet
    step.ScheduledStepAttributesSequence = [relation]
    _copy(item, step, _PATIENT)
    _copy(Dataset(), step, _EMPTY_AT_FIRST)
    step.StudyID = item.get("RequestedProcedureID", "")
    step.PerformedProcedureStepID = step_id
    step.PerformedStationAETitle = station_ae_title
    step.PerformedProcedureStepStartDate = started.strftime("%Y%m%d")
    step.PerformedProcedureStepStartTime = started.strftime("%H%M%S")
    step.PerformedProcedureStepStatus = IN_PROGRESS
    step.Modality = modality or scheduled.get("Modality", "") or item.get("Modality", "")
    return step


async def create_step(association: Association, attributes: Dataset, sop_instance_uid: str | None = None) -> Result:
    """Creates a step (F.7.2.1); without a UID the SCP chooses one: `result.message.affected_sop_instance_uid`.

    Raises:
        NoAcceptedContext: no context was accepted for the SOP class.
        DataSetError: the attributes cannot be encoded.
        AssociationError, TransportError: the association ended first.
    """
    return await n_create(association, MODALITY_PERFORMED_PROCEDURE_STEP, sop_instance_uid, attributes)


async def set_step(association: Association, sop_instance_uid: str, modifications: Dataset) -> Result:
    """Modifies a step that is IN PROGRESS (F.7.2.2); a sequence is replaced whole. Raises as `create_step`."""
    return await n_set(association, MODALITY_PERFORMED_PROCEDURE_STEP, sop_instance_uid, modifications, service=SERVICE)


async def complete_step(
    association: Association, sop_instance_uid: str, modifications: Dataset, *, ended: datetime | None = None
) -> Result:
    """Ends a step as COMPLETED, now unless `ended` says when.

    The modifications, which are completed here by status, date and time, have to hold Performed Series Sequence unless
    it was set before. Raises as `create_step`.
    """
    return await set_step(association, sop_instance_uid, _ended(modifications, COMPLETED, ended))


async def discontinue_step(
    association: Association, sop_instance_uid: str, modifications: Dataset, *, ended: datetime | None = None
) -> Result:
    """Ends a step as DISCONTINUED; see `complete_step`."""
    return await set_step(association, sop_instance_uid, _ended(modifications, DISCONTINUED, ended))


async def get_step(association: Association, sop_instance_uid: str, attributes: Iterable[int] = ()) -> Result:
    """Asks for attributes of a step, by their tags, none for all (F.8.2.1); raises as `create_step`."""
    return await n_get(association, MPPS_RETRIEVE, sop_instance_uid, attributes)


def notified_offer(take: Callable[[StepEvent, str], Awaitable[None]]) -> Offer:
    """Gives what an SCU of the Notification class offers to an SCP that opens an association to it (F.9.2).

    The handlers also serve `connect(..., handlers=)`, for reports on an association of our own.

    Args:
        take: told the event and the SOP Instance UID of the step, before the SCP is answered.
    """

    async def reported(request: IncomingRequest, _: Dataset) -> Answer:
        message = request.message
        assert isinstance(message, NEventReportRq)
        if message.event_type_id not in StepEvent.__members__.values():
            return Answer(NO_SUCH_EVENT_TYPE, comment=f"event type {message.event_type_id} is not 1 to 5")
        await take(StepEvent(message.event_type_id), message.affected_sop_instance_uid)
        return Answer()

    return Offer(
        sop_classes={MPPS_NOTIFICATION: None},
        handlers={NEventReportRq.COMMAND_FIELD: answering(reported)},
        roles={MPPS_NOTIFICATION: (True, True)},
    )


def _copy(source: Dataset, target: Dataset, keywords: Iterable[str]) -> None:
    """Copies elements; those that the source lacks become empty."""
    for keyword in keywords:
        if keyword in source:
            target[keyword] = source[keyword]
        else:
            setattr(target, keyword, [] if keyword.endswith("Sequence") else "")


def _ended(modifications: Dataset, status: str, ended: datetime | None) -> Dataset:
    ended = ended or datetime.now()
    complete = Dataset()
    complete.update(modifications)
    complete.PerformedProcedureStepStatus = status
    complete.PerformedProcedureStepEndDate = ended.strftime("%Y%m%d")
    complete.PerformedProcedureStepEndTime = ended.strftime("%H%M%S")
    return complete
