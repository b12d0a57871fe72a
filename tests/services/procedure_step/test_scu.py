"""A modality's calls about a performed procedure step, and what an observer is told."""

from datetime import datetime

import pytest
from pydicom.dataset import Dataset

from tests.services.applications import application, asking
from workbench.dimse.messages import NCreateRq, NGetRq, NSetRq
from workbench.net.incoming import IncomingRequest
from workbench.services.normalized import Answer, answering, n_event_report
from workbench.services.offers import Offer
from workbench.services.procedure_step.scu import (
    MODALITY_PERFORMED_PROCEDURE_STEP,
    MPPS_NOTIFICATION,
    MPPS_RETRIEVE,
    StepEvent,
    complete_step,
    create_step,
    discontinue_step,
    get_step,
    notified_offer,
    set_step,
    step_attributes,
)

NOON = datetime(2026, 1, 2, 12, 0, 1)


def worklist_item() -> Dataset:
    item, step, code = Dataset(), Dataset(), Dataset()
    item.SpecificCharacterSet = "ISO_IR 192"
    item.PatientName = "山田^太郎"
    item.PatientID = "P1"
    item.StudyInstanceUID = "1.2.3"
    item.AccessionNumber = "A1"
    item.RequestedProcedureID = "R1"
    step.Modality = "CT"
    step.ScheduledProcedureStepID = "S1"
    code.CodeValue = "T1"
    step.ScheduledProtocolCodeSequence = [code]
    item.ScheduledProcedureStepSequence = [step]
    return item


def test_a_step_takes_over_what_the_worklist_item_says() -> None:
    step = step_attributes(worklist_item(), step_id="PPS1", station_ae_title="CT1", started=NOON)
    (relation,) = step.ScheduledStepAttributesSequence
    assert (relation.StudyInstanceUID, relation.AccessionNumber, relation.RequestedProcedureID) == ("1.2.3", "A1", "R1")
    assert (relation.ScheduledProcedureStepID, relation.ScheduledProcedureStepDescription) == ("S1", "")
    assert relation.ScheduledProtocolCodeSequence[0].CodeValue == "T1"
    assert (step.PatientName, step.PatientID, step.PatientSex, step.Modality) == ("山田^太郎", "P1", "", "CT")
    assert (step.PerformedProcedureStepStartDate, step.PerformedProcedureStepStartTime) == ("20260102", "120001")
    assert (step.PerformedProcedureStepID, step.PerformedStationAETitle) == ("PPS1", "CT1")
    assert step.PerformedProcedureStepStatus == "IN PROGRESS"


def test_an_unscheduled_step_needs_little() -> None:
    item = Dataset()
    item.StudyInstanceUID = "1.2.3"
    step = step_attributes(item, step_id="PPS1", station_ae_title="CT1", modality="CT")
    (relation,) = step.ScheduledStepAttributesSequence
    assert (relation.ScheduledProcedureStepID, list(relation.ReferencedStudySequence)) == ("", [])
    assert step.Modality == "CT"


async def test_each_call_says_what_it_is_for() -> None:
    told: list[tuple[str, str, str, str]] = []

    async def take(request: IncomingRequest, data_set: Dataset) -> Answer:
        status = str(data_set.get("PerformedProcedureStepStatus", ""))
        end = str(data_set.get("PerformedProcedureStepEndDate", "")) + str(
            data_set.get("PerformedProcedureStepEndTime", "")
        )
        told.append((request.message.NAME, request.context.abstract_syntax, status, end))
        return Answer()

    kinds = (NCreateRq.COMMAND_FIELD, NSetRq.COMMAND_FIELD, NGetRq.COMMAND_FIELD)
    offer = Offer(
        sop_classes={MODALITY_PERFORMED_PROCEDURE_STEP: None, MPPS_RETRIEVE: None},
        handlers={kind: answering(take) for kind in kinds},
    )
    comment = Dataset()
    comment.CommentsOnThePerformedProcedureStep = "all well"
    async with (
        application(offer) as node,
        asking(node, MODALITY_PERFORMED_PROCEDURE_STEP, MPPS_RETRIEVE) as association,
    ):
        step = step_attributes(worklist_item(), step_id="1", station_ae_title="CT1")
        assert (await create_step(association, step, "1.2.9")).is_done
        assert (await set_step(association, "1.2.9", comment)).is_done
        assert (await complete_step(association, "1.2.9", comment, ended=NOON)).is_done
        assert (await discontinue_step(association, "1.2.9", comment, ended=NOON)).is_done
        assert (await get_step(association, "1.2.9", [0x00400252])).is_done
    assert told == [
        ("N-CREATE-RQ", MODALITY_PERFORMED_PROCEDURE_STEP, "IN PROGRESS", ""),
        ("N-SET-RQ", MODALITY_PERFORMED_PROCEDURE_STEP, "", ""),
        ("N-SET-RQ", MODALITY_PERFORMED_PROCEDURE_STEP, "COMPLETED", "20260102120001"),
        ("N-SET-RQ", MODALITY_PERFORMED_PROCEDURE_STEP, "DISCONTINUED", "20260102120001"),
        ("N-GET-RQ", MPPS_RETRIEVE, "", ""),
    ]
    assert "PerformedProcedureStepStatus" not in comment


@pytest.mark.parametrize(("event_type", "status"), [(1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0x0113), (0, 0x0113)])
async def test_an_observer_takes_the_five_events_and_no_other(event_type: int, status: int) -> None:
    events: list[tuple[StepEvent, str]] = []

    async def take(event: StepEvent, uid: str) -> None:
        events.append((event, uid))

    async with application(notified_offer(take)) as node, asking(node, MPPS_NOTIFICATION) as association:
        context = association.agreement.context_for(MPPS_NOTIFICATION)
        result = await n_event_report(association, MPPS_NOTIFICATION, "1.2.9", event_type, context=context)
    assert result.status == status
    assert events == ([] if status else [(StepEvent(event_type), "1.2.9")])
