"""What a DIMSE status means: its category, and its words in each service (PS3.7 Annex C; PS3.4).

The category follows from the number alone (PS3.7 C.1). The words depend on the service: A900H of a C-STORE is about the
data set, of a C-FIND about the identifier. A service is named as DIMSE does ("C-STORE") or, where PS3.4 gives a service
class its own codes, by that service class ("Print Management"); `SERVICES` lists the names.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final, NamedTuple

SUCCESS: Final = 0x0000
CANCEL: Final = 0xFE00
PENDING: Final = 0xFF00
PENDING_WITH_WARNING: Final = 0xFF01  # of a C-FIND: PS3.4 Table C.4-1

# PS3.7 Annex C. What a service class has besides stands with that service.
OPTIONAL_ATTRIBUTES_NOT_SUPPORTED: Final = 0x0001
NO_SUCH_ATTRIBUTE: Final = 0x0105
INVALID_ATTRIBUTE_VALUE: Final = 0x0106
ATTRIBUTE_LIST_ERROR: Final = 0x0107
PROCESSING_FAILURE: Final = 0x0110
DUPLICATE_SOP_INSTANCE: Final = 0x0111
NO_SUCH_SOP_INSTANCE: Final = 0x0112
NO_SUCH_EVENT_TYPE: Final = 0x0113
INVALID_ARGUMENT_VALUE: Final = 0x0115
INVALID_SOP_INSTANCE: Final = 0x0117
CLASS_INSTANCE_CONFLICT: Final = 0x0119
MISSING_ATTRIBUTE: Final = 0x0120
MISSING_ATTRIBUTE_VALUE: Final = 0x0121
SOP_CLASS_NOT_SUPPORTED: Final = 0x0122
NO_SUCH_ACTION_TYPE: Final = 0x0123
NOT_AUTHORIZED: Final = 0x0124
DUPLICATE_INVOCATION: Final = 0x0210
UNRECOGNIZED_OPERATION: Final = 0x0211
RESOURCE_LIMITATION: Final = 0x0213

ACKNOWLEDGED_STORE: Final[frozenset[int]] = frozenset({0x0000, 0xB000, 0xB006, 0xB007})
"""Statuses of a C-STORE after which the SCP holds the instance (PS3.4 Table B.2-1: success and its three warnings)."""


class Category(Enum):
    """The five categories of PS3.7 C.1 to C.5."""

    SUCCESS = "success"
    PENDING = "pending"
    CANCEL = "cancel"
    WARNING = "warning"
    FAILURE = "failure"


class StatusWords(NamedTuple):
    """Words for the statuses from `first` to `last`, both included."""

    first: int
    last: int
    words: str


def _one(status: int, words: str) -> StatusWords:
    return StatusWords(status, status, words)


_CATEGORIES: Final[Mapping[int, Category]] = MappingProxyType(
    {
        0x0000: Category.SUCCESS,
        0x0001: Category.WARNING,
        0x0107: Category.WARNING,
        0x0116: Category.WARNING,
        0xFE00: Category.CANCEL,
        0xFF00: Category.PENDING,
        0xFF01: Category.PENDING,
    }
)

# PS3.7 C.1 to C.5 and 9.1, 10.1
_GENERAL: Final = (
    _one(0x0000, "Success"),
    _one(0x0001, "Warning: requested optional attributes are not supported"),
    _one(0x0105, "Failure: no such attribute"),
    _one(0x0106, "Failure: invalid attribute value"),
    _one(0x0107, "Warning: attribute list error"),
    _one(0x0110, "Failure: processing failure"),
    _one(0x0111, "Failure: duplicate SOP instance"),
    _one(0x0112, "Failure: no such SOP instance"),
    _one(0x0113, "Failure: no such event type"),
    _one(0x0114, "Failure: no such argument"),
    _one(0x0115, "Failure: invalid argument value"),
    _one(0x0116, "Warning: attribute value out of range"),
    _one(0x0117, "Failure: invalid SOP instance"),
    _one(0x0118, "Failure: no such SOP class"),
    _one(0x0119, "Failure: class-instance conflict"),
    _one(0x0120, "Failure: missing attribute"),
    _one(0x0121, "Failure: missing attribute value"),
    _one(0x0122, "Refused: SOP class not supported"),
    _one(0x0123, "Failure: no such action type"),
    _one(0x0124, "Refused: not authorized"),
    _one(0x0210, "Failure: duplicate invocation"),
    _one(0x0211, "Failure: unrecognized operation"),
    _one(0x0212, "Failure: mistyped argument"),
    _one(0x0213, "Failure: resource limitation"),
    _one(0xFE00, "Cancel: terminated by a cancel request"),
    _one(0xFF00, "Pending"),
    _one(0xFF01, "Pending, with a warning"),
)

# PS3.4 Table B.2-1
_STORE: Final = (
    _one(0xB000, "Warning: coercion of data elements"),
    _one(0xB006, "Warning: elements discarded"),
    _one(0xB007, "Warning: data set does not match SOP class"),
    StatusWords(0xA700, 0xA7FF, "Refused: out of resources"),
    StatusWords(0xA900, 0xA9FF, "Error: data set does not match SOP class"),
    StatusWords(0xC000, 0xCFFF, "Error: cannot understand"),
)

# PS3.4 GG.4.2
_NON_PATIENT_STORE: Final = (
    _one(0xA700, "Refused: out of resources"),
    _one(0xA900, "Error: data set does not match SOP class"),
    _one(0xC000, "Error: cannot understand"),
)

# PS3.4 C.4.1.1.4 and the same table in K.4.1.1.4, U.4.1, V.4.1, X.4.1, BB.4.1, CC.2.8.4
_FIND: Final = (
    _one(0x0000, "Success: matching is complete"),
    _one(0xA700, "Refused: out of resources"),
    _one(0xA900, "Error: identifier does not match SOP class"),
    _one(0xFE00, "Cancel: matching terminated by a cancel request"),
    _one(0xFF00, "Pending: matches are continuing, all optional keys supported"),
    _one(0xFF01, "Pending: matches are continuing, one or more optional keys not supported"),
    StatusWords(0xC000, 0xCFFF, "Error: unable to process"),
)

# PS3.4 C.6.4, Repository Query
_REPOSITORY_QUERY: Final = (
    _one(0xA710, "Error: invalid prior record key"),
    _one(0xB001, "Warning: matching reached the response limit, a further request may return more matches"),
    *_FIND,
)

# PS3.4 Q.4.1.1.4
_RELEVANT_PATIENT: Final = (
    _one(0xC000, "Error: unable to process"),
    _one(0xC100, "Failure: more than one match found"),
    _one(0xC200, "Failure: unable to support requested template"),
    _one(0xFF00, "Pending: current match is supplied"),
    *(row for row in _FIND if row.first not in (0xC000, 0xFF00, 0xFF01)),
)

# PS3.4 C.4.3.1.4 (C-GET), Y.4.2.1.4, Z.4.2.1.4
_GET: Final = (
    _one(0x0000, "Success: sub-operations complete, no failures or warnings"),
    _one(0xA701, "Refused: out of resources, unable to calculate number of matches"),
    _one(0xA702, "Refused: out of resources, unable to perform sub-operations"),
    _one(0xA900, "Error: identifier does not match SOP class"),
    _one(0xAA00, "Error: none of the requested frames were found in the SOP instance"),
    _one(0xAA01, "Error: unable to create new object for this SOP class"),
    _one(0xAA02, "Error: unable to extract frames"),
    _one(0xAA03, "Error: time-based request for a SOP instance that is not time-based"),
    _one(0xAA04, "Error: invalid request"),
    _one(0xB000, "Warning: sub-operations complete, one or more failures or warnings"),
    _one(0xFE00, "Cancel: sub-operations terminated by a cancel request"),
    _one(0xFF00, "Pending: sub-operations are continuing"),
    StatusWords(0xC000, 0xCFFF, "Error: unable to process"),
)

# PS3.4 C.4.2.1.5 (C-MOVE)
_MOVE: Final = (_one(0xA801, "Refused: move destination unknown"), *_GET)

# PS3.4 F.7.2.2.2; the reason is then in Error ID
_MPPS: Final = (_one(0x0110, "Failure: performed procedure step object may no longer be updated"),)

# PS3.4 J.3.2.1.4 and the failure reasons of PS3.3 C.14.1.1
_STORAGE_COMMITMENT: Final = (
    _one(0x0112, "Failure: no such SOP instance"),
    _one(0x0122, "Failure: referenced SOP class not supported"),
    _one(0x0131, "Failure: duplicate transaction UID"),
)

# PS3.4 H.4.1.2.1.4 to H.4.3.1.2.1; C604H and C606H are retired, yet printers know them
_PRINT: Final = (
    _one(0xB600, "Warning: memory allocation not supported"),
    _one(0xB601, "Warning: film session printing (collation) is not supported"),
    _one(0xB602, "Warning: film session has no image boxes (empty page)"),
    _one(0xB603, "Warning: film box has no image boxes (empty page)"),
    _one(0xB604, "Warning: image larger than image box, demagnified"),
    _one(0xB605, "Warning: requested density outside of the printer's range, its minimum or maximum used"),
    _one(0xB609, "Warning: image larger than image box, cropped to fit"),
    _one(0xB60A, "Warning: image or combined print image larger than image box, decimated to fit"),
    _one(0xC600, "Failure: film session has no film boxes"),
    _one(0xC601, "Failure: unable to create print job, print queue is full"),
    _one(0xC602, "Failure: unable to create print job, print queue is full"),
    _one(0xC603, "Failure: image larger than image box"),
    _one(0xC604, "Failure: position collision, several images were assigned to one image position"),
    _one(0xC605, "Failure: insufficient memory in printer to store the image"),
    _one(0xC606, "Failure: image box holds more than one VOI LUT"),
    _one(0xC613, "Failure: combined print image larger than image box"),
    _one(0xC616, "Failure: an existing film box has not been printed and the film session cannot be printed"),
)

# PS3.4 CC.2.1.3 to CC.2.8.4
_UNIFIED_PROCEDURE_STEP: Final = (
    _one(0xB300, "Warning: the UPS was created with modifications"),
    _one(0xB301, "Warning: deletion lock not granted"),
    _one(0xB304, "Warning: the UPS is already in the requested state of CANCELED"),
    _one(0xB305, "Warning: coerced invalid values to valid values"),
    _one(0xB306, "Warning: the UPS is already in the requested state of COMPLETED"),
    _one(0xC300, "Failure: the UPS may no longer be updated"),
    _one(0xC301, "Failure: the correct transaction UID was not provided"),
    _one(0xC302, "Failure: the UPS is already IN PROGRESS"),
    _one(0xC303, "Failure: the UPS may only become SCHEDULED by N-CREATE, not by N-SET or N-ACTION"),
    _one(0xC304, "Failure: the UPS has not met the final state requirements of the requested state change"),
    _one(0xC307, "Failure: the SOP instance does not exist or is not a UPS managed by this SCP"),
    _one(0xC308, "Failure: receiving AE title is unknown to this SCP"),
    _one(0xC309, "Failure: the provided UPS state was not SCHEDULED"),
    _one(0xC310, "Failure: the UPS is not yet IN PROGRESS"),
    _one(0xC311, "Failure: the UPS is already COMPLETED"),
    _one(0xC312, "Failure: the performer cannot be contacted"),
    _one(0xC313, "Failure: the performer chooses not to cancel"),
    _one(0xC314, "Failure: the action is not appropriate for the instance"),
    _one(0xC315, "Failure: the SCP does not support event reports"),
    *(row for row in _FIND if row.first != 0x0000),
)

# PS3.4 P.3.2.2 (Procedural Event Logging), P.4.2.2 (Substance Administration Logging)
_APPLICATION_EVENT_LOGGING: Final = (
    _one(0xB101, "Warning: synchronization frame of reference UID is not that of the SCP"),
    _one(0xB102, "Warning: event logged under a different study instance UID"),
    _one(0xB104, "Warning: IDs inconsistent in matching a current study, event logged"),
    _one(0xC101, "Failure: procedural logging not available for the study instance UID"),
    _one(0xC102, "Failure: event information does not match template"),
    _one(0xC103, "Failure: cannot match event to a current study"),
    _one(0xC104, "Failure: IDs inconsistent in matching a current study, event not logged"),
    _one(0xC10E, "Failure: operator not authorized to add entry to medication administration record"),
    _one(0xC110, "Failure: patient cannot be identified from patient ID or admission ID"),
    _one(0xC111, "Failure: update of medication administration record failed"),
)

# PS3.4 S.3.2.3, S.3.2.4
_MEDIA_CREATION: Final = (
    _one(0xA510, "Failure: media creation has already been initiated for this SOP instance"),
    _one(0xC201, "Failure: media creation request already completed"),
    _one(0xC202, "Failure: media creation request already in progress and cannot be interrupted"),
    _one(0xC203, "Failure: cancellation denied for unspecified reason"),
)

# PS3.4 KK.2.2.1, Inventory Creation
_STORAGE_MANAGEMENT: Final = (
    _one(0xB010, "Warning: attribute list error, one or more of the key attributes are not supported for matching"),
)

# PS3.4 DD.3.2.1
_RT_MACHINE_VERIFICATION: Final = (
    _one(0xC112, "Failure: applicable machine verification instance not found"),
    _one(0xC221, "Failure: the referenced fraction group number does not exist in the referenced plan"),
    _one(0xC222, "Failure: no beams exist within the referenced fraction group"),
    _one(0xC223, "Failure: SCU already verifying and cannot currently process this request"),
    _one(0xC224, "Failure: referenced beam number not found within the referenced fraction group"),
    _one(0xC225, "Failure: referenced device or accessory not supported"),
    _one(0xC226, "Failure: referenced device or accessory not found within the referenced beam"),
    _one(0xC227, "Failure: referenced RT plan not found"),
)

SERVICES: Final[Mapping[str, tuple[StatusWords, ...]]] = MappingProxyType(
    {
        "C-ECHO": (),
        "C-STORE": _STORE,
        "C-FIND": _FIND,
        "C-GET": _GET,
        "C-MOVE": _MOVE,
        "N-EVENT-REPORT": (),
        "N-GET": (),
        "N-SET": (),
        "N-ACTION": (),
        "N-CREATE": (),
        "N-DELETE": (),
        "Modality Worklist": _FIND,
        "Relevant Patient Information": _RELEVANT_PATIENT,
        "Repository Query": _REPOSITORY_QUERY,
        "Substance Administration Query": _FIND,
        "Non-Patient Object Storage": _NON_PATIENT_STORE,
        "Modality Performed Procedure Step": _MPPS,
        "Storage Commitment": _STORAGE_COMMITMENT,
        "Storage Management": _STORAGE_MANAGEMENT,
        "Instance Availability Notification": (),
        "Print Management": _PRINT,
        "Unified Procedure Step": _UNIFIED_PROCEDURE_STEP,
        "Application Event Logging": _APPLICATION_EVENT_LOGGING,
        "Media Creation Management": _MEDIA_CREATION,
        "RT Machine Verification": _RT_MACHINE_VERIFICATION,
    }
)
"""The statuses of each service beyond the general ones; the first row that holds a status names it."""


def category(status: int) -> Category:
    """Gives the category of a status (PS3.7 C.1); whatever the standard does not list is a failure."""
    known = _CATEGORIES.get(status)
    if known is not None:
        return known
    return Category.WARNING if 0xB000 <= status <= 0xBFFF else Category.FAILURE


def describe(status: int, service: str | None = None) -> str:
    """Gives a status for people: "A700H Refused: out of resources".

    Args:
        status: Status (0000,0900).
        service: a key of SERVICES; anything else, or None, leaves the words that hold for every service.
    """
    for row in (*SERVICES.get(service or "", ()), *_GENERAL):
        if row.first <= status <= row.last:
            return f"{status:04X}H {row.words}"
    scope = f"a status of {service}" if service in SERVICES else "a general status"
    return f"{status:04X}H {category(status).value.capitalize()}: not {scope}"
