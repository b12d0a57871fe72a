"""Identifiers from fields, and rows from identifiers."""

import pytest
from pydicom.dataset import Dataset

from ui.session.questions import (
    QUESTIONS,
    Fields,
    identifier_of,
    identifier_to_retrieve,
    next_level,
    row_of,
)
from workbench.errors import ConfigError

STUDIES, PATIENTS, WORKLIST, *_ = QUESTIONS
TYPED = Fields(patient="DOE^J*", patient_id="P1", date="2026-11-01..2026-11-22", modality="CT", accession="A1")


def test_studies_are_asked_for_by_what_was_typed() -> None:
    asked = identifier_of(STUDIES, "STUDY", (), TYPED)
    assert (asked.QueryRetrieveLevel, asked.PatientName, asked.PatientID) == ("STUDY", "DOE^J*", "P1")
    assert (asked.StudyDate, asked.ModalitiesInStudy, asked.AccessionNumber) == ("20261101-20261122", "CT", "A1")
    assert "StudyInstanceUID" in asked
    assert asked.NumberOfStudyRelatedSeries in ("", None)
    assert "SpecificCharacterSet" not in asked


def test_a_worklist_is_asked_for_in_its_step() -> None:
    asked = identifier_of(WORKLIST, "", (), TYPED)
    (step,) = asked.ScheduledProcedureStepSequence
    assert (step.Modality, step.ScheduledProcedureStepStartDate) == ("CT", "20261101-20261122")
    assert "QueryRetrieveLevel" not in asked
    assert asked.AccessionNumber == "A1"


def test_the_levels_below_are_asked_for_by_their_keys_alone() -> None:
    asked = identifier_of(STUDIES, "SERIES", ((0x0020000D, "1.2.3"),), TYPED)
    assert (asked.QueryRetrieveLevel, asked.StudyInstanceUID) == ("SERIES", "1.2.3")
    assert "PatientName" not in asked
    assert [next_level(STUDIES, level) for level in ("STUDY", "SERIES", "IMAGE")] == ["SERIES", "IMAGE", ""]
    assert next_level(WORKLIST, "") == ""


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("", ""),
        ("20261122", "20261122"),
        ("2026-11-22", "20261122"),
        ("20261101-20261122", "20261101-20261122"),
        ("20261101-", "20261101-"),
        ("2026-11-01..", "20261101-"),
        (" ..2026-11-22", "-20261122"),
    ],
)
def test_dates_and_ranges_can_be_typed_as_one_likes(typed: str, sent: str) -> None:
    assert (identifier_of(STUDIES, "STUDY", (), Fields(date=typed)).StudyDate or "") == sent


@pytest.mark.parametrize("typed", ["yesterday", "2026-11", "20261101-2", "1-2-3-4", "2026-11-01..x"])
def test_what_is_no_date_is_said(typed: str) -> None:
    with pytest.raises(ConfigError, match="neither a date"):
        identifier_of(STUDIES, "STUDY", (), Fields(date=typed))


def test_further_keys_are_taken_by_keyword_or_tag() -> None:
    asked = identifier_of(STUDIES, "STUDY", (), Fields(further="StudyDescription=*knee*; 0008,0090=House^*;StudyID="))
    assert (asked.StudyDescription, asked.ReferringPhysicianName) == ("*knee*", "House^*")
    assert "StudyID" in asked


@pytest.mark.parametrize("typed", ["Nonsense=1", "12345678=1", "=1"])
def test_a_further_key_that_is_none_is_named(typed: str) -> None:
    with pytest.raises(ConfigError, match="neither a keyword nor a tag"):
        identifier_of(STUDIES, "STUDY", (), Fields(further=typed))


def test_a_number_that_is_none_is_named() -> None:
    assert identifier_of(STUDIES, "STUDY", (), Fields(further="Rows=512")).Rows == 512
    with pytest.raises(ConfigError, match="Rows: 'many' is not a whole number"):
        identifier_of(STUDIES, "STUDY", (), Fields(further="Rows=many"))


def test_names_beyond_ascii_carry_their_character_set() -> None:
    assert identifier_of(STUDIES, "STUDY", (), Fields(patient="Müller*")).SpecificCharacterSet == "ISO_IR 192"


def study() -> Dataset:
    found = Dataset()
    found.PatientName = "DOE^JOHN"
    found.PatientID = "P1"
    found.StudyDate = "20261122"
    found.StudyTime = "101500"
    found.ModalitiesInStudy = ["CT", "SR"]
    found.StudyDescription = "Knee"
    found.StudyInstanceUID = "1.2.3"
    found.NumberOfStudyRelatedSeries = 2
    return found


def test_a_study_is_read_into_its_row() -> None:
    row = row_of(study(), "STUDY", ())
    assert (row.patient, row.patient_id, row.when) == ("DOE JOHN", "P1", "2026-11-22 10:15:00")
    assert (row.modality, row.description, row.contains) == ("CT\\SR", "Knee", "2 series")
    assert (row.uid, row.keys) == ("1.2.3", ((0x0020000D, "1.2.3"),))
    assert ("(0010,0010)", "Patient's Name", "PN", "DOE^JOHN") in [
        (line.tag, line.name, line.vr, line.value) for line in row.elements
    ]
    asked = identifier_to_retrieve(row)
    assert (asked.QueryRetrieveLevel, asked.StudyInstanceUID, len(asked)) == ("STUDY", "1.2.3", 2)


def test_a_worklist_entry_is_read_from_its_step() -> None:
    step = Dataset()
    step.Modality = "MR"
    step.ScheduledProcedureStepStartDate = "20261123"
    step.ScheduledProcedureStepStartTime = "0830"
    step.ScheduledProcedureStepDescription = "Head"
    entry = Dataset()
    entry.PatientName = "ROE^JANE"
    entry.RequestedProcedureID = "RP7"
    entry.ScheduledProcedureStepSequence = [step]
    row = row_of(entry, "", ())
    assert (row.patient, row.modality, row.when) == ("ROE JANE", "MR", "2026-11-23 08:30")
    assert (row.description, row.uid, row.keys) == ("Head", "RP7", ())
    assert "> Modality" in [line.name for line in row.elements]


def test_an_answer_that_lacks_everything_is_still_a_row() -> None:
    for level in ("PATIENT", "STUDY", "SERIES", "IMAGE", ""):
        assert row_of(Dataset(), level, ()).patient == ""


def test_one_of_them_is_one() -> None:
    found = Dataset()
    found.NumberOfSeriesRelatedInstances = 1
    assert row_of(found, "SERIES", ()).contains == "1 object"


def test_a_series_is_known_by_the_keys_above_it() -> None:
    found = Dataset()
    found.SeriesInstanceUID = "1.2.3.4"
    row = row_of(found, "SERIES", ((0x0020000D, "1.2.3"),))
    assert row.keys == ((0x0020000D, "1.2.3"), (0x0020000E, "1.2.3.4"))
    assert identifier_of(PATIENTS, "IMAGE", row.keys, Fields()).SeriesInstanceUID == "1.2.3.4"
