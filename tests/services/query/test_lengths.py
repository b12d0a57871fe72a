"""Lengths of values and items, as they are written."""

from tests.services.query.responses import DATA, EVERYTHING
from workbench.services.query.identifiers import Element
from workbench.services.query.lengths import item_length, value_length


def test_lengths_are_those_of_the_encoded_data_set() -> None:
    assert item_length(EVERYTHING) == len(DATA)
    assert item_length(()) == 0


def test_padding_counts() -> None:
    assert value_length(Element(0x00100020, "LO", b"abc")) == 4
    assert value_length(Element(0x00100020, "LO", "abc")) == 4
    assert value_length(Element(0x00280010, "US", "1\\2")) == 4
    assert value_length(Element(0x00081110, "SQ", ((), ()))) == 16
