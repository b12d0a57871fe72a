"""Responses as rows of a table."""

import csv
import io

from tests.services.query.responses import EVERYTHING
from workbench.services.query.attribute_names import AttributeNames
from workbench.services.query.columns import Column, columns_of, line_of, names_of, row_of
from workbench.services.query.identifiers import Element

NAMES = AttributeNames()
QUERY = (
    Element(0x00400275, "SQ", ((Element(0x00400400, "LT", ""), Element(0x00080060, "CS", "")),)),
    Element(0x00100010, "PN", ""),
    Element(0x00280010, "US", ""),
    Element(0x00081110, "SQ", ()),
)


def test_a_column_for_each_key() -> None:
    columns = columns_of([QUERY, QUERY[1:2], (Element(0x00100020, "LO", ""),)], NAMES)
    assert names_of(columns) == [
        "PatientName",
        "PatientID",
        "Rows",
        "RequestAttributesSequence.Modality",
        "RequestAttributesSequence.CommentsOnTheScheduledProcedureStep",
    ]


def test_the_values_of_a_response() -> None:
    row = row_of(EVERYTHING, columns_of([QUERY], NAMES))
    assert row == ["Müller^Hans", "5\\6", "CT", "éè"]
    assert row_of((), columns_of([QUERY], NAMES)) == ["", "", "", ""]
    assert row_of(EVERYTHING, [Column((0x00400275,), "a sequence"), Column((0x00100010, 0x00100020), "none")]) == [
        "",
        "",
    ]


def test_every_text_comes_back() -> None:
    row = ["a,b", 'say "x"', "one\ntwo", "ä"]
    assert next(csv.reader(io.StringIO(line_of(row).decode(), newline=""))) == row
