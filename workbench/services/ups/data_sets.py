"""Attributes as they come over the wire, as they are kept and as they are shown to others.

What is kept is decoded to the last value, with text as Unicode, so that attributes that came in different character
sets can stand in one step (PS3.4 CC.2.6.3). It goes out in UTF-8 where it is not plain ASCII.
"""

import warnings
from collections.abc import Iterable, Iterator
from copy import deepcopy
from datetime import datetime
from typing import Final

from pydicom.datadict import dictionary_description, dictionary_has_tag
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag, Tag

from workbench.dimse.status import INVALID_ATTRIBUTE_VALUE
from workbench.errors import StatusError

_SPECIFIC_CHARACTER_SET: Final = Tag(0x00080005)
_TEXT: Final = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})  # VRs that Specific Character Set is about


def settle(data_set: Dataset) -> Dataset:
    """Gives the data set itself, every value decoded, without group lengths, its character set UTF-8 or ASCII.

    What is equal compares equal afterwards.

    Raises:
        StatusError: a value is none of its VR: 0106H, with the attribute.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom warns of what is odd and can be kept
        foreign = [element for element in _settled(data_set) if not _is_ascii(element)]
    if foreign:
        data_set.SpecificCharacterSet = "ISO_IR 192"
    return data_set


def _settled(data_set: Dataset) -> Iterator[DataElement]:
    tags = list(data_set.keys())
    for tag in tags:
        if tag.element == 0 or tag == _SPECIFIC_CHARACTER_SET:
            continue
        try:
            element = data_set[tag]
        except Exception as error:
            comment = said_of(tag, "has an invalid value")
            raise StatusError(INVALID_ATTRIBUTE_VALUE, comment, attribute_identifier_list=(int(tag),)) from error
        if element.VR == "SQ":
            for item in element.value:
                yield from _settled(item)
        elif element.is_empty:
            element.value = element.empty_value  # there are two, and they do not compare equal
        else:
            yield element
    for tag in [tag for tag in tags if tag.element == 0 or tag == _SPECIFIC_CHARACTER_SET]:
        del data_set[tag]


def _is_ascii(element: DataElement) -> bool:
    return element.VR not in _TEXT or all(str(value).isascii() for value in values(element))


def values(element: DataElement) -> list[object]:
    """Gives the values of an element, none when it is empty."""
    if element.is_empty:
        return []
    return list(element.value) if isinstance(element.value, MultiValue) else [element.value]


def text(data_set: Dataset, tag: int) -> str:
    """Gives the value of an attribute without the spaces around it, empty when there is none."""
    found = values(data_set[tag]) if tag in data_set else []
    return "\\".join(map(str, found)).strip(" \0")


def has_value(data_set: Dataset, tag: int) -> bool:
    """Whether an attribute is there and is not empty."""
    return tag in data_set and not data_set[tag].is_empty


def items(data_set: Dataset, tag: int) -> list[Dataset]:
    """Gives the items of a sequence, none when it is missing or is no sequence."""
    return list(data_set[tag].value or ()) if tag in data_set and data_set[tag].VR == "SQ" else []


def chosen(data_set: Dataset, tags: Iterable[int]) -> Dataset:
    """Gives a data set of those of the attributes that are there."""
    picked = Dataset()
    for tag in tags:
        if tag in data_set:
            picked[tag] = data_set[tag]
    return settle(picked)


def merged(data_set: Dataset, changes: Dataset) -> Dataset:
    """Gives a data set that has the changes and else what it had; neither is touched."""
    together = Dataset()
    together.update(data_set)
    together.update(changes)
    return settle(together)


def with_sequence(data_set: Dataset, tag: int, sequence: list[Dataset]) -> Dataset:
    """Gives a data set whose sequence is replaced."""
    changes = Dataset()
    changes.add_new(tag, "SQ", Sequence(sequence))
    return merged(data_set, changes)


def first_item(data_set: Dataset, tag: int) -> Dataset:
    """Gives a copy of the first item of a sequence, an empty one when there is none."""
    found = items(data_set, tag)
    return deepcopy(found[0]) if found else Dataset()


def said_of(tag: int, problem: str) -> str:
    """Gives an Error Comment about an attribute: the number and the problem first, for it may be cut after the name."""
    base = BaseTag(tag)
    number = f"({base.group:04X},{base.element:04X})"
    return f"{number} {problem}: {dictionary_description(base)}" if dictionary_has_tag(base) else f"{number} {problem}"


def date_time(moment: datetime) -> str:
    """Gives a DT value to the second, with the offset from UTC when it is known (PS3.5 6.2)."""
    return moment.strftime("%Y%m%d%H%M%S%z")
