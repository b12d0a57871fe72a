"""The 23 DIMSE messages: what a command set says, as values (PS3.7 9.3 and 10.3).

A message holds the elements of its table in the standard but for three that follow from the rest and are written by the
codec: Command Group Length, Command Field and Command Data Set Type. A field without a default is mandatory in what is
sent; what stands for one that a peer left out of its request, `command_set` tells. None stands for an element that is
absent. Every response may carry the elements that describe an error (PS3.7 Annex C), those of the normalized services
also an Attribute Identifier List.

Text is kept as it came, without padding: a UID is a `str` that need not be a valid one.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Final, TypeAlias

from workbench.value import Value


class Priority(IntEnum):
    """Priority (0000,0700) of a composite operation (PS3.7 Table 9.3-1)."""

    MEDIUM = 0x0000
    HIGH = 0x0001
    LOW = 0x0002


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class _Request(Value):
    """What all requests but C-CANCEL-RQ share."""

    IS_REQUEST: ClassVar[bool] = True

    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class _Response(Value):
    """What all responses share; the last three as their status asks (PS3.7 Annex C)."""

    IS_REQUEST: ClassVar[bool] = False

    message_id_being_responded_to: int
    status: int
    offending_element: tuple[int, ...] | None = None
    error_comment: str | None = None
    error_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class _NormalizedResponse(_Response):
    """What all responses of the normalized services share."""

    affected_sop_class_uid: str | None = None
    affected_sop_instance_uid: str | None = None
    attribute_identifier_list: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class CStoreRq(_Request):
    """C-STORE-RQ (PS3.7 9.3.1.1); the data set is the instance."""

    NAME: ClassVar[str] = "C-STORE-RQ"
    COMMAND_FIELD: ClassVar[int] = 0x0001

    affected_sop_class_uid: str
    affected_sop_instance_uid: str
    priority: int = Priority.MEDIUM
    move_originator_application_entity_title: str | None = None
    move_originator_message_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class CStoreRsp(_Response):
    """C-STORE-RSP (PS3.7 9.3.1.2)."""

    NAME: ClassVar[str] = "C-STORE-RSP"
    COMMAND_FIELD: ClassVar[int] = 0x8001

    affected_sop_class_uid: str | None = None
    affected_sop_instance_uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class CFindRq(_Request):
    """C-FIND-RQ (PS3.7 9.3.2.1); the data set is the identifier."""

    NAME: ClassVar[str] = "C-FIND-RQ"
    COMMAND_FIELD: ClassVar[int] = 0x0020

    affected_sop_class_uid: str
    priority: int = Priority.MEDIUM


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class CFindRsp(_Response):
    """C-FIND-RSP (PS3.7 9.3.2.2); pending ones carry an identifier."""

    NAME: ClassVar[str] = "C-FIND-RSP"
    COMMAND_FIELD: ClassVar[int] = 0x8020

    affected_sop_class_uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class CGetRq(_Request):
    """C-GET-RQ (PS3.7 9.3.3.1); the data set is the identifier."""

    NAME: ClassVar[str] = "C-GET-RQ"
    COMMAND_FIELD: ClassVar[int] = 0x0010

    affected_sop_class_uid: str
    priority: int = Priority.MEDIUM


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class _RetrieveRsp(_Response):
    """What C-GET-RSP and C-MOVE-RSP share: the counts of their sub-operations."""

    affected_sop_class_uid: str | None = None
    number_of_remaining_suboperations: int | None = None
    number_of_completed_suboperations: int | None = None
    number_of_failed_suboperations: int | None = None
    number_of_warning_suboperations: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class CGetRsp(_RetrieveRsp):
    """C-GET-RSP (PS3.7 9.3.3.2)."""

    NAME: ClassVar[str] = "C-GET-RSP"
    COMMAND_FIELD: ClassVar[int] = 0x8010


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class CMoveRq(_Request):
    """C-MOVE-RQ (PS3.7 9.3.4.1); the data set is the identifier."""

    NAME: ClassVar[str] = "C-MOVE-RQ"
    COMMAND_FIELD: ClassVar[int] = 0x0021

    affected_sop_class_uid: str
    move_destination: str
    priority: int = Priority.MEDIUM


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class CMoveRsp(_RetrieveRsp):
    """C-MOVE-RSP (PS3.7 9.3.4.2)."""

    NAME: ClassVar[str] = "C-MOVE-RSP"
    COMMAND_FIELD: ClassVar[int] = 0x8021


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class CEchoRq(_Request):
    """C-ECHO-RQ (PS3.7 9.3.5.1)."""

    NAME: ClassVar[str] = "C-ECHO-RQ"
    COMMAND_FIELD: ClassVar[int] = 0x0030

    affected_sop_class_uid: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class CEchoRsp(_Response):
    """C-ECHO-RSP (PS3.7 9.3.5.2)."""

    NAME: ClassVar[str] = "C-ECHO-RSP"
    COMMAND_FIELD: ClassVar[int] = 0x8030

    affected_sop_class_uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class CCancelRq(Value):
    """C-CANCEL-RQ of a C-FIND, C-GET or C-MOVE (PS3.7 9.3.2.3, 9.3.3.3, 9.3.4.3); it has no response of its own."""

    NAME: ClassVar[str] = "C-CANCEL-RQ"
    COMMAND_FIELD: ClassVar[int] = 0x0FFF
    IS_REQUEST: ClassVar[bool] = True

    message_id_being_responded_to: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class NEventReportRq(_Request):
    """N-EVENT-REPORT-RQ (PS3.7 10.3.1.1); the data set is the event information."""

    NAME: ClassVar[str] = "N-EVENT-REPORT-RQ"
    COMMAND_FIELD: ClassVar[int] = 0x0100

    affected_sop_class_uid: str
    affected_sop_instance_uid: str
    event_type_id: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class NEventReportRsp(_NormalizedResponse):
    """N-EVENT-REPORT-RSP (PS3.7 10.3.1.2); the data set is the event reply."""

    NAME: ClassVar[str] = "N-EVENT-REPORT-RSP"
    COMMAND_FIELD: ClassVar[int] = 0x8100

    event_type_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class NGetRq(_Request):
    """N-GET-RQ (PS3.7 10.3.2.1)."""

    NAME: ClassVar[str] = "N-GET-RQ"
    COMMAND_FIELD: ClassVar[int] = 0x0110

    requested_sop_class_uid: str
    requested_sop_instance_uid: str
    attribute_identifier_list: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class NGetRsp(_NormalizedResponse):
    """N-GET-RSP (PS3.7 10.3.2.2); the data set is the attribute list."""

    NAME: ClassVar[str] = "N-GET-RSP"
    COMMAND_FIELD: ClassVar[int] = 0x8110


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class NSetRq(_Request):
    """N-SET-RQ (PS3.7 10.3.3.1); the data set is the modification list."""

    NAME: ClassVar[str] = "N-SET-RQ"
    COMMAND_FIELD: ClassVar[int] = 0x0120

    requested_sop_class_uid: str
    requested_sop_instance_uid: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class NSetRsp(_NormalizedResponse):
    """N-SET-RSP (PS3.7 10.3.3.2); the data set is the attribute list."""

    NAME: ClassVar[str] = "N-SET-RSP"
    COMMAND_FIELD: ClassVar[int] = 0x8120


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class NActionRq(_Request):
    """N-ACTION-RQ (PS3.7 10.3.4.1); the data set is the action information."""

    NAME: ClassVar[str] = "N-ACTION-RQ"
    COMMAND_FIELD: ClassVar[int] = 0x0130

    requested_sop_class_uid: str
    requested_sop_instance_uid: str
    action_type_id: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class NActionRsp(_NormalizedResponse):
    """N-ACTION-RSP (PS3.7 10.3.4.2); the data set is the action reply."""

    NAME: ClassVar[str] = "N-ACTION-RSP"
    COMMAND_FIELD: ClassVar[int] = 0x8130

    action_type_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class NCreateRq(_Request):
    """N-CREATE-RQ (PS3.7 10.3.5.1); the data set is the attribute list, the SCP may choose the instance UID."""

    NAME: ClassVar[str] = "N-CREATE-RQ"
    COMMAND_FIELD: ClassVar[int] = 0x0140

    affected_sop_class_uid: str
    affected_sop_instance_uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class NCreateRsp(_NormalizedResponse):
    """N-CREATE-RSP (PS3.7 10.3.5.2); the data set is the attribute list."""

    NAME: ClassVar[str] = "N-CREATE-RSP"
    COMMAND_FIELD: ClassVar[int] = 0x8140


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class NDeleteRq(_Request):
    """N-DELETE-RQ (PS3.7 10.3.6.1)."""

    NAME: ClassVar[str] = "N-DELETE-RQ"
    COMMAND_FIELD: ClassVar[int] = 0x0150

    requested_sop_class_uid: str
    requested_sop_instance_uid: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class NDeleteRsp(_NormalizedResponse):
    """N-DELETE-RSP (PS3.7 10.3.6.2)."""

    NAME: ClassVar[str] = "N-DELETE-RSP"
    COMMAND_FIELD: ClassVar[int] = 0x8150


Request: TypeAlias = (
    CStoreRq
    | CFindRq
    | CGetRq
    | CMoveRq
    | CEchoRq
    | NEventReportRq
    | NGetRq
    | NSetRq
    | NActionRq
    | NCreateRq
    | NDeleteRq
)
"""What is answered by a response. C-CANCEL-RQ is not: it belongs to the operation that it cancels."""

Response: TypeAlias = (
    CStoreRsp
    | CFindRsp
    | CGetRsp
    | CMoveRsp
    | CEchoRsp
    | NEventReportRsp
    | NGetRsp
    | NSetRsp
    | NActionRsp
    | NCreateRsp
    | NDeleteRsp
)
Message: TypeAlias = Request | Response | CCancelRq

MESSAGES: Final[tuple[type[Message], ...]] = (
    CStoreRq,
    CStoreRsp,
    CGetRq,
    CGetRsp,
    CFindRq,
    CFindRsp,
    CMoveRq,
    CMoveRsp,
    CEchoRq,
    CEchoRsp,
    NEventReportRq,
    NEventReportRsp,
    NGetRq,
    NGetRsp,
    NSetRq,
    NSetRsp,
    NActionRq,
    NActionRsp,
    NCreateRq,
    NCreateRsp,
    NDeleteRq,
    NDeleteRsp,
    CCancelRq,
)
"""All 23, in the order of PS3.7 Table E.1-1's values of Command Field."""
