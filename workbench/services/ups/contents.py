"""What a creator and a performer say of a step: data sets with all that the standard demands (PS3.4 Table CC.2.5-3)."""

from collections.abc import Sequence
from datetime import datetime

from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset

from workbench.services.ups.attributes import ROWS, Create
from workbench.services.ups.data_sets import date_time
from workbench.services.ups.states import State


def scheduled_step(
    label: str,
    start: datetime,
    *,
    worklist_label: str = "",
    priority: str = "MEDIUM",
    readiness: str = "READY",
    patient_name: str = "",
) -> Dataset:
    """Gives the attributes of a step to create; those that may be empty are, until they are set.

    Args:
        label: Procedure Step Label, what is to be done.
        start: when.
        priority: HIGH, MEDIUM or LOW.
        readiness: of the input: READY, UNAVAILABLE or INCOMPLETE.
    """
    step = Dataset()
    for row in ROWS:
        if row.create not in (Create.OPTIONAL, Create.BY_SCP):
            step.add_new(row.tag, dictionary_VR(row.tag), None)
    step.ProcedureStepState = State.SCHEDULED.value
    step.ProcedureStepLabel, step.WorklistLabel = label, worklist_label
    step.ScheduledProcedureStepStartDateTime = date_time(start)
    step.ScheduledProcedureStepPriority, step.InputReadinessState = priority, readiness
    step.PatientName = patient_name
    return step


def progress(percent: float, description: str = "") -> Dataset:
    """Gives how far a performer is, to be set while the step is IN PROGRESS."""
    item, changes = Dataset(), Dataset()
    item.ProcedureStepProgress = f"{percent:g}"
    if description:
        item.ProcedureStepProgressDescription = description
    changes.ProcedureStepProgressInformationSequence = [item]
    return changes


def performance(
    station: Dataset, workitem: Dataset, started: datetime, ended: datetime, outputs: Sequence[Dataset] = ()
) -> Dataset:
    """Gives what was done, to be set before the step is COMPLETED.

    Args:
        station, workitem: codes of who did it and of what was done; see `code_item`.
        outputs: items of Output Information Sequence, none when nothing came out.
    """
    item, changes = Dataset(), Dataset()
    item.PerformedStationNameCodeSequence = [station]
    item.PerformedWorkitemCodeSequence = [workitem]
    item.PerformedProcedureStepStartDateTime = date_time(started)
    item.PerformedProcedureStepEndDateTime = date_time(ended)
    item.OutputInformationSequence = list(outputs)
    changes.UnifiedProcedureStepPerformedProcedureSequence = [item]
    return changes


def code_item(value: str, scheme: str, meaning: str) -> Dataset:
    """Gives the item of a code sequence (PS3.3 8.8)."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item
