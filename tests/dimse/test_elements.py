"""The table of command elements is that of PS3.7 Annex E; pydicom's dictionary is the witness."""

import pytest
from pydicom._dicom_dict import DicomDictionary

from workbench.dimse.elements import BY_ATTRIBUTE, BY_NUMBER, ELEMENTS, CommandElement

# (element number, VR, name, is retired)
WITNESS = {tag: (entry[0], entry[2], bool(entry[3])) for tag, entry in DicomDictionary.items() if tag >> 16 == 0}


def test_the_table_holds_every_element_of_group_0000_and_no_other() -> None:
    assert {row.number: (row.vr, row.name, row.is_retired) for row in ELEMENTS} == WITNESS


def test_rows_ascend() -> None:
    assert [row.number for row in ELEMENTS] == sorted(WITNESS)


@pytest.mark.parametrize("row", ELEMENTS, ids=lambda row: row.attribute)
def test_attributes_are_the_standards_names_spelt_as_python(row: CommandElement) -> None:
    assert row.attribute == row.name.lower().replace("sub-operations", "suboperations").replace(" ", "_").replace(
        "/", "_"
    )
    assert BY_NUMBER[row.number] is BY_ATTRIBUTE[row.attribute] is row
