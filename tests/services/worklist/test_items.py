"""Entries as data sets and back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from tests.services.worklist.samples import FULL, MINIMAL
from workbench.services.encoding import decode_data_set, encode_data_set
from workbench.services.worklist.entries import Code, WorklistEntry
from workbench.services.worklist.items import data_set_of, entry_of, identifier
from workbench.uids import EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN


@pytest.mark.parametrize("entry", [MINIMAL, FULL, WorklistEntry()], ids=["minimal", "full", "empty"])
def test_an_entry_comes_back_from_its_data_set(entry: WorklistEntry) -> None:
    assert entry_of(data_set_of(entry)) == entry


@pytest.mark.parametrize(
    "syntax", [IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN], ids=lambda uid: uid[-5:]
)
def test_an_entry_comes_back_from_the_wire(syntax: str) -> None:
    data_set = data_set_of(FULL)
    data_set.SpecificCharacterSet = "ISO_IR 192"
    assert entry_of(decode_data_set(encode_data_set(data_set, syntax), syntax)) == FULL


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\\^="), max_size=16).map(str.strip)


@given(name=TEXT, comment=TEXT, codes=st.lists(st.builds(Code, value=TEXT, scheme=TEXT, meaning=TEXT), max_size=3))
def test_any_text_comes_back_from_the_wire(name: str, comment: str, codes: list[Code]) -> None:
    given_entry = replace(FULL, patient_name=name, step_comments=comment, protocol_codes=tuple(codes))
    data_set = data_set_of(given_entry)
    data_set.SpecificCharacterSet = "ISO_IR 192"
    encoded = encode_data_set(data_set, EXPLICIT_VR_LITTLE_ENDIAN)
    assert entry_of(decode_data_set(encoded, EXPLICIT_VR_LITTLE_ENDIAN)) == given_entry


def test_odd_values_of_a_peer_are_taken_as_they_are() -> None:
    # (0010,0030) DA "tomorrow", (0040,0100) SQ with no item
    data = bytes.fromhex("10003000") + b"DA\x08\x00tomorrow" + bytes.fromhex("40000001") + b"SQ\0\0" + bytes(4)
    entry = entry_of(decode_data_set(data, EXPLICIT_VR_LITTLE_ENDIAN))
    assert (entry.patient_birth_date, entry.modality, entry.patient_name) == ("tomorrow", "", "")


def test_an_identifier_asks_for_all_fields() -> None:
    request = identifier({"modality": "CT", "patient_name": "DOE*", "pregnancy_status": "4"})
    step: Dataset = request.ScheduledProcedureStepSequence[0]
    assert (str(request.PatientName), step.Modality, request.PregnancyStatus) == ("DOE*", "CT", 4)
    assert {element.keyword for element in step} >= {"ScheduledStationAETitle", "ScheduledProcedureStepStartDate"}
    assert [element.keyword for element in step.ScheduledProtocolCodeSequence[0]] == [
        *("CodeValue", "CodingSchemeDesignator", "CodeMeaning")
    ]
