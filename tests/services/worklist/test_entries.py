"""What an entry of a worklist may hold."""

from dataclasses import fields, replace
from typing import Any

import pytest

from tests.services.worklist.samples import FULL, MINIMAL
from workbench.services.worklist.entries import FIELDS, Code, WorklistEntry, problems


def test_every_field_of_an_entry_has_its_place() -> None:
    assert [field.name for field in FIELDS] == [field.name for field in fields(WorklistEntry)]


@pytest.mark.parametrize("entry", [MINIMAL, FULL], ids=["minimal", "full"])
def test_a_good_entry_has_no_problems(entry: WorklistEntry) -> None:
    assert problems(entry) == ()


def test_an_empty_entry_names_every_field_that_it_needs() -> None:
    assert [problem.field for problem in problems(WorklistEntry())] == [
        *("patient_name", "patient_id", "requested_procedure_id", "study_instance_uid", "scheduled_station_ae_titles"),
        *("start_date", "start_time", "modality", "step_id", "requested_procedure_description", "step_description"),
    ]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"patient_name": "A=B=C=D"}, "over 3 component groups"),
        ({"patient_name": "A^B^C^D^E^F"}, "over 5 components"),
        ({"patient_name": "x" * 65}, "over 64 characters in a component group"),
        ({"patient_id": "a\\b"}, "backslash"),
        ({"patient_id": "a\nb"}, "control character"),
        ({"patient_birth_date": "1970-02-28"}, "'1970-02-28' is no date YYYYMMDD"),
        ({"patient_birth_date": "20260230"}, "is no date"),
        ({"patient_sex": "X"}, "'X' is not F, M, O"),
        ({"patient_weight": "heavy"}, "is no number"),
        ({"pregnancy_status": "70000"}, "is not 0 to 65535"),
        ({"accession_number": "x" * 17}, "is over 16 characters"),
        ({"study_instance_uid": "1.02"}, "is no UID"),
        ({"scheduled_station_ae_titles": ("CT1", "x" * 17)}, "is no AE title"),
        ({"start_time": "2460"}, "is no time HHMMSS"),
        ({"modality": "ct"}, "is not of up to 16"),
        ({"step_comments": "x" * 10241}, "over 10240 characters"),
        ({"protocol_codes": (Code(value="", scheme="LN"),)}, "needs value and scheme"),
        ({"protocol_codes": (Code(value="a\\b", scheme="LN"),)}, "backslash"),
    ],
)
def test_a_wrong_value_is_named(values: dict[str, Any], told: str) -> None:
    (problem,) = problems(replace(FULL, **values))
    assert problem.field == next(iter(values))
    assert told in str(problem)
    assert str(problem).startswith(f"{problem.field}: ")
