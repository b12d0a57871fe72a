"""Which keys are supported for a worklist item."""

from pydicom.dataset import Dataset

from tests.services.worklist.samples import MINIMAL
from workbench.services.worklist.items import data_set_of, identifier
from workbench.services.worklist.keys import ITEM_KEYS, STEP_KEYS, supported_conditions, supports
from workbench.storage.matching import read_identifier


def test_all_that_an_entry_has_is_supported() -> None:
    request = read_identifier(identifier({"modality": "CT", "patient_id": "P1"}))
    item = data_set_of(MINIMAL)
    assert supports(item, request.return_keys)
    assert supported_conditions(item, request.conditions) == request.conditions
    assert 0 not in ITEM_KEYS | STEP_KEYS


def test_conditions_on_other_keys_are_dropped_also_within_the_step() -> None:
    step, data_set = Dataset(), Dataset()
    step.Modality, step.Laterality = "CT", "L"
    data_set.ScheduledProcedureStepSequence = [step]
    data_set.StudyDescription = "x"
    request = read_identifier(data_set)
    item = data_set_of(MINIMAL)
    (kept,) = supported_conditions(item, request.conditions)
    assert [condition.values for condition in kept.items] == [("CT",)]
    assert not supports(item, request.return_keys)
