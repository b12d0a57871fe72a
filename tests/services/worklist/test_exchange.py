"""Worklist entries as CSV."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.services.worklist.samples import FULL, MINIMAL
from workbench.errors import ConfigError
from workbench.services.worklist.entries import Code, WorklistEntry
from workbench.services.worklist.exchange import from_csv, to_csv


def test_entries_come_back_from_csv() -> None:
    assert from_csv(to_csv([MINIMAL, FULL])) == (MINIMAL, FULL)
    assert from_csv(to_csv([])) == ()
    assert from_csv("") == ()


CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\\^\r\n\0")
CELL = st.text(CHARACTERS, max_size=9).map(str.strip)


@given(name=CELL, alerts=st.lists(CELL.filter(bool), max_size=3))
def test_any_text_comes_back_from_csv(name: str, alerts: list[str]) -> None:
    given_entry = replace(MINIMAL, patient_name=name, medical_alerts=tuple(alerts))
    assert from_csv(to_csv([given_entry])) == (given_entry,)


def test_a_spreadsheet_may_leave_out_columns_and_use_semicolons() -> None:
    text = "\ufeffmodality;patient_name;protocol_codes;allergies\r\nCT; Doe^Jane ;A^B\\C^D^E;x\\y\r\n;;;\r\n"
    assert from_csv(text) == (
        WorklistEntry(
            modality="CT",
            patient_name="Doe^Jane",
            protocol_codes=(Code(value="A", scheme="B"), Code(value="C", scheme="D", meaning="E")),
            allergies=("x", "y"),
        ),
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("patient_name,age\nDoe,7\n", "line 1, column 2: 'age' is no field"),
        ("modality,modality\n", "line 1, column 2: 'modality' is no field .* twice"),
        ("modality\nCT,MR\n", "line 2: has 2 columns, line 1 has 1"),
        ("protocol_codes\nhead\n", r"line 2, protocol_codes: 'head' is no code"),
        ('modality\n"CT\n', "line "),
    ],
)
def test_a_wrong_csv_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        from_csv(text)
