"""Attributes of normalized requests: read without trust, and checked against what a service requires (PS3.4 5.4).

The data set is a peer's. Values are read here so that an odd one neither raises nor warns; what a service cannot do
without is named in the answer: 0120H or 0121H with the Attribute Identifier List (PS3.7 C.5), 0105H for
an attribute that may not be given, and the place of the first one as Error Comment.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as ItemSequence
from pydicom.valuerep import PersonName

from workbench.dimse.status import (
    INVALID_ATTRIBUTE_VALUE,
    MISSING_ATTRIBUTE,
    MISSING_ATTRIBUTE_VALUE,
    NO_SUCH_ATTRIBUTE,
)
from workbench.errors import StatusError
from workbench.storage.element_texts import texts_of

_MOST_NAMED: Final = 100  # tags in one Attribute Identifier List; a broken sequence of thousands of items has enough


@dataclass(frozen=True, slots=True)
class Required:
    """An attribute that must be there.

    Attributes:
        tag: its tag.
        needs_value: type 1; otherwise type 2, which may be empty (PS3.5 7.4).
        items: what each item of a sequence must hold.
    """

    tag: int
    needs_value: bool = True
    items: tuple["Required", ...] = ()


class _Problem(NamedTuple):
    tag: int
    place: str
    is_missing: bool


def text_of(data_set: Dataset, tag: int) -> str:
    """Gives the value of an attribute of text or UIDs without padding, empty when there is none."""
    return "\\".join(texts_of(data_set, tag))


def items_of(data_set: Dataset, tag: int) -> Sequence[Dataset]:
    """Gives the items of a sequence, none when it is absent; unlike `element_texts.items_of`, it refuses what is none.

    Raises:
        StatusError: the attribute cannot be read as a sequence: 0106H.
    """
    if tag not in data_set:
        return ()
    try:
        value = data_set[tag].value
    except Exception as error:  # pydicom raises what its parts raise
        raise _no_sequence(tag) from error
    if not value:
        return ()
    if not isinstance(value, ItemSequence):
        raise _no_sequence(tag)
    return value


def check_required(data_set: Dataset, required: Iterable[Required]) -> None:
    """Checks that all is there.

    Raises:
        StatusError: attributes are missing (0120H) or empty (0121H), or what must be a sequence is none (0106H).
    """
    problems = list(_problems(data_set, required, ""))
    missing = [problem for problem in problems if problem.is_missing]
    if missing:
        raise _refusal(MISSING_ATTRIBUTE, missing, "missing")
    if problems:
        raise _refusal(MISSING_ATTRIBUTE_VALUE, problems, "empty")


def check_allowed(data_set: Dataset, forbidden: Iterable[int]) -> None:
    """Checks that the data set has none of the attributes.

    Raises:
        StatusError: it has some of them: 0105H.
    """
    found = [tag for tag in forbidden if tag in data_set]
    if found:
        raise StatusError(
            NO_SUCH_ATTRIBUTE,
            f"{_shown(found[0])} may not be set",
            attribute_identifier_list=tuple(found[:_MOST_NAMED]),
        )


def is_empty(data_set: Dataset, tag: int) -> bool:
    """Tells whether an attribute is absent or has no value."""
    if tag not in data_set:
        return True
    element: object = data_set.get_item(
        tag, keep_deferred=True
    )  # its type is said to be the one, but is the raw one as well
    if isinstance(element, RawDataElement):
        is_uid = "UI" in (element.VR, dictionary_has_tag(tag) and dictionary_VR(tag))
        return not (element.value or b"").strip(b"\0 " if is_uid else b" ")
    if not isinstance(element, DataElement) or element.is_empty:
        return True
    return isinstance(element.value, str | PersonName) and not str(element.value).strip(" ")


def _problems(data_set: Dataset, required: Iterable[Required], prefix: str) -> Iterator[_Problem]:
    for one in required:
        place = f"{prefix}{_shown(one.tag)}"
        if one.tag not in data_set:
            yield _Problem(one.tag, place, True)
        elif one.items:
            items = items_of(data_set, one.tag)
            if not items and one.needs_value:
                yield _Problem(one.tag, place, False)
            for number, item in enumerate(items, 1):
                yield from _problems(item, one.items, f"{place}[{number}]")
        elif one.needs_value and is_empty(data_set, one.tag):
            yield _Problem(one.tag, place, False)


def _refusal(status: int, problems: list[_Problem], word: str) -> StatusError:
    further = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    tags = tuple(dict.fromkeys(problem.tag for problem in problems))[:_MOST_NAMED]
    return StatusError(status, f"{problems[0].place} is {word}{further}", attribute_identifier_list=tags)


def _no_sequence(tag: int) -> StatusError:
    return StatusError(
        INVALID_ATTRIBUTE_VALUE, f"{_shown(tag)} is not a sequence of items", attribute_identifier_list=(tag,)
    )


def _shown(tag: int) -> str:
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
