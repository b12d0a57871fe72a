"""Identifiers of retrieves: levels, unique keys, lists, and what is refused with the key at fault."""

import pytest
from pydicom.dataset import Dataset

from tests.services.retrieve.archives import wanted
from workbench.errors import StatusError
from workbench.services.query.models import (
    COMPOSITE_INSTANCE_ROOT,
    HANGING_PROTOCOL,
    MODELS,
    PATIENT_ROOT,
    PATIENT_STUDY_ONLY,
    STUDY_ROOT,
    Model,
)
from workbench.services.retrieve.identifiers import ABOUT, conditions_of

PATIENT, UID_STUDY, UID_SERIES, UID_INSTANCE = 0x00100020, 0x0020000D, 0x0020000E, 0x00080018


@pytest.mark.parametrize(
    ("model", "identifier", "conditions"),
    [
        (PATIENT_ROOT, wanted("PATIENT", PatientID="P1"), {PATIENT: ("P1",)}),
        (
            PATIENT_ROOT,
            wanted("STUDY", PatientID="P1", StudyInstanceUID=["1.2", "1.3"]),
            {PATIENT: ("P1",), UID_STUDY: ("1.2", "1.3")},
        ),
        (STUDY_ROOT, wanted("STUDY", StudyInstanceUID="1.2"), {UID_STUDY: ("1.2",)}),
        (
            STUDY_ROOT,
            wanted("SERIES", StudyInstanceUID="1.2", SeriesInstanceUID=["1.4", "1.5"]),
            {UID_STUDY: ("1.2",), UID_SERIES: ("1.4", "1.5")},
        ),
        (
            STUDY_ROOT,
            wanted("IMAGE", StudyInstanceUID="1.2", SeriesInstanceUID="1.4", SOPInstanceUID="1.6"),
            {UID_STUDY: ("1.2",), UID_SERIES: ("1.4",), UID_INSTANCE: ("1.6",)},
        ),
        (PATIENT_STUDY_ONLY, wanted("PATIENT", PatientID="P1"), {PATIENT: ("P1",)}),
        (COMPOSITE_INSTANCE_ROOT, wanted("IMAGE", SOPInstanceUID=["1.6", "1.7"]), {UID_INSTANCE: ("1.6", "1.7")}),
        (COMPOSITE_INSTANCE_ROOT, wanted("", SOPInstanceUID="1.6"), {UID_INSTANCE: ("1.6",)}),
        (
            HANGING_PROTOCOL,
            wanted("", SOPInstanceUID="1.6"),
            {UID_INSTANCE: ("1.6",), 0x00080016: ABOUT[HANGING_PROTOCOL.name]},
        ),
        # Other attributes select nothing.
        (STUDY_ROOT, wanted("STUDY", StudyInstanceUID="1.2", Modality="CT", PatientID="P1"), {UID_STUDY: ("1.2",)}),
    ],
)
def test_unique_keys_become_conditions(
    model: Model, identifier: Dataset, conditions: dict[int, tuple[str, ...]]
) -> None:
    assert {one.tag: one.values for one in conditions_of(identifier, model)} == conditions


@pytest.mark.parametrize(
    ("model", "identifier", "tag", "problem"),
    [
        (STUDY_ROOT, wanted("", StudyInstanceUID="1.2"), 0x00080052, "is missing, not STUDY, SERIES, IMAGE"),
        (STUDY_ROOT, wanted("STUDIES", StudyInstanceUID="1.2"), 0x00080052, "'STUDIES' is not STUDY, SERIES, IMAGE"),
        (PATIENT_STUDY_ONLY, wanted("SERIES", PatientID="P"), 0x00080052, "'SERIES' is not PATIENT, STUDY"),
        (STUDY_ROOT, wanted("STUDY", PatientID="P"), UID_STUDY, "Study Instance UID is missing"),
        (PATIENT_ROOT, wanted("STUDY", StudyInstanceUID="1.2"), PATIENT, "Patient ID is missing"),
        (PATIENT_ROOT, wanted("PATIENT", PatientID="P*"), PATIENT, "Patient ID: one value is needed"),
        (PATIENT_ROOT, wanted("PATIENT", PatientID="*"), PATIENT, "Patient ID is missing"),
        (
            STUDY_ROOT,
            wanted("SERIES", StudyInstanceUID=["1.2", "1.3"], SeriesInstanceUID="1.4"),
            UID_STUDY,
            "Study Instance UID: one value is needed",
        ),
        (
            STUDY_ROOT,
            wanted("STUDY", StudyInstanceUID="1.2", SeriesInstanceUID="1.4"),
            UID_SERIES,
            "is a key below the level STUDY",
        ),
        (HANGING_PROTOCOL, wanted("", PatientID="P"), UID_INSTANCE, "SOP Instance UID is missing"),
    ],
)
def test_what_is_wrong_is_refused_with_the_key(model: Model, identifier: Dataset, tag: int, problem: str) -> None:
    with pytest.raises(StatusError) as caught:
        conditions_of(identifier, model)
    error = caught.value
    assert (error.status, error.comment) == (0xA900, f"({tag >> 16:04X},{tag & 0xFFFF:04X}) {problem}")
    assert error.elements == {"offending_element": (tag,)}
    assert len(error.comment) <= 64


def test_relational_retrieval_does_without_the_keys_above() -> None:
    identifier = wanted("IMAGE", SOPInstanceUID="1.6", StudyInstanceUID="1.2")
    assert [one.tag for one in conditions_of(identifier, PATIENT_ROOT, relational=True)] == [UID_STUDY, UID_INSTANCE]
    with pytest.raises(StatusError, match="Series Instance UID is missing"):
        conditions_of(wanted("SERIES", PatientID="P"), PATIENT_ROOT, relational=True)


def test_frames_are_refused_as_what_cannot_be_made() -> None:
    with pytest.raises(StatusError) as caught:
        conditions_of(wanted("FRAME", SOPInstanceUID="1.2"), COMPOSITE_INSTANCE_ROOT)
    assert caught.value.status == 0xAA01


def test_every_model_that_is_retrieved_from_has_conditions() -> None:
    for model in MODELS:
        if model.move or model.get:
            level = model.levels[0] if model.levels else ""
            identifier = wanted(level, SOPInstanceUID="1.2", PatientID="P", StudyInstanceUID="1.2")
            for below in ("SOPInstanceUID", "StudyInstanceUID"):
                if level in ("PATIENT", "STUDY") and (below, level) != ("StudyInstanceUID", "STUDY"):
                    delattr(identifier, below)
            assert conditions_of(identifier, model), model.name
