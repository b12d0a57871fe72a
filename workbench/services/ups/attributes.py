"""What an N-CREATE must and an N-SET may bring, and what a final state needs (PS3.4 Table CC.2.5-3).

The rows are the attributes of the first level for which the table demands something; all others are optional (3/3) and
taken as they come. Of the attributes in sequences, those with a final state code are listed.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Final, NamedTuple

from pydicom.dataset import Dataset
from pydicom.tag import Tag

from workbench.dimse.status import (
    INVALID_ATTRIBUTE_VALUE,
    MISSING_ATTRIBUTE,
    MISSING_ATTRIBUTE_VALUE,
    NO_SUCH_ATTRIBUTE,
)
from workbench.errors import StatusError
from workbench.services.ups.classes import UPS_PUSH
from workbench.services.ups.data_sets import has_value, items, said_of, text, values
from workbench.services.ups.states import NOT_SCHEDULED, State

SOP_CLASS_UID: Final = 0x00080016
SOP_INSTANCE_UID: Final = 0x00080018
TRANSACTION_UID: Final = 0x00081195
STATE: Final = 0x00741000
PROGRESS_INFORMATION: Final = 0x00741002
PERFORMED_PROCEDURE: Final = 0x00741216
STATION_NAME: Final = 0x00404025
HUMAN_PERFORMERS: Final = 0x00404034
INPUT_READINESS: Final = 0x00404041
MODIFICATION_DATE_TIME: Final = 0x00404010
WORKLIST_LABEL: Final = 0x00741202
CANCELLATION_DATE_TIME: Final = 0x00404052
DISCONTINUATION_REASON: Final = 0x0074100E
REASON_FOR_CANCELLATION: Final = 0x00741238
COMMUNICATIONS_URI: Final = 0x00741008
CONTACT_URI: Final = 0x0074100A
CONTACT_DISPLAY_NAME: Final = 0x0074100C
_OUTPUT_INFORMATION: Final = 0x00404033


class Create(Enum):
    """What an N-CREATE does with an attribute."""

    VALUE = "1/1"
    MAY_BE_EMPTY = "2/2"
    FILLED = "2/1: the SCP gives a value where there is none"
    EMPTY = "2/2, shall be empty"
    OPTIONAL = "3/3"
    BY_SCP = "-/1: the SCP gives the value"


class Set(Enum):
    """What an N-SET does with an attribute."""

    VALUE = "3/1"
    MAY_BE_EMPTY = "3/2"
    NOT_ALLOWED = "not allowed"


class FinalCode(Enum):
    """Final State Code: in which final states an attribute must have a value (PS3.4 Table CC.2.5-1)."""

    R = (State.COMPLETED, State.CANCELED)
    P = (State.COMPLETED,)
    X = (State.CANCELED,)
    O = ()  # noqa: E741 - the letter of the standard


class Row(NamedTuple):
    """A row of Table CC.2.5-3."""

    tag: int
    create: Create
    set: Set
    final: FinalCode


_R, _P, _X, _O = FinalCode.R, FinalCode.P, FinalCode.X, FinalCode.O

# fmt: off
ROWS: Final = (
    Row(TRANSACTION_UID, Create.EMPTY, Set.NOT_ALLOWED, _O),  # in an N-SET it is the key to the lock, not a change
    Row(SOP_CLASS_UID, Create.BY_SCP, Set.NOT_ALLOWED, _R),
    Row(SOP_INSTANCE_UID, Create.BY_SCP, Set.NOT_ALLOWED, _R),
    # Unified Procedure Step Scheduled Procedure Information Module
    Row(0x00741200, Create.VALUE, Set.VALUE, _R),                   # Scheduled Procedure Step Priority
    Row(MODIFICATION_DATE_TIME, Create.BY_SCP, Set.NOT_ALLOWED, _R),
    Row(0x00741204, Create.VALUE, Set.VALUE, _O),                   # Procedure Step Label
    Row(WORKLIST_LABEL, Create.FILLED, Set.VALUE, _O),
    Row(0x00741210, Create.MAY_BE_EMPTY, Set.MAY_BE_EMPTY, _O),     # Scheduled Processing Parameters Sequence
    Row(STATION_NAME, Create.MAY_BE_EMPTY, Set.MAY_BE_EMPTY, _O),
    Row(0x00404026, Create.MAY_BE_EMPTY, Set.MAY_BE_EMPTY, _O),     # Scheduled Station Class Code Sequence
    Row(0x00404027, Create.MAY_BE_EMPTY, Set.MAY_BE_EMPTY, _O),     # Scheduled Station Geographic Location Code Seq.
    Row(HUMAN_PERFORMERS, Create.OPTIONAL, Set.MAY_BE_EMPTY, _O),
    Row(0x00404005, Create.VALUE, Set.VALUE, _R),                   # Scheduled Procedure Step Start DateTime
    Row(0x00404011, Create.OPTIONAL, Set.VALUE, _O),                # Expected Completion DateTime
    Row(0x00404018, Create.MAY_BE_EMPTY, Set.VALUE, _O),            # Scheduled Workitem Code Sequence
    Row(0x00400400, Create.MAY_BE_EMPTY, Set.VALUE, _O),            # Comments on the Scheduled Procedure Step
    Row(INPUT_READINESS, Create.VALUE, Set.VALUE, _R),
    Row(0x00404021, Create.MAY_BE_EMPTY, Set.MAY_BE_EMPTY, _O),     # Input Information Sequence
    Row(0x0020000D, Create.OPTIONAL, Set.MAY_BE_EMPTY, _O),         # Study Instance UID, 1C/2
    # Unified Procedure Step Relationship Module
    Row(0x00100010, Create.MAY_BE_EMPTY, Set.NOT_ALLOWED, _O),      # Patient's Name
    Row(0x00100020, Create.OPTIONAL, Set.NOT_ALLOWED, _O),          # Patient ID, 1C/2
    Row(0x00100021, Create.OPTIONAL, Set.NOT_ALLOWED, _O),          # Issuer of Patient ID
    Row(0x00100024, Create.OPTIONAL, Set.NOT_ALLOWED, _O),          # Issuer of Patient ID Qualifiers Sequence
    Row(0x00101002, Create.MAY_BE_EMPTY, Set.MAY_BE_EMPTY, _O),     # Other Patient IDs Sequence
    Row(0x00100030, Create.MAY_BE_EMPTY, Set.NOT_ALLOWED, _O),      # Patient's Birth Date
    Row(0x00100040, Create.MAY_BE_EMPTY, Set.NOT_ALLOWED, _O),      # Patient's Sex
    Row(0x00380010, Create.MAY_BE_EMPTY, Set.NOT_ALLOWED, _O),      # Admission ID
    Row(0x00380014, Create.MAY_BE_EMPTY, Set.NOT_ALLOWED, _O),      # Issuer of Admission ID Sequence
    Row(0x00081080, Create.MAY_BE_EMPTY, Set.NOT_ALLOWED, _O),      # Admitting Diagnoses Description
    Row(0x00081084, Create.MAY_BE_EMPTY, Set.NOT_ALLOWED, _O),      # Admitting Diagnoses Code Sequence
    Row(0x0040A370, Create.MAY_BE_EMPTY, Set.NOT_ALLOWED, _O),      # Referenced Request Sequence
    Row(0x00741224, Create.OPTIONAL, Set.NOT_ALLOWED, _O),          # Replaced Procedure Step Sequence, 1C/1
    # Unified Procedure Step Progress Information Module
    Row(STATE, Create.VALUE, Set.NOT_ALLOWED, _R),
    Row(PROGRESS_INFORMATION, Create.EMPTY, Set.MAY_BE_EMPTY, _X),
    # Unified Procedure Step Performed Procedure Information Module
    Row(PERFORMED_PROCEDURE, Create.EMPTY, Set.MAY_BE_EMPTY, _P),
)
# fmt: on
"""Table CC.2.5-3, first level."""

BY_TAG: Final[Mapping[int, Row]] = {row.tag: row for row in ROWS}

FINAL_IN_ITEMS: Final[Mapping[int, tuple[tuple[int, FinalCode], ...]]] = {
    PROGRESS_INFORMATION: ((CANCELLATION_DATE_TIME, _X), (DISCONTINUATION_REASON, _X)),
    PERFORMED_PROCEDURE: (
        (0x00404028, _P),  # Performed Station Name Code Sequence
        (0x00404050, _P),  # Performed Procedure Step Start DateTime
        (0x00404019, _P),  # Performed Workitem Code Sequence
        (0x00404051, _P),  # Performed Procedure Step End DateTime
        (_OUTPUT_INFORMATION, _P),
    ),
}
"""The attributes in the items of sequences that a final state needs; those known on condition (RC) are the SCU's."""

ENUMERATED: Final[Mapping[int, frozenset[str]]] = {
    0x00741200: frozenset({"HIGH", "MEDIUM", "LOW"}),
    INPUT_READINESS: frozenset({"INCOMPLETE", "UNAVAILABLE", "READY"}),
}
"""Enumerated values (PS3.3 C.30.2). They are accepted in any case and put right."""


def check_creation(attributes: Dataset, sop_instance_uid: str) -> None:
    """Checks the attribute list of an N-CREATE (PS3.4 CC.2.5).

    Raises:
        StatusError: C309H, or 0120H, 0121H, 0106H with the Attribute Identifier List.
    """
    state = text(attributes, STATE)
    if state and state != State.SCHEDULED.value:
        raise StatusError(NOT_SCHEDULED, f"Procedure Step State is {state[:20]}, not SCHEDULED")
    required = [row for row in ROWS if row.create not in (Create.OPTIONAL, Create.BY_SCP)]
    _refuse(MISSING_ATTRIBUTE, "is missing", (row.tag for row in required if row.tag not in attributes))
    empty = (row.tag for row in ROWS if row.create is Create.VALUE and not has_value(attributes, row.tag))
    _refuse(MISSING_ATTRIBUTE_VALUE, "has no value", empty)
    filled = (row.tag for row in ROWS if row.create is Create.EMPTY and has_value(attributes, row.tag))
    _refuse(INVALID_ATTRIBUTE_VALUE, "shall be empty", filled)
    given = {SOP_CLASS_UID: UPS_PUSH, SOP_INSTANCE_UID: sop_instance_uid}
    others = (tag for tag, uid in given.items() if text(attributes, tag) not in ("", uid))
    _refuse(INVALID_ATTRIBUTE_VALUE, "is not that of the request", others)
    _refuse(INVALID_ATTRIBUTE_VALUE, "is not one of its enumerated values", _not_enumerated(attributes))


def check_modification(modifications: Dataset) -> None:
    """Checks the modification list of an N-SET, without the Transaction UID (PS3.4 CC.2.6).

    Raises:
        StatusError: 0105H, 0121H or 0106H with the Attribute Identifier List.
    """
    rows = [row for row in ROWS if row.tag in modifications and row.tag != TRANSACTION_UID]
    _refuse(NO_SUCH_ATTRIBUTE, "cannot be set", (row.tag for row in rows if row.set is Set.NOT_ALLOWED))
    empty = (row.tag for row in rows if row.set is Set.VALUE and not has_value(modifications, row.tag))
    _refuse(MISSING_ATTRIBUTE_VALUE, "has no value", empty)
    _refuse(INVALID_ATTRIBUTE_VALUE, "is not one of its enumerated values", _not_enumerated(modifications))


def correct(attributes: Dataset) -> Dataset:
    """Puts enumerated values right that are so but for case and spaces; gives the attributes that were changed."""
    corrected = Dataset()
    for tag, allowed in ENUMERATED.items():
        right = text(attributes, tag).upper()
        if right in allowed and right != str(attributes[tag].value):
            attributes.add_new(tag, "CS", right)
            corrected[tag] = attributes[tag]
    return corrected


def missing_for(final: State, attributes: Dataset) -> list[int]:
    """Gives the attributes that have no value although a final state needs one (PS3.4 CC.2.5.1.1)."""
    lacking = [row.tag for row in ROWS if final in row.final.value and not has_value(attributes, row.tag)]
    for sequence, codes in FINAL_IN_ITEMS.items():
        for item in items(attributes, sequence):
            lacking += [tag for tag, code in codes if final in code.value and not _suffices(item, tag)]
    return list(dict.fromkeys(lacking))


def _suffices(item: Dataset, tag: int) -> bool:
    # Without relevant output the sequence has no items, says its remark in Table CC.2.5-3.
    return tag in item if tag == _OUTPUT_INFORMATION else has_value(item, tag)


def _not_enumerated(attributes: Dataset) -> Iterator[int]:
    for tag, allowed in ENUMERATED.items():
        if tag in attributes and has_value(attributes, tag):
            found = values(attributes[Tag(tag)])
            if len(found) != 1 or str(found[0]).strip(" \0").upper() not in allowed:
                yield tag


def _refuse(status: int, problem: str, tags: Iterable[int]) -> None:
    listed = tuple(tags)
    if listed:
        raise StatusError(status, said_of(listed[0], problem), attribute_identifier_list=listed)
