"""What the makers of data sets make is enough for the SCP."""

from datetime import timedelta

import pytest

from tests.services.ups.steps import LOCK, NOW, UID, clock, code, data_set
from workbench.services.ups.contents import code_item, performance, progress, scheduled_step
from workbench.services.ups.states import State
from workbench.services.ups.worklist import Worklist


@pytest.mark.parametrize("outputs", [[], [data_set(TypeOfInstances="DICOM")]])
def test_a_step_made_so_can_be_created_and_completed(outputs: list[object]) -> None:
    worklist = Worklist(clock=clock)
    step = scheduled_step("Dose check", NOW, worklist_label="PHYSICS", priority="HIGH", patient_name="Doe^Jane")
    worklist.apply(worklist.create(UID, step))
    worklist.apply(worklist.change_state(UID, "IN PROGRESS", LOCK))
    done = performance(code(), code(), NOW, NOW + timedelta(minutes=5), outputs)  # type: ignore[arg-type]
    done.TransactionUID = LOCK
    worklist.apply(worklist.modify(UID, done))
    worklist.apply(worklist.change_state(UID, "COMPLETED", LOCK))
    kept = worklist.step(UID)
    assert (kept.state, kept.data_set.WorklistLabel, str(kept.data_set.PatientName)) == (
        State.COMPLETED,
        "PHYSICS",
        "Doe^Jane",
    )


def test_progress_is_a_number_and_words() -> None:
    assert progress(12.5, "half of a quarter") == data_set(
        ProcedureStepProgressInformationSequence=[
            data_set(ProcedureStepProgress="12.5", ProcedureStepProgressDescription="half of a quarter")
        ]
    )
    assert "ProcedureStepProgressDescription" not in progress(100).ProcedureStepProgressInformationSequence[0]


def test_a_code_has_value_scheme_and_meaning() -> None:
    assert code_item("121726", "DCM", "RT treatment") == code()
