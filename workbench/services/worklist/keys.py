"""The keys that are supported for matching and return, and what follows for those that are not (PS3.4 K.6.1.2.2).

An attribute that a worklist item has is supported for that item, whether it is listed here or not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset

from workbench.services.worklist.entries import FIELDS
from workbench.services.worklist.items import SCHEDULED_PROCEDURE_STEP_SEQUENCE, TAGS
from workbench.storage.element_texts import items_of
from workbench.storage.matching import Condition, ReturnKey

# Attributes of PS3.4 Table K.6-1 that no field of an entry stands for: they are known to have no value.
_KNOWN_EMPTY: Final = (
    "ReferencedStudySequence",
    "ReferencedPatientSequence",
    "ReferencedPatientAliasSequence",
    "StudyDate",
    "StudyTime",
    "InstitutionName",
    "EthnicGroup",
    "PatientComments",
    "OtherPatientIDsSequence",
    "VisitStatusID",
    "PatientInstitutionResidence",
    "NamesOfIntendedRecipientsOfResults",
    "OrderPlacerIdentifierSequence",
    "PlacerOrderNumberImagingServiceRequest",
    "FillerOrderNumberImagingServiceRequest",
    "RequestingService",
    "ImagingServiceRequestComments",
    "TimezoneOffsetFromUTC",
)

ITEM_KEYS: Final = frozenset(
    {TAGS[field.name] for field in FIELDS if not field.is_step}
    | {int(tag_for_keyword(keyword) or 0) for keyword in _KNOWN_EMPTY}
    | {SCHEDULED_PROCEDURE_STEP_SEQUENCE}
)
STEP_KEYS: Final = frozenset({TAGS[field.name] for field in FIELDS if field.is_step})


def supports(data_set: Dataset, keys: Iterable[ReturnKey]) -> bool:
    """Whether all keys of a request are supported for a worklist item; if not, it is returned with FF01H."""
    for key in keys:
        if key.tag == SCHEDULED_PROCEDURE_STEP_SEQUENCE:
            steps = items_of(data_set, key.tag)
            if not all(item.tag in STEP_KEYS or any(item.tag in step for step in steps) for item in key.items):
                return False
        elif key.tag not in ITEM_KEYS and key.tag not in data_set:
            return False
    return True


def supported_conditions(data_set: Dataset, conditions: Sequence[Condition]) -> tuple[Condition, ...]:
    """Gives the conditions on supported keys; others have no effect, as universal matching (PS3.4 C.2.2.1.3)."""
    kept: list[Condition] = []
    for condition in conditions:
        if condition.tag == SCHEDULED_PROCEDURE_STEP_SEQUENCE:
            steps = items_of(data_set, condition.tag)
            items = tuple(
                each for each in condition.items if each.tag in STEP_KEYS or any(each.tag in step for step in steps)
            )
            kept.append(replace(condition, items=items))
        elif condition.tag in ITEM_KEYS or condition.tag in data_set:
            kept.append(condition)
    return tuple(kept)
