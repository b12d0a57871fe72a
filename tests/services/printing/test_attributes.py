"""Attributes of the instances of Print Management: required, allowed, by default."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from tests.services.printing.conversation import attributes
from workbench.errors import DataSetError, StatusError
from workbench.services.encoding import decode_data_set
from workbench.services.printing.attributes import (
    ANNOTATION_BOX_RULES,
    FILM_BOX_RULES,
    FILM_SESSION_RULES,
    IMAGE_BOX_RULES,
    PRESENTATION_LUT_RULES,
    Rules,
    items_of,
    number_of,
    references,
    take,
    text_of,
    texts_of,
)
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN

ALL_RULES = [FILM_SESSION_RULES, FILM_BOX_RULES, IMAGE_BOX_RULES, ANNOTATION_BOX_RULES, PRESENTATION_LUT_RULES]


def test_what_is_not_given_has_its_default_only_when_it_is_new() -> None:
    assert [element.keyword for element in take(FILM_SESSION_RULES, Dataset(), is_new=False).attributes] == []
    made = take(FILM_SESSION_RULES, Dataset(), is_new=True).attributes
    assert (made.NumberOfCopies, made.PrintPriority, made.MediumType, made.FilmDestination) == (
        *(1, "MED", "BLUE FILM", "PROCESSOR"),
    )


def test_what_is_not_known_is_named_and_left_out() -> None:
    taken = take(FILM_SESSION_RULES, attributes(PatientID="x", SpecificCharacterSet="ISO_IR 100"), is_new=True)
    assert taken.unknown == (0x00100020,)
    assert "PatientID" not in taken.attributes


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"NumberOfCopies": 1000}, 0x0106),
        ({"PrintPriority": "high"}, 0x0106),
        ({"MediumType": "x" * 17}, 0x0106),
        ({"OwnerID": "anyone"}, 0),
        ({"FilmSessionLabel": "y" * 70}, 0),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom's, when the odd values are made
def test_values_are_judged(values: dict[str, Any], status: int) -> None:
    if not status:
        take(FILM_SESSION_RULES, attributes(**values), is_new=True)
        return
    with pytest.raises(StatusError) as refused:
        take(FILM_SESSION_RULES, attributes(**values), is_new=True)
    assert refused.value.status == status
    assert "offending_element" in refused.value.elements


def test_texts_numbers_and_items_are_read_whatever_is_there() -> None:
    data_set = attributes(ImageBoxPosition=3, RequestedImageSize="20 ", ReferencedFilmSessionSequence=[])
    assert (number_of(data_set, "ImageBoxPosition"), number_of(data_set, "FilmOrientation")) == (3, None)
    assert number_of(attributes(FilmSessionLabel="x"), "FilmSessionLabel") is None
    assert texts_of(data_set, "RequestedImageSize") == ("20",)
    assert text_of(attributes(PixelAspectRatio=["1", "2"]), "PixelAspectRatio") == "1\\2"
    assert items_of(data_set, "ReferencedFilmSessionSequence") == items_of(data_set, "RequestedImageSize") == []
    assert [item.ReferencedSOPInstanceUID for item in references("1.2", ["1.3", "1.4"])] == ["1.3", "1.4"]


@given(data=st.binary(max_size=200), rules=st.sampled_from(ALL_RULES), is_new=st.booleans())
def test_any_bytes_are_taken_or_refused(data: bytes, rules: Rules, is_new: bool) -> None:
    tag = next(iter(rules))
    element = tag.to_bytes(4, "big")
    head = bytes((element[1], element[0], element[3], element[2]))
    try:
        data_set = decode_data_set(head + len(data).to_bytes(4, "little") + data, IMPLICIT_VR_LITTLE_ENDIAN)
        taken = take(rules, data_set, is_new=is_new)
    except (StatusError, DataSetError):
        return
    assert all(int(element.tag) in rules for element in taken.attributes)
