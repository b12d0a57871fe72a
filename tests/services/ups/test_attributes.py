"""What may be created and set, and what a final state needs (Table CC.2.5-3)."""

import pytest
from pydicom.config import IGNORE
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from tests.services.ups.steps import UID, data_set, new_step, performed
from workbench.errors import StatusError
from workbench.services.ups.attributes import (
    BY_TAG,
    ROWS,
    Create,
    FinalCode,
    Set,
    check_creation,
    check_modification,
    correct,
    missing_for,
)
from workbench.services.ups.states import State

_REQUIRED = [row.tag for row in ROWS if row.create in (Create.VALUE, Create.MAY_BE_EMPTY, Create.FILLED, Create.EMPTY)]


def refusal(error: "pytest.ExceptionInfo[StatusError]") -> tuple[int, object]:
    return error.value.status, error.value.elements.get("attribute_identifier_list")


def without(step: Dataset, tag: int) -> Dataset:
    del step[tag]
    return step


def emptied(step: Dataset, tag: int) -> Dataset:
    step[tag].value = None
    return step


def test_the_table_names_each_attribute_once() -> None:
    assert len(BY_TAG) == len(ROWS)
    assert all(Tag(tag).group for tag in BY_TAG)


def test_a_complete_list_may_be_created() -> None:
    check_creation(new_step(), UID)


@pytest.mark.parametrize("tag", _REQUIRED)
def test_a_creation_without_a_required_attribute_is_refused_and_names_it(tag: int) -> None:
    with pytest.raises(StatusError) as error:
        check_creation(without(new_step(), tag), UID)
    assert refusal(error) == (0x0120, (tag,))
    assert error.value.comment.startswith(f"({tag >> 16:04X},{tag & 0xFFFF:04X}) is missing")


@pytest.mark.parametrize("tag", [row.tag for row in ROWS if row.create is Create.VALUE])
def test_a_creation_without_a_required_value_is_refused_and_names_it(tag: int) -> None:
    with pytest.raises(StatusError) as error:
        check_creation(emptied(new_step(), tag), UID)
    assert refusal(error) == (0x0121, (tag,))


def test_all_that_is_missing_is_listed() -> None:
    with pytest.raises(StatusError) as error:
        check_creation(data_set(ProcedureStepState="SCHEDULED"), UID)
    assert refusal(error) == (0x0120, tuple(tag for tag in _REQUIRED if tag != 0x00741000))


@pytest.mark.parametrize(
    ("values", "tag"),
    [
        ({"TransactionUID": "1.2"}, 0x00081195),
        ({"ProcedureStepProgressInformationSequence": [data_set(ProcedureStepProgress="5")]}, 0x00741002),
        ({"UnifiedProcedureStepPerformedProcedureSequence": [Dataset()]}, 0x00741216),
        ({"SOPClassUID": "1.2.840.10008.1.1"}, 0x00080016),
        ({"SOPInstanceUID": "1.2.3.99"}, 0x00080018),
        ({"ScheduledProcedureStepPriority": "URGENT"}, 0x00741200),
        ({"InputReadinessState": ["READY", "READY"]}, 0x00404041),
    ],
)
def test_a_creation_with_a_wrong_value_is_refused_and_names_it(values: dict[str, object], tag: int) -> None:
    with pytest.raises(StatusError) as error:
        check_creation(new_step(**values), UID)
    assert refusal(error) == (0x0106, (tag,))


@pytest.mark.parametrize("state", ["IN PROGRESS", "COMPLETED", "NEW"])
def test_a_step_is_created_scheduled_and_nothing_else(state: str) -> None:
    with pytest.raises(StatusError) as error:
        check_creation(new_step(ProcedureStepState=state), UID)
    assert error.value.status == 0xC309


@pytest.mark.parametrize("row", [row for row in ROWS if row.set is Set.NOT_ALLOWED and row.tag != 0x00081195])
def test_what_may_not_be_set_is_refused_and_named(row: tuple[int, object]) -> None:
    changes = Dataset()
    changes.add_new(row[0], "LO", None)
    with pytest.raises(StatusError) as error:
        check_modification(changes)
    assert refusal(error) == (0x0105, (row[0],))


@pytest.mark.parametrize("row", [row for row in ROWS if row.set in (Set.VALUE, Set.MAY_BE_EMPTY)])
def test_an_attribute_is_set_to_nothing_only_where_that_is_allowed(row: tuple[int, object, Set]) -> None:
    changes = Dataset()
    changes.add_new(row[0], "LO", None)
    if row[2] is Set.MAY_BE_EMPTY:
        check_modification(changes)
        return
    with pytest.raises(StatusError) as error:
        check_modification(changes)
    assert refusal(error) == (0x0121, (row[0],))


def test_a_wrong_value_is_not_set_and_an_attribute_outside_the_table_is() -> None:
    with pytest.raises(StatusError) as error:
        check_modification(data_set(InputReadinessState="SOON"))
    assert refusal(error) == (0x0106, (0x00404041,))
    check_modification(data_set(PatientComments="walks"))


def test_values_that_are_right_but_for_case_and_spaces_are_put_right() -> None:
    step = new_step(ScheduledProcedureStepPriority="high", InputReadinessState="READY")
    assert correct(step) == data_set(ScheduledProcedureStepPriority="HIGH")
    assert step.ScheduledProcedureStepPriority == "HIGH"
    check_creation(step, UID)


def test_a_value_that_cannot_be_put_right_stays_and_is_refused_without_a_warning() -> None:
    step = new_step()
    step.add(DataElement(0x00741200, "CS", "lÿw", validation_mode=IGNORE))
    assert correct(step) == Dataset()
    assert step.ScheduledProcedureStepPriority == "lÿw"
    with pytest.raises(StatusError, match="is not one of its enumerated values"):
        check_creation(step, UID)


def ended(modifications: Dataset) -> Dataset:
    step = new_step(SOPClassUID="1.2.840.10008.5.1.4.34.6.1", SOPInstanceUID=UID)
    step.ScheduledProcedureStepModificationDateTime = "20260301"
    step.update(modifications)
    return step


def test_a_completed_step_needs_what_was_performed_and_may_have_no_output() -> None:
    assert missing_for(State.COMPLETED, ended(Dataset())) == [0x00741216]
    assert missing_for(State.COMPLETED, ended(performed())) == []


@pytest.mark.parametrize(
    ("keyword", "tag"),
    [
        ("PerformedStationNameCodeSequence", 0x00404028),
        ("PerformedProcedureStepStartDateTime", 0x00404050),
        ("PerformedWorkitemCodeSequence", 0x00404019),
        ("PerformedProcedureStepEndDateTime", 0x00404051),
        ("OutputInformationSequence", 0x00404033),
    ],
)
def test_a_completed_step_needs_each_attribute_of_code_p(keyword: str, tag: int) -> None:
    step = ended(performed(**{keyword: None}))
    assert missing_for(State.COMPLETED, step) == [tag]
    assert missing_for(State.CANCELED, step) == [0x00741002]


def test_a_canceled_step_needs_time_and_reason_and_no_performance() -> None:
    progress = ended(data_set(ProcedureStepProgressInformationSequence=[Dataset()]))
    assert missing_for(State.CANCELED, progress) == [0x00404052, 0x0074100E]


@pytest.mark.parametrize("tag", [row.tag for row in ROWS if row.final is FinalCode.R])
def test_both_final_states_need_each_attribute_of_code_r(tag: int) -> None:
    step = without(ended(performed()), tag)
    assert tag in missing_for(State.COMPLETED, step)
    assert tag in missing_for(State.CANCELED, step)
