"""Entries to begin with, what is wrong with them, and how they are shown."""

from dataclasses import replace
from datetime import datetime

import pytest

from ui.session.scheduling import (
    copy_of,
    entered_date,
    entered_time,
    examples,
    faults,
    merged,
    new_entry,
    row_of,
    shown_date,
    shown_time,
    with_study,
)
from workbench.services.worklist.entries import WorklistEntry, problems
from workbench.services.worklist.table import check_entries

NOW = datetime(2026, 11, 22, 23, 45)
ENTRY = WorklistEntry(
    patient_name="Doe^John^^Dr",
    patient_id="P1",
    requested_procedure_id="R1",
    requested_procedure_description="Knee",
    study_instance_uid="1.2.3",
    scheduled_station_ae_titles=("CT1", "CT2"),
    start_date="20261122",
    start_time="101530",
    modality="CT",
    step_id="S1",
    step_description="CT knee",
)


def test_a_new_entry_lacks_only_what_nobody_can_guess() -> None:
    made = new_entry((), "WORKBENCH", NOW)
    assert (made.start_date, made.start_time, made.modality) == ("20261122", "2345", "CT")
    assert (made.requested_procedure_id, made.step_id) == ("RP20261122-1", "SPS20261122-1")
    assert made.scheduled_station_ae_titles == ("WORKBENCH",)
    assert {problem.field for problem in problems(made)} == {
        "patient_name",
        "patient_id",
        "requested_procedure_description",
        "step_description",
    }


def test_the_next_entry_goes_where_the_last_one_goes_and_has_the_next_number() -> None:
    first = new_entry([replace(ENTRY, modality="MR", scheduled_station_ae_titles=("MR1",))], "WORKBENCH", NOW)
    assert (first.modality, first.scheduled_station_ae_titles) == ("MR", ("MR1",))
    second = new_entry([first], "WORKBENCH", NOW)
    assert second.step_id == "SPS20261122-2"
    assert second.study_instance_uid != first.study_instance_uid


def test_a_copy_is_another_request_for_the_same_patient() -> None:
    made = copy_of(ENTRY, [ENTRY], NOW)
    assert made.patient_name == ENTRY.patient_name
    assert made.start_time == ENTRY.start_time
    assert made.key != ENTRY.key
    assert made.study_instance_uid != ENTRY.study_instance_uid
    check_entries([ENTRY, made])


def test_the_examples_can_be_served_even_over_midnight() -> None:
    made = examples([ENTRY], "WORKBENCH", NOW)
    check_entries([ENTRY, *made])
    assert [entry.start_date for entry in made] == ["20261122", "20261123", "20261123"]
    assert {entry.scheduled_station_ae_titles for entry in made} == {("WORKBENCH",)}


def test_others_take_the_place_of_entries_with_their_ids() -> None:
    changed, new = replace(ENTRY, patient_id="P2"), replace(ENTRY, step_id="S2")
    entries, added, replaced = merged([ENTRY, replace(ENTRY, step_id="S3")], [new, changed])
    assert [(entry.step_id, entry.patient_id) for entry in entries] == [("S1", "P2"), ("S3", "P1"), ("S2", "P1")]
    assert (added, replaced) == (1, 1)


def test_only_what_has_no_study_gets_one() -> None:
    assert with_study(ENTRY) is ENTRY
    assert with_study(replace(ENTRY, study_instance_uid="")).study_instance_uid


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, {}),
        ({"patient_name": ""}, {"patient_name": "A value is needed."}),
        ({"start_date": "20261301"}, {"start_date": "A date such as 2026-11-22 is needed."}),
        ({"start_time": "25"}, {"start_time": "A time such as 10:15 is needed."}),
        ({"modality": "ct"}, {"modality": "'ct' is not of up to 16 of A-Z, 0-9, _ and space."}),
        ({"step_description": ""}, {"step_description": "A value is needed."}),
        (
            {"step_id": "S2"},
            dict.fromkeys(("requested_procedure_id", "step_id"), "Another entry has both of these IDs."),
        ),
    ],
)
def test_faults_are_sentences_by_field(change: dict[str, str], found: dict[str, str]) -> None:
    assert faults(replace(ENTRY, **change), [("R1", "S2")]) == found  # type: ignore[arg-type]


def test_a_row_says_it_for_people() -> None:
    row = row_of(ENTRY)
    assert (row.patient, row.when, row.stations) == ("Doe John Dr", "2026-11-22 10:15:30", "CT1, CT2")
    assert row.description == "CT knee"
    codes_only = replace(ENTRY, step_description="", patient_name="Yamada^Tarou=山田^太郎")
    assert (row_of(codes_only).description, row_of(codes_only).patient) == ("Knee", "Yamada Tarou   山田 太郎")


@pytest.mark.parametrize(("kept", "shown"), [("20261122", "2026-11-22"), ("", "")])
def test_dates_are_shown_and_taken_with_hyphens(kept: str, shown: str) -> None:
    assert shown_date(kept) == shown
    assert entered_date(f" {shown} ") == entered_date(kept) == kept


@pytest.mark.parametrize(("kept", "shown"), [("1015", "10:15"), ("101530.5", "10:15:30.5"), ("10", "10"), ("", "")])
def test_times_are_shown_and_taken_with_colons(kept: str, shown: str) -> None:
    assert shown_time(kept) == shown
    assert entered_time(f" {shown} ") == entered_time(kept) == kept


@pytest.mark.parametrize("text", ["2026-1-2", "tomorrow", "2026-11-22-1"])
def test_what_is_no_date_stays_as_it_was_typed(text: str) -> None:
    assert entered_date(text) == text
