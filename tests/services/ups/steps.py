"""Steps for the tests: what an N-CREATE brings, what a performer sets, and a clock that stands still."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from pydicom import config
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from workbench.errors import StatusError
from workbench.services.ups.attributes import ROWS, Create

UID, OTHER_UID, LOCK, OTHER_LOCK = "1.2.3.1", "1.2.3.2", "1.2.3.91", "1.2.3.92"
NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
STAMP = "20260301123000+0000"

_EMPTY = (Create.MAY_BE_EMPTY, Create.EMPTY, Create.FILLED)


def clock() -> datetime:
    return NOW


def data_set(**values: object) -> Dataset:
    """Gives a data set with attributes by keyword, whatever their values."""
    made = Dataset()
    for keyword, value in values.items():
        tag = tag_for_keyword(keyword)
        assert tag is not None, keyword
        made.add(DataElement(tag, dictionary_VR(tag), value, validation_mode=config.IGNORE))
    return made


def new_step(**values: object) -> Dataset:
    """Gives the attributes of a step to create; what may be empty is, but for what is given."""
    step = Dataset()
    for row in ROWS:
        if row.create in _EMPTY:
            step.add_new(row.tag, dictionary_VR(row.tag), None)
    needed = {
        "ProcedureStepState": "SCHEDULED",
        "ScheduledProcedureStepPriority": "MEDIUM",
        "ProcedureStepLabel": "Quality control",
        "WorklistLabel": "QC",
        "ScheduledProcedureStepStartDateTime": "20260301120000",
        "InputReadinessState": "READY",
    }
    step.update(data_set(**{**needed, **values}))
    return step


def code(value: str = "121726", meaning: str = "RT treatment") -> Dataset:
    """Gives the item of a code sequence."""
    return data_set(CodeValue=value, CodingSchemeDesignator="DCM", CodeMeaning=meaning)


def performed(**values: object) -> Dataset:
    """Gives what a performer sets before it completes a step."""
    item = {
        "PerformedStationNameCodeSequence": [code()],
        "PerformedProcedureStepStartDateTime": "20260301120000",
        "PerformedWorkitemCodeSequence": [code()],
        "PerformedProcedureStepEndDateTime": "20260301122000",
        "OutputInformationSequence": [],
        **values,
    }
    kept = data_set(**{keyword: value for keyword, value in item.items() if value is not None})
    return data_set(UnifiedProcedureStepPerformedProcedureSequence=[kept])


def status_of(call: Callable[[], object]) -> int:
    """Gives the status by which a call is refused."""
    with pytest.raises(StatusError) as refused:
        call()
    return refused.value.status
