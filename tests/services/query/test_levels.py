"""Levels, and the unique keys of the levels above."""

from typing import Any

import pytest

from tests.services.query.archives import made
from workbench.errors import StatusError
from workbench.services.query.levels import check_level, refusal
from workbench.services.query.models import HANGING_PROTOCOL, PATIENT_ROOT, STUDY_ROOT, Model
from workbench.storage.matching import read_identifier


def check(model: Model, *, is_relational: bool = False, **keys: Any) -> None:
    check_level(model, read_identifier(made(**keys)), is_relational=is_relational)


def test_sound_identifiers_pass() -> None:
    check(STUDY_ROOT, QueryRetrieveLevel="STUDY")
    check(STUDY_ROOT, QueryRetrieveLevel="SERIES", StudyInstanceUID="1.2")
    check(PATIENT_ROOT, QueryRetrieveLevel="SERIES", PatientID="1", StudyInstanceUID="1.2")
    check(PATIENT_ROOT, is_relational=True, QueryRetrieveLevel="IMAGE")
    check(HANGING_PROTOCOL)


@pytest.mark.parametrize(
    ("keys", "tag"),
    [
        ({}, 0x00080052),
        ({"QueryRetrieveLevel": "PATIENTS"}, 0x00080052),
        ({"QueryRetrieveLevel": "STUDY"}, 0x00100020),
        ({"QueryRetrieveLevel": "STUDY", "PatientID": "*"}, 0x00100020),
        ({"QueryRetrieveLevel": "STUDY", "PatientID": "1*"}, 0x00100020),
        ({"QueryRetrieveLevel": "STUDY", "PatientID": ["1", "2"]}, 0x00100020),
        ({"QueryRetrieveLevel": "SERIES", "PatientID": "1", "StudyInstanceUID": ["1.2", "1.3"]}, 0x0020000D),
    ],
)
def test_others_are_refused_with_the_tag_at_fault(keys: dict[str, Any], tag: int) -> None:
    with pytest.raises(StatusError) as caught:
        check(PATIENT_ROOT, **keys)
    assert caught.value.status == 0xA900
    assert caught.value.elements == {"offending_element": (tag,)}


def test_a_level_must_be_there_in_a_relational_query_too() -> None:
    with pytest.raises(StatusError, match="is missing"):
        check(PATIENT_ROOT, is_relational=True)


def test_a_refusal_names_the_tag() -> None:
    assert refusal(0x00100020, "is odd").comment == "(0010,0020) is odd"
