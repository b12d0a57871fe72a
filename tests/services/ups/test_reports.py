"""What event reports say."""

from pydicom.dataset import Dataset

from tests.services.ups.steps import code, data_set, new_step
from workbench.services.ups.reports import (
    assigned,
    cancel_requested,
    cancellation,
    progress_report,
    scp_status_change,
    state_report,
)


def test_a_state_report_has_state_and_readiness() -> None:
    expected = data_set(ProcedureStepState="SCHEDULED", InputReadinessState="READY")
    assert state_report(new_step()) == expected


def test_the_report_of_a_canceled_step_tells_why() -> None:
    why = data_set(ReasonForCancellation="broken", ProcedureStepDiscontinuationReasonCodeSequence=[code()])
    step = new_step(ProcedureStepState="CANCELED", ProcedureStepProgressInformationSequence=[why])
    report = state_report(step)
    assert report.ReasonForCancellation == "broken"
    assert report.ProcedureStepDiscontinuationReasonCodeSequence[0] == code()


def test_a_cancel_request_is_passed_on_with_who_asked() -> None:
    request = data_set(ReasonForCancellation="late", ContactURI="tel:1", PatientName="not for everyone")
    assert cancel_requested("ASKER", request) == data_set(
        ReasonForCancellation="late", ContactURI="tel:1", RequestingAE="ASKER"
    )


def test_a_progress_report_is_the_progress_information() -> None:
    progress = data_set(ProcedureStepProgressInformationSequence=[data_set(ProcedureStepProgress="40")])
    step = new_step()
    step.update(progress)
    assert progress_report(step) == progress


def test_an_assignment_names_station_and_each_performer() -> None:
    people = [
        data_set(HumanPerformerCodeSequence=[code("1", "A")], HumanPerformerName="A^B", HumanPerformerOrganization="X"),
        data_set(HumanPerformerCodeSequence=[code("2", "B")]),
    ]
    both = assigned(new_step(ScheduledStationNameCodeSequence=[code()], ScheduledHumanPerformersSequence=people))
    assert [one.HumanPerformerCodeSequence[0].CodeValue for one in both] == ["1", "2"]
    assert [one.ScheduledStationNameCodeSequence[0] for one in both] == [code(), code()]
    assert both[0].HumanPerformerOrganization == "X"
    assert assigned(new_step(ScheduledStationNameCodeSequence=[code()])) == [
        data_set(ScheduledStationNameCodeSequence=[code()])
    ]
    assert assigned(new_step()) == []


def test_a_status_change_tells_whether_the_lists_are_those_of_before() -> None:
    warm, cold = (scp_status_change("RESTARTED", preserved=preserved) for preserved in (True, False))
    assert (warm.SCPStatus, warm.SubscriptionListStatus, warm.UnifiedProcedureStepListStatus) == (
        "RESTARTED",
        "WARM START",
        "WARM START",
    )
    assert cold.SubscriptionListStatus == "COLD START"


def test_a_request_to_cancel_becomes_progress_information() -> None:
    request = data_set(ReasonForCancellation="late", ContactURI="tel:1", ContactDisplayName="Ann")
    assert cancellation(request) == data_set(
        ReasonForCancellation="late",
        ProcedureStepCommunicationsURISequence=[data_set(ContactURI="tel:1", ContactDisplayName="Ann")],
    )
    assert cancellation(data_set(ContactDisplayName="nobody can be reached by a name")) == Dataset()
